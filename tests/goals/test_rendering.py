"""What pages are put together from in Python is what templates would have made of it."""

import pytest
from django.test import Client
from django.urls import reverse

from goals.models import Issue, Topic
from parties.models import Party
from proposals.models import Passage, Proposal
from tests.conftest import YEAR

NASTY = "100 % <script>\"x\"</script> & 'y' %(url)s {{ name }}"
ESCAPED = "100 % &lt;script&gt;&quot;x&quot;&lt;/script&gt; &amp; &#x27;y&#x27; %(url)s {{ name }}"


def test_no_words_become_markup(client: Client, v: Proposal):
    """Whatever stands in a text, a name, a reason or a target stands so on the pages, and nothing of it is markup."""
    issue = Issue.objects.filter(alignments__plan_year=v.plan_year, goals__proposal=v).first()
    goal = issue.goals.filter(proposal=v).first()
    Passage.objects.filter(pk=goal.passage_id).update(text=NASTY, sic=[NASTY])
    issue.alignments.update(reason=NASTY)
    Issue.objects.filter(pk=issue.pk).update(name=NASTY)
    Topic.objects.filter(pk=issue.topic_id).update(name=NASTY)
    Party.objects.filter(pk=v.party_id).update(name=NASTY, abbreviation="%<s")
    goal.target_value, goal.target_unit = 7, "%s <b>"
    goal.save()
    addresses = (f"{YEAR}/jamfor/", f"{YEAR}/v/", f"{YEAR}/v/{goal.number}/", issue.get_absolute_url())
    for address in addresses:
        page = client.get(address).content.decode()
        assert "<script>" not in page
        assert "%<s" not in page
        assert f'<p class="quote">{ESCAPED}</p>' in page
        assert f"<q>{ESCAPED}</q>" in page
    page = client.get(addresses[0]).content.decode()
    assert f">{ESCAPED}</a></h3>" in page
    assert f"varför?</span></summary><p>{ESCAPED}</p>" in page
    assert f"%&lt;s {goal.number}<span" in page
    assert "Målvärde 7\N{NO-BREAK SPACE}%s &lt;b&gt;" in page


@pytest.mark.parametrize(("model", "name"), [(Topic, "topic"), (Issue, "issue")])
def test_addresses_are_those_of_the_urlconf(plans, model, name):
    """The addresses of topics and issues, which are joined and not looked up, are those that lead to their pages."""
    row = model.objects.select_related("committee__municipality").first()
    place = [row.committee.municipality.slug, row.committee.slug, row.slug]
    assert row.get_absolute_url() == reverse(name, args=place)

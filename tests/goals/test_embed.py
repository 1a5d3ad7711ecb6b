"""What other sites may frame, and how readers share a page."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goals.models import Goal, Issue
from goals.share import Share
from tests.cast import MEMBER, NOBODY, SECRETARY, Cast
from tests.config.test_access import DOORS, OPEN
from tests.conftest import BASE, YEAR

ISSUE = f"{YEAR}/fraga/faltassistenter/inbaddad/"
PARTY = f"{YEAR}/v/inbaddad/"


@pytest.mark.parametrize("address", [ISSUE, PARTY])
def test_anyone_may_frame_it_and_it_may_do_nothing(client: Client, plans, address):
    """What is embedded lets anyone frame it, and has neither scripts nor forms, nor cookies, nor a menu."""
    response = client.get(address)
    content = response.content.decode()
    assert "X-Frame-Options" not in response
    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == "*"
    assert policy["default-src"] == policy["form-action"] == policy["base-uri"] == "'none'"
    assert "script-src" not in policy
    assert not response.cookies
    assert not re.search(r"<(script|form|nav)\b", content)
    assert '<meta name="robots" content="noindex">' in content
    assert "Källa: " in content


@pytest.mark.parametrize("who", [MEMBER, SECRETARY])
def test_the_same_for_everyone(cast: Cast, who: str):
    """Who is signed in gets the same bytes as anyone, no cookie, and stays signed in."""
    client = cast.client(who)
    for address in (ISSUE, PARTY):
        response = client.get(address)
        assert response.content == cast.client(NOBODY).get(address).content
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
    assert client.get("/konto/").status_code == 200


def test_no_other_page_may_be_framed(cast: Cast):
    """Every other page that readers have refuses frames, and so does what is not there."""
    addresses = [address for address, answers in DOORS.values() if answers == OPEN and "/inbaddad/" not in address]
    for address in [*addresses, f"{YEAR}/x/"]:
        response = cast.client(NOBODY).get(address)
        assert response["X-Frame-Options"] == "DENY", address
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"], address


def test_issue_shows_all_parties_with_status_and_leads_to_the_page(client: Client, cast: Cast):
    """The goals of every party stand there with their status; links open beside the site that frames it."""
    goal = Goal.objects.filter(issue__slug="faltassistenter", proposal__party__slug="v").get()
    goal.report("in_progress", by=cast.secretary, period=goal.proposal.plan_year.periods.first())
    content = client.get(ISSUE).content.decode()
    assert [party for party in ("Kristdemokraterna", "Vänsterpartiet") if party in content] == [
        "Kristdemokraterna",
        "Vänsterpartiet",
    ]
    assert "Pågår" in content
    assert '<base target="_blank">' in content
    assert f'<link rel="canonical" href="http://testserver{BASE}/fraga/faltassistenter/">' in content
    assert f'href="http://testserver{BASE}/fraga/faltassistenter/#ar-2017" target="_blank" rel="noopener"' in content


def test_party_counts_what_stands(client: Client, v):
    """The counts are those of the goals that the plan has now, and say what they do not tell."""
    Goal.objects.filter(proposal=v, number=3).update(withdrawn_in=2)
    content = client.get(PARTY).content.decode()
    assert f"{v.goals.count() - 1}\N{NO-BREAK SPACE}mål och uppdrag. Inget är bedömt än." in content
    assert "Antalet säger inget om hur mycket de väger." in content


def test_as_of_a_day(client: Client, plans):
    """An address with a day shows the status of that day and says so; one that cannot be used says that."""
    assert "Läget som det stod 31 augusti 2017." in client.get(f"{PARTY}?per=2017-08-31").content.decode()
    assert "är inget datum" in client.get(f"{ISSUE}?per=strunt").content.decode()


@pytest.mark.parametrize("address", [f"{YEAR}/fraga/nej/inbaddad/", f"{YEAR}/x/inbaddad/", f"{BASE}/1999/v/inbaddad/"])
def test_what_is_gone_says_so_within_the_frame(client: Client, plans, address):
    """A frame around something that is no longer there says that, instead of staying empty."""
    response = client.get(address)
    assert response.status_code == 404
    assert "Det som visades här finns inte längre" in response.content.decode()
    assert "X-Frame-Options" not in response


def test_renamed_issue_is_still_shown(client: Client, plans):
    """What was embedded under an earlier name leads on."""
    Issue.objects.get(slug="faltassistenter").rename("Fältarbete")
    assert client.get(ISSUE)["Location"] == f"{YEAR}/fraga/faltarbete/inbaddad/"


@pytest.mark.parametrize("address", [ISSUE, PARTY])
def test_queries_do_not_grow(client: Client, plans, address):
    """More goals take no more queries."""
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(address)
    goals = Goal.objects.filter(proposal__party__slug="v")
    goals.update(issue=Issue.objects.get(slug="faltassistenter"))
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(few) <= 8


@pytest.mark.parametrize(
    ("page", "embedded"),
    [
        (f"{BASE}/fraga/faltassistenter/", ISSUE),
        (f"{YEAR}/v/36/", None),
        (f"{YEAR}/v/", PARTY),
        (f"{YEAR}/v/?per=2017-08-31", f"{PARTY}?per=2017-08-31"),
    ],
)
def test_page_gives_its_address_and_the_code(client: Client, plans, page, embedded):
    """A page shows its whole address, a letter with it, and code whose frame leads to what it promises."""
    content = client.get(page).content.decode()
    assert f'<p id="delad-adress" class="share-text">http://testserver{page}</p>' in content
    assert f"&amp;body=http%3A//testserver{page.replace('?', '%3F').replace('=', '%3D')}" in content
    code = unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", content, re.S)[0])
    found = re.fullmatch(
        r'<iframe src="http://testserver(\S+)" title="[^"<]+" width="100%" height="\d+" loading="lazy" '
        r'style="border:0"></iframe>',
        code,
    )
    assert found
    assert client.get(found[1]).status_code == 200
    if embedded:
        assert found[1] == embedded


def test_code_keeps_what_it_is_called_as_text(client: Client, plans):
    """A name with signs that HTML uses breaks neither the page nor the code that is copied from it."""
    issue = Issue.objects.get(slug="faltassistenter")
    issue.rename('Fält "& </textarea><b>arbete')
    content = client.get(issue.get_absolute_url()).content
    assert b"</textarea><b>" not in content
    code = unescape(re.findall(r"<textarea[^>]*>(.*?)</textarea>", content.decode(), re.S)[0])
    assert 'title="Fält &quot;&amp; &lt;/textarea&gt;&lt;b&gt;arbete' in code


def test_letter_is_encoded():
    """The subject and the address survive a mail program, whatever signs they have."""
    share = Share("https://namndkollen.example/a/?b=c&d", "Mål & mer: 50 %")
    assert share.mailto == (
        "mailto:?subject=M%C3%A5l%20%26%20mer%3A%2050%20%25&body=https%3A//namndkollen.example/a/%3Fb%3Dc%26d"
    )


def test_earlier_version_is_not_embedded(client: Client, plans):
    """A page without a view to embed offers to share alone."""
    from django.template.loader import render_to_string

    content = render_to_string("includes/share.html", {"share": Share("https://a.example/", "A")})
    assert "Dela" in content
    assert "Bädda in" not in content

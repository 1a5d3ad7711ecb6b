"""The plan page and the original document."""

import html
import re

import pytest
from django.test import Client

from proposals.models import Passage
from tests.conftest import KD_FILE, V_FILE, YEAR
from tests.factories import GoalFactory, PassageFactory, ProposalFactory


def test_whole_plan_word_for_word(client: Client, v):
    """Every passage and heading of the plan stands on the page, in order and with its exact words."""
    content = client.get(f"{YEAR}/v/").content.decode()
    body = content.partition('class="plan-text"')[2]
    found = [
        html.unescape(re.sub(r"<[^>]+>", "", text.replace("<br>", "\n")))
        for text in re.findall(r'<(?:p class="quote"|h[2-6])>(.*?)</(?:p|h[2-6])>', body, re.DOTALL)
    ]
    places = sorted([*v.passages.all(), *v.sections.all()], key=lambda place: place.position)
    assert found == [place.text for place in places]


def test_every_passage_has_an_anchor(client: Client, v):
    """Every passage and section can be linked to, each by an anchor of its own."""
    content = client.get(f"{YEAR}/v/").content.decode()
    anchors = re.findall(r'id="(rad-\d+)"', content)
    assert len(anchors) == len(set(anchors)) == v.passages.count() + v.sections.count()


def test_goals_are_marked_with_number_and_status(client: Client, kd):
    """All 27 goals carry their reference, a link to their page, and their status."""
    content = client.get(f"{YEAR}/kd/").content.decode()
    for number in range(1, 28):
        assert f'href="{YEAR}/kd/{number}/"' in content
    assert content.partition('class="plan-text"')[2].count("Ej bedömt") == 27


def test_only_goals(client: Client, v):
    """Showing only goals keeps the goals and the headings that lead to them, and offers the way back."""
    content = client.get(f"{YEAR}/v/?visa=mal").content.decode()
    body = content.partition('class="plan-text"')[2]
    assert body.count('<p class="quote">') == 51
    assert "Bostad till alla" in body
    assert "Det är skillnad på höger" not in content
    assert "Visa hela planen" in content


@pytest.mark.parametrize("query", ["?visa=strunt", "?visa=", "?x=1"])
def test_nonsense_shows_the_whole_plan(client: Client, kd, query):
    """A switch that is no switch changes nothing."""
    content = client.get(f"{YEAR}/kd/{query}").content.decode()
    assert content.count('class="passage"') == kd.passages.exclude(kind=Passage.Kind.GOAL).count()


def test_contents(client: Client, kd):
    """The table of contents leads to every section, and says which goals stand there."""
    content = client.get(f"{YEAR}/kd/").content.decode()
    contents = content.partition('class="plan-contents"')[2].partition("</nav>")[0]
    assert re.findall(r'href="#rad-(\d+)"', contents) == ["11", "21", "41", "61", "63", "77", "86"]
    assert "KD 12–17" in contents


def test_emphasis_is_kept(client: Client, v):
    """The plan's own italics are italics."""
    assert "<em>Handlingsplan – En drogfri skola i Eskilstuna</em>" in client.get(f"{YEAR}/v/").content.decode()


def test_points_that_are_no_goals(client: Client, v):
    """The dash line that is prose stands as a point, without a number."""
    content = client.get(f"{YEAR}/v/").content.decode()
    (point,) = re.findall(r'<li id="rad-181" class="point">(.*?)</li>', content, re.DOTALL)
    assert "Ej bedömt" not in point


def test_queries_do_not_grow(client: Client, kd, django_assert_num_queries):
    """The page asks the same three questions, however long the plan is."""
    with django_assert_num_queries(4):
        client.get(f"{YEAR}/kd/")
    section = kd.sections.last()
    for number in range(200, 260):
        passage = PassageFactory(proposal=kd, section=section, position=number, kind="goal")
        GoalFactory(proposal=kd, passage=passage, number=number)
    with django_assert_num_queries(4):
        client.get(f"{YEAR}/kd/")


@pytest.mark.parametrize(("party", "path"), [("v", V_FILE), ("kd", KD_FILE)])
def test_original_byte_for_byte(client: Client, plans, party, path):
    """The original is sent as it was received, shown as text whatever its format, and never sniffed."""
    response = client.get(f"{YEAR}/{party}/original/")
    assert response.content == path.read_bytes()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"] == f'inline; filename="{path.name}"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_names_of_files_cannot_break_the_header(client: Client, plans):
    """Quotes and Swedish letters in a file's name are written as a header takes them."""
    proposal = ProposalFactory(plan_year=plans, document__name='å"l.txt')
    header = client.get(proposal.original_url)["Content-Disposition"]
    assert header == "inline; filename*=utf-8''%C3%A5%22l.txt"


def test_other_originals_are_saved_not_shown(client: Client, plans):
    """A document that is not text is sent as a file to save."""
    proposal = ProposalFactory(plan_year=plans, document__name='p"l.pdf', document__media_type="application/pdf")
    response = client.get(proposal.original_url)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")

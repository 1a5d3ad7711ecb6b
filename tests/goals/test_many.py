"""With many municipalities, and with many rows, pages stay short and are still right."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config import sitemaps
from goals import changes
from goals.data import about
from goals.models import Goal
from goals.search import effort, hits
from goals.search.effort import how_to_look
from goals.search.find import search
from goals.search.meaning import understand
from goals.search.query import Query
from goals.views import data
from tests.cast import Cast
from tests.factories import CommitteeFactory, GoalFactory, MunicipalityFactory, ProposalFactory

NAMES = ("Åprov", "Bprov", "Aprov", "Öprov", "Äprov", "Bprov två", "Cprov", "Dprov")


@pytest.fixture
def period(plans):
    return plans.periods.get(slug="tertial-1")


def municipality(name: str, committees: int = 1) -> str:
    """Make a municipality with plans, and give its address."""
    where = MunicipalityFactory(name=name)
    for number in range(committees):
        ProposalFactory(
            plan_year__committee=CommitteeFactory(municipality=where, name=f"Nämnd {number}", slug=f"n{number}")
        )
    return reverse("municipality", args=[where.slug])


def test_municipalities_are_found_by_their_letter(client: Client, db: None):
    """The start page has all municipalities under their first letters, in Swedish order, in no more queries."""

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/")
        return len(found)

    addresses = {name: municipality(name) for name in NAMES}
    few = queries()
    page = client.get("/").content.decode()
    listed = page[page.index('id="kommuner"') :]
    assert re.findall(r"<h3>(.)</h3>", listed) == ["A", "B", "C", "D", "Å", "Ä", "Ö"]
    assert listed.index("Bprov</a>") < listed.index("Bprov två</a>")
    assert all(f'href="{address}"' in listed for address in addresses.values())
    for number in range(8):
        municipality(f"Eprov {number}")
    assert queries() == few


def test_a_few_municipalities_need_no_list(client: Client, plans):
    """With one municipality there is nothing to choose, and the start page has no list."""
    assert 'id="kommuner"' not in client.get("/").content.decode()


def test_many_years_in_few_municipalities_need_a_list_too(client: Client, plans, monkeypatch):
    """Where the start page has not room for all plan years, each is found by way of its municipality."""
    monkeypatch.setattr("goals.views.overview.OTHER_PLAN_YEARS", 0)
    ProposalFactory()
    content = client.get("/").content.decode()
    assert '<h2 id="kommuner">' in content
    assert 'href="/eskilstuna/"' in content


def test_a_municipality_has_its_committees(client: Client, db: None):
    """A municipality's page leads to its committees and their years; one without plans is not there."""
    address = municipality("Aprov", committees=3)
    page = client.get(address).content.decode()
    assert re.findall(r'href="([^"]+/n\d/)"', page) == [f"{address}n0/", f"{address}n1/", f"{address}n2/"]
    assert f"{address}n0/2026/jamfor/" in page
    MunicipalityFactory(slug="tom")
    assert client.get("/tom/").status_code == client.get("/ingen/").status_code == 404


def test_changes_are_chosen_by_municipality(client: Client, cast: Cast, plans, period):
    """Where municipalities are many, one of them is chosen first, and its committees then."""
    for name in NAMES:
        municipality(name)
    Goal.objects.first().report("achieved", by=cast.secretary, period=period)  # type: ignore[union-attr]
    page = client.get("/andringar/").content.decode()
    assert 'name="kommun"' in page
    assert 'name="namnd"' not in page
    assert "Uppnått" in client.get("/andringar/", {"kommun": "eskilstuna"}).content.decode()
    nothing = client.get("/andringar/", {"kommun": changes_of(client, "Cprov")}).content.decode()
    assert "Inget är skrivet om det du har valt" in nothing
    assert "har ingen plan här" in client.get("/andringar/", {"kommun": "ingen"}).content.decode()


def changes_of(client: Client, name: str) -> str:
    """Give the word for a municipality in the choices of the page."""
    page = client.get("/andringar/").content.decode()
    found = re.search(rf'<option value="([^"]+)">{name}</option>', page)
    assert found
    return found[1]


def test_a_party_of_which_nothing_was_written_lately(cast: Cast, plans, period, monkeypatch):
    """A party's changes are all found, also behind many later ones of others, and a party without any has none."""
    v, kd = (plans.proposals.get(party__slug=slug) for slug in ("v", "kd"))
    early = v.goals.first().report("achieved", by=cast.secretary, period=period)
    for goal in kd.goals.all()[:5]:
        goal.report("achieved", by=cast.secretary, period=period)
    monkeypatch.setattr(changes, "NEWEST", 3)
    assert [line.record for line in changes.load_changes(party=v.party)] == [early]
    assert len(changes.load_changes(party=kd.party).lines) == 5
    assert len(changes.load_changes(party=kd.party, most=2).lines) == 2
    assert not changes.load_changes(party=GoalFactory().proposal.party).lines


@pytest.mark.parametrize(
    "query", ["skolan", "fältassistenter", "barn unga", "stöd -skola", "skloan", '"barn och unga"']
)
def test_common_words_find_the_same_in_the_newest_plans(plans, monkeypatch, query: str):
    """The two ways to look find the same texts, in the same order, where there are fewer than enough."""

    def found() -> list[tuple[str, int]]:
        answer = search(Query.read(query))
        return [(line.reference, line.weight) for line in answer.best]

    by_index = found()
    assert not how_to_look(understand(Query.read(query)), every_part=True, place="").in_newest
    monkeypatch.setattr(effort, "_BY_INDEX", 1e9)
    assert how_to_look(understand(Query.read(query)), every_part=True, place="").in_newest
    assert found() == by_index
    assert by_index


def test_no_more_of_a_common_word_is_weighed_than_is_enough(plans, monkeypatch):
    """Of what very many texts have, the newest plans' are weighed, and it is told that there are more."""
    monkeypatch.setattr(effort, "_BY_INDEX", 1e9)
    monkeypatch.setattr(hits, "ENOUGH", 3)
    answer = search(Query.read("barn"))
    assert {group.count for group in answer.groups if group.is_capped} == {3}


def test_the_site_map_is_paged_by_key(client: Client, plans, monkeypatch):
    """Each goal comes once, whatever the pages; a page after the last is not there."""
    monkeypatch.setattr(sitemaps.GoalSitemap, "limit", 20)
    index = client.get("/sitemap.xml").content.decode()
    pages = re.findall(r"<loc>http://testserver(/sitemap-mal\.xml[^<]*)</loc>", index)
    assert len(pages) > 3
    found = [place for page in pages for place in re.findall("<loc>([^<]+)</loc>", client.get(page).content.decode())]
    assert len(found) == len(set(found)) == Goal.objects.count()
    assert client.get("/sitemap-mal.xml", {"p": len(pages) + 1}).status_code == 404


def test_large_tables_are_not_counted(client: Client, plans, monkeypatch):
    """Of a large table the page tells about how many rows there are, as the database knows it."""
    monkeypatch.setattr(data, "about_how_many", lambda tables: dict.fromkeys(tables, 3_342_492))
    assert "ungefär 3\N{NO-BREAK SPACE}342\N{NO-BREAK SPACE}000" in client.get("/data/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE goals_goal")
    assert about.about_how_many([Goal]) == {Goal: 78}

"""The data in forms that other programs know: a catalogue, a calendar, organisations, pages' own."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar
from rdflib import RDF, Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, FOAF
from rdflib.plugins.parsers.jsonld import to_rdf

from config.page import Crumb, Local, Page
from goals.catalogue import VCARD
from goals.data.tables import TABLES
from goals.models import Goal
from tests.cast import Cast
from tests.conftest import BASE, YEAR
from tests.factories import GoalFactory, MembershipFactory, ProposalFactory, UserFactory

CATALOGUES = {"/data/katalog.rdf": "xml", "/data/katalog.jsonld": "json-ld"}
#: What DCAT-AP-SE 3 demands of each class (https://docs.dataportal.se/dcat/sv/): a catalogue has a title, a
#: description, a publisher, a licence and what it lists; a dataset a title, a description and a publisher; a
#: distribution an address; a data service a title and an address; an agent a name; a contact a name and an e-mail
#: address.
MANDATORY = {
    DCAT.Catalog: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCTERMS.license, DCAT.dataset],
    DCAT.Dataset: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher],
    DCAT.Distribution: [DCAT.accessURL],
    DCAT.DataService: [DCTERMS.title, DCAT.endpointURL],
    FOAF.Agent: [FOAF.name],
    VCARD.Organization: [VCARD.fn, VCARD.hasEmail],
}
#: Properties whose values must be described in the catalogue itself, as a thing of a class.
DESCRIBED = {
    DCTERMS.publisher: FOAF.Agent,
    DCAT.contactPoint: VCARD.Organization,
    DCAT.dataset: DCAT.Dataset,
    DCAT.distribution: DCAT.Distribution,
    DCAT.service: DCAT.DataService,
    DCAT.servesDataset: DCAT.Dataset,
}


@pytest.fixture(autouse=True)
def rested() -> None:
    """Let nobody have asked for anything yet."""
    caches["rates"].clear()


@pytest.fixture
def operated(settings) -> None:
    settings.OPERATOR, settings.CONTACT_EMAIL = "Provköpings kommun", "data@provkoping.example"


def graph(client: Client, address: str) -> Graph:
    response = client.get(address)
    assert response.status_code == 200
    if CATALOGUES[address] == "xml":
        return Graph().parse(data=response.content, format="xml")
    # Not by Graph.parse, which for JSON-LD uses what rdflib itself warns against.
    found = Graph()
    to_rdf(json.loads(response.content), found)
    return found


def faults(found: Graph) -> Iterator[str]:
    """Tell what the profile demands that is not there."""
    for kind, properties in MANDATORY.items():
        things = list(found.subjects(RDF.type, kind))
        if not things:
            yield f"no {kind}"
        for thing in things:
            yield from (f"{thing} has no {each}" for each in properties if not list(found.objects(thing, each)))
    for name, kind in DESCRIBED.items():
        yield from (
            f"{value} is no {kind}" for value in found.objects(None, name) if (value, RDF.type, kind) not in found
        )
    for value in {*found.objects(None, DCAT.accessURL), *found.objects(None, DCTERMS.license)}:
        if not isinstance(value, URIRef):
            yield f"{value} is no address"


@pytest.mark.parametrize("address", CATALOGUES)
def test_the_catalogue_has_what_the_profile_demands(client: Client, plans, operated, address):
    """Every class has its mandatory properties, and what is referred to is described."""
    assert list(faults(graph(client, address))) == []


def test_a_new_publisher_is_a_new_catalogue(client: Client, plans, settings):
    """Who publishes is no row of the data, and a portal that asks again still learns of it."""
    before = client.get("/data/katalog.rdf")["ETag"]
    settings.OPERATOR = "Provköpings kommun"
    again = client.get("/data/katalog.rdf", headers={"If-None-Match": before})
    assert again.status_code == 200
    assert "Provköpings kommun" in again.content.decode()


def test_both_forms_are_the_same_catalogue(client: Client, plans, operated):
    """RDF/XML and JSON-LD say the same."""
    first, second = (graph(client, address) for address in CATALOGUES)
    assert isomorphic(first, second)
    assert len(list(first.subjects(RDF.type, DCAT.Dataset))) == len(TABLES)


def test_every_file_in_the_catalogue_is_there(client: Client, plans, operated, settings):
    """What is to be downloaded can be."""
    settings.SITE_ADDRESS = "http://testserver"
    addresses = set(graph(client, "/data/katalog.rdf").objects(None, DCAT.downloadURL))
    assert len(addresses) == 3 * len(TABLES)
    for address in addresses:
        caches["rates"].clear()
        assert client.head(str(address)).status_code == 200


def test_no_publisher_is_made_up(client: Client, plans):
    """Where nobody is said to answer for the site, the catalogue names nobody, and the check says so."""
    found = graph(client, "/data/katalog.rdf")
    assert not list(found.subjects(RDF.type, FOAF.Agent))
    assert any("publisher" in fault for fault in faults(found))


class TestCalendar:
    ADDRESS = f"/data{YEAR}/kalender.ics"

    def read(self, client: Client) -> Calendar:
        response = client.get(self.ADDRESS)
        assert response["Content-Type"] == "text/calendar; charset=utf-8"
        assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
        return Calendar.from_ical(response.content)

    def days(self, client: Client) -> dict[str, date]:
        return {str(event["summary"]): event["dtstart"].dt for event in self.read(client).walk("VEVENT")}

    def test_periods_and_what_is_due(self, client: Client, plans):
        """The days of the periods are there, and the last day of each goal whose text names one."""
        days = self.days(client)
        assert days["Delår slutar (Socialnämnden i Eskilstuna, 2017)"] == date(2017, 8, 31)
        assert days["Uppföljningen för Helår ska vara klar (Socialnämnden i Eskilstuna, 2017)"] == date(2018, 1, 31)
        dated = {str(goal) for goal in Goal.objects.select_related("proposal__party") if goal.text_due}
        assert {name.partition(" ska vara klart")[0] for name in days if " ska vara klart" in name} == dated
        assert dated

    def test_whole_days_with_names_of_their_own(self, client: Client, plans, clock):
        """Each is a whole day that takes no time, and is known again the next time that it is read."""
        first = self.read(client)
        events = first.walk("VEVENT")
        assert len({str(event["uid"]) for event in events}) == len(events)
        for event in events:
            assert (event["dtend"].dt - event["dtstart"].dt).days == 1
            assert type(event["dtstart"].dt) is date
            assert event["dtstamp"].dt <= datetime.now(UTC)
            assert event["transp"] == "TRANSPARENT"
            assert str(event["url"]).startswith("http")
        clock.set(2030, 1, 1)
        assert self.read(client) == first

    def test_the_decision_goes_before_the_text(self, client: Client, cast: Cast):
        """The day that the committee has decided on is the one that counts; what it has rejected is not due."""
        goal, other = [goal for goal in Goal.objects.select_related("proposal__party") if goal.text_due][:2]
        goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 20), due_on=date(2017, 5, 1))
        other.decide("rejected", by=cast.secretary, date=date(2017, 1, 20))
        days = {name.partition(" ska vara klart")[0]: day for name, day in self.days(client).items()}
        assert days[str(goal)] == date(2017, 5, 1)
        assert str(other) not in days

    def test_examples_say_so(self, client: Client, cast: Cast):
        """A day that is made up says that it is."""
        by = MembershipFactory(committee=cast.committee, user=UserFactory(is_example=True)).user
        goal = Goal.objects.get(proposal__party__slug="v", number=25)
        goal.decide("adopted", by=by, date=date(2017, 1, 20), due_on=date(2017, 5, 1))
        assert any(name.startswith("Exempel: V 25 ska vara klart") for name in self.days(client))

    def test_as_many_queries_with_more_goals(self, client: Client, plans):
        def queries() -> int:
            with CaptureQueriesContext(connection) as asked:
                self.read(client)
            return len(asked)

        before = queries()
        GoalFactory.create_batch(10, proposal=ProposalFactory(plan_year=plans), due_year=2026)
        assert queries() == before


def test_popolo(client: Client, plans):
    """Each organisation has what Popolo demands, belongs to one that is there, and is named once."""
    organisations = json.loads(client.get("/data/popolo.json").content)["organizations"]
    by_id = {each["id"]: each for each in organisations}
    assert len(by_id) == len(organisations)
    texts = {"id": str, "name": str, "classification": str, "parent_id": str}
    lists = {"other_names": {"name"}, "identifiers": {"identifier"}, "links": {"url"}}
    for each in organisations:
        assert {"id", "name"} <= set(each) <= {*texts, *lists}
        assert all(isinstance(each[name], kind) for name, kind in texts.items() if name in each)
        assert all(needed <= set(item) for name, needed in lists.items() for item in each.get(name, ()))
        assert each.get("parent_id", each["id"]) in by_id
    assert by_id["namnd/eskilstuna/socialnamnden"]["parent_id"] == "kommun/0484"
    assert [each["name"] for each in organisations if each["classification"] == "party"] == [
        "Kristdemokraterna",
        "Vänsterpartiet",
    ]


def told(client: Client, address: str) -> list[dict]:
    content = client.get(address).content.decode()
    data = json.loads(content.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
    assert data["@context"] == "https://schema.org"
    return data.get("@graph", [data])


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("/", ["WebSite"]),
        (f"{BASE}/", ["BreadcrumbList", "GovernmentOrganization"]),
        (f"{YEAR}/jamfor/", ["BreadcrumbList", "CollectionPage"]),
        (f"{YEAR}/v/", ["BreadcrumbList", "CreativeWork"]),
        (f"{YEAR}/v/25/", ["BreadcrumbList", "Quotation"]),
        ("/data/", ["BreadcrumbList", "Dataset"]),
        (f"/data{YEAR}/", ["BreadcrumbList", "Dataset"]),
        ("/om/", ["BreadcrumbList"]),
    ],
)
def test_pages_tell_what_they_are_about(client: Client, plans, address, kinds):
    """A page tells programs of its subject in one element, with whole addresses."""
    things = told(client, address)
    assert [thing["@type"] for thing in things] == kinds
    assert str(things[-1].get("url", "http://testserver/")).startswith("http://testserver/")


def test_a_goal_is_its_own_words(client: Client, v):
    """The words are those of the party, byte for byte, and how it went is not told: it may be an example."""
    goal = v.goals.select_related("passage").get(number=25)
    quotation = told(client, f"{YEAR}/v/25/")[-1]
    assert (quotation["text"], quotation["creator"]["name"]) == (goal.passage.text, "Vänsterpartiet")
    assert "status" not in json.dumps(quotation).lower()


def test_no_text_ends_the_element(rf):
    """What a plan says cannot end the script that it stands in."""
    page = Page(
        "T", "D", [Crumb("a", "/")], [{"text": "</script><!-- & >", "url": Local("/x/"), "list": [Local("/y/")]}]
    )
    text = page.linked_data(rf.get("/"))
    assert not set("<>&") & set(text)
    assert json.loads(text)["@graph"][1] == {
        "text": "</script><!-- & >",
        "url": "http://testserver/x/",
        "list": ["http://testserver/y/"],
    }
    assert Page("T", "D").linked_data(rf.get("/")) == ""

"""Atom feeds of what is recorded: as RFC 4287 has them, whatever people have written."""

from datetime import date, datetime
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goals.models import Goal
from tests.cast import Cast
from tests.conftest import BASE, YEAR, Clock
from tests.factories import MembershipFactory, UserFactory

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = {
    "all": "/andringar/atom.xml",
    "party": "/andringar/parti/v/atom.xml",
    "topic": f"{BASE}/amne/barn-och-unga/atom.xml",
    "goal": f"{YEAR}/v/25/atom.xml",
}


@pytest.fixture
def period(plans):
    return plans.periods.get(slug="tertial-1")


@pytest.fixture
def goal(v) -> Goal:
    """Give a goal that is in all the feeds."""
    return v.goals.select_related("proposal__plan_year__committee", "issue__topic").get(number=25)


@pytest.fixture
def example(cast: Cast):
    return MembershipFactory(committee=cast.committee, user=UserFactory(is_example=True)).user


def parse(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)  # noqa: S314 - our own


def read(client: Client, address: str) -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return parse(response.content)


def text(element: ElementTree.Element, name: str) -> str:
    found = element.findall(ATOM + name)
    assert len(found) == 1, name
    return found[0].text or ""


def check(feed: ElementTree.Element) -> None:
    """Check what RFC 4287 demands of a feed and its entries, and that addresses are whole."""
    assert feed.tag == f"{ATOM}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "sv"
    for element in [feed, *feed.findall(f"{ATOM}entry")]:
        assert text(element, "id").startswith("tag:")
        assert text(element, "title")
        assert datetime.fromisoformat(text(element, "updated")).tzinfo
        assert text(element.findall(f"{ATOM}author")[0], "name")
        links = {link.get("rel"): link.get("href", "") for link in element.findall(f"{ATOM}link")}
        assert all(address.startswith("http://testserver/") for address in links.values())
        assert "alternate" in links
    assert len({text(entry, "id") for entry in feed.findall(f"{ATOM}entry")}) == len(feed.findall(f"{ATOM}entry"))


@pytest.mark.parametrize("name", FEEDS)
def test_feed(client: Client, cast: Cast, goal, period, name, clock: Clock):
    """Each feed is well formed and tells what was recorded: words, role, moment and place."""
    assert goal.issue.topic.slug == "barn-och-unga"
    said = goal.report("partly", by=cast.secretary, period=period, comment="Två av tre <b>klara</b> & igång")
    goal.report("achieved", by=cast.secretary, period=period, replaces=said, reason="Fel rad")
    feed = read(client, FEEDS[name])
    check(feed)
    latest, first = feed.findall(f"{ATOM}entry")
    assert text(first, "title") == f"V 25 (2017): {said.headline}"
    assert "rättelse, " in text(latest, "title")
    assert "Varför: Fel rad" in text(latest, "summary")
    assert goal.passage.text in text(first, "summary")
    assert "Två av tre &lt;b&gt;klara&lt;/b&gt; &amp; igång" in text(first, "summary")
    assert text(first.findall(f"{ATOM}author")[0], "name") == "Nämndsekreterare"
    assert datetime.fromisoformat(text(first, "updated")) == said.recorded_at
    assert first.findall(f"{ATOM}link")[0].get("href") == f"http://testserver{YEAR}/v/25/#lage-{said.pk}"
    assert text(first, "id").endswith(f":{said.key}")
    assert cast.secretary.email not in client.get(FEEDS[name]).content.decode()


@pytest.mark.parametrize("name", ["party", "topic", "goal"])
def test_a_feed_has_nothing_of_others(client: Client, cast: Cast, kd, period, name):
    """What is recorded of another party's goal in another topic is in the feed of all, and in none of these."""
    other = kd.goals.exclude(issue__topic__slug="barn-och-unga").select_related("proposal__plan_year__committee")[0]
    other.report("achieved", by=cast.secretary, period=period)
    assert not read(client, FEEDS[name]).findall(f"{ATOM}entry")
    assert len(read(client, FEEDS["all"]).findall(f"{ATOM}entry")) == 1


@pytest.mark.parametrize("name", FEEDS)
def test_empty_feed(client: Client, plans, name, clock: Clock):
    """A feed of nothing is a feed, and the same tomorrow."""
    first = client.get(FEEDS[name])
    check(parse(first.content))
    clock.set(2018, 1, 1)
    again = client.get(FEEDS[name], headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_the_same_entry_has_the_same_id_everywhere(client: Client, cast: Cast, goal, period, settings):
    """An entry is known again in another feed, at another address of the site."""
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    goal.report("achieved", by=cast.secretary, period=period)
    ids = {text(read(client, address).findall(f"{ATOM}entry")[0], "id") for address in FEEDS.values()}
    response = client.get(FEEDS["all"], headers={"Host": "other.example"})
    ids.add(text(parse(response.content).findall(f"{ATOM}entry")[0], "id"))
    assert len(ids) == 1
    assert b"http://other.example/eskilstuna/" in response.content


def test_asking_again_costs_nothing_until_something_is_recorded(client: Client, cast: Cast, goal, period):
    """Who has the latest feed gets 304, and the whole of it as soon as there is more."""
    goal.report("achieved", by=cast.secretary, period=period)
    tag = client.get(FEEDS["all"])["ETag"]
    answer = client.get(FEEDS["all"], headers={"If-None-Match": tag})
    assert answer.status_code == 304
    assert not answer.content
    goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 1))
    assert client.get(FEEDS["all"], headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("bad", ["\x0b", "\x1f", "\x08", "\ufffe", "\uffff", "]]>", "&#0;"])
def test_no_character_breaks_a_feed(client: Client, cast: Cast, goal, period, bad):
    """What XML cannot hold is left out, and what surrounds it is not."""
    goal.report("achieved", by=cast.secretary, period=period, comment=f"före{bad}efter", evidence=f"PM{bad}1")
    summary = text(read(client, FEEDS["all"]).findall(f"{ATOM}entry")[0], "summary")
    assert "före" in summary
    assert "efter" in summary


def test_examples_say_so(client: Client, example, goal, period):
    """The title of an example begins with the word."""
    goal.report("achieved", by=example, period=period)
    assert text(read(client, FEEDS["all"]).findall(f"{ATOM}entry")[0], "title").startswith("Exempel: V 25")


@pytest.mark.parametrize(
    ("address", "instead"),
    [
        ("/andringar/parti/strunt/atom.xml", "/andringar/parti/v/atom.xml"),
        (f"{BASE}/amne/strunt/atom.xml", f"{BASE}/amne/barn-och-unga/"),
        ("/eskilstuna/strunt/amne/barn-och-unga/atom.xml", f"{YEAR}/jamfor/"),
        (f"{YEAR}/v/999/atom.xml", f"{YEAR}/v/?visa=mal"),
        (f"{YEAR}/v/99999999999999/atom.xml", f"{YEAR}/v/?visa=mal"),
        (f"{YEAR}/s/1/atom.xml", f"{YEAR}/kd/"),
    ],
)
def test_no_such_feed(client: Client, plans, address, instead):
    """A feed that there is none of is answered with what there is."""
    response = client.get(address)
    assert response.status_code == 404
    assert f'href="{instead}"' in response.content.decode()


@pytest.mark.parametrize("name", FEEDS)
def test_as_many_queries_with_many_entries(client: Client, cast: Cast, goal, period, name):
    """A feed costs as many queries with many entries as with none."""

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(FEEDS[name])
        return len(found)

    before = queries()
    said = None
    for _ in range(10):
        said = goal.report("achieved", by=cast.secretary, period=period, replaces=said, reason="Igen" if said else "")
        goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 1))
    assert queries() == before <= 7


def test_feeds_only_answer_questions(client: Client, plans):
    """Nothing can be sent to a feed."""
    assert client.post(FEEDS["all"]).status_code == 405

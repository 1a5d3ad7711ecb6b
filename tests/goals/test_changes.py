"""The latest changes: every kind together, in one order, page by page, with all that a line says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from goals.changes import MOST, find_record, load_changes
from goals.models import Goal
from tests.cast import Cast
from tests.conftest import BASE, Clock
from tests.factories import CommitteeFactory, GoalFactory, IssueFactory, MembershipFactory, PeriodFactory, UserFactory


@pytest.fixture
def period(plans):
    return plans.periods.get(slug="tertial-1")


@pytest.fixture
def goal(kd) -> Goal:
    """Give a goal that states a target."""
    return kd.goals.exclude(target_value=None).select_related("proposal__plan_year__committee__municipality").first()


def record_all(goal: Goal, by, period, clock: Clock) -> None:
    """Record one of each kind at one moment, and then a correction and a withdrawal."""
    clock.set(2017, 9, 20, 10, 15)
    said = goal.report("in_progress", by=by, period=period, comment="Vi har börjat", evidence="PM", reference="SN 12")
    decision = goal.decide("adopted", by=by, date=date(2017, 1, 20), link="https://example.org/protokoll")
    goal.measure(Decimal(76), by=by, date=date(2017, 8, 31), source="Enkäten")
    clock.set(2017, 9, 21, 8)
    goal.report("achieved", by=by, period=period, replaces=said, reason="Fel rad")
    goal.undo(decision, by=by)


def test_all_kinds_in_one_order(cast: Cast, goal, period, clock: Clock):
    """Statuses, decisions and outcomes stand together, the latest first; of one moment, in the order of the kinds."""
    record_all(goal, cast.secretary, period, clock)
    assert [(line.kind, line.record.headline) for line in load_changes()] == [
        ("Lägesrapport", "Uppnått"),
        ("Beslut", "Ej känt"),
        ("Lägesrapport", "Pågår"),
        ("Beslut", "Antaget"),
        ("Utfall", f"76 {goal.target_unit}".replace(" %", "\N{NO-BREAK SPACE}%")),
    ]


def test_a_line_says_all_that_was_recorded(client: Client, cast: Cast, goal, period, clock: Clock):
    """The page gives the party's words, what was said, by whom, of which day, on what grounds, and what it replaced."""
    record_all(goal, cast.secretary, period, clock)
    page = client.get("/andringar/").content.decode()
    first = load_changes().lines[-3]
    for words in (
        escape(first.text),
        f'href="{first.url}"',
        f"{goal.proposal.party} · {goal.get_kind_display()} {goal.reference} · 2017",
        "Lägesrapport, Tertial 1: <strong>Pågår</strong>",
        "Vi har börjat",
        "Nämndsekreterare · läget 30 april 2017 · PM SN 12",
        'beslutat 20 januari 2017 · <a href="https://example.org/protokoll"',
        "Rättelse: Lägesrapport, Tertial 1: <strong>Uppnått</strong>",
        "Tidigare: Pågår. Varför: Fel rad",
        "<strong>Beslut togs tillbaka</strong>",
        "Tidigare: Antaget. Varför: Ångrat",
        '<h2 id="dag-2017-09-21">21 september 2017</h2>',
        "kl. 10.15",
    ):
        assert words in page, words
    assert first.url.endswith(f"/kd/{goal.number}/#lage-{first.record.pk}")
    assert cast.secretary.email not in page


def test_nothing_recorded(client: Client, plans):
    """Before anything is recorded the page says so, and leads to the feed."""
    page = client.get("/andringar/").content.decode()
    assert "Inget är skrivet än" in page
    assert 'type="application/atom+xml" title="Alla ändringar" href="/andringar/atom.xml"' in page


def test_no_plans(client: Client, db):
    """An installation without plans has the page too."""
    assert client.get("/andringar/?parti=v").status_code == 200


def test_each_filter_leaves_what_it_names(cast: Cast, goal, v, plans, period):
    """A party, a topic, a goal or a committee gives its own changes and no other's."""
    by = cast.secretary
    other = v.goals.select_related("proposal__plan_year__committee").last()
    elsewhere = GoalFactory(issue=IssueFactory())
    membership = MembershipFactory(committee=elsewhere.committee)
    goal.report("achieved", by=by, period=period)
    other.report("achieved", by=by, period=period)
    elsewhere.decide("adopted", by=membership.user, date=date(2017, 1, 1))

    def goals(**about) -> set[Goal]:
        return {line.goal for line in load_changes(**about)}

    assert goals() == {goal, other, elsewhere}
    assert goals(party=goal.proposal.party) == {goal}
    assert goals(goal=other) == {other}
    assert goals(committee=plans.committee) == {goal, other}
    assert goals(topic=elsewhere.issue.topic) == {elsewhere}
    assert goals(topic=elsewhere.issue.topic, party=goal.proposal.party) == set()


def test_choices_in_the_address(client: Client, cast: Cast, goal, v, period):
    """A party and a topic can be chosen, and what is chosen has its feeds; what is not valid is said and left out."""
    goal.report("achieved", by=cast.secretary, period=period)
    other = v.goals.select_related("proposal__plan_year__committee").last()
    other.report("achieved", by=cast.secretary, period=period)
    topic = goal.issue.topic
    page = client.get("/andringar/", {"parti": "kd", "amne": topic.slug}).content.decode()
    assert f" {goal.reference} ·" in page
    assert f" {other.reference} ·" not in page
    assert f'href="{BASE}/amne/{topic.slug}/atom.xml"' in page
    assert 'href="/andringar/parti/kd/atom.xml"' in page
    page = client.get("/andringar/?parti=strunt&amne=%00&namnd=x/y").content.decode()
    assert "Partiet ”strunt” har ingen plan här." in page
    assert f" {other.reference} ·" in page


def test_a_committee_is_chosen_where_there_are_several(client: Client, plans):
    """With more than one committee the reader chooses one, and then among its topics."""
    GoalFactory(
        proposal__plan_year__committee=(committee := CommitteeFactory(name="Andra nämnden")),
        issue=IssueFactory(topic__committee=committee, topic__name="Vatten"),
    )
    page = client.get("/andringar/").content.decode()
    assert 'name="namnd"' in page
    assert 'name="amne"' not in page
    page = client.get("/andringar/", {"namnd": "eskilstuna/socialnamnden"}).content.decode()
    assert 'name="amne"' in page
    assert "Vatten" not in page


def test_pages_have_everything_once(client: Client, cast: Cast, plans, period, clock: Clock):
    """From page to page every record comes once and in order, though many are of one moment and more are written."""
    by, goals = cast.secretary, list(Goal.objects.select_related("proposal__plan_year__committee")[:40])
    for number, goal in enumerate(goals):
        clock.time += timedelta(seconds=number % 3 == 0)  # three goals a second
        goal.report("achieved", by=by, period=period)
        goal.decide("adopted", by=by, date=date(2017, 1, 1))
    whole = [line.record for line in load_changes(most=1000)]
    assert len(whole) == 80
    for most in (1, 7, MOST):
        seen, before = [], None
        while True:
            page = load_changes(before=before, most=most)
            seen += [line.record for line in page]
            if not page.older:
                break
            before = find_record(page.older)
            if len(seen) == most:
                clock.time += timedelta(seconds=1)
                goals[0].report("not_started", by=by, period=period)
        assert seen == [record for record in [line.record for line in load_changes(most=1000)] if record in seen]
        assert set(whole) <= set(seen)
        assert len(seen) == len(set(seen))
        whole = [line.record for line in load_changes(most=1000)]


def test_older_changes_by_their_link(client: Client, cast: Cast, plans, period):
    """The page leads on to older ones with the reader's choices kept, and back."""
    for goal in Goal.objects.filter(proposal__party__slug="v").select_related("proposal__plan_year__committee")[:40]:
        goal.report("achieved", by=cast.secretary, period=period)
        goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 1))
    page = client.get("/andringar/?parti=v").content.decode()
    last = load_changes().older
    assert f'href="?parti=v&amp;fore={last}"' in page
    older = client.get(f"/andringar/?parti=v&fore={last}").content.decode()
    assert older.count('class="change"') == 80 - MOST
    assert "Äldre ändringar</h1>" in older
    assert 'href="?parti=v">Till de senaste' in older


@pytest.mark.parametrize("fore", ["strunt", "lage-0", "lage-999999999999999999", "lage-9" + "9" * 30, "lage-²", "%00"])
def test_nonsense_as_the_place_to_begin(client: Client, plans, fore):
    """A place that there is none of is answered with where there is one."""
    response = client.get(f"/andringar/?fore={fore}")
    assert response.status_code == 404
    assert 'href="/andringar/"' in response.content.decode()


def test_examples_are_marked(client: Client, cast: Cast, goal, period):
    """An example carries the word, and the page says at its top that it is invented; else it does not."""
    goal.report("achieved", by=cast.secretary, period=period)
    assert "påhittad" not in client.get("/andringar/").content.decode()
    by = MembershipFactory(committee=cast.committee, user=UserFactory(is_example=True)).user
    goal.report("in_progress", by=by, period=period)
    page = client.get("/andringar/").content.decode()
    assert page.index("Uppföljningen som visas här är påhittad") < page.index("<h1")
    assert page.count(">Exempel</span>") == 1


def test_what_people_write_is_text(client: Client, cast: Cast, goal, period):
    """Markup in a comment is shown as it was written."""
    goal.report("achieved", by=cast.secretary, period=period, comment="<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)" in client.get("/andringar/").content.decode()


def test_as_many_queries_with_many_changes(client: Client, cast: Cast, plans, clock: Clock):
    """The page costs as many queries with fifty changes and corrections as with one of each kind."""
    goals = list(Goal.objects.exclude(target_value=None).select_related("proposal__plan_year__committee"))
    period = PeriodFactory(plan_year=plans)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/andringar/?parti=kd")
        return len(found)

    before = queries()
    record_all(goals[0], cast.secretary, period, clock)
    assert queries() == before
    for goal in goals[1:]:
        record_all(goal, cast.secretary, period, clock)
    assert queries() == before == 10

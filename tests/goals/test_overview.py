"""The overview: its figures, the lists behind them, the stages, one's own party."""

import html
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import QueryDict
from django.test import Client

from goals.example import load
from goals.followed import Followed, Stage, load_followed
from goals.models import Goal, ReportingPeriod
from goals.overview import list_goals
from goals.overview_forms import GoalsForm, StagesForm
from goals.standing import DECISION_ADDRESSES, STATUS_ADDRESSES
from parties.models import Party
from proposals.models import PlanYear
from tests.cast import MEMBER, SUPERUSER, Cast
from tests.conftest import YEAR, Clock
from tests.factories import GoalFactory, PartyFactory, PassageFactory, PlanYearFactory, ProposalFactory, UserFactory
from tests.snapshot import made_once

OVERVIEW = f"{YEAR}/oversikt/"


@pytest.fixture
def example(plans: PlanYear, clock: Clock) -> PlanYear:
    """Give the real plans with example follow-up of two periods, looked at after the year's end."""
    clock.set(2018, 2, 1)
    made_once("example", lambda: load(plans, by=UserFactory(is_superuser=True, is_example=True)))
    return plans


def periods_of(plan_year: PlanYear) -> dict[str, ReportingPeriod]:
    return {period.slug: period for period in plan_year.periods.all()}


def goal_of(reference: str) -> Goal:
    party, number = reference.split()
    return Goal.objects.get(proposal__party__abbreviation=party, number=number)


def page(client: Client, address: str = "", **query: str) -> str:
    response = client.get(f"{OVERVIEW}{address}", query)
    assert response.status_code == 200
    return response.content.decode()


def links(content: str) -> list[tuple[str, int]]:
    """Give the links to lists of goals, each with the number that is clicked."""
    found = re.findall(r'<a href="([^"]*/oversikt/mal/[^"]*)"[^>]*>(.*?)</a>', content, re.DOTALL)
    numbers = [(html.unescape(url), re.findall(r"\d+", re.sub(r"<[^>]+>", "", words))) for url, words in found]
    assert all(len(digits) == 1 for _, digits in numbers), numbers
    return [(url, int(digits[0])) for url, digits in numbers]


def listed(content: str) -> int:
    """Give the number in a list's heading, which is that of the goals under it."""
    heading = re.search(r"<h1>(\d+)", content)
    assert heading
    assert content.count('<li class="goal') == int(heading[1])
    return int(heading[1])


def test_every_number_leads_to_its_list(client: Client, example, monkeypatch):
    """Each number on the overview is the number of goals on the page that it leads to."""
    read: dict[Any, Followed] = {}

    def read_once(plan_year: PlanYear, *stages: Stage | None) -> Followed:
        if stages not in read:
            read[stages] = load_followed(plan_year, *stages)
        return read[stages]

    # A hundred pages that choose from the same goals at the same stages.
    monkeypatch.setattr("goals.views.stand.load_followed", read_once)
    GoalFactory(proposal=Goal.objects.first().proposal, number=500)
    found = dict(links(page(client, period="delar", mitt="v", visa="alla")))
    assert len(found) > 90
    wrong = {url: number for url, number in found.items() if listed(client.get(url).content.decode()) != number}
    assert not wrong


@pytest.mark.parametrize(
    "query",
    [{"period": "helar", "mot": "tertial-1"}, {"period": "tertial-1"}, {"per": "2017-09-30", "mot": "2017-06-30"}],
)
def test_every_number_is_that_of_its_list_at_any_stage(client: Client, example, query):
    """The same for other stages, read as the list reads its address but not shown."""
    found = dict(links(page(client, **query, mitt="kd")))
    periods = list(example.periods.all())
    followed = load_followed(
        example, *StagesForm(QueryDict(next(iter(found)).partition("?")[2]), periods=periods).stages()
    )
    wrong = []
    for url, number in found.items():
        data = QueryDict(url.partition("?")[2])
        stages = StagesForm(data, periods=periods)
        assert stages.stages() == (followed.stage, followed.before)
        form = GoalsForm(data, followed)
        asked = form.asked(AnonymousUser())
        if sum(group.number.count for group in list_goals(followed, asked, form.wanted())) != number:
            wrong.append(url)
        assert not [*stages.problems(), *form.problems()]
    assert not wrong


#: How every goal stands, by what was said ``within`` a stage; a correction that was made ``later`` is not known to it.
PLAIN_SQL = """
    SELECT goal.id, party.slug, coalesce(said.status, ''), said.period_id, coalesce(decided.outcome, ''),
        coalesce(decided.due_on, goal.due_on, make_date(goal.due_year, 12, 31))
    FROM goals_goal goal
    JOIN proposals_proposal proposal ON proposal.id = goal.proposal_id
    JOIN parties_party party ON party.id = proposal.party_id
    LEFT JOIN LATERAL (
        SELECT record.status, record.period_id
        FROM goals_statusupdate record JOIN goals_reportingperiod period ON period.id = record.period_id
        WHERE record.goal_id = goal.id AND {status_within} AND record.status <> ''
        AND NOT EXISTS (SELECT FROM goals_statusupdate later WHERE later.replaces_id = record.id AND {later})
        ORDER BY period.ends_on DESC, record.recorded_at DESC LIMIT 1
    ) said ON true
    LEFT JOIN LATERAL (
        SELECT record.outcome, record.due_on FROM goals_decision record
        WHERE record.goal_id = goal.id AND {decision_within} AND record.outcome <> ''
        AND NOT EXISTS (SELECT FROM goals_decision later WHERE later.replaces_id = record.id AND {later})
        ORDER BY record.date DESC, record.recorded_at DESC LIMIT 1
    ) decided ON true
    WHERE goal.withdrawn_in IS NULL
"""


class Plain:
    """What plain SQL finds of a stage: a period, or a day with the one after it."""

    def __init__(self, period: ReportingPeriod | None = None, day: str = "", after: str = ""):
        by_then = f"recorded_at < '{after} 00:00 Europe/Stockholm'"
        parts = {
            "status_within": f"record.{by_then}",
            "decision_within": f"record.{by_then}",
            "later": f"later.{by_then}",
        }
        if period:
            within = f"<= '{period.ends_on}'"
            parts = {
                "status_within": f"period.ends_on {within}",
                "decision_within": f"record.date {within}",
                "later": "true",
            }
        self.query = {"period": period.slug} if period else {"per": day}
        self.period = period
        self.day = period.ends_on if period else date.fromisoformat(day)
        with connection.cursor() as cursor:
            cursor.execute(PLAIN_SQL.format(**parts))
            self.rows = {row[0]: row[1:] for row in cursor.fetchall()}

    @property
    def statuses(self) -> Counter[tuple[str, str]]:
        return Counter((party, STATUS_ADDRESSES[status]) for party, status, *_ in self.rows.values())

    @property
    def decisions(self) -> Counter[tuple[str, str]]:
        return Counter((party, DECISION_ADDRESSES[outcome]) for party, _, _, outcome, _ in self.rows.values())

    @property
    def not_judged(self) -> int:
        if self.period is None:
            return sum(not status for _, status, *_ in self.rows.values())
        return sum(period != self.period.pk for _, _, period, *_ in self.rows.values())

    @property
    def late(self) -> int:
        finished = ("achieved", "not_achieved", "dropped")
        return sum(
            bool(due and due < self.day and status not in finished and outcome != "rejected")
            for _, status, _, outcome, due in self.rows.values()
        )

    def changed(self, before: "Plain") -> int:
        return sum(row[1] != before.rows[goal][1] for goal, row in self.rows.items())


def tabled(rows) -> Counter[tuple[str, str]]:
    """Give the numbers of a table that are not nought, by party and by what the address calls the row."""
    words = re.compile(r"(?:status|beslut)=([\w-]+)")
    return Counter(
        {
            (each.party.slug, words.search(each.number.url)[1]): each.number.count
            for row in rows
            for each in row.parties
            if each.number.count
        }
    )


def test_figures_agree_with_plain_sql(client: Client, example, clock: Clock):
    """At each period and on days, with corrections and withdrawals after them, of the goals that stand."""
    cast, periods = Cast.of(example.committee), periods_of(example)
    Goal.objects.filter(pk=goal_of("V 51").pk).update(withdrawn_in=2)
    first, second = periods["tertial-1"], periods["delar"]
    one, two = goal_of("V 25"), goal_of("KD 11")
    wrong = one.report("achieved", by=cast.secretary, period=second)
    clock.set(2018, 2, 3)
    one.report("", by=cast.secretary, period=second, replaces=wrong, reason="Fel rad.", date=date(2018, 2, 3))
    decided = two.decide("rejected", by=cast.secretary, date=date(2017, 10, 1))
    two.decide("adopted", by=cast.secretary, date=date(2017, 10, 1), replaces=decided, reason="Fel beslut.")
    two.report("partly", by=cast.secretary, period=first, comment="Hälften.")
    clock.set(2018, 2, 10)
    at_periods = [Plain(periods[slug]) for slug in ("tertial-1", "delar", "helar")]
    at_days = [
        Plain(day=day, after=after)
        for day, after in (("2017-05-20", "2017-05-21"), ("2017-09-30", "2017-10-01"), ("2018-02-02", "2018-02-03"))
    ]
    for stages in (at_periods, at_days):
        for before, plain in zip([None, *stages], stages, strict=False):
            against = {"mot": "".join(before.query.values())} if before else {}
            overview = client.get(OVERVIEW, {**plain.query, **against}).context["overview"]
            assert tabled(overview.statuses) == plain.statuses, plain.query
            assert tabled(overview.decisions) == plain.decisions, plain.query
            assert overview.all_not_judged.count == plain.not_judged, plain.query
            assert overview.all_late.count == plain.late, plain.query
            assert overview.all_changed.count == (plain.changed(before) if before else 0), plain.query
            assert sum(row.total.count for row in overview.topics) == overview.totals.total.count == 77
            of_topics = [[each.number.count for each in row.parties] for row in overview.topics]
            assert [sum(column) for column in zip(*of_topics, strict=True)] == [27, 50]


def test_what_changed_stands_still_and_is_late(client: Client, plans, cast: Cast, clock: Clock):
    """Each goal stands where it belongs, with what was before, the comment, and who says so in which role."""
    clock.set(2017, 9, 20)
    periods = periods_of(plans)
    first, second = periods["tertial-1"], periods["delar"]
    changed, still, forgotten = goal_of("V 25"), goal_of("V 26"), goal_of("KD 11")
    changed.report("in_progress", by=cast.secretary, period=first)
    changed.report("partly", by=cast.secretary, period=second, comment="Två av tre är på plats.")
    for period in (first, second):
        still.report("in_progress", by=cast.secretary, period=period)
    forgotten.report("in_progress", by=cast.secretary, period=first)
    forgotten.decide("adopted", by=cast.secretary, date=date(2017, 2, 1), due_on=date(2017, 6, 30))
    response = client.get(OVERVIEW)
    overview = response.context["overview"]
    (group,) = overview.changed.groups
    (line,) = group.lines
    assert (line.goal.row.reference, group.chip.shape, overview.still.count) == ("V 25", "delvis", 1)
    content = response.content.decode()
    assert "Förut: pågår. Två av tre är på plats." in content
    assert "Skrivet av nämndsekreterare, om läget 31 augusti 2017." in content
    (late,) = [line for group in overview.late.groups for line in group.lines]
    assert (late.goal.row.reference, late.goal.row.lateness) == ("KD 11", "Datumet har passerat")
    assert "Skulle vara klart senast 30 juni 2017" in content
    assert overview.not_judged.number.count == 76
    assert overview.not_judged.is_counted
    assert "Visar <strong>Delår</strong>" in content
    assert "jämfört med <strong>Tertial 1</strong>" in content
    listing = page(client, "mal/", period="delar", mot="tertial-1", urval="oforandrade")
    assert listed(listing) == 1
    assert f"{YEAR}/v/26/" in listing


def test_a_period_that_has_not_ended_is_as_it_is_so_far(client: Client, plans, cast: Cast, clock: Clock):
    """Before any period has ended the first one is shown, and nothing is late by a day that has not come."""
    clock.set(2017, 2, 20)
    goal_of("V 25").decide("adopted", by=cast.secretary, date=date(2017, 2, 1), due_on=date(2017, 3, 31))
    content = page(client)
    assert "Perioden är inte slut än" in content
    assert "utan något tidigare att jämföra med" in content
    assert "Vad har ändrats?" not in content
    assert "Datumet har passerat" not in content


def test_before_the_period_is_judged_the_latest_that_is_is_offered(client: Client, example):
    """Where nobody has judged the latest period yet, the page leads to the one that is judged."""
    content = page(client)
    assert "Inget är bedömt för Helår än." in content
    assert f'<a href="{OVERVIEW}?period=delar&amp;mot=tertial-1">Visa Delår</a>' in content
    assert "Inget är bedömt" not in page(client, period="delar")


def test_targets_are_drawn_against_outcomes(client: Client, plans, cast: Cast, clock: Clock):
    """Every goal with a target is there, with its outcome or the words that there is none."""
    clock.set(2017, 9, 20)
    measured = Goal.objects.exclude(target_value=None).first()
    measured.measure(Decimal(76), by=cast.secretary, date=date(2017, 6, 30), source="Enkät")
    content = page(client)
    targets = Goal.objects.exclude(target_value=None).count()
    assert targets > 1
    assert content.count('<svg class="target"') == 1
    assert content.count("inget utfall än") == targets - 1
    assert "utfall <strong>76" in content


@pytest.mark.django_db
@pytest.mark.parametrize("periods_too", [True, False])
def test_a_year_without_follow_up_says_so_calmly(client: Client, periods_too):
    """A plan year without anything recorded, with or without periods, has its goals and no empty lists."""
    year = PlanYearFactory()
    if periods_too:
        ReportingPeriod.objects.make_defaults(year)
    GoalFactory(proposal=ProposalFactory(plan_year=year))
    response = client.get(year.overview_url)
    content = response.content.decode()
    assert "Uppföljningen har inte börjat." in content
    assert "Vad står still?" not in content
    assert response.context["overview"].totals.total.count == 1
    assert [row.name for row in response.context["overview"].topics] == ["Ännu inte ordnade efter fråga"]
    assert "påhittad" not in content
    assert all(listed(client.get(url).content.decode()) == number for url, number in links(content))


@pytest.mark.django_db
def test_all_parties_in_published_order(client: Client):
    """One party and many are shown alike: every one a column, by name, on one scale, and a sum."""
    year = PlanYearFactory()
    for count, name in enumerate(["Östpartiet", "Åpartiet", "Zpartiet", "Apartiet"], start=1):
        proposal = ProposalFactory(plan_year=year, party=PartyFactory(name=name))
        GoalFactory.create_batch(count, proposal=proposal)
    for row in client.get(year.overview_url).context["overview"].statuses:
        assert [each.party.name for each in row.parties] == ["Apartiet", "Zpartiet", "Åpartiet", "Östpartiet"]
    assert [each.number.count for each in row.parties] == [4, 3, 2, 1]
    assert [each.number.width for each in row.parties] == [100, 75, 50, 25]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"period": "strunt"}, "Perioden ”strunt” finns inte."),
        ({"period": "delar", "mot": "strunt"}, "Perioden ”strunt” finns inte."),
        ({"period": "delar", "mot": "helar"}, "Helår slutar inte före Delår och går inte att jämföra med."),
        ({"period": "delar", "mot": "2017-06-30"}, "Perioden ”2017-06-30” finns inte."),
        ({"per": "2017-13-40"}, "”2017-13-40” är inget datum."),
        ({"per": "2999-01-01"}, "Datumet ligger i framtiden."),
        ({"per": "a\x00b"}, "tecken är inte tillåtna"),
        ({"per": "2017-06-30", "mot": "2017-06-30"}, "”2017-06-30” är ingen tidigare dag"),
        ({"per": "2017-06-30", "mot": "tertial-1"}, "”tertial-1” är ingen tidigare dag"),
        ({"per": "2017-06-30", "period": "delar"}, "Välj antingen en period eller en dag."),
        ({"mitt": "<b>"}, "Partiet ”&lt;b&gt;” har ingen plan här."),
        ({"visa": "x"}, "Urvalet ”x” finns inte."),
    ],
)
def test_bad_choices_are_reported_and_the_rest_holds(client: Client, plans, query, said):
    """What cannot be used is said above, on the overview and on its lists, and the rest of the choice holds."""
    for address in ("", "mal/"):
        content = page(client, address, **query)
        assert said in content
        assert "Resten av ditt val gäller." in content
    assert listed(page(client, "mal/", **query, parti="kd")) == 27


def test_bad_choices_of_goals_are_reported(client: Client, plans):
    """A list asked for what there is not says so, and lists what is left of the choice."""
    content = page(client, "mal/", parti="s", amne="strunt", status="x", beslut="y", urval="z")
    for said in ("Partiet ”s”", "Ämnet ”strunt”", "Statusen ”x”", "Beslutet ”y”", "Urvalet ”z”"):
        assert said in content
    assert listed(content) == 78
    first = page(client, "mal/", period="tertial-1", urval="andrade")
    assert "Urvalet behöver en tidigare period eller dag" in first
    assert listed(page(client, "mal/", status="uppnatt")) == 0


class TestOwnParty:
    def test_it_is_kept_in_the_address_and_set_apart(self, client: Client, example):
        """The lists are the own party's, the tables everyone's, and every link of the page keeps the choice."""
        response = client.get(OVERVIEW, {"period": "delar", "mitt": "v"})
        content, overview = response.content.decode(), response.context["overview"]
        assert "Mitt parti: Vänsterpartiet</h2>" in content
        lines = [line for part in (overview.changed, overview.late) for group in part.groups for line in group.lines]
        assert {line.goal.party.slug for line in lines} == {"v"}
        assert overview.all_changed.count > overview.changed.number.count
        assert [row.total.count for row in overview.statuses] != [
            row.parties[1].number.count for row in overview.statuses
        ]
        assert all("mitt=v" in url for url, _ in links(content))
        everyone = page(client, period="delar", mitt="v", visa="alla")
        assert f"{YEAR}/kd/" in everyone
        assert '<li class="line own">' in everyone
        assert "Mitt parti: Vänsterpartiet</h2>" not in everyone
        assert "mitt=inget" in content

    def test_the_profile_has_it_where_the_address_says_nothing(self, example):
        """A member's own party is saved, used and named as saved; the address has the last word; a reader has none."""
        client = Cast.of(example.committee).client(MEMBER)
        v = Party.objects.get(slug="v")
        assert client.post("/konto/", {"own_party": v.pk}).status_code == 302
        assert f'<option value="{v.pk}" selected>' in client.get("/konto/").content.decode()
        content = page(client, period="delar")
        assert "Mitt parti: Vänsterpartiet</h2>" in content
        assert "Partiet är sparat på" in content
        assert client.get(OVERVIEW)["Cache-Control"] == "private, no-store"
        assert "Mitt parti: Kristdemokraterna</h2>" in page(client, period="delar", mitt="kd")
        assert "Mitt parti: " not in re.sub(r"<p>Mitt parti:</p>", "", page(client, period="delar", mitt="inget"))
        assert "Partiet är sparat på" not in page(Client(), period="delar")
        client.post("/konto/", {"own_party": ""})
        assert "Partiet är sparat på" not in page(client, period="delar")

    def test_a_party_that_is_none_is_refused(self, cast: Cast):
        """The form says what is wrong, and nothing is saved; a party that is taken away leaves nobody with it."""
        client = cast.client(MEMBER)
        response = client.post("/konto/", {"own_party": "999999"})
        assert response.status_code == 422
        assert "Partiet finns inte." in response.content.decode()
        user = cast.users[MEMBER]
        user.own_party = PartyFactory()
        user.save()
        user.own_party.delete()
        user.refresh_from_db()
        assert user.own_party is None

    def test_nobody_else_sees_it(self, cast: Cast):
        """Not even who administers the installation: it may tell what a person thinks."""
        member = cast.users[MEMBER]
        member.own_party = Party.objects.get(slug="v")
        member.save()
        content = cast.client(SUPERUSER).get(f"/admin/parties/user/{member.pk}/change/").content.decode()
        assert member.email in content
        assert "own_party" not in content
        assert "Vänsterpartiet" not in content

    def test_a_party_without_a_plan_is_no_matter(self, plans, cast: Cast):
        """A member whose party has no plan in the committee sees the overview as everyone does."""
        user = cast.users[MEMBER]
        user.own_party = PartyFactory()
        user.save()
        assert "Partiet är sparat på" not in page(cast.client(MEMBER))


def test_queries_do_not_grow(client: Client, example, django_assert_num_queries):
    """As many queries for 78 goals as for 278, on the overview and on a list."""
    addresses = [f"{OVERVIEW}?period=delar", f"{OVERVIEW}mal/?period=delar"]
    for address in addresses:
        with django_assert_num_queries(10):
            client.get(address)
    proposal = Goal.objects.first().proposal
    passages = PassageFactory.create_batch(200, proposal=proposal, kind="goal")
    for number, passage in enumerate(passages, start=500):
        GoalFactory(proposal=proposal, passage=passage, number=number, issue=goal_of("V 25").issue)
    for address in addresses:
        with django_assert_num_queries(10):
            client.get(address)


def test_old_address_of_a_topic_leads_on(client: Client, plans):
    """A list of a topic whose address has changed is found at the new one."""
    topic = plans.committee.topics.get(slug="barn-och-unga")
    topic.rename("Barn, unga och familjer")
    response = client.get(f"{OVERVIEW}mal/", {"amne": "barn-och-unga", "parti": "v"})
    assert response.status_code == 301
    assert listed(client.get(response["Location"]).content.decode()) == 14


def test_example_is_marked(client: Client, example):
    """Invented follow-up is marked on the overview and on every list, also before anything of it is seen."""
    for address in ("", "mal/"):
        assert "påhittad för att visa" in page(client, address, period="delar")

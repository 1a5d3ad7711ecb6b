"""Example follow-up: the same every time, fair to every party, said to be an example, and never mixed with real."""

from collections import Counter
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from goals.example import DECK, DEFAULT_SEED, committees_with_example, invent
from goals.models import Decision, Goal, OutcomeValue, Report, ReportFile, Status, StatusUpdate
from goals.models.goals import UNDONE
from goals.models.records import KINDS
from goals.standing import NOTHING_SAID, load_standings
from parties.models import User
from proposals.models import PlanYear
from tests.browser.server import THREE_PARTIES
from tests.cast import Cast
from tests.factories import PlanYearFactory, ProposalFactory
from tests.snapshot import made_once

ADDRESS = "eskilstuna/socialnamnden/2017"
SEEDS = (DEFAULT_SEED, 2, 3)
#: What tests of this file have made once: what the command writes without anything being said.
EXAMPLE = "example of the command"


def load(*addresses: str, **options: Any) -> str:
    out = StringIO()
    call_command("load_example", *addresses, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def embedded(settings) -> None:
    """Take the tests' database for the embedded one, whichever it is."""
    settings.EMBEDDED = True


@pytest.fixture(autouse=True)
def without_files(request, monkeypatch) -> None:
    """Make no files of the report, which nobody opens and take half of the time, but in one test of the command."""
    if request.function is not test_summary:
        for make in ("to_pdf", "to_xlsx", "to_docx"):
            monkeypatch.setattr(f"goals.fix_report.{make}", lambda *_: b"")


@pytest.fixture
def example(plans: PlanYear) -> PlanYear:
    """Give the real plans with example follow-up."""
    made_once(EXAMPLE, load)
    return plans


def everything() -> list[list[dict[str, Any]]]:
    """Give all that is recorded, in a form that does not depend on the database's own numbers."""
    ours = {"id", "goal_id", "author_id", "replaces_id", "period_id"}
    return [
        [
            {"replaces": row.pop("replaces__key"), **{name: row[name] for name in row if name not in ours}}
            for row in kind.objects.order_by("key").values(
                *(field.attname for field in kind._meta.concrete_fields),
                "replaces__key",
                "goal__number",
                "goal__proposal__party__slug",
            )
        ]
        for kind in KINDS
    ]


def test_summary(plans):
    """The command says what it wrote, and that it is invented."""
    assert load() == (
        "Socialnämnden i Eskilstuna, 2017: påhittad uppföljning inläst som exempel "
        "(136 lägesrapporter, 46 beslut, 11 utfall)\n"
        "Socialnämnden i Eskilstuna, 2017: rapport för Delår fastställd som exempel\n"
    )
    assert set(ReportFile.objects.values_list("format", flat=True)) == set(ReportFile.Format)


def test_a_report_that_says_that_it_is_an_example(example):
    """The latest period that is judged has a report, marked as invented in its own words and by its mark."""
    report = Report.objects.get()
    assert (report.period.slug, report.number, report.is_example) == ("delar", 1, True)
    assert report.fixed_at < timezone.now()
    said = report.snapshot.decode()
    assert "Exempel: Den här rapporten är påhittad" in said
    assert "Exempel: Nämnden tar del av rapporten." in said


def test_the_same_seed_gives_the_same_records(example):
    """What is written is what the seed says, to the second and to the keys; another seed says something else."""
    goals = list(Goal.objects.select_related("proposal__party", "proposal__plan_year"))
    periods = list(example.periods.order_by("ends_on")[:2])

    def said(seed: int, goals: list[Goal]) -> dict[Any, Any]:
        return {step.said["key"]: (step.goal, step.method, step.said) for step in invent(example, goals, periods, seed)}

    assert said(DEFAULT_SEED, goals) == said(DEFAULT_SEED, goals[::-1])
    assert set(said(DEFAULT_SEED, goals)) == {row["key"] for rows in everything() for row in rows}
    assert not set(said(DEFAULT_SEED, goals)) & set(said(2, goals))


def test_loading_twice_changes_nothing(example):
    """A second run leaves every record and account as it was, and says so, named or not."""
    before = everything(), list(User.objects.values())
    assert load() == "Exempeluppföljningen är redan inläst.\n"
    assert load(ADDRESS) == "Socialnämnden i Eskilstuna, 2017: exempeluppföljningen är redan inläst\n"
    assert (everything(), list(User.objects.values())) == before


def test_all_of_it_says_that_it_is_an_example(example):
    """Every record is marked, by an example secretary nobody can sign in as, and every text in it begins so."""
    for kind in KINDS:
        assert kind.objects.exists()
        assert not kind.objects.exclude(is_example=True, author_role="secretary").exists()
        assert not kind.objects.exclude(link="").exists()
    texts = [
        row[name]
        for rows in everything()
        for row in rows
        for name in ("comment", "evidence", "source")
        if row.get(name)
    ]
    reasons = [row["reason"] for rows in everything() for row in rows if row["reason"] not in ("", UNDONE)]
    assert all(text.startswith("Exempel: ") for text in texts + reasons)
    references = [row["reference"] for rows in everything() for row in rows if row.get("reference")]
    assert references
    assert all(reference.startswith("Exempel ") for reference in references)
    assert max(map(len, texts)) > 400
    author = User.objects.get()
    assert author.is_example
    assert not author.has_usable_password()


def test_every_status_of_both_kinds(example):
    """Goals and assignments both show every status, "Ej bedömt" too, and every decision, unknown too."""
    standings = load_standings(Goal.objects.all())
    for kind in Goal.Kind:
        found = [standings.get(goal.pk, NOTHING_SAID) for goal in Goal.objects.filter(kind=kind)]
        assert {standing.status for standing in found} == {"", *Status.values}
        assert {standing.decision for standing in found} == {"", *Decision.Outcome.values}


def test_some_of_the_second_period_remains(example):
    """Nearly all is judged in the first period; in the second, 23 of 78 remain; the third has nothing."""
    judged = [
        StatusUpdate.objects.in_force().filter(period=period).values("goal").distinct().count()
        for period in example.periods.order_by("ends_on")
    ]
    assert judged == [72, 55, 0]


def test_corrections_and_withdrawals(example):
    """There are corrected statuses and decisions with reasons, and judgements that were undone."""
    corrected = StatusUpdate.objects.exclude(replaces=None)
    assert corrected.exclude(reason=UNDONE).exists()
    assert all(update.is_withdrawal for update in corrected.filter(reason=UNDONE))
    assert corrected.filter(reason=UNDONE).exists()
    assert Decision.objects.exclude(replaces=None).exclude(outcome="").exists()


def test_outcomes_fit_the_status(example):
    """Each goal that states a target has two measurements, the last of them past the target only if it is achieved."""
    standings = load_standings(Goal.objects.all())
    goals = Goal.objects.exclude(target_value=None)
    assert Counter(OutcomeValue.objects.values_list("goal__number", flat=True)).most_common(1)[0][1] == 2
    reached = set()
    for goal in goals:
        standing = standings[goal.pk]
        assert standing.outcome is not None
        assert (standing.outcome >= goal.target_value) is (standing.status == "achieved")
        assert goal.target_unit != "%" or standing.outcome <= 100
        reached.add(standing.status == "achieved")
    assert reached == {True, False}


def test_written_in_order_within_the_year(example):
    """All of it is written in the plan year, each goal's records one after the other, during the day."""
    rows = [row for rows in everything() for row in rows]
    moments = [(row["goal__proposal__party__slug"], row["goal__number"], row["recorded_at"]) for row in rows]
    assert len(set(moments)) == len(moments)
    for kind in KINDS:
        for record in kind.objects.exclude(replaces=None).select_related("replaces"):
            assert record.recorded_at > record.replaces.recorded_at
    assert {moment.year for *_, moment in moments} == {2017}
    assert {moment.month for *_, moment in moments} == {1, 2, 5, 9}
    assert {timezone.localtime(moment).hour for *_, moment in moments} <= set(range(8, 17))


def test_as_of_two_days(example):
    """The page at the end of June is another than the one at the end of the year."""
    june, december = (
        load_standings(Goal.objects.all(), datetime(2017, month, day, tzinfo=UTC)) for month, day in ((6, 30), (12, 31))
    )
    assert june != december
    assert Counter(standing.status for standing in june.values())["achieved"] < 5
    assert Counter(standing.status for standing in december.values())["achieved"] > 10


def parties_counts(plan_year: PlanYear, on: date) -> dict[str, tuple[int, Counter[Any]]]:
    """Count, for each party, how its goals stand in the end and how they stood in each period."""
    standings = load_standings(Goal.objects.all())
    counts: dict[str, tuple[int, Counter[Any]]] = {}
    for proposal in plan_year.proposals.select_related("party"):
        count: Counter[Any] = Counter()
        for goal in proposal.goals.all():
            standing = standings.get(goal.pk, NOTHING_SAID)
            count["status", standing.status] += 1
            count["decision", standing.decision] += 1
            count["late"] += standing.is_overdue(goal.text_due, on)
        in_force = StatusUpdate.objects.in_force().filter(goal__proposal=proposal)
        count.update(in_force.values_list("period__slug", "status"))
        for kind in (StatusUpdate, Decision):
            count["corrected", kind] = kind.objects.filter(goal__proposal=proposal).exclude(replaces=None).count()
        counts[proposal.party.slug] = (proposal.goals.count(), count)
    return counts


@pytest.mark.parametrize("seed", SEEDS)
def test_no_party_looks_better(plans, seed):
    """Each status, decision, correction and delay has the same share of each party's goals, within one goal."""
    made_once(EXAMPLE if seed == DEFAULT_SEED else f"seed {seed}", lambda: load(seed=seed))
    for on in (date(2017, 12, 31), date(2026, 11, 1)):
        counts = parties_counts(plans, on)
        (kd_goals, kd), (v_goals, v) = counts["kd"], counts["v"]
        for what in kd | v:
            assert abs(kd[what] / kd_goals - v[what] / v_goals) <= 1 / min(kd_goals, v_goals), what
        assert (kd["late"], v["late"]) == (1, 2)


def test_the_deck_is_the_same_for_all(example):
    """No party's name, number of seats or words decide what happens: a hand is the first cards of the one deck."""
    for goals, count in parties_counts(example, date(2026, 11, 1)).values():
        hand = [DECK[number % len(DECK)] for number in range(goals)]
        dealt = Counter(("status", card.second or card.first) for card in hand)
        assert dealt == Counter({what: many for what, many in count.items() if what[0] == "status"})


def test_real_follow_up_is_never_mixed(cast: Cast, plans):
    """Where anything real is recorded, nothing is invented."""
    goal = plans.proposals.first().goals.first()
    goal.report("achieved", by=cast.secretary, period=plans.periods.first())
    with pytest.raises(CommandError, match="blandas aldrig"):
        load()
    assert [kind.objects.count() for kind in KINDS] == [1, 0, 0]
    assert not User.objects.filter(is_example=True).exists()


def test_another_database_must_be_asked_for(plans, settings):
    """With a database of one's own nothing is written unless one insists, and then nobody can sign in."""
    settings.EMBEDDED = False
    with pytest.raises(CommandError, match="--anywhere"):
        load()
    assert not StatusUpdate.objects.exists()
    load(anywhere=True)
    assert StatusUpdate.objects.exists()
    assert not User.objects.get().has_usable_password()


@pytest.mark.parametrize(
    "address", ["", "eskilstuna", "eskilstuna/socialnamnden/tjugo", "eskilstuna/socialnamnden/1999", "a/b/²", "1/2/3/4"]
)
def test_unknown_plan_year(plans, address):
    """An address that leads to no plans is refused in words, and so are all others given with it."""
    with pytest.raises(CommandError, match="inget planår"):
        load(ADDRESS, address)
    assert not StatusUpdate.objects.exists()


def test_no_plan(db):
    """Without a plan the message says how to load one."""
    with pytest.raises(CommandError, match="load_plans"):
        load()


def test_a_year_without_a_period_that_is_over(db):
    """Nothing is invented about time that has not been."""
    plan_year = PlanYearFactory(year=2100)
    plan_year.periods.create(name="Helår", slug="helar", ends_on=date(2100, 12, 31), due_on=date(2100, 12, 31))
    ProposalFactory(plan_year=plan_year)
    with pytest.raises(CommandError, match="är över"):
        load()


def test_locked_periods_are_left_alone(plans):
    """A period that is locked takes no example either."""
    plans.periods.order_by("ends_on").first().lock()
    load()
    assert set(StatusUpdate.objects.values_list("period__slug", flat=True)) == {"delar"}


def test_the_newest_year_or_those_asked_for(plans):
    """Without an address the newest plan year is taken, once; with addresses just those."""
    call_command("load_plans", str(THREE_PARTIES), verbosity=0, stdout=StringIO())
    assert "Provköping, 2026" in load()
    assert "redan inläst" in load()
    assert [str(committee) for committee in committees_with_example()] == ["Provnämnden i Provköping"]
    assert "Eskilstuna, 2017" in load(ADDRESS)
    assert committees_with_example().count() == 2


def test_load_plans_alone_loads_none(plans):
    """Plans come without follow-up, and without accounts."""
    assert [kind.objects.count() for kind in KINDS] == [0, 0, 0]
    assert not User.objects.exists()

"""How goals stand at the end of a period or a day, beside how they stood before."""

from datetime import date
from decimal import Decimal

import pytest

from goals.as_of import AsOf
from goals.followed import FollowedGoal, Stage, latest_ended, load_followed, period_before
from goals.models import Goal
from tests.cast import Cast
from tests.conftest import Clock
from tests.factories import GoalFactory, PassageFactory


@pytest.fixture
def periods(plans):
    return {period.slug: period for period in plans.periods.all()}


@pytest.fixture
def goal(plans) -> Goal:
    return Goal.objects.exclude(target_value=None).select_related("proposal__plan_year__committee").first()


def at(goal: Goal, stage: Stage, before: Stage | None = None) -> FollowedGoal:
    followed = load_followed(goal.proposal.plan_year, stage, before)
    return next(each for each in followed.goals if each.row.pk == goal.pk)


def test_a_period_has_what_speaks_of_it_however_late_it_was_written(goal, periods, cast: Cast, clock: Clock):
    """A judgement belongs to its period, a decision or an outcome to its day; what speaks of later days is left out."""
    clock.set(2018, 2, 1)
    first, second = Stage.of_period(periods["tertial-1"]), Stage.of_period(periods["delar"])
    goal.report("partly", by=cast.secretary, period=periods["delar"], comment="Hälften är klart.")
    goal.report("in_progress", by=cast.secretary, period=periods["tertial-1"])
    goal.measure(Decimal(76), by=cast.secretary, date=date(2017, 9, 1), source="Enkät")
    goal.decide("adopted", by=cast.secretary, date=date(2017, 4, 30), reference="§ 12")
    found = at(goal, second, first)
    assert (found.standing.status, found.before.status, found.is_changed) == ("partly", "in_progress", True)
    assert found.status.comment == "Hälften är klart."
    assert (found.standing.outcome, found.decision.reference, found.judged) == (None, "§ 12", True)
    assert at(goal, first).standing.status == "in_progress"
    last = at(goal, Stage.of_period(periods["helar"]), second)
    assert (last.standing.status, last.judged, last.is_changed) == ("partly", False, False)
    assert (last.standing.outcome, last.outcome.source) == (76, "Enkät")


def test_a_day_has_what_was_written_by_its_end(goal, periods, cast: Cast, clock: Clock):
    """Between two days the difference is what was written, whatever period it is for."""
    clock.set(2017, 9, 10)
    goal.report("in_progress", by=cast.secretary, period=periods["tertial-1"])
    clock.set(2017, 9, 20)
    early, late = (Stage.of_day(AsOf(date(2017, 9, day))) for day in (9, 10))
    found = at(goal, late, early)
    assert (found.before.status, found.standing.status, found.judged) == ("", "in_progress", True)


def test_a_period_as_it_was_known_on_a_day(goal, periods, cast: Cast, clock: Clock):
    """A correction made afterwards is not in what was known before it."""
    clock.set(2017, 9, 10)
    wrong = goal.report("in_progress", by=cast.secretary, period=periods["delar"])
    clock.set(2017, 9, 20)
    goal.report("achieved", by=cast.secretary, period=periods["delar"], replaces=wrong, reason="Fel mål.")
    clock.set(2017, 9, 30)
    period = periods["delar"]
    assert at(goal, Stage.of_period(period)).standing.status == "achieved"
    assert at(goal, Stage.of_period(period, AsOf(date(2017, 9, 15)))).standing.status == "in_progress"


def test_which_period(periods):
    """The latest that has ended on the day, else the first; and the one before a period."""
    found = periods.values()
    days = {(2017, 4, 30): "Tertial 1", (2017, 1, 1): "Tertial 1", (2017, 9, 1): "Delår", (2019, 1, 1): "Helår"}
    assert {day: latest_ended(found, date(*day)).name for day in days} == days
    assert latest_ended([], date(2017, 1, 1)) is None
    assert period_before(found, periods["helar"]) == periods["delar"]
    assert period_before(found, periods["tertial-1"]) is None


def test_every_standing_goal_once_in_the_order_of_the_comparison(plans, v, django_assert_num_queries):
    """All goals, also one without an issue, which comes last; as many queries whatever their number."""
    stage = Stage.of_day(AsOf())
    assert len(load_followed(plans, stage).goals) == 78
    passages = PassageFactory.create_batch(20, proposal=v, kind="goal")
    more = [GoalFactory(proposal=v, passage=passage, number=number) for number, passage in enumerate(passages, 500)]
    Goal.objects.filter(pk=more[3].pk).update(withdrawn_in=1)
    with django_assert_num_queries(8):
        followed = load_followed(plans, stage, stage)
        assert len(followed.goals) == 97
        assert str(followed.topics[0]) == "Barn och unga"
    assert [goal.issue for goal in followed.goals[-19:]] == [None] * 19
    positions = [(goal.topic.position, goal.issue.position) for goal in followed.goals[:-19]]
    assert positions == sorted(positions)

"""What is recorded of a goal stands for ever, in the order it was written, and can be seen as of any moment."""

import random
import threading
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from goals.figures import last_day
from goals.models import ConflictError, Goal, Record, StatusUpdate
from goals.standing import NOTHING_SAID, Standing, load_standings
from tests.cast import MEMBER, OTHER, Cast
from tests.conftest import Clock
from tests.factories import GoalFactory, MembershipFactory, PeriodFactory, UserFactory


@pytest.fixture
def goal(plans) -> Goal:
    """Give a goal that states a target."""
    return Goal.objects.exclude(target_value=None).select_related("proposal__plan_year__committee").first()


@pytest.fixture
def periods(plans):
    return {period.slug: period for period in plans.periods.all()}


def standing(goal: Goal, at: datetime | None = None):
    return load_standings(Goal.objects.filter(pk=goal.pk), at).get(goal.pk, NOTHING_SAID)


def test_default_periods(plans):
    """A plan year begins with the three common periods, and keeps what a person has made of them."""
    assert [(p.name, p.ends_on, p.due_on) for p in plans.periods.all()] == [
        ("Tertial 1", date(2017, 4, 30), date(2017, 5, 31)),
        ("Delår", date(2017, 8, 31), date(2017, 9, 30)),
        ("Helår", date(2017, 12, 31), date(2018, 1, 31)),
    ]


def one_of_each(goal: Goal, by, period) -> list[Record]:
    return [
        goal.report("in_progress", by=by, period=period),
        goal.decide("adopted", by=by, date=date(2017, 1, 20)),
        goal.measure(Decimal(76), by=by, date=date(2017, 8, 31), source="Enkät"),
    ]


CHANGES: dict[str, Callable[[Record], object]] = {
    "save": lambda record: record.save(),
    "delete": lambda record: record.delete(),
    "queryset update": lambda record: type(record).objects.filter(pk=record.pk).update(is_example=True),
    "update of no row": lambda record: type(record).objects.filter(pk=0).update(is_example=True),
    "queryset delete": lambda record: type(record).objects.filter(pk=record.pk).delete(),
    "raw delete": lambda record: type(record).objects.filter(pk=record.pk)._raw_delete("default"),
    "bulk update": lambda record: type(record).objects.bulk_update([record], ["is_example"]),
    "upsert": lambda record: type(record).objects.bulk_create(
        [record], update_conflicts=True, unique_fields=["id"], update_fields=["is_example"]
    ),
    "SQL update": lambda record: sql(f"UPDATE {record._meta.db_table} SET is_example = true"),
    "SQL delete": lambda record: sql(f"DELETE FROM {record._meta.db_table}"),
    "truncate": lambda record: sql(f"TRUNCATE {record._meta.db_table} CASCADE"),
    "truncate of what it hangs on": lambda record: sql("TRUNCATE goals_goal CASCADE"),
    "told to look away": lambda record: (
        sql(f"SELECT set_config('pgtrigger.ignore', '{{{trigger(record)}}}', true)"),
        sql(f"DELETE FROM {record._meta.db_table}"),
    ),
}


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def trigger(record: Record) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'pgtrigger%%'",
            [record._meta.db_table],
        )
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize("way", CHANGES)
def test_the_database_refuses_every_change(cast: Cast, goal, periods, way):
    """No status, decision or outcome can be changed or deleted: by the ORM, in bulk, by SQL, or all at once."""
    records = one_of_each(goal, cast.secretary, periods["tertial-1"])
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # else TRUNCATE would be refused for having to wait for them
    for record in records:
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            CHANGES[way](record)
        assert type(record).objects.count() == 1


def test_playing_a_replica_changes_nothing(cast: Cast, goal, periods):
    """In a session where triggers else rest, ours do not; who may not have such a session is refused that."""
    for record in one_of_each(goal, cast.secretary, periods["tertial-1"]):
        update = f"UPDATE {record._meta.db_table} SET is_example = true"
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(f"SET LOCAL session_replication_role = replica; {update}")
        assert not type(record).objects.filter(is_example=True).exists()


@pytest.mark.parametrize("table", ["goals_goalevent", "parties_membershipevent", "pghistory_context"])
@pytest.mark.parametrize("way", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_audit_log_is_not_emptied(plans, table, way):
    """What the audit log keeps cannot be taken away."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        sql(way.format(table))


def test_the_trigger_cannot_be_ignored():
    """The library's own way to switch a trigger off does not work on ours."""
    with pytest.raises(RuntimeError, match="append-only"):
        StatusUpdate._meta.triggers[0].ignore(StatusUpdate)


def test_latest_period_counts_and_within_it_the_latest_record(cast: Cast, goal, periods, clock: Clock):
    """A late report for an earlier period does not hide a later period's."""
    clock.set(2017, 9, 20)
    goal.report("in_progress", by=cast.secretary, period=periods["delar"])
    clock.set(2017, 9, 21)
    goal.report("not_started", by=cast.secretary, period=periods["tertial-1"])
    assert standing(goal).status == "in_progress"
    clock.set(2017, 9, 22)
    goal.report("achieved", by=cast.secretary, period=periods["delar"])
    assert standing(goal).status == "achieved"


def test_as_of_any_moment(cast: Cast, goal, periods, clock: Clock):
    """What was said is seen as it stood at each moment: corrections and withdrawals count from when they were made."""
    by, period = cast.secretary, periods["delar"]
    clock.set(2017, 9, 10)
    first = goal.report("in_progress", by=by, period=period)
    clock.set(2017, 9, 12)
    second = goal.report("achieved", by=by, period=period, replaces=first, reason="Fel siffra")
    goal.decide("adopted", by=by, date=date(2017, 9, 1), due_on=date(2017, 9, 11))
    clock.set(2017, 9, 14)
    goal.undo(second, by=by)
    seen = {day: standing(goal, clock.time.replace(day=day)) for day in (10, 11, 13, 15)}
    assert [seen[day].status for day in seen] == ["", "in_progress", "achieved", "in_progress"]
    assert [seen[day].decision for day in seen] == ["", "", "adopted", "adopted"]


def test_undo_takes_back_what_was_first_said(cast: Cast, goal, periods):
    """To undo a first judgement leaves the goal not judged, and what was undone can still be read."""
    said = goal.report("achieved", by=cast.secretary, period=periods["tertial-1"])
    goal.undo(said, by=cast.secretary)
    assert standing(goal) == NOTHING_SAID
    withdrawal = StatusUpdate.objects.latest_first().first()
    assert withdrawal.is_withdrawal
    assert (withdrawal.replaces, withdrawal.reason) == (said, "Ångrat direkt av den som skrev.")
    assert withdrawal.sentence == "Rättelse: lägesrapport togs tillbaka"


def test_undo_of_a_correction_says_again_what_it_replaced(cast: Cast, goal, periods, clock: Clock):
    """To undo a correction says again what stood before, with its own day."""
    by, period = cast.secretary, periods["delar"]
    first = goal.report("in_progress", by=by, period=period, comment="Först", date=date(2017, 8, 20))
    second = goal.report("achieved", by=by, period=period, replaces=first, reason="Fel", date=date(2017, 8, 31))
    again = goal.undo(second, by=by)
    assert (again.status, again.comment, again.date) == ("in_progress", "Först", date(2017, 8, 20))


def test_only_who_wrote_it_can_undo_it(cast: Cast, goal):
    """What somebody else wrote is corrected with a reason, and not undone in their name."""
    other = MembershipFactory(committee=cast.committee).user
    decision = goal.decide("adopted", by=other, date=date(2017, 1, 20))
    with pytest.raises(PermissionDenied):
        goal.undo(decision, by=cast.secretary)


def test_a_correction_can_be_undone_once(cast: Cast, goal):
    """Each record can be replaced by one other; whoever comes second is told."""
    decision = goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 20))
    goal.decide("rejected", by=cast.secretary, date=date(2017, 1, 20), replaces=decision, reason="Fel rad")
    with pytest.raises(ConflictError):
        goal.undo(decision, by=cast.secretary)
    assert standing(goal).decision == "rejected"


def test_locked_period_takes_only_corrections_dated_after_it(cast: Cast, goal, periods, clock: Clock):
    """A locked period takes no update, and a correction only if it is dated after the period."""
    period, by = periods["tertial-1"], cast.secretary
    clock.set(2017, 6, 1)
    said = goal.report("achieved", by=by, period=period)
    period.lock()
    with pytest.raises(ValidationError, match="låst"):
        goal.report("partly", by=by, period=period, comment="Ny bedömning")
    with pytest.raises(ValidationError, match="låst"):
        goal.report("not_started", by=by, period=period, replaces=said, reason="Fel")
    with pytest.raises(ValidationError, match="låst"):
        goal.undo(said, by=by)
    goal.report("not_started", by=by, period=period, replaces=said, reason="Fel", date=date(2017, 5, 20))
    assert standing(goal).status == "not_started"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"status": "partly"}, "Skriv en kommentar"),
        ({"status": "dropped", "comment": ""}, "Skriv en kommentar"),
        ({"status": "finished"}, "finished"),
        ({"status": ""}, "Välj ett av alternativen"),
        ({"status": "achieved", "link": "javascript:alert(1)"}, "https://"),
        ({"status": "achieved", "link": "ftp://example.org/"}, "https://"),
        ({"status": "achieved", "date": date(2017, 9, 21)}, "framtiden"),
        ({"status": "achieved", "comment": "x" * 4001}, "4001"),
    ],
)
def test_bad_reports_are_refused(cast: Cast, goal, periods, clock: Clock, said, problem):
    """A report that says too little, too much or nonsense is refused in words, and nothing is written."""
    with pytest.raises(ValidationError, match=problem):
        goal.report(**said, by=cast.secretary, period=periods["delar"])
    assert not StatusUpdate.objects.exists()


def test_a_correction_says_why(cast: Cast, goal, periods):
    """A correction without a reason is refused."""
    said = goal.report("achieved", by=cast.secretary, period=periods["tertial-1"])
    with pytest.raises(ValidationError, match="varför"):
        goal.report("not_started", by=cast.secretary, period=periods["tertial-1"], replaces=said)


def test_an_outcome_needs_a_target_and_a_source(cast: Cast, goal):
    """A goal that states no target has no outcome, and an outcome names its source."""
    with pytest.raises(ValidationError, match="källan"):
        goal.measure(Decimal(76), by=cast.secretary, date=date(2017, 8, 31))
    other = Goal.objects.filter(target_value=None).first()
    with pytest.raises(ValidationError, match="målvärde"):
        other.measure(Decimal(76), by=cast.secretary, date=date(2017, 8, 31), source="Enkät")


@pytest.mark.parametrize("who", [MEMBER, OTHER])
def test_only_the_committees_own_may_judge(cast: Cast, goal, periods, who):
    """A member and another committee's secretary cannot record anything, whatever view they come by."""
    by = cast.users[who]
    for write in (
        lambda: goal.report("achieved", by=by, period=periods["tertial-1"]),
        lambda: goal.decide("adopted", by=by, date=date(2017, 1, 1)),
        lambda: goal.measure(Decimal(1), by=by, date=date(2017, 1, 1), source="Enkät"),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_a_period_of_another_year_is_refused(cast: Cast, goal):
    """A report is for a period of the goal's own plan year."""
    with pytest.raises(ValueError, match="another plan year"):
        goal.report("achieved", by=cast.secretary, period=PeriodFactory())


def test_the_same_form_twice_is_recorded_once(cast: Cast, goal, periods):
    """A form that is sent twice gives back what the first one wrote."""
    key = uuid.uuid4()
    first = goal.report("achieved", by=cast.secretary, period=periods["tertial-1"], key=key, seen=None)
    again = goal.report("achieved", by=cast.secretary, period=periods["tertial-1"], key=key, seen=None)
    assert first == again
    assert StatusUpdate.objects.count() == 1


def test_the_same_form_changed_is_not_taken_for_the_same(cast: Cast, goal, periods):
    """A form that is changed and sent again, after an answer that never came, is told that the first was taken."""
    key = uuid.uuid4()
    first = goal.report("achieved", by=cast.secretary, period=periods["tertial-1"], key=key, comment="Först")
    with pytest.raises(ConflictError) as conflict:
        goal.report("achieved", by=cast.secretary, period=periods["tertial-1"], key=key, comment="Ändrat")
    assert conflict.value.latest == first


def test_a_form_is_not_sent_again_after_it_was_undone(cast: Cast, goal, periods):
    """Back to a form whose record was undone, and sent again, is told so instead of "saved"."""
    key = uuid.uuid4()
    first = goal.report("achieved", by=cast.secretary, period=periods["tertial-1"], key=key)
    undone = goal.undo(first, by=cast.secretary)
    with pytest.raises(ConflictError) as conflict:
        goal.report("achieved", by=cast.secretary, period=periods["tertial-1"], key=key)
    assert conflict.value.latest == undone


def test_a_key_is_one_forms(cast: Cast, goal, periods):
    """The key of one goal's form is refused for another goal."""
    first = goal.report("achieved", by=cast.secretary, period=periods["tertial-1"])
    other = Goal.objects.exclude(pk=goal.pk).select_related("proposal__plan_year__committee").first()
    with pytest.raises(ConflictError):
        other.report("achieved", by=cast.secretary, period=periods["tertial-1"], key=first.key)


@pytest.mark.parametrize(
    ("day", "due_on"),
    [(date(1, 1, 1), None), (date(2017, 5, 5), date(2017, 5, 4)), (date(2017, 5, 5), date(9999, 1, 1))],
)
def test_days_that_cannot_be(cast: Cast, goal, day, due_on):
    """A decision of long ago, or that was due before it was made or in a thousand years, is refused."""
    with pytest.raises(ValidationError, match="Ange"):
        goal.decide("adopted", by=cast.secretary, date=day, due_on=due_on)


def test_whoever_comes_second_is_told(cast: Cast, goal, periods):
    """A report by somebody who has not seen the latest one is refused with it."""
    first = goal.report("achieved", by=cast.secretary, period=periods["tertial-1"], seen=None)
    with pytest.raises(ConflictError) as conflict:
        goal.report("not_started", by=cast.secretary, period=periods["tertial-1"], seen=None)
    assert conflict.value.latest == first
    goal.report("not_started", by=cast.secretary, period=periods["tertial-1"], seen=first.pk)
    assert standing(goal).status == "not_started"


def test_the_order_holds_when_the_clock_is_set_back(cast: Cast, goal, periods, clock: Clock):
    """What is written later is later, even by a clock that went back."""
    clock.set(2017, 9, 20, 12)
    goal.report("in_progress", by=cast.secretary, period=periods["tertial-1"])
    clock.set(2017, 9, 20, 11)
    goal.report("achieved", by=cast.secretary, period=periods["tertial-1"])
    assert standing(goal).status == "achieved"
    with pytest.raises(ValueError, match="before"):
        goal.report("achieved", by=cast.secretary, period=periods["tertial-1"], at=clock.time - timedelta(days=1))


def test_what_an_example_account_says_is_an_example(cast: Cast, goal, periods):
    """Records of an example account say that they are examples."""
    by = MembershipFactory(committee=cast.committee, user=UserFactory(is_example=True)).user
    said = goal.report("achieved", by=by, period=periods["tertial-1"])
    assert said.is_example
    assert said.sentence == "Exempel: Uppnått"
    assert standing(goal).is_example


@pytest.mark.parametrize(
    ("due_year", "text_day", "due_on", "status", "decision", "late"),
    [
        (None, None, None, "", "", False),
        (2016, None, None, "", "", True),
        (2017, None, None, "", "", False),
        (2017, date(2017, 3, 31), None, "", "", True),
        (2017, date(2017, 9, 20), None, "", "", False),
        (2016, None, None, "in_progress", "", True),
        (2016, None, None, "achieved", "", False),
        (2016, None, None, "not_achieved", "", False),
        (2016, None, None, "dropped", "", False),
        (2016, None, date(2017, 9, 20), "", "adopted", False),
        (2017, date(2017, 3, 31), date(2017, 12, 31), "", "adopted", False),
        (None, None, date(2017, 9, 19), "", "adopted", True),
        (2016, None, None, "", "rejected", False),
    ],
)
def test_late_is_computed(due_year, text_day, due_on, status, decision, late):
    """A goal is late past the decision's day, or else the text's day or year, unless finished or rejected."""
    found = Standing(status=status, decision=decision, due_on=due_on)
    assert found.is_overdue(last_day(text_day, due_year), date(2017, 9, 20)) is late


def test_a_page_of_standings_is_one_query(cast: Cast, plans, periods):
    """How all goals of a plan year stand is one query."""
    for goal in Goal.objects.filter(proposal__plan_year=plans).select_related("proposal__plan_year__committee")[:5]:
        goal.report("achieved", by=cast.secretary, period=periods["tertial-1"])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = load_standings(Goal.objects.filter(proposal__plan_year=plans))
    assert len(queries) == 1
    assert len(found) == 5


# Many at once


def test_many_at_once_lose_nothing(committed: None):
    """200 reports by real threads, on the same goal and on others, some sent twice: none lost or doubled, in order."""
    membership = MembershipFactory()
    period = PeriodFactory(plan_year__committee=membership.committee, plan_year__year=2017, ends_on=date(2017, 4, 30))
    goals = [
        GoalFactory(proposal__plan_year=period.plan_year, proposal__party__abbreviation=f"T{n}") for n in range(10)
    ]
    work = [(goals[0] if n % 2 else goals[n % 10], uuid.uuid4()) for n in range(200)]
    sent = work + random.Random(1).sample(work, 40)
    problems: list[BaseException] = []
    turn = threading.Semaphore(16)

    def write(goal: Goal, key: uuid.UUID) -> None:
        with turn:
            try:
                goal.report("in_progress", by=membership.user, period=period, key=key)
            except BaseException as problem:
                problems.append(problem)
            finally:
                connection.close()

    threads = [threading.Thread(target=write, args=pair) for pair in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert {record.key for record in StatusUpdate.objects.all()} == {key for _, key in work}
    assert StatusUpdate.objects.count() == len(work)
    for goal in goals:
        written = list(StatusUpdate.objects.filter(goal=goal).order_by("pk").values_list("recorded_at", flat=True))
        assert written == sorted(set(written))


@pytest.mark.parametrize(
    ("status", "day", "said"),
    [
        ("", None, "Datumet har passerat"),
        ("in_progress", date(2017, 6, 30), "Försenat"),
        ("in_progress", date(2017, 6, 29), "Datumet har passerat"),
        ("not_assessable", date(2017, 8, 31), "Datumet har passerat"),
        ("achieved", date(2017, 8, 31), ""),
    ],
)
def test_late_is_said_of_what_was_judged_since(status, day, said):
    """Only of a goal that was judged on its due date or later do we know that it was not finished by then."""
    standing = Standing(status=status, status_date=day, due_on=date(2017, 6, 30))
    assert standing.lateness(None, date(2017, 9, 20)) == said

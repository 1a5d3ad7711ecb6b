"""How goals stand at a moment: status, decision and outcome of each, read in one query for a whole page."""

import datetime
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast
from django.utils.safestring import SafeString

from goals.models import Decision, Goal, OutcomeValue, StatusUpdate
from goals.models.records import FINISHED, UNFINISHED, status_label
from parties.compiled import CompiledOnce, Given
from parties.shown import Shown, fragment
from proposals.models import PlanYear, Proposal

#: How an address writes the statuses, and what a stylesheet and a drawing call them.
STATUS_ADDRESSES = {
    "": "ej-bedomt",
    "not_started": "ej-paborjat",
    "in_progress": "pagar",
    "partly": "delvis",
    "achieved": "uppnatt",
    "not_achieved": "ej-uppnatt",
    "dropped": "ej-langre-aktuellt",
    "not_assessable": "kan-inte-bedomas",
}
#: How an address writes the decisions.
DECISION_ADDRESSES = {"": "okant", "adopted": "antaget", "partly_adopted": "delvis-antaget", "rejected": "avslaget"}


#: What the statuses are called where goals and assignments are counted together.
COMMON_LABELS = {
    "": "Ej bedömt",
    "not_started": "Ej påbörjat",
    "in_progress": "Pågår",
    "partly": "Delvis",
    "achieved": "Uppnått eller genomfört",
    "not_achieved": "Ej uppnått eller genomfört",
    "dropped": "Ej längre aktuellt",
    "not_assessable": "Kan inte bedömas",
}


@dataclass(frozen=True, slots=True)
class Chip(Shown):
    """A status as a reader sees it: a shape, which the stylesheet and the drawings know by name, and a word."""

    shape: str
    label: str

    @property
    def html(self) -> SafeString:
        """The chip as HTML."""
        return fragment("includes/status.html", chip=self)


@cache
def chip(status: str, kind: str) -> Chip:
    """Give the chip of a status as it is called for a kind of goal."""
    return Chip(STATUS_ADDRESSES[status], status_label(status, kind))


@dataclass(frozen=True, slots=True)
class Standing:
    """How one goal stands: all of it empty until somebody has said something.

    ``due_on`` is the day the decision gives. ``is_example`` says that some of it is invented for demonstration.
    """

    status: str = ""
    status_date: datetime.date | None = None
    decision: str = ""
    decision_date: datetime.date | None = None
    due_on: datetime.date | None = None
    outcome: Decimal | None = None
    outcome_date: datetime.date | None = None
    is_example: bool = False

    @property
    def decision_label(self) -> str:
        """The decision in words; "Ej känt" until one is recorded."""
        return str(Decision.Outcome(self.decision).label) if self.decision else "Ej känt"

    def is_overdue(self, text_due: datetime.date | None, on: datetime.date) -> bool:
        """Tell whether a goal is late (försenat) on a day: past its due date and not finished. Computed, never stored.

        It is due on the day that the decision gives, or else on the last day that the text sets; without either it is
        never late. What the committee rejected is not late.
        """
        due = self.due_on or text_due
        return bool(due and due < on and self.status not in FINISHED and self.decision != Decision.Outcome.REJECTED)

    def lateness(self, text_due: datetime.date | None, on: datetime.date) -> str:
        """Say that a goal is overdue, if it is; of one that nobody has judged since, only that its date has passed."""
        due = self.due_on or text_due
        if not self.is_overdue(text_due, on) or due is None:
            return ""
        known = self.status in UNFINISHED and self.status_date is not None and self.status_date >= due
        return "Försenat" if known else "Datumet har passerat"


NOTHING_SAID = Standing()

#: The columns that all kinds of records are read as, in one query.
_COLUMNS = ("kind", "goal_id", "word", "number", "on", "due", "is_example")


def load_standings(
    goals: "models.QuerySet[Goal]", at: datetime.datetime | None = None, until: datetime.date | None = None
) -> Mapping[int, Standing]:
    """Read how goals stood at a moment (``None``: now), in one query; those of which nothing is said are left out.

    ``until`` leaves out what speaks of days after it (``goals.as_of.AsOf``).
    """
    return _put_together(_records_of(goals, at, until))


def load_standings_of_year(
    plan_year: PlanYear, at: datetime.datetime | None = None, until: datetime.date | None = None
) -> Mapping[int, Standing]:
    """Read the same of all goals that stand in a plan year, more quickly: the query is written once."""
    records = _compiled_records(PlanYear, is_past=at is not None, is_until=until is not None)
    return _put_together(records(key=plan_year.pk, at=at, until=until))


def load_standings_of_plan(proposal: Proposal, at: datetime.datetime | None = None) -> Mapping[int, Standing]:
    """Read the same of all goals that a plan has or has had in an earlier version."""
    records = _compiled_records(Proposal, is_past=at is not None, is_until=False)
    return _put_together(records(key=proposal.pk, at=at))


@cache
def _compiled_records(of: type[PlanYear | Proposal], *, is_past: bool, is_until: bool) -> CompiledOnce[tuple[Any, ...]]:
    """Give the query of what is recorded of a plan year's or a plan's goals; a moment and a day make it another."""
    goals = Goal.objects.standing().filter(proposal__plan_year=Given("key"))
    if of is Proposal:
        goals = Goal.objects.filter(proposal=Given("key"))
    at, until = Given("at") if is_past else None, Given("until") if is_until else None
    return CompiledOnce(lambda: _records_of(goals, at, until))


def _records_of(goals: "models.QuerySet[Goal]", at: Any, until: Any) -> "models.QuerySet[Any, tuple[Any, ...]]":
    """Give the records that say how goals stood, of all kinds, in one query."""
    wanted = goals.order_by().values("pk")
    no_day = Cast(Value(None), models.DateField())
    no_number = Cast(Value(None), models.DecimalField(max_digits=12, decimal_places=2))

    def rows(model: Any, **columns: Any) -> Any:
        annotated = model.objects.current(wanted, at, until).annotate(kind=Value(model.ANCHOR), on=F("date"), **columns)
        return annotated.values_list(*_COLUMNS)

    updates: models.QuerySet[Any, tuple[Any, ...]] = rows(StatusUpdate, word=F("status"), number=no_number, due=no_day)
    return updates.union(
        rows(Decision, word=F("outcome"), number=no_number, due=F("due_on")),
        rows(OutcomeValue, word=Value(""), number=F("value"), due=no_day),
        all=True,
    )


def _put_together(records: Iterable[tuple[Any, ...]]) -> Mapping[int, Standing]:
    """Say of each goal what its records of all kinds say."""
    found: dict[int, dict[str, Any]] = {}
    for kind, goal, word, number, on, due, is_example in records:
        said = found.setdefault(goal, {"is_example": False})
        if is_example:
            said["is_example"] = True
        if kind == StatusUpdate.ANCHOR:
            said["status"], said["status_date"] = word, on
        elif kind == Decision.ANCHOR:
            said["decision"], said["decision_date"], said["due_on"] = word, on, due
        else:
            said["outcome"], said["outcome_date"] = number, on
    return {goal: Standing(**said) for goal, said in found.items()}


@dataclass(frozen=True, slots=True)
class Tallied:
    """How many goals have one status: its chip, and where its part of a bar begins and ends, in per cent."""

    chip: Chip
    count: int
    start: float
    width: float


def tally(statuses: Iterable[str]) -> tuple[Tallied, ...]:
    """Count statuses in the order of the scale, the not judged last; those that nothing has are left out.

    Counts, and no average: a percentage would make goals of different weight alike.
    """
    counts = Counter(statuses)
    total = sum(counts.values())
    found, start = [], 0.0
    for status in (*[*STATUS_ADDRESSES][1:], ""):
        if counts[status]:
            width = 100 * counts[status] / total
            found.append(Tallied(Chip(STATUS_ADDRESSES[status], COMMON_LABELS[status]), counts[status], start, width))
            start += width
    return tuple(found)

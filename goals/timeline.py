"""Everything that was recorded of one goal, in the order it was written: read in one query."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import CharField, DateField, DecimalField, F, QuerySet, Value
from django.db.models.functions import Cast

from goals.as_of import NOW, AsOf
from goals.figures import target_words
from goals.models import Decision, Goal, OutcomeValue, StatusUpdate
from goals.standing import Chip, chip
from parties.compiled import CompiledOnce, Given
from parties.models import Membership

_NAMES = {StatusUpdate.ANCHOR: "Lägesrapport", Decision.ANCHOR: "Beslut", OutcomeValue.ANCHOR: "Utfall"}
_COLUMNS = (
    *("sort", "id", "word", "number", "date", "due", "recorded_at", "author_role", "replaces_id", "reason"),
    *("comment", "evidence", "link", "reference", "period_name", "is_example"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """One record of a goal as a reader sees it; ``replaced_on`` is when it was corrected, if it was."""

    kind: str
    pk: int
    name: str
    headline: str
    chip: Chip | None
    date: datetime.date
    due_on: datetime.date | None
    recorded_at: datetime.datetime
    role: str
    reason: str
    replaces: str
    replaced_by: str
    replaced_on: datetime.datetime | None
    comment: str
    evidence: str
    link: str
    reference: str
    period: str
    value: Decimal | None
    is_withdrawal: bool
    is_example: bool

    @property
    def anchor(self) -> str:
        """The part of the address after ``#`` that leads to it."""
        return f"{self.kind}-{self.pk}"


def load_timeline(goal: Goal, as_of: AsOf = NOW) -> list[Event]:
    """Read what was recorded of a goal up to a moment, the latest first."""
    records = _records(is_past=as_of.moment is not None)(goal=goal.pk, at=as_of.moment)
    return sorted(_events(goal, records), key=lambda event: event.recorded_at, reverse=True)


@cache
def _records(*, is_past: bool) -> CompiledOnce[tuple[Any, ...]]:
    """Give the query of a goal's records of all kinds; a moment makes it another."""
    return CompiledOnce(lambda: _records_of(Given("goal"), Given("at") if is_past else None))


def _records_of(goal: Given, at: Any) -> "QuerySet[Any, tuple[Any, ...]]":
    nothing, no_day = Value("", CharField()), Cast(Value(None), DateField())
    no_number = Cast(Value(None), DecimalField(max_digits=12, decimal_places=2))

    def rows(model: Any, **columns: Any) -> Any:
        missing = {"word": nothing, "number": no_number, "due": no_day, "comment": nothing, "period_name": nothing}
        has = {field.name for field in model._meta.fields}
        annotated = {name: value for name, value in {**missing, **columns}.items() if name not in has}
        if model is OutcomeValue:
            annotated |= {"evidence": F("source"), "reference": nothing}
        elif model is Decision:
            annotated |= {"evidence": nothing}
        recorded = model.objects.recorded_by(at).filter(goal=goal)
        return recorded.annotate(sort=Value(model.ANCHOR), **annotated).order_by().values_list(*_COLUMNS)

    updates: QuerySet[Any, tuple[Any, ...]] = rows(StatusUpdate, word=F("status"), period_name=F("period__name"))
    return updates.union(
        rows(Decision, word=F("outcome"), due=F("due_on")), rows(OutcomeValue, number=F("value")), all=True
    )


def _events(goal: Goal, rows: Iterable[tuple[Any, ...]]) -> Iterable[Event]:
    named = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    replaced = {(row["sort"], row["replaces_id"]): row for row in named if row["replaces_id"]}
    for row in named:
        later = replaced.get((row["sort"], row["id"]))
        withdrawn = not row["word"] and row["number"] is None
        yield Event(
            kind=row["sort"],
            pk=row["id"],
            name=_NAMES[row["sort"]],
            headline=_headline(goal, row),
            chip=chip(row["word"], goal.kind) if row["sort"] == StatusUpdate.ANCHOR and row["word"] else None,
            date=row["date"],
            due_on=row["due"],
            recorded_at=row["recorded_at"],
            role=str(Membership.Role(row["author_role"]).label),
            reason=row["reason"],
            replaces=f"{row['sort']}-{row['replaces_id']}" if row["replaces_id"] else "",
            replaced_by=f"{later['sort']}-{later['id']}" if later else "",
            replaced_on=later["recorded_at"] if later else None,
            comment=row["comment"],
            evidence=row["evidence"],
            link=row["link"],
            reference=row["reference"],
            period=row["period_name"],
            value=row["number"],
            is_withdrawal=withdrawn,
            is_example=row["is_example"],
        )


def _headline(goal: Goal, row: dict[str, Any]) -> str:
    if row["sort"] == Decision.ANCHOR and row["word"]:
        return str(Decision.Outcome(row["word"]).label)
    return target_words(row["number"], goal.target_unit)


@dataclass(frozen=True, slots=True)
class TargetChart:
    """An outcome drawn against its target: how far along a line of a hundred parts each stands."""

    outcome: str
    target: str
    outcome_at: float
    target_at: float


def draw_target(goal: Goal, outcome: Decimal | None) -> TargetChart | None:
    """Draw a goal's latest outcome against its target."""
    return chart_target(outcome, goal.target_value, goal.target_unit, goal.target)


def chart_target(outcome: Decimal | None, value: Decimal | None, unit: str, target: str) -> TargetChart | None:
    """Draw an outcome against a target's value, from nothing to the larger, or to all in per cent."""
    if outcome is None or value is None:
        return None
    longest = max(outcome, value, Decimal(100) if unit.startswith("%") else Decimal(0))
    return TargetChart(
        target_words(outcome, unit),
        target,
        float(round(100 * max(outcome, Decimal(0)) / longest, 2)) if longest else 0.0,
        float(round(100 * value / longest, 2)) if longest else 0.0,
    )

"""Record what files say became of goals, by the goals' own methods: all rows of all files, or none.

A row is known by its key; one without gets a key of what it says, so that the same file read twice records nothing
twice. What the rest of a row says must agree with what is here: nothing is passed over in silence.
"""

import datetime
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from goals.data.records import DECISIONS, OUTCOMES, STATUS_UPDATES
from goals.models import ConflictError, Decision, Goal, OutcomeValue, Record, ReportingPeriod, StatusUpdate
from goals.models.records import KINDS
from goals.record_files import CONTENT, PLACE, RecordRow
from parties.models import User
from proposals.models import EditionNumber, PlanYear

_MODELS: dict[str, type[Record]] = {
    STATUS_UPDATES.name: StatusUpdate,
    DECISIONS.name: Decision,
    OUTCOMES.name: OutcomeValue,
}
#: Makes the keys of rows that have none.
_NAMESPACE = uuid.UUID("6f2f7c53-6a83-4c5e-9a3f-0d7d6f0d9b11")
_NUMBER = re.compile(r"-?[0-9]{1,10}(?:[.,][0-9]{1,2})?", re.ASCII)
_EXAMPLE = {"ja": True, "nej": False}


class RowError(Exception):
    """A row cannot be recorded; the message, in Swedish, says why."""


class RowsError(Exception):
    """Some rows could not be recorded, and so none were; ``problems`` tells which and why."""

    def __init__(self, problems: Sequence[str]):
        super().__init__(f"{len(problems)} rader är fel.")
        self.problems = problems


@dataclass(slots=True)
class Imported:
    """How many rows were recorded, and how many were here already."""

    written: int = 0
    already: int = 0


@transaction.atomic
def import_records(rows: Sequence[RecordRow], *, by: User, keep_times: bool = False) -> Imported:
    """Record all rows as ``by``, now; or, with ``keep_times``, as they were written in another installation.

    Times can be kept only where a plan year has no other follow-up: else what its pages showed of an earlier day would
    change.

    :raises RowsError: if any row cannot be recorded; then none is.
    """
    writer = _Writer(by, keep_times)
    if keep_times:
        rows = sorted(rows, key=_written_at)
    problems = []
    for row in rows:
        try:
            with transaction.atomic():
                writer.write(row)
        except RowError as error:
            problems.append(f"{row}: {error}")
    if keep_times:
        problems += writer.mixed()
    if problems:
        raise RowsError(problems)
    EditionNumber.objects.hold({goal.proposal.plan_year_id for goal in writer.goals.values()})
    return writer.imported


class _Writer:
    """Records rows one by one, and remembers what it has found and written."""

    def __init__(self, by: User, keep_times: bool):
        self.by = by
        self.keep_times = keep_times
        self.imported = Imported()
        self.goals: dict[tuple[str, ...], Goal] = {}
        self.keys: dict[uuid.UUID, RecordRow] = {}

    def write(self, row: RecordRow) -> None:
        """Record a row, unless it is here already.

        :raises RowError: if it cannot be.
        """
        goal = self._goal(row)
        model = _MODELS[row.table.name]
        said = self._said(row, goal, model)
        key = _key(row)
        if other := self.keys.get(key):
            raise RowError(f"säger detsamma som {other}. Ta bort den ena.")
        self.keys[key] = row
        if written := model._base_manager.filter(key=key).first():
            self._require_same(written, goal, said, row)
            self.imported.already += 1
            return
        self._require_author(row, goal)
        try:
            self._record(goal, model, {**said, "key": key, "at": self._at(row)})
        except ValidationError as error:
            raise RowError(_in_words(error)) from error
        except ConflictError as error:
            raise RowError("rättar en uppgift som redan är rättad, eller har en nyckel som är tagen.") from error
        except PermissionDenied as error:
            raise RowError(f"{self.by} får inte skriva om mål hos {goal.committee}.") from error
        except ValueError as error:
            raise RowError(
                "passar inte ihop med det som redan är skrivet om målet (period, ordning eller tid)."
            ) from error
        self.imported.written += 1

    def mixed(self) -> list[str]:
        """Tell the plan years that have follow-up besides what the files have."""
        years = PlanYear.objects.select_related("committee__municipality").filter(
            pk__in={goal.proposal.plan_year_id for goal in self.goals.values()}
        )
        return [
            f"{year} har uppföljning som inte finns i filerna. Då går det inte att behålla tiderna."
            for year in years
            if any(_others(kind, year, self.keys).exists() for kind in KINDS)
        ]

    def _goal(self, row: RecordRow) -> Goal:
        place = tuple(row.cells[name].strip() for name in PLACE)
        if place not in self.goals:
            self.goals[place] = _find_goal(place)
        goal = self.goals[place]
        plan_year, party = goal.proposal.plan_year, goal.proposal.party
        there = {
            "municipality": plan_year.committee.municipality.name,
            "committee": plan_year.committee.name,
            "party": party.name,
            "kind": goal.kind,
        }
        for name, expected in there.items():
            if row.cells.get(name, expected) not in ("", expected):
                raise RowError(f"{name} är ”{row.cells[name]}”, men här är det ”{expected}”.")
        return goal

    def _said(self, row: RecordRow, goal: Goal, model: type[Record]) -> dict[str, Any]:
        """Give what a row says, as the goal's methods take it."""
        said: dict[str, Any] = {name: row.cells[name] for name in CONTENT[row.table.name]}
        for name in ("date", "due_on"):
            if name in said:
                said[name] = _day(name, said[name])
        if "value" in said:
            said["value"] = _number(said["value"])
        if "period" in said:
            said["period"] = _find_period(said["period"], goal)
        if said["date"] is None:
            raise RowError("date saknas. Skriv dagen som 2017-08-31.")
        said["reason"] = row.cells.get("reason", "")
        said["replaces"] = None
        if replaced := row.cells.get("replaces"):
            said["replaces"] = model._base_manager.filter(key=_uuid("replaces", replaced), goal=goal).first()
            if said["replaces"] is None:
                raise RowError(f"rättar {replaced}, som inte finns hos målet.")
        return said

    def _require_same(self, written: Record, goal: Goal, said: dict[str, Any], row: RecordRow) -> None:
        """Make sure that what is here under a row's key is what the row says."""
        other = type(written)(goal=goal, **said)
        same_period = getattr(written, "period_id", None) == getattr(other, "period_id", None)
        if written.goal_id != goal.pk or not written.says_the_same(other) or not same_period:
            raise RowError("har samma nyckel som en uppgift här, men säger något annat. Skriv en rättelse i stället.")

    def _require_author(self, row: RecordRow, goal: Goal) -> None:
        """Make sure that a new row is not said to be by another role, or to be an example when it is not."""
        role = self.by.role_in(goal.committee)
        if (stated := row.cells.get("role")) and stated != role:
            raise RowError(f"är skriven i rollen {stated}; {self.by} har rollen {role or 'ingen'}.")
        example = row.cells.get("exempel", "").strip().lower()
        if example and _EXAMPLE.get(example) != self.by.is_example:
            raise RowError("har fel värde i exempel: ett exempelkonto skriver exempel, och ingen annan gör det.")

    def _at(self, row: RecordRow) -> datetime.datetime | None:
        stated = row.cells.get("recorded_at", "")
        if not stated:
            return None
        if not self.keep_times:
            raise RowError(
                "har en tid i recorded_at men finns inte här. Töm cellen för att skriva uppgiften nu, "
                "eller flytta hela historiken med --keep-times."
            )
        try:
            at = datetime.datetime.fromisoformat(stated)
        except ValueError as error:
            raise RowError(f"har ”{stated}” i recorded_at; skriv det som 2017-09-12T08:30:00Z.") from error
        if at.tzinfo is None:
            raise RowError("saknar tidszon i recorded_at; skriv det som 2017-09-12T08:30:00Z.")
        return at

    def _record(self, goal: Goal, model: type[Record], said: dict[str, Any]) -> Record:
        if model is StatusUpdate:
            return goal.report(said.pop("status"), by=self.by, **said)
        if model is Decision:
            return goal.decide(said.pop("outcome"), by=self.by, **said)
        return goal.measure(said.pop("value"), by=self.by, **said)


def _find_goal(place: tuple[str, ...]) -> Goal:
    code, address, year, party, number = place
    municipality, _, committee = address.partition("/")
    found = (
        Goal.objects.select_related("proposal__party", "proposal__plan_year__committee__municipality")
        .filter(
            proposal__plan_year__committee__municipality__code=code,
            proposal__plan_year__committee__municipality__slug=municipality,
            proposal__plan_year__committee__slug=committee,
            proposal__plan_year__year=_whole("year", year),
            proposal__party__abbreviation=party,
            number=_whole("number", number),
        )
        .first()
    )
    if found is None:
        raise RowError(f"det finns inget mål {party} {number} för {address} ({code}) år {year}.")
    return found


def _find_period(address: str, goal: Goal) -> ReportingPeriod:
    period = ReportingPeriod.objects.filter(plan_year=goal.proposal.plan_year_id, slug=address).first()
    if period is None:
        known = goal.proposal.plan_year.periods.values_list("slug", flat=True)
        raise RowError(f"perioden ”{address}” finns inte. De som finns: {', '.join(known)}.")
    return period


def _others(kind: type[Record], year: PlanYear, keys: Iterable[uuid.UUID]) -> "models.QuerySet[Any]":
    found: models.QuerySet[Any] = kind._base_manager.filter(goal__proposal__plan_year=year)
    return found.exclude(key__in=list(keys))


def _written_at(row: RecordRow) -> float:
    """Give when a row was written, to put rows in order by; one that does not say so legibly is last."""
    try:
        return datetime.datetime.fromisoformat(row.cells.get("recorded_at") or "").timestamp()
    except (ValueError, OverflowError):
        return float("inf")


def _key(row: RecordRow) -> uuid.UUID:
    """Give a row's key, or else one of all that it says."""
    if stated := row.cells.get("key", ""):
        return _uuid("key", stated)
    said = [row.table.name, *(row.cells[name].strip() for name in (*PLACE, *CONTENT[row.table.name]))]
    return uuid.uuid5(_NAMESPACE, repr([*said, row.cells.get("replaces", ""), row.cells.get("reason", "")]))


def _uuid(name: str, text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise RowError(f"{name} är ”{text[:40]}”, som inte är en nyckel.") from error


def _day(name: str, text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise RowError(f"{name} är ”{text[:20]}”; skriv dagen som 2017-08-31.") from error


def _number(text: str) -> Decimal | None:
    if text and not _NUMBER.fullmatch(text):
        raise RowError(f"value är ”{text[:20]}”; skriv ett tal, som 92 eller 92,5.")
    return Decimal(text.replace(",", ".")) if text else None


def _whole(name: str, text: str) -> int:
    if not text.isdecimal() or not text.isascii() or len(text) > 5 or int(text) > 32_767:
        raise RowError(f"{name} är ”{text[:20]}”; skriv ett heltal.")
    return int(text)


def _in_words(error: ValidationError) -> str:
    if hasattr(error, "error_dict"):
        return " ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
    return " ".join(error.messages)

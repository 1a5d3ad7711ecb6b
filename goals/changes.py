"""The latest changes: what was recorded of goals, of every kind together, the latest first, a page at a time.

The order is that of the moment, then the kind, then the number; a page begins after a record and not after a count, so
that nothing is shown twice or left out when something new is recorded meanwhile, and the last page costs what the
first does.
"""

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import F, Q
from django.utils.timezone import localdate

from goals.models import Goal, Topic
from goals.models.goals import GoalQuerySet
from goals.models.records import KINDS, Record, RecordQuerySet
from parties.models import Committee, Municipality, Party

#: How many changes a page or a feed has.
MOST = 50
#: Among how many of the latest records of a kind those of a party are looked for first.
NEWEST = 2_000
#: How much of a goal's text a line shows, in characters.
LONGEST_TEXT = 140

_DAY_WORDS = {"lage": "läget", "beslut": "beslutat", "utfall": "uppmätt"}
_ANCHOR = re.compile(rf"({'|'.join(kind.ANCHOR for kind in KINDS)})-([0-9]{{1,18}})", re.ASCII)
#: What a line shows beside the record itself.
_SHOWN = (
    "goal__passage",
    "goal__proposal__party",
    "goal__proposal__plan_year__committee__municipality",
    "replaces",
)


@dataclass(frozen=True, slots=True)
class Change:
    """A record, with all that a line says of it; nothing here asks the database."""

    record: Any

    @property
    def goal(self) -> Goal:
        """The goal that it speaks of."""
        goal: Goal = self.record.goal
        return goal

    @property
    def party(self) -> Party:
        """The party whose goal it is."""
        return self.goal.proposal.party

    @property
    def year(self) -> int:
        """The plan year."""
        return self.goal.proposal.plan_year.year

    @property
    def url(self) -> str:
        """The address of its place on the goal's page."""
        return f"{self.goal.get_absolute_url()}#{self.record.anchor}"

    @property
    def text(self) -> str:
        """The goal's words, cut at a word where they are long."""
        return shortened(self.goal.passage.text, LONGEST_TEXT)

    @property
    def kind(self) -> str:
        """What it is: "Lägesrapport", "Beslut", "Utfall"."""
        return str(self.record._meta.verbose_name).capitalize()

    @property
    def comment(self) -> str:
        """What its writer says in free words."""
        return getattr(self.record, "comment", "")

    @property
    def speaks_of(self) -> str:
        """The period that it is for, where it is for one."""
        period = getattr(self.record, "period", None)
        return period.name if period else ""

    @property
    def day_word(self) -> str:
        """What its date is the day of."""
        return _DAY_WORDS[self.record.ANCHOR]

    @property
    def evidence(self) -> str:
        """What it rests on: the words, or else the link itself; the number under which it is registered apart."""
        said = getattr(self.record, "evidence", "") or getattr(self.record, "source", "")
        return said or ("" if self.reference else self.record.link)

    @property
    def reference(self) -> str:
        """The number under which what it rests on is registered."""
        return getattr(self.record, "reference", "")

    @property
    def replaced(self) -> str:
        """What it said before, in a few words; empty where it replaces nothing, or a withdrawal."""
        replaced = self.record.replaces
        if replaced is None or replaced.is_withdrawal:
            return ""
        replaced.goal = self.goal  # the same, always: which the database would otherwise be asked for
        return str(replaced.headline)


@dataclass(frozen=True, slots=True)
class Changes:
    """A page of changes, and the anchor of the last of them where there are older ones."""

    lines: Sequence[Change]
    older: str = ""

    def __iter__(self) -> Iterator[Change]:
        return iter(self.lines)

    @property
    def has_example(self) -> bool:
        """Tell whether any of them is invented for demonstration."""
        return any(line.record.is_example for line in self.lines)

    @property
    def days(self) -> list[tuple[datetime.date, list[Change]]]:
        """The changes by the day that they were recorded on, Swedish time."""
        return [
            (day, list(lines)) for day, lines in groupby(self.lines, lambda line: localdate(line.record.recorded_at))
        ]


def load_changes(
    *,
    party: Party | None = None,
    municipality: Municipality | None = None,
    committee: Committee | None = None,
    topic: Topic | None = None,
    goal: Goal | None = None,
    before: Record | None = None,
    most: int = MOST,
) -> Changes:
    """Read the latest changes, or those ``before`` a record, in two queries for each kind, or three at most.

    The first finds as many as the whole page has at most, by their numbers, and the last reads those.
    """
    of_plan: dict[str, object] = {
        "proposal__party": party,
        "proposal__plan_year__committee__municipality": municipality,
        "proposal__plan_year__committee": committee,
    }
    about = {"pk": goal and goal.pk, "issue__topic": topic, **of_plan}
    asked = {name: value for name, value in about.items() if value is not None}
    goals = Goal.objects.filter(**asked).order_by()
    records: list[Record] = []
    for rank, kind in enumerate(KINDS):
        written: RecordQuerySet = kind.objects.filter(_before(before, rank) if before else Q())
        latest: Iterable[int]
        if not asked:
            latest = written.latest_first().values_list("pk", flat=True)[: most + 1]
        elif party and len(asked) == 1:
            latest = _of_party(written, party, goals, most + 1)
        else:
            latest = _of_goals(written, goals, most + 1)
        shown = [*_SHOWN, "period"] if hasattr(kind, "period") else _SHOWN
        # With a number that no record has, as many queries are asked where there is nothing.
        records += kind.objects.filter(pk__in=[0, *latest]).select_related(*shown)
    records.sort(key=lambda record: (record.recorded_at, -KINDS.index(type(record)), record.pk), reverse=True)
    lines = [Change(record) for record in records[:most]]
    return Changes(lines, records[most - 1].anchor if len(records) > most else "")


def _of_party(written: RecordQuerySet, party: Party, goals: GoalQuerySet, most: int) -> Iterable[int]:
    """Find the latest that was written of a party's goals: among the latest of all, or else goal by goal."""
    newest = written.latest_first().values_list("pk", "goal__proposal__party")[:NEWEST]
    found = [pk for pk, of in newest if of == party.pk]
    return found[:most] if len(found) >= most or len(newest) < NEWEST else _of_goals(written, goals, most)


def _of_goals(written: RecordQuerySet, goals: GoalQuerySet, most: int) -> Iterable[int]:
    """Find the latest that was written of some goals, goal by goal.

    The order is one that no index has: the planner would else look through all that was ever written for those few.
    """
    moment = F("recorded_at") + datetime.timedelta()
    return written.filter(goal__in=goals).order_by(moment.desc(), "-pk").values_list("pk", flat=True)[:most]


def _before(record: Record, rank: int) -> Q:
    """Say which records of a kind come after ``record`` in the list; of one moment, the kinds come in their order."""
    at, own = record.recorded_at, KINDS.index(type(record))
    if rank == own:
        return Q(recorded_at__lte=at) & (Q(recorded_at__lt=at) | Q(pk__lt=record.pk))
    return Q(recorded_at__lte=at) if rank > own else Q(recorded_at__lt=at)


def find_record(anchor: str) -> Record | None:
    """Find the record that an anchor names, such as ``lage-12``, if there is one."""
    named = _ANCHOR.fullmatch(anchor)
    if named is None:
        return None
    kind = next(kind for kind in KINDS if named[1] == kind.ANCHOR)
    found: Record | None = kind.objects.filter(pk=int(named[2])).first()
    return found


def shortened(text: str, longest: int) -> str:
    """Cut a text at a word, with an ellipsis, where it is long."""
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0]} …"

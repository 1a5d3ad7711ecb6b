"""The work queue: a committee's goals for a reporting period, those not judged in it first.

Read in three queries, whatever the number of goals.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from goals.figures import last_day, target_words
from goals.models import Goal, ReportingPeriod, StatusUpdate
from goals.standing import NOTHING_SAID, STATUS_ADDRESSES, Chip, chip, load_standings_of_year
from parties.compiled import Given, compiled_once
from parties.models import Party
from parties.shown import Shown
from parties.swedish import swedish_key
from proposals.models import Proposal
from proposals.typeset import typeset

#: How many rows stand on one page.
PAGE = 100


#: What is read of a status update, in the order of ``Update``.
_UPDATE = ("pk", "status", "comment", "recorded_at", "is_example", "replaces")


@dataclass(frozen=True, slots=True)
class Update(Shown):
    """A status update of the period, as the queue shows it."""

    pk: int
    status: str
    comment: str
    recorded_at: datetime.datetime
    is_example: bool
    replaces: int | None


@dataclass(frozen=True, slots=True)
class QueueRow(Shown):
    """A goal in the queue.

    ``update`` is the period's judgement in force, if there is one; ``seen`` is the number of the latest update in the
    period, in force or not, which tells whether somebody else comes between. ``earlier`` is the status from before, and
    ``party_key`` what puts the parties in their order.
    """

    pk: int
    number: int
    kind: str
    party: Party
    party_key: tuple[str, str]
    topic_slug: str
    topic_name: str
    issue_name: str
    text: str
    marks: list[list[int | str]]
    plan_url: str
    judge_url: str
    update: Update | None
    seen: int | None
    earlier: Chip
    lateness: str
    decision: str
    target: str
    outcome: str
    changed_at: datetime.datetime | None

    @property
    def reference(self) -> str:
        """How the goal is cited: "V 25"."""
        return f"{self.party.abbreviation} {self.number}"

    @property
    def kind_name(self) -> str:
        """The kind in Swedish: "Mål" or "Uppdrag"."""
        return str(Goal.Kind(self.kind).label)

    @property
    def html(self) -> SafeString:
        """The goal's words as HTML."""
        return typeset(self.text, self.marks)

    @property
    def url(self) -> str:
        """The address of the goal's page."""
        return f"{self.plan_url}{self.number}/"

    @property
    def chip(self) -> Chip:
        """The period's status as one sees it."""
        return chip(self.update.status if self.update else "", self.kind)


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of the queue to show: words as an address writes them; all empty is everything."""

    party: str = ""
    topic: str = ""
    status: str = ""
    late: bool = False
    changed_since: datetime.date | None = None

    def wants(self, row: QueueRow) -> bool:
        """Tell whether a row is asked for."""
        status = STATUS_ADDRESSES[row.update.status if row.update else ""]
        return (
            self.party in ("", row.party.slug)
            and self.topic in ("", row.topic_slug)
            and self.status in ("", status)
            and (not self.late or bool(row.lateness))
            and (
                self.changed_since is None
                or (row.changed_at is not None and timezone.localdate(row.changed_at) >= self.changed_since)
            )
        )


@dataclass(frozen=True, slots=True)
class Queue:
    """All goals of a period in the order of the queue."""

    period: ReportingPeriod
    rows: tuple[QueueRow, ...]
    shows_example: bool

    @property
    def total(self) -> int:
        """How many goals there are."""
        return len(self.rows)

    @property
    def remaining(self) -> int:
        """How many of them are not judged in the period."""
        return sum(row.update is None for row in self.rows)

    @property
    def parties(self) -> list[Party]:
        """The parties that have goals, in the published order."""
        return sorted({row.party for row in self.rows}, key=lambda party: swedish_key(party.name))

    @property
    def topics(self) -> dict[str, str]:
        """The names of the topics that there are, by their addresses."""
        found = {row.topic_slug: row.topic_name for row in self.rows if row.topic_slug}
        return dict(sorted(found.items(), key=lambda item: swedish_key(item[1])))

    def first(self, chosen: QueueFilter) -> QueueRow | None:
        """Give the first goal that is not judged, of those that are asked for."""
        return next((row for row in self.rows if row.update is None and chosen.wants(row)), None)

    def row(self, pk: int) -> QueueRow:
        """Give the row of a goal."""
        return next(row for row in self.rows if row.pk == pk)

    def after(self, pk: int, chosen: QueueFilter) -> QueueRow | None:
        """Give the next goal to judge after one: the first not judged behind it, else the first in the queue."""
        in_order = sorted(self.rows, key=lambda row: (row.party_key, row.number))
        place = next(at for at, row in enumerate(in_order) if row.pk == pk)
        waiting = (row for row in [*in_order[place + 1 :], *in_order[:place]] if row.update is None)
        return next((row for row in waiting if chosen.wants(row)), None)


@compiled_once
def _goals_of_year() -> "QuerySet[Goal, tuple[Any, ...]]":
    return Goal.objects.standing().filter(proposal__plan_year=Given("plan_year")).for_queue()


@compiled_once
def _updates_of() -> "QuerySet[StatusUpdate, tuple[Any, ...]]":
    updates = StatusUpdate.objects.filter(period=Given("period")).order_by("recorded_at", "pk")
    return updates.values_list("goal", *_UPDATE)


def load_queue(period: ReportingPeriod) -> Queue:
    """Read a period's queue; its plan year, committee and municipality are read already."""
    plan_year = period.plan_year
    period_url = period.get_absolute_url()
    standings = load_standings_of_year(plan_year)
    updates = _updates(period)
    today = timezone.localdate()
    parties: dict[int, tuple[Party, tuple[str, str], str]] = {}
    rows = []
    for pk, number, kind, value, unit, bound, due_year, due_on, text, marks, issue, topic, name, *of in _goals_of_year(
        plan_year=plan_year.pk
    ):
        if of[0] not in parties:
            party = Party(pk=of[0], slug=of[1], name=of[2], abbreviation=of[3])
            plan_url = Proposal(plan_year=plan_year, party=party).get_absolute_url()
            parties[of[0]] = party, swedish_key(party.name), plan_url
        party, party_key, plan_url = parties[of[0]]
        latest, in_force = updates.get(pk, (None, None))
        standing = standings.get(pk, NOTHING_SAID)
        rows.append(
            QueueRow(
                pk=pk,
                number=number,
                kind=kind,
                party=party,
                party_key=party_key,
                topic_slug=topic or "",
                topic_name=name or "",
                issue_name=issue or "",
                text=text,
                marks=marks,
                plan_url=plan_url,
                judge_url=period.judge_url(party.slug, number, within=period_url),
                update=in_force,
                seen=latest.pk if latest else None,
                earlier=chip(standing.status, kind),
                lateness=standing.lateness(last_day(due_on, due_year), today),
                decision=standing.decision_label if standing.decision else "",
                target=target_words(value, unit, bound),
                outcome=target_words(standing.outcome, unit),
                changed_at=latest.recorded_at if latest else None,
            )
        )
    in_order = sorted(rows, key=lambda row: (row.update is not None, row.party_key, row.number))
    return Queue(period, tuple(in_order), any(standing.is_example for standing in standings.values()))


def _updates(period: ReportingPeriod) -> dict[int, tuple[Update, Update | None]]:
    """Give, by goal, a period's latest update and the one in force."""
    found: dict[int, list[Update]] = defaultdict(list)
    for goal, *said in _updates_of(period=period.pk):
        found[goal].append(Update(*said))
    return {goal: (updates[-1], _in_force(updates)) for goal, updates in found.items()}


def _in_force(updates: Iterable[Update]) -> Update | None:
    updates = list(updates)
    replaced = {update.replaces for update in updates}
    return next((each for each in reversed(updates) if each.status and each.pk not in replaced), None)

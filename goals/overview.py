"""The overview: how a plan year stands at a stage of the follow-up, in counts that each lead to its list.

It arranges what ``goals.followed`` has read as ``goals.wanted`` asks for it, and is pure.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from django.utils.safestring import SafeString

from goals.changes import shortened
from goals.followed import Followed, FollowedGoal, Said
from goals.models import ReportingPeriod, Topic
from goals.standing import COMMON_LABELS, DECISION_ADDRESSES, STATUS_ADDRESSES, Chip
from goals.timeline import TargetChart, chart_target
from goals.wanted import (
    CHANGED,
    DECIDED,
    LATE,
    MEASURED,
    NOT_JUDGED,
    PICKS,
    STILL,
    TARGETED,
    Asked,
    Wanted,
    decision_name,
    topic_name,
    topic_word,
)
from parties.models import Party
from parties.shown import Shown, badge, pattern

#: More goals than this under one heading are counted by topic, and listed on a page of their own.
MOST_LISTED = 60
#: More than this are folded, group by group, where the screen is small.
MOST_UNFOLDED = 8
#: How much of a goal's words and of a comment a line has, in characters.
LONGEST_TEXT, LONGEST_COMMENT = 110, 160
ALL_GOALS = Wanted()


@dataclass(frozen=True, slots=True)
class Number(Shown):
    """A number of goals, the address of their list, and how long its bar is, in per cent of the table's longest."""

    count: int
    url: str
    width: float = 0.0

    @property
    def html(self) -> SafeString:
        """The number as a link to the list; there is none of nothing."""
        around = pattern("goals/_number.html", ("url", "count"), has_list=self.count > 0)
        return SafeString(around % {"url": escape(self.url), "count": self.count})


@dataclass(frozen=True, slots=True)
class PartyNumber(Shown):
    """A party's number in a table, and what its bar is drawn as; nothing where there is no bar."""

    party: Party
    number: Number
    is_own: bool
    bar: str = ""

    @property
    def html(self) -> SafeString:
        """The number in its cell, with its bar."""
        around = pattern(
            "goals/_party_number.html",
            ("number", "width"),
            is_own=self.is_own,
            bar=self.bar,
            has_length=self.number.count > 0,
        )
        return SafeString(around % {"number": self.number.html, "width": self.number.width})


@dataclass(frozen=True, slots=True)
class Row(Shown):
    """A row of a table: a number for each party, all of them, and further ones. A status has its chip."""

    name: str
    parties: tuple[PartyNumber, ...]
    total: Number
    chip: Chip | None = None
    more: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class Line(Shown):
    """A goal in a list: its words and what was said of it, each cut where it is long."""

    goal: FollowedGoal
    is_own: bool

    @property
    def badge(self) -> SafeString:
        """The party's badge."""
        return badge(self.goal.party)

    @property
    def text(self) -> str:
        """The goal's words."""
        return shortened(self.goal.row.text, LONGEST_TEXT)

    @property
    def comment(self) -> str:
        """What the status's writer says in free words."""
        return shortened(self.goal.status.comment, LONGEST_COMMENT)


@dataclass(frozen=True, slots=True)
class Group:
    """Goals that have something in common: a topic, or a status, which has its chip."""

    name: str
    number: Number
    lines: tuple[Line, ...]
    chip: Chip | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Some goals under a heading, in groups. Where they are too many for it, they are only counted."""

    number: Number
    groups: tuple[Group, ...]

    @property
    def is_counted(self) -> bool:
        """Tell whether the goals are too many to be listed here."""
        return self.number.count > MOST_LISTED

    @property
    def is_short(self) -> bool:
        """Tell whether the goals are few enough to be unfolded on a small screen too."""
        return self.number.count <= MOST_UNFOLDED

    @property
    def said_alike(self) -> Said | None:
        """What is said of one of the goals, where the same role says it of the same day for all of them."""
        said = [line.goal.status for group in self.groups for line in group.lines]
        alike = {(each.author_role, each.date) for each in said}
        return said[0] if len(alike) == 1 and said[0].date else None


@dataclass(frozen=True, slots=True)
class Target:
    """A goal that states a target, and its outcome drawn against it where there is one."""

    line: Line
    chart: TargetChart | None


@dataclass(frozen=True, slots=True)
class Overview:
    """A plan year at a stage, ready to be shown. The sections, and what stands still, may be of one's own party alone.

    ``latest_judged`` is the latest period that anything is judged for, where nothing is for the stage's own.
    """

    all_changed: Number
    all_not_judged: Number
    all_late: Number
    changed: Section
    not_judged: Section
    still: Number
    late: Section
    statuses: tuple[Row, ...]
    topics: tuple[Row, ...]
    decisions: tuple[Row, ...]
    totals: Row
    targets: tuple[Target, ...]
    decided: Number
    targeted: Number
    measured: Number
    has_begun: bool
    latest_judged: ReportingPeriod | None


class _Arranger:
    """Counts a plan year's goals once, and gives numbers, rows and sections of them."""

    def __init__(self, followed: Followed, asked: Asked):
        self.followed = followed
        self.asked = asked
        self.picked = {name: pick for name, pick in PICKS.items() if asked.before or not pick.needs_before}
        self.goals: list[tuple[FollowedGoal, list[str]]] = [
            (goal, [name for name, pick in self.picked.items() if pick.picks(goal)]) for goal in followed.goals
        ]
        self.counts = Counter(wanted for goal, picks in self.goals for wanted in Wanted.by(goal, picks))

    def number(self, wanted: Wanted, longest: int = 0) -> Number:
        count = self.counts[wanted]
        return Number(count, self.asked.list_address(wanted), round(100 * count / longest, 2) if longest else 0.0)

    def row(self, wanted: Wanted, name: str, *, longest: int = 0, chip: Chip | None = None, more: bool = False) -> Row:
        bar = "" if wanted == ALL_GOALS else chip.shape if chip else "plain"
        return Row(
            name,
            tuple(
                PartyNumber(
                    party, self.number(wanted._replace(party=party.slug), longest), party == self.asked.own, bar
                )
                for party in self.followed.parties
            ),
            self.number(wanted),
            chip,
            tuple(self.number(wanted._replace(pick=pick)) for pick in (CHANGED, NOT_JUDGED, LATE)) if more else (),
        )

    def rows(self, rows: Sequence[tuple[Wanted, str, Chip | None]], *, more: bool = False) -> tuple[Row, ...]:
        """Give the rows of a table, whose bars have one scale."""
        parties = [party.slug for party in self.followed.parties]
        longest = max(
            (self.counts[wanted._replace(party=party)] for wanted, *_ in rows for party in parties), default=0
        )
        return tuple(self.row(wanted, name, longest=longest, chip=chip, more=more) for wanted, name, chip in rows)

    def section(self, pick: str) -> Section:
        wanted = Wanted(self.asked.listed.slug if self.asked.listed else "", pick=pick)
        goals = [goal for goal, picks in self.goals if pick in picks and wanted.party in ("", goal.party.slug)]
        return Section(self.number(wanted), (_by_status if pick == CHANGED else _by_topic)(goals, self.asked, wanted))


def _by_topic(goals: Iterable[FollowedGoal], asked: Asked, wanted: Wanted) -> tuple[Group, ...]:
    return tuple(
        _group(topic_name(topic), list(found), asked, wanted._replace(topic=topic_word(topic)))
        for topic, found in groupby(goals, lambda goal: goal.topic)
    )


def _by_status(goals: Iterable[FollowedGoal], asked: Asked, wanted: Wanted) -> tuple[Group, ...]:
    having: dict[str, list[FollowedGoal]] = {}
    for goal in goals:
        having.setdefault(goal.standing.status, []).append(goal)
    return tuple(
        _group(common.label, having[status], asked, wanted._replace(status=common.shape), common)
        for status in _STATUSES
        if status in having
        for common in [_common_chip(status)]
    )


def _group(name: str, goals: Sequence[FollowedGoal], asked: Asked, wanted: Wanted, chip: Chip | None = None) -> Group:
    number = Number(len(goals), asked.list_address(wanted))
    own = None if wanted.party else asked.own  # nothing is set apart among the goals of one party
    return Group(name, number, tuple(Line(goal, goal.party == own) for goal in goals), chip)


#: The statuses and the decisions in the order that they are told, the unknown last.
_STATUSES = (*[*STATUS_ADDRESSES][1:], "")
_DECISIONS = (*[*DECISION_ADDRESSES][1:], "")


def _common_chip(status: str) -> Chip:
    return Chip(STATUS_ADDRESSES[status], COMMON_LABELS[status])


def list_goals(followed: Followed, asked: Asked, wanted: Wanted) -> tuple[Group, ...]:
    """Give the goals that are asked for, by topic."""
    return _by_topic((goal for goal in followed.goals if wanted.wants(goal)), asked, wanted)


def arrange(followed: Followed, asked: Asked, periods: Iterable[ReportingPeriod]) -> Overview:
    """Arrange a plan year's goals as a reader has asked for them; ``periods`` are those of the plan year."""
    arranger = _Arranger(followed, asked)
    goals = followed.goals
    chips = [_common_chip(status) for status in _STATUSES]
    topics: list[Topic | None] = [*followed.topics, *([None] if any(goal.topic is None for goal in goals) else [])]
    return Overview(
        all_changed=arranger.number(Wanted(pick=CHANGED)),
        all_not_judged=arranger.number(Wanted(pick=NOT_JUDGED)),
        all_late=arranger.number(Wanted(pick=LATE)),
        changed=arranger.section(CHANGED),
        not_judged=arranger.section(NOT_JUDGED),
        still=arranger.number(Wanted(asked.listed.slug if asked.listed else "", pick=STILL)),
        late=arranger.section(LATE),
        statuses=arranger.rows([(Wanted(status=chip.shape), chip.label, chip) for chip in chips]),
        topics=arranger.rows(
            [(Wanted(topic=topic_word(topic)), topic_name(topic), None) for topic in topics], more=True
        ),
        decisions=arranger.rows(
            [(Wanted(decision=DECISION_ADDRESSES[decision]), decision_name(decision), None) for decision in _DECISIONS]
        ),
        totals=arranger.row(ALL_GOALS, "Summa", more=True),
        targets=tuple(
            Target(Line(goal, goal.party == asked.own), _chart(goal))
            for goal, picks in arranger.goals
            if TARGETED in picks
        ),
        decided=arranger.number(Wanted(pick=DECIDED)),
        targeted=arranger.number(Wanted(pick=TARGETED)),
        measured=arranger.number(Wanted(pick=MEASURED)),
        has_begun=any(goal.standing.status or goal.standing.decision or goal.outcome.date for goal in goals),
        latest_judged=_latest_judged(followed, periods),
    )


def _chart(goal: FollowedGoal) -> TargetChart | None:
    row = goal.row
    return chart_target(goal.standing.outcome, row.target_value, row.unit, row.target)


def _latest_judged(followed: Followed, periods: Iterable[ReportingPeriod]) -> ReportingPeriod | None:
    """Give the latest period that any goal is judged for, where none is for the stage's own."""
    if followed.stage.period is None or any(goal.judged for goal in followed.goals):
        return None
    judged = {goal.status.period for goal in followed.goals}
    return max((period for period in periods if period.pk in judged), key=lambda each: each.ends_on, default=None)

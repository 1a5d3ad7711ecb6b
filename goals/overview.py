"""The overview: how a plan year stands at a stage of the follow-up, in counts that each lead to its list.

It arranges what ``goals.followed`` has read, and is pure. Each number is counted under the same ``Wanted`` that its
list is asked for with, so that they cannot differ.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlencode

from goals.changes import shortened
from goals.followed import Followed, FollowedGoal, Said, Stage
from goals.models import Decision, ReportingPeriod, Topic
from goals.models.records import FINISHED
from goals.standing import COMMON_LABELS, DECISION_ADDRESSES, STATUS_ADDRESSES, Chip
from goals.timeline import TargetChart, chart_target
from parties.models import Party
from proposals.models import PlanYear

#: How an address writes goals that stand in no issue, and so in no topic; no topic's own address has a full stop.
NO_TOPIC = "utan.amne"
#: How an address writes that no party is one's own, whatever is saved in the profile.
NO_PARTY = "inget"
#: How an address writes that the lists are to show all parties, also where one is one's own.
ALL = "alla"
#: More goals than this under one heading are counted by topic, and listed on a page of their own.
MOST_LISTED = 60
#: More than this are folded, group by group, where the screen is small.
MOST_UNFOLDED = 8
#: How much of a goal's words and of a comment a line has, in characters.
LONGEST_TEXT, LONGEST_COMMENT = 110, 160


class Pick(NamedTuple):
    """A way to pick goals: what is said of them, and how to tell. ``{at}`` and ``{at_before}`` name the stages."""

    words: str
    picks: Callable[[FollowedGoal], bool]
    needs_before: bool = False


def _stands_still(goal: FollowedGoal) -> bool:
    return goal.judged and not goal.is_changed and goal.standing.status not in ("", *FINISHED)


CHANGED, NOT_JUDGED, STILL, LATE = "andrade", "ej-bedomda", "oforandrade", "forsenade"
DECIDED, TARGETED, MEASURED = "beslutade", "med-malvarde", "med-utfall"
PICKS: Mapping[str, Pick] = {
    CHANGED: Pick("med annan status än {at_before}", lambda goal: goal.is_changed, needs_before=True),
    NOT_JUDGED: Pick("inte bedömda {at}", lambda goal: not goal.judged),
    STILL: Pick("bedömda, med samma status som {at_before} och inte avslutade", _stands_still, needs_before=True),
    LATE: Pick("försenade, eller datumet har passerat", lambda goal: bool(goal.row.lateness)),
    DECIDED: Pick("med känt beslut", lambda goal: bool(goal.standing.decision)),
    TARGETED: Pick("med målvärde i texten", lambda goal: goal.row.target_value is not None),
    MEASURED: Pick(
        "med målvärde och utfall",
        lambda goal: goal.row.target_value is not None and goal.standing.outcome is not None,
    ),
}


class Wanted(NamedTuple):
    """Which goals are asked for, in the words of the address; an empty word asks for all."""

    party: str = ""
    topic: str = ""
    status: str = ""
    decision: str = ""
    pick: str = ""

    @classmethod
    def by(cls, goal: FollowedGoal, picks: Iterable[str]) -> "list[Wanted]":
        """Give everything that a goal is counted under."""
        topic = topic_word(goal.topic)
        found = [cls(topic=topic, pick=pick) for pick in picks]
        for party in ("", goal.party.slug):
            found += [cls(party), cls(party, topic)]
            found += [cls(party, status=goal.row.status_word), cls(party, decision=goal.row.decision_word)]
            found += [cls(party, pick=pick) for pick in picks]
        return found

    def wants(self, goal: FollowedGoal) -> bool:
        """Tell whether a goal is one of those."""
        has = (goal.party.slug, topic_word(goal.topic), goal.row.status_word, goal.row.decision_word)
        return all(word in ("", its) for word, its in zip(self, has, strict=False)) and (
            not self.pick or PICKS[self.pick].picks(goal)
        )

    @property
    def query(self) -> list[tuple[str, str]]:
        """What an address asks for it with."""
        names = ("parti", "amne", "status", "beslut", "urval")
        return [(name, word) for name, word in zip(names, self, strict=True) if word]


def topic_word(topic: Topic | None) -> str:
    """Give a topic's word in an address."""
    return topic.slug if topic else NO_TOPIC


@dataclass(frozen=True)
class Asked:
    """What a reader asks for: a stage, an earlier one beside it, and which party is the reader's own.

    ``own_word`` is what the address says of that; it says nothing where the profile does. ``shows_all`` lists all
    parties' goals although one is the own.
    """

    plan_year: PlanYear
    stage: Stage
    before: Stage | None
    own: Party | None = None
    own_word: str = ""
    shows_all: bool = False

    @property
    def listed(self) -> Party | None:
        """The party whose goals alone are listed, if there is one."""
        return None if self.shows_all else self.own

    @property
    def query(self) -> list[tuple[str, str]]:
        """What an address asks for it with; the stages always, so that a link shows the same tomorrow."""
        pairs = [("period", self.stage.period.slug)] if self.stage.period else [("per", f"{self.stage.last_day}")]
        if self.before:
            period = self.before.period
            pairs.append(("mot", period.slug if period else f"{self.before.last_day}"))
        if self.own_word:
            pairs.append(("mitt", self.own_word))
        return [*pairs, ("visa", ALL)] if self.shows_all else pairs

    def address(self, **changes: Any) -> str:
        """Give the address of this overview with changes."""
        return f"{self.plan_year.overview_url}?{urlencode(replace(self, **changes).query)}"

    @cached_property
    def _goals_address(self) -> str:
        return f"{self.plan_year.overview_url}mal/?{urlencode(replace(self, shows_all=False).query)}"

    def list_address(self, wanted: Wanted) -> str:
        """Give the address of the list of some goals."""
        return f"{self._goals_address}&{urlencode(wanted.query)}" if any(wanted) else self._goals_address

    @property
    def at(self) -> str:
        """The stage within a sentence: "vid Delår", "den 30 september 2017"."""
        return _at(self.stage)

    @property
    def at_before(self) -> str:
        """The earlier stage within a sentence, if there is one."""
        return _at(self.before) if self.before else ""

    @property
    def is_going_on(self) -> bool:
        """Tell whether the stage's period has not ended yet."""
        return self.stage.period is not None and self.stage.last_day < self.stage.period.ends_on

    def words(self, pick: str) -> str:
        """Say how goals are picked."""
        return PICKS[pick].words.format(at=self.at, at_before=self.at_before)


def _at(stage: Stage) -> str:
    return f"vid {stage.name}" if stage.period else f"den {stage.name}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number of goals, the address of their list, and how long its bar is, in per cent of the table's longest."""

    count: int
    url: str
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class PartyNumber:
    """A party's number in a table."""

    party: Party
    number: Number
    is_own: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: a number for each party, all of them, and further ones. A status has its chip."""

    name: str
    parties: tuple[PartyNumber, ...]
    total: Number
    chip: Chip | None = None
    more: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A goal in a list: its words and what was said of it, each cut where it is long."""

    goal: FollowedGoal
    is_own: bool

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
        return Row(
            name,
            tuple(
                PartyNumber(party, self.number(wanted._replace(party=party.slug), longest), party == self.asked.own)
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


def topic_name(topic: Topic | None) -> str:
    """Name a topic, or what stands in none yet."""
    return topic.name if topic else "Ännu inte ordnade efter fråga"


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
        totals=arranger.row(Wanted(), "Summa", more=True),
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


def decision_name(decision: str) -> str:
    """Name a decision; "Ej känt" where there is none."""
    return str(Decision.Outcome(decision).label) if decision else "Ej känt"


def _chart(goal: FollowedGoal) -> TargetChart | None:
    row = goal.row
    return chart_target(goal.standing.outcome, row.target_value, row.unit, row.target)


def _latest_judged(followed: Followed, periods: Iterable[ReportingPeriod]) -> ReportingPeriod | None:
    """Give the latest period that any goal is judged for, where none is for the stage's own."""
    if followed.stage.period is None or any(goal.judged for goal in followed.goals):
        return None
    judged = {goal.status.period for goal in followed.goals}
    return max((period for period in periods if period.pk in judged), key=lambda each: each.ends_on, default=None)

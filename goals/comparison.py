"""The comparison: topics, their issues, and for each issue a column per party with its goals and running text.

It arranges what ``goals.material`` has read for a reader's selection, and is pure.
"""

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from goals.as_of import NOW, AsOf
from goals.material import GoalRow, Material, ProseRow
from goals.models import Goal, Issue, Topic
from goals.standing import DECISION_ADDRESSES, STATUS_ADDRESSES
from parties.models import Party
from proposals.typeset import any_of, searched_words, typeset

#: More columns than this are too narrow to read side by side.
MOST_COLUMNS = 3

#: How an address writes the kinds of goals.
KINDS_IN_ADDRESS = {"mal": Goal.Kind.GOAL.value, "uppdrag": Goal.Kind.ASSIGNMENT.value}

#: How an address writes that only late goals are asked for, in the place of a status.
LATE = "forsenat"
STATUSES_IN_ADDRESS = {word: status for status, word in STATUS_ADDRESSES.items()}
DECISIONS_IN_ADDRESS = {word: decision for decision, word in DECISION_ADDRESSES.items()}

ALL = "alla"
SHARED = "gemensamma"
ONLY = "bara-"


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal in a column: the row, and its words as HTML."""

    goal: GoalRow
    html: SafeString


@dataclass(frozen=True, slots=True)
class ProseLine:
    """Running text in a column: the row, and its words as HTML."""

    prose: ProseRow
    html: SafeString


@dataclass(frozen=True, slots=True)
class Column:
    """What one party has on an issue.

    ``hidden`` counts goals that the reader's filter leaves out. ``unfolded`` says that the running text is what the
    reader's words were found in.
    """

    party: Party
    goals: tuple[GoalLine, ...]
    hidden: int
    prose: tuple[ProseLine, ...]
    unfolded: bool = False


@dataclass(frozen=True, slots=True)
class IssueRow:
    """An issue with its columns. ``relation`` and ``reason`` say how the goals in the columns relate, if they do."""

    issue: Issue | None
    url: str
    columns: tuple[Column, ...]
    relation: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TopicRows:
    """A topic with its issues; ``topic`` is ``None`` for goals that no one has placed yet."""

    topic: Topic | None
    url: str
    issues: tuple[IssueRow, ...]

    @property
    def anchor(self) -> str:
        """The topic's anchor on the page."""
        return f"amne-{self.topic.slug}" if self.topic else "amne-ovriga"

    @property
    def name(self) -> str:
        """The topic's name."""
        return self.topic.name if self.topic else "Ännu inte ordnade efter fråga"


@dataclass(frozen=True)
class Selection:
    """What a reader has chosen to see: parties in the order of their columns, and filters; all of it in the address."""

    parties: tuple[Party, ...]
    topic: str = ""
    kind: str = ""
    status: str = ""
    decision: str = ""
    show: str = ALL
    query: str = ""
    as_of: AsOf = NOW
    default_parties: tuple[Party, ...] = ()

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything but the choice of parties narrows the comparison."""
        return bool(self.topic or self.query or self.show != ALL or self.narrows_goals)

    @property
    def narrows_goals(self) -> bool:
        """Tell whether some goals are left out for what they are, and not for what they say."""
        return bool(self.kind or self.status or self.decision)

    def wants(self, goal: GoalRow, *, besides: str = "") -> bool:
        """Tell whether a goal is of the kind, status and decision chosen; ``besides`` names one not to ask about."""
        return (
            (besides == "kind" or self.kind in ("", goal.kind))
            and (
                besides == "status"
                or self.status in ("", goal.status_word)
                or (self.status == LATE and bool(goal.lateness))
            )
            and (besides == "decision" or self.decision in ("", goal.decision_word))
        )

    @cached_property
    def patterns(self) -> list[re.Pattern[str]]:
        """The searched words."""
        return searched_words(self.query)

    @cached_property
    def marker(self) -> re.Pattern[str] | None:
        """What marks the searched words where they stand."""
        return any_of(self.patterns)

    def address(self, **changes: Any) -> str:
        """Give the address of this selection with changes, from the question mark on; defaults are left out."""
        changed = replace(self, **changes)
        kinds = {kind: word for word, kind in KINDS_IN_ADDRESS.items()}
        chosen = [
            ("amne", changed.topic),
            ("slag", kinds.get(changed.kind, "")),
            ("status", changed.status),
            ("beslut", changed.decision),
            ("visa", changed.show if changed.show != ALL else ""),
            ("q", changed.query),
            ("per", changed.as_of.day.isoformat() if changed.as_of.day else ""),
        ]
        pairs = [(name, value) for name, value in chosen if value]
        if changed.parties != changed.default_parties:
            pairs = [*(("parti", party.slug) for party in changed.parties), *pairs]
        return f"?{urlencode(pairs)}" if pairs else "?"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are beside each choice, were it chosen and the other choices kept."""

    topics: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    decisions: Counter[str] = field(default_factory=Counter)
    shows: Counter[str] = field(default_factory=Counter)

    def add(self, goal: GoalRow, selection: Selection) -> None:
        """Count a goal beside the choices of kind, status and decision that it would show under."""
        if selection.wants(goal, besides="kind"):
            self.kinds.update(("", goal.kind))
        if selection.wants(goal, besides="status"):
            self.statuses.update(("", goal.status_word, *([LATE] if goal.lateness else [])))
        if selection.wants(goal, besides="decision"):
            self.decisions.update(("", goal.decision_word))


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison, ready to be shown."""

    parties: tuple[Party, ...]
    topics: tuple[TopicRows, ...]
    counts: Counts

    @property
    def issue_count(self) -> int:
        """How many issues are shown."""
        return sum(len(topic.issues) for topic in self.topics if topic.topic)

    @property
    def goal_count(self) -> int:
        """How many goals are shown."""
        return sum(len(column.goals) for topic in self.topics for issue in topic.issues for column in issue.columns)


def compare(material: Material, selection: Selection) -> Comparison:
    """Arrange a plan year's goals by topic and issue, as a reader has chosen."""
    counts = Counts()
    topics: dict[Topic | None, list[IssueRow]] = {}
    for issue in (*material.issues, *([None] if None in material.goals else [])):
        row = _issue_row(material, issue, selection)
        topic = issue.topic if issue else None
        if _count(counts, row, material, selection, topic.slug if topic else ""):
            topics.setdefault(topic, []).append(row)
    return Comparison(
        selection.parties,
        tuple(TopicRows(topic, _url(material, topic) if topic else "", tuple(rows)) for topic, rows in topics.items()),
        counts,
    )


def issue_row(material: Material, issue: Issue, parties: tuple[Party, ...]) -> IssueRow:
    """Give one issue of a plan year with all that the parties have on it."""
    return _issue_row(material, issue, Selection(parties))


def _count(counts: Counts, row: IssueRow, material: Material, selection: Selection, topic: str) -> bool:
    """Count an issue beside the choices it would show under, and tell whether it is shown as chosen now.

    Goals that stand in no issue yet are no issue: they are counted, but as nobody's and everybody's question.
    """
    goals = material.goals.get(row.issue.pk if row.issue else None, {})
    having = [party for party in selection.parties if goals.get(party.pk)]
    if not having:
        return False
    shape = SHARED if len(having) > 1 else ONLY + having[0].slug
    named = _names_all(row.issue, selection.patterns)
    found = [goal for party in having for goal in goals[party.pk] if _has_all(goal.text, selection.patterns, named)]
    wanted = [goal for goal in found if selection.wants(goal)]
    matched = bool(wanted) or (not selection.narrows_goals and any(column.unfolded for column in row.columns))
    in_topic = selection.topic in ("", topic)
    in_show = selection.show == ALL or (row.issue is not None and selection.show == shape)
    if in_show:
        counts.topics.update({"": len(wanted)} | ({topic: len(wanted)} if topic else {}))
    if in_show and in_topic:
        for goal in found:
            counts.add(goal, selection)
    if in_topic and matched and row.issue:
        counts.shows.update((ALL, shape))
    return matched and in_topic and in_show


def _names_all(issue: Issue | None, patterns: list[re.Pattern[str]]) -> frozenset[re.Pattern[str]]:
    """Give the searched words that the name of an issue or of its topic has."""
    names = f"{issue.name} {issue.topic.name}" if issue else ""
    return frozenset(pattern for pattern in patterns if pattern.search(names))


def _has_all(text: str, patterns: list[re.Pattern[str]], named: frozenset[re.Pattern[str]]) -> bool:
    """Tell whether a text, together with the names it stands under, has every searched word."""
    return all(pattern in named or pattern.search(text) for pattern in patterns)


def _issue_row(material: Material, issue: Issue | None, selection: Selection) -> IssueRow:
    goals = material.goals.get(issue.pk if issue else None, {})
    prose = material.prose.get(issue.pk, {}) if issue else {}
    named = _names_all(issue, selection.patterns)
    columns = tuple(
        _column(party, goals.get(party.pk, []), prose.get(party.pk, []), selection, named)
        for party in selection.parties
    )
    alignment = material.alignments.get(issue.pk) if issue else None
    compared = {party.pk for party in selection.parties if goals.get(party.pk)}
    if alignment and not compared.issuperset(alignment.party_keys):  # type: ignore[attr-defined]
        alignment = None
    return IssueRow(
        issue=issue,
        url=_url(material, issue) if issue else "",
        columns=columns,
        relation=alignment.get_relation_display() if alignment else "",
        reason=alignment.reason if alignment else "",
    )


def _column(
    party: Party,
    goals: list[GoalRow],
    prose: list[ProseRow],
    selection: Selection,
    named: frozenset[re.Pattern[str]],
) -> Column:
    patterns = selection.patterns
    shown = [goal for goal in goals if selection.wants(goal) and _has_all(goal.text, patterns, named)]
    return Column(
        party=party,
        goals=tuple(GoalLine(goal, typeset(goal.text, goal.marks, selection.marker)) for goal in shown),
        hidden=len(goals) - len(shown),
        prose=tuple(ProseLine(row, typeset(row.text, row.marks, selection.marker)) for row in prose),
        # A word that only the names have is found in the goals; the text is for what it says itself.
        unfolded=len(named) < len(patterns) and any(_has_all(row.text, patterns, named) for row in prose),
    )


def _url(material: Material, row: Issue | Topic) -> str:
    row.committee = material.plan_year.committee
    return f"{row.get_absolute_url()}{material.as_of.query}"

"""The comparison: topics, their issues, and for each issue a column per party with its goals and running text.

It arranges what ``goals.material`` has read for a reader's selection, and is pure.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from goals.as_of import NOW, AsOf
from goals.material import GoalRow, Material, ProseRow
from goals.models import Goal, Issue, Topic
from goals.standing import DECISION_ADDRESSES, STATUS_ADDRESSES
from parties.models import Party
from parties.shown import Shown, badge, fragment, pattern
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
class Look:
    """How columns look on a page.

    ``heading`` is the level of the parties' headings; where goals stand in no issue, they take the issue's own level.
    ``anchors`` gives each goal an anchor, ``linked`` a link to its page, and ``unfolded`` shows the running text at
    once. ``current`` is the key of the goal that the page is about.
    """

    heading: int = 4
    anchors: bool = False
    linked: bool = True
    unfolded: bool = False
    current: int | None = None


USUAL = Look()


@dataclass(frozen=True, slots=True)
class Voice:
    """What all of a party's columns have in common: the party's name with its badge, and how its goals are named.

    ``names`` are the beginnings of its goals' names, by their kinds, and ``key`` is the party's key.
    """

    key: int
    party: Party
    head: SafeString
    names: Mapping[str, str]

    @classmethod
    def of(cls, party: Party) -> "Voice":
        """Give what a party's columns have in common."""
        names = {kind.value: escape(f"{kind.label} {party.abbreviation} ") for kind in Goal.Kind}
        return cls(party.pk, party, badge(party) + SafeString(escape(party.name)), names)

    def goal(self, goal: GoalRow, marker: re.Pattern[str] | None, look: Look) -> str:
        """Set one of the party's goals as HTML."""
        standing, number = goal.standing, goal.number
        outcome = goal.outcome if goal.target else ""
        around = pattern(
            "includes/goal.html",
            _HOLES_WITH_TARGET if goal.target else _HOLES,
            anchors=look.anchors,
            linked=look.linked,
            current=goal.pk == look.current,
            chip=goal.chip,
            lateness=goal.lateness,
            has_outcome=outcome != "",
            decision=standing.decision_label if standing.decision else "",
        )
        return around % {
            "anchor": f"{self.party.slug}-{number}",
            "words": typeset(goal.text, goal.marks, marker),
            "url": goal.url,
            "name": f"{self.names[goal.kind]}{number}",
            "target": escape(goal.target),
            "outcome": outcome,
            "sic": fragment("includes/sic.html", words=tuple(goal.sic)) if goal.sic else "",
        }


_HOLES = ("anchor", "words", "url", "name", "sic")
_HOLES_WITH_TARGET = (*_HOLES, "target", "outcome")


def _running_text(row: ProseRow, marker: re.Pattern[str] | None, look: Look) -> str:
    """Set running text as HTML."""
    around = pattern("includes/running_text.html", ("words", "url", "lines", "sic"), linked=look.linked)
    return around % {
        "words": typeset(row.text, row.marks, marker),
        "url": row.url,
        "lines": row.lines,
        "sic": fragment("includes/sic.html", words=tuple(row.sic)) if row.sic else "",
    }


@dataclass(frozen=True, slots=True)
class Column(Shown):
    """What one party has on an issue, as HTML; and the goals and the running text in it.

    ``unfolded`` says that the running text is what the reader's words were found in.
    """

    html: SafeString
    goals: list[GoalRow]
    prose: list[ProseRow]
    unfolded: bool = False


@dataclass(frozen=True, slots=True)
class IssueRow(Shown):
    """An issue with its columns. ``relation`` and ``reason`` say how the goals in the columns relate, if they do.

    ``name`` and ``anchor``, as HTML, are empty for goals that stand in no issue.
    """

    issue: Issue | None
    name: SafeString
    anchor: SafeString
    url: SafeString
    columns: tuple[Column, ...]
    relation: str = ""
    reason: str = ""

    @property
    def html(self) -> SafeString:
        """The issue as the page Compare shows it."""
        holes = ("name", "anchor", "url", "columns") if self.issue else ("columns",)
        if self.relation:
            holes = (*holes, "relation", "reason")
        around = pattern("goals/_compared.html", holes, wide=len(self.columns))
        filled = around % {
            "name": self.name,
            "anchor": self.anchor,
            "url": self.url,
            "columns": "".join([column.html for column in self.columns]),
            "relation": self.relation,
            "reason": escape(self.reason),
        }
        return SafeString(filled)


@dataclass(frozen=True, slots=True)
class TopicRows(Shown):
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

    def fits(self, goal: GoalRow) -> tuple[bool, bool, bool]:
        """Tell whether a goal is of the kind chosen, of the status, and of the decision."""
        return (
            self.kind in ("", goal.kind),
            self.status in ("", goal.status_word) or (self.status == LATE and bool(goal.lateness)),
            self.decision in ("", goal.decision_word),
        )

    def wants(self, goal: GoalRow) -> bool:
        """Tell whether a goal is of the kind, status and decision chosen."""
        return not self.narrows_goals or all(self.fits(goal))

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
        kind, status, decision = selection.fits(goal)
        if status and decision:
            self.kinds[""] += 1
            self.kinds[goal.kind] += 1
        if kind and decision:
            self.statuses[""] += 1
            self.statuses[goal.status_word] += 1
            if goal.lateness:
                self.statuses[LATE] += 1
        if kind and status:
            self.decisions[""] += 1
            self.decisions[goal.decision_word] += 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison, ready to be shown; ``voices`` are its parties."""

    voices: tuple[Voice, ...]
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


@dataclass(frozen=True)
class _Arranger:
    """Arranges a plan year's material for a selection."""

    material: Material
    selection: Selection
    look: Look

    @cached_property
    def voices(self) -> list[Voice]:
        """What the columns of each party have in common, in their order."""
        return [Voice.of(party) for party in self.selection.parties]

    @cached_property
    def committee_url(self) -> str:
        """The address that those of topics and issues begin with."""
        return self.material.plan_year.committee.get_absolute_url()

    def url(self, row: Issue | Topic) -> SafeString:
        """Give the address of a topic or an issue at the moment that is shown."""
        return SafeString(f"{row.url_within(self.committee_url)}{self.material.as_of.query}")

    def issue_row(self, issue: Issue | None) -> IssueRow:
        """Give an issue with its columns."""
        goals = self.material.goals.get(issue.pk if issue else None, {})
        prose = self.material.prose.get(issue.pk, {}) if issue else {}
        named = _names_all(issue, self.selection.patterns)
        alignment = self.material.alignments.get(issue.pk) if issue else None
        if alignment:
            compared = {voice.key for voice in self.voices if goals.get(voice.key)}
            if not compared.issuperset(alignment.party_keys):  # type: ignore[attr-defined]
                alignment = None
        name = SafeString(escape(issue.name) if issue else "")
        return IssueRow(
            issue=issue,
            name=name,
            anchor=SafeString(f"fraga-{issue.slug}" if issue else ""),
            url=self.url(issue) if issue else SafeString(),
            columns=tuple(
                self.column(voice, name, goals.get(voice.key, []), prose.get(voice.key, []), named)
                for voice in self.voices
            ),
            relation=alignment.get_relation_display() if alignment else "",
            reason=alignment.reason if alignment else "",
        )

    def column(
        self,
        voice: Voice,
        name: SafeString,
        goals: list[GoalRow],
        prose: list[ProseRow],
        named: frozenset[re.Pattern[str]],
    ) -> Column:
        """Give what a party has on an issue; ``named`` are the searched words that the issue's name has."""
        selection, patterns, marker, look = self.selection, self.selection.patterns, self.selection.marker, self.look
        shown = [goal for goal in goals if selection.wants(goal) and _has_all(goal.text, patterns, named)]
        # A word that only the names have is found in the goals; the text is for what it says itself.
        unfolded = len(named) < len(patterns) and any(_has_all(row.text, patterns, named) for row in prose)
        around = pattern(
            "includes/column.html",
            ("head", "goals", "prose", "name"),
            heading=f"h{look.heading if name else look.heading - 1}",
            has_goals=bool(shown),
            hidden=len(goals) - len(shown),
            has_prose=bool(prose),
            unfolded=look.unfolded or unfolded,
        )
        filled = around % {
            "head": voice.head,
            "goals": "".join([voice.goal(goal, marker, look) for goal in shown]),
            "prose": "".join([_running_text(row, marker, look) for row in prose]),
            "name": name,
        }
        return Column(SafeString(filled), shown, prose, unfolded)

    def count(self, counts: Counts, row: IssueRow, topic: str) -> bool:
        """Count an issue beside the choices it would show under, and tell whether it is shown as chosen now.

        Goals that stand in no issue yet are no issue: they are counted, but as nobody's and everybody's question.
        """
        selection = self.selection
        goals = self.material.goals.get(row.issue.pk if row.issue else None, {})
        having = [voice for voice in self.voices if goals.get(voice.key)]
        if not having:
            return False
        shape = SHARED if len(having) > 1 else ONLY + having[0].party.slug
        wanted = sum(len(column.goals) for column in row.columns)
        matched = bool(wanted) or (not selection.narrows_goals and any(column.unfolded for column in row.columns))
        in_topic = selection.topic in ("", topic)
        in_show = selection.show == ALL or (row.issue is not None and selection.show == shape)
        if in_show:
            counts.topics[""] += wanted
            if topic:
                counts.topics[topic] += wanted
        if in_show and in_topic:
            named = _names_all(row.issue, selection.patterns)
            for voice in having:
                for goal in goals[voice.key]:
                    if _has_all(goal.text, selection.patterns, named):
                        counts.add(goal, selection)
        if in_topic and matched and row.issue:
            counts.shows.update((ALL, shape))
        return matched and in_topic and in_show


def compare(material: Material, selection: Selection, look: Look = USUAL) -> Comparison:
    """Arrange a plan year's goals by topic and issue, as a reader has chosen."""
    arranger, counts = _Arranger(material, selection, look), Counts()
    topics: list[TopicRows] = []
    for topic, issues in groupby((*material.issues, *([None] if None in material.goals else [])), key=_topic_of):
        rows = [arranger.issue_row(issue) for issue in issues]
        shown = tuple(row for row in rows if arranger.count(counts, row, topic.slug if topic else ""))
        if shown:
            topics.append(TopicRows(topic, arranger.url(topic) if topic else "", shown))
    return Comparison(tuple(arranger.voices), tuple(topics), counts)


def issue_row(material: Material, issue: Issue, parties: tuple[Party, ...], look: Look = USUAL) -> IssueRow:
    """Give one issue of a plan year with all that the parties have on it."""
    return _Arranger(material, Selection(parties), look).issue_row(issue)


def _names_all(issue: Issue | None, patterns: list[re.Pattern[str]]) -> frozenset[re.Pattern[str]]:
    """Give the searched words that the name of an issue or of its topic has."""
    if not patterns or issue is None:
        return frozenset()
    names = f"{issue.name} {issue.topic.name}"
    return frozenset(pattern for pattern in patterns if pattern.search(names))


def _has_all(text: str, patterns: list[re.Pattern[str]], named: frozenset[re.Pattern[str]]) -> bool:
    """Tell whether a text, together with the names it stands under, has every searched word."""
    return not patterns or all(pattern in named or pattern.search(text) for pattern in patterns)


def _topic_of(issue: Issue | None) -> Topic | None:
    return issue.topic if issue else None

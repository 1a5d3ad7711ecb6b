"""The comparison: topics, their issues, and for each issue a column per party with its goals and running text.

``Material`` is read from the database in a fixed number of queries, whatever the number of goals or plan years.
``compare`` arranges it for a reader's selection; it is pure.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString

from goals.figures import target_words
from goals.models import Alignment, Goal, Issue, Mention, Topic
from parties.models import Party
from proposals.models import PlanYear, Proposal, cited_lines
from proposals.typeset import any_of, searched_words, typeset

#: More columns than this are too narrow to read side by side.
MOST_COLUMNS = 3

#: How an address writes the kinds of goals.
KINDS_IN_ADDRESS = {"mal": Goal.Kind.GOAL.value, "uppdrag": Goal.Kind.ASSIGNMENT.value}

ALL = "alla"
SHARED = "gemensamma"
ONLY = "bara-"


@dataclass(frozen=True, slots=True)
class GoalRow:
    """A goal as it was read for a comparison."""

    pk: int
    number: int
    kind: str
    text: str
    marks: list[list[int | str]]
    sic: list[str]
    target: str
    due_year: int | None
    party: Party
    url: str

    @property
    def reference(self) -> str:
        """How the goal is cited: "V 25"."""
        return f"{self.party.abbreviation} {self.number}"

    @property
    def kind_name(self) -> str:
        """The kind in Swedish: "Mål" or "Uppdrag"."""
        return str(Goal.Kind(self.kind).label)


@dataclass(frozen=True, slots=True)
class GoalLine:
    """A goal in a column: the row, and its words as HTML."""

    goal: GoalRow
    html: SafeString


@dataclass(frozen=True, slots=True)
class ProseRow:
    """Running text that speaks of an issue, as it was read for a comparison, with its place in the plan."""

    text: str
    marks: list[list[int | str]]
    sic: list[str]
    url: str
    lines: str


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
    show: str = ALL
    query: str = ""
    default_parties: tuple[Party, ...] = ()

    @property
    def is_filtered(self) -> bool:
        """Tell whether anything but the choice of parties narrows the comparison."""
        return bool(self.topic or self.kind or self.query or self.show != ALL)

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
            ("visa", changed.show if changed.show != ALL else ""),
            ("q", changed.query),
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
    shows: Counter[str] = field(default_factory=Counter)


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


@dataclass(frozen=True, slots=True)
class Material:
    """What a comparison of one plan year is made of, read from the database."""

    plan_year: PlanYear
    proposals: tuple[Proposal, ...]
    issues: tuple[Issue, ...]
    goals: dict[int | None, dict[int, list[GoalRow]]]
    prose: dict[int, dict[int, list[ProseRow]]]
    alignments: dict[int, Alignment]

    @property
    def parties(self) -> tuple[Party, ...]:
        """The parties that have a proposal, in the published order."""
        return tuple(proposal.party for proposal in self.proposals)

    def goal_total(self, party: Party) -> int:
        """Count a party's goals."""
        return sum(len(by_party.get(party.pk, ())) for by_party in self.goals.values())

    @classmethod
    def load(cls, plan_year: PlanYear, issues: Iterable[Issue], *, unplaced: bool = False) -> "Material":
        """Read what one plan year has on some issues; ``unplaced`` adds goals that stand in no issue yet."""
        return cls.load_years([plan_year], issues, unplaced=unplaced)[0]

    @classmethod
    def load_years(
        cls, plan_years: Sequence[PlanYear], issues: Iterable[Issue], *, unplaced: bool = False
    ) -> list["Material"]:
        """Read what several plan years of a committee have on some issues, in four queries whatever their number."""
        issues = tuple(issues)
        proposals: dict[int, list[Proposal]] = defaultdict(list)
        for proposal in Proposal.objects.filter(plan_year__in=plan_years).in_order():
            proposals[proposal.plan_year_id].append(proposal)
        by_pk = {
            proposal.pk: (year, proposal, _plan_url(year, proposal))
            for year in plan_years
            for proposal in proposals[year.pk]
        }
        goals = _load_goals(by_pk, issues, unplaced)
        prose = _load_prose(by_pk, issues)
        alignments: dict[int, dict[int, Alignment]] = defaultdict(dict)
        for alignment in Alignment.objects.with_parties().filter(plan_year__in=plan_years, issue__in=issues):
            alignments[alignment.plan_year_id][alignment.issue_id] = alignment
        return [
            cls(year, tuple(proposals[year.pk]), issues, goals[year.pk], prose[year.pk], alignments[year.pk])
            for year in plan_years
        ]


_ByProposal = dict[int, tuple[PlanYear, Proposal, str]]


def _plan_url(plan_year: PlanYear, proposal: Proposal) -> str:
    proposal.plan_year = plan_year
    return proposal.get_absolute_url()


def _load_goals(
    by_pk: _ByProposal, issues: tuple[Issue, ...], unplaced: bool
) -> dict[int, dict[int | None, dict[int, list[GoalRow]]]]:
    found: dict[int, dict[int | None, dict[int, list[GoalRow]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    rows = Goal.objects.on_issues(issues, unplaced=unplaced).filter(proposal__in=by_pk).for_comparison()
    for pk, proposal_pk, issue_pk, number, kind, value, unit, bound, due_year, text, marks, sic in rows:
        year, proposal, plan_url = by_pk[proposal_pk]
        row = GoalRow(
            pk=pk,
            number=number,
            kind=kind,
            text=text,
            marks=marks,
            sic=sic,
            target=target_words(value, unit, bound),
            due_year=due_year,
            party=proposal.party,
            url=f"{plan_url}{number}/",
        )
        found[year.pk][issue_pk][proposal.party_id].append(row)
    return found


def _load_prose(by_pk: _ByProposal, issues: tuple[Issue, ...]) -> dict[int, dict[int, dict[int, list[ProseRow]]]]:
    found: dict[int, dict[int, dict[int, list[ProseRow]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    rows = (
        Mention.objects.filter(issue__in=issues, passage__proposal__in=by_pk)
        .order_by("passage__proposal", "passage__position")
        .values_list(
            "issue",
            "passage__proposal",
            "passage__text",
            "passage__marks",
            "passage__sic",
            "passage__first_line",
            "passage__last_line",
        )
    )
    for issue_pk, proposal_pk, text, marks, sic, first, last in rows:
        year, proposal, plan_url = by_pk[proposal_pk]
        prose = ProseRow(text, marks, sic, f"{plan_url}#rad-{first}", cited_lines(first, last))
        found[year.pk][issue_pk][proposal.party_id].append(prose)
    return found


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
        tuple(
            TopicRows(topic, _url(material.plan_year, topic) if topic else "", tuple(rows))
            for topic, rows in topics.items()
        ),
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
    of_kind = [goal for goal in found if selection.kind in ("", goal.kind)]
    matched = bool(of_kind) or (not selection.kind and any(column.unfolded for column in row.columns))
    in_topic = selection.topic in ("", topic)
    in_show = selection.show == ALL or (row.issue is not None and selection.show == shape)
    if in_show:
        counts.topics.update({"": len(of_kind)} | ({topic: len(of_kind)} if topic else {}))
    if in_show and in_topic:
        counts.kinds.update(goal.kind for goal in found)
        counts.kinds.update({"": len(found)})
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
        url=_url(material.plan_year, issue) if issue else "",
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
    shown = [goal for goal in goals if selection.kind in ("", goal.kind) and _has_all(goal.text, patterns, named)]
    return Column(
        party=party,
        goals=tuple(GoalLine(goal, typeset(goal.text, goal.marks, selection.marker)) for goal in shown),
        hidden=len(goals) - len(shown),
        prose=tuple(ProseLine(row, typeset(row.text, row.marks, selection.marker)) for row in prose),
        # A word that only the names have is found in the goals; the text is for what it says itself.
        unfolded=len(named) < len(patterns) and any(_has_all(row.text, patterns, named) for row in prose),
    )


def _url(plan_year: PlanYear, row: Issue | Topic) -> str:
    row.committee = plan_year.committee
    return row.get_absolute_url()

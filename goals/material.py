"""What comparisons are made of: a plan year's goals and running text on some issues, and how the goals stand.

Read from the database in a fixed number of queries, whatever the number of goals or plan years. All that one plan year
has, which is what most is read of, is read by queries that are written once (``parties.compiled``).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from goals.as_of import NOW, AsOf
from goals.figures import last_day, target_words
from goals.models import Alignment, Goal, Issue, Mention
from goals.standing import (
    DECISION_ADDRESSES,
    NOTHING_SAID,
    STATUS_ADDRESSES,
    Chip,
    Standing,
    chip,
    load_standings,
    load_standings_of_year,
)
from parties.compiled import CompiledOnce, Given, compiled_once
from parties.models import Party
from parties.shown import Shown
from proposals.models import PlanYear, Proposal, anchor, cited_lines
from proposals.models.plans import in_order_of_parties


@dataclass(frozen=True, slots=True)
class GoalRow(Shown):
    """A goal as it was read for a comparison. ``due_on`` is the day that counts: the decision's, or else the text's."""

    pk: int
    number: int
    kind: str
    text: str
    marks: list[list[int | str]]
    sic: list[str]
    target: str
    unit: str
    party: Party
    url: SafeString
    standing: Standing
    lateness: str
    due_on: datetime.date | None
    target_value: Decimal | None

    @property
    def reference(self) -> str:
        """How the goal is cited: "V 25"."""
        return f"{self.party.abbreviation} {self.number}"

    @property
    def kind_name(self) -> str:
        """The kind in Swedish: "Mål" or "Uppdrag"."""
        return str(Goal.Kind(self.kind).label)

    @property
    def chip(self) -> Chip:
        """The status as a reader sees it."""
        return chip(self.standing.status, self.kind)

    @property
    def outcome(self) -> str:
        """What was measured, in the target's unit if that is per cent, or nothing."""
        return target_words(self.standing.outcome, "%" if self.unit.startswith("%") else "")

    @property
    def status_word(self) -> str:
        """How an address writes the status."""
        return STATUS_ADDRESSES[self.standing.status]

    @property
    def decision_word(self) -> str:
        """How an address writes the decision."""
        return DECISION_ADDRESSES[self.standing.decision]


@dataclass(frozen=True, slots=True)
class ProseRow:
    """Running text that speaks of an issue, as it was read for a comparison, with its place in the plan."""

    text: str
    marks: list[list[int | str]]
    sic: list[str]
    url: str
    lines: str


@dataclass(frozen=True, slots=True)
class Material:
    """What a comparison of one plan year is made of, read from the database."""

    plan_year: PlanYear
    proposals: tuple[Proposal, ...]
    issues: tuple[Issue, ...]
    goals: dict[int | None, dict[int, list[GoalRow]]]
    prose: dict[int, dict[int, list[ProseRow]]]
    alignments: dict[int, Alignment]
    as_of: AsOf = NOW

    @property
    def parties(self) -> tuple[Party, ...]:
        """The parties that have a proposal, in the published order."""
        return tuple(proposal.party for proposal in self.proposals)

    @property
    def rows(self) -> Iterator[GoalRow]:
        """All goals."""
        return (row for by_party in self.goals.values() for rows in by_party.values() for row in rows)

    @property
    def shows_example(self) -> bool:
        """Tell whether something of how a goal stands is invented for demonstration."""
        return any(row.standing.is_example for row in self.rows)

    def goal_total(self, party: Party) -> int:
        """Count a party's goals."""
        return sum(len(by_party.get(party.pk, ())) for by_party in self.goals.values())

    @classmethod
    def load(
        cls, plan_year: PlanYear, issues: Iterable[Issue], *, as_of: AsOf = NOW, unplaced: bool = False
    ) -> "Material":
        """Read what one plan year has on some issues; ``unplaced`` adds goals that stand in no issue yet."""
        return cls.load_years([plan_year], issues, as_of=as_of, unplaced=unplaced)[0]

    @classmethod
    def load_all(cls, plan_year: PlanYear, *, as_of: AsOf = NOW) -> "Material":
        """Read all that one plan year has, in six queries: on every issue, and goals that stand in none yet."""
        issues = _issues_of_committee(committee=plan_year.committee_id)
        return cls._load_quickly(plan_year, issues, _OF_YEAR, as_of)

    @classmethod
    def load_issue(cls, plan_year: PlanYear, issue: Issue, *, as_of: AsOf = NOW) -> "Material":
        """Read what one plan year has on one issue, in five queries."""
        return cls._load_quickly(plan_year, [issue], _ON_ISSUE, as_of, issue)

    @classmethod
    def _load_quickly(
        cls, plan_year: PlanYear, issues: Iterable[Issue], queries: "_Queries", as_of: AsOf, issue: Issue | None = None
    ) -> "Material":
        given = {"plan_year": plan_year.pk, "issue": issue and issue.pk}
        by_pk = _by_proposal({plan_year.pk: plan_year}, _proposals_of_year(**given))
        standings = load_standings_of_year(plan_year, as_of.moment, as_of.until, issue)
        return cls(
            plan_year,
            tuple(proposal for _, proposal, _ in by_pk.values()),
            tuple(issues),
            _goals(queries.goals(**given), standings, by_pk, as_of)[plan_year.pk],
            _prose(queries.prose(**given), by_pk, as_of)[plan_year.pk],
            {alignment.issue_id: alignment for alignment in queries.alignments(**given)},
            as_of,
        )

    @classmethod
    def load_years(
        cls,
        plan_years: Sequence[PlanYear],
        issues: Iterable[Issue],
        *,
        as_of: AsOf = NOW,
        unplaced: bool = False,
    ) -> list["Material"]:
        """Read what several plan years of a committee have on some issues, in five queries whatever their number."""
        issues = tuple(issues)
        by_pk = proposals_of(plan_years)
        goals = load_goals(by_pk, issues, as_of, unplaced)
        mentions = Mention.objects.filter(issue__in=issues, passage__proposal__in=by_pk).for_comparison()
        prose = _prose(mentions, by_pk, as_of)
        alignments: dict[int, dict[int, Alignment]] = defaultdict(dict)
        for alignment in Alignment.objects.with_parties().filter(plan_year__in=plan_years, issue__in=issues):
            alignments[alignment.plan_year_id][alignment.issue_id] = alignment
        return [
            cls(
                year,
                tuple(proposal for its_year, proposal, _ in by_pk.values() if its_year == year),
                issues,
                goals[year.pk],
                prose[year.pk],
                alignments[year.pk],
                as_of,
            )
            for year in plan_years
        ]


@compiled_once
def _proposals_of_year() -> "QuerySet[Proposal]":
    return Proposal.objects.select_related("party").filter(plan_year=Given("plan_year"))


@compiled_once
def _issues_of_committee() -> "QuerySet[Issue]":
    return Issue.objects.filter(committee=Given("committee")).in_order()


class _Queries(NamedTuple):
    """What is read of a plan year: on all issues, or on one."""

    goals: CompiledOnce[tuple[Any, ...]]
    prose: CompiledOnce[tuple[Any, ...]]
    alignments: CompiledOnce[Alignment]

    @classmethod
    def narrowed(cls, **issue: Given) -> "_Queries":
        """Give the queries; ``issue`` may narrow them to one."""
        year = Given("plan_year")
        return cls(
            CompiledOnce(lambda: Goal.objects.standing().filter(proposal__plan_year=year, **issue).for_comparison()),
            CompiledOnce(lambda: Mention.objects.filter(passage__proposal__plan_year=year, **issue).for_comparison()),
            CompiledOnce(lambda: Alignment.objects.with_parties().filter(plan_year=year, **issue)),
        )


_OF_YEAR = _Queries.narrowed()
_ON_ISSUE = _Queries.narrowed(issue=Given("issue"))


#: Proposals by their keys, each with its plan year and the address of its page.
ByProposal = dict[int, tuple[PlanYear, Proposal, str]]


def proposals_of(plan_years: Sequence[PlanYear]) -> ByProposal:
    """Read the proposals of plan years, those of each in the published order of their parties, in one query."""
    proposals = Proposal.objects.select_related("party").filter(plan_year__in=plan_years)
    return _by_proposal({year.pk: year for year in plan_years}, proposals)


def _by_proposal(plan_years: dict[int, PlanYear], proposals: Iterable[Proposal]) -> ByProposal:
    by_year: dict[int, list[Proposal]] = defaultdict(list)
    for proposal in in_order_of_parties(proposals):
        proposal.plan_year = plan_years[proposal.plan_year_id]
        by_year[proposal.plan_year_id].append(proposal)
    return {
        proposal.pk: (year, proposal, proposal.get_absolute_url())
        for pk, year in plan_years.items()
        for proposal in by_year[pk]
    }


#: Goals by plan year, issue and party.
ByPlace = dict[int, dict[int | None, dict[int, list[GoalRow]]]]


def load_goals(by_pk: ByProposal, issues: tuple[Issue, ...], as_of: AsOf, unplaced: bool) -> ByPlace:
    """Read proposals' goals on some issues with how they stand, in two queries."""
    goals = Goal.objects.on_issues(issues, unplaced=unplaced).filter(proposal__in=by_pk)
    return _goals(goals.for_comparison(), load_standings(goals, as_of.moment, as_of.until), by_pk, as_of)


def _goals(
    rows: Iterable[tuple[Any, ...]], standings: Mapping[int, Standing], by_pk: ByProposal, as_of: AsOf
) -> ByPlace:
    """Put goals in their places, with how they stand."""
    found: ByPlace = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    today, query = as_of.date, as_of.query
    for pk, proposal_pk, issue_pk, number, kind, value, unit, bound, due_year, due_on, text, marks, sic in rows:
        if proposal_pk not in by_pk:
            continue  # published since the plans were read; the next page has it
        year, proposal, plan_url = by_pk[proposal_pk]
        standing = standings.get(pk, NOTHING_SAID)
        text_due = last_day(due_on, due_year)
        row = GoalRow(
            pk=pk,
            number=number,
            kind=kind,
            text=text,
            marks=marks,
            sic=sic,
            target=target_words(value, unit, bound),
            unit=unit,
            party=proposal.party,
            url=SafeString(f"{plan_url}{number}/{query}"),  # words and numbers of ours, which HTML takes as they are
            standing=standing,
            lateness=standing.lateness(text_due, today),
            due_on=standing.due_on or text_due,
            target_value=value,
        )
        found[year.pk][issue_pk][proposal.party_id].append(row)
    return found


def _prose(
    rows: Iterable[tuple[Any, ...]], by_pk: ByProposal, as_of: AsOf
) -> dict[int, dict[int, dict[int, list[ProseRow]]]]:
    """Put running text in its places: by plan year, issue and party."""
    found: dict[int, dict[int, dict[int, list[ProseRow]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    query = as_of.query
    for issue_pk, proposal_pk, text, marks, sic, first, character, last, unit, page in rows:
        if proposal_pk not in by_pk:
            continue
        year, proposal, plan_url = by_pk[proposal_pk]
        url = f"{plan_url}{query}#{anchor(first, character)}"
        prose = ProseRow(text, marks, sic, url, cited_lines(first, last, unit, page))
        found[year.pk][issue_pk][proposal.party_id].append(prose)
    return found

"""Measures the suggestions on the two real plans: whether one side suggests the goal that a person put beside it.

What is printed has the rank of every pair that stands in one issue, in both directions, and how often the right issue
is among the first three. Each party is asked about as if its plan were being imported and the other's were there: of
its own plan nothing is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, product
from typing import TYPE_CHECKING

from tests.evaluation import FAILED
from tests.evaluation.database import two_plans

if TYPE_CHECKING:
    from goals.models import Goal
    from goals.suggest import Suggestions
    from proposals.models import Proposal

#: A pair counts as found when one side has the other among its first three.
FIRST = 3
#: How many of the pairs with the relation "same" are to be found.
AT_LEAST = 7


@dataclass(frozen=True)
class Rank:
    """Where one goal stands among all that another shares a word with, and whether it is suggested there."""

    number: int | None
    is_suggested: bool

    def __str__(self) -> str:
        if self.number is None:
            return "no word in common"
        return f"{self.number}{'' if self.is_suggested else ' (not suggested)'}"


@dataclass(frozen=True)
class Pair:
    """Two parties' goals in one issue, and where each stands among those that the other leads to."""

    relation: str
    one: str
    other: str
    ranks: tuple[Rank, Rank]

    @property
    def is_found(self) -> bool:
        return any(rank.is_suggested and (rank.number or 0) <= FIRST for rank in self.ranks)


@dataclass(frozen=True)
class Issues:
    """Of how many texts another party says something on the issue, and how often it was suggested."""

    asked: int
    first: int
    among: int

    def __str__(self) -> str:
        return f"{self.among} of {self.asked} among the first {FIRST}, {self.first} as the first"


@dataclass(frozen=True)
class Alignment:
    """What was measured; ``right`` of the ``suggested`` goals stand in the same issue."""

    pairs: list[Pair]
    goals: Issues
    prose: Issues
    suggested: int
    right: int

    def of(self, relation: str) -> list[Pair]:
        return [pair for pair in self.pairs if pair.relation == relation]

    def found(self, relation: str) -> int:
        return sum(pair.is_found for pair in self.of(relation))


@dataclass(frozen=True)
class Side:
    """One party's plan, asked about as if it were being imported.

    ``issues`` are those that a person gave each passage; ``ranks`` says where another goal's passage stands among all
    that a passage shares a word with.
    """

    goals: "list[Goal]"
    issues: dict[int, set[int]]
    suggestions: "dict[int, Suggestions]"
    ranks: dict[tuple[int, int], int]

    def rank(self, goal: "Goal", other: "Goal") -> Rank:
        suggested = [similar.goal.pk for similar in self.suggestions[goal.passage_id].goals]
        return Rank(self.ranks.get((goal.passage_id, other.passage_id)), other.pk in suggested)

    def answers(self, other: "Side", *, goals: bool) -> list[tuple[bool, bool]]:
        """Tell of each goal, or other text, whether its issue came first, and whether it was suggested.

        Only issues that the other party speaks of are asked for.
        """
        known = set().union(*other.issues.values())
        of_goals = {goal.passage_id for goal in self.goals}
        found = []
        for passage, right in self.issues.items():
            if right & known and (passage in of_goals) == goals:
                suggested = [issue.issue.pk for issue in self.suggestions[passage].issues[:FIRST]]
                found.append((bool(right & set(suggested[:1])), bool(right & set(suggested))))
        return found


def ask(proposal: "Proposal") -> Side:
    """Ask about every text of a plan, in its order."""
    from goals.models import Mention
    from goals.suggest import Asked, places, rank, suggest

    passages = list(proposal.passages.exclude(kind="cover").select_related("section").order_by("position"))
    asked = [Asked(passage.text, passage.section.text) for passage in passages]
    found = suggest(asked, proposal.plan_year, proposal.party)
    at = dict(zip(places(asked), passages, strict=True))
    texts = {place: passage.text for place, passage in at.items()}
    every = rank(texts, plan_year=proposal.plan_year, party=proposal.party, least=0, considered=1_000)
    ranks: dict[tuple[int, int], int] = {}
    for place, hits in groupby((hit for hit in every if hit.kind == "goal"), key=lambda hit: hit.place):
        ranks |= {(at[place].pk, hit.id): number for number, hit in enumerate(hits, start=1)}
    goals = list(proposal.goals.select_related("proposal__party").order_by("number"))
    issues = {goal.passage_id: {goal.issue_id} for goal in goals}
    for passage, issue in Mention.objects.filter(passage__proposal=proposal).values_list("passage", "issue"):
        issues.setdefault(passage, set()).add(issue)
    suggestions = {passage.pk: suggested for passage, suggested in zip(passages, found, strict=True)}
    return Side(goals, issues, suggestions, ranks)


def measure() -> Alignment:
    """Ask about every text of the two plans, which are in the database."""
    from goals.models import Alignment as Aligned
    from proposals.models import PlanYear

    plan_year = PlanYear.objects.get(committee__slug="socialnamnden", year=2017)
    proposals = plan_year.proposals.select_related("party", "plan_year").order_by("-party__abbreviation")
    one, other = (ask(proposal) for proposal in proposals)
    relations = dict(Aligned.objects.filter(plan_year=plan_year).values_list("issue", "relation"))
    pairs = [
        Pair(relations[a.issue_id], a.reference, b.reference, (one.rank(a, b), other.rank(b, a)))
        for a, b in product(one.goals, other.goals)
        if a.issue_id == b.issue_id
    ]
    shown = [
        (goal.issue_id, similar.goal.issue_id)
        for side in (one, other)
        for goal in side.goals
        for similar in side.suggestions[goal.passage_id].goals
    ]
    goals, prose = (
        Issues(len(answers), sum(first for first, _ in answers), sum(among for _, among in answers))
        for answers in (
            one.answers(other, goals=of_goals) + other.answers(one, goals=of_goals) for of_goals in (True, False)
        )
    )
    return Alignment(pairs, goals, prose, len(shown), sum(its == similar for its, similar in shown))


def lines_of(found: Alignment) -> Iterator[str]:
    """Write what was measured as a person reads it, and what of it fails."""
    yield "\nAlignment: goals of the two plans that a person put in one issue, and their ranks in both directions"
    for relation in ("same", "related"):
        yield f"  {relation}: {found.found(relation)} of {len(found.of(relation))} pairs found"
        for pair in found.of(relation):
            said = "found " if pair.is_found else "missed"
            yield f"    {said} {pair.one} – {pair.other}: {pair.ranks[0]}; {pair.ranks[1]}"
    yield f"  goals suggested: {found.suggested}, of which {found.right} stand in the same issue"
    yield f"  issue of a goal: {found.goals}"
    yield f"  issue of running text: {found.prose}"
    if found.found("same") < AT_LEAST:
        yield f"{FAILED}{found.found('same')} of the pairs called the same are found, {AT_LEAST} are asked for"


def report() -> Iterator[str]:
    """Measure on the two plans, and say what was measured."""
    with two_plans():
        found = measure()
    yield from lines_of(found)

"""How a plan year stands, in counts: its parties, and its topics."""

from collections import defaultdict
from dataclasses import dataclass

from goals.models import Goal, Topic
from goals.standing import NOTHING_SAID, Tallied, load_standings, tally
from parties.models import Party
from proposals.models import PlanYear, Proposal


@dataclass(frozen=True, slots=True)
class PartySummary:
    """One party's plan: how many goals (mål) and assignments (uppdrag) it has, and how they stand."""

    proposal: Proposal
    goals: int
    assignments: int
    tally: tuple[Tallied, ...]

    @property
    def total(self) -> int:
        """Goals and assignments together."""
        return self.goals + self.assignments


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """One topic: how many issues it has, how many of them more than one party has goals on, and goals by party."""

    topic: Topic
    issues: int
    shared: int
    by_party: tuple[tuple[Party, int], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """A plan year in counts."""

    plan_year: PlanYear
    parties: tuple[PartySummary, ...]
    topics: tuple[TopicSummary, ...]
    judged: int
    shows_example: bool

    @property
    def total(self) -> int:
        """All goals and assignments."""
        return sum(party.total for party in self.parties)

    @property
    def issues(self) -> int:
        """All issues that some party has goals on."""
        return sum(topic.issues for topic in self.topics)

    @property
    def shared(self) -> int:
        """All issues that more than one party has goals on."""
        return sum(topic.shared for topic in self.topics)


def summarise(plan_year: PlanYear) -> Summary:
    """Count a plan year's goals, in four queries."""
    proposals = plan_year.proposals.in_order()
    by_kind: dict[tuple[int, str], int] = defaultdict(int)
    by_topic: dict[tuple[int, int], int] = defaultdict(int)
    parties_of: dict[tuple[int, int], set[int]] = defaultdict(set)
    statuses: dict[int, list[str]] = defaultdict(list)
    goals = Goal.objects.standing().filter(proposal__plan_year=plan_year)
    standings = load_standings(goals)
    for pk, topic, issue, party, kind in goals.for_summary():
        by_kind[party, kind] += 1
        by_topic[topic, party] += 1
        parties_of[topic, issue].add(party)
        statuses[party].append(standings.get(pk, NOTHING_SAID).status)
    for proposal in proposals:
        proposal.plan_year = plan_year
    return Summary(
        plan_year,
        tuple(
            PartySummary(
                proposal,
                by_kind[proposal.party_id, Goal.Kind.GOAL],
                by_kind[proposal.party_id, Goal.Kind.ASSIGNMENT],
                tally(statuses[proposal.party_id]),
            )
            for proposal in proposals
        ),
        tuple(
            TopicSummary(
                topic,
                issues=sum(key[0] == topic.pk for key in parties_of),
                shared=sum(key[0] == topic.pk and len(found) > 1 for key, found in parties_of.items()),
                by_party=tuple((proposal.party, by_topic[topic.pk, proposal.party_id]) for proposal in proposals),
            )
            for topic in plan_year.committee.topics.order_by("position", "pk")
            if any(key[0] == topic.pk for key in parties_of)
        ),
        judged=sum(bool(standing.status) for standing in standings.values()),
        shows_example=any(standing.is_example for standing in standings.values()),
    )

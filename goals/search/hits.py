"""Hits of a search: goals, running text and names that answer it, found through the indexes on what each kind says."""

from collections.abc import Sequence
from dataclasses import dataclass

from goals.models import Goal, Topic
from goals.search import weighing
from goals.search.effort import ENOUGH, Looking
from goals.search.meaning import Meaning
from goals.search.query import Reference
from goals.search.weighing import After, Hit, Hits, rank
from parties.models import Committee, Municipality, Party
from proposals.models import Proposal

#: What a goal weighs that the whole query is a reference to; more than anything that is found by its words.
REFERRED_TO = 3_000

_PASSAGES = """
    SELECT passage.id, passage.id AS owner, passage.search || '' AS search
    FROM proposals_passage AS passage
    JOIN proposals_proposal AS proposal ON proposal.id = passage.proposal_id AND proposal.version = passage.version
    {joins}
    WHERE {keys} AND {conditions}
"""
# Of a common word the newest plans' texts are looked through, one plan after the other, until there are enough: the
# index would first have to be read for every text that has the word. Joined to nothing, a text is not looked for there.
_NEWEST_PASSAGES = """
    SELECT passage.id, passage.id AS owner, passage.search
    FROM proposals_proposal AS proposal
    {joins_of_plans}
    CROSS JOIN LATERAL (
        SELECT passage.id, passage.search || '' AS search
        FROM proposals_passage AS passage
        {joins}
        WHERE passage.proposal_id = proposal.id AND passage.version = proposal.version
            AND passage.search || '' @@ (SELECT %(key0)s::tsquery) AND {conditions}
        OFFSET 0
    ) AS passage
    WHERE {conditions_of_plans}
    ORDER BY proposal.id DESC
"""
_NAMES = """
    (
        SELECT 2 * thing.id + {number} AS id, thing.id AS owner, thing.search
        FROM {table} AS thing
        {joins}
        WHERE thing.search @@ (SELECT %(wanted)s::tsquery) AND {conditions}
        LIMIT %(most)s + 1
    )
"""
_HAS_GOAL = """
JOIN goals_goal AS goal ON goal.issue_id = issue.id AND goal.withdrawn_in IS NULL
JOIN proposals_proposal AS proposal ON proposal.id = goal.proposal_id
JOIN proposals_planyear AS plan_year ON plan_year.id = proposal.plan_year_id AND {conditions}
"""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the reader has narrowed the search to; ``goal_kind`` is a kind of goal."""

    party: Party | None = None
    municipality: Municipality | None = None
    committee: Committee | None = None
    year: int | None = None
    topic: Topic | None = None
    goal_kind: str = ""

    def of_plans(self) -> dict[str, object]:
        """Give the conditions on the plan that something stands in, but for where."""
        return {"proposal.party_id": self.party and self.party.pk, "plan_year.year": self.year}

    def in_place(self) -> str:
        """Give what a text must have to stand in a plan of the place, in the words of PostgreSQL; nothing for anywhere.

        A plan's texts have its number as a word of their own, so that one index answers; a municipality has some
        hundred plans.
        """
        if self.committee:
            plans = Proposal.objects.filter(plan_year__committee=self.committee)
        elif self.municipality:
            plans = Proposal.objects.filter(plan_year__committee__municipality=self.municipality)
        else:
            return ""
        wanted = {"party": self.party, "plan_year__year": self.year}
        numbers = plans.filter(**{name: value for name, value in wanted.items() if value}).values_list("pk", flat=True)
        of_plan = " | ".join(f"'p:{number}'" for number in (*numbers, 0))  # no plan has the number 0
        return f"({of_plan})"


def find_goals(meaning: Meaning, narrowing: Narrowing, looking: Looking, *, page: int, after: After | None) -> Hits:
    """Find goals and assignments that stand in their plans: a goal of the version that applies is not withdrawn."""
    joins = []
    if narrowing.goal_kind or narrowing.topic:
        joins.append("JOIN goals_goal AS goal ON goal.passage_id = passage.id")
    conditions: dict[str, object] = {"goal.kind": narrowing.goal_kind or None}
    if narrowing.topic:
        joins.append("JOIN goals_issue AS issue ON issue.id = goal.issue_id")
        conditions["issue.topic_id"] = narrowing.topic.pk
    asked, given = _asked(conditions)
    fixed = ["passage.kind = 'goal'", *asked.values()]
    return _find_passages(meaning, narrowing, looking, fixed, joins, page, after, **given)


def find_prose(meaning: Meaning, narrowing: Narrowing, looking: Looking, *, page: int, after: After | None) -> Hits:
    """Find running text; of a topic, that which speaks of one of its issues."""
    fixed = ["passage.kind IN ('prose', 'point')"]
    if narrowing.topic:
        fixed.append(
            "EXISTS (SELECT FROM goals_mention AS mention JOIN goals_issue AS issue ON issue.id = mention.issue_id"
            " WHERE mention.passage_id = passage.id AND issue.topic_id = %(topic)s)"
        )
    topic = {"topic": narrowing.topic and narrowing.topic.pk}
    return _find_passages(meaning, narrowing, looking, fixed, [], page, after, **topic)


def _find_passages(
    meaning: Meaning,
    narrowing: Narrowing,
    looking: Looking,
    conditions: Sequence[str],
    joins: Sequence[str],
    page: int,
    after: After | None,
    **values: object,
) -> Hits:
    asked, given = _asked(narrowing.of_plans())
    of_year = "JOIN proposals_planyear AS plan_year ON plan_year.id = proposal.plan_year_id" if narrowing.year else ""
    keys = {f"key{number}": key for number, key in enumerate(looking.keys)}
    most = weighing.WEIGHED
    if looking.in_newest:
        most = min(most, ENOUGH)
        candidates = _NEWEST_PASSAGES.format(
            joins_of_plans=of_year,
            joins=" ".join(joins),
            conditions=" AND ".join(conditions),
            conditions_of_plans=" AND ".join(asked.values()) or "true",
        )
    else:
        candidates = _PASSAGES.format(
            joins=" ".join([of_year, *joins]),
            keys=" AND ".join(f"passage.search @@ (SELECT %({key})s::tsquery)" for key in keys),
            conditions=" AND ".join([*conditions, *asked.values()]),
        )
    return rank(candidates, meaning, keys | given | values, most=most, page=page, after=after)


def find_names(meaning: Meaning, narrowing: Narrowing, wanted: str, *, page: int, after: After | None) -> Hits:
    """Find issues, and topics that have an issue, by their names; of a party or a year, those that have a goal of it.

    An issue's hit has an even number, a topic's an odd one, each about twice its own.
    """
    of_plans, given = _asked(narrowing.of_plans())
    conditions: dict[str, object] = {"thing.committee_id": narrowing.committee and narrowing.committee.pk}
    joins = ""
    if narrowing.municipality and not narrowing.committee:
        joins = "JOIN parties_committee AS committee ON committee.id = thing.committee_id"
        conditions["committee.municipality_id"] = narrowing.municipality.pk
    of_committee, also = _asked(conditions)
    selects = []
    for number, (table, topic, its_issues) in enumerate(
        (
            ("goals_issue", "thing.topic_id", "issue.id = thing.id"),
            ("goals_topic", "thing.id", "issue.topic_id = thing.id"),
        )
    ):
        asked = [*of_committee.values(), *([f"{topic} = %(topic)s"] if narrowing.topic else [])]
        has_goal = _HAS_GOAL.format(conditions=" AND ".join(of_plans.values())) if of_plans else ""
        asked.append(f"EXISTS (SELECT FROM goals_issue AS issue {has_goal} WHERE {its_issues})")
        selects.append(_NAMES.format(number=number, table=table, joins=joins, conditions=" AND ".join(asked)))
    topic_asked = {"topic": narrowing.topic and narrowing.topic.pk}
    values = {"wanted": wanted, **given, **also, **topic_asked}
    return rank(" UNION ALL ".join(selects), meaning, values, most=weighing.WEIGHED, page=page, after=after)


def _asked(conditions: dict[str, object]) -> tuple[dict[str, str], dict[str, object]]:
    """Give the conditions that something is asked of, by their columns, and what is asked."""
    names = {column: column.replace(".", "_") for column, value in conditions.items() if value is not None}
    return (
        {column: f"{column} = %({name})s" for column, name in names.items()},
        {name: conditions[column] for column, name in names.items()},
    )


def find_referred(reference: Reference, narrowing: Narrowing, *, page: int, after: After | None) -> Hits:
    """Find the goals that are cited so, the latest published first."""
    wanted = {
        "proposal__party": narrowing.party,
        "proposal__plan_year__committee": narrowing.committee,
        "proposal__plan_year__committee__municipality": narrowing.municipality,
        "proposal__plan_year__year": narrowing.year,
        "issue__topic": narrowing.topic,
        "kind": narrowing.goal_kind or None,
    }
    goals = Goal.objects.standing().filter(
        proposal__party__abbreviation__iexact=reference.abbreviation,
        number=reference.number,
        **{name: value for name, value in wanted.items() if value is not None},
    )
    found = list(goals.order_by("-passage").values_list("passage", flat=True)[: weighing.WEIGHED + 1])
    rest = [passage for passage in found if after is None or passage < after.id]
    shown = [Hit(passage, passage, REFERRED_TO) for passage in rest[: page + 1]]
    return Hits.of(len(found), shown, page, weighing.WEIGHED)

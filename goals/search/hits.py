"""Hits of a search, weighed and in order, read through the indexes on what each kind says.

At most ``WEIGHED`` of a kind are weighed against each other, so that the commonest word costs what others do. Pages
follow on a key, the weight and the number of the last hit, and never on a count.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from goals.models import Goal, Topic
from goals.search import database
from goals.search.database import expected_texts
from goals.search.meaning import Meaning
from goals.search.query import Reference
from parties.models import Committee, Municipality, Party
from proposals.models import Proposal

#: How many hits of a kind are found and weighed at most.
WEIGHED = 1_000
#: Words that more texts than this have are looked for in the newest plans first.
COMMON = 150_000
#: What a hit weighs more that answers every part of the query, so that it comes before those that do not.
WHOLE = 1_000
#: What a goal weighs that the whole query is a reference to; more than anything that is found by its words.
REFERRED_TO = 3_000
_KEY = re.compile(r"([0-9]{1,5})-([0-9]{1,18})", re.ASCII)

# A hit weighs by how surely each part of the query is answered, rare parts more than common ones, and by how much of
# its text is about it. A proposal's text is that of the version that applies.
# What is wanted stands in a query of its own so that the planner cannot see it: it would else read the whole table for
# a word that it knows to be common. What is joined to nothing (|| '') is unpacked once, and not at every comparison.
# The ways to answer a part come surest first, and of them the first is taken.
_RANKED = """
WITH part AS MATERIALIZED (
    SELECT place, weight, query::tsquery AS query
    FROM unnest(%(places)s::int[], %(weights)s::float[], %(queries)s::text[]) AS part (place, weight, query)
),
candidate AS MATERIALIZED (
    {candidates}
    LIMIT %(most)s + 1
),
answer AS MATERIALIZED (
    SELECT candidate.id, each.place, surest.weight
    FROM candidate
    CROSS JOIN generate_series(0, %(parts)s - 1) AS each (place)
    CROSS JOIN LATERAL (
        SELECT weight FROM part WHERE part.place = each.place AND candidate.search @@ part.query LIMIT 1
    ) AS surest
),
rarity AS MATERIALIZED (
    SELECT place, ln(1 + (SELECT count(*) FROM candidate)::float / count(*)) AS rarity FROM answer GROUP BY place
),
ranked AS (
    SELECT candidate.id, candidate.owner, (
        %(whole)s * (answered.parts = %(parts)s)::int
        + 1000 * answered.weight / (SELECT sum(rarity) FROM rarity)
        / (1 + 0.12 * ln(1 + length(candidate.search)))
    )::int AS weight
    FROM candidate JOIN (
        SELECT answer.id, sum(answer.weight * rarity.rarity) AS weight, count(*) AS parts
        FROM answer JOIN rarity USING (place) GROUP BY answer.id
    ) AS answered USING (id)
)
SELECT counted.hits, shown.id, shown.owner, shown.weight
FROM (SELECT count(*) AS hits FROM candidate) AS counted
LEFT JOIN (
    SELECT id, owner, weight FROM ranked
    WHERE %(before)s::int IS NULL OR (weight, id) < (%(before)s::int, %(last)s::bigint)
    ORDER BY weight DESC, id DESC
    LIMIT %(page)s + 1
) AS shown ON true
ORDER BY shown.weight DESC, shown.id DESC
"""
_PASSAGES = """
    SELECT passage.id, passage.id AS owner, passage.search || '' AS search
    FROM proposals_passage AS passage
    JOIN proposals_proposal AS proposal ON proposal.id = passage.proposal_id AND proposal.version = passage.version
    {joins}
    WHERE passage.search @@ (SELECT %(wanted)s::tsquery) AND {conditions}
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
            AND passage.search || '' @@ (SELECT %(wanted)s::tsquery) AND {conditions}
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

    @property
    def is_anywhere(self) -> bool:
        """Tell whether it may stand in the plans of any municipality."""
        return not (self.municipality or self.committee)

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
        return f" & ({of_plan})"


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit: its own number, that of what was found (of a goal: its passage), and its weight."""

    id: int
    owner: int
    weight: int

    @property
    def key(self) -> str:
        """What a page after it begins with."""
        return f"{self.weight}-{self.id}"


@dataclass(frozen=True, slots=True)
class Hits:
    """Some hits of one kind, how many there are, ``is_capped`` if there are more than that, and whether more follow."""

    hits: Sequence[Hit] = ()
    count: int = 0
    is_capped: bool = False
    has_more: bool = False

    @classmethod
    def of(cls, count: int, hits: Sequence[Hit], page: int) -> "Hits":
        """Take a page of hits, of which there is one more where more follow, and of which ``count`` were found."""
        return cls(hits[:page], min(count, WEIGHED), count > WEIGHED, len(hits) > page)


@dataclass(frozen=True, slots=True)
class After:
    """The hit that a page follows on: its weight and its number."""

    weight: int
    id: int

    @classmethod
    def read(cls, text: str) -> "After | None":
        """Read the key of a hit from an address; what is none is none."""
        found = _KEY.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found else None


def find_goals(meaning: Meaning, narrowing: Narrowing, wanted: str, *, page: int, after: After | None) -> Hits:
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
    return _find_passages(meaning, narrowing, wanted, fixed, joins, page, after, **given)


def find_prose(meaning: Meaning, narrowing: Narrowing, wanted: str, *, page: int, after: After | None) -> Hits:
    """Find running text; of a topic, that which speaks of one of its issues."""
    fixed = ["passage.kind IN ('prose', 'point')"]
    if narrowing.topic:
        fixed.append(
            "EXISTS (SELECT FROM goals_mention AS mention JOIN goals_issue AS issue ON issue.id = mention.issue_id"
            " WHERE mention.passage_id = passage.id AND issue.topic_id = %(topic)s)"
        )
    topic = {"topic": narrowing.topic and narrowing.topic.pk}
    return _find_passages(meaning, narrowing, wanted, fixed, [], page, after, **topic)


def _find_passages(
    meaning: Meaning,
    narrowing: Narrowing,
    wanted: str,
    conditions: Sequence[str],
    joins: Sequence[str],
    page: int,
    after: After | None,
    **values: object,
) -> Hits:
    asked, given = _asked(narrowing.of_plans())
    of_year = "JOIN proposals_planyear AS plan_year ON plan_year.id = proposal.plan_year_id" if narrowing.year else ""
    if narrowing.is_anywhere and expected_texts(wanted) > COMMON:
        candidates = _NEWEST_PASSAGES.format(
            joins_of_plans=of_year,
            joins=" ".join(joins),
            conditions=" AND ".join(conditions),
            conditions_of_plans=" AND ".join(asked.values()) or "true",
        )
    else:
        candidates = _PASSAGES.format(
            joins=" ".join([of_year, *joins]), conditions=" AND ".join([*conditions, *asked.values()])
        )
    return _rank(candidates, meaning, wanted, page, after, given | values)


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
    return _rank(" UNION ALL ".join(selects), meaning, wanted, page, after, given | also | topic_asked)


def _asked(conditions: dict[str, object]) -> tuple[dict[str, str], dict[str, object]]:
    """Give the conditions that something is asked of, by their columns, and what is asked."""
    names = {column: column.replace(".", "_") for column, value in conditions.items() if value is not None}
    return (
        {column: f"{column} = %({name})s" for column, name in names.items()},
        {name: conditions[column] for column, name in names.items()},
    )


def _rank(
    candidates: str, meaning: Meaning, wanted: str, page: int, after: After | None, given: dict[str, object]
) -> Hits:
    scored = meaning.scored
    values: dict[str, Any] = {
        "places": [place for place, _, _ in scored],
        "weights": [weight for _, weight, _ in scored],
        "queries": [query for _, _, query in scored],
        "parts": len(meaning.parts),
        "wanted": wanted,
        "most": WEIGHED,
        "whole": WHOLE,
        "page": page,
        "before": after and after.weight,
        "last": after and after.id,
    }
    with database.cursor() as cursor:
        cursor.execute(_RANKED.format(candidates=candidates), values | given)
        rows = cursor.fetchall()
    return Hits.of(rows[0][0], [Hit(*row) for _, *row in rows if row[0] is not None], page)


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
    found = list(goals.order_by("-passage").values_list("passage", flat=True)[: WEIGHED + 1])
    rest = [passage for passage in found if after is None or passage < after.id]
    return Hits.of(len(found), [Hit(passage, passage, REFERRED_TO) for passage in rest[: page + 1]], page)

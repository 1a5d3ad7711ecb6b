"""Hits weighed against each other and put in order, a page at a time.

At most ``WEIGHED`` of a kind are weighed, so that the commonest word costs what others do. Pages follow on a key, the
weight and the number of the last hit, and never on a count.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from goals.search import database
from goals.search.meaning import Meaning

#: How many hits of a kind are found and weighed at most.
WEIGHED = 1_000
#: What a hit weighs more that answers every part of the query, so that it comes before those that do not.
WHOLE = 1_000
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
    def of(cls, count: int, hits: Sequence[Hit], page: int, most: int) -> "Hits":
        """Take a page of hits, of which there is one more where more follow, and of which ``count`` were found."""
        return cls(hits[:page], min(count, most), count > most, len(hits) > page)


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


def rank(
    candidates: str, meaning: Meaning, given: dict[str, Any], *, most: int, page: int, after: After | None
) -> Hits:
    """Weigh what was found, at most so many, and give a page of them; ``candidates`` is the SQL that finds them."""
    scored = meaning.scored
    values: dict[str, Any] = {
        "places": [place for place, _, _ in scored],
        "weights": [weight for _, weight, _ in scored],
        "queries": [query for _, _, query in scored],
        "parts": len(meaning.parts),
        "most": most,
        "whole": WHOLE,
        "page": page,
        "before": after and after.weight,
        "last": after and after.id,
    }
    with database.cursor() as cursor:
        cursor.execute(_RANKED.format(candidates=candidates), values | given)
        rows = cursor.fetchall()
    return Hits.of(rows[0][0], [Hit(*row) for _, *row in rows if row[0] is not None], page, most)

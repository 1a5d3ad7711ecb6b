"""How the database finds the texts that answer a query with the least effort, however common its words are.

The index is read for every text that has a word, also where a thousand are enough. So what very many texts have is
looked for in the newest plans, one after the other, until enough is found. Which costs less is reckoned from how common
PostgreSQL's planner expects the words to be; both ways find the same kind of thing, in texts that have what is asked.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from goals.search import database
from goals.search.meaning import Meaning, any_of

#: A word that more texts than this have, as it is typed or inflected, is not looked for within compounds too.
COMMON = 20_000
#: How many texts are looked for in the newest plans, and then weighed.
ENOUGH = 300
#: What it costs to read the index for one text, to look at a text, and to look for one word in it, in microseconds.
_BY_INDEX, _A_TEXT, _A_WORD = 0.4, 2.0, 0.2


@dataclass(frozen=True, slots=True)
class Looking:
    """What the texts must have, in the words of PostgreSQL: all of ``keys``. ``in_newest`` is how they are found."""

    keys: tuple[str, ...]
    in_newest: bool = False


def how_to_look(meaning: Meaning, *, every_part: bool, place: str) -> Looking:
    """Say how to find the texts that have every part of a query, or any; ``place`` is what a place's texts have."""
    parts = [part.queries() for part in meaning.parts]
    whole = [any_of(query for _, query in each) for each in parts]
    gone = "".join(f" & !{each}" for each in meaning.unwanted)
    if place:
        keys = _keys(whole, gone, every_part)
        return Looking((*keys, place))
    sure = [any_of(query for query in part.sure_queries()) for part in meaning.parts]
    all_texts, *expected = _expected_texts([*whole, *sure])
    of_whole, of_sure = expected[: len(whole)], expected[len(whole) :]
    chosen = [
        (sure[place], of_sure[place]) if of_sure[place] > COMMON else (whole[place], of_whole[place])
        for place in range(len(whole))
    ]
    keys = _keys([query for query, _ in chosen], gone, every_part)
    shares = [min(1.0, texts / all_texts) for _, texts in chosen]
    share = prod(shares) if every_part else 1 - prod(1 - share for share in shares)
    by_index = _BY_INDEX * sum(texts for _, texts in chosen)
    words = sum(key.count("'") for key in keys) / 2
    by_looking = ENOUGH / max(share, 1 / all_texts) * (_A_TEXT + _A_WORD * words)
    return Looking((" & ".join(keys),), in_newest=True) if by_looking < by_index else Looking(tuple(keys))


def _keys(queries: Sequence[str], gone: str, every_part: bool) -> list[str]:
    """Give what texts must have: each part for itself where all are wanted, which reads less of the index."""
    first, *others = queries if every_part else [any_of(queries)]
    return [f"{first}{gone}", *others]


def _expected_texts(queries: Iterable[str]) -> list[int]:
    """Tell about how many texts there are, and how many answer each query, as PostgreSQL's planner expects it.

    It knows the common words from its statistics and looks at no text for it. Each is asked for within an array, and so
    has a plan of its own: those of a union it may put in another order, to be read at once.
    """
    queries = list(queries)
    asked = [
        "ARRAY(SELECT 1 FROM proposals_passage)",
        *["ARRAY(SELECT 1 FROM proposals_passage WHERE search @@ %s::tsquery)"] * len(queries),
    ]
    with database.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT {', '.join(asked)}", queries)
        (told,) = cursor.fetchone()
    (plan,) = json.loads(told) if isinstance(told, str) else told
    plans = sorted(plan["Plan"]["Plans"], key=_place_of)
    return [max(1, int(each["Plan Rows"])) for each in plans]


def _place_of(plan: dict[str, Any]) -> int:
    """Give the place that a plan was asked for in, from its name: "InitPlan 3", or "InitPlan 3 (returns $2)"."""
    return int(re.findall(r"\d+", plan["Subplan Name"])[0])

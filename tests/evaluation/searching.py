"""Measures the search on the two real plans: of what answers a query, how much is among the first five hits.

The queries and their hits are in ``searches.toml``. Recall at 5 of a query is the share of its hits that are among the
first five of all kinds together, best first; of a query with more than five hits, of five. A page shows the first five
of each kind, so whatever counts here is on it. Every third query is held out: nothing is tuned on it.
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from tests.evaluation import FAILED
from tests.evaluation.database import two_plans

QUERIES = Path(__file__).with_name("searches.toml")
FIRST = 5
#: What the mean over all queries is to reach.
AT_LEAST = 0.9


@dataclass(frozen=True)
class Asked:
    """A query, what answers it, and what the search gave first."""

    text: str
    kind: str
    is_held_out: bool
    hits: tuple[str, ...]
    given: tuple[str, ...]

    @property
    def missed(self) -> list[str]:
        return [hit for hit in self.hits if hit not in self.given]

    @property
    def recall(self) -> float:
        return len(set(self.hits) & set(self.given)) / min(FIRST, len(self.hits))


def measure() -> list[Asked]:
    """Ask every query of the two plans, which are in the database."""
    from goals.search.find import search
    from goals.search.query import Query

    found = []
    for row in tomllib.loads(QUERIES.read_text(encoding="utf-8"))["query"]:
        given = search(Query.read(row["text"])).best[:FIRST]
        references = tuple(line.reference for line in given)
        held_out = row.get("held_out", False)
        found.append(Asked(row["text"], row["class"], held_out, tuple(row["hits"]), references))
    return found


def recall(found: Iterable[Asked]) -> float:
    return fmean(asked.recall for asked in found)


def lines_of(found: list[Asked]) -> Iterator[str]:
    """Write what was measured as a person reads it, and what of it fails."""
    yield f"Search: recall at {FIRST} over {len(found)} queries of the two plans"
    for kind in dict.fromkeys(asked.kind for asked in found):
        of_kind = [asked for asked in found if asked.kind == kind]
        yield f"  {recall(of_kind):.2f}  {kind} ({len(of_kind)})"
        for asked in of_kind:
            if asked.recall < 1:
                mark = " (held out)" if asked.is_held_out else ""
                yield f"          {asked.recall:.2f} {asked.text}{mark}: gave {', '.join(asked.given) or 'nothing'}"
                yield f"               missed {', '.join(asked.missed)}"
    seen = [asked for asked in found if not asked.is_held_out]
    held_out = [asked for asked in found if asked.is_held_out]
    if seen:
        yield f"  {recall(seen):.3f}  tuned on ({len(seen)})"
    if held_out:
        yield f"  {recall(held_out):.3f}  held out ({len(held_out)})"
    yield f"  {recall(found):.3f}  all ({len(found)})"
    if recall(found) < AT_LEAST:
        yield f"{FAILED}recall at {FIRST} is {recall(found):.3f}, at least {AT_LEAST} is asked for"


def report() -> Iterator[str]:
    """Measure on the two plans, and say what was measured."""
    with two_plans():
        found = measure()
    yield from lines_of(found)

"""How PostgreSQL answers each statement of a page: read from its own plans, which either use an index or do not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

#: A table with more rows than this must be read through an index.
SMALL = 60_000
#: One step of a plan may look at so many rows, which takes it some hundredths of a second at most.
MOST_LOOKED_AT = 60_000


@dataclass
class Statement:
    """A statement that a page asked."""

    sql: str
    values: Any


@dataclass
class Asked:
    """What a page asked of the database."""

    statements: list[Statement] = field(default_factory=list)

    def keep(self, execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        self.statements.append(Statement(sql, values))
        return execute(sql, values, many, context)


@contextmanager
def asked() -> Iterator[Asked]:
    """Keep what is asked meanwhile."""
    kept = Asked()
    with connection.execute_wrapper(kept.keep):
        yield kept


@dataclass(frozen=True)
class Step:
    """A step of a plan that reads a table."""

    kind: str
    table: str
    index: str
    #: How many rows it looked at in all, also those that it threw away.
    looked_at: int

    def __str__(self) -> str:
        by = f" by {self.index}" if self.index else ""
        return f"{self.kind} of {self.table}{by}, {self.looked_at:,} rows looked at"


@dataclass(frozen=True)
class Plan:
    """How a statement is answered: what the planner thought that it would cost, what it took, and the steps."""

    sql: str
    cost: float
    milliseconds: float
    steps: tuple[Step, ...]

    def problems(self, sizes: dict[str, int], most: int = MOST_LOOKED_AT) -> list[str]:
        """Say which steps read all of a large table, or very much of one."""
        return [
            str(step)
            for step in self.steps
            if (step.kind == "Seq Scan" and sizes.get(step.table, 0) > SMALL) or step.looked_at > most
        ]


def table_sizes() -> dict[str, int]:
    """Give about how many rows each table has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'")
        return {name: int(rows) for name, rows in cursor.fetchall()}


def explain(statement: Statement, *, analyze: bool = True) -> Plan | None:
    """Ask for the plan of a statement that only reads."""
    if not statement.sql.lstrip(" \n(").upper().startswith(("SELECT", "WITH")):
        return None
    how = "ANALYZE, TIMING OFF, FORMAT JSON" if analyze else "FORMAT JSON"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN ({how}) {statement.sql}", statement.values)
        (found,) = cursor.fetchone()
    whole = (json.loads(found) if isinstance(found, str) else found)[0]
    steps = tuple(step for node in _nodes(whole["Plan"]) if (step := _step(node)))
    return Plan(statement.sql, whole["Plan"]["Total Cost"], whole.get("Execution Time", 0.0), steps)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        # A bitmap's index scan names no table; its rows are those of the index.
        yield from _nodes(
            {"Relation Name": node.get("Relation Name", ""), **below} if "Bitmap" in below["Node Type"] else below
        )


def _step(node: dict[str, Any]) -> Step | None:
    if "Scan" not in node["Node Type"] or not (table := node.get("Relation Name")):
        return None
    loops = node.get("Actual Loops", 1)
    thrown = sum(node.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
    rows = node.get("Actual Rows", 0)
    return Step(
        node["Node Type"],
        table,
        node.get("Index Name", ""),
        round((rows + thrown) * loops) if loops else 0,
    )

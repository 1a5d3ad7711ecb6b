"""Measures each screen: what it takes to make it, and whether every statement of it is answered through an index."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from django.conf import settings
from django.db import connection
from django.test import Client

from config import embedded, static
from parties.models import User
from tests.scale.plans import Plan, asked, explain, table_sizes
from tests.scale.screens import Screen

#: How often each address is asked for after the first time; the quickest counts, as others use the machine too.
TIMES = 2


@dataclass
class Measured:
    """What a screen took, in milliseconds, for each of its addresses.

    ``warm`` is the processor time of Python and of the server together, which is what a page takes on a machine that
    has nothing else to do; ``clock`` is what the clock said, on one that may have, and ``first`` the same at first.
    """

    name: str
    limit: float
    first: list[float] = field(default_factory=list)
    clock: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    worst: Plan | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return bool(self.problems) or median(self.warm) > self.limit


def ready() -> None:
    """Let every page be made, from templates that are read already, and let no cache of whole pages answer."""
    static.collect()
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "page_cache" not in name]
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False
    Client().get("/om/")


def measure(screens: Iterable[Screen]) -> Iterator[Measured]:
    """Measure one screen after the other."""
    sizes = table_sizes()
    for screen in screens:
        found = Measured(screen.name, screen.limit)
        for place, address in enumerate(screen.addresses):
            client = Client()
            if screen.signed_in:
                client.force_login(User.objects.get(memberships__committee=screen.signed_in[place]))
            _measure(found, client, address, sizes | dict.fromkeys(screen.may_scan, 0), screen.looks_at)
        yield found


def _measure(found: Measured, client: Client, address: str, sizes: dict[str, int], looks_at: int) -> None:
    took = []
    for time in range(TIMES + 1):
        with asked() as statements:
            began, began_python, began_database = perf_counter(), process_time(), _server_time()
            response = client.get(address)
            body = b"".join(response) if response.streaming else response.content
            python, seconds = process_time() - began_python, perf_counter() - began
            database = _server_time() - began_database
        if response.status_code != 200 or not body:
            found.problems.append(f"{address} answered {response.status_code}")
            return
        if time == 0:
            found.first.append(1000 * seconds)
        else:
            took.append((1000 * (python + database), 1000 * python, 1000 * database, 1000 * seconds))
    warm, python, database, _ = min(took)
    found.warm.append(warm)
    found.clock.append(min(seconds for *_, seconds in took))
    found.python.append(python)
    found.database.append(database)
    found.statements.append(len(statements.statements))
    for statement in statements.statements:
        plan = explain(statement)
        if plan is None:
            continue
        if found.worst is None or plan.milliseconds > found.worst.milliseconds:
            found.worst = plan
        for problem in plan.problems(sizes, looks_at):
            told = f"{problem}\n      {' '.join(plan.sql.split())[:200]}"
            if not any(told in known for known in found.problems):
                found.problems.append(f"{address}: {told}")


def _server_time() -> float:
    """Give the processor time, in seconds, that the server's process for this connection has taken."""
    connection.ensure_connection()
    process = connection.connection.info.backend_pid
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9


def forget() -> None:
    """Let the machine forget what it keeps in memory of the database, so that the first touch reads the disk.

    What PostgreSQL itself keeps goes when it starts again, which is done before.
    """
    for path in Path(embedded.CLUSTER).rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def table(measured: list[Measured]) -> Iterator[str]:
    """Give the table of what was measured, as Markdown."""
    yield "| screen | n | warm | slowest | Python | database | by the clock | first touch | statements | dearest plan |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    for each in measured:
        if not each.warm:
            yield f"| {each.name} | – | | | | | | | | |"
            continue
        dearest = f"{each.worst.cost:,.0f} / {each.worst.milliseconds:.1f}" if each.worst else "–"
        figures = (
            *(median(each.warm), max(each.warm), median(each.python), median(each.database)),
            *(median(each.clock), median(each.first)),
        )
        shown = " | ".join(f"{figure:.0f}" for figure in figures)
        yield f"| {each.name} | {len(each.warm)} | {shown} | {max(each.statements)} | {dearest} |"


def rows() -> Iterator[str]:
    """Say how much there is."""
    shown = ("goals_goal", "goals_statusupdate", "proposals_passage", "proposals_proposal", "proposals_word")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relname = ANY(%s)"
            " ORDER BY pg_total_relation_size(oid) DESC",
            [list(shown)],
        )
        for name, count, own, indexes in cursor.fetchall():
            yield f"{name}: {count:,.0f} rows, {own / 2**30:.2f} GB and {indexes / 2**30:.2f} GB of indexes"
        cursor.execute("SELECT pg_database_size(current_database())")
        yield f"the whole database: {cursor.fetchone()[0] / 2**30:.1f} GB"


def server() -> str:
    """Say which PostgreSQL answered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version')")
        return f"PostgreSQL {cursor.fetchone()[0]}"

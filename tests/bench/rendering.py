"""Measures how much processor time it takes to make a page: `python -m tests.bench.rendering`.

In process, through all middleware but the page cache, and without the database's own time. The pages are made in turn,
so that a busy machine slows all of them alike; what counts is how many times as long a page takes as an empty one with
one query. The data is invented (``tests.bench.plan_years``), in a database of its own.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from statistics import median
from time import process_time
from typing import Any

from tests.evaluation.database import migrated

#: How many goals the plan years have that Compare is measured with.
SIZES = (78, 500, 780)
#: How many times each page is made: some before anything is measured, and those that are.
WARM_UP, ROUNDS = 3, 40


@dataclass(frozen=True, slots=True)
class Case:
    """A page to make: its name, its address, and what the request says besides."""

    name: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """What making a page took: milliseconds of processor time at the median, and times that of an empty page."""

    name: str
    queries: int
    size: int
    milliseconds: float
    ratio: float


def measure(rounds: int = ROUNDS) -> list[Row]:
    """Make all the pages in turn, in a database that is made for it; the first row is the empty page."""
    with migrated("bench_rendering"):
        from django.conf import settings
        from django.test import override_settings

        from config import static

        static.collect()
        # Every page is made anew.
        middleware = [name for name in settings.MIDDLEWARE if "page_cache" not in name]
        with override_settings(ROOT_URLCONF="tests.bench.urls", MIDDLEWARE=middleware):
            return list(_measure(list(_cases()), rounds))


def _cases() -> Iterator[Case]:
    """Make the plan years, and give the pages to measure."""
    from django.conf import settings
    from django.test import Client

    from tests.bench.plan_years import make_plan_year, secretary

    years = {goals: make_plan_year(goals) for goals in SIZES}
    least = years[SIZES[0]]
    client = Client()
    client.force_login(secretary())
    session = SimpleCookie({settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value})
    signed_in = (("HTTP_COOKIE", session.output(header="").strip()),)
    proposal = least.proposals.in_order()[0]
    proposal.plan_year = least
    yield Case("Empty view, one query", "/tom/")
    yield Case("Empty view, one query, signed in", "/tom/", signed_in)
    for goals, year in years.items():
        yield Case(f"Compare, {goals} goals", year.compare_url)
    yield Case(f"Compare, {SIZES[0]} goals, compressed", least.compare_url, (("HTTP_ACCEPT_ENCODING", "gzip"),))
    yield Case(f"Plan, {proposal.goals.count()} goals", proposal.get_absolute_url())
    yield Case("Goal", f"{proposal.get_absolute_url()}25/")
    for goals, year in years.items():
        period = year.periods.all()[1]
        yield Case(f"Work queue, {min(goals, 100)} of {goals} goals", period.get_absolute_url(), signed_in)
    yield Case("Overview", least.overview_url)
    yield Case("Committee", least.committee.get_absolute_url())
    yield Case("Start", "/")


def _measure(cases: Sequence[Case], rounds: int) -> Iterator[Row]:
    from django.core.handlers.wsgi import WSGIHandler
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    handler = WSGIHandler()
    sizes, queries = [], []
    for case in cases:
        for _ in range(WARM_UP):
            _get(handler, case)
        with CaptureQueriesContext(connection) as captured:
            sizes.append(_get(handler, case))
        queries.append(len(captured))
    times: list[list[float]] = [[] for _ in cases]
    for _ in range(rounds):
        for case, taken in zip(cases, times, strict=True):
            before = process_time()
            _get(handler, case)
            taken.append(process_time() - before)
    empty = median(times[0])
    for case, asked, size, taken in zip(cases, queries, sizes, times, strict=True):
        yield Row(case.name, asked, size, 1000 * median(taken), median(taken) / empty)


def _get(handler: Any, case: Case) -> int:
    """Let the site answer as it answers a web server, and give how many bytes came.

    :raises RuntimeError: if the answer is no page.
    """
    from django.test import RequestFactory

    environment = RequestFactory(SERVER_NAME="localhost").get(case.path).environ
    environment |= {**dict(case.headers), "wsgi.input": io.BytesIO()}
    said: list[str] = []
    response = handler(environment, lambda status, headers: said.append(status))
    size = sum(map(len, response))
    response.close()
    if said != ["200 OK"]:
        raise RuntimeError(f"{case.path} answered {said}")
    return size


def table(rows: Sequence[Row]) -> Iterator[str]:
    """Give the lines of a table."""
    yield "| page | queries | KB | ms | times the empty view |"
    yield "|---|--:|--:|--:|--:|"
    for row in rows:
        yield f"| {row.name} | {row.queries} | {row.size / 1000:.0f} | {row.milliseconds:.2f} | {row.ratio:.1f} |"


if __name__ == "__main__":
    for line in table(measure()):
        print(line)

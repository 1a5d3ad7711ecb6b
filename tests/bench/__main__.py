"""Measures how fast the site is, against nginx with a static file on the same machine: `make bench`.

Ends with 1 if something that is promised is not kept, or an answer was wrong. With ``--write`` the tables are put into
a document, between two marks.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from tests import programs
from tests.machine import machine

SIZES = (78, 780, 7800)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--goals", type=int, nargs="+", default=SIZES, help="goals in a plan year")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="of each round of each thing")
    parser.add_argument("--write", type=Path, help="a document to put the tables into")
    options = parser.parse_args()
    programs.require(["nginx", "wrk"])
    lines, kept = [], True
    for line, holds in report(options):
        print(line, flush=True)
        lines.append(line)
        kept = kept and holds
    if options.write:
        from tests.bench.table import write_between

        write_between(options.write, lines)
    return int(not kept)


def report(options: argparse.Namespace) -> Iterator[tuple[str, bool]]:
    """Measure, and give each line to print with whether all is well so far."""
    from tests.bench import site, table
    from tests.bench.cases import measure
    from tests.bench.wrk import CONNECTIONS

    folder = site.begin()
    from tests.bench.plan_years import make_plan_year

    command = f"make bench: {options.rounds} rounds of {options.seconds} s each, {CONNECTIONS} connections"
    yield f"\n{machine()}.\n{command}.\n", True
    with site.served(folder) as served:
        for goals in options.goals:
            cases = measure(served, make_plan_year(goals), options.rounds, options.seconds)
            yield f"### {goals} goals in a plan year\n", True
            for line in table.table(cases):
                yield line, True
            yield "", not any(case.errors for case in cases)
            for line, holds in table.promises(cases, goals):
                yield f"- {line}", holds
            yield "", True
    yield "### Processor time of making a page\n", True
    for line in processor_time():
        yield line, True


def processor_time() -> list[str]:
    """Measure in this process what making a page takes, in a database beside the one that was served."""
    from django.db import connection

    from tests.bench import rendering

    connection.close()
    return list(rendering.table(rendering.measure()))


if __name__ == "__main__":
    sys.exit(main())

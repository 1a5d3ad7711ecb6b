"""``make chaos``: break everything that can break, in real processes, and print what came of it.

``python -m tests.chaos storm clock`` tries only some. The exit code is 1 if anything was lost, doubled or half done, or
could not be tried. With ``--write`` the table is put into a document, between two marks.
"""

import argparse
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tests.bench.table import write_between
from tests.chaos import clock, disk, kills, migrations, outages, storm
from tests.chaos.stage import workspace
from tests.chaos.table import HEAD, Row, summary
from tests.machine import machine

SCENARIOS: dict[str, Callable[[Path], Generator[Row, None, None]]] = {
    "outages": outages.rows,
    "kills": kills.rows,
    "migrations": migrations.rows,
    "disk": disk.rows,
    "clock": clock.rows,
    "storm": storm.rows,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("scenarios", nargs="*", help=f"only these: {', '.join(SCENARIOS)}")
    parser.add_argument("--write", type=Path, help="a document to put the table into")
    options = parser.parse_args(arguments)
    if unknown := set(options.scenarios) - set(SCENARIOS):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    if options.write and options.scenarios:
        parser.error("what is written down is all of it")
    # The default action would leave PostgreSQL, the site and what is mounted.
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _stop)
    chosen = options.scenarios or list(SCENARIOS)
    lines: list[str] = []
    rows: list[Row] = []

    def say(line: object) -> None:
        print(line, flush=True)
        lines.append(str(line))

    began = time.monotonic()
    say(f"\n`{' '.join(['make chaos', *options.scenarios])}`: {machine()}.\n")
    say(f"{HEAD}\n|{' --- |' * (HEAD.count('|') - 1)}")
    with workspace() as folder:
        for name in chosen:
            try:
                # Closed before anything else goes on, so that what it has started is gone then.
                with closing(SCENARIOS[name](folder)) as found:
                    for row in found:
                        rows.append(row)
                        say(row)
            except Exception:
                traceback.print_exc()
                rows.append(Row(name, "failed", broken=["see what was printed"]))
                say(rows[-1])
    say(f"\n{(time.monotonic() - began) / 60:.1f} minutes. {summary(rows)}.\n")
    if options.write:
        write_between(options.write, lines, "chaos")
    return int(not all(row.is_well and row.tried for row in rows))


def _stop(number: int, _: Any) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

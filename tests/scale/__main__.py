"""Fill a database with Sweden, and measure the site on it: ``make scale``, ``make scale SHARE=0.01``.

The database is an embedded one in a folder of its own, ``SCALE_DIR``. It is filled once for each share; what is
measured afterwards is measured on what is there. ``SCREENS`` is a regular expression for the names of those to measure.
"""

import os
import re
import subprocess
import sys
from time import monotonic

from tests.machine import machine
from tests.scale import cluster

SHARE = float(os.environ.get("SHARE") or 1)
MARK = f"filled by tests.scale: {SHARE:g}"
#: What is-filled ends with where it is not: no code that an error gives.
TO_FILL = 10


def main() -> int:
    """Fill the database where that has not been done, and measure; the exit code is 1 where a screen is too slow."""
    found = _run("is-filled")
    if found not in (0, TO_FILL):
        return 1
    if found == TO_FILL:
        cluster.settle(cluster.FILLING)
        if _run("fill"):
            return 1
        cluster.settle(cluster.MEASURING)
    return _run("measure")


def _run(step: str) -> int:
    """Do a step in a process of its own, so that the database has started anew for it."""
    return subprocess.run([sys.executable, "-m", "tests.scale", step], check=False).returncode


def is_filled() -> int:
    with cluster.connect() as cursor:
        return 0 if cluster.mark(cursor) == MARK else TO_FILL


def fill() -> int:
    began = monotonic()
    with cluster.connect() as cursor:
        # One transaction: at no moment are there tables of ours without the mark.
        cursor.execute(
            f"DROP SCHEMA public CASCADE; CREATE SCHEMA public; COMMENT ON SCHEMA public IS '{cluster.BEGUN}'"
        )
    from django.core.management import call_command
    from django.db import connection

    from tests.scale.fill import Filling
    from tests.scale.sweden import Size

    call_command("migrate", verbosity=0)
    Filling(Size.share(SHARE)).run(lambda said: print(said, flush=True))
    with connection.cursor() as cursor:  # another connection: the one before was not shared with the workers
        cursor.execute(f"COMMENT ON SCHEMA public IS '{MARK}'")
    print(f"in all: {(monotonic() - began) / 60:.1f} minutes")
    return 0


def measure() -> int:
    connected = cluster.connect()
    from django.core.management import call_command

    from tests.scale import measure
    from tests.scale.screens import screens
    from tests.scale.sweden import Size, Sweden
    from tests.scale.vocabulary import Vocabulary

    connected.close()
    call_command("migrate", verbosity=0)
    size = Size.share(SHARE)
    wanted = re.compile(os.environ.get("SCREENS") or "")
    known = list(screens(Sweden(size, Vocabulary(size.seed))))
    chosen = [each for each in known if wanted.search(each.name)]
    if not chosen:
        print(f"No screen is called {wanted.pattern}. There are:", *(each.name for each in known), sep="\n  ")
        return 1
    measure.ready()
    measure.forget()
    found = []
    for each in measure.measure(chosen):
        found.append(each)
        print(f"{each.name} …", file=sys.stderr, flush=True)
    print(f"\n{machine()}, {measure.server()}")
    print(", ".join(f"{name} {value}" for name, value in cluster.MEASURING.items()))
    print(*measure.rows(), sep="\n")
    print(*measure.table(found), sep="\n")
    wrong = [each for each in found if each.is_wrong]
    for each in wrong:
        print(f"\n{each.name}:", *each.problems, sep="\n  ")
    return int(bool(wrong))


if __name__ == "__main__":
    STEPS = {"is-filled": is_filled, "fill": fill, "measure": measure}
    step = sys.argv[1] if len(sys.argv) > 1 else ""
    sys.exit(STEPS[step]() if step else main())

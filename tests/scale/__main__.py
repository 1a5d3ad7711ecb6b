"""Fill a database with Sweden, and measure the site on it: ``make scale``, ``make scale SHARE=0.01``.

The database is an embedded one in a folder of its own. It is filled once for each share; what is measured afterwards is
measured on what is there. ``SCREENS`` is a regular expression for the names of those to measure.
"""

import os
import re
import subprocess
import sys
from time import monotonic

from tests.scale import cluster

SHARE = float(os.environ.get("SHARE") or 1)
MARK = f"filled by tests.scale: {SHARE:g}"


def main() -> int:
    """Fill the database where that has not been done, and measure; the exit code is 1 where a screen is too slow."""
    if _run("is-filled"):
        cluster.settle(cluster.FILLING)
        if _run("fill"):
            return 1
        cluster.settle(cluster.MEASURING)
    return _run("measure")


def _run(step: str) -> int:
    """Do a step in a process of its own, so that the database has started anew for it."""
    return subprocess.run([sys.executable, "-m", "tests.scale", step], check=False).returncode


def is_filled() -> int:
    with _cursor() as cursor:
        cursor.execute("SELECT obj_description('public'::regnamespace)")
        return int(cursor.fetchone()[0] != MARK)


def fill() -> int:
    from django.core.management import call_command

    from tests.scale.fill import Filling
    from tests.scale.sweden import Size

    began = monotonic()
    with _cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        call_command("migrate", verbosity=0)
        Filling(Size.share(SHARE)).run(lambda said: print(said, flush=True))
        cursor.execute(f"COMMENT ON SCHEMA public IS '{MARK}'")
    print(f"in all: {(monotonic() - began) / 60:.1f} minutes")
    return 0


def measure() -> int:
    connected = _cursor()
    from django.core.management import call_command

    from tests.scale import measure
    from tests.scale.screens import screens
    from tests.scale.sweden import Size, Sweden
    from tests.scale.vocabulary import Vocabulary

    connected.close()
    call_command("migrate", verbosity=0)
    size = Size.share(SHARE)
    wanted = re.compile(os.environ.get("SCREENS") or "")
    chosen = [each for each in screens(Sweden(size, Vocabulary(size.seed))) if wanted.search(each.name)]
    measure.ready()
    measure.forget()
    found = []
    for each in measure.measure(chosen):
        found.append(each)
        print(f"{each.name} …", file=sys.stderr, flush=True)
    print(f"\n{measure.machine()}")
    print(", ".join(f"{name} {value}" for name, value in cluster.MEASURING.items()))
    print(*measure.rows(), sep="\n")
    print(*measure.table(found), sep="\n")
    wrong = [each for each in found if each.is_wrong]
    for each in wrong:
        print(f"\n{each.name}:", *each.problems, sep="\n  ")
    return int(bool(wrong))


def _cursor():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded

    embedded.start()
    import django
    from django.db import connection

    django.setup()
    return connection.cursor()


if __name__ == "__main__":
    STEPS = {"is-filled": is_filled, "fill": fill, "measure": measure}
    step = sys.argv[1] if len(sys.argv) > 1 else ""
    sys.exit(STEPS[step]() if step else main())

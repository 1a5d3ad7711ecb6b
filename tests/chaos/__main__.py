"""``make chaos``: break everything that can break, in real processes, and print what came of it.

``python -m tests.chaos storm clock`` tries only some. The exit code is 1 if anything was lost, doubled or half done.
"""

import os
import sys
import time
import traceback

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from tests.chaos import clock, disk, kills, migrations, outages, storm
from tests.chaos.stage import workspace
from tests.chaos.table import HEAD, Row

SCENARIOS = {
    "outages": outages.rows,
    "kills": kills.rows,
    "migrations": migrations.rows,
    "disk": disk.rows,
    "clock": clock.rows,
    "storm": storm.rows,
}


def main(chosen: list[str]) -> int:
    print(HEAD)
    print(f"|{' --- |' * (HEAD.count('|') - 1)}")
    began, is_well = time.monotonic(), True
    for name in chosen or SCENARIOS:
        with workspace() as folder:
            try:
                for row in SCENARIOS[name](folder):
                    is_well = is_well and row.is_well
                    print(row, flush=True)
            except Exception:
                traceback.print_exc()
                print(Row(name, "failed", broken=["see above"]), flush=True)
                is_well = False
    print(f"\n{(time.monotonic() - began) / 60:.1f} minutes.")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

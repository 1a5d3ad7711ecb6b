"""Ten thousand concurrent writes, while the application and the database are killed and frozen under them."""

import os
import time
from collections.abc import Callable, Generator
from pathlib import Path

from tests.chaos.stage import Stage, stage
from tests.chaos.table import Row, seconds
from tests.chaos.writes import Ledger, Reader, Writer, writers

WRITES = int(os.environ.get("CHAOS_WRITES", "10000"))
#: Longer than connecting may take, so that requests are refused and not only delayed.
FROZEN = 8
#: For how many seconds the writers may write after the last fault.
LAST = 900


def kill_site(at: Stage) -> None:
    at.site.kill()
    at.site.start(wait=False)


def kill_worker(at: Stage) -> None:
    at.site.kill_workers()


def kill_database(at: Stage) -> None:
    at.cluster.kill()
    at.cluster.start()


def restart_database(at: Stage) -> None:
    at.cluster.restart_at_once()


def freeze_database(at: Stage) -> None:
    at.cluster.freeze()
    time.sleep(FROZEN)
    at.cluster.thaw()


FAULTS: list[tuple[str, Callable[[Stage], None]]] = [
    ("kill -9 of the application", kill_site),
    ("kill -9 of PostgreSQL", kill_database),
    ("kill -9 of one worker", kill_worker),
    ("pg_ctl restart -m immediate", restart_database),
    ("kill -9 of the application", kill_site),
    ("PostgreSQL frozen", freeze_database),
    ("kill -9 of PostgreSQL", kill_database),
    ("kill -9 of one worker", kill_worker),
    ("kill -9 of the application", kill_site),
    ("kill -9 of PostgreSQL", kill_database),
    ("pg_ctl restart -m immediate", restart_database),
    ("kill -9 of the application", kill_site),
]


def rows(folder: Path) -> Generator[Row, None, None]:
    """Write, break, compare."""
    with stage(folder / "storm") as at:
        ledger = Ledger(wanted=WRITES)
        threads, reader = writers(at.site.port, at.told, ledger), Reader(at.site.port, at.told)
        began = time.monotonic()
        for thread in (*threads, reader):
            thread.start()
        back: dict[str, list[float]] = {}
        for number, (name, fault) in enumerate(FAULTS, start=1):
            _wait_until(lambda at=number: ledger.taken >= WRITES * at / (len(FAULTS) + 1) or ledger.wrong, threads)
            if ledger.wrong:
                break
            broke = time.monotonic()
            fault(at)
            at.site.wait_for("/")
            back.setdefault(name, []).append(time.monotonic() - broke)
        ends = time.monotonic() + LAST
        for thread in threads:
            thread.join(max(0, ends - time.monotonic()))
        took = time.monotonic() - began
        if still := sum(thread.is_alive() for thread in threads):
            ledger.wrong.append(f"{still} were not done {LAST} s after the last fault")
        reader.is_done.set()
        reader.join()
        with at.cluster.connect() as connection:
            found = ledger.compare(connection)
        yield Row(
            f"{found['acknowledged']:,} writes of {len(threads)} people at once",
            ", ".join(f"{len(times)} × {name} ({seconds(times)})" for name, times in back.items()),
            found["acknowledged"],
            found["lost"],
            found["doubled"],
            [each for times in back.values() for each in times],
            f"{found['sent again']} sent again, of which {found['saved already when sent again']} had been saved; "
            f"{len(ledger.acknowledged) / took:.0f} writes/s",
            [*ledger.wrong, *at.broken()],
        )


def _wait_until(is_so: Callable[[], object], threads: list[Writer]) -> None:
    while not is_so() and any(thread.is_alive() for thread in threads):
        time.sleep(0.05)

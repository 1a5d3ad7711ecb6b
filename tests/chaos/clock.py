"""A clock that is set back two days and forward more than a year, for the site and its database alike (libfaketime)."""

import os
import shutil
import subprocess
from collections.abc import Generator
from pathlib import Path

from tests.chaos.site import run
from tests.chaos.stage import Stage, stage
from tests.chaos.table import Row
from tests.chaos.writes import Ledger, Writer

#: How many records are written at each time.
WRITES = 24
SIGN_IN = """
import django; django.setup()
from django.test import Client; from parties.models import User
client = Client(); client.force_login(User.objects.filter(memberships__committee=%s).first())
print(client.cookies["sessionid"].value)
"""
#: How many records are dated after today, and how many not after the one before them.
ORDER = """
SELECT count(*) FILTER (WHERE recorded_at > now()), count(*) FILTER (WHERE recorded_at <= before) FROM (
    SELECT recorded_at, lag(recorded_at) OVER (PARTITION BY goal_id ORDER BY id) AS before FROM goals_statusupdate
) AS ordered
"""


def library() -> Path | None:
    """Find libfaketime, or install Debian's."""

    def look() -> Path | None:
        return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)

    if not look() and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-qq", "libfaketime"], stdout=subprocess.DEVNULL, check=False)
    return look()


def rows(folder: Path) -> Generator[Row, None, None]:
    """Write, set the clock, write, set it again."""
    found = library()
    if found is None:
        yield Row("clock set", "not tried: libfaketime is not here (Debian: apt-get install libfaketime)", tried=False)
        return
    clock = folder / "clock"
    clock.write_text("+0\n")
    environment = {
        "LD_PRELOAD": str(found),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with stage(folder / "clock-stage", committees=1, environment=environment) as at:
        row = Row("clock set", "back 2 days, then forward 400 days, then right again; records written at each time", 0)
        ledger = Ledger()
        write(at, ledger)
        clock.write_text("-2d\n")
        write(at, ledger)
        clock.write_text("+400d\n")
        path = f"/arbete/{at.told['committees'][0]['address']}/tertial-1/"
        answer = at.person().get(path)
        signed_out = "/logga-in/" in answer.location
        if not signed_out:
            row.broken.append(f"a session of last year was let in: {answer.status}")
        at.told["committees"][0]["sessions"] = sign_in(at)
        write(at, ledger)
        clock.write_text("+0\n")
        write(at, ledger)
        for address in ("/", "/andringar/", "/api/v1/mal", f"/{at.told['committees'][0]['address']}/jamfor/"):
            if (status := at.site.status(address)) != 200:
                row.broken.append(f"{address}: {status}")
        with at.cluster.connect() as connection:
            compared = ledger.compare(connection)
            future, disordered = connection.execute(ORDER).fetchone()
        row.acknowledged, row.lost, row.doubled = (compared[name] for name in ("acknowledged", "lost", "doubled"))
        row.seen = (
            f"{disordered} records dated before the one that their goal had already; {future} are dated after today; "
            f"who was signed in was {'signed out' if signed_out else 'still let in'} when the clock was ahead"
        )
        row.broken += [*ledger.wrong, *at.broken()]
        yield row


def sign_in(at: Stage) -> list[str]:
    """Sign in anew, by the clock as it is."""
    return [run(at.environment, "-c", SIGN_IN % at.told["committees"][0]["committee"]).strip()]


def write(at: Stage, ledger: Ledger) -> None:
    """Let somebody write, who has seen what was written before."""
    ledger.wanted += WRITES
    writer = Writer(at.site.port, at.told["committees"][0], 0, ledger)
    for period in ("tertial-1", "delar"):
        writer.look(f"/arbete/{at.told['committees'][0]['address']}/{period}/", period, writer.goals)
    writer.run()

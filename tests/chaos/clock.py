"""A clock that is set back two days and forward more than a year, for the site and its database alike (libfaketime)."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.chaos.person import Person
from tests.chaos.site import run
from tests.chaos.stage import PORT, Stage, stage
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


def library() -> Path | None:
    """Find libfaketime, or install Debian's."""

    def look() -> Path | None:
        return next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)

    if not look() and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "-y", "-qq", "libfaketime"], stdout=subprocess.DEVNULL, check=False)
    return look()


def rows(folder: Path) -> Iterator[Row]:
    """Write, set the clock, write, set it again."""
    found = library()
    if found is None:
        yield Row("clock set", "not tried: libfaketime is not here (Debian: apt-get install libfaketime)")
        return
    clock = folder / "clock"
    clock.write_text("+0\n")
    environment = {
        "LD_PRELOAD": str(found),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    with stage(folder / "clock-stage", committees=1, own=True, environment=environment) as at:
        row = Row("clock set", "back 2 days, then forward 400 days, then right again; records written at each time", 0)
        ledger = Ledger()
        write(at, ledger)
        clock.write_text("-2d\n")
        write(at, ledger)
        clock.write_text("+400d\n")
        path = f"/arbete/{at.told['committees'][0]['address']}/tertial-1/"
        answer = at.person().get(path)
        if "/logga-in/" not in answer.location:
            row.broken.append(f"a session of last year was let in: {answer.status}")
        kept, at.told["committees"][0]["sessions"] = at.told["committees"][0]["sessions"], sign_in(at) * 4
        write(at, ledger)
        clock.write_text("+0\n")
        at.told["committees"][0]["sessions"] = kept
        write(at, ledger)
        for address in ("/", "/andringar/", "/api/v1/mal", f"/{at.told['committees'][0]['address']}/jamfor/"):
            if (status := at.site.status(address)) != 200:
                row.broken.append(f"{address}: {status}")
        with at.connect() as connection:
            compared = ledger.compare(connection)
            future = connection.execute("SELECT count(*) FROM goals_statusupdate WHERE recorded_at > now()").fetchone()
        row.acknowledged, row.lost, row.doubled = (compared[name] for name in ("acknowledged", "lost", "doubled"))
        row.seen = (
            f"each goal's records in the order they were written; {future[0]} are dated after today; who was signed in "
            "was signed out when the clock was ahead, and no record refused"
        )
        row.broken += [*ledger.wrong, *at.broken()]
        yield row


def sign_in(at: Stage) -> list[str]:
    """Sign in anew, by the clock as it is."""
    environment = {**at.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    return [run(environment, "-c", SIGN_IN % at.told["committees"][0]["committee"]).strip()]


def write(at: Stage, ledger: Ledger) -> None:
    """Let somebody write, who has seen what was written before."""
    Person(PORT, "").get("/api/v1/mal")
    ledger.wanted += WRITES
    writer = Writer(PORT, at.told["committees"][0], 0, ledger)
    for period in ("tertial-1", "delar"):
        writer.look(f"/arbete/{at.told['committees'][0]['address']}/{period}/", period, writer.goals)
    writer.run()

"""Disks that are full: the database's, that of its log, and where uploads are received. Each is a small file system."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg

from tests.chaos.cluster import Cluster, soon
from tests.chaos.outages import Outage
from tests.chaos.person import Answer
from tests.chaos.stage import Stage, stage
from tests.chaos.table import Row

MB = 1_000_000


def rows(folder: Path) -> Iterator[Row]:
    """Fill each in turn."""
    with ExitStack() as mounts:
        try:
            tables, log, uploads = (
                mounts.enter_context(mounted(folder / name, size))
                for name, size in (("tables", "40m"), ("log", "64m"), ("uploads", "8m"))
            )
        except (OSError, subprocess.CalledProcessError):
            yield Row("disk full", "not tried: file systems cannot be mounted here")
            return
        Cluster.own(tables, log)
        log_folder = log / "wal"
        at = mounts.enter_context(
            stage(
                folder / "disk",
                f"--waldir={log_folder}",
                "--wal-segsize=1",
                committees=1,
                own=True,
                environment={"TMPDIR": str(uploads)},
                min_wal_size="2MB",
                max_wal_size="8MB",
            )
        )
        with at.connect() as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
            connection.execute("ALTER TABLE proposals_sourcedocument SET TABLESPACE small")
        yield upload(at, tables, "of the tables full")
        yield upload(at, uploads, "where uploads are received full")
        yield log_full(at, log)


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """Mount a small file system."""
    folder.mkdir()
    if os.geteuid() != 0:
        raise PermissionError
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(folder: Path) -> Path:
    """Leave no room in a file system."""
    ballast = folder / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    return ballast


def upload(at: Stage, disk: Path, what: str) -> Row:
    """Send a document that there is no room for, and again when there is."""
    place = at.told["committees"][0]
    row = Row("disk full", f"disk {what}, a document of 4 MB sent", 0, 0, 0)
    sent = [("committee", place["committee"]), ("party", place["party"]), ("year", "2028"), ("title", "")]
    content = os.urandom(2 * MB).hex().encode()  # nothing that would be smaller compressed
    name = f"{what.replace(' ', '-')}.txt"
    ballast = fill(disk)
    answer = at.person().post("/arbete/import/", sent, (name, content))
    if answer.status != 503 or "Det finns inte plats" not in answer.text or not answer.headers.get("Retry-After"):
        row.broken.append(f"answered {answer.status}")
    row.seen = "503: ”Det finns inte plats att spara mer hos oss”; pages were shown"
    if at.site.status("/") != 200:
        row.broken.append("readers were held up")
    if count(at, name):
        row.broken.append("something of it was kept")
    ballast.unlink()
    began = time.monotonic()
    again: Answer
    again, _ = at.person().insist("/arbete/import/", sent, (name, content))
    row.back.append(time.monotonic() - began)
    # What is no plan is refused when it has been read, and then it is gone again, which is an answer too.
    row.acknowledged += again.status in (302, 422)
    row.lost += again.status == 302 and count(at, name) < 1
    row.doubled += count(at, name) > 1
    row.broken += at.broken()
    return row


def count(at: Stage, name: str) -> int:
    with at.connect() as connection:
        sql = "SELECT count(*) FROM proposals_sourcedocument WHERE name = %s"
        return int(connection.execute(sql, [name]).fetchone()[0])


def log_full(at: Stage, disk: Path) -> Row:
    """Let the server write until it cannot, which stops it; it starts again when there is room."""
    outage = Outage(at, "disk full", "disk of PostgreSQL's log (WAL) full until it stopped, then room and a start")
    ballast = fill(disk)
    with suppress(psycopg.Error), at.connect() as connection:
        for _ in range(200):
            connection.execute("SELECT pg_logical_emit_message(true, 'chaos', repeat('x', 1000000))")
    outage.refused()
    outage.row.seen = "503 for pages and the form while it was stopped"
    ballast.unlink()
    began = time.monotonic()
    with suppress(RuntimeError):
        at.cluster.call("pg_ctl", "-D", ".", "-w", "-l", "log", "start")  # unless it has come back by itself
    soon(lambda: psycopg.connect(at.url).close())
    return outage.over(began)

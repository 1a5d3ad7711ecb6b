"""Disks that are full: the database's, that of its log, and where uploads are received. Each is a small file system."""

import os
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import psycopg

from config import embedded
from tests.chaos.outages import Outage
from tests.chaos.stage import Stage, stage
from tests.chaos.table import Row

MB = 1_000_000


def rows(folder: Path) -> Generator[Row, None, None]:
    """Fill each in turn."""
    with ExitStack() as mounts:
        try:
            tables, log, uploads = (
                mounts.enter_context(mounted(folder / name, size))
                for name, size in (("tables", "40m"), ("log", "64m"), ("uploads", "8m"))
            )
        except (OSError, subprocess.CalledProcessError):
            yield Row("disk full", "not tried: file systems cannot be mounted here", tried=False)
            return
        for disk in (tables, log):
            embedded.hand_over(disk)
        log_folder = log / "wal"
        at = mounts.enter_context(
            stage(
                folder / "disk",
                f"--waldir={log_folder}",
                "--wal-segsize=1",
                committees=1,
                # Python looks for a folder with room once in each process; this one has, when the first is received.
                environment={"TMPDIR": str(uploads), "WORKERS": "1"},
                min_wal_size="2MB",
                max_wal_size="8MB",
            )
        )
        with at.cluster.connect() as connection:
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
    content, name = plan(), f"{what.replace(' ', '-')}.docx"
    ballast = fill(disk)
    answer = at.person().post("/arbete/import/", sent, (name, content))
    if answer.status != 503 or "Det finns inte plats" not in answer.text or not answer.headers.get("Retry-After"):
        row.broken.append(f"answered {answer.status}")
    page = at.site.status("/")
    if page != 200:
        row.broken.append("readers were held up")
    row.seen = f"{answer.status} for the document, {page} for a page"
    if count(at, name):
        row.broken.append("something of it was kept")
    ballast.unlink()
    began = time.monotonic()
    again = at.person().insist("/arbete/import/", sent, (name, content))
    row.back.append(time.monotonic() - began)
    row.acknowledge(again.status)
    row.lost += count(at, name) < 1
    row.doubled += count(at, name) > 1
    row.broken += at.broken()
    return row


def plan() -> bytes:
    """Make a plan with a picture of 4 MB, which cannot be made smaller."""
    document, content = docx.Document(), BytesIO()
    document.add_heading("Plan 2028", 1)
    document.add_heading("Mål och uppdrag", 2)
    for number in range(1, 13):
        document.add_paragraph(f"Öppna {number} nya platser för den som behöver det", style="List Bullet")
    document.save(content)
    with ZipFile(content, "a") as parts:
        parts.writestr("word/media/picture.bin", os.urandom(4 * MB))
    return content.getvalue()


def count(at: Stage, name: str) -> int:
    with at.cluster.connect() as connection:
        sql = "SELECT count(*) FROM proposals_sourcedocument WHERE name = %s"
        return int(connection.execute(sql, [name]).fetchone()[0])


def log_full(at: Stage, disk: Path) -> Row:
    """Let the server write until it cannot, which stops it; it starts again when there is room."""
    outage = Outage(at, "disk full", "disk of PostgreSQL's log (WAL) full until it stopped, then room and a start")
    ballast = fill(disk)
    with suppress(psycopg.Error), at.cluster.connect() as connection:
        for _ in range(200):
            connection.execute("SELECT pg_logical_emit_message(true, 'chaos', repeat('x', 1000000))")
    outage.row.seen = f"{outage.page_refused()}, {outage.refused()}"
    ballast.unlink()
    began = time.monotonic()
    at.cluster.stop()  # if it tries to come back by itself
    at.cluster.start()
    return outage.over(began)

"""A database that is gone, full, frozen, occupied or no longer takes writes, and the site in front of it."""

import threading
import time
import uuid
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.chaos.person import Answer, Person, UnansweredError
from tests.chaos.stage import Stage, stage
from tests.chaos.table import Row

#: The limits of the site that is tried: 3 s to see whether a kept connection answers, 3 s to connect, 10 + 2 s for a
#: statement; and some for a machine that is busy.
LONGEST = 3 + 3 + 10 + 2 + 2
READERS = 8
#: More connections than this are not asked for, of a server that takes more.
MOST = 500


def rows(folder: Path) -> Generator[Row, None, None]:
    """Try each, one after the other, with the same site."""
    with stage(folder / "outages", committees=1, max_connections="20") as at:
        for outage in (gone, frozen, filled, occupied, read_only):
            yield outage(at)


class Outage:
    """A form that is sent while the database is away: refused in calm words, and saved once when it is sent again."""

    def __init__(self, at: Stage, fault: str, done: str):
        self.at, self.row = at, Row(fault, done, 0, 0, 0)
        place = at.told["committees"][0]
        with at.cluster.connect() as connection:
            (used,) = connection.execute("SELECT count(DISTINCT goal_id) FROM goals_statusupdate").fetchone()
        goal = place["goals"][used]
        self.path = f"/arbete/{place['address']}/tertial-1/{place['slug']}/{goal['number']}/"
        self.comment = f"Skrivet när {fault} hände"
        self.sent = [("status", "partly"), ("comment", self.comment), ("key", str(uuid.uuid4())), ("seen", "")]

    def refused(self) -> str:
        """Send it, make sure that it is refused as it should be, and tell how."""
        began = time.monotonic()
        answer = self.at.person().post(self.path, self.sent)
        took = time.monotonic() - began
        self.says_so(answer, took)
        if self.comment not in answer.text or "Skicka igen" not in answer.text:
            self.row.broken.append("what was typed was not in the answer")
        return f"{answer.status} for the form after {took:.1f} s"

    def page_refused(self) -> str:
        """Ask for a page, make sure that it is refused as it should be, and tell how."""
        began = time.monotonic()
        answer = self.at.person().get("/")
        took = time.monotonic() - began
        self.says_so(answer, took)
        return f"{answer.status} for a page after {took:.1f} s"

    def page_shown(self) -> str:
        """Ask for a page, which readers are to get, and tell how it went."""
        if (status := self.at.site.status("/")) != 200:
            self.row.broken.append("readers were held up")
        return f"{status} for a page"

    def says_so(self, answer: Answer, seconds: float) -> None:
        """Make sure that an answer is 503, says when to come again, and came in time."""
        if answer.status != 503 or not answer.headers.get("Retry-After"):
            self.row.broken.append(f"{answer.status} without Retry-After")
        if seconds > LONGEST:
            self.row.broken.append(f"an answer took {seconds:.0f} s")

    def over(self, began: float) -> Row:
        """Let it be over, and send the form again, twice."""
        self.at.site.wait_for("/")
        self.row.back.append(time.monotonic() - began)
        first, second = (self.at.person().insist(self.path, self.sent) for _ in range(2))
        self.row.acknowledge(first.status)
        if second.status != 302:
            self.row.broken.append(f"sent twice: {second.status}")
        with self.at.cluster.connect() as connection:
            sql = "SELECT count(*) FROM goals_statusupdate WHERE comment = %s"
            (found,) = connection.execute(sql, [self.comment]).fetchone()
        self.row.lost += found < 1
        self.row.doubled += found > 1
        self.row.broken += self.at.broken()
        return self.row


def gone(at: Stage) -> Row:
    outage = Outage(at, "kill -9 of PostgreSQL", "away for 5 s, a page and a form meanwhile, then started")
    at.cluster.kill()
    outage.row.seen = f"{outage.page_refused()}, {outage.refused()}"
    time.sleep(5)
    began = time.monotonic()
    at.cluster.start()
    return outage.over(began)


def frozen(at: Stage) -> Row:
    """Freeze it under readers and a writer whose connections are kept, and one who is in the middle of a write."""
    outage = Outage(
        at, "SIGSTOP of all of PostgreSQL", f"for 30 s, {READERS} readers without pause and a form meanwhile"
    )
    at.site.wait_for("/")
    at.cluster.freeze()
    ends = time.monotonic() + 30
    slowest, statuses = [0.0], []

    def read() -> None:
        person = Person(at.site.port)
        while time.monotonic() < ends:
            began = time.monotonic()
            try:
                answer = person.get("/")
            except UnansweredError:
                outage.row.broken.append("a reader got no answer")
                return
            slowest[0] = max(slowest[0], time.monotonic() - began)
            statuses.append(answer.status)
            if answer.status != 200:
                outage.says_so(answer, time.monotonic() - began)

    readers = [threading.Thread(target=read) for _ in range(READERS)]
    for reader in readers:
        reader.start()
    outage.refused()
    for reader in readers:
        reader.join()
    refused = statuses.count(503)
    outage.row.seen = f"{refused} times 503 of {len(statuses)}; the slowest answer took {slowest[0]:.1f} s"
    began = time.monotonic()
    at.cluster.thaw()
    return outage.over(began)


def filled(at: Stage) -> Row:
    """Let others take every connection there is, and then start a worker, which has none."""
    outage = Outage(
        at, "connections filled", "others took all of them, the workers were killed and came back with none"
    )
    others: list[psycopg.Connection] = []
    _take_all(at, others)
    at.site.kill_workers(2)
    at.site.wait_for("/robots.txt")
    _take_all(at, others)  # what the workers had
    outage.row.seen = f"{outage.page_refused()}, {outage.refused()}, while {len(others)} others were connected"
    began = time.monotonic()
    for other in others:
        other.close()
    return outage.over(began)


def _take_all(at: Stage, others: list[psycopg.Connection]) -> None:
    with suppress(psycopg.OperationalError):
        while len(others) < MOST:
            others.append(psycopg.connect(at.cluster.url(), connect_timeout=10))


def occupied(at: Stage) -> Row:
    """Hold what a writer needs for longer than a writer waits."""
    outage = Outage(at, "a lock that is held", "on the period that a form writes to")
    with at.cluster.connect() as connection, connection.transaction():
        connection.execute("SELECT FROM goals_reportingperiod FOR UPDATE")
        outage.row.seen = f"{outage.refused()}, {outage.page_shown()}"
    return outage.over(time.monotonic())


def read_only(at: Stage) -> Row:
    """Let the server take no writes, as one does that has handed them over to another."""
    outage = Outage(at, "PostgreSQL read-only", "as after a failover, then as before")
    with at.cluster.connect() as connection:
        connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        connection.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)
        outage.row.seen = f"{outage.refused()}, {outage.page_shown()}"
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
        connection.execute("SELECT pg_reload_conf()")
    return outage.over(time.monotonic())

"""Secretaries who write without pause, and send again what was not answered, as a browser does."""

import random
import re
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from tests.chaos.furnish import EACH
from tests.chaos.person import Person, UnansweredError, hidden

STATUSES = ("not_started", "in_progress", "partly", "achieved", "not_achieved")
PERIODS = ("tertial-1", "delar")
#: How many single records come between two batches.
BETWEEN = 15


@dataclass
class Ledger:
    """What was acknowledged: the comment of each write, and the goals that it was of."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    wanted: int = 0
    taken: int = 0
    acknowledged: list[tuple[str, int]] = field(default_factory=list)
    #: Those that were sent more than once, with when they were sent the last time.
    again: list[tuple[str, datetime]] = field(default_factory=list)
    sent: int = 0
    wrong: list[str] = field(default_factory=list)

    def take(self, count: int) -> int:
        """Take so many of the records that remain to be written, and give how many records were taken before."""
        with self.lock:
            if self.taken >= self.wanted or self.wrong:
                return -1
            before, self.taken = self.taken, self.taken + count
            return before

    def acknowledge(self, comment: str, goals: list[int], tries: int, latest: datetime) -> None:
        """Note that a write was acknowledged."""
        with self.lock:
            self.acknowledged += [(comment, goal) for goal in goals]
            self.sent += tries
            if tries > 1:
                self.again.append((comment, latest))

    def compare(self, connection: psycopg.Connection) -> dict[str, int]:
        """Compare with what the database has: what is lost, doubled and sent twice; what else differs is wrong."""
        rows = connection.execute(
            "SELECT comment, goal_id, count(*), min(recorded_at) FROM goals_statusupdate"
            " WHERE comment <> '' GROUP BY comment, goal_id"
        ).fetchall()
        there = {(comment, goal): count for comment, goal, count, _ in rows}
        first = {comment: at for comment, _, _, at in rows}
        if len(self.acknowledged) < self.wanted:
            self.wrong.append(f"{len(self.acknowledged)} acknowledged of {self.wanted}")
        if unknown := len(there.keys() - set(self.acknowledged)):
            self.wrong.append(f"{unknown} in the database that nobody was told of")
        return {
            "acknowledged": len(self.acknowledged),
            "lost": sum(1 for write in self.acknowledged if write not in there),
            "doubled": sum(1 for count in there.values() if count > 1),
            "sent again": len(self.again),
            "saved already when sent again": sum(1 for comment, at in self.again if first.get(comment, at) < at),
        }


class Writer(threading.Thread):
    """A secretary, who judges goals that nobody else does, one after the other and sometimes all at once."""

    def __init__(self, port: int, place: dict[str, Any], number: int, ledger: Ledger):
        super().__init__(daemon=True)
        self.person = Person(port, place["sessions"][number], keeps=True)
        self.place, self.ledger = place, ledger
        self.goals = place["goals"][number * EACH : (number + 1) * EACH]
        self.seen: dict[tuple[str, int], str] = {}
        self.chance = random.Random(f"{place['address']}{number}")

    def run(self) -> None:
        try:
            while self.write(self.goals if self.chance.randrange(BETWEEN) == 0 else [self.chance.choice(self.goals)]):
                pass
        except Exception as error:
            self.ledger.wrong.append(f"{type(error).__name__}: {error}"[:300])

    def write(self, goals: list[dict[str, int]]) -> bool:
        """Judge some goals, and insist until it is acknowledged."""
        at = self.ledger.take(len(goals))
        if at < 0:
            return False
        period = self.chance.choice(PERIODS)
        comment = f"Samling av {len(goals)} från {at}" if len(goals) > 1 else f"Skrivning {at}"
        sent = [("status", self.chance.choice(STATUSES)), ("comment", comment), ("key", str(uuid.uuid4()))]
        base = f"/arbete/{self.place['address']}/{period}/"
        if len(goals) > 1:
            path = f"{base}samla/"
            for goal in goals:
                sent += [("mal", str(goal["pk"])), (f"sedd-{goal['pk']}", self.seen.get((period, goal["pk"]), ""))]
        else:
            path = f"{base}{self.place['slug']}/{goals[0]['number']}/"
            sent.append(("seen", self.seen.get((period, goals[0]["pk"]), "")))
        answer = self.person.insist(path, sent)
        if answer.status != 302 or "/logga-in/" in answer.location or "samla" in answer.location:
            self.ledger.wrong.append(f"{path}: {answer.status} {answer.location}")
            return False
        self.ledger.acknowledge(comment, [goal["pk"] for goal in goals], self.person.tries, self.person.latest)
        if len(goals) == 1:
            self.seen[period, goals[0]["pk"]] = re.search(r"sparat=(\d+)", answer.location)[1]
        else:
            self.look(base, period, goals)
        return True

    def look(self, base: str, period: str, goals: list[dict[str, int]]) -> None:
        """See what stands of some goals now, as one must before one judges them again."""
        query = "&".join(f"mal={goal['pk']}" for goal in goals)
        answer = self.person.insist(f"{base}samla/?{query}")
        if answer.status != 200:
            raise RuntimeError(f"{base}samla/: {answer.status} {answer.location}")
        found = hidden(answer.text)
        for goal in goals:
            self.seen[period, goal["pk"]] = found[f"sedd-{goal['pk']}"]


class Reader(threading.Thread):
    """Somebody who reads goals' pages without pause, so that there are kept ones that must not be shown when old."""

    def __init__(self, port: int, told: dict[str, Any]):
        super().__init__(daemon=True)
        self.person = Person(port, keeps=True)
        self.pages = pages(told)
        self.is_done = threading.Event()

    def run(self) -> None:
        while not self.is_done.wait(0.05):
            with suppress(UnansweredError):
                self.person.get(random.choice(self.pages)[1])


def pages(told: dict[str, Any]) -> list[tuple[int, str]]:
    """Give each goal with the address of its page."""
    return [
        (goal["pk"], f"/{place['address']}/{place['slug']}/{goal['number']}/")
        for place in told["committees"]
        for goal in place["goals"]
    ]


def writers(port: int, told: dict[str, Any], ledger: Ledger) -> list[Writer]:
    """Give a writer for every secretary."""
    return [
        Writer(port, place, number, ledger) for place in told["committees"] for number in range(len(place["sessions"]))
    ]

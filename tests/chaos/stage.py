"""Where it all happens: a PostgreSQL of its own, the site in front of it, and committees to work for."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.browser.server import free_port
from tests.chaos import invariants
from tests.chaos.person import Person
from tests.chaos.site import Site, environment_of, run
from tests.chaos.writes import pages
from tests.clusters import Cluster

COLLECT = "import django; django.setup(); from config import static; static.collect()"


@dataclass
class Stage:
    """The parts."""

    cluster: Cluster
    environment: dict[str, str]
    site: Site
    told: dict[str, Any]

    def person(self, place: int = 0, number: int = 0) -> Person:
        """Give somebody who is signed in for a committee."""
        return Person(self.site.port, self.told["committees"][place]["sessions"][number])

    def broken(self) -> list[str]:
        """Give what does not hold, in the database and between it and the pages that are shown of it."""
        with self.cluster.connect() as connection:
            return invariants.of(connection) + self.pages_that_differ(connection)

    def pages_that_differ(self, connection: psycopg.Connection) -> list[str]:
        """Compare each goal's page, as a reader gets it and so kept where it may be, with the latest record of it."""
        latest = connection.execute(
            "SELECT DISTINCT ON (goal_id) goal_id, comment FROM goals_statusupdate ORDER BY goal_id, id DESC"
        )
        comments, reader, wrong = dict(latest.fetchall()), Person(self.site.port), 0
        for goal, path in pages(self.told):
            answer = reader.insist(path)
            if answer.status != 200:
                return [f"{path} answers {answer.status}"]
            wrong += comments.get(goal, "") not in answer.text
        return [f"{wrong} pages without the latest record of their goal"] if wrong else []


@contextmanager
def workspace() -> Iterator[Path]:
    """Give a folder that PostgreSQL's own user is let in to, and take it away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster(
    folder: Path, *arguments: str, environment: dict[str, str] | None = None, **settings: str
) -> Iterator[Cluster]:
    """Start a PostgreSQL of our own, whatever ``DATABASE_URL`` names, and take it away afterwards."""
    server = Cluster(folder, environment)
    try:
        server.make(*arguments, **settings)
        server.start()
        yield server
    finally:
        server.remove()


@contextmanager
def stage(
    folder: Path,
    *arguments: str,
    committees: int = 4,
    goals: int = 16,
    environment: dict[str, str] | None = None,
    **settings: str,
) -> Iterator[Stage]:
    """Set it up, and take it down."""
    with cluster(folder / "pg", *arguments, environment=environment, **settings) as server:
        known = environment_of(server.url(), folder / "app", free_port(), **{"WORKERS": "2", **(environment or {})})
        told = furnished(known, committees, goals)
        collected = folder.parent / "static"
        (folder / "app").mkdir(exist_ok=True)
        (folder / "app/static").symlink_to(collected)
        if not collected.exists():
            collected.mkdir()
            run(known, "-c", COLLECT)
        site = Site(known, folder / "site.log")
        try:
            site.start()
            yield Stage(server, known, site, told)
        finally:
            site.kill()


def furnished(environment: dict[str, str], committees: int, goals: int) -> dict[str, Any]:
    """Make committees, goals and people in a database, and tell where they are."""
    return dict(json.loads(run(environment, "-m", "tests.chaos.furnish", str(committees), str(goals))))

"""Where it all happens: a database of its own, the site in front of it, and committees to work for."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.chaos import invariants
from tests.chaos.cluster import Cluster
from tests.chaos.person import Person, UnansweredError
from tests.chaos.site import Site, environment_of, run

PORT = int(os.environ.get("CHAOS_PORT", "8130"))
COLLECT = "import django; django.setup(); from config import static; static.collect()"
#: Where the database is that ``DATABASE_URL`` names, a database of this name is made beside it.
NAME = "chaos_namndkollen"


@dataclass
class Stage:
    """The parts. There is no cluster where the database is somebody else's, who alone may stop it."""

    folder: Path
    cluster: Cluster | None
    url: str
    environment: dict[str, str]
    site: Site
    told: dict[str, Any]

    def connect(self) -> psycopg.Connection:
        """Connect to the database."""
        return self.cluster.connect() if self.cluster else psycopg.connect(self.url, autocommit=True)

    def person(self, place: int = 0, number: int = 0) -> Person:
        """Give somebody who is signed in for a committee."""
        return Person(PORT, self.told["committees"][place]["sessions"][number])

    def broken(self) -> list[str]:
        """Give what does not hold, in the database and between it and the pages that are shown of it."""
        with self.connect() as connection:
            return invariants.of(connection) + self.pages_that_differ(connection)

    def pages_that_differ(self, connection: psycopg.Connection) -> list[str]:
        """Compare each goal's page with the latest that is recorded of it."""
        latest = connection.execute(
            "SELECT DISTINCT ON (goal_id) goal_id, comment FROM goals_statusupdate ORDER BY goal_id, id DESC"
        )
        comments, wrong, person = dict(latest.fetchall()), 0, self.person()
        for place in self.told["committees"]:
            for goal in place["goals"]:
                comment = comments.get(goal["pk"], "")
                wrong += comment not in _insistently(person, f"/{place['address']}/{place['slug']}/{goal['number']}/")
        return [f"{wrong} pages without the latest record of their goal"] if wrong else []


def _insistently(person: Person, path: str) -> str:
    while True:
        try:
            answer = person.get(path)
            if answer.status == 200:
                return answer.text
        except UnansweredError:
            pass


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
def stage(
    folder: Path,
    *arguments: str,
    committees: int = 4,
    goals: int = 16,
    own: bool = False,
    environment: dict[str, str] | None = None,
    **settings: str,
) -> Iterator[Stage]:
    """Set it up, and take it down. ``own``: with a cluster even where ``DATABASE_URL`` names a database."""
    folder.mkdir(exist_ok=True)
    further = {"WORKERS": "2", **(environment or {})}
    if os.environ.get("DATABASE_URL") and not own:
        with database_beside() as url:
            yield from _staged(folder, None, url, further, committees, goals)
        return
    cluster = Cluster(folder / "pg", *arguments, environment=environment, **settings)
    try:
        cluster.start()
        yield from _staged(folder, cluster, cluster.url(), further, committees, goals)
    finally:
        cluster.remove()


def _staged(
    folder: Path, cluster: Cluster | None, url: str, further: dict[str, str], committees: int, goals: int
) -> Iterator[Stage]:
    environment = environment_of(url, folder / "app", PORT, **further)
    told = furnished(environment, committees, goals)
    collected = Path(tempfile.gettempdir()) / f"chaos-static-{os.getpid()}"
    (folder / "app").mkdir(exist_ok=True)
    (folder / "app/static").symlink_to(collected)
    if not collected.exists():
        collected.mkdir()
        run({**environment, "DJANGO_SETTINGS_MODULE": "config.settings"}, "-c", COLLECT)
    site = Site(environment, folder / "site.log")
    try:
        site.start()
        yield Stage(folder, cluster, url, environment, site, told)
    finally:
        site.kill()


def furnished(environment: dict[str, str], committees: int, goals: int) -> dict[str, Any]:
    """Make committees, goals and people in a database, and tell where they are."""
    return dict(json.loads(run(environment, "-m", "tests.chaos.furnish", str(committees), str(goals))))


@contextmanager
def database_beside() -> Iterator[str]:
    """Make a database beside the one that ``DATABASE_URL`` names."""
    given = os.environ["DATABASE_URL"]
    with psycopg.connect(given, autocommit=True) as connection:
        drop = f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)'
        connection.execute(drop)
        connection.execute(f'CREATE DATABASE "{NAME}"')
        try:
            yield f"{given.rpartition('/')[0]}/{NAME}"
        finally:
            connection.execute(drop)

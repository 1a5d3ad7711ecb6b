"""Databases that tests begin with, made once and then copied, which PostgreSQL does in a moment."""

import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from io import StringIO
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

#: What the databases that this session makes and its workers copy are called; they are gone when it ends.
SHARED = "namndkollen_tests_"
#: What a database that is migrated and empty is called, before what says of which migrations. It stays.
MIGRATED = "namndkollen_migrated_"


def server() -> psycopg.Connection:
    """Connect to the server, to make databases and to drop them."""
    base = settings.DATABASES["default"]
    given = {
        "host": base.get("HOST"),
        "port": base.get("PORT"),
        "user": base.get("USER"),
        "password": base.get("PASSWORD"),
    }
    return psycopg.connect(dbname="postgres", autocommit=True, **{key: value for key, value in given.items() if value})


def copy(name: str, template: str | None = None) -> None:
    """Make a database, as a copy if a template is given, in the place of one that has been left there."""
    with server() as ours:
        ours.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        ours.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))


def drop(*names: str) -> None:
    """Drop databases, those that are not there too."""
    with server() as ours:
        for name in names:
            ours.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def those_called(beginning: str) -> list[str]:
    """Name the databases that begin so."""
    with server() as ours:
        found = ours.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [beginning])
        return [name for (name,) in found]


@contextmanager
def used(name: str) -> Iterator[None]:
    """Let Django use another database until this ends."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def made(name: str, template: str | None, make: Callable[[], object]) -> None:
    """Make a database by doing something in a copy of another, which gets its name when it is whole."""
    unfinished = f"{name}_unfinished"
    copy(unfinished, template)
    with used(unfinished):
        make()
    with server() as ours:
        ours.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        ours.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')


def migrated() -> str:
    """Name the database that has all tables and no rows, which is made when a migration has changed.

    To migrate takes ten seconds, and every session and each of its workers would.
    """
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        for file in sorted(Path(config.path, "migrations").glob("*.py")):
            digest.update(f"\n{config.label} {file.name}\n".encode() + file.read_bytes())
    name = MIGRATED + digest.hexdigest()[:16]
    with _alone(Path(settings.DATA_DIR) / "tests.lock"):
        if name not in (there := those_called(MIGRATED)):
            made(name, None, partial(call_command, "migrate", verbosity=0))
            drop(*there)
    return name


def shared(what: str, folder: Path, template: Callable[[], str], make: Callable[[], object]) -> str:
    """Name a database that all workers of a session copy, which the first of them makes."""
    name = SHARED + what
    with _alone(folder / f"{what}.lock"):
        if not (done := folder / f"{what}.made").exists():
            made(name, template(), make)
            done.touch()
    return name


def load_plans() -> None:
    """Load the two real plans as `manage.py load_plans` does."""
    call_command("load_plans", verbosity=0, stdout=StringIO())


def with_plans(folder: Path) -> str:
    """Name the database with the two real plans and nothing else."""
    return shared("plans", folder, migrated, load_plans)


class Furnished:
    """A worker's database that has the two plans from the start, beside the empty one, with a connection to each.

    To load the plans for each test that wants them would take most of the time of most tests.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.empty = str(connection.settings_dict["NAME"])
        self.with_plans = f"{self.empty}_plans"
        self._is_made = False
        self._kept: psycopg.Connection | None = None

    @contextmanager
    def used(self) -> Iterator[None]:
        """Let Django use it until this ends."""
        assert not connection.in_atomic_block, "a test with plans has begun in the empty database"
        # Django keeps what it knows of a transaction whose connection was closed until it connects again.
        connection.ensure_connection()
        if not self._is_made:
            copy(self.with_plans, with_plans(self.folder))
            self._is_made = True
        empty, connection.connection = connection.connection, self._kept
        connection.settings_dict["NAME"] = self.with_plans
        try:
            yield
        finally:
            connection.ensure_connection()
            self._kept, connection.connection = connection.connection, empty
            connection.settings_dict["NAME"] = self.empty

    def is_used(self) -> bool:
        """Tell whether Django uses it now."""
        return bool(connection.settings_dict["NAME"] == self.with_plans)

    def drop(self) -> None:
        """Drop it, and the connection to it."""
        if self._kept:
            self._kept.close()
        drop(self.with_plans)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process at a time make what others only copy."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield

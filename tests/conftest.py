"""What every test may ask for."""

import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from whitenoise import WhiteNoise
from xdist.scheduler import LoadScopeScheduling

from config import static
from proposals.manifest import PLANS
from proposals.models import PlanYear, Proposal
from tests.cast import Cast
from tests.snapshot import made_once

SEEDS = PLANS / "eskilstuna-socialnamnden-2017"
V_FILE = SEEDS / "vansterpartiet-socialnamnden-2017.md"
KD_FILE = SEEDS / "kristdemokraterna-socialnamnden-2017.txt"
BASE = "/eskilstuna/socialnamnden"
YEAR = f"{BASE}/2017"

#: What one worker runs all of, because it shares what takes long to make: a site that is served, an installation.
TOGETHER = ("tests/browser/", "tests/chaos/", "tests/config/test_run.py", "tests/deploy/")

# What hypothesis draws is judged by what comes of it, not by how fast a machine that is busy with other tests is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


class KeptTogether(LoadScopeScheduling):
    """Hands out tests one by one, but those that share something all to one worker, and first.

    Marking them as a group of pytest-xdist's does nothing with pytest 9.2, and says nothing (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((start for start in TOGETHER if nodeid.startswith(start)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> KeptTogether:
    """Let both workers end together."""
    return KeptTogether(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Let nothing of ours hold the test database when it is dropped.

    While Playwright runs, its event loop gives Django another context, and with it another connection.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )


class Clock:
    """What `django.utils.timezone.now` says, set by the test in Swedish time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch):
        self.time = datetime(2017, 9, 20, 10, tzinfo=ZoneInfo("Europe/Stockholm"))
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.time)

    def set(self, *parts: int) -> None:
        self.time = datetime(*parts, tzinfo=ZoneInfo("Europe/Stockholm"))


@pytest.fixture(scope="session", autouse=True)
def static_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Collect the static files as production does, into a folder of this session's that its workers share."""
    from django.conf import settings

    shared = shared_folder(tmp_path_factory)
    settings.STATIC_ROOT = shared / "static"
    with (shared / "static.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        static.collect()


@pytest.fixture(scope="session", autouse=True)
def static_files_listed_once() -> None:
    """Let all test clients share WhiteNoise's list of the static files.

    Each client has middleware of its own, and WhiteNoise looks at every file when it starts, which took more time than
    all requests together.
    """
    lists: dict[tuple[str, str], dict[str, object]] = {}
    look = WhiteNoise.update_files_dictionary

    def look_once(self: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in lists:
            look(self, root, prefix)
            lists[root, prefix] = dict(self.files)
        self.files.update(lists[root, prefix])

    WhiteNoise.update_files_dictionary = look_once


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder that all workers of a session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Hash passwords quickly: Argon2 is slow on purpose, and its own test asks for it."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def plans(db: None) -> PlanYear:
    """Load the two real plans as `manage.py load_plans` does."""
    made_once("plans", lambda: call_command("load_plans", verbosity=0, stdout=StringIO()))
    return PlanYear.objects.get()


@pytest.fixture
def v(plans: PlanYear) -> Proposal:
    return plans.proposals.get(party__slug="v")


@pytest.fixture
def kd(plans: PlanYear) -> Proposal:
    return plans.proposals.get(party__slug="kd")


@pytest.fixture
def cast(plans: PlanYear) -> Cast:
    """Give people in every role of Socialnämnden, and one in none of them."""
    return Cast.of(plans.committee)


@pytest.fixture
def raised_at_once(db: None) -> Iterator[None]:
    """Let each statement raise the edition, as each transaction does that is not a test's."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE starts_with(tgname, 'pgtrigger_raises_edition')")
        cursor.execute(f"SET CONSTRAINTS {', '.join(name for (name,) in cursor.fetchall())} IMMEDIATE")
        yield


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give a clock that stands still until it is set."""
    return Clock(monkeypatch)


@pytest.fixture
def triggers_back(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        _switch_triggers("ENABLE ALWAYS")


@pytest.fixture
def committed(triggers_back: None, transactional_db: None) -> Iterator[None]:
    """Give a database where what is written is written, for threads that each have a connection of their own.

    It is emptied afterwards, which the append-only tables must be made to take.
    """
    yield
    _switch_triggers("DISABLE")


def _switch_triggers(how: str) -> None:
    """Let every append-only table take a change, or refuse it as before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgfoid = 'refuse_change'::regproc")
        for table, trigger in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} {how} TRIGGER "{trigger}"')

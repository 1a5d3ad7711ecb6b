"""What every test may ask for."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck, settings
from whitenoise import WhiteNoise
from xdist.scheduler import LoadScopeScheduling

from config import static
from proposals.manifest import PLANS
from proposals.models import PlanYear, Proposal
from tests import databases, static_copy
from tests.cast import Cast
from tests.snapshot import made_once

SEEDS = PLANS / "eskilstuna-socialnamnden-2017"
V_FILE = SEEDS / "vansterpartiet-socialnamnden-2017.md"
KD_FILE = SEEDS / "kristdemokraterna-socialnamnden-2017.txt"
BASE = "/eskilstuna/socialnamnden"
YEAR = f"{BASE}/2017"

#: Where any worker may run any test. Everywhere else one worker runs all tests of a file, because they share what takes
#: long to make, or find what the one before them left.
ONE_BY_ONE = (
    *("tests/config/", "tests/goals/", "tests/parties/", "tests/proposals/"),
    *("tests/browser/test_every_page.py", "tests/browser/test_signed_pages.py"),
)
#: Files of the latter kind that stand among the former, and those that share something with one another.
TOGETHER = {
    "tests/config/test_run.py": "installation",
    "tests/config/test_backup.py": "backup",
    "tests/config/test_prepare.py": "prepared",
    "tests/goals/test_example.py": "example of the command",
    "tests/goals/test_overview.py": "example",
    "tests/config/test_export_site.py": "static copy",
    "tests/browser/test_static_copy.py": "static copy",
}

# What hypothesis draws is judged by what comes of it, not by how fast a machine that is busy with other tests is.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


class KeptTogether(LoadScopeScheduling):
    """Hands out tests one by one, but those that share something all to one worker, and first.

    Marking them as a group of pytest-xdist's does nothing with pytest 9.2, and says nothing (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return TOGETHER.get(file) or (nodeid if file.startswith(ONE_BY_ONE) else file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> KeptTogether:
    """Let both workers end together."""
    return KeptTogether(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: pytest.FixtureRequest
) -> None:
    """Copy the empty database from one that is migrated already."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = databases.migrated()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[databases.Furnished]:
    """Make the test database for whoever asks, and let nothing of ours hold it when it is dropped.

    pytest-django's own makes one only where some test that is run asks for ``db``, and else leaves the real one to
    those that ask for this. While Playwright runs, its event loop gives Django another context, and with it another
    connection.
    """
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases=["default"], serialized_aliases=())
    furnished = databases.Furnished(shared_folder(tmp_path_factory))
    yield furnished
    with django_db_blocker.unblock():
        furnished.drop()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
            )
        teardown_databases(made, verbosity=0)


@pytest.fixture
def with_plans(
    request: pytest.FixtureRequest, django_db_setup: databases.Furnished, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Let a test that asks for the plans have the database that they are in from the start."""
    if "plans" not in request.fixturenames or "transactional_db" in request.fixturenames:
        yield
        return
    with django_db_blocker.unblock(), django_db_setup.used():
        yield


@pytest.fixture
def db(with_plans: None, _django_db_helper: None) -> None:
    """Give a database, in a transaction that is rolled back: the one with plans, or the empty one."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop what the workers have copied from, when all of them are done."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        with suppress(psycopg.OperationalError):
            databases.drop(*databases.those_called(databases.SHARED))


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
def plans(db: None, django_db_setup: databases.Furnished) -> PlanYear:
    """Give the two real plans, as `manage.py load_plans` loads them."""
    if not django_db_setup.is_used():
        made_once("plans", databases.load_plans)
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


@pytest.fixture(scope="session")
def place_of_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archive") / "copy"


@pytest.fixture
def copy(place_of_copy: Path, db: None, clock: Clock, settings: Any) -> Path:
    """Give a static copy of the two plans with example follow-up, made at ten o'clock on 20 September 2017.

    All tests that only look at one look at the same, which takes long to make.
    """
    if not place_of_copy.exists():
        settings.SITE_ADDRESS = static_copy.SITE
        static_copy.load_plans_with_example()
        static_copy.export(place_of_copy)
    return place_of_copy


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

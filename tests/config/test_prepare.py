"""What a start prepares: when there are examples, when there are accounts to try them with, and what is said of it."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from goals.models import StatusUpdate
from parties.models import User
from tests.cast import Cast
from tests.snapshot import made_once


@pytest.fixture(autouse=True)
def installation(settings, tmp_path: Path) -> None:
    """Take the tests' database for the embedded one of an installation with a folder of its own."""
    settings.EMBEDDED = settings.EXAMPLE = True
    settings.HOST = "127.0.0.1"
    settings.DATA_DIR = tmp_path


@pytest.fixture
def prepared(db: None, settings) -> None:
    """Give what a start with examples has prepared."""
    made_once("prepared", prepare)


def prepare() -> str:
    out = StringIO()
    call_command("prepare", stdout=out)
    return out.getvalue()


def open_accounts() -> int:
    return sum(user.has_usable_password() for user in User.objects.filter(is_example=True))


def test_examples_and_accounts_come_together(db, settings):
    """The accounts are listed once, by role, after what was loaded; another start says the same of them."""
    first, second = prepare(), prepare()
    accounts = first.partition("\nExempelkonton att logga in med:\n")[2]
    assert [line.split()[0] for line in accounts.splitlines()] == [
        "Nämndsekreterare",
        "Nämndsekreterare",
        "Ledamot",
        "Administratör",
    ]
    assert accounts
    assert second.endswith(accounts)
    assert open_accounts() == 4


def test_where_others_can_reach_the_site_no_account_is_open(prepared, settings):
    """Listening to others than this machine closes the accounts, and says so; the next start opens them again."""
    settings.HOST = "192.0.2.1"
    output = prepare()
    assert "Exempelkontona är stängda" in output
    assert "@exempel" not in output
    assert open_accounts() == 0
    settings.HOST = "127.0.0.1"
    prepare()
    assert open_accounts() == 4


def test_no_examples_after_examples(prepared, settings):
    """They cannot be removed, so one is told how to start over; the accounts are closed."""
    settings.EXAMPLE = False
    output = prepare()
    assert "make run EXAMPLE=no DATA_DIR=" in output
    assert "@exempel" not in output
    assert open_accounts() == 0
    assert StatusUpdate.objects.exists()


def test_no_examples_from_the_start(db, settings):
    """Without examples there are plans alone: no follow-up, nobody to sign in as, and not a word about either."""
    settings.EXAMPLE = False
    output = prepare()
    assert "51 mål och uppdrag" in output
    assert "xempel" not in output
    assert not StatusUpdate.objects.exists()
    assert not User.objects.exists()


def test_no_examples_beside_real_follow_up(cast: Cast, plans):
    """Where somebody has begun in earnest, nothing is invented, and the start goes on all the same."""
    goal = plans.proposals.first().goals.first()
    goal.report("achieved", by=cast.secretary, period=plans.periods.first())
    output = prepare()
    assert "Inga exempel läses in." in output
    assert "blandas aldrig" in output
    assert "@exempel" not in output
    assert StatusUpdate.objects.count() == 1
    assert not User.objects.filter(is_example=True).exists()


def test_accounts_that_came_with_a_copied_database_are_closed(prepared, settings):
    """A database that was the embedded one and no longer is has no account that can be signed in to."""
    settings.EMBEDDED = settings.EXAMPLE = False
    assert "xempel" not in prepare()
    assert open_accounts() == 0

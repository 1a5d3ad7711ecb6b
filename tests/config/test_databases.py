"""The databases that tests begin with are whole for each test, whatever the one before did to its connection."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from proposals.models import PlanYear
from tests.databases import Furnished


def test_no_test_is_given_the_real_database(django_db_setup: Furnished):
    """Also where no test that is run asks for `db`, as here when this is run alone."""
    assert connection.settings_dict["NAME"].startswith("test_")
    assert connection.settings_dict["NAME"] == django_db_setup.empty


@pytest.fixture
def furnished(django_db_setup: Furnished, django_db_blocker: pytest.FixtureRequest) -> Iterator[Furnished]:
    with django_db_blocker.unblock():
        with django_db_setup.used():  # so that there is a connection to go back to
            assert PlanYear.objects.count() == 1
        yield django_db_setup


def lose_connection() -> None:
    """Leave the connection as a test does in whose transaction it was closed."""
    with transaction.atomic():
        connection.close()


def plan_years_in_a_transaction() -> int:
    with transaction.atomic():
        return PlanYear.objects.count()


def test_a_connection_is_lost_before_a_test_with_plans(furnished):
    lose_connection()
    with furnished.used():
        assert plan_years_in_a_transaction() == 1
        assert not connection.in_atomic_block
        assert plan_years_in_a_transaction() == 1
    assert plan_years_in_a_transaction() == 0


def test_a_connection_is_lost_in_a_test_with_plans(furnished):
    with furnished.used():
        lose_connection()
    assert plan_years_in_a_transaction() == 0
    assert not connection.in_atomic_block
    with furnished.used():
        assert plan_years_in_a_transaction() == 1

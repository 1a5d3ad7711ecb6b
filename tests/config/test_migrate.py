"""Migrating: by one command at a time."""

import threading
import time

import psycopg
import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from config.one_at_a_time import alone


@pytest.fixture
def unblocked(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield
        connection.close()


@pytest.mark.usefixtures("unblocked")
def test_the_second_waits_for_the_first(capsys):
    """While one migrates, another waits and says so; when the first one ends, however it ends, the second goes on."""
    database = {**connection.get_connection_params(), "context": None, "cursor_factory": psycopg.Cursor}
    first = psycopg.connect(**database, autocommit=True)
    first.execute("SELECT pg_advisory_lock(20170487, 0)")
    ended = []

    def end() -> None:
        time.sleep(0.5)
        ended.append(time.monotonic())
        first.close()

    threading.Thread(target=end).start()
    call_command("migrate", verbosity=0)
    assert time.monotonic() > ended[0]
    assert capsys.readouterr().err.count("Väntar på ett annat kommando") == 1


@pytest.mark.usefixtures("unblocked")
def test_who_has_the_lock_may_take_it_again():
    """`prepare` migrates while it has the lock, and gives it back whatever happens."""
    with pytest.raises(CommandError), alone(connection, print):
        call_command("migrate", "goals", "nowhere", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
        assert cursor.fetchone() == (0,)


@pytest.mark.usefixtures("unblocked")
@pytest.mark.parametrize("named", [("proposals", "0008_year_index"), ("goals", "0009_example_indexes")])
def test_indexes_may_be_begun_again(named):
    """What is made while the site is in use, and so in no transaction, is made anew where it was broken off."""
    loader = MigrationLoader(connection)
    migration = loader.get_migration(*named)
    with connection.schema_editor(atomic=False) as editor:
        migration.apply(loader.project_state(migration.dependencies[0]), editor)
    names = [operation.index.name for operation in migration.operations if isinstance(operation, AddIndexConcurrently)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE indisvalid AND relname = ANY (%s)",
            [names],
        )
        assert names
        assert cursor.fetchone() == (len(names),)

"""Let one command at a time change what a database is made of, whatever machine it is started on."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper

#: What marks our lock among others' (proposals/intake.py has three).
_LOCK = 20_170_487, 0
#: Seconds between two looks.
PAUSE = 0.2


@contextmanager
def alone(connection: BaseDatabaseWrapper, tell: Callable[[str], object]) -> Iterator[None]:
    """Wait until no other command is at it, and keep others waiting. Who has the lock may take it again within.

    It goes with its session, so one that is killed holds nobody up. We look again and again instead of letting the
    server wait: an index that is built concurrently waits for every statement, and would wait for that one for ever.
    """
    waited = False
    while not _ask(connection, "SELECT pg_try_advisory_lock(%s, %s)"):
        if not waited:
            tell("Väntar på ett annat kommando som migrerar samma databas …")
        waited = True
        time.sleep(PAUSE)
    try:
        yield
    finally:
        # Where the connection is gone the lock is, and what happened is not to be hidden by that.
        with suppress(Error):
            _ask(connection, "SELECT pg_advisory_unlock(%s, %s)")


def _ask(connection: BaseDatabaseWrapper, sql: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, _LOCK)
        return bool(cursor.fetchone()[0])

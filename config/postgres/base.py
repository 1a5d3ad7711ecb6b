"""Django's backend for PostgreSQL, for requests that must be answered also when the database does not answer.

The server is told to give up a statement that takes too long or waits too long for a lock, and a transaction in which
nothing happens. A server that hangs, or that no network leads to any more, keeps no such promise, so each wait for it
also has an end here; then the connection is thrown away, for what it would say next is the answer to something else.
And while the server does not answer at all, one thread of a process at a time tries to reach it: the others say so
at once.

All of it begins with ``limit``, which the WSGI application calls. Commands such as ``migrate`` take the time they need.
docs/decisions/0033 says why it is done so.
"""

import time
from collections.abc import Generator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

#: Seconds that we wait longer than the server should need to give up by itself.
GRACE = 2
#: Seconds without a new try after the server did not answer.
PAUSE = 1


@dataclass
class _Process:
    """What all threads of this process know: whether there are limits, and which server has just been silent.

    Of such a one it is known, by the name that the settings have for it, before when nobody is to try again.
    """

    is_limited: bool = False
    no_try_before: dict[str, float] = field(default_factory=dict)


process = _Process()


def limit() -> None:
    """Let no statement of this process take longer than the settings say, from its next connection on."""
    process.is_limited = True


class Connection(psycopg.Connection[Any]):
    """A connection that is thrown away when the server is silent for too long."""

    #: Seconds that a wait for the server may take, if there is a limit.
    longest: float | None = None

    def wait(self, gen: Generator[Any, Any, Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait until something that was asked of the server is answered.

        :raises OperationalError: also if that takes too long.
        """
        try:
            return super().wait(gen, interval, self.longest if timeout is None else timeout)
        except psycopg.OperationalError:
            # Still asking: the answer has not been read, and would be taken for that to the next question.
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with ends to what it waits for."""

    # What Django connects with, and finds the errors in.
    Database = SimpleNamespace(**{**vars(psycopg), "connect": Connection.connect})  # type: ignore[assignment]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        """Connect, unless another thread has just tried in vain."""
        if not process.is_limited:
            return super().get_new_connection(conn_params)  # type: ignore[no-any-return]
        if time.monotonic() < (no_try_before := process.no_try_before.get(self.alias, 0.0)):
            raise psycopg.errors.ConnectionTimeout("the database did not answer a moment ago")
        if no_try_before:  # it was silent: let nobody else try meanwhile
            process.no_try_before[self.alias] = time.monotonic() + settings.DATABASE_CONNECT_SECONDS + PAUSE
        began = time.monotonic()
        try:
            connection: Connection = super().get_new_connection(conn_params)
            self._limit(connection)
        except psycopg.Error:
            # By the time and not by the kind: of two servers that are named, the error is the last one's. One that
            # refuses at once may be tried at once.
            if time.monotonic() - began >= PAUSE:
                process.no_try_before[self.alias] = time.monotonic() + PAUSE
            else:
                process.no_try_before.pop(self.alias, None)
            raise
        process.no_try_before.pop(self.alias, None)
        return connection

    def is_usable(self) -> bool:
        """Tell whether the server answers on this connection, within the time that connecting may take."""
        longest, self.connection.longest = self.connection.longest, settings.DATABASE_CONNECT_SECONDS
        try:
            return bool(super().is_usable())
        finally:
            self.connection.longest = longest

    def _limit(self, connection: Connection) -> None:
        """Set the limits of a new connection.

        After it is made and not as it is made, because PgBouncer takes no options. Where one server connection serves
        many of ours in turn (its transaction pooling), they are set on the role instead.
        """
        connection.autocommit = True  # as Django wants it next
        if settings.DATABASE_STATEMENT_SECONDS:
            connection.longest = settings.DATABASE_STATEMENT_SECONDS + GRACE
        if not settings.DATABASE_SETS_LIMITS:
            return
        wanted = {
            "statement_timeout": settings.DATABASE_STATEMENT_SECONDS,
            "lock_timeout": settings.DATABASE_LOCK_SECONDS,
            "idle_in_transaction_session_timeout": settings.DATABASE_IDLE_SECONDS,
        }
        calls = ", ".join(f"set_config('{name}', '{seconds}s', false)" for name, seconds in wanted.items())
        try:
            connection.execute(f"SELECT {calls}")
        except psycopg.Error:
            connection.close()  # without limits it is none of ours
            raise

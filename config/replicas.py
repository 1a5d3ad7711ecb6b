"""Read replicas: which database a request reads from. Without ``REPLICA_URLS`` nothing here is used.

What a reader who has not signed in asks for with GET or HEAD is read from one replica, the same from the first query to
the last, the edition of the page among them: so no page is ever kept under the number of another database's edition.
Everything else is read from the primary: what those who are signed in see, every form, every command. All writes go
there. A replica that is down, that has fallen behind or that is none any longer is not asked; then the primary answers,
until it is well again. docs/scaling.md says what that promises, and what it does not.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from threading import Lock
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections, models
from django.http import HttpRequest, HttpResponseBase

#: How many seconds pass before a replica is asked again how it is: while it is well, and after it was not.
WELL, UNWELL = 1.0, 5.0

Answer = Callable[[HttpRequest], HttpResponseBase]

_reading: ContextVar[str] = ContextVar("reading", default=DEFAULT_DB_ALIAS)

# A replica has caught up when it has done all that it has received, as long as it receives anything. Else its latest
# commit tells how old it is: also where nothing was written for a while, and then it counts as older than it is.
_HOW_IT_IS = """
SELECT pg_is_in_recovery() AND (
    now() - pg_last_xact_replay_timestamp() <= make_interval(secs => %s)
    OR (
        pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn()
        AND EXISTS (SELECT FROM pg_stat_wal_receiver)
    )
)
"""


def alias_for_reads() -> str:
    """Name the database that is read from now."""
    return _reading.get()


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Read from a database as long as this lasts."""
    token = _reading.set(alias)
    try:
        yield
    finally:
        _reading.reset(token)


class Router:
    """Sends reads where the request reads from, and writes to the primary."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        """Name the database to read a model from."""
        return alias_for_reads()

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        """Name the database to write a model to."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        """Let rows be related wherever they were read: they are the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Change tables in the primary alone; the replicas follow."""
        return db == DEFAULT_DB_ALIAS


class Replica:
    """A replica as this process knows it."""

    def __init__(self, alias: str):
        self.alias = alias
        self._is_well = False
        self._asked_again_at = 0.0
        self._asking = Lock()

    def is_well(self) -> bool:
        """Tell whether it can be read from; it is asked now and then, by one request while the others go on."""
        if monotonic() >= self._asked_again_at and self._asking.acquire(blocking=False):
            try:
                self.ask()
            finally:
                self._asking.release()
        return self._is_well

    def ask(self) -> bool:
        """Ask it whether it is up, a replica, and not too far behind."""
        connection = connections[self.alias]
        self._is_well = False  # one that hangs is read from by nobody while it is asked
        try:
            with connection.cursor() as cursor:
                cursor.execute(_HOW_IT_IS, [settings.REPLICA_MAX_LAG])
                self._is_well = bool(cursor.fetchone()[0])
        except Error:
            connection.close()
            self._is_well = False
        self._asked_again_at = monotonic() + (WELL if self._is_well else UNWELL)
        return self._is_well


class Replicas:
    """All replicas, which take turns."""

    def __init__(self, aliases: Iterable[str]):
        self._replicas = [Replica(alias) for alias in aliases]
        self._turn = count()

    def choose(self) -> str:
        """Name the next replica that is well, or else the primary."""
        first = next(self._turn)
        for place in range(len(self._replicas)):
            replica = self._replicas[(first + place) % len(self._replicas)]
            if replica.is_well():
                return replica.alias
        return DEFAULT_DB_ALIAS

    def has_failed(self, alias: str) -> bool:
        """Tell whether a replica that was chosen cannot be read from any longer."""
        return any(replica.alias == alias and not replica.ask() for replica in self._replicas)


class ReadFromReplicas:
    """Chooses the database that a request reads from. All that reads for the answer is within it."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response
        self.replicas = Replicas(settings.REPLICAS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, from the primary after all where the replica broke down meanwhile."""
        # A command that asks for pages within a transaction, as the export does, wants them as they are in it.
        is_within = connections[DEFAULT_DB_ALIAS].in_atomic_block
        if is_within or request.method not in ("GET", "HEAD") or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self.get_response(request)
        alias = self.replicas.choose()
        with reading_from(alias):
            response = self.get_response(request)
        if response.status_code >= 500 and alias != DEFAULT_DB_ALIAS and self.replicas.has_failed(alias):
            return self.get_response(request)
        if response.streaming and alias != DEFAULT_DB_ALIAS:
            response.streaming_content = _read_on(alias, response.streaming_content)  # type: ignore[attr-defined]
        return response


def _read_on(alias: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    """Read what is sent as it is made from the same database as its beginning."""
    following = iter(parts)
    try:
        while True:
            with reading_from(alias):
                part = next(following, None)
            if part is None:
                return
            yield part
    finally:
        if close := getattr(following, "close", None):
            close()

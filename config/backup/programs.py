"""PostgreSQL's own programs for backups: which of those on the machine fits, and how they reach the database.

The wheel's programs cannot encrypt what they send (they are built without TLS), so for a database that is reached over
a network the machine's own pg_dump is used.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

from config import embedded
from config.backup import BackupError

#: Where Debian keeps the programs of each major version.
DEBIAN = Path("/usr/lib/postgresql")
#: The first version that knows a setting that pg_restore sets whatever server it writes for.
KNOWS_TRANSACTION_TIMEOUT = 17


def _major(program: Path) -> int:
    """Give a program's major version, or 0 where it does not run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=30).stdout  # noqa: S603
    except OSError:
        return 0
    found = re.search(rb"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def _installed(name: str) -> list[Path]:
    """Give the machine's own programs of a name, the one that the path leads to first."""
    first = shutil.which(name)
    # Debian's own goes by way of a script that chooses among those below, by rules of its own.
    return [*sorted(DEBIAN.glob(f"*/bin/{name}"), reverse=True), *([Path(first)] if first else [])]


def _wheels(name: str) -> list[Path]:
    """Give the embedded PostgreSQL's program of a name."""
    try:
        return [embedded.programs() / name]
    except embedded.EmbeddedPostgresError:
        return []


def find_dump(server: int) -> tuple[Path, int]:
    """Find a pg_dump that can read a server of a major version, and its own version: the oldest that can.

    The oldest, so that what it writes can be read on as many machines as possible.

    :raises BackupError: if there is none.
    """
    programs = _wheels("pg_dump") if settings.EMBEDDED else _installed("pg_dump")
    if not settings.EMBEDDED and _needs_no_encryption():
        programs += _wheels("pg_dump")
    fit = [(major, program) for program in programs if (major := _major(program)) >= server]
    if not fit:
        raise BackupError(
            f"pg_dump för PostgreSQL {server} saknas. Installera till exempel postgresql-client-{server}."
        )
    major, program = min(fit, key=lambda each: each[0])
    return program, major


def _needs_no_encryption() -> bool:
    """Tell whether the database is on this machine, or somebody has said that nothing need be encrypted."""
    database = settings.DATABASES["default"]
    host = database.get("HOST") or ""
    sslmode = database.get("OPTIONS", {}).get("sslmode", "prefer")
    is_here = not host or host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
    return sslmode == "disable" or (is_here and sslmode in ("allow", "prefer"))


def find_restore(dumped_by: int) -> Path:
    """Find a pg_restore that can read what a pg_dump of a major version wrote; it needs to reach no server.

    :raises BackupError: if there is none.
    """
    for program in [*_wheels("pg_restore"), *_installed("pg_restore")]:
        if _major(program) >= dumped_by:
            return program
    raise BackupError(
        f"pg_restore för PostgreSQL {dumped_by} saknas. Installera till exempel postgresql-client-{dumped_by}."
    )


def reach() -> tuple[list[str], dict[str, str]]:
    """Give the arguments and the environment by which a program reaches the database.

    The password is in the environment, which only we and root can read, never among the arguments, which everybody can.
    """
    arguments, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    return arguments[1:], {**kept, **(environment or {})}


@contextmanager
def running(
    command: list[str], *, source: IO[bytes] | None = None, environment: dict[str, str] | None = None
) -> Iterator[IO[bytes]]:
    """Run a program and give what it writes, as it comes.

    :raises BackupError: if it ends with anything but 0.
    """
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(  # noqa: S603 - PostgreSQL's own programs
            command,
            stdin=subprocess.PIPE if source else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=environment,
        ) as process,
    ):
        try:
            feeder = Thread(target=_feed, args=(source, process.stdin), daemon=True) if source else None
            if feeder:
                feeder.start()
            assert process.stdout  # noqa: S101 - it was asked for
            yield process.stdout
            # What nobody read would keep it from ending.
            while process.stdout.read(1 << 20):
                pass
            if feeder:
                feeder.join()
            code = process.wait()
        except BaseException:
            process.kill()
            raise
        if code:
            errors.seek(0)
            said = " ".join(errors.read().decode(errors="replace").split())[-500:]
            raise BackupError(f"{Path(command[0]).name} slutade med kod {code}: {said}")


def _feed(source: IO[bytes], to: IO[bytes]) -> None:
    # Where the program has ended, its code says why. However this ends, the program waits for no more.
    with suppress(BrokenPipeError), to:
        shutil.copyfileobj(source, to, 1 << 20)


def contents(dump: IO[bytes], dumped_by: int) -> set[str]:
    """Give the names of the tables whose rows are in a dump, as pg_restore finds them.

    :raises BackupError: if it cannot read the dump.
    """
    with running([str(find_restore(dumped_by)), "--list"], source=dump) as listed:
        return set(re.findall(r"^\d+; \d+ \d+ TABLE DATA public (\w+) ", listed.read().decode(), re.MULTILINE))


@contextmanager
def script(dump: IO[bytes], dumped_by: int, *, grants: bool) -> Iterator[Iterator[bytes]]:
    """Give a dump's statements line by line, without what belongs to psql or to another owner.

    :raises BackupError: if pg_restore cannot read all of the dump.
    """
    command = [str(find_restore(dumped_by)), "--file=-", "--no-owner", "--no-comments"]
    with running([*command, *([] if grants else ["--no-privileges"])], source=dump) as lines:
        yield iter(lines)


def is_left_out(line: bytes, server: int) -> bool:
    """Tell whether a line between the rows speaks to psql, makes what every database has, or sets what is unknown."""
    is_unknown = server < KNOWS_TRANSACTION_TIMEOUT and line.startswith(b"SET transaction_timeout = ")
    return line.startswith(b"\\") or line == b"CREATE SCHEMA public;\n" or is_unknown

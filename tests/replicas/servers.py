"""Two PostgreSQL servers of our own: a primary with the tables of the test database, and one that follows it."""

import os
import signal
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.conninfo import make_conninfo

from config import embedded


class Server:
    """A server in a folder of its own, on a Unix socket there."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(mode=0o700)
        embedded._hand_over(folder)

    def call(self, program: str, *arguments: str) -> None:
        done = embedded._run(program, *arguments, folder=self.folder)
        assert done.returncode == 0, done.stdout.decode(errors="replace") + self.said()

    def start(self) -> None:
        # What a test writes need not outlive the machine, and whoever follows gets it at once.
        quick = "-c fsync=off -c listen_addresses= -c shared_buffers=16MB -c hot_standby=on"
        self.call("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", f"-k {self.folder} {quick}", "start")

    def said(self) -> str:
        log = self.folder / "log"
        return log.read_text() if log.exists() else ""

    def stop(self) -> None:
        embedded._run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop", folder=self.folder)

    def kill(self) -> None:
        """End it as the loss of its machine would."""
        postmaster = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for process in (postmaster, *map(int, children)):
            os.kill(process, signal.SIGKILL)
        # Where nothing takes care of dead processes, as in a container, it looks as if it still ran.
        for lock in ("data/postmaster.pid", ".s.PGSQL.5432.lock"):
            (self.folder / lock).unlink()

    def settings(self) -> dict[str, Any]:
        """Give what Django is told of it."""
        return {
            **connection.settings_dict,
            **{"NAME": "postgres", "USER": "postgres", "PASSWORD": "", "HOST": str(self.folder), "PORT": ""},
            "OPTIONS": {"connect_timeout": 2},
        }


def make_cluster(folder: Path) -> Server:
    """Make a server that has nothing yet."""
    server = Server(folder)
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    server.call("initdb", "-D", "data", "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", *locale)
    server.start()
    return server


def make_primary(folder: Path) -> Server:
    """Make a server with the tables of the test database."""
    primary = make_cluster(folder)
    known = connection.get_connection_params()
    tables = make_conninfo(
        **{name: known[name] for name in ("host", "port", "user", "password", "dbname") if known.get(name)}
    )
    primary.call("pg_dump", "--schema-only", "--no-owner", "--file=tables.sql", f"--dbname={tables}")
    # The dump makes the schema that every database has.
    assert "goals_goal" in (folder / "tables.sql").read_text(), "there is no test database: run all of the tests here"
    primary.call("psql", "-h", str(folder), "-U", "postgres", "-q", "-o", "said", "-f", "tables.sql")
    return primary


def follow(primary: Server, folder: Path) -> Server:
    """Make a server that follows another, from a copy of all it has."""
    replica = Server(folder)
    where = ("-h", str(primary.folder), "-U", "postgres")
    replica.call("pg_basebackup", *where, "-D", "data", "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
    replica.start()
    return replica

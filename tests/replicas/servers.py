"""Two PostgreSQL servers of our own: a primary with the tables of the test database, and one that follows it."""

from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.conninfo import make_conninfo

from tests.clusters import Cluster


def settings_of(server: Cluster) -> dict[str, Any]:
    """Give what Django is told of a server."""
    return {
        **connection.settings_dict,
        **{"NAME": "postgres", "USER": "postgres", "PASSWORD": "", "HOST": str(server.folder), "PORT": ""},
        "OPTIONS": {"connect_timeout": 2},
    }


def make_cluster(folder: Path) -> Cluster:
    """Make a server that has nothing yet."""
    server = Cluster(folder)
    # What a test writes need not outlive the machine, and whoever follows gets it at once.
    server.make(fsync="off", shared_buffers="16MB")
    server.start()
    return server


def make_primary(folder: Path) -> Cluster:
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


def follow(primary: Cluster, folder: Path) -> Cluster:
    """Make a server that follows another, from a copy of all it has."""
    replica = Cluster(folder)
    where = ("-h", str(primary.folder), "-U", "postgres")
    replica.call("pg_basebackup", *where, "-D", "data", "-R", "-X", "stream", "--checkpoint=fast", "--no-sync")
    replica.start()
    return replica

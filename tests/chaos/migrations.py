"""Three who migrate the same empty database at once, as when several machines are upgraded."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tests.chaos.cluster import Cluster
from tests.chaos.site import PYTHON, ROOT, environment_of, run
from tests.chaos.stage import PORT, database_beside
from tests.chaos.table import Row

COMMANDS = ("prepare", "prepare", "migrate")


def rows(folder: Path) -> Iterator[Row]:
    """Start them, and look at what all of them together have made."""
    if os.environ.get("DATABASE_URL"):
        with database_beside() as url:
            yield at_once(folder, url)
        return
    cluster = Cluster(folder / "pg")
    try:
        cluster.start()
        yield at_once(folder, cluster.url())
    finally:
        cluster.remove()


def at_once(folder: Path, url: str) -> Row:
    environment = environment_of(url, folder / "app", PORT)
    row = Row("migrations at once", "`prepare` twice and `migrate` once on an empty database")
    began = time.monotonic()
    processes = [
        subprocess.Popen(
            [*PYTHON, "manage.py", command],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in COMMANDS
    ]
    said = [process.communicate(timeout=300)[1] for process in processes]
    row.back.append(time.monotonic() - began)
    row.broken += [
        f"{command}: {words[-200:]}"
        for command, process, words in zip(COMMANDS, processes, said, strict=True)
        if process.returncode
    ]
    run(environment, "manage.py", "migrate", "--check")
    with psycopg.connect(url) as connection:
        counted = connection.execute(
            "SELECT (SELECT count(*) FROM goals_goal), (SELECT count(*) FROM proposals_proposal),"
            " (SELECT count(*) - count(DISTINCT (app, name)) FROM django_migrations)"
        ).fetchone()
    if counted != (78, 2, 0):
        row.broken.append(f"goals, plans and migrations done twice: {counted}")
    waited = sum("Väntar" in words for words in said)
    row.seen = f"all three ended well; {waited} of them waited; 78 goals in 2 plans"
    return row

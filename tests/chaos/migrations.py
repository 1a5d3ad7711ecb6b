"""Three who migrate the same empty database at once, as when several machines are upgraded."""

import subprocess
import time
from collections.abc import Generator
from pathlib import Path

import psycopg

from tests.browser.server import PYTHON, ROOT, free_port
from tests.chaos.site import environment_of, run
from tests.chaos.stage import cluster
from tests.chaos.table import Row

COMMANDS = ("prepare", "prepare", "migrate")


def rows(folder: Path) -> Generator[Row, None, None]:
    """Start them, and look at what all of them together have made."""
    with cluster(folder / "pg") as server:
        yield at_once(folder, server.url())


def at_once(folder: Path, url: str) -> Row:
    environment = environment_of(url, folder / "migrations", free_port())
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
    try:
        said = [process.communicate(timeout=300)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
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
    if not waited:
        row.broken.append("nobody waited for another")
    well = sum(process.returncode == 0 for process in processes)
    row.seen = (
        f"{well} of {len(COMMANDS)} ended well; {waited} of them waited; {counted[0]} goals in {counted[1]} plans"
    )
    return row

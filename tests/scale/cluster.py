"""The embedded PostgreSQL, set for filling or for measuring, in a folder of its own: ``SCALE_DIR``."""

import os
import subprocess
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from tests.bench.site import OTHERS

FOLDER = Path(__file__).resolve().parents[2] / ".data-scale"
#: What a schema is marked with while it is filled; what it is marked with afterwards ends as this does, with the share.
BEGUN = "being filled by tests.scale"

#: While rows are copied: nothing need survive a crash, as one would begin again.
FILLING = {
    "shared_buffers": "3GB",
    "maintenance_work_mem": "1GB",
    "work_mem": "256MB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_parallel_maintenance_workers": "2",
}
#: While it is measured: as one would set it on a machine of its own size, and nothing that hides what a query costs.
MEASURING = {
    "shared_buffers": "3GB",
    "effective_cache_size": "8GB",
    "work_mem": "16MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}


def be_alone(environment: MutableMapping[str, str]) -> None:
    """Let the environment name our own cluster and no other database, and measure pages and not how often one may ask.

    The cluster is emptied when it is filled, so neither DATABASE_URL nor DATA_DIR may say which: those are a site's.
    """
    for other in OTHERS:
        environment.pop(other, None)
    environment.update(DATA_DIR=environment.get("SCALE_DIR") or str(FOLDER), PACE="off")


def connect() -> Any:
    """Start the cluster, and give a cursor to it; end the process where what is in it was not made by `make scale`."""
    be_alone(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded

    embedded.start()
    import django
    from django.db import connection

    django.setup()
    cursor = connection.cursor()
    mark(cursor)
    return cursor


def mark(cursor: Any) -> str:
    """Give what our schema is marked with; nothing where there are no tables yet.

    :raises SystemExit: if there are tables in it that are not ours.
    """
    cursor.execute(
        "SELECT coalesce(obj_description('public'::regnamespace), ''),"
        " EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p'))"
    )
    said, has_tables = cursor.fetchone()
    if "filled by tests.scale" in said:
        return str(said)
    if has_tables:
        sys.exit(
            "The database in SCALE_DIR was not made by make scale, which would empty it. Name another folder: "
            "make scale SCALE_DIR=..."
        )
    return ""


def settle(settings: dict[str, str]) -> None:
    """Write the settings and leave; where no other process uses the server, it stops and begins with them next time."""
    subprocess.run(
        [sys.executable, "-m", "tests.scale.cluster", *(f"{k}={v}" for k, v in settings.items())], check=True
    )


def _main(settings: list[str]) -> None:
    with connect() as cursor:
        cursor.execute("ALTER SYSTEM RESET ALL")
        for setting in settings:
            name, value = setting.split("=")
            cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")


if __name__ == "__main__":
    _main(sys.argv[1:])

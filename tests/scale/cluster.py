"""The embedded PostgreSQL, set for filling or for measuring, in a folder of its own."""

import os
import subprocess
import sys

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


def settle(settings: dict[str, str]) -> None:
    """Write the settings and leave; where no other process uses the server, it stops and begins with them next time."""
    subprocess.run(
        [sys.executable, "-m", "tests.scale.cluster", *(f"{k}={v}" for k, v in settings.items())], check=True
    )


def _main(settings: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded

    embedded.start()
    import django
    from django.db import connection

    django.setup()
    with connection.cursor() as cursor:
        cursor.execute("ALTER SYSTEM RESET ALL")
        for setting in settings:
            name, value = setting.split("=")
            cursor.execute(f"ALTER SYSTEM SET {name} = '{value}'")


if __name__ == "__main__":
    _main(sys.argv[1:])

"""``manage.py serve``: serve the site, and prepare nothing: the database is migrated by somebody who may.

What a service manager starts. It ends at SIGTERM, when the requests under way are answered.
"""

import fcntl
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import static
from config.management.commands.run import require_free_port, serve


class Command(BaseCommand):
    help = "Servera webbplatsen tills den får SIGTERM. Migrerar inget och läser inte in något."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        require_free_port(settings.HOST, settings.PORT)
        # Those that serve the same site share these files.
        with (settings.DATA_DIR / "run.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            static.collect()
        serve()

"""``manage.py migrate``: Django's, by one process at a time.

Two that start at once, on one machine or two, would make the same tables; the second waits and finds nothing to do.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from config.one_at_a_time import alone


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with alone(connections[options["database"]], self.stderr.write):
            super().handle(*args, **options)

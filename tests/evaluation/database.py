"""A database of its own for what is measured: empty, or with the two real plans."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def migrated(name: str) -> Iterator[None]:
    """Make a new database with nothing in it but the tables, and use it until this ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded

    if embedded.is_needed(["evaluate"]):
        embedded.start()
    import django
    from django.core.management import call_command
    from django.db import connection

    from tests.browser.server import database

    django.setup()
    with database(name):
        connection.settings_dict["NAME"] = name
        call_command("migrate", verbosity=0)
        yield
        connection.close()


@contextmanager
def two_plans() -> Iterator[None]:
    """Load the two plans into a new database, and use it until this ends."""
    from django.core.management import call_command

    with migrated("evaluate_namndkollen"):
        from tests.browser.server import TWO_PARTIES

        call_command("load_plans", str(TWO_PARTIES), verbosity=0, stdout=io.StringIO())
        yield

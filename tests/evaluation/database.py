"""A database of its own with the two real plans, for what is measured on them."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def two_plans() -> Iterator[None]:
    """Load the two plans into a new database, and use it until this ends."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded

    if embedded.is_needed(["evaluate"]):
        embedded.start()
    import django
    from django.core.management import call_command
    from django.db import connection

    from tests.browser.server import TWO_PARTIES, database

    django.setup()
    name = "evaluate_namndkollen"
    with database(name):
        connection.settings_dict["NAME"] = name
        call_command("migrate", verbosity=0)
        call_command("load_plans", str(TWO_PARTIES), verbosity=0, stdout=io.StringIO())
        yield
        connection.close()

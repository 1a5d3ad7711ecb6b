"""Static copies of the site, for the tests that look at one."""

from io import StringIO
from pathlib import Path

from django.core.management import call_command

from tests.snapshot import made_once

SITE = "http://localhost:8000"


def export(folder: Path, *options: str) -> str:
    """Make a copy, and give what was said of it."""
    said = StringIO()
    call_command("export_site", str(folder), *options, stdout=said, stderr=said)
    return said.getvalue()


def load_plans_with_example() -> None:
    """Load the two plans with example follow-up, which is what the copy is made of."""
    made_once("plans with example", _load)


def _load() -> None:
    call_command("load_plans", verbosity=0, stdout=StringIO())
    call_command("load_example", "--anywhere", stdout=StringIO())

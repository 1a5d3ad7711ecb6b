"""``manage.py backup FILE``: everything in the database, documents too, in one file that is checked when it is written.

The secret key is not in it. docs/running.md tells more.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.backup import BackupError
from config.backup.make import make


class Command(BaseCommand):
    help = "Säkerhetskopiera databasen till en fil, och kontrollera filen."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="filen att skriva till")
        parser.add_argument("--force", action="store_true", help="ersätt filen om den finns")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"].absolute()
        try:
            made = make(path, force=options["force"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or path}: {error.strerror}") from error
        size = f"{made.size / 1_000_000:.1f}".replace(".", ",")
        rows = sum(made.manifest.rows.values())
        self.stdout.write(f"{path}: {rows} rader i {len(made.manifest.rows)} tabeller, {size} MB, kontrollerad.")

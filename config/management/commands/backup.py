"""``manage.py backup FILE``: everything in the database, documents too, in one file that is checked when it is written.

The secret key is not in it. docs/running.md tells more.
"""

import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from config.backup import BackupError, told
from config.backup.make import make


class Command(BaseCommand):
    help = "Säkerhetskopiera databasen till en fil, och kontrollera filen."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        """Run as a program, which takes away what is unfinished also when it is told to stop."""
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="filen att skriva till")
        parser.add_argument("--force", action="store_true", help="ersätt filen om den finns")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"].absolute()
        try:
            made = make(path, force=options["force"])
        except (BackupError, DatabaseError) as error:
            raise CommandError(told(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or path}: {error.strerror}") from error
        size = f"{made.size / 1_000_000:.1f}".replace(".", ",")
        rows = sum(made.manifest.rows.values())
        self.stdout.write(f"{path}: {rows} rader i {len(made.manifest.rows)} tabeller, {size} MB, kontrollerad.")

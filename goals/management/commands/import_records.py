"""``manage.py import_records``: record status updates, decisions and outcomes from files that open data gives out.

All rows of all files, or none. Exit codes: 0 when it is done, 1 if who writes does not exist, 2 for wrong usage, 3 if a
file cannot be read, 4 if rows are wrong.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from goals.import_records import Imported, RowsError, import_records
from goals.record_files import FileError, read_rows
from parties.models import User

UNREADABLE, WRONG_ROWS = 3, 4


class Command(BaseCommand):
    help = "Läs in lägesrapporter, beslut och utfall från CSV- eller JSON-filer. Alla rader, eller ingen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, help="filerna (lagesrapporter, beslut, utfall)")
        parser.add_argument("--by", required=True, help="e-postadressen till den som skriver")
        parser.add_argument(
            "--keep-times",
            action="store_true",
            help="behåll när uppgifterna skrevs, för att flytta hela historiken från en annan installation",
        )
        parser.add_argument("--dry-run", action="store_true", help="pröva, skriv inget")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(email__iexact=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"Det finns ingen aktiv användare med adressen {options['by']}.")
        try:
            rows = [row for path in options["files"] for row in read_rows(path)]
        except FileError as error:
            raise CommandError(str(error), returncode=UNREADABLE) from error
        try:
            with transaction.atomic():
                imported = import_records(rows, by=by, keep_times=options["keep_times"])
                transaction.set_rollback(options["dry_run"])
        except RowsError as error:
            for problem in error.problems:
                self.stderr.write(problem)
            raise CommandError(f"{error} Inget har skrivits.", returncode=WRONG_ROWS) from error
        self.tell(imported, dry_run=options["dry_run"])

    def tell(self, imported: Imported, *, dry_run: bool) -> None:
        """Tell what was recorded."""
        written = "skulle ha skrivits" if dry_run else "skrevs in"
        self.stdout.write(f"{imported.written} uppgifter {written}, {imported.already} fanns redan.")
        if dry_run:
            self.stdout.write("Provkörning: inget har skrivits.")

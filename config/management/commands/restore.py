"""``manage.py restore FILE``: put a backup into an empty database, or in the place of what is there.

All or nothing: the file is checked first, and everything happens in one transaction. A backup from an earlier version
is migrated forward afterwards.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from config.backup import BackupError, state, told
from config.backup.archive import Archive, Manifest, opened
from config.backup.make import verify
from config.backup.restore import require_known, restore


class Command(BaseCommand):
    help = "Lägg tillbaka en säkerhetskopia i en tom databas, eller med --replace i stället för det som finns."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="säkerhetskopian")
        parser.add_argument(
            "--replace", default="", metavar="NAME", help="ta bort allt i databasen först; skriv dess namn"
        )
        parser.add_argument("--no-grants", action="store_true", help="ge inga roller några rättigheter")
        parser.add_argument("--dry-run", action="store_true", help="kontrollera filen, skriv inget")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            verify(options["file"])
            with opened(options["file"]) as archive:
                require_known(archive.manifest)
                self.tell(archive.manifest)
                if options["dry_run"]:
                    self.stdout.write("Provkörning: inget har skrivits.")
                    return
                self.put_back(archive, options)
        except (BackupError, DatabaseError, psycopg.Error) as error:
            raise CommandError(told(error)) from error

    def tell(self, manifest: Manifest) -> None:
        """Tell what the backup has."""
        self.stdout.write(
            f"Säkerhetskopian är hel. Gjord {manifest.made_at} av {manifest.site}, "
            f"med PostgreSQL {manifest.postgresql}: "
            f"{sum(manifest.rows.values())} rader i {len(manifest.rows)} tabeller."
        )

    def put_back(self, archive: Archive, options: dict[str, Any]) -> None:
        """Put it back, and bring it up to what the code expects."""
        restore(archive, replace=options["replace"], grants=not options["no_grants"])
        self.stdout.write("Allt är tillbaka, och raderna är räknade.")
        if state.known() - set(archive.manifest.migrations):
            self.stdout.write("Säkerhetskopian är från en äldre version. Migrerar.")
            call_command("migrate", verbosity=0)

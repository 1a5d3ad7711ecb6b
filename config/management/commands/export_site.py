"""``manage.py export_site DIR``: the whole public site as files that need no server, for the archive.

All pages are made from the data of one moment. A copy that fails leaves nothing behind. docs/archive.md tells more.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config import static
from config.static_copy.copying import Copied, CopyError, Copying
from config.static_copy.living import words_of
from config.static_copy.place import beside, put, require_free

#: How often to tell how far it has come, in pages.
STEP = 100


class Command(BaseCommand):
    help = "Exportera hela den öppna webbplatsen som filer som inte kräver någon server, för arkivet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="mappen att skriva till: en ny eller en tom")
        parser.add_argument("--force", action="store_true", help="ersätt en tidigare export i mappen")
        parser.add_argument("--dry-run", action="store_true", help="visa vilka filer det skulle bli, lämna inga kvar")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"].resolve()
        host = urlsplit(settings.SITE_ADDRESS).hostname
        if host in ("localhost", "127.0.0.1", "::1"):
            self.stderr.write(f"SITE_ADDRESS är {settings.SITE_ADDRESS}: kopians länkar till webbplatsen leder dit.")
        static.collect()
        try:
            require_free(folder, force=options["force"])
            with beside(folder) as temporary:
                copying = Copying(settings.SITE_ADDRESS, temporary / "copy", timezone.now(), self.progress)
                copying.folder.mkdir()
                copied = copying.make()
                if options["dry_run"]:
                    for file in copying.ledger.everything():
                        self.stdout.write(f"{file.size:>10}  {file.path}")
                else:
                    require_free(folder, force=options["force"])  # it may have been filled meanwhile
                    put(copying.folder, folder)
        except CopyError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{error.filename or folder}: {error.strerror}") from error
        self.report(copied, folder, dry_run=options["dry_run"])

    def progress(self, count: int) -> None:
        """Tell how far it has come, beside what is written."""
        if count % STEP == 0:
            self.stderr.write(f"{count} adresser hämtade", self.style.NOTICE)

    def report(self, copied: Copied, folder: Path, *, dry_run: bool) -> None:
        """Tell what came of it."""
        for address, status, found_on in copied.broken:
            self.stderr.write(f"{address} svarar {words_of(status)} (länkad från {found_on or 'ingen'})")
        size = f"{copied.size / 1_000_000:.1f}".replace(".", ",")
        self.stdout.write(f"{copied.files} filer, {size} MB{'' if dry_run else f' i {folder}'}")
        if dry_run:
            self.stdout.write("Provkörning: inget har skrivits.")

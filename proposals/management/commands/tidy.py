"""``manage.py tidy``: take away what nothing points to any more. For cron, once a night.

A document that was sent with a form where something else was wrong waits for the form to be sent again, often for ever:
after a day no form can name it any more.
Sessions that have ended are taken away only when somebody does so.
"""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from proposals.import_forms import NAMED_FOR
from proposals.models import SourceDocument


class Command(BaseCommand):
    help = "Tar bort dokument som ingen plan och inget utkast är gjort av, och sessioner som har slutat."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("clearsessions")
        # Their keys alone: a document may have 20 MB, and there may be many.
        old = SourceDocument.objects.unused().received_before(timezone.now() - NAMED_FOR).only("pk")
        _, deleted = old.delete()
        self.stdout.write(f"{deleted.get('proposals.SourceDocument', 0)} dokument borttagna. Gamla sessioner är borta.")

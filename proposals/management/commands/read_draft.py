"""``manage.py read_draft``: read the document of a draft, and those of others that wait.

The import starts it, in a process of its own. It ends at once where enough others read, which then take the draft too.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from proposals.intake import read_waiting
from proposals.models import Draft


class Command(BaseCommand):
    help = (
        "Läs dokumentet till ett utkast. Importen kör detta själv; för hand behövs det bara om läsningen har stannat."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("draft", type=int, help="utkastets nummer")

    def handle(self, *args: Any, **options: Any) -> None:
        draft = Draft.objects.filter(pk=options["draft"]).first()
        if draft is None:
            raise CommandError(f"Det finns inget utkast med nummer {options['draft']}.")
        read_waiting(lambda done, total: self.stdout.write(f"{done} av {total} sidor"))
        draft.refresh_from_db()
        if draft.state == Draft.State.FAILED:
            raise CommandError(draft.problem)
        self.stdout.write(f"{draft}: {draft.get_state_display().lower()}")

"""Print all that is kept about a person."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from parties.management.commands.anonymise import find
from parties.personal_data import personal_data


class Command(BaseCommand):
    help = "Skriver ut allt som finns sparat om en person, som JSON: ett registerutdrag."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="personens e-postadress")

    def handle(self, *args: Any, **options: Any) -> None:
        found = personal_data(find(options["email"]))
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2, default=str))

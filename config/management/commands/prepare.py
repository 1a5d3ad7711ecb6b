"""``manage.py prepare``: migrate, load the plans and, where ``EXAMPLE`` is on, the example follow-up and its accounts.

What ``make run`` and ``make dev`` do first. Idempotent.
"""

import os
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from config import secret_key
from config.one_at_a_time import alone
from goals.example import committees_with_example
from parties import example_accounts


class Command(BaseCommand):
    help = "Migrera, läs in planerna och, om EXAMPLE är på, exempeluppföljningen med dess konton."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.EMBEDDED and not os.environ.get("SECRET_KEY"):
            settings.SECRET_KEY = secret_key.keep(settings.SECRET_KEY)
        with alone(connection, self.stderr.write):
            call_command("migrate", verbosity=0)
            call_command("load_plans", stdout=self.stdout)
            if settings.EXAMPLE:
                try:
                    call_command("load_example", stdout=self.stdout)
                except CommandError as error:
                    self.stdout.write(f"Inga exempel läses in. {error}")
            self.open_or_close_accounts()

    def open_or_close_accounts(self) -> None:
        committees = committees_with_example()
        if settings.EXAMPLE and example_accounts.may_be_offered() and committees.exists():
            self.write_accounts(example_accounts.offer(committees, settings.SECRET_KEY))
            return
        example_accounts.withdraw()
        if settings.EXAMPLE and not example_accounts.may_be_offered():
            self.stdout.write("Exempelkontona är stängda, eftersom HOST låter andra än den här datorn nå webbplatsen.")
        elif settings.EMBEDDED and not settings.EXAMPLE and committees.exists():
            self.stdout.write(
                "Exempeluppföljningen finns kvar sedan tidigare och går inte att ta bort. "
                "Börja om i en tom mapp: make run EXAMPLE=no DATA_DIR=.data-utan-exempel"
            )

    def write_accounts(self, offered: dict[example_accounts.ExampleAccount, str]) -> None:
        self.stdout.write("\nExempelkonton att logga in med:")
        width = max(len(account.email) for account in offered)
        for account, password in offered.items():
            self.stdout.write(f"  {account.role.label:<16}  {account.email:<{width}}  {password}")

"""``manage.py load_example``: invent follow-up of a plan year, so that there is something to look at.

Idempotent: a plan year that has example follow-up keeps it. Invented follow-up is never mixed with real.
"""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from goals.example import DEFAULT_SEED, ExampleError, committees_with_example, has_records, load
from goals.example_report import fix_example
from goals.models.records import KINDS
from parties.example_accounts import example_author
from proposals.models import PlanYear


class Command(BaseCommand):
    help = "Hitta på uppföljning av ett planår, märkt som exempel. Den som redan finns lämnas som den är."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "plan_year",
            nargs="*",
            help="planårets adress, som eskilstuna/socialnamnden/2017 "
            "(utan adress: det nyaste, om inget planår har exempel redan)",
        )
        parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="samma tal ger samma exempel")
        parser.add_argument("--anywhere", action="store_true", help="även i en annan databas än den inbyggda")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.EMBEDDED or options["anywhere"]):
            raise CommandError(
                "Exempel hör till den inbyggda databasen, men DATABASE_URL pekar ut en annan. "
                "Är den bara till för att pröva? Lägg till --anywhere. Exemplen går aldrig att ta bort."
            )
        addresses = options["plan_year"]
        if not addresses and committees_with_example().exists():
            self.stdout.write("Exempeluppföljningen är redan inläst.")
            return
        with transaction.atomic():
            for plan_year in [find(address) for address in addresses] or [newest()]:
                self.load(plan_year, options["seed"])

    def load(self, plan_year: PlanYear, seed: int) -> None:
        if has_records(plan_year, is_example=True):
            self.stdout.write(f"{plan_year}: exempeluppföljningen är redan inläst")
            return
        author = example_author(plan_year.committee)
        try:
            written = load(plan_year, by=author, seed=seed)
        except ExampleError as error:
            raise CommandError(str(error)) from error
        counts = ", ".join(
            f"{sum(isinstance(record, kind) for record in written)} {kind._meta.verbose_name_plural}" for kind in KINDS
        )
        self.stdout.write(f"{plan_year}: påhittad uppföljning inläst som exempel ({counts})")
        report = fix_example(plan_year, by=author)
        self.stdout.write(f"{plan_year}: rapport för {report.period.name} fastställd som exempel")


def newest() -> PlanYear:
    """Give the newest plan year that has plans.

    :raises CommandError: if there is none.
    """
    found = PlanYear.objects.newest_first().first()
    if found is None:
        raise CommandError("Det finns ingen plan att följa upp. Läs in en först: manage.py load_plans")
    return found


def find(address: str) -> PlanYear:
    """Give the plan year that an address names.

    :raises CommandError: if it names none that has plans.
    """
    parts = address.strip("/").split("/")
    if len(parts) == 3 and parts[2].isdecimal():
        found = PlanYear.objects.at(parts[0], parts[1], int(parts[2])).published().first()
        if found is not None:
            return found
    raise CommandError(f"Det finns inget planår med planer på adressen {address}. Skriv så: kommun/namnd/2017")

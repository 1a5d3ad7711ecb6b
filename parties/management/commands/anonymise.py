"""Take away all that tells who a person is, and leave what the person has done."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from parties.anonymise import LastAdministratorError, anonymise, counts
from parties.models import User


class Command(BaseCommand):
    help = (
        "Tar bort namn, e-postadress, lösenord, andra steg, roller, bevakningar och sessioner för en person. Det går "
        "inte att ångra. Lägesrapporter, beslut och ändringslogg blir kvar, skrivna av ”Borttagen användare”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="personens e-postadress")
        parser.add_argument("--dry-run", action="store_true", help="visa bara vad som skulle tas bort")

    def handle(self, *args: Any, **options: Any) -> None:
        user = find(options["email"])
        gone = ", ".join(f"{name}: {count}" for name, count in counts(user).items()) or "inget utöver kontots uppgifter"
        if options["dry_run"]:
            self.stdout.write(f"Skulle ta bort kontots uppgifter för användare {user.pk}, och {gone}. Inget är gjort.")
            return
        try:
            anonymise(user)
        except LastAdministratorError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Klart. Personen är nu ”Borttagen användare {user.pk}”. Borttaget: {gone}.")


def find(email: str) -> User:
    """Find a person.

    :raises CommandError: if nobody has the address.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        raise CommandError(f"Ingen användare har e-postadressen {email}.")
    return user

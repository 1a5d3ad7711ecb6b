"""``manage.py send_notices``: send the e-mails that wait in the outbox, one to each person with all that is due.

For cron, every few minutes. What fails is tried again, with longer and longer waits, and after the last try it stays
in the outbox as failed. Two commands at once do not send the same thing. If the machine stops between the sending of a
letter and the note that it was sent, that letter is sent once more: better twice than never.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from goals.letters import notice_letter
from goals.models import Notice
from parties.models import User


class Command(BaseCommand):
    help = "Skicka de e-postbrev som väntar, ett till var och en med allt som är nytt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="visa vad som skulle skickas, skicka inget")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        due = Notice.objects.due(now)
        people = User.objects.filter(pk__in=due.values("follow__user")).order_by("pk")
        if options["dry_run"]:
            for person in people:
                self.stdout.write(f"{person.email}: {due.filter(follow__user=person).count()} meddelanden")
            self.stdout.write("Provkörning: inget har skickats.")
            return
        answers = [self.tell(person) for person in people]
        sent, failed = answers.count(True), answers.count(False)
        if sent:
            self.stdout.write(f"Skickade brev: {sent}")
        if failed:
            raise CommandError(f"Brev som inte gick att skicka: {failed}")

    def tell(self, person: User) -> bool | None:
        """Send one person's letter; tell whether it came away, or nothing where another command has taken it."""
        notices = Notice.objects.claim(person, timezone.now())
        if not notices:
            return None
        try:
            notice_letter(person, notices).send()
        except Exception as error:  # whatever is wrong with one letter, the others are to be sent
            problem = f"{type(error).__name__}: {error}"
            Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(problem=problem[:500])
            lost = sum(notice.has_failed for notice in notices)
            given_up = f" Inga fler försök görs med {lost} av meddelandena." if lost else ""
            self.stderr.write(f"{person.email}: {problem}.{given_up}")
            return False
        Notice.objects.told(notices, timezone.now())
        return True

"""``manage.py remind``: tell each secretary what remains to be judged in a period whose report is due, or overdue.

For cron, once a day. Each person is told at most once a week of each period, and only while something remains and the
due date is near; what was sent is in the log of reminders. A person's reminder and its line in the log are one
transaction.
"""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from goals.letters import reminder_letter
from goals.models import Goal, Reminder, ReportingPeriod
from parties.models import Membership

#: How long before and after the due date to remind.
NEAR = datetime.timedelta(days=14)


class Command(BaseCommand):
    help = "Påminn nämndsekreterarna om mål och uppdrag som återstår att bedöma."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="visa vilka som skulle påminnas, skicka inget")

    def handle(self, *args: Any, **options: Any) -> None:
        self.today = timezone.localdate()
        self.dry_run = options["dry_run"]
        failed = 0
        periods = ReportingPeriod.objects.due_near(self.today, NEAR)
        for period in periods.select_related("plan_year__committee__municipality"):
            remaining = Goal.objects.not_judged_in(period).count()
            if not remaining:
                continue
            secretaries = Membership.objects.filter(
                committee=period.plan_year.committee, role=Membership.Role.SECRETARY, user__is_active=True
            )
            for membership in secretaries.order_by("pk"):
                try:
                    self.remind(membership, period, remaining)
                except Exception as error:  # whatever is wrong with one letter, the others are to be sent
                    self.stderr.write(f"{period}: {type(error).__name__}: {error}")
                    failed += 1
        if self.dry_run:
            self.stdout.write("Provkörning: inget har skickats.")
        if failed:
            raise CommandError(f"Påminnelser som inte gick att skicka: {failed}")

    @transaction.atomic
    def remind(self, membership: Membership, period: ReportingPeriod, remaining: int) -> None:
        """Remind one secretary, under a lock so that two commands at once remind once."""
        locked = Membership.objects.select_for_update(of=("self",), no_key=True).select_related("user")
        person = locked.get(pk=membership.pk).user
        if Reminder.objects.recent(self.today).filter(period=period, user=person).exists():
            return
        self.stdout.write(f"{person.email}: {period}, {remaining} kvar")
        if self.dry_run:
            return
        total = Goal.objects.standing().filter(proposal__plan_year=period.plan_year).count()
        Reminder.objects.create(period=period, user=person, remaining=remaining, sent_at=timezone.now())
        reminder_letter(person, period, remaining, total, self.today).send()

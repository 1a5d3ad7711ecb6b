"""Reporting periods: when in a plan year the committee takes stock."""

import datetime
from collections.abc import Iterable

import pgtrigger
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone

from parties.audit import audited
from parties.models import Committee, User
from parties.swedish import slug
from proposals.models import PlanYear, RaisesEdition

#: The periods that a plan year begins with: name, and month and day of its end and of when the report is due. The
#: last report is due the year after. Swedish municipalities commonly report so; a committee may change them.
DEFAULTS = (
    ("Tertial 1", (4, 30), (5, 31)),
    ("Delår", (8, 31), (9, 30)),
    ("Helår", (12, 31), (1, 31)),
)


#: Addresses beside the periods' own that are no period's.
TAKEN = frozenset(["perioder", "rapport"])


def validate_period_slug(address: str) -> None:
    """Refuse an address that the work pages use.

    :raises ValidationError: if they do.
    """
    if not address or address in TAKEN:
        raise ValidationError("Perioden kan inte heta så. Välj ett annat namn.")


def to_judge(periods: "Iterable[ReportingPeriod]", on: datetime.date) -> "ReportingPeriod | None":
    """Give the period that is being judged on a day: the latest that has ended, else the first.

    Of those that are not locked, if any is not.
    """
    in_order = sorted(periods, key=lambda period: period.ends_on)
    candidates = [period for period in in_order if not period.is_locked] or in_order
    ended = [period for period in candidates if period.ends_on <= on]
    return next(iter(ended[-1:] or candidates[:1]), None)


class ReportingPeriodQuerySet(models.QuerySet["ReportingPeriod"]):
    """Reporting periods."""

    def worked_by(self, user: "User | AnonymousUser") -> "ReportingPeriodQuerySet":
        """Find the periods of the committees that a user may judge the goals of, with where they belong."""
        return self.select_related("plan_year__committee__municipality").filter(
            plan_year__committee__in=Committee.objects.worked_by(user)
        )

    def at(self, municipality: str, committee: str, year: int, period: str) -> "ReportingPeriodQuerySet":
        """Find the period that an address names."""
        return self.filter(
            plan_year__committee__municipality__slug=municipality,
            plan_year__committee__slug=committee,
            plan_year__year=year,
            slug=period,
        )

    def due_near(self, day: datetime.date, margin: datetime.timedelta) -> "ReportingPeriodQuerySet":
        """Find the periods that still take updates and whose reports are due near a day, before or after it."""
        return self.filter(locked_at=None, due_on__range=(day - margin, day + margin))

    def make_defaults(self, plan_year: PlanYear) -> None:
        """Give a plan year that has no period its first ones."""
        if self.filter(plan_year=plan_year).exists():
            return
        for name, ends, due in DEFAULTS:
            ends_on = datetime.date(plan_year.year, *ends)
            due_on = datetime.date(plan_year.year, *due)
            self.create(
                plan_year=plan_year,
                name=name,
                slug=slug(name),
                ends_on=ends_on,
                due_on=due_on if due_on > ends_on else due_on.replace(year=plan_year.year + 1),
            )


@audited
@pgtrigger.register(RaisesEdition("plan_year"))
class ReportingPeriod(models.Model):
    """A reporting period (uppföljningsperiod) of a plan year, such as Tertial 1, and the day its report is due.

    A locked period takes no more updates, only corrections dated after it.
    """

    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="periods", verbose_name="planår")
    name = models.CharField("namn", max_length=50)
    slug = models.SlugField("adress", validators=[validate_period_slug])
    ends_on = models.DateField("sista dag", help_text="Lägesrapporterna beskriver läget den här dagen.")
    due_on = models.DateField("klar senast", help_text="Den dag då uppföljningen ska vara klar.")
    locked_at = models.DateTimeField(
        "låst", null=True, blank=True, help_text="En låst period tar bara emot rättelser, daterade efter perioden."
    )

    objects = ReportingPeriodQuerySet.as_manager()

    class Meta:
        verbose_name = "uppföljningsperiod"
        verbose_name_plural = "uppföljningsperioder"
        ordering = ["plan_year", "ends_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan_year", "slug"],
                name="period_slug_unique",
                violation_error_message="Planåret har redan en period med den adressen.",
            ),
            models.UniqueConstraint(
                fields=["plan_year", "ends_on"],
                name="period_end_unique",
                violation_error_message="Planåret har redan en period som slutar den dagen.",
            ),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("ends_on")),
                name="period_due_after_end",
                violation_error_message="Uppföljningen kan inte vara klar innan perioden är slut.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.plan_year.year}"

    def get_absolute_url(self) -> str:
        """Give the address of the period's work queue."""
        return reverse("queue", args=[*self.plan_year.address, self.slug])

    def clean(self) -> None:
        """Refuse a period that ends long before or after its plan year.

        :raises ValidationError: if it does.
        """
        if self.ends_on and self.plan_year_id and abs(self.ends_on.year - self.plan_year.year) > 1:
            raise ValidationError({"ends_on": f"Perioden hör till {self.plan_year.year}. Ange en dag nära det året."})
        if self.ends_on and self.due_on and self.due_on.year > self.ends_on.year + 1:
            raise ValidationError({"due_on": "Ange en dag inom ett år efter perioden."})

    def judge_url(self, party: str, number: int, *, within: str = "") -> str:
        """Give the address where a goal is judged, by its party's address and its number.

        ``within`` is the period's own address, for who has it already and asks for many.
        """
        return f"{within or self.get_absolute_url()}{party}/{number}/"

    @property
    def is_locked(self) -> bool:
        """Tell whether the period takes no more updates."""
        return self.locked_at is not None

    def lock(self) -> None:
        """Close the period for updates; who did it is in the audit log."""
        if not self.is_locked:
            self.locked_at = timezone.now()
            self.save(update_fields=["locked_at"])

    def unlock(self) -> None:
        """Open the period for updates again; who did it is in the audit log."""
        self.locked_at = None
        self.save(update_fields=["locked_at"])

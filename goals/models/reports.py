"""Reports: what a committee is told of a period, first as a draft and then fixed for ever."""

import uuid
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxLengthValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from goals.models.periods import ReportingPeriod
from parties.audit import AppendOnly
from parties.models import Committee, Membership, User
from proposals.models import PlanYear, RaisesEdition

#: Characters of an introduction or a proposal for decision; longer than this is a document of its own.
LONGEST_TEXT = 20_000


class ReportChangedError(Exception):
    """Somebody else has changed what is to be reported since it was looked at."""


class Part(models.TextChoices):
    """What a report has if its writer wants it. The rest always stands there, the goals not judged among it."""

    CHANGED = "changed", "Det som har ändrats sedan förra perioden"
    GOALS = "goals", "Alla mål och uppdrag, med partiernas egna ord"
    COMMENTS = "comments", "Kommentarer till statusen"
    EVIDENCE = "evidence", "Underlag: källor, länkar och diarienummer"
    OUTCOMES = "outcomes", "Målvärden och utfall"


class Order(models.TextChoices):
    """What the goals are gathered under."""

    TOPIC = "topic", "Ämne för ämne, med partierna under varje ämne"
    PARTY = "party", "Parti för parti, med ämnena under varje parti"


def all_parts() -> list[str]:
    """Give all parts: what a report has until somebody leaves something out."""
    return list(Part.values)


class ReportDraft(models.Model):
    """What a secretary writes of a period before the report is fixed, and goes on writing after it (rapportutkast).

    ``revision`` grows with every change, so that nobody writes over what they have not seen; it is nought before the
    first.
    """

    period = models.OneToOneField(
        ReportingPeriod, on_delete=models.PROTECT, related_name="report_draft", verbose_name="uppföljningsperiod"
    )
    introduction = models.TextField("inledning", blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)])
    proposal = models.TextField("förslag till beslut", blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)])
    parts = ArrayField(
        models.CharField(max_length=15, choices=Part), verbose_name="delar", default=all_parts, blank=True
    )
    order = models.CharField("ordning", max_length=10, choices=Order, default=Order.TOPIC)
    revision = models.PositiveIntegerField("ändring nummer", default=0)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="ändrad av")
    changed_at = models.DateTimeField("ändrad")

    class Meta:
        verbose_name = "rapportutkast"
        verbose_name_plural = "rapportutkast"

    def __str__(self) -> str:
        return f"Utkast till rapport för {self.period}"

    @classmethod
    def of(cls, period: ReportingPeriod) -> "ReportDraft":
        """Give a period's draft; an empty one that is not saved, where nobody has written anything."""
        found = cls._default_manager.select_related("changed_by").filter(period=period).first() or cls()
        found.period = period
        return found

    @transaction.atomic
    def write(self, *, by: User, seen: int, **said: Any) -> None:
        """Change what it says: ``introduction``, ``proposal``, ``parts`` and ``order``.

        :raises ReportChangedError: if somebody has changed it since the writer looked; ``self`` is as before.
        :raises PermissionDenied: if ``by`` does not work for the committee.
        """
        role_of(by, self.period)
        ReportingPeriod.objects.select_for_update(no_key=True).only("pk").get(pk=self.period_id)
        latest = ReportDraft.of(self.period)
        if latest.revision != seen:
            if all(getattr(latest, name) == value for name, value in said.items()):
                return  # the same form again
            raise ReportChangedError(str(self))
        for name, value in said.items():
            setattr(latest, name, value)
        latest.revision, latest.changed_by, latest.changed_at = seen + 1, by, timezone.now()
        latest.clean_fields()
        latest.save()


def role_of(user: User, period: ReportingPeriod) -> Membership.Role:
    """Give the role in which a user writes reports of a period.

    :raises PermissionDenied: if there is none.
    """
    committee = period.plan_year.committee
    role = user.role_in(committee)
    if role not in Membership.WORKING:
        raise PermissionDenied(f"{user} may not write reports for {committee}.")
    return role


class ReportQuerySet(models.QuerySet["Report"]):
    """Fixed reports."""

    def of(self, plan_year: PlanYear) -> Self:
        """Find a plan year's reports, those of the latest period first, each period's latest first."""
        return self.select_related("period").filter(period__plan_year=plan_year).order_by("-period__ends_on", "-number")

    def at(self, municipality: str, committee: str, year: int, period: str) -> Self:
        """Find the reports of the period that an address names, the latest first."""
        return (
            self.select_related("period__plan_year__committee__municipality")
            .filter(
                period__plan_year__committee__municipality__slug=municipality,
                period__plan_year__committee__slug=committee,
                period__plan_year__year=year,
                period__slug=period,
            )
            .order_by("-number")
        )


class Report(models.Model):
    """A fixed report of a period (fastställd rapport): a snapshot that never changes, under a number of its own.

    All that it says is the snapshot, one of its files, whose checksum is ``sha256``. ``key`` makes a form that is sent
    twice fix one report. ``reason`` says why it takes the place of the one before.
    """

    period = models.ForeignKey(
        ReportingPeriod, on_delete=models.PROTECT, related_name="reports", verbose_name="uppföljningsperiod"
    )
    number = models.PositiveSmallIntegerField("nummer")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="vem")
    author_role = models.CharField("i rollen", max_length=15, choices=Membership.Role)
    fixed_at = models.DateTimeField("fastställd")
    reason = models.CharField("varför den ersätter den förra", blank=True, max_length=500)
    sha256 = models.CharField("kontrollsumma (SHA-256)", max_length=64)
    is_example = models.BooleanField("exempel", default=False)
    key = models.UUIDField("nyckel", unique=True, default=uuid.uuid4, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = "fastställd rapport"
        verbose_name_plural = "fastställda rapporter"
        ordering = ["period", "-number"]
        default_permissions = ("view",)
        triggers = [AppendOnly(name="append_only"), RaisesEdition("period__plan_year")]
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="report_number_unique"),
            models.CheckConstraint(
                condition=models.Q(number=1) | ~models.Q(reason=""),
                name="report_replacement_has_reason",
                violation_error_message="Skriv varför rapporten ersätter den förra.",
            ),
        ]

    def __str__(self) -> str:
        return f"Rapport nr {self.number} för {self.period}"

    def get_absolute_url(self) -> str:
        """Give the report's own address, which stays."""
        return reverse("report_numbered", args=[*self.period.plan_year.address, self.period.slug, self.number])

    @property
    def snapshot(self) -> bytes:
        """All that it says, as canonical JSON (``goals.report.snapshot``)."""
        return bytes(self.files.get(format=ReportFile.Format.JSON).content)

    @property
    def role(self) -> str:
        """Who fixed it, for readers: the role and not the person."""
        return str(Membership.Role(self.author_role).label)


class ReportFile(models.Model):
    """A fixed report as a file of some format, byte for byte as it was made when the report was fixed (rapportfil).

    The one in JSON is the snapshot, which the others and the page are made from.
    """

    class Format(models.TextChoices):
        """What the report is made as; the value is the end of the file's name."""

        PDF = "pdf", "PDF"
        XLSX = "xlsx", "Excel"
        DOCX = "docx", "Word"
        JSON = "json", "JSON"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files", verbose_name="rapport")
    format = models.CharField("format", max_length=5, choices=Format)
    content = models.BinaryField("innehåll")
    size = models.PositiveIntegerField("storlek i byte")
    sha256 = models.CharField("kontrollsumma (SHA-256)", max_length=64)

    class Meta:
        verbose_name = "rapportfil"
        verbose_name_plural = "rapportfiler"
        default_permissions = ("view",)
        triggers = [AppendOnly(name="append_only"), RaisesEdition("report__period__plan_year")]
        constraints = [models.UniqueConstraint(fields=["report", "format"], name="report_file_unique")]

    def __str__(self) -> str:
        return f"{self.report}, {self.get_format_display()}"

    @classmethod
    def made(cls, report: Report, files: Iterable[tuple[str, bytes]]) -> list[Self]:
        """Give a report's files, by their formats, to be saved."""
        return [
            cls(report=report, format=name, content=content, size=len(content), sha256=checksum(content))
            for name, content in files
        ]


def checksum(content: bytes) -> str:
    """Give the checksum by which anyone can tell that content is unchanged."""
    return sha256(content).hexdigest()


def may_draft(user: User | AnonymousUser, plan_year: PlanYear) -> bool:
    """Tell whether a user may write reports for a plan year's committee."""
    return Committee.objects.worked_by(user).filter(pk=plan_year.committee_id).exists()

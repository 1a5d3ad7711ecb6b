"""Fix a period's report: what its draft says and how the goals stand becomes a snapshot that never changes."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from goals.models import Goal, Report, ReportChangedError, ReportDraft, ReportFile, ReportingPeriod
from goals.models.arranged import lock_arrangement
from goals.models.reports import checksum, role_of
from goals.report.pdf import to_pdf
from goals.report.sheets import to_xlsx
from goals.report.snapshot import Snapshot, canonical, load_snapshot
from goals.report.word import to_docx
from parties.models import User


@dataclass(frozen=True, slots=True)
class ToFix:
    """What would be fixed as things stand now: the draft, what it reports, and the report that it would replace."""

    draft: ReportDraft
    snapshot: Snapshot
    latest: Report | None

    @classmethod
    def load(cls, period: ReportingPeriod) -> "ToFix":
        """Read what there is to fix of a period."""
        draft = ReportDraft.of(period)
        return cls(draft, load_snapshot(draft), period.reports.order_by("-number").first())

    @property
    def seen(self) -> str:
        """A mark of all of it, by which to tell whether somebody has changed something since it was looked at."""
        return checksum(canonical({**self.snapshot, "latest": self.latest.number if self.latest else 0}))

    @property
    def warnings(self) -> list[str]:
        """What whoever fixes the report ought to know first."""
        period, counts = self.draft.period, self.snapshot["counts"]
        found = []
        if period.ends_on > timezone.localdate():
            found.append("Perioden är inte slut än. Det som händer under resten av den kommer inte med.")
        if not period.is_locked:
            found.append("Perioden är inte låst. Lägesrapporter kan komma till efter att rapporten är fastställd.")
        if counts["not_judged"]["total"] == counts["all"]["total"]:
            found.append("Inget mål är bedömt i perioden.")
        if self.snapshot["is_example"]:
            found.append("Rapporten innehåller påhittade exempel. Det står på varje sida av den.")
        if not self.draft.proposal.strip():
            found.append("Rapporten har inget förslag till beslut.")
        return found


@transaction.atomic
def fix_report(
    period: ReportingPeriod,
    *,
    by: User,
    seen: str,
    key: uuid.UUID | None = None,
    reason: str = "",
    at: datetime.datetime | None = None,
) -> Report:
    """Fix a period's report under the next number. ``seen`` is the mark of what whoever fixes it has looked at.

    ``key`` makes a form that is sent twice fix one report. ``at`` is when, if not now.

    :raises ReportChangedError: if what there is to fix is not what was seen.
    :raises ValidationError: if it replaces another and no ``reason`` is given.
    :raises PermissionDenied: if ``by`` does not work for the committee.
    """
    role = role_of(by, period)
    _let_nobody_write(period)
    if key and (fixed := Report.objects.filter(key=key).first()):
        if fixed.period_id != period.pk:
            raise ValidationError("Formuläret hör till en annan period. Öppna sidan igen.")
        return fixed
    found = ToFix.load(period)
    if found.seen != seen:
        raise ReportChangedError(str(found.draft))
    if found.latest and not reason.strip():
        raise ValidationError({"reason": "Skriv varför rapporten ersätter den förra."})
    now = at or timezone.now()
    report = Report(
        period=period,
        number=found.latest.number + 1 if found.latest else 1,
        author=by,
        author_role=role,
        fixed_at=now,
        reason=reason.strip() if found.latest else "",
        is_example=found.snapshot["is_example"] or by.is_example,
        key=key or uuid.uuid4(),
    )
    snapshot = {**found.snapshot, **_fixing(report, found.latest)}
    content = canonical(snapshot)
    report.sha256 = checksum(content)
    report.full_clean(exclude={"period", "author", "key"})
    report.save(force_insert=True)
    ReportFile.objects.bulk_create(ReportFile.made(report, files_of(snapshot, report)))
    return report


def files_of(snapshot: Snapshot, report: Report) -> list[tuple[str, bytes]]:
    """Make every file of a fixed report from its snapshot."""
    form = ReportFile.Format
    return [
        (form.PDF, to_pdf(snapshot, report.sha256, report.fixed_at)),
        (form.XLSX, to_xlsx(snapshot, report.sha256, report.fixed_at)),
        (form.DOCX, to_docx(snapshot, report.sha256, report.fixed_at)),
        (form.JSON, canonical(snapshot)),
    ]


def _let_nobody_write(period: ReportingPeriod) -> None:
    """Let nothing be arranged, judged, decided or measured until the transaction is over.

    So what is recorded at the same moment is in the report, or not, as a whole: several queries read it. The locks are
    taken in the order that everyone takes them: the committee's arrangement, the periods, the goals by their keys.
    """
    lock_arrangement(period.plan_year.committee_id)
    # All periods of the year: a status counts by the last day of the one that it is for.
    periods = ReportingPeriod.objects.filter(plan_year=period.plan_year_id)
    list(periods.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    goals = Goal.objects.filter(proposal__plan_year=period.plan_year_id)
    list(goals.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))
    period.refresh_from_db(fields=["name", "ends_on", "due_on", "locked_at"])


def _fixing(report: Report, latest: Report | None) -> dict[str, Any]:
    """Say of a report that it is fixed, as its snapshot has it."""
    local = timezone.localtime(report.fixed_at)
    return {
        "number": report.number,
        "address": report.get_absolute_url(),
        "fixed_at": local.isoformat(),
        "fixed_on": local.date().isoformat(),
        "fixed_time": local.strftime("%H.%M"),
        "role": report.role,
        "is_example": report.is_example,
        "replaces": {
            "number": latest.number,
            "fixed_on": timezone.localdate(latest.fixed_at).isoformat(),
            "sha256": latest.sha256,
            "reason": report.reason,
        }
        if latest
        else None,
    }

"""A report on its way: written, looked at, and fixed, by those who work for the committee."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals.fix_report import ToFix, fix_report
from goals.models import ReportChangedError, ReportDraft, ReportFile, ReportingPeriod
from goals.report.pdf import to_pdf
from goals.report.present import present
from goals.report.snapshot import load_snapshot
from goals.report_forms import FixForm, ReportDraftForm
from goals.views.reports import send
from goals.views.work import find_period
from parties.access import signed_in, take_typed
from parties.requests import CONFLICT, INVALID, user_of


@signed_in
def draft(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """Write a report's texts and choose its parts."""
    found_period = find_period(request, municipality, committee, year, period)
    found = ReportDraft.of(found_period)
    if request.method != "POST":
        kept = take_typed(request)
        form = ReportDraftForm.of(found, **ReportDraftForm.typed(kept)) if kept else ReportDraftForm.of(found)
        return _write_page(request, found, form)
    form = ReportDraftForm(request.POST)
    if not form.is_valid():
        return _write_page(request, found, form, status=INVALID)
    try:
        found.write(by=user_of(request), seen=form.cleaned_data["seen"], **form.said())
    except ReportChangedError:
        found = ReportDraft.of(found_period)
        form = ReportDraftForm.of(found, **form.said())
        return _write_page(request, found, form, status=CONFLICT)
    messages.success(request, "Utkastet är sparat.")
    following = "report_preview" if request.POST.get("steg") == "visa" else "report_draft"
    return HttpResponseRedirect(_address(following, found_period))


@signed_in
@require_safe
def preview(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """Show the report as it would be fixed now, marked as a draft."""
    found_period = find_period(request, municipality, committee, year, period)
    shown = present(load_snapshot(ReportDraft.of(found_period)))
    context = {"report": shown, **_frame(found_period, "Förhandsgranskning", "report_preview")}
    return render(request, "goals/report/preview.html", context)


@signed_in
@require_safe
def pdf(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """Send the draft as a PDF, marked as a draft on every page."""
    found_period = find_period(request, municipality, committee, year, period)
    content = to_pdf(load_snapshot(ReportDraft.of(found_period)))
    return send(content, ReportFile.Format.PDF, f"rapport-{period}-{year}-utkast.pdf")


@signed_in
def fix(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """Show what would be fixed, and fix it."""
    found_period = find_period(request, municipality, committee, year, period)
    found = ToFix.load(found_period)
    replaces = found.latest is not None
    if request.method != "POST":
        kept = take_typed(request)
        reason = kept.get("reason", "") if kept else ""
        return _fix_page(request, found, FixForm.fresh(found.seen, replaces=replaces, reason=reason))
    form = FixForm(request.POST, replaces=replaces)
    if not form.is_valid():
        return _fix_page(request, found, form, status=INVALID)
    try:
        report = fix_report(
            found_period,
            by=user_of(request),
            seen=form.cleaned_data["seen"],
            key=form.cleaned_data["key"],
            reason=form.reason_given,
        )
    except ReportChangedError:
        form = FixForm.fresh(found.seen, replaces=replaces, reason=request.POST.get("reason", ""))
        return _fix_page(request, found, form, status=CONFLICT)
    except ValidationError as error:
        form.add_error("reason", error.messages)
        return _fix_page(request, found, form, status=INVALID)
    messages.success(request, f"{report} är fastställd. Den ändras inte mer.")
    return HttpResponseRedirect(report.get_absolute_url())


def _address(name: str, period: ReportingPeriod) -> str:
    return reverse(name, args=[*period.plan_year.address, period.slug])


def _frame(period: ReportingPeriod, title: str, name: str) -> dict[str, Any]:
    """Give what every page of a report on its way needs."""
    crumbs = [
        Crumb("Arbete", reverse("work")),
        Crumb(str(period), period.get_absolute_url()),
        Crumb("Rapport", _address("report_draft", period)),
    ]
    if name != "report_draft":
        crumbs.append(Crumb(title, _address(name, period)))
    whole = f"{title}: rapport för {period}" if name != "report_draft" else f"Rapport för {period}"
    return {
        "page": Page(whole, whole, crumbs),
        "plan_year": period.plan_year,
        "period": period,
        "steps": [
            (label, _address(step, period), step == name)
            for step, label in (
                ("report_draft", "Skriv"),
                ("report_preview", "Förhandsgranska"),
                ("fix_report", "Fastställ"),
            )
        ],
        "pdf_url": _address("report_draft_pdf", period),
    }


def _write_page(request: HttpRequest, found: ReportDraft, form: ReportDraftForm, *, status: int = 200) -> HttpResponse:
    context = {
        **_frame(found.period, "Skriv", "report_draft"),
        "draft": found,
        "form": form,
        "conflict": status == CONFLICT,
        "reports": found.period.reports.order_by("-number"),
    }
    return render(request, "goals/report/write.html", context, status=status)


def _fix_page(request: HttpRequest, found: ToFix, form: FixForm, *, status: int = 200) -> HttpResponse:
    context = {
        **_frame(found.draft.period, "Fastställ", "fix_report"),
        "found": found,
        "number": found.latest.number + 1 if found.latest else 1,
        "report": present(found.snapshot),
        "counts": found.snapshot["counts"],
        "form": form,
        "conflict": status == CONFLICT,
    }
    return render(request, "goals/report/fix.html", context, status=status)

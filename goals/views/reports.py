"""Fixed reports: those of a plan year, each as a page and as files."""

import json

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from config.page import Crumb, HelpfulNotFound, Page
from goals.models import Report, ReportFile
from goals.models.reports import may_draft
from goals.report.present import present
from goals.views.steps import crumbs_to_committee
from proposals.find import find_plan_year
from proposals.models import PlanYear

MEDIA_TYPES = {
    ReportFile.Format.PDF: "application/pdf",
    ReportFile.Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFile.Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ReportFile.Format.JSON: "application/json",
}


@require_safe
def reports(request: HttpRequest, municipality: str, committee: str, year: int) -> HttpResponse:
    """List a plan year's fixed reports, and for those who write them also the drafts."""
    plan_year = find_plan_year(municipality, committee, year)
    works = may_draft(request.user, plan_year)
    periods = list(plan_year.periods.order_by("-ends_on"))
    by_period: dict[int, list[Report]] = {period.pk: [] for period in periods}
    for report in Report.objects.of(plan_year):
        report.period.plan_year = plan_year
        by_period[report.period_id].append(report)
    page = Page(
        f"Rapporter {year}",
        f"Fastställda rapporter om vad som blev av partiernas mål och uppdrag i {plan_year}.",
        _crumbs(plan_year),
    )
    context = {
        "page": page,
        "plan_year": plan_year,
        "works": works,
        "periods": [
            (period, by_period[period.pk], reverse("report_draft", args=[*plan_year.address, period.slug]))
            for period in periods
            if works or by_period[period.pk]
        ],
        "shows_example": any(report.is_example for found in by_period.values() for report in found),
    }
    return render(request, "goals/report/reports.html", context)


@require_safe
def report(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """Lead to a period's latest report at its own address; where there is none, those who write it to the draft."""
    latest = Report.objects.at(municipality, committee, year, period).first()
    if latest:
        return HttpResponseRedirect(latest.get_absolute_url())
    plan_year = find_plan_year(municipality, committee, year)
    if plan_year.periods.filter(slug=period).exists() and may_draft(request.user, plan_year):
        return HttpResponseRedirect(reverse("report_draft", args=[*plan_year.address, period]))
    raise _no_report(plan_year)


@require_safe
def fixed(request: HttpRequest, municipality: str, committee: str, year: int, period: str, number: int) -> HttpResponse:
    """Show a fixed report, from its snapshot alone."""
    found = _find(municipality, committee, year, period, number)
    plan_year = found.period.plan_year
    shown = present(json.loads(found.snapshot), found.sha256)
    latest = found.period.reports.order_by("-number").first()
    page = Page(
        f"{shown['title']}, rapport nr {number}",
        f"{shown['kicker']}. {shown['lede']}. {shown['state']}.",
        [*_crumbs(plan_year), Crumb(f"{shown['period']}, nr {number}", found.get_absolute_url())],
    )
    context = {
        "page": page,
        "plan_year": plan_year,
        "report": shown,
        "files": found.files.defer("content").order_by("pk"),
        "address": found.get_absolute_url(),
        "newer": latest if latest != found else None,
    }
    return render(request, "goals/report/report.html", context)


@require_safe
def file(
    request: HttpRequest, municipality: str, committee: str, year: int, period: str, number: int, end: str
) -> HttpResponse:
    """Send a fixed report as a file, byte for byte as it was made when it was fixed."""
    report = _find(municipality, committee, year, period, number)
    found = report.files.filter(format=end).first()
    if found is None:
        raise Http404
    return send(bytes(found.content), end, f"rapport-{period}-{year}-nr-{number}.{end}", found.sha256)


def send(content: bytes, end: str, name: str, checksum: str = "") -> HttpResponse:
    """Send a file to be saved under a name."""
    response = HttpResponse(content, content_type=MEDIA_TYPES[ReportFile.Format(end)])
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    if checksum:
        response["ETag"] = f'"{checksum}"'
    return response


def _find(municipality: str, committee: str, year: int, period: str, number: int) -> Report:
    found = Report.objects.at(municipality, committee, year, period).filter(number=number).first()
    if found is None:
        raise _no_report(find_plan_year(municipality, committee, year))
    return found


def _no_report(plan_year: PlanYear) -> HelpfulNotFound:
    """Say that there is no such report, and which there are."""
    links = [Crumb(f"Rapporter {plan_year.year}", plan_year.reports_url)]
    for found in Report.objects.of(plan_year)[:10]:
        found.period.plan_year = plan_year
        links.append(Crumb(str(found), found.get_absolute_url()))
    return HelpfulNotFound("Det finns ingen fastställd rapport med den adressen.", links)


def _crumbs(plan_year: PlanYear) -> list[Crumb]:
    return [
        *crumbs_to_committee(plan_year.committee),
        Crumb(f"Rapporter {plan_year.year}", plan_year.reports_url),
    ]

"""Judging several goals at once: shown together, confirmed on a page of their own, all or none."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from config.page import Crumb, Page
from goals.models import ConflictError, Goal, ReportingPeriod
from goals.queue import Queue, QueueRow, load_queue
from goals.views.work import CONFLICT, INVALID, SAVED, find_period, user_of
from goals.work_forms import RecordForm, ReportForm
from parties.access import signed_in, take_typed

#: More than this at once is no judgement.
MOST = 100


@signed_in
def batch(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """List the goals that were chosen, and record one and the same status update of each."""
    found = find_period(request, municipality, committee, year, period)
    queue = load_queue(found)
    sent = request.POST if request.method == "POST" else (take_typed(request) or request.GET)
    chosen = set(sent.getlist("mal"))
    rows = [row for row in queue.rows if str(row.pk) in chosen]
    if not rows or len(rows) > MOST:
        messages.warning(
            request,
            f"Du har valt {len(rows)} mål. Välj högst {MOST} åt gången."
            if rows
            else "Välj först ett eller flera mål med rutorna i listan.",
        )
        return HttpResponseRedirect(found.get_absolute_url())
    if request.method != "POST":
        initial = {name: sent.get(name, "") for name in ReportForm.SAID} if sent is not request.GET else {}
        return _confirm(request, queue, rows, ReportForm.fresh(seen=None, initial=initial))
    form: RecordForm = ReportForm(request.POST)
    if form.is_valid():
        try:
            _report_all(form, request, found, rows)
        except ConflictError:
            form = ReportForm.fresh(seen=None, initial={name: request.POST.get(name, "") for name in ReportForm.SAID})
            return _confirm(request, queue, rows, form, status=CONFLICT)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(request, f"{len(rows)} mål är bedömda. Varje bedömning kan rättas på målets sida.")
            return HttpResponseRedirect(found.get_absolute_url())
    return _confirm(request, queue, rows, form, status=INVALID)


@transaction.atomic
def _report_all(form: RecordForm, request: HttpRequest, period: ReportingPeriod, rows: list[QueueRow]) -> None:
    """Record the same of every goal, or of none.

    Each gets a key that follows from the form's, so that the whole form is recorded once however often it is sent.
    """
    said = form.said()
    key = said.pop("key") or uuid.uuid4()
    del said["seen"]
    goals = Goal.objects.select_related("proposal__plan_year__committee", "proposal__party").in_bulk(
        [row.pk for row in rows]
    )
    for row in sorted(rows, key=lambda row: row.pk):
        seen = request.POST.get(f"sedd-{row.pk}", "")
        goals[row.pk].report(
            **said,
            by=user_of(request),
            period=period,
            key=uuid.uuid5(key, str(row.pk)),
            seen=int(seen) if seen.isdecimal() else None,
        )


def _confirm(request: HttpRequest, queue: Queue, rows: list[QueueRow], form: Any, *, status: int = 200) -> HttpResponse:
    period = queue.period
    page = Page(
        f"Bedöm {len(rows)} mål tillsammans",
        "De valda målen och uppdragen får samma status och kommentar.",
        [
            Crumb("Arbete", reverse("work")),
            Crumb(str(period), period.get_absolute_url()),
            Crumb("Bedöm tillsammans", request.path),
        ],
    )
    context = {
        "page": page,
        "plan_year": period.plan_year,
        "period": period,
        "rows": rows,
        "form": form,
        "conflict": status == CONFLICT,
        "shows_example": queue.shows_example,
        "saved_name": SAVED,
    }
    return render(request, "goals/work/batch.html", context, status=status)

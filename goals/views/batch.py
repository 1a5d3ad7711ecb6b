"""Judging several goals at once: shown together, confirmed on a page of their own, all or none."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from config.page import Crumb, Page
from goals.models import ConflictError, Goal, ReportingPeriod
from goals.queue import Queue, QueueRow, load_queue
from goals.views.work import find_period
from goals.work_forms import RecordForm, ReportForm
from parties.access import signed_in, take_typed
from parties.requests import CONFLICT, INVALID, number_of, user_of

#: More than this at once is no judgement.
MOST = 100


@signed_in
def batch(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """List the goals that were chosen, and record one and the same status update of each."""
    found = find_period(request, municipality, committee, year, period)
    kept = take_typed(request) if request.method != "POST" else None
    sent = request.POST if request.method == "POST" else (kept or request.GET)
    rows = _chosen(load_queue(found), sent)
    if not rows or len(rows) > MOST:
        messages.warning(
            request,
            f"Du har valt {len(rows)} mål. Välj högst {MOST} åt gången."
            if rows
            else "Välj först ett eller flera mål med rutorna i listan.",
        )
        return HttpResponseRedirect(found.get_absolute_url())
    if request.method != "POST":
        form: RecordForm = ReportForm.fresh(seen=None, initial=ReportForm.typed(kept) if kept else None)
        return _confirm(request, found, rows, form, seen=kept)
    form = ReportForm(request.POST)
    if form.is_valid():
        try:
            _report_all(form, request, found, rows)
        except ConflictError:
            form = ReportForm.fresh(seen=None, initial=ReportForm.typed(request.POST))
            # Read anew: what somebody else has recorded meanwhile is to be seen.
            return _confirm(request, found, _chosen(load_queue(found), sent), form, status=CONFLICT)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            told = f"Sparat: {goals_in_words(len(rows))}. Varje bedömning kan rättas på målets sida."
            messages.success(request, told)
            return HttpResponseRedirect(found.get_absolute_url())
    return _confirm(request, found, rows, form, seen=request.POST, status=INVALID)


def goals_in_words(count: int) -> str:
    """Count goals in words: "1 mål eller uppdrag"."""
    return f"{count} mål eller uppdrag" if count == 1 else f"{count} mål och uppdrag"


def _chosen(queue: Queue, sent: QueryDict) -> list[QueueRow]:
    chosen = set(sent.getlist("mal"))
    return [row for row in queue.rows if str(row.pk) in chosen]


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
        goals[row.pk].report(
            **said,
            by=user_of(request),
            period=period,
            key=uuid.uuid5(key, str(row.pk)),
            seen=number_of(request.POST.get(f"sedd-{row.pk}")) or None,
        )


def _confirm(
    request: HttpRequest,
    period: ReportingPeriod,
    rows: list[QueueRow],
    form: RecordForm,
    *,
    seen: QueryDict | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show the page; ``seen`` is a form that was sent, with what its writer had seen of each goal."""
    page = Page(
        f"Bedöm {goals_in_words(len(rows))} på en gång",
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
        "rows": [(row, seen.get(f"sedd-{row.pk}", "") if seen else row.seen or "") for row in rows],
        "form": form,
        "conflict": status == CONFLICT,
        "shows_example": any(row.update and row.update.is_example for row in rows),
    }
    return render(request, "goals/work/batch.html", context, status=status)

"""The work queue: what remains to be judged in a period, and judging it, one goal after the other."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.page import Crumb, HelpfulNotFound, HtmxRequest, Page
from goals.models import ConflictError, Goal, Record, ReportingPeriod, StatusUpdate
from goals.models.periods import to_judge
from goals.queue import PAGE, Queue, QueueFilter, QueueRow, load_queue
from goals.standing import chip
from goals.views.moved import lead_on_in_filter
from goals.work_forms import QueueFilterForm, RecordForm, ReportForm
from parties.access import signed_in, take_typed
from parties.requests import CONFLICT, INVALID, number_of, user_of

#: What the address says of the goal that was just saved, so that the page can offer to undo it.
SAVED = "sparat"


@require_safe
@signed_in
def work(request: HttpRequest) -> HttpResponse:
    """Lead to the queue of the period that is to be judged now, or let one choose among committees."""
    periods = list(
        ReportingPeriod.objects.worked_by(user_of(request)).order_by("-plan_year__year", "plan_year", "ends_on")
    )
    by_year: dict[Any, list[ReportingPeriod]] = {}
    for period in periods:
        by_year.setdefault(period.plan_year, []).append(period)
    if not by_year and user_of(request).works:
        return HttpResponseRedirect(reverse("import"))
    if not by_year:
        raise HelpfulNotFound(
            "Ditt konto har ingen nämnd att arbeta för. Be administratören om rollen nämndsekreterare.",
            [Crumb("Till startsidan", reverse("start"))],
        )
    years = [(year, to_judge(of_year, timezone.localdate()), of_year) for year, of_year in by_year.items()]
    if len(years) == 1 and years[0][1]:
        return HttpResponseRedirect(years[0][1].get_absolute_url())
    page = Page("Arbete", "De nämnder och perioder som du följer upp.", [Crumb("Arbete", reverse("work"))])
    committees = list(dict.fromkeys(year.committee for year, _, _ in years))
    return render(request, "goals/work/choose.html", {"page": page, "years": years, "committees": committees})


@require_safe
@signed_in
def queue(request: HtmxRequest, municipality: str, committee: str, year: int, period: str) -> HttpResponse:
    """Show the queue: every goal of the plan year, those not judged in the period first."""
    found = load_queue(find_period(request, municipality, committee, year, period))
    moved = lead_on_in_filter(request, found.period.plan_year.committee, found.topics)
    return moved or _page(request, found)


@signed_in
def judge(
    request: HtmxRequest, municipality: str, committee: str, year: int, period: str, party: str, number: int
) -> HttpResponse:
    """Open a goal in the queue to judge it, and record the judgement; then the next one opens."""
    found_period = find_period(request, municipality, committee, year, period)
    goal = find_goal(found_period, party, number)
    if request.method != "POST":
        if found_period.is_locked:
            return HttpResponseRedirect(f"{found_period.get_absolute_url()}#mal-{goal.pk}")
        queue = load_queue(found_period)
        row = queue.row(goal.pk)
        kept = _typed(request)
        form = ReportForm.fresh(kind=goal.kind, seen=row.seen, initial=kept)
        return _open(request, queue, row, form, kept=bool(kept))
    form = ReportForm(request.POST, kind=goal.kind)
    conflict, saved = None, None
    if form.is_valid():
        try:
            saved = form.save(goal.report, by=user_of(request), period=found_period)
        except ConflictError as error:
            conflict = error.latest
    found = load_queue(found_period)
    row = found.row(goal.pk)
    if saved:
        return _go_on(request, found, row, saved)
    if conflict:
        form = ReportForm.fresh(kind=goal.kind, seen=conflict.pk, initial=_said(request.POST))
        return _open(request, found, row, form, conflict=conflict, status=CONFLICT)
    return _open(request, found, row, form, status=INVALID)


@signed_in
def undo(
    request: HtmxRequest, municipality: str, committee: str, year: int, period: str, party: str, number: int
) -> HttpResponse:
    """Take back the status update that was just saved, by a correction; whoever only looks is led to the goal."""
    found_period = find_period(request, municipality, committee, year, period)
    goal = find_goal(found_period, party, number)
    if request.method != "POST":
        return HttpResponseRedirect(f"{found_period.get_absolute_url()}#mal-{goal.pk}")
    own = goal.status_updates.filter(period=found_period, author=user_of(request))
    record = own.filter(pk=number_of(request.POST.get("rapport"))).first()
    if record is None:
        raise Http404
    try:
        goal.undo(record, by=user_of(request))
        told = f"{goal.reference}: ångrat. Det som sparades är återtaget, och syns i målets historik."
    except ConflictError:
        told = f"{goal.reference} har redan rättats av någon. Öppna målet för att se vad som står där nu."
    except ValidationError as error:
        told = " ".join(error.messages)
    if request.htmx:
        found = load_queue(found_period)
        context = {
            "row": found.row(goal.pk),
            "period": found_period,
            "queue": found,
            "told": told,
            "choices": choices_in(request),
        }
        return render(request, "goals/work/queue.html#undone", context)
    messages.info(request, told)
    return HttpResponseRedirect(f"{found_period.get_absolute_url()}{choices_in(request)}#mal-{goal.pk}")


def find_period(request: HttpRequest, municipality: str, committee: str, year: int, period: str) -> ReportingPeriod:
    """Find a period that the user may judge the goals of.

    :raises Http404: if there is none; others' periods are as if there were none.
    """
    found = ReportingPeriod.objects.worked_by(user_of(request)).at(municipality, committee, year, period).first()
    if found is None:
        raise Http404
    return found


def find_goal(period: ReportingPeriod, party: str, number: int) -> Goal:
    """Find a goal of a period's plan year.

    :raises Http404: if there is none.
    """
    municipality, committee, year = period.plan_year.address
    goal = Goal.objects.standing().at(municipality, committee, year, party, number).first()
    if goal is None:
        raise Http404
    return goal


def choices_in(request: HttpRequest) -> str:
    """Give what was chosen of the queue, for addresses: everything in the query but what was just saved."""
    chosen = request.GET.copy()
    chosen.pop(SAVED, None)
    return f"?{chosen.urlencode()}" if chosen else ""


def _page_query(request: HttpRequest) -> str:
    """Give what was chosen, for the address of another page of it."""
    chosen = request.GET.copy()
    for name in (SAVED, "sida"):
        chosen.pop(name, None)
    return f"{chosen.urlencode()}&" if chosen else ""


def _typed(request: HttpRequest) -> dict[str, Any]:
    """Give what somebody typed here before the session ended, with what they had seen."""
    typed = take_typed(request)
    return ReportForm.typed(typed) if typed else {}


def _said(data: QueryDict) -> dict[str, Any]:
    """Give what was filled in, without what its writer had seen, which has been told otherwise."""
    return {name: value for name, value in ReportForm.typed(data).items() if name != "seen"}


def _page(
    request: HttpRequest, found: Queue, *, row: QueueRow | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """Show the whole queue, with one goal open if there is one."""
    filters = QueueFilterForm(request.GET, found)
    chosen = filters.chosen()
    rows = [each for each in found.rows if chosen.wants(each) or each is row]
    pages = max(1, -(-len(rows) // PAGE))
    at = min(max(1, number_of(request.GET.get("sida")) or 1), pages)
    if row:
        at = rows.index(row) // PAGE + 1
    period = found.period
    saved = _just_saved(request, period)
    page = Page(
        f"Följ upp {period}",
        "Arbetskön: målen och uppdragen i perioden, de som inte är bedömda först.",
        [Crumb("Arbete", reverse("work")), Crumb(f"{period.plan_year.committee}: {period}", period.get_absolute_url())],
    )
    everything = {
        "page": page,
        "plan_year": period.plan_year,
        "period": period,
        "queue": found,
        "shows_example": found.shows_example,
        "filters": filters,
        "first": found.first(chosen),
        "is_filtered": chosen != QueueFilter(),
        "periods": period.plan_year.periods.all(),
        "page_query": _page_query(request),
        "choices": choices_in(request),
        "rows": rows[(at - 1) * PAGE : at * PAGE],
        "shown": len(rows),
        "at": at,
        "pages": range(1, pages + 1) if pages > 1 else (),
        "open": row,
        "saved": saved,
        "saved_row": found.row(saved.goal_id) if saved else None,
        **context,
    }
    return render(request, "goals/work/queue.html", everything, status=status)


def _just_saved(request: HttpRequest, period: ReportingPeriod) -> StatusUpdate | None:
    """Give what the user has just saved, if it still stands and so can be undone."""
    pk = number_of(request.GET.get(SAVED))
    own = StatusUpdate.objects.filter(period=period, author=user_of(request))
    return own.in_force().filter(pk=pk).first() if pk else None


def _open(
    request: HtmxRequest,
    found: Queue,
    row: QueueRow,
    form: RecordForm,
    *,
    conflict: Any = None,
    kept: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Show a goal opened: alone for htmx, else in its queue."""
    context: dict[str, Any] = {
        "form": form,
        "kept": kept,
        "conflict": conflict,
        "conflict_chip": chip(conflict.status, row.kind) if conflict else None,
    }
    if request.htmx:
        alone = {
            **context,
            "row": row,
            "open": row,
            "queue": found,
            "period": found.period,
            "choices": choices_in(request),
        }
        return render(request, "goals/work/queue.html#row", alone, status=status)
    return _page(request, found, row=row, status=status, **context)


def _go_on(request: HtmxRequest, found: Queue, row: QueueRow, saved: Record) -> HttpResponse:
    """Confirm what was saved, and open the next goal that is not judged."""
    chosen = QueueFilterForm(request.GET, found).chosen()
    following = found.after(row.pk, chosen)
    query = request.GET.copy()
    query[SAVED] = str(saved.pk)
    if not request.htmx:
        target = following.judge_url if following else found.period.get_absolute_url()
        # No anchor where a goal opens: it would keep the browser from putting the focus there.
        anchor = "" if following else f"#mal-{row.pk}"
        return HttpResponseRedirect(f"{target}?{query.urlencode()}{anchor}")
    context = {
        "row": row,
        "saved_goal": row.pk,
        "saved": saved,
        "queue": found,
        "period": found.period,
        "choices": choices_in(request),
        "following": following,
        "form": ReportForm.fresh(kind=following.kind, seen=following.seen) if following else None,
    }
    return render(request, "goals/work/queue.html#saved", context)

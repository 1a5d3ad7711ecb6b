"""Recording a decision or an outcome of a goal, and correcting anything that was recorded."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from config.page import Crumb, Page
from goals.models import ConflictError, Decision, Goal, OutcomeValue, Record, StatusUpdate
from goals.models.records import KINDS
from goals.views.steps import crumbs_to_proposal
from goals.work_forms import form_for
from parties.access import signed_in, take_typed
from parties.models import Committee
from parties.requests import CONFLICT, INVALID, user_of
from proposals.typeset import typeset


@signed_in
def decide(request: HttpRequest, municipality: str, committee: str, year: int, party: str, number: int) -> HttpResponse:
    """Record what the committee decided about a goal."""
    goal = find_own_goal(request, municipality, committee, year, party, number)
    return _record(request, goal, Decision, f"Lägg in beslut om {goal.reference}", goal.decide)


@signed_in
def measure(
    request: HttpRequest, municipality: str, committee: str, year: int, party: str, number: int
) -> HttpResponse:
    """Record what was measured of a goal that states a target; others have no such page."""
    goal = find_own_goal(request, municipality, committee, year, party, number)
    if goal.target_value is None:
        raise Http404
    return _record(request, goal, OutcomeValue, f"Lägg in utfall för {goal.reference}", goal.measure)


@signed_in
def correct(
    request: HttpRequest,
    municipality: str,
    committee: str,
    year: int,
    party: str,
    number: int,
    kind: str,
    pk: int,
) -> HttpResponse:
    """Correct something that was recorded of a goal, by a new record that says why."""
    goal = find_own_goal(request, municipality, committee, year, party, number)
    model = next((model for model in KINDS if kind == model.ANCHOR), None)
    record = model._base_manager.filter(goal=goal, pk=pk).first() if model else None
    if model is None or record is None:
        raise Http404
    if request.method != "POST" and hasattr(record, "replaced_by"):
        messages.info(request, "Uppgiften är redan rättad. Rätta den senaste i stället.")
        return HttpResponseRedirect(f"{goal.get_absolute_url()}#{record.replaced_by.anchor}")
    write: dict[type[Record], Callable[..., Record]] = {
        StatusUpdate: goal.report,
        Decision: goal.decide,
        OutcomeValue: goal.measure,
    }
    further: dict[str, Any] = {"replaces": record}
    if isinstance(record, StatusUpdate):
        further["period"] = record.period
    return _record(request, goal, model, f"Rätta {goal.reference}", write[model], replaced=record, **further)


def find_own_goal(request: HttpRequest, municipality: str, committee: str, year: int, party: str, number: int) -> Goal:
    """Find a goal that the user may judge.

    :raises Http404: if there is none; others' goals are as if there were none.
    """
    found = Goal.objects.at(municipality, committee, year, party, number).first()
    if found is None or not Committee.objects.worked_by(user_of(request)).contains(found.committee):
        raise Http404
    return found


def _record(
    request: HttpRequest,
    goal: Goal,
    model: type[Record],
    title: str,
    write: Callable[..., Record],
    *,
    replaced: Record | None = None,
    **further: Any,
) -> HttpResponse:
    """Show the form, and record what it says."""
    of_period = {"period": replaced.period} if isinstance(replaced, StatusUpdate) else {}
    latest = model._base_manager.filter(goal=goal, **of_period).order_by("-recorded_at", "-pk").first()
    seen = latest.pk if latest else None
    status, conflict = 200, None
    if request.method == "POST":
        form = form_for(model, goal, request.POST, correcting=replaced)
        status = INVALID
        if form.is_valid():
            try:
                record = form.save(write, by=user_of(request), **further)
            except ConflictError as error:
                conflict, status = error.latest, CONFLICT
                typed = {**form.typed(request.POST), "seen": seen}
                form = form_for(model, goal, correcting=replaced, seen=seen, initial=typed)
            else:
                if record:
                    messages.success(request, "Sparat. Det står överst under ”Vad som har hänt”.")
                    return HttpResponseRedirect(goal.get_absolute_url())
    else:
        form = form_for(model, goal, correcting=replaced, seen=seen)
        if kept := take_typed(request):
            form.initial = {**form.initial, **form.typed(kept)}
    page = Page(
        title,
        title,
        [
            *crumbs_to_proposal(goal.proposal),
            Crumb(goal.reference, goal.get_absolute_url()),
            Crumb(title, request.path),
        ],
    )
    context = {
        "page": page,
        "plan_year": goal.proposal.plan_year,
        "goal": goal,
        "party": goal.proposal.party,
        "quote": typeset(goal.passage.text, goal.passage.marks),
        "form": form,
        "replaced": replaced,
        "shows_example": any(record and record.is_example for record in (replaced, conflict)),
        "conflict": conflict,
        "action": _where_to_send(goal, replaced, conflict),
    }
    return render(request, "goals/work/record.html", context, status=status)


def _where_to_send(goal: Goal, replaced: Record | None, conflict: Record | None) -> str:
    """Give the address that the form is sent to: a correction of what was replaced meanwhile corrects the new one."""
    if replaced is None or conflict is None:
        return ""
    return f"{goal.get_absolute_url()}ratta/{conflict.ANCHOR}/{conflict.pk}/"

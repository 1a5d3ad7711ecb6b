"""What has been changed of a goal, for those who work with it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals import audit
from goals.models import Goal
from goals.views.steps import crumbs_to_proposal
from parties.access import signed_in
from parties.models import Committee


@require_safe
@signed_in
def log(request: HttpRequest, municipality: str, committee: str, year: int, party: str, number: int) -> HttpResponse:
    """Show every change of a goal: who, when, from what and to what.

    :raises Http404: if there is no such goal, or if it is not for the one who asks to work with.
    """
    worked_by = Committee.objects.worked_by(request.user)
    goals = Goal.objects.at(municipality, committee, year, party, number)
    goal = goals.filter(proposal__plan_year__committee__in=worked_by).first()
    if goal is None:
        raise Http404
    proposal = goal.proposal
    page = Page(
        f"Ändringslogg för {goal.reference}",
        f"Allt som har ändrats av {goal.reference}: vem som gjorde det, när, från vad och till vad.",
        [
            *crumbs_to_proposal(proposal),
            Crumb(f"{goal.get_kind_display()} {goal.reference}", goal.get_absolute_url()),
            Crumb("Ändringslogg", reverse("goal_log", args=[*proposal.plan_year.address, party, number])),
        ],
    )
    context = {
        "page": page,
        "plan_year": proposal.plan_year,
        "goal": goal,
        "changes": audit.of_goal(goal, goal.committee),
    }
    return render(request, "goals/log.html", context)

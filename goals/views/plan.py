"""A whole plan, with its goals marked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.page import Page
from goals.views.steps import crumbs_to_proposal
from proposals.find import find_proposal
from proposals.models import Passage
from proposals.plan_page import arrange as arrange_plan

GOALS_ONLY = "mal"


@require_safe
def plan(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Show the whole plan, every passage with an anchor and every goal marked; or, on request, goals only."""
    proposal = find_proposal(municipality, committee, year, party)
    goals_only = request.GET.get("visa") == GOALS_ONLY
    passages = list(Passage.objects.for_plan_page(proposal))
    parts = arrange_plan(list(proposal.sections.all()), passages, goals_only=goals_only)
    goal_count = sum(passage.kind == Passage.Kind.GOAL for passage in passages)
    page = Page(
        f"{proposal.party}: {proposal.title}",
        f"Hela planen från {proposal.party} för {proposal.plan_year}, ord för ord, "
        f"med {goal_count} mål och uppdrag markerade.",
        crumbs_to_proposal(proposal),
    )
    context = {
        "page": page,
        "plan_year": proposal.plan_year,
        "proposal": proposal,
        "party": proposal.party,
        "parts": parts,
        "goal_count": goal_count,
        "goals_only": goals_only,
    }
    return render(request, "goals/plan.html", context)

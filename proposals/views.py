"""The plan page, and the plan's document as it was received."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from proposals.find import find_proposal
from proposals.models import Passage, Proposal, SourceDocument
from proposals.plan_page import arrange

GOALS_ONLY = "mal"


def crumbs_to(proposal: Proposal) -> list[Crumb]:
    """Give the steps that lead to a plan."""
    plan_year = proposal.plan_year
    return [
        Crumb("Start", reverse("start")),
        Crumb(str(plan_year.committee), plan_year.committee.get_absolute_url()),
        Crumb(f"Jämför {plan_year.year}", plan_year.compare_url),
        Crumb(proposal.party.name, proposal.get_absolute_url()),
    ]


@require_safe
def plan(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Show the whole plan, every passage with an anchor and every goal marked; or, on request, goals only."""
    proposal = find_proposal(municipality, committee, year, party)
    goals_only = request.GET.get("visa") == GOALS_ONLY
    passages = list(Passage.objects.for_plan_page(proposal))
    parts = arrange(list(proposal.sections.all()), passages, goals_only=goals_only)
    goal_count = sum(passage.kind == Passage.Kind.GOAL for passage in passages)
    page = Page(
        f"{proposal.party}: {proposal.title}",
        f"Hela planen från {proposal.party} för {proposal.plan_year}, ord för ord, "
        f"med {goal_count} mål och uppdrag markerade.",
        crumbs_to(proposal),
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
    return render(request, "proposals/plan.html", context)


@require_safe
def original(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Send the plan's document, byte for byte; text is shown, anything else is saved."""
    proposal = find_proposal(municipality, committee, year, party)
    document = SourceDocument.objects.get(pk=proposal.document_id)
    is_text = document.media_type.startswith("text/")
    response = HttpResponse(
        bytes(document.content), content_type="text/plain; charset=utf-8" if is_text else document.media_type
    )
    response["Content-Disposition"] = content_disposition_header(not is_text, document.name) or "attachment"
    return response

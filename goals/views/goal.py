"""One goal: what it says, how it stands, where it comes from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals.changes import shortened
from goals.comparison import Material, issue_row
from goals.find import no_such_goal
from goals.models import Goal
from goals.views.steps import crumbs_to_proposal
from proposals.find import find_proposal
from proposals.typeset import typeset

#: How much of a goal's text its page's title has, in characters.
LONGEST_TITLE = 70


@require_safe
def goal(request: HttpRequest, municipality: str, committee: str, year: int, party: str, number: int) -> HttpResponse:
    """Show a goal: the party's words, status and decision, what the text states, source, and the same issue."""
    found = Goal.objects.with_neighbours().at(municipality, committee, year, party, number).first()
    if found is None:
        raise no_such_goal(find_proposal(municipality, committee, year, party), number)
    proposal = found.proposal
    plan_year = proposal.plan_year
    found.passage.proposal = proposal
    material = Material.load(plan_year, [found.issue] if found.issue else [])
    page = Page(
        f"{found.reference}: {shortened(found.passage.text, LONGEST_TITLE)}",
        f"{found.get_kind_display()} {found.reference} i {proposal.party}: {proposal.title}. "
        "Ordalydelse, status, beslut och källa.",
        [
            *crumbs_to_proposal(proposal),
            Crumb(f"{found.get_kind_display()} {found.reference}", found.get_absolute_url()),
        ],
    )
    context = {
        "page": page,
        "plan_year": plan_year,
        "proposal": proposal,
        "party": proposal.party,
        "goal": found,
        "quote": typeset(found.passage.text, found.passage.marks),
        "row": issue_row(material, found.issue, material.parties) if found.issue else None,
        "today": localdate(),
        "previous": found.previous_number,  # type: ignore[attr-defined]
        "next": found.next_number,  # type: ignore[attr-defined]
    }
    return render(request, "goals/goal.html", context)

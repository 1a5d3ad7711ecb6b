"""A whole plan, with its goals marked."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.page import Page
from goals.as_of import AsOf
from goals.models import Goal
from goals.standing import NOTHING_SAID, Chip, Standing, chip, load_standings, tally
from goals.views.steps import crumbs_to_proposal
from proposals.find import find_proposal
from proposals.models import Passage
from proposals.plan_page import arrange as arrange_plan

GOALS_ONLY = "mal"


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands beside a goal in its plan."""

    chip: Chip
    lateness: str


def mark(goal: Goal, standing: Standing, as_of: AsOf) -> Mark:
    """Say how a goal stands, for beside its words."""
    return Mark(chip(standing.status, goal.kind), standing.lateness(goal.due_year, as_of.date))


@require_safe
def plan(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Show the whole plan, every passage with an anchor and every goal marked; or, on request, goals only."""
    proposal = find_proposal(municipality, committee, year, party)
    goals_only = request.GET.get("visa") == GOALS_ONLY
    passages = list(Passage.objects.for_plan_page(proposal))
    as_of = AsOf.read(request.GET.get("per", ""))
    standings = load_standings(proposal.goals.all(), as_of.moment)
    goals = [passage.goal for passage in passages if hasattr(passage, "goal")]
    marks = {goal.number: mark(goal, standings.get(goal.pk, NOTHING_SAID), as_of) for goal in goals}
    parts = arrange_plan(list(proposal.sections.all()), passages, goals_only=goals_only, marks=marks)
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
        "as_of": as_of,
        "tally": tally(standings.get(goal.pk, NOTHING_SAID).status for goal in goals),
        "shows_example": any(standing.is_example for standing in standings.values()),
        "goal_count": goal_count,
        "goals_only": goals_only,
    }
    return render(request, "goals/plan.html", context)

"""A whole plan, with its goals marked."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals.as_of import AsOf
from goals.linked_data import work
from goals.models import EarlierWording, Goal
from goals.share import Share
from goals.standing import NOTHING_SAID, Chip, Standing, chip, load_standings, tally
from goals.views.embed import embed_of_party
from goals.views.steps import crumbs_to_proposal
from proposals.find import find_proposal, find_version
from proposals.models import EarlierVersion, Passage, Proposal
from proposals.plan_page import arrange as arrange_plan

GOALS_ONLY = "mal"


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands beside a goal in its plan."""

    number: int
    kind_name: str
    chip: Chip
    lateness: str


def mark(goal: Goal, standing: Standing, as_of: AsOf) -> Mark:
    """Say how a goal stands, for beside its words."""
    return Mark(
        goal.number,
        goal.get_kind_display(),
        chip(standing.status, goal.kind),
        standing.lateness(goal.text_due, as_of.date),
    )


@require_safe
def plan(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Show the whole plan, every passage with an anchor and every goal marked; or, on request, goals only."""
    proposal = find_proposal(municipality, committee, year, party)
    page = Page(
        f"{proposal.party}: {proposal.title}",
        f"Hela planen från {proposal.party} för {proposal.plan_year}, ord för ord, med mål och uppdrag markerade.",
        crumbs_to_proposal(proposal),
        [work(proposal)],
    )
    return _show(request, page, proposal)


@require_safe
def plan_version(
    request: HttpRequest, municipality: str, committee: str, year: int, party: str, version: int
) -> HttpResponse:
    """Show a plan as it was before a newer version came; the version that applies is at the plan's own address."""
    proposal = find_proposal(municipality, committee, year, party)
    if version == proposal.version:
        return HttpResponseRedirect(proposal.get_absolute_url())
    earlier = find_version(proposal, version)
    page = Page(
        f"{proposal.party}: {earlier.title}, version {version}",
        f"Planen från {proposal.party} för {proposal.plan_year} som den var till {earlier.replaced_at:%Y-%m-%d}.",
        [*crumbs_to_proposal(proposal), Crumb(f"Version {version}", earlier.url)],
    )
    return _show(request, page, proposal, earlier)


def _show(request: HttpRequest, page: Page, proposal: Proposal, earlier: EarlierVersion | None = None) -> HttpResponse:
    goals_only = request.GET.get("visa") == GOALS_ONLY
    version = earlier.number if earlier else proposal.version
    passages = list(Passage.objects.for_plan_page(proposal, version))
    as_of = AsOf.read(request.GET.get("per", ""))
    standings = load_standings(proposal.goals.all(), as_of.moment)
    goals = {passage.pk: passage.goal for passage in passages if hasattr(passage, "goal")}
    if earlier:
        wordings = EarlierWording.objects.in_version(proposal, version)
        goals |= {wording.passage_id: wording.goal for wording in wordings}
    marks = {key: mark(goal, standings.get(goal.pk, NOTHING_SAID), as_of) for key, goal in goals.items()}
    sections = list(proposal.sections.filter(version=version))
    context = {
        "page": page,
        "plan_year": proposal.plan_year,
        "proposal": proposal,
        "party": proposal.party,
        "earlier": earlier,
        "shown": earlier or proposal,
        "versions": list(proposal.earlier_versions.all()) if proposal.version > 1 else [],
        "parts": arrange_plan(sections, passages, goals_only=goals_only, marks=marks),
        "as_of": as_of,
        "tally": tally(standings.get(goal.pk, NOTHING_SAID).status for goal in goals.values()),
        "shows_example": any(standing.is_example for standing in standings.values()),
        "share": Share(
            request.build_absolute_uri(f"{page.address}{as_of.query}"),
            page.title,
            None if earlier else embed_of_party(request, proposal, as_of),
        ),
        "goal_count": len(goals),
        "goals_only": goals_only,
    }
    return render(request, "goals/plan.html", context)

"""A whole plan, with its goals marked."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals.as_of import AsOf
from goals.linked_data import work
from goals.models import EarlierWording, Goal
from goals.share import Share
from goals.standing import NOTHING_SAID, Chip, Standing, chip, load_standings_of_plan, tally
from goals.views.embed import embed_of_party
from goals.views.steps import crumbs_to_proposal
from parties.compiled import Given, compiled_once
from parties.shown import Shown
from proposals.find import find_proposal, find_version
from proposals.models import EarlierVersion, Passage, Proposal, Section
from proposals.plan_page import arrange as arrange_plan

GOALS_ONLY = "mal"


@dataclass(frozen=True, slots=True)
class Mark(Shown):
    """What stands beside a goal in its plan."""

    number: int
    name: str
    url: str
    chip: Chip
    lateness: str


def marks_of(
    proposal: Proposal, goals: Mapping[int, Goal], standings: Mapping[int, Standing], as_of: AsOf
) -> dict[int, Mark]:
    """Say how goals stand, for beside their words."""
    plan_url, short, query, today = proposal.get_absolute_url(), proposal.party.abbreviation, as_of.query, as_of.date
    marks = {}
    for key, goal in goals.items():
        standing = standings.get(goal.pk, NOTHING_SAID)
        marks[key] = Mark(
            goal.number,
            f"{goal.get_kind_display()} {short} {goal.number}",
            f"{plan_url}{goal.number}/{query}",
            chip(standing.status, goal.kind),
            standing.lateness(goal.text_due, today),
        )
    return marks


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


@compiled_once
def _passages_of() -> "QuerySet[Passage]":
    return Passage.objects.for_plan_page(Given("proposal"), Given("version"))


@compiled_once
def _sections_of() -> "QuerySet[Section]":
    return Section.objects.filter(proposal=Given("proposal"), version=Given("version"))


def _show(request: HttpRequest, page: Page, proposal: Proposal, earlier: EarlierVersion | None = None) -> HttpResponse:
    goals_only = request.GET.get("visa") == GOALS_ONLY
    version = earlier.number if earlier else proposal.version
    passages = _passages_of(proposal=proposal.pk, version=version)
    as_of = AsOf.read(request.GET.get("per", ""))
    standings = load_standings_of_plan(proposal, as_of.moment)
    goals = {passage.pk: passage.goal for passage in passages if hasattr(passage, "goal")}
    if earlier:
        wordings = EarlierWording.objects.in_version(proposal, version)
        goals |= {wording.passage_id: wording.goal for wording in wordings}
    marks = marks_of(proposal, goals, standings, as_of)
    sections = _sections_of(proposal=proposal.pk, version=version)
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

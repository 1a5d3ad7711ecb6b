"""One goal: what it says, how it stands, where it comes from."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals.as_of import AsOf
from goals.changes import shortened
from goals.comparison import Look, issue_row
from goals.find import no_such_goal
from goals.linked_data import quotation
from goals.material import Material
from goals.models import Goal
from goals.models.periods import to_judge
from goals.share import Share
from goals.standing import NOTHING_SAID, chip, load_standings
from goals.timeline import draw_target, load_timeline
from goals.views.embed import embed_of_issue
from goals.views.follows import follow_context
from goals.views.steps import crumbs_to_proposal
from parties.compiled import Given, compiled_once
from parties.models import Committee, User
from proposals.find import find_proposal
from proposals.models import Passage
from proposals.typeset import typeset

#: How much of a goal's text its page's title has, in characters.
LONGEST_TITLE = 70


@compiled_once
def _goals_at() -> "QuerySet[Goal]":
    names = ("municipality", "committee", "year", "party", "number")
    return Goal.objects.with_neighbours().at(*map(Given, names))


@require_safe
def goal(request: HttpRequest, municipality: str, committee: str, year: int, party: str, number: int) -> HttpResponse:
    """Show a goal: the party's words, status and decision, what the text states, source, and the same issue."""
    at = _goals_at(municipality=municipality, committee=committee, year=year, party=party, number=number)
    found = next(iter(at), None)
    if found is None:
        raise no_such_goal(find_proposal(municipality, committee, year, party), number)
    proposal = found.proposal
    plan_year = proposal.plan_year
    found.passage.proposal = proposal
    as_of = AsOf.read(request.GET.get("per", ""))
    material = (
        Material.load_issue(plan_year, found.issue, as_of=as_of)
        if found.issue
        else Material.load(plan_year, [], as_of=as_of)
    )
    standing = next((row.standing for row in material.rows if row.pk == found.pk), None)
    if standing is None:  # it stands in no issue, or in the plan no longer
        standing = load_standings(Goal.objects.filter(pk=found.pk), as_of.moment).get(found.pk, NOTHING_SAID)
    timeline = load_timeline(found, as_of)
    page = Page(
        f"{found.reference}: {shortened(found.passage.text, LONGEST_TITLE)}",
        f"{found.get_kind_display()} {found.reference} i {proposal.party}: {proposal.title}. "
        "Ordalydelse, status, beslut och källa.",
        [
            *crumbs_to_proposal(proposal),
            Crumb(f"{found.get_kind_display()} {found.reference}", found.get_absolute_url()),
        ],
        [quotation(found)],
    )
    context = {
        "page": page,
        "plan_year": plan_year,
        "proposal": proposal,
        "party": proposal.party,
        "goal": found,
        "quote": typeset(found.passage.text, found.passage.marks),
        "row": issue_row(material, found.issue, material.parties, Look(heading=3, current=found.pk))
        if found.issue
        else None,
        "as_of": as_of,
        "standing": standing,
        "chip": chip(standing.status, found.kind),
        "lateness": standing.lateness(found.text_due, as_of.date),
        "source_url": proposal.url_of(found.passage.version),
        "wordings": earlier_wordings(found) if proposal.version > 1 else [],
        "timeline": timeline,
        "target_chart": draw_target(found, standing.outcome),
        "shows_example": material.shows_example or any(event.is_example for event in timeline),
        "share": Share(
            request.build_absolute_uri(f"{found.get_absolute_url()}{as_of.query}"),
            page.title,
            embed_of_issue(request, found.issue, plan_year, as_of) if found.issue else None,
        ),
        "work": _work_on(found, request.user),
        "today": localdate(),
        "previous": found.previous_number,  # type: ignore[attr-defined]
        "next": found.next_number,  # type: ignore[attr-defined]
    }
    return render(request, "goals/goal.html", context | follow_context(request.user, found))


def earlier_wordings(goal: Goal) -> list[Passage]:
    """Give what the goal's text was in earlier versions of the plan, the latest first."""
    found = Passage.objects.filter(earlier_wording__goal=goal).order_by("-version")
    for passage in found:
        passage.proposal = goal.proposal
    return list(found)


@dataclass(frozen=True, slots=True)
class Work:
    """Where those who work for the committee record things of a goal."""

    judge: str
    decide: str
    measure: str
    log: str


def _work_on(goal: Goal, user: User | AnonymousUser) -> Work | None:
    """Give the ways to record things of a goal to those who may."""
    plan_year = goal.proposal.plan_year
    if not Committee.objects.worked_by(user).contains(plan_year.committee):
        return None
    period = to_judge(plan_year.periods.all(), localdate())
    may_be_judged = period and not period.is_locked and goal.withdrawn_in is None
    here = goal.get_absolute_url()
    return Work(
        judge=period.judge_url(goal.proposal.party.slug, goal.number) if period and may_be_judged else "",
        decide=f"{here}beslut/",
        measure=f"{here}utfall/" if goal.target_value is not None else "",
        log=f"{here}logg/",
    )

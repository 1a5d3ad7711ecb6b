"""Views that other sites may frame: one issue, or how one party's goals stand. No scripts, no cookies, no menu."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from config.page import Crumb, HelpfulNotFound, Page
from goals.as_of import AsOf
from goals.comparison import Look, issue_row
from goals.find import lead_on_to_issue
from goals.material import Material
from goals.models import Goal, Issue
from goals.share import HEIGHT_OF_ISSUE, HEIGHT_OF_PARTY, Embed
from goals.standing import NOTHING_SAID, load_standings, tally
from goals.views.moved import leads_on
from goals.views.steps import within
from proposals.find import find_plan_year, find_proposal
from proposals.models import PlanYear, Proposal

View = Callable[..., HttpResponse]

#: Anyone may frame these, and they may do nothing but be read.
POLICY = {
    "default-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "form-action": [NONE],
    "base-uri": [NONE],
    "frame-ancestors": ["*"],
}


def embeddable(view: View) -> View:
    """Let anyone frame a view, which is the same for all: who is signed in is not asked, and nothing is left behind.

    What is not there says so within the frame; the ordinary page for it may not be framed.
    """

    @wraps(view)
    def shown(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        # Without a session there is none to prolong, and so no cookie to set.
        del request.session
        request.user = AnonymousUser()
        try:
            return view(request, **kwargs)
        except HelpfulNotFound as missing:
            page = Page("Finns inte längre", missing.message)
            context = {"page": page, "address": reverse("start"), "message": missing.message}
            return render(request, "goals/embed/missing.html", context, status=404)

    return require_safe(xframe_options_exempt(csp(POLICY)(shown)))  # type: ignore[return-value]


@embeddable
@leads_on
def issue(request: HttpRequest, municipality: str, committee: str, year: int, issue: str) -> HttpResponse:
    """Show what all parties have on an issue one year, and how it stands."""
    plan_year = find_plan_year(municipality, committee, year)
    found = Issue.objects.of(plan_year.committee).filter(slug=issue).first()
    if found is None:
        lead_on_to_issue(municipality, committee, issue)
        raise HelpfulNotFound(f"Frågan ”{issue}” finns inte hos {plan_year.committee}.")
    within(plan_year.committee, found)
    as_of = AsOf.read(request.GET.get("per", ""))
    material = Material.load(plan_year, [found], as_of=as_of)
    context = {
        "page": Page(
            f"{found.name} – {plan_year}",
            f"Vad partierna vill om {found.name} i {plan_year}, med deras egna ord, och hur det står till.",
            [Crumb(found.name, found.get_absolute_url())],
        ),
        "address": f"{found.get_absolute_url()}{as_of.query}#ar-{year}",
        "plan_year": plan_year,
        "issue": found,
        "row": issue_row(material, found, material.parties, Look(heading=2)),
        "as_of": as_of,
        "shows_example": material.shows_example,
    }
    return render(request, "goals/embed/issue.html", context)


@embeddable
def party(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Show how many of a party's goals for a year have each status."""
    proposal = find_proposal(municipality, committee, year, party)
    as_of = AsOf.read(request.GET.get("per", ""))
    keys = list(Goal.objects.standing().filter(proposal=proposal).values_list("pk", flat=True))
    standings = load_standings(Goal.objects.filter(proposal=proposal), as_of.moment)
    statuses = [standings.get(key, NOTHING_SAID).status for key in keys]
    context = {
        "page": Page(
            f"{proposal.party} – {proposal.plan_year}",
            f"Hur det står till med målen och uppdragen i planen från {proposal.party} för {proposal.plan_year}.",
            [Crumb(proposal.party.name, proposal.get_absolute_url())],
        ),
        "address": f"{proposal.get_absolute_url()}{as_of.query}",
        "plan_year": proposal.plan_year,
        "proposal": proposal,
        "party": proposal.party,
        "total": len(statuses),
        "judged": sum(map(bool, statuses)),
        "tally": tally(statuses),
        "as_of": as_of,
        "shows_example": any(standings[key].is_example for key in keys if key in standings),
    }
    return render(request, "goals/embed/party.html", context)


def embed_of_issue(request: HttpRequest, issue: Issue, plan_year: PlanYear, as_of: AsOf) -> Embed:
    """Give what shows an issue of a year on another site."""
    address = reverse("embed_issue", args=[*plan_year.address, issue.slug])
    title = f"{issue.name} – {plan_year}"
    return Embed("frågan", title, request.build_absolute_uri(f"{address}{as_of.query}"), HEIGHT_OF_ISSUE)


def embed_of_party(request: HttpRequest, proposal: Proposal, as_of: AsOf) -> Embed:
    """Give what shows how a party's goals stand on another site."""
    address = reverse("embed_party", args=[*proposal.plan_year.address, proposal.party.slug])
    title = f"{proposal.party} – {proposal.plan_year}"
    return Embed("partiets läge", title, request.build_absolute_uri(f"{address}{as_of.query}"), HEIGHT_OF_PARTY)

"""Where a reader begins: the start page, a municipality with its committees, and a committee with its plans."""

from collections.abc import Iterable
from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.page import Crumb, HelpfulNotFound, Page
from goals.changes import load_changes
from goals.find import MOST_IN_ONE_LIST, municipalities_with_plans
from goals.linked_data import organisation, website
from goals.models import Issue
from goals.summary import summarise
from goals.views.steps import crumbs_to_committee, within
from parties.models import Committee, Municipality
from parties.swedish import swedish_key
from proposals.find import find_committee
from proposals.models import PlanYear, Proposal

#: How many of the latest changes the start page tells.
LATEST_CHANGES = 4
#: How many other plan years the start page links to.
OTHER_PLAN_YEARS = 24


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Tell what this is and how it stands: the latest plan year's parties and topics, and the other plan years."""
    plan_years = list(PlanYear.objects.newest_first()[: OTHER_PLAN_YEARS + 1])
    municipalities = municipalities_with_plans()
    is_large = len(municipalities) > MOST_IN_ONE_LIST or len(plan_years) > OTHER_PLAN_YEARS
    page = Page(
        "Nämndkollen – jämför partiernas planer och följ vad som hände",
        "Vad vill partierna i nämnden? Jämför deras planer fråga för fråga, med deras egna ord, "
        "och följ varje mål och uppdrag till källan.",
        data=[website()],
    )
    latest = plan_years[0] if plan_years else None
    summary = summarise(latest) if latest else None
    changes = load_changes(most=LATEST_CHANGES)
    context = {
        "page": page,
        "plan_year": latest,
        "summary": summary,
        "changes": changes,
        "shows_example": bool(summary and summary.shows_example) or changes.has_example,
        "others": []
        if is_large
        else sorted(plan_years[1:], key=lambda year: (-year.year, swedish_key(str(year.committee)))),
        "letters": _by_letter(municipalities) if is_large else [],
    }
    return render(request, "goals/start.html", context)


def _by_letter(municipalities: Iterable[Municipality]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give the names and addresses of municipalities under their first letters."""
    return [
        (letter, [(each.name, reverse("municipality", args=[each.slug])) for each in under])
        for letter, under in groupby(municipalities, key=lambda each: each.name[:1].upper())
    ]


@require_safe
def municipality(request: HttpRequest, municipality: str) -> HttpResponse:
    """Show a municipality's committees, and the years that each has plans for."""
    committees: dict[Committee, list[PlanYear]] = {}
    for year in PlanYear.objects.newest_first().filter(committee__municipality__slug=municipality):
        committees.setdefault(year.committee, []).append(year)
    if not committees:
        raise HelpfulNotFound(f"Det finns inga planer för ”{municipality}” här.", [Crumb("Start", reverse("start"))])
    found = next(iter(committees)).municipality
    page = Page(
        f"{found}: nämnder och planer",
        f"De nämnder i {found} som partiernas planer finns för, år för år.",
        [Crumb("Start", reverse("start")), Crumb(found.name, reverse("municipality", args=[found.slug]))],
    )
    in_order = sorted(committees.items(), key=lambda item: swedish_key(item[0].name))
    return render(request, "goals/municipality.html", {"page": page, "municipality": found, "committees": in_order})


@require_safe
def committee(request: HttpRequest, municipality: str, committee: str) -> HttpResponse:
    """Show a committee's plans, year by year, and the topics that they are compared under."""
    found = find_committee(municipality, committee)
    proposals = (
        Proposal.objects.filter(plan_year__committee=found)
        .select_related("plan_year__committee__municipality")
        .with_goal_counts()
        .in_order()
    )
    plan_years = sorted({proposal.plan_year for proposal in proposals}, key=lambda year: -year.year)
    page = Page(
        f"{found}: planer och ämnen",
        f"Alla partiers planer för {found}, år för år, och de ämnen som de jämförs under.",
        crumbs_to_committee(found),
        [organisation(found)],
    )
    context = {
        "page": page,
        "committee": found,
        "plan_year": plan_years[0] if plan_years else None,
        "years": [(year, [proposal for proposal in proposals if proposal.plan_year == year]) for year in plan_years],
        "topics": [
            (within(found, topic), [within(found, issue) for issue in issues])
            for topic, issues in groupby(Issue.objects.of(found).in_order(), key=lambda issue: issue.topic)
        ],
    }
    return render(request, "goals/committee.html", context)

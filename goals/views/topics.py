"""What all parties want in one topic or issue, all years."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.page import Crumb, HelpfulNotFound, Page
from goals.as_of import AsOf
from goals.comparison import USUAL, IssueRow, Look, issue_row
from goals.find import lead_on_to_issue, lead_on_to_topic
from goals.material import Material
from goals.models import Issue, Topic
from goals.share import Share
from goals.standing import Tallied, tally
from goals.views.embed import embed_of_issue
from goals.views.follows import follow_context
from goals.views.moved import leads_on
from goals.views.steps import crumbs_to_committee, within
from parties.models import Committee, Party
from proposals.find import find_committee
from proposals.models import PlanYear


@require_safe
@leads_on
def topic(request: HttpRequest, municipality: str, committee: str, topic: str) -> HttpResponse:
    """Show a topic: all its issues, all parties, all years."""
    found = find_committee(municipality, committee)
    issues = list(Issue.objects.of(found).in_order().filter(topic__slug=topic))
    if not issues:
        lead_on_to_topic(municipality, committee, topic)
        raise HelpfulNotFound(
            f"Ämnet ”{topic}” finns inte hos {found}.",
            [Crumb(other.name, other.get_absolute_url()) for other in _topics_of(found)],
        )
    topic_row = within(found, issues[0].topic)
    page = Page(
        f"{topic_row.name} – {found}",
        f"Vad partierna vill om {topic_row.name.lower()} i {found}: alla frågor, alla partier, alla år.",
        [*crumbs_to_committee(found), Crumb(topic_row.name, topic_row.get_absolute_url())],
    )
    as_of = AsOf.read(request.GET.get("per", ""))
    years = years_with(found, issues, as_of)
    context = {
        "page": page,
        "committee": found,
        "topic": topic_row,
        "years": years,
        "plan_year": years[0].plan_year if years else None,
        "as_of": as_of,
        "shows_example": any(year.shows_example for year in years),
        "change_url": _change_url(request, topic_row, "edit_topic"),
        "others": [other for other in _topics_of(found) if other != topic_row],
    }
    return render(request, "goals/topic.html", context | follow_context(request.user, topic_row))


@require_safe
@leads_on
def issue(request: HttpRequest, municipality: str, committee: str, issue: str) -> HttpResponse:
    """Show an issue: all parties, all years, with the running text unfolded."""
    found = find_committee(municipality, committee)
    siblings = list(Issue.objects.of(found).in_order().sharing_topic_with(issue))
    issue_found = next((sibling for sibling in siblings if sibling.slug == issue), None)
    if issue_found is None:
        lead_on_to_issue(municipality, committee, issue)
        raise HelpfulNotFound(
            f"Frågan ”{issue}” finns inte hos {found}.",
            [Crumb(other.name, other.get_absolute_url()) for other in _topics_of(found)],
        )
    topic_row = within(found, issue_found.topic)
    page = Page(
        f"{issue_found.name} – {found}",
        f"Vad partierna vill om {issue_found.name} i {found}, med deras egna ord och källor.",
        [
            *crumbs_to_committee(found),
            Crumb(topic_row.name, topic_row.get_absolute_url()),
            Crumb(issue_found.name, within(found, issue_found).get_absolute_url()),
        ],
    )
    as_of = AsOf.read(request.GET.get("per", ""))
    years = years_with(found, [issue_found], as_of, Look(heading=3, unfolded=True))
    place = siblings.index(issue_found)
    context = {
        "page": page,
        "committee": found,
        "topic": topic_row,
        "issue": issue_found,
        "years": years,
        "plan_year": years[0].plan_year if years else None,
        "as_of": as_of,
        "shows_example": any(year.shows_example for year in years),
        "share": Share(
            request.build_absolute_uri(f"{page.address}{as_of.query}"),
            page.title,
            embed_of_issue(request, issue_found, years[0].plan_year, as_of) if years else None,
        ),
        "change_url": _change_url(request, issue_found, "edit_issue"),
        "previous": within(found, siblings[place - 1]) if place else None,
        "next": within(found, siblings[place + 1]) if place + 1 < len(siblings) else None,
    }
    return render(request, "goals/issue.html", context)


def _change_url(request: HttpRequest, thing: Topic | Issue, name: str) -> str:
    """Give the address where a topic or an issue is changed, to those who may."""
    committee = thing.committee
    if not Committee.objects.worked_by(request.user).contains(committee):
        return ""
    return reverse(name, args=[committee.municipality.slug, committee.slug, thing.slug])


def _topics_of(committee: Committee) -> list[Topic]:
    return [within(committee, topic) for topic in committee.topics.in_use()]


@dataclass(frozen=True, slots=True)
class YearOfTopic:
    """What the parties have on some issues one year, and how many of their goals have each status."""

    plan_year: PlanYear
    rows: list[IssueRow]
    tallies: list[tuple[Party, int, tuple[Tallied, ...]]]
    shows_example: bool


def years_with(committee: Committee, issues: list[Issue], as_of: AsOf, look: Look = USUAL) -> list[YearOfTopic]:
    """Give the plan years in which any party has goals or running text on some issues, the latest first."""
    plan_years = list(PlanYear.objects.newest_first().filter(committee=committee))
    years = []
    for material in Material.load_years(plan_years, issues, as_of=as_of):
        rows = [
            issue_row(material, each, material.parties, look)
            for each in issues
            if material.goals.get(each.pk) or material.prose.get(each.pk)
        ]
        if rows:
            years.append(
                YearOfTopic(
                    material.plan_year,
                    rows,
                    [
                        (
                            party,
                            material.goal_total(party),
                            tally(row.standing.status for row in material.rows if row.party == party),
                        )
                        for party in material.parties
                    ],
                    material.shows_example,
                )
            )
    return years

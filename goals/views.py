"""The pages about goals: start, committee, comparison, topic, issue and goal."""

from itertools import groupby
from typing import TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from config.page import Crumb, HelpfulNotFound, HtmxRequest, Page
from goals.comparison import ALL, MOST_COLUMNS, Comparison, IssueRow, Material, Selection, TopicRows, issue_row
from goals.comparison import compare as arrange
from goals.forms import CompareForm, kind_choices, show_choices, topic_choices
from goals.models import Goal, Issue, Topic
from goals.summary import summarise
from parties.models import Committee
from parties.swedish import swedish_key
from proposals.find import find_committee, find_plan_year, find_proposal
from proposals.models import PlanYear, Proposal
from proposals.typeset import typeset
from proposals.views import crumbs_to

Row = TypeVar("Row", Topic, Issue)

#: How many other plan years the start page links to.
OTHER_PLAN_YEARS = 24


def _crumbs_to(committee: Committee) -> list[Crumb]:
    return [Crumb("Start", reverse("start")), Crumb(str(committee), committee.get_absolute_url())]


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Tell what this is and how it stands: the latest plan year's parties and topics, and the other plan years."""
    plan_years = list(PlanYear.objects.newest_first()[: OTHER_PLAN_YEARS + 1])
    page = Page(
        "Nämndkollen – jämför partiernas planer och följ vad som hände",
        "Vad vill partierna i nämnden? Jämför deras planer fråga för fråga, med deras egna ord, "
        "och följ varje mål och uppdrag till källan.",
    )
    latest = plan_years[0] if plan_years else None
    context = {
        "page": page,
        "plan_year": latest,
        "summary": summarise(latest) if latest else None,
        "others": sorted(plan_years[1:], key=lambda year: (-year.year, swedish_key(str(year.committee)))),
    }
    return render(request, "goals/start.html", context)


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
        _crumbs_to(found),
    )
    context = {
        "page": page,
        "committee": found,
        "plan_year": plan_years[0] if plan_years else None,
        "years": [(year, [proposal for proposal in proposals if proposal.plan_year == year]) for year in plan_years],
        "topics": [
            (_within(found, topic), [_within(found, issue) for issue in issues])
            for topic, issues in groupby(Issue.objects.of(found).in_order(), key=lambda issue: issue.topic)
        ],
    }
    return render(request, "goals/committee.html", context)


@require_safe
def plan_year(request: HttpRequest, municipality: str, committee: str, year: int) -> HttpResponse:
    """Lead from a plan year's bare address to its comparison."""
    return HttpResponsePermanentRedirect(find_plan_year(municipality, committee, year).compare_url)


@require_safe
def compare(request: HtmxRequest, municipality: str, committee: str, year: int) -> HttpResponse:
    """Compare the plans of a year, question by question; htmx gets the parts that a new selection changes."""
    found = find_plan_year(municipality, committee, year)
    issues = list(Issue.objects.of(found.committee).in_order())
    material = Material.load(found, issues, unplaced=True)
    topics = list(dict.fromkeys(issue.topic for issue in issues if issue.pk in material.goals))
    form = CompareForm(request.GET, parties=material.parties, topics=topics)
    selection = form.selection()
    comparison = arrange(material, selection)
    counts = comparison.counts
    topic = next((topic for topic in topics if topic.slug == selection.topic), None)
    narrowed = [f"”{selection.query}”"] if selection.query else []
    narrowed += [topic.name] if topic else []
    everything = selection.address(topic="", kind="", show=ALL, query="")
    page = Page(
        ": ".join([*narrowed, f"Jämför partiernas planer för {found}"]),
        f"Vad vill {' och '.join(party.name for party in material.parties)} i {found}? "
        "Jämför deras mål och uppdrag fråga för fråga, med deras egna ord.",
        [*_crumbs_to(found.committee), Crumb(f"Jämför {found.year}", found.compare_url)],
    )
    context = {
        "page": page,
        "plan_year": found,
        "material": material,
        "totals": [(party, material.goal_total(party)) for party in material.parties],
        "selection": selection,
        "address": found.compare_url + selection.address().removesuffix("?"),
        "columns": [*selection.parties, *[None] * (MOST_COLUMNS - len(selection.parties))],
        "swapped": selection.address(parties=selection.parties[::-1]),
        "without_filters": found.compare_url + everything.removesuffix("?"),
        "problems": form.problems(),
        "comparison": comparison,
        "topic_choices": topic_choices(topics, selection, counts),
        "kind_choices": kind_choices(selection, counts),
        "show_choices": show_choices(selection, counts),
        "topics": _with_turns(comparison, topics, selection),
    }
    partly = request.htmx and not request.htmx.history_restore_request
    response = render(request, "goals/compare.html#answer" if partly else "goals/compare.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def topic(request: HttpRequest, municipality: str, committee: str, topic: str) -> HttpResponse:
    """Show a topic: all its issues, all parties, all years."""
    found = find_committee(municipality, committee)
    issues = list(Issue.objects.of(found).in_order().filter(topic__slug=topic))
    if not issues:
        raise HelpfulNotFound(
            f"Ämnet ”{topic}” finns inte hos {found}.",
            [Crumb(other.name, other.get_absolute_url()) for other in _topics_of(found)],
        )
    topic_row = _within(found, issues[0].topic)
    page = Page(
        f"{topic_row.name} – {found}",
        f"Vad partierna vill om {topic_row.name.lower()} i {found}: alla frågor, alla partier, alla år.",
        [*_crumbs_to(found), Crumb(topic_row.name, topic_row.get_absolute_url())],
    )
    years = _years_with(found, issues)
    context = {
        "page": page,
        "committee": found,
        "topic": topic_row,
        "years": years,
        "plan_year": years[0][0] if years else None,
        "others": [other for other in _topics_of(found) if other != topic_row],
    }
    return render(request, "goals/topic.html", context)


@require_safe
def issue(request: HttpRequest, municipality: str, committee: str, issue: str) -> HttpResponse:
    """Show an issue: all parties, all years, with the running text unfolded."""
    found = find_committee(municipality, committee)
    siblings = list(Issue.objects.of(found).in_order().sharing_topic_with(issue))
    issue_found = next((sibling for sibling in siblings if sibling.slug == issue), None)
    if issue_found is None:
        raise HelpfulNotFound(
            f"Frågan ”{issue}” finns inte hos {found}.",
            [Crumb(other.name, other.get_absolute_url()) for other in _topics_of(found)],
        )
    topic_row = _within(found, issue_found.topic)
    page = Page(
        f"{issue_found.name} – {found}",
        f"Vad partierna vill om {issue_found.name} i {found}, med deras egna ord och källor.",
        [
            *_crumbs_to(found),
            Crumb(topic_row.name, topic_row.get_absolute_url()),
            Crumb(issue_found.name, _within(found, issue_found).get_absolute_url()),
        ],
    )
    years = _years_with(found, [issue_found])
    place = siblings.index(issue_found)
    context = {
        "page": page,
        "committee": found,
        "topic": topic_row,
        "issue": issue_found,
        "years": years,
        "plan_year": years[0][0] if years else None,
        "previous": _within(found, siblings[place - 1]) if place else None,
        "next": _within(found, siblings[place + 1]) if place + 1 < len(siblings) else None,
    }
    return render(request, "goals/issue.html", context)


@require_safe
def goal(request: HttpRequest, municipality: str, committee: str, year: int, party: str, number: int) -> HttpResponse:
    """Show a goal: the party's words, status and decision, what the text states, source, and the same issue."""
    found = Goal.objects.at(municipality, committee, year, party, number).first()
    if found is None:
        raise _no_such_goal(find_proposal(municipality, committee, year, party), number)
    proposal = found.proposal
    plan_year = proposal.plan_year
    found.passage.proposal = proposal
    material = Material.load(plan_year, [found.issue] if found.issue else [])
    page = Page(
        f"{found.reference}: {_shortened(found.passage.text)}",
        f"{found.get_kind_display()} {found.reference} i {proposal.party}: {proposal.title}. "
        "Ordalydelse, status, beslut och källa.",
        [
            *crumbs_to(proposal),
            Crumb(f"{found.get_kind_display()} {found.reference}", found.get_absolute_url()),
        ],
    )
    before, after = proposal.goals.numbers_beside(number)
    context = {
        "page": page,
        "plan_year": plan_year,
        "proposal": proposal,
        "party": proposal.party,
        "goal": found,
        "quote": typeset(found.passage.text, found.passage.marks),
        "row": issue_row(material, found.issue, material.parties) if found.issue else None,
        "today": localdate(),
        "previous": before,
        "next": after,
    }
    return render(request, "goals/goal.html", context)


def _with_turns(
    comparison: Comparison, topics: list[Topic], selection: Selection
) -> list[tuple[TopicRows, Crumb | None, Crumb | None]]:
    """Give each topic shown with the way to the one before and the one after.

    One chosen topic leads to its neighbours among all; several shown lead to each other on the page.
    """
    if selection.topic:
        steps = [Crumb(topic.name, selection.address(topic=topic.slug)) for topic in topics]
        place = next((at for at, topic in enumerate(topics) if topic.slug == selection.topic), 0)
    else:
        steps = [Crumb(rows.name, f"#{rows.anchor}") for rows in comparison.topics]
        place = 0
    return [
        (
            rows,
            steps[at - 1] if at else None,
            steps[at + 1] if at + 1 < len(steps) else None,
        )
        for at, rows in enumerate(comparison.topics, start=place)
    ]


def _no_such_goal(proposal: Proposal, number: int) -> HelpfulNotFound:
    count = proposal.goals.count()
    return HelpfulNotFound(
        f"{proposal.party} har inget mål med nummer {number}. Planen har {count} mål och uppdrag.",
        [
            Crumb(f"{proposal.party}: bara mål och uppdrag", f"{proposal.get_absolute_url()}?visa=mal"),
            Crumb(f"Jämför planerna för {proposal.plan_year.year}", proposal.plan_year.compare_url),
        ],
    )


def _shortened(text: str, longest: int = 70) -> str:
    """Cut a text for a title at a word, with an ellipsis."""
    return text if len(text) <= longest else f"{text[:longest].rsplit(' ', 1)[0]} …"


def _topics_of(committee: Committee) -> list[Topic]:
    return [_within(committee, topic) for topic in committee.topics.in_use()]


def _within(committee: Committee, row: Row) -> Row:
    """Tell a topic or issue which committee it belongs to, which it would otherwise ask the database."""
    row.committee = committee
    return row


def _years_with(committee: Committee, issues: list[Issue]) -> list[tuple[PlanYear, list[IssueRow]]]:
    """Give the plan years in which any party has goals or running text on some issues, the latest first."""
    plan_years = list(PlanYear.objects.newest_first().filter(committee=committee))
    years = []
    for material in Material.load_years(plan_years, issues):
        rows = [
            issue_row(material, each, material.parties)
            for each in issues
            if material.goals.get(each.pk) or material.prose.get(each.pk)
        ]
        if rows:
            years.append((material.plan_year, rows))
    return years

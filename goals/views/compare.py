"""The comparison of a year's plans, question by question."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from config.page import Crumb, HtmxRequest, Page
from goals.as_of import NOW, AsOf
from goals.comparison import ALL, MOST_COLUMNS, Comparison, Look, Selection, TopicRows
from goals.comparison import compare as arrange
from goals.forms import CompareForm, decision_choices, kind_choices, show_choices, status_choices, topic_choices
from goals.linked_data import comparison_page
from goals.material import Material
from goals.models import Topic
from goals.views.moved import lead_on_in_filter
from goals.views.steps import crumbs_to_committee
from proposals.find import find_plan_year


@require_safe
def plan_year(request: HttpRequest, municipality: str, committee: str, year: int) -> HttpResponse:
    """Lead from a plan year's bare address to its comparison."""
    return HttpResponsePermanentRedirect(find_plan_year(municipality, committee, year).compare_url)


@require_safe
def compare(request: HtmxRequest, municipality: str, committee: str, year: int) -> HttpResponse:
    """Compare the plans of a year, question by question; htmx gets the parts that a new selection changes."""
    found = find_plan_year(municipality, committee, year)
    as_of = AsOf.read(request.GET.get("per", ""))
    material = Material.load_all(found, as_of=as_of)
    topics = list({issue.topic_id: issue.topic for issue in material.issues if issue.pk in material.goals}.values())
    if moved := lead_on_in_filter(request, found.committee, {topic.slug for topic in topics}):
        return moved
    form = CompareForm(request.GET, parties=material.parties, topics=topics, as_of=as_of)
    selection = form.selection()
    comparison = arrange(material, selection, Look(anchors=True))
    counts = comparison.counts
    topic = next((topic for topic in topics if topic.slug == selection.topic), None)
    narrowed = [f"”{selection.query}”"] if selection.query else []
    narrowed += [topic.name] if topic else []
    everything = selection.address(topic="", kind="", status="", decision="", show=ALL, query="")
    page = Page(
        ": ".join([*narrowed, f"Jämför partiernas planer för {found}"]),
        f"Vad vill {' och '.join(party.name for party in material.parties)} i {found}? "
        "Jämför deras mål och uppdrag fråga för fråga, med deras egna ord.",
        [*crumbs_to_committee(found.committee), Crumb(f"Jämför {found.year}", found.compare_url)],
        [comparison_page(found, material.proposals)],
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
        "moment": as_of,
        "as_of_now": found.compare_url + selection.address(as_of=NOW).removesuffix("?"),
        "problems": form.problems(),
        "comparison": comparison,
        "topic_choices": topic_choices(topics, selection, counts),
        "kind_choices": kind_choices(selection, counts),
        "status_choices": status_choices(selection, counts),
        "decision_choices": decision_choices(selection, counts),
        "show_choices": show_choices(selection, counts),
        "topics": _with_turns(comparison, topics, selection),
    }
    partly = request.htmx and not request.htmx.history_restore_request
    response = render(request, "goals/compare.html#answer" if partly else "goals/compare.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


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

"""The latest changes of all that is followed up."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.page import Crumb, HelpfulNotFound, Page
from goals.changes import find_record, load_changes
from goals.find import MOST_IN_ONE_LIST, committees_with_plans, municipalities_with_plans, parties_with_plans
from goals.forms import ChangesForm, ChangesSelection
from goals.views.moved import lead_on_in_filter


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Show what was recorded, day by day, the latest first: all, or of a party, a committee or a topic."""
    municipalities = municipalities_with_plans()
    if len(municipalities) <= MOST_IN_ONE_LIST:
        municipalities = []  # the committees of all fit in one list
    chosen = request.GET.get("kommun") or request.GET.get("namnd", "").partition("/")[0]
    form = ChangesForm(
        request.GET,
        parties=parties_with_plans(),
        municipalities=municipalities,
        committees=committees_with_plans(municipalities, chosen),
    )
    if form.within and (moved := lead_on_in_filter(request, form.within, form.topics)):
        return moved
    selection = form.selection()
    before = None
    if after := request.GET.get("fore"):
        before = find_record(after)
        if before is None:
            raise HelpfulNotFound(
                "Det finns ingen ändring att fortsätta från i adressen.",
                [Crumb("Senaste ändringar", reverse("changes"))],
            )
    found = load_changes(
        party=selection.party,
        municipality=selection.municipality,
        committee=selection.committee,
        topic=selection.topic,
        before=before,
    )
    page = Page(
        "Äldre ändringar" if before else "Senaste ändringar",
        "Nya lägesrapporter, beslut och utfall för partiernas mål och uppdrag, de senaste först.",
        [Crumb("Start", reverse("start")), Crumb("Senaste ändringar", reverse("changes"))],
    )
    context = {
        "page": page,
        "form": form,
        "selection": selection,
        "problems": form.problems(),
        "changes": found,
        "before": before,
        "feeds": _feeds(selection),
    }
    return render(request, "goals/changes.html", context)


def _feeds(selection: ChangesSelection) -> list[Crumb]:
    """Give the feeds that there are of what is shown, the narrowest first."""
    feeds = [Crumb("Alla ändringar", reverse("feed_changes"))]
    if selection.party:
        feeds.insert(0, Crumb(selection.party.name, reverse("feed_party", args=[selection.party.slug])))
    if selection.topic:
        feeds.insert(0, Crumb(f"Ämnet {selection.topic}", f"{selection.topic.get_absolute_url()}atom.xml"))
    return feeds

"""Atom feeds of the latest changes: all, and of one party, topic or goal."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.page import Crumb, HelpfulNotFound
from goals.changes import load_changes
from goals.feeds import feed_response
from goals.find import find_goal, find_topic, parties_with_plans
from goals.views.moved import leads_on


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Give the latest changes."""
    return feed_response(request, load_changes(), "senaste ändringar", reverse("changes"))


@require_safe
def party(request: HttpRequest, party: str) -> HttpResponse:
    """Give the latest changes of a party's goals."""
    parties = parties_with_plans()
    found = next((each for each in parties if each.slug == party), None)
    if found is None:
        raise HelpfulNotFound(
            f"Partiet ”{party}” har ingen plan här, och därför inget flöde.",
            [
                Crumb("Flöde med alla ändringar", reverse("feed_changes")),
                *(Crumb(f"Flöde för {each}", reverse("feed_party", args=[each.slug])) for each in parties),
            ],
        )
    return feed_response(request, load_changes(party=found), found.name, f"{reverse('changes')}?parti={found.slug}")


@require_safe
@leads_on
def topic(request: HttpRequest, municipality: str, committee: str, topic: str) -> HttpResponse:
    """Give the latest changes under a topic, of all parties and years."""
    found = find_topic(municipality, committee, topic)
    title = f"{found.name}, {found.committee}"
    return feed_response(request, load_changes(topic=found), title, found.get_absolute_url())


@require_safe
def goal(request: HttpRequest, municipality: str, committee: str, year: int, party: str, number: int) -> HttpResponse:
    """Give the latest changes of one goal."""
    found = find_goal(municipality, committee, year, party, number)
    title = f"{found.get_kind_display()} {found.reference}, {found.proposal.plan_year}"
    return feed_response(request, load_changes(goal=found), title, found.get_absolute_url())

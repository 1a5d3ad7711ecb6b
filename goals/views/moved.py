"""Lead on from the addresses that topics and issues have had."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from goals.find import MovedError
from goals.models import OldAddress
from parties.models import Committee

View = Callable[..., HttpResponse]


def leads_on(view: View) -> View:
    """Let a page lead on to where its topic or issue is now; a form that was sent is sent on too."""

    @wraps(view)
    def answered(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, **kwargs)
        except MovedError as moved:
            assert request.resolver_match  # noqa: S101 - a view is called by its address
            address = reverse(request.resolver_match.view_name, kwargs={**kwargs, **moved.place})
            query = request.GET.urlencode()
            return _lead(request, f"{address}?{query}" if query else address)

    return answered


def lead_on_in_filter(request: HttpRequest, committee: Committee, topics: Collection[str]) -> HttpResponse | None:
    """Lead on a page that is narrowed to a topic by an address that the topic had; ``topics`` are there now."""
    asked = request.GET.get("amne", "")
    if asked in topics or not slug_re.match(asked):
        return None
    topic = OldAddress.objects.topic_at(asked, committee.municipality.slug, committee.slug)
    if topic is None:
        return None
    query = request.GET.copy()
    query["amne"] = topic.slug
    return _lead(request, f"{request.path}?{query.urlencode()}")


def _lead(request: HttpRequest, address: str) -> HttpResponse:
    """Lead on for good; but let browsers ask again, since something new may take the old address."""
    response = HttpResponsePermanentRedirect(address, preserve_request=request.method == "POST")
    response["Cache-Control"] = "no-cache"
    return response

"""Search of all plans, and what helps a browser to it."""

from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals.find import committees_with_plans, municipalities_with_plans, parties_with_plans
from goals.rates import seconds_to_wait
from goals.search.find import FIRST, PAGE, Found, Group
from goals.search.find import search as find
from goals.search.query import LONGEST_QUERY, Query
from goals.search.suggestions import suggest
from goals.search.weighing import After
from goals.search_forms import ALL_OF, Choices, SearchForm
from goals.views.moved import lead_on_in_filter
from parties.access import View
from proposals.models import PlanYear

#: What the kinds of hits are called.
TITLES = {"names": "Frågor och ämnen", "goals": "Mål och uppdrag", "prose": "Löptext"}


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """A kind of hits as the page shows it: where all of them are, if not here, and where the next page is."""

    group: Group
    title: str
    all_url: str = ""
    next_url: str = ""


def paced(view: View) -> View:
    """Refuse who searches too often, by whatever program, and say when to come again."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        seconds = seconds_to_wait(request) if request.GET else 0
        if not seconds:
            return view(request)
        page = Page("Du söker för ofta", "För många sökningar på kort tid.")
        response = render(request, "goals/search_too_often.html", {"page": page}, status=HTTPStatus.TOO_MANY_REQUESTS)
        response["Retry-After"] = str(int(seconds) + 1)
        return response

    return guarded


@require_safe
@paced
def search(request: HttpRequest) -> HttpResponse:
    """Search goals, running text, issues and topics; the best of each kind, or all of one kind, page by page."""
    form = SearchForm(request.GET, _choices(request))
    if form.within and (moved := lead_on_in_filter(request, form.within, form.topics)):
        return moved
    narrowing = form.narrowing()
    query = Query.read(form.cleaned_data.get("q", ""))
    kinds = form.kinds
    after = After.read(request.GET.get("efter", "")) if len(kinds) == 1 else None
    found = find(query, narrowing, kinds=kinds, page=PAGE if len(kinds) == 1 else FIRST, after=after)
    page = Page(
        f"Sök: {query.text}" if query.text else "Sök i planerna",
        "Sök bland partiernas mål och uppdrag, i planernas löptext och bland frågor och ämnen.",
        [Crumb("Start", reverse("start")), Crumb("Sök", reverse("search"))],
    )
    context = {
        "page": page,
        "form": form,
        "query": query,
        "typed": request.GET.get("q", "")[: 10 * LONGEST_QUERY],
        "problems": form.problems(),
        "found": found,
        "groups": _groups(request, found, only_one=len(kinds) == 1),
        "is_later_page": after is not None,
        "first_page": _address(request, efter=None),
        "everywhere": _address(request, slag=None, parti=None, kommun=None, namnd=None, ar=None, amne=None, efter=None),
        "corrections": [
            (each, _corrected(request, query, each.typed, each.words[0])) for each in found.meaning.corrections
        ],
        "just_these": _address(request, q=_quoted(query), efter=None),
        "shows_example": found.shows_example,
    }
    response = render(request, "goals/search.html", context)
    if request.GET:
        response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@paced
def suggestions(request: HttpRequest) -> HttpResponse:
    """Suggest how to go on from what is typed, as options of a list."""
    found = suggest(request.GET.get("q", "")[:LONGEST_QUERY])
    response = render(request, "goals/_suggestions.html", {"suggestions": found})
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def opensearch(request: HttpRequest) -> HttpResponse:
    """Describe the search to browsers, which can then offer it beside others (OpenSearch 1.1)."""
    address = request.build_absolute_uri(reverse("search"))
    content = render_to_string("goals/opensearch.xml", {"address": address}, request)
    return HttpResponse(content, content_type="application/opensearchdescription+xml; charset=utf-8")


def _choices(request: HttpRequest) -> Choices:
    """Read what there is to choose between."""
    municipalities = municipalities_with_plans()
    chosen = request.GET.get("kommun") or request.GET.get("namnd", "").partition("/")[0]
    return Choices(
        parties=parties_with_plans(),
        municipalities=municipalities,
        committees=committees_with_plans(municipalities, chosen),
        years=PlanYear.objects.years(),
    )


def _groups(request: HttpRequest, found: Found, *, only_one: bool) -> list[ShownGroup]:
    """Give the kinds that have hits, each with where the rest of them is."""
    shown = []
    for group in found.groups:
        if group.lines:
            more = bool(group.after)
            all_url = "" if only_one or not more else _address(request, slag=ALL_OF[group.kind], efter=None)
            next_url = _address(request, efter=group.after) if only_one and more else ""
            shown.append(ShownGroup(group, TITLES[group.kind], all_url, next_url))
    return shown


def _address(request: HttpRequest, **changed: str | None) -> str:
    """Give this page's address with some of what is chosen changed, or not chosen."""
    chosen = {name: str(value) for name, value in request.GET.items()} | changed
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{request.path}?{query}" if query else request.path


def _corrected(request: HttpRequest, query: Query, typed: str, word: str) -> str:
    """Give the address of the search with a word in the place of one that was misspelled."""
    words = [word if typed in each.lower() else each for each in query.text.split()]
    return _address(request, q=" ".join(words), efter=None)


def _quoted(query: Query) -> str:
    """Give the query with every word in quotation marks, which asks for no other."""
    without = [f'-"{part}"' for part in query.without]
    return " ".join([*(f'"{part}"' for part in query.parts), *without])

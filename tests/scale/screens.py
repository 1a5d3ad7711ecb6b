"""The pages that are measured: of each several addresses, drawn by the seed from what there is."""

import base64
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from goals.models import Goal, Issue, ReportingPeriod, StatusUpdate, Topic
from parties.models import Committee, Municipality
from proposals.models import PlanYear, Proposal
from tests.scale.plans import MOST_LOOKED_AT
from tests.scale.sweden import Sweden

#: How many addresses of a screen are asked for.
MOST = 4


@dataclass(frozen=True)
class Screen:
    """A page and some addresses of it; ``signed_in`` names a committee whose secretary asks.

    ``limit`` is how long it may take, in milliseconds, and ``looks_at`` how many rows a step of a plan may look at.
    ``may_scan`` are tables that may be read from end to end after all.
    """

    name: str
    addresses: list[str]
    signed_in: list[int] | None = None
    limit: float = 100.0
    looks_at: int = MOST_LOOKED_AT
    may_scan: frozenset[str] = frozenset()


class _Drawing:
    """Draws rows, the same for the same seed, by their numbers and so through an index."""

    def __init__(self, sweden: Sweden):
        self.sweden = sweden
        self.rng = random.Random(f"{sweden.size.seed}-screens")

    def some(self, rows: Any, count: int = MOST) -> list[Any]:
        last = rows.model._base_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
        found = []
        while len(found) < count:
            found += rows.filter(pk__gte=self.rng.randint(1, last)).order_by("pk")[:1]
        return found


def screens(sweden: Sweden) -> Iterator[Screen]:
    """Give every screen with its addresses."""
    draw = _Drawing(sweden)
    years = draw.some(PlanYear.objects.select_related("committee__municipality"))
    goals = draw.some(Goal.objects.select_related("proposal__party", "proposal__plan_year__committee__municipality"))
    plans = draw.some(Proposal.objects.select_related("party", "plan_year__committee__municipality"))
    topics = draw.some(Topic.objects.select_related("committee__municipality"))
    issues = draw.some(Issue.objects.select_related("committee__municipality"))
    committees = draw.some(Committee.objects.select_related("municipality"))
    municipalities = draw.some(Municipality.objects.all())
    yield Screen("Compare", [year.compare_url for year in years])
    yield Screen("Compare, two parties", [f"{year.compare_url}?parti=xa&parti=xc" for year in years])
    yield Screen(
        "Compare, a topic", [f"{topic.committee.plan_years.first().compare_url}?amne={topic.slug}" for topic in topics]
    )
    yield Screen("Compare, on a day", [f"{year.compare_url}?per={year.year}-06-30" for year in years])
    yield Screen("Goal", [goal.get_absolute_url() for goal in goals])
    yield from _searches(sweden, topics)
    yield Screen("Overview", [year.overview_url for year in years])
    yield Screen("Overview, a list", [f"{year.overview_url}mal/?urval=ej-bedomda" for year in years])
    periods = [_period(year) for year in years]
    secretaries = [period.plan_year.committee_id for period in periods]
    yield Screen("Work queue", [period.get_absolute_url() for period in periods], secretaries)
    yield Screen("Work queue, a goal", [period.judge_url("xb", 3) for period in periods], secretaries)
    yield Screen("Work", [reverse("work")] * len(secretaries), secretaries)
    unplaced = [reverse("place_goals", args=period.plan_year.address[:2]) for period in periods]
    yield Screen("Goals to place", unplaced, secretaries)
    yield Screen("Start", [reverse("start")])
    yield Screen("Committee", [each.get_absolute_url() for each in committees])
    yield Screen("Topic", [topic.get_absolute_url() for topic in topics])
    yield Screen("Issue", [issue.get_absolute_url() for issue in issues])
    yield Screen("Plan", [plan.get_absolute_url() for plan in plans])
    yield from _changes(draw, committees, topics)
    yield Screen("Open data", [reverse("data")])
    yield Screen("Open data of a year", [reverse("data_year", args=year.address) for year in years])
    yield from _api(draw, committees, municipalities)
    yield from _feeds(topics, goals)
    yield from _site_map()


def _period(year: PlanYear) -> ReportingPeriod:
    """Give the second period of the committee's latest year, some of whose goals are not judged."""
    newest = PlanYear.objects.filter(committee=year.committee_id).latest("year")
    return ReportingPeriod.objects.select_related("plan_year__committee__municipality").get(
        plan_year=newest, slug="delar"
    )


def _searches(sweden: Sweden, topics: list[Topic]) -> Iterator[Screen]:
    words = sweden.words
    search = reverse("search")
    rare = [word for word in words[40_000:] if len(word) > 6]
    middle = [word for word in words[1_000:5_000] if len(word) > 9]
    place = topics[0].committee

    def address(query: str, more: str = "") -> str:
        return f"{search}?q={query.replace(' ', '+')}{more}"

    yield Screen("Search, rare word", [address(word) for word in rare[: 100 * MOST : 100]])
    yield Screen("Search, commonest words", [address(word) for word in words[:MOST]])
    # The commonest words of all, together: far commoner here than any two are in real plans.
    common = [address(f"{words[n]} {words[n + 6]}") for n in range(MOST)]
    yield Screen("Search, two of the commonest", common, limit=400, looks_at=250_000)
    yield Screen("Search, misspelling", [address(word[:3] + word[4:]) for word in middle[: 50 * MOST : 50]])
    yield Screen(
        "Search, swapped letters",
        [address(word[:4] + word[5] + word[4] + word[6:]) for word in middle[7 : 50 * MOST : 50]],
    )
    yield Screen("Search, phrase", [address(f'"{piece}"') for piece in sweden.vocabulary.pieces[: 9 * MOST : 9]])
    many = [address(" ".join(words[n : n + 60 : 12])) for n in range(MOST)]
    yield Screen("Search, five common words", many, limit=250, looks_at=250_000)
    yield Screen("Search, a reference", [address(f"XA {number}") for number in (1, 7, 20, 33, 50)])
    namnd = f"{place.municipality.slug}/{place.slug}"
    within = (
        "&parti=xd",
        "&ar=2025",
        f"&kommun={place.municipality.slug}",
        f"&kommun={place.municipality.slug}&namnd={namnd}&amne={topics[0].slug}",
        f"&parti=xd&ar=2024&kommun={place.municipality.slug}&namnd={namnd}&slag=uppdrag",
        f"&kommun={place.municipality.slug}&slag=fraga",
        "&slag=fraga&parti=xa",
        "&slag=loptext",
    )
    narrowed = [address(words[1], more) for more in within]
    yield Screen("Search, common word, narrowed", narrowed, may_scan=frozenset(["proposals_proposal"]))
    # The planner does not see what is searched for, and takes all plans' years at once for the hits it expects: 5 ms.
    plans = frozenset(["proposals_proposal"])
    yield Screen("Search, rare word, narrowed", [address(rare[55], more) for more in within], may_scan=plans)
    suggest = reverse("search_suggestions")
    yield Screen(
        "Search, suggestions",
        [f"{suggest}?q={begun}" for begun in ("ba", "sko", "kultur", "verksamhet", "zz", "stöd för ba")],
    )


def _changes(draw: _Drawing, committees: list[Committee], topics: list[Topic]) -> Iterator[Screen]:
    changes = reverse("changes")
    yield Screen("Changes", [changes])
    deep = draw.some(StatusUpdate.objects.all())
    yield Screen("Changes, deep", [f"{changes}?fore={each.anchor}" for each in deep])
    yield Screen("Changes of a party", [f"{changes}?parti=x{letter}" for letter in "abcd"])
    of = [f"namnd={each.municipality.slug}/{each.slug}" for each in committees]
    yield Screen("Changes of a committee", [f"{changes}?{each}" for each in of])
    in_topic = [
        f"{changes}?namnd={each.committee.municipality.slug}/{each.committee.slug}&amne={each.slug}" for each in topics
    ]
    yield Screen("Changes of a topic", [*in_topic, *(f"{each}&parti=xb" for each in in_topic[:2])])
    first = StatusUpdate.objects.order_by("pk").first()
    yield Screen("Changes of nothing", [f"{changes}?{of[0]}&parti=xh&fore={first.anchor}", f"{changes}?parti=xz"])


def _api(draw: _Drawing, committees: list[Committee], municipalities: list[Municipality]) -> Iterator[Screen]:
    def keyed(name: str, pk: int) -> str:
        return f"{reverse(f'api_{name}')}?cursor={base64.urlsafe_b64encode(f'efter:{pk}'.encode()).decode()}"

    names = ("mal", "lagesrapporter", "beslut", "utfall", "textstallen", "fragor")
    yield Screen("API, first page", [reverse(f"api_{name}") for name in names])
    last = Goal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield Screen("API, deep key", [keyed("mal", last * 9 // 10), keyed("lagesrapporter", last * 5)])
    goals = reverse("api_mal")
    yield Screen(
        "API, chosen",
        [
            *(f"{goals}?committee_address={each.municipality.slug}/{each.slug}" for each in committees[:2]),
            *(f"{goals}?municipality_code={each.code}" for each in municipalities[:2]),
            f"{goals}?municipality_code={municipalities[2].code}&year=2026&party_abbreviation=XH",
            f"{goals}?committee_address={committees[0].municipality.slug}/{committees[0].slug}&status=partly",
            f"{reverse('api_lagesrapporter')}?municipality_code={municipalities[3].code}",
        ],
    )


def _feeds(topics: list[Topic], goals: list[Goal]) -> Iterator[Screen]:
    yield Screen(
        "Feeds",
        [
            reverse("feed_changes"),
            reverse("feed_party", args=["xc"]),
            *(f"{topic.get_absolute_url()}atom.xml" for topic in topics[:2]),
            *(f"{goal.get_absolute_url()}atom.xml" for goal in goals[:2]),
        ],
    )


def _site_map() -> Iterator[Screen]:
    yield Screen("Site map", [reverse("sitemap")])
    parts = ("jamforelser", "oversikter", "planer", "mal", "amnen", "fragor", "data")
    section: Callable[[str], str] = lambda name: reverse("django.contrib.sitemaps.views.sitemap", args=[name])  # noqa: E731
    yield Screen("Site map, a part", [section(name) for name in parts])

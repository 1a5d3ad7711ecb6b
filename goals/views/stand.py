"""How a plan year stands at a stage of its follow-up: the overview, and the goals behind each of its numbers."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals.followed import Stage, load_followed, period_before
from goals.models import ReportingPeriod
from goals.overview import arrange, list_goals
from goals.overview_forms import GoalsForm, OwnPartyForm, StagesForm
from goals.views.moved import lead_on_in_filter
from goals.views.steps import crumbs_to_committee
from goals.wanted import NO_PARTY, Asked, topic_word
from parties.models import Party
from proposals.find import find_plan_year


@require_safe
def overview(request: HttpRequest, municipality: str, committee: str, year: int) -> HttpResponse:
    """Tell what changed, what stands still and what is late at a stage, and count everything in tables."""
    found = find_plan_year(municipality, committee, year)
    periods = list(found.periods.order_by("ends_on"))
    stages = StagesForm(request.GET, periods=periods)
    followed = load_followed(found, *stages.stages())
    form = OwnPartyForm(request.GET, followed)
    asked = form.asked(request.user)
    arranged = arrange(followed, asked, periods)
    page = Page(
        _title("Översikt", asked),
        f"Vad har ändrats, vad står still och vad är försenat {asked.at} i partiernas planer för {found}? "
        "Antal per parti, status och ämne.",
        [*crumbs_to_committee(found.committee), Crumb(f"Översikt {found.year}", found.overview_url)],
    )
    context = {
        "page": page,
        "plan_year": found,
        "asked": asked,
        "periods": periods,
        "against": asked.before.period if asked.before and asked.before != _before(periods, asked.stage) else None,
        "overview": arranged,
        "latest_judged_url": _address_at(asked, arranged.latest_judged, periods),
        "parties": _own_party_choices(asked, followed.parties),
        "no_own_party": asked.address(own=None, own_word=NO_PARTY, shows_all=False),
        "all_parties": asked.address(shows_all=True),
        "own_party_only": asked.address(shows_all=False),
        "shows_example": followed.shows_example,
        "problems": [*stages.problems(), *form.problems()],
    }
    return render(request, "goals/overview.html", context)


@require_safe
def overview_goals(request: HttpRequest, municipality: str, committee: str, year: int) -> HttpResponse:
    """List the goals behind a number of the overview."""
    found = find_plan_year(municipality, committee, year)
    stages = StagesForm(request.GET, periods=list(found.periods.all()))
    followed = load_followed(found, *stages.stages())
    if moved := lead_on_in_filter(request, found.committee, {topic_word(topic) for topic in followed.topics}):
        return moved
    form = GoalsForm(request.GET, followed)
    asked = form.asked(request.user)
    wanted = form.wanted()
    groups = list_goals(followed, asked, wanted)
    words = ", ".join(form.words(asked, wanted))
    page = Page(
        f"{_title('Mål och uppdrag', asked)}{f': {words}' if words else ''}",
        f"Mål och uppdrag i partiernas planer för {found} {asked.at}, med status, kommentar, beslut och utfall.",
        [
            *crumbs_to_committee(found.committee),
            Crumb(f"Översikt {found.year}", found.overview_url),
            Crumb("Mål och uppdrag", f"{found.overview_url}mal/"),
        ],
    )
    context = {
        "page": page,
        "plan_year": found,
        "asked": asked,
        "words": words,
        "groups": groups,
        "count": sum(group.number.count for group in groups),
        "back": asked.address(),
        "shows_example": followed.shows_example,
        "problems": [*stages.problems(), *form.problems()],
    }
    return render(request, "goals/overview_goals.html", context)


def _before(periods: Sequence[ReportingPeriod], stage: Stage) -> Stage | None:
    """Give the stage that one is compared with where the reader chooses none."""
    before = period_before(periods, stage.period) if stage.period else None
    return Stage.of_period(before) if before else None


def _address_at(asked: Asked, period: ReportingPeriod | None, periods: Sequence[ReportingPeriod]) -> str:
    """Give the address of the overview at another period, beside the one before it."""
    if period is None:
        return ""
    stage = Stage.of_period(period)
    return asked.address(stage=stage, before=_before(periods, stage))


def _title(what: str, asked: Asked) -> str:
    beside = f" jämfört med {asked.before.name}" if asked.before else ""
    return f"{what} {asked.at}{beside}, {asked.plan_year}"


def _own_party_choices(asked: Asked, parties: Sequence[Party]) -> list[tuple[Party, str]]:
    """Give each party with the address where it is the reader's own."""
    return [(party, asked.address(own=party, own_word=party.slug)) for party in parties]

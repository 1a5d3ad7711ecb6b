"""Open data: what there is, what it means, and the files themselves."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date
from django.views.decorators.http import require_safe

from config.page import Crumb, HelpfulNotFound, Page
from goals.data.about import about_how_many
from goals.data.columns import Column, Table
from goals.data.edition import DataEdition, edition_of
from goals.data.files import EVERYTHING, MEDIA_TYPES, DataFile, checksums, files_of
from goals.data.tables import TABLES
from goals.data.writers import written
from goals.linked_data import dataset
from goals.models.records import KINDS
from goals.rates import FILE, PAUSE, Place, seconds_to_wait
from goals.views.steps import crumbs_to_committee
from proposals.find import find_plan_year
from proposals.models import PlanYear

#: Up to how many rows of a table are counted, where all of it is listed.
COUNTED = 20_000
#: In how many tables a column is that the dictionary explains once for all.
COMMON = 3
#: How many plan years are listed; of more than that each committee's page has its own.
MOST_LISTED = 100
TEXT = "text/plain; charset=utf-8"
FileView = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Listed:
    """A table as a page lists it: how many rows there are, ``is_about`` if they are not counted, and its files."""

    table: Table
    count: int
    files: list[DataFile]
    is_about: bool = False


def listed(plan_year: PlanYear | None) -> list[Listed]:
    """List the tables of a plan year, or all of them; of large ones it is told about how many rows they have."""
    about = {} if plan_year else about_how_many(table.find().model for table in TABLES)
    return [_listed(table, plan_year, about.get(table.find().model, 0)) for table in TABLES]


def _listed(table: Table, plan_year: PlanYear | None, about: int) -> Listed:
    is_about = about > COUNTED
    count = round(about, -3) if is_about else table.find(plan_year).count()
    return Listed(table, count, [DataFile(table.name, form, plan_year) for form in MEDIA_TYPES], is_about)


def paced(view: FileView) -> FileView:
    """Refuse who asks for files too often, or while as many as can be are being sent, and say when to come again."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if seconds := seconds_to_wait(request, FILE):
            response = HttpResponse(
                f"Du har hämtat många filer på kort tid. Försök igen om {seconds:.0f} sekunder.\n",
                content_type=TEXT,
                status=429,
            )
            response["Retry-After"] = str(int(seconds) + 1)
            return response
        place = Place.take()
        if place is None:
            response = HttpResponse(
                "Många hämtar filer just nu. Försök igen om en liten stund.\n", content_type=TEXT, status=429
            )
            response["Retry-After"] = str(PAUSE)
            return response
        try:
            answer = view(request, *args, **kwargs)
            if isinstance(answer, StreamingHttpResponse) and request.method != "HEAD":
                answer.streaming_content = place.keep_for(answer.streaming_content)  # type: ignore[arg-type]
                place = None
            return answer
        finally:
            if place:
                place.give_back()

    return guarded


@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Tell what data there is, in which forms, and what one may do with it."""
    page = Page(
        "Öppna data",
        "Partiernas mål, nämndens lägesrapporter och beslut som CSV, Excel, JSON och API, fria att använda.",
        [Crumb("Start", reverse("start")), Crumb("Öppna data", reverse("data"))],
        [dataset(None, [*files_of(None)])],
    )
    years = list(PlanYear.objects.newest_first()[: MOST_LISTED + 1])
    context = {
        "page": page,
        "tables": listed(None),
        "everything": DataFile(EVERYTHING, "xlsx", None),
        "years": [(year, reverse("data_year", args=year.address)) for year in years[:MOST_LISTED]],
        "has_more_years": len(years) > MOST_LISTED,
        "shows_example": _has_example(None),
        "edition": edition_of(),
        "operator": settings.OPERATOR,
        "site_address": settings.SITE_ADDRESS,
    }
    return render(request, "goals/data/data.html", context)


@require_safe
def data_year(request: HttpRequest, municipality: str, committee: str, year: int) -> HttpResponse:
    """List the files of one plan year."""
    found = find_plan_year(municipality, committee, year)
    here = reverse("data_year", args=found.address)
    page = Page(
        f"Öppna data: {found}",
        f"Alla filer för {found}: mål, lägesrapporter, beslut och utfall som CSV, Excel och JSON.",
        [*crumbs_to_committee(found.committee), Crumb(f"Öppna data {found.year}", here)],
        [dataset(found, [*files_of(found)])],
    )
    context = {
        "page": page,
        "plan_year": found,
        "tables": listed(found),
        "everything": DataFile(EVERYTHING, "xlsx", found),
        "edition": edition_of(found),
        "shows_example": _has_example(found),
    }
    return render(request, "goals/data/year.html", context)


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """Tell what each column of each table means."""
    page = Page(
        "Ordlista för öppna data",
        "Vad varje kolumn i filerna och API:et betyder: typ, enhet, exempel och vems uppgift det är.",
        [
            Crumb("Start", reverse("start")),
            Crumb("Öppna data", reverse("data")),
            Crumb("Ordlista", reverse("data_dictionary")),
        ],
    )
    counts = Counter((column.name, column.meaning) for table in TABLES for column in table.columns)
    shared: dict[str, Column] = {}
    tables = []
    for table in TABLES:
        common = [column for column in table.columns if counts[column.name, column.meaning] >= COMMON]
        shared |= {column.name: column for column in common}
        tables.append((table, _explained(column for column in table.columns if column not in common), common))
    context = {"page": page, "tables": tables, "shared": _explained(shared.values())}
    return render(request, "goals/data/dictionary.html", context)


def _explained(columns: Iterable[Column]) -> list[tuple[Column, str]]:
    """Give columns with their examples as CSV has them."""
    return [(column, written(column.example)) for column in columns]


@require_safe
@paced
def file(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """Send a file of all there is."""
    return _send(request, name, form, None)


@require_safe
@paced
def year_file(
    request: HttpRequest, municipality: str, committee: str, year: int, name: str, form: str
) -> HttpResponseBase:
    """Send a file of a plan year."""
    return _send(request, name, form, find_plan_year(municipality, committee, year))


@require_safe
@paced
def year_checksums(request: HttpRequest, municipality: str, committee: str, year: int) -> HttpResponseBase:
    """Send the checksums of a plan year's files."""
    found = find_plan_year(municipality, committee, year)
    edition = edition_of(found)

    def make() -> HttpResponse:
        # Found again: what it is called may have changed before the edition was read.
        return HttpResponse(checksums(find_plan_year(municipality, committee, year), edition))

    return answered(request, edition, make, "SHA256SUMS", media_type=TEXT)


def _send(request: HttpRequest, name: str, form: str, plan_year: PlanYear | None) -> HttpResponseBase:
    found = DataFile.find(name, form, plan_year)
    if found is None:
        where = reverse("data_year", args=plan_year.address) if plan_year else reverse("data")
        raise HelpfulNotFound(f"Det finns ingen fil som heter {name}.{form}.", [Crumb("Filerna som finns", where)])
    edition = edition_of(plan_year)

    def make() -> HttpResponseBase:
        # Found again: what it is called may have changed before the edition was read.
        return replace(found, plan_year=plan_year and find_plan_year(*plan_year.address)).answer(edition)

    response = answered(request, edition, make, found.name, found.form, media_type=MEDIA_TYPES[found.form])
    response["Content-Disposition"] = content_disposition_header(True, found.file_name) or "attachment"
    return response


def answered(
    request: HttpRequest, edition: DataEdition, make: Callable[[], HttpResponseBase], *parts: str, media_type: str
) -> HttpResponseBase:
    """Answer with what an edition gives, or that nothing has changed; then, and to HEAD, nothing is made.

    ``parts`` tell what is made of the edition from other things that are.
    """
    tag = edition.tag(*parts)
    changed = int(edition.changed_at.timestamp())
    # A time alone does not tell: it is in whole seconds, and two changes may be made in one.
    request.META.pop("HTTP_IF_MODIFIED_SINCE", None)
    response: HttpResponseBase | None = get_conditional_response(request, etag=tag)
    if response is None:
        # Nothing is made for HEAD, and so its length is not known.
        response = StreamingHttpResponse(()) if request.method == "HEAD" else make()
        response["Content-Type"] = media_type
    response["ETag"] = tag
    response["Last-Modified"] = http_date(changed)
    # Anybody may keep it, and asks whether it is still the one before using it again; but not where somebody's own
    # cookie may come with it.
    response["Cache-Control"] = "private, no-store" if request.COOKIES else "public, no-cache"
    return response


def _has_example(plan_year: PlanYear | None) -> bool:
    within = {"goal__proposal__plan_year": plan_year} if plan_year else {}
    return any(kind.objects.filter(is_example=True, **within).exists() for kind in KINDS)

"""The API itself: a list for each table, and single rows of those that have a name of their own."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Schema
from ninja.errors import Throttled, ValidationError

from goals.api.models import asked_model, page_model, row_model
from goals.api.problems import ProblemError, documented, problem
from goals.api.reading import INVALID, one, page
from goals.data.columns import Table
from goals.data.goals import GOALS
from goals.data.records import RECORDED
from goals.data.tables import TABLES
from goals.rates import PER_MINUTE, Pace

VERSION = "v1"
DESCRIPTION = (
    "Samma tabeller som i de öppna datafilerna, med samma namn på kolumnerna. Bara för läsning; ingen nyckel behövs. "
    "Rader som är påhittade exempel har exempel = true."
)
_TOO_MANY = (429, f"För många frågor: högst {PER_MINUTE} i minuten. Retry-After säger när du kan fråga igen.")
_WRONG = (422, "Något i adressen går inte att använda.")
_NOT_THERE = (404, "Det finns ingen sådan rad.")

View = Callable[..., HttpResponse]

api = NinjaAPI(
    title="Nämndkollens API",
    version="1.0.0",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    throttle=[Pace()],
)


@api.exception_handler(ProblemError)
def _told(request: HttpRequest, error: ProblemError) -> HttpResponse:
    return problem(error.status, error.detail, error.errors)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(422, INVALID, [(str(each["loc"][-1]), each["msg"]) for each in error.errors])


@api.exception_handler(Throttled)
def _too_often(request: HttpRequest, error: Throttled) -> HttpResponse:
    return problem(429, f"Du har frågat många gånger på kort tid. Försök igen om {error.wait} sekunder.")


def _offer(path: str, view: View, name: str, summary: str, about: str, gives: Any, problems: dict[str, Any]) -> None:
    """Offer a view for GET, and for HEAD, which the schema need not name."""
    for method, shown in (("GET", True), ("HEAD", False)):
        api.api_operation(
            [method],
            path,
            response={200: gives},
            operation_id=name if shown else f"{name}_head",
            summary=summary,
            description=about,
            url_name=f"api_{name}",
            include_in_schema=shown,
            openapi_extra=problems,
        )(view)


def _offer_list(table: Table, row: type[Schema]) -> None:
    def view(request: HttpRequest, asked: Any = Query(...)) -> HttpResponse:  # noqa: B008 - how ninja says it
        return page(request, table, asked.model_dump())

    view.__annotations__["asked"] = asked_model(table)
    problems = documented(_WRONG, _TOO_MANY)
    _offer(f"/{table.name}", view, table.name, table.title, table.about, page_model(table, row), problems)


def _offer_record(table: Table, row: type[Schema]) -> None:
    def view(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        return one(table, key=key)

    about = "Uppgiften med en nyckel."
    problems = documented(_WRONG, _TOO_MANY, _NOT_THERE)
    _offer(f"/{table.name}/{{key}}", view, f"{table.name}_en", f"{table.title}: en", about, row, problems)


def _offer_goal(row: type[Schema]) -> None:
    def view(
        request: HttpRequest, municipality: str, committee: str, year: int, party_abbreviation: str, number: int
    ) -> HttpResponse:
        if "\0" in party_abbreviation:  # PostgreSQL refuses to look for it
            raise ProblemError(*_NOT_THERE)
        return one(
            GOALS,
            committee_address=f"{municipality}/{committee}",
            year=year,
            party_abbreviation=party_abbreviation,
            number=number,
        )

    path = "/mal/{slug:municipality}/{slug:committee}/{int:year}/{party_abbreviation}/{int:number}"
    about = "Ett mål eller uppdrag, som det citeras: nämnd, år, parti och nummer."
    _offer(path, view, "mal_ett", "Ett mål eller uppdrag", about, row, documented(_WRONG, _TOO_MANY, _NOT_THERE))


for _table in TABLES:
    _row = row_model(_table)
    _offer_list(_table, _row)
    if _table in RECORDED:
        _offer_record(_table, _row)
    if _table is GOALS:
        _offer_goal(_row)

#: The addresses of the API; what ninja would show at its root is a page of our own.
URLS = [pattern for pattern in api.urls[0] if getattr(pattern, "name", "") != "api-root"]


def schema() -> dict[str, Any]:
    """Give the API's OpenAPI schema."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix=f"api/{VERSION}/")
    return found

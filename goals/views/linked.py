"""The data in forms that other programs know: a catalogue, a calendar, and who there is."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from goals import calendar as calendars
from goals.catalogue import FORMS, PREFIXES
from goals.catalogue import catalogue as make_catalogue
from goals.data.edition import edition_of
from goals.popolo import popolo as make_popolo
from goals.views.data import answered
from proposals.find import find_plan_year


@require_safe
def catalogue(request: HttpRequest, form: str) -> HttpResponseBase:
    """Give the catalogue of the data for data portals, as RDF/XML or JSON-LD."""
    edition = edition_of()
    name, media_type = FORMS[form]

    def make() -> HttpResponse:
        return HttpResponse(make_catalogue(edition).serialize(format=name, encoding="utf-8", context=PREFIXES))

    parts = ("katalog", form, settings.OPERATOR, settings.CONTACT_EMAIL)
    return answered(request, edition, make, *parts, media_type=f"{media_type}; charset=utf-8")


@require_safe
def popolo(request: HttpRequest) -> HttpResponseBase:
    """Give municipalities, committees and parties as Popolo."""

    def make() -> HttpResponse:
        text = json.dumps(make_popolo(), ensure_ascii=False, indent=1)
        return HttpResponse(text)

    return answered(request, edition_of(), make, "popolo", media_type="application/json; charset=utf-8")


@require_safe
def calendar(request: HttpRequest, municipality: str, committee: str, year: int) -> HttpResponseBase:
    """Give the days of a plan year."""
    found = find_plan_year(municipality, committee, year)
    edition = edition_of(found)
    return answered(
        request,
        edition,
        # Found again: what it is called may have changed before the edition was read.
        lambda: HttpResponse(calendars.calendar(find_plan_year(municipality, committee, year), edition)),
        "kalender",
        media_type=calendars.MEDIA_TYPE,
    )

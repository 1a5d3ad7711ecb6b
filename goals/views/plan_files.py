"""A plan as a file: JSON with everything, or CSV; either can be read in again."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from goals.export import record_of
from proposals.exchange import to_csv, to_json
from proposals.find import find_proposal


@require_safe
def plan_json(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Send a plan as JSON, with its document."""
    record = record_of(find_proposal(municipality, committee, year, party), with_document=True)
    return _saved(to_json(record), "application/json", f"{municipality}-{committee}-{year}-{party}.json")


@require_safe
def plan_csv(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Send a plan as CSV, with the mark that tells spreadsheets how it is encoded."""
    record = record_of(find_proposal(municipality, committee, year, party), with_document=False)
    text = "\N{ZERO WIDTH NO-BREAK SPACE}" + to_csv(record)
    return _saved(text, "text/csv", f"{municipality}-{committee}-{year}-{party}.csv")


def _saved(text: str, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{media_type}; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response

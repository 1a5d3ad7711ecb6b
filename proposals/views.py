"""A plan's document as it was received."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from proposals.find import find_proposal
from proposals.models import SourceDocument


@require_safe
def original(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Send the plan's document, byte for byte; text is shown, anything else is saved."""
    proposal = find_proposal(municipality, committee, year, party)
    document = SourceDocument.objects.get(pk=proposal.document_id)
    is_text = document.media_type.startswith("text/")
    response = HttpResponse(
        bytes(document.content), content_type="text/plain; charset=utf-8" if is_text else document.media_type
    )
    response["Content-Disposition"] = content_disposition_header(not is_text, document.name) or "attachment"
    return response

"""A plan's document as it was received."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from proposals.find import find_proposal, find_version
from proposals.models import SourceDocument

#: What somebody else has written is shown or saved, and does nothing: no script, no form, no origin that is ours.
ONLY_SHOWN = "default-src 'none'; frame-ancestors 'none'; sandbox"


@require_safe
def original(request: HttpRequest, municipality: str, committee: str, year: int, party: str) -> HttpResponse:
    """Send the plan's document, byte for byte; text is shown, anything else is saved."""
    return send(find_proposal(municipality, committee, year, party).document_id)


@require_safe
def original_version(
    request: HttpRequest, municipality: str, committee: str, year: int, party: str, version: int
) -> HttpResponse:
    """Send the document of an earlier version of a plan; the one that applies is at its own address."""
    proposal = find_proposal(municipality, committee, year, party)
    if version == proposal.version:
        return HttpResponseRedirect(proposal.original_url)
    return send(find_version(proposal, version).document_id)


def send(key: int, *, inline: bool = True) -> HttpResponse:
    """Send a document as it was received; text is shown as text if it may be, anything else is saved."""
    document = SourceDocument.objects.get(pk=key)
    is_text = inline and document.media_type.startswith("text/")
    response = HttpResponse(
        bytes(document.content), content_type="text/plain; charset=utf-8" if is_text else document.media_type
    )
    response["Content-Disposition"] = content_disposition_header(not is_text, document.name) or "attachment"
    response["Content-Security-Policy"] = ONLY_SHOWN
    response["X-Content-Type-Options"] = "nosniff"
    return response

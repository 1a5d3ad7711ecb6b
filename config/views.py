"""Pages that belong to no room: about, accessibility, robots.txt, and the answers when something is wrong."""

import sys
from datetime import UTC, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import request_id
from config.page import Crumb, HelpfulNotFound, Page
from config.unavailable import behind_session, is_unavailable, unavailable
from parties.access import form_too_old


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Tell how Nämndkollen works and what rules of fairness it keeps."""
    page = Page(
        "Om Nämndkollen",
        "Så läses, ordnas och jämförs partiernas planer, och de regler som gör jämförelsen rättvis.",
        [Crumb("Start", reverse("start")), Crumb("Om", reverse("about"))],
    )
    return render(request, "config/about.html", {"page": page, **_operator()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Give the accessibility statement that the law on digital public service (2018:1937) asks for."""
    page = Page(
        "Tillgänglighetsredogörelse",
        "Hur tillgänglig Nämndkollen är, vilka brister vi känner till och hur du når oss och tillsynsmyndigheten.",
        [Crumb("Start", reverse("start")), Crumb("Tillgänglighet", reverse("accessibility"))],
    )
    return render(request, "config/accessibility.html", {"page": page, **_operator()})


def _operator() -> dict[str, str]:
    return {"operator": settings.OPERATOR, "contact_email": settings.CONTACT_EMAIL}


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let every search engine read everything, and tell where the site map is."""
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    return HttpResponse(f"User-agent: *\nDisallow:\n\nSitemap: {sitemap}\n", content_type="text/plain; charset=utf-8")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Tell who finds a hole whom to write to (RFC 9116).

    :raises Http404: if nobody is known who would answer.
    """
    if not settings.CONTACT_EMAIL:
        raise Http404
    # What is a year old may lead to nobody; this is made anew each time it is read.
    expires = (timezone.now() + timedelta(days=180)).astimezone(UTC).strftime("%Y-%m-%dT00:00:00Z")
    address = f"{settings.SITE_ADDRESS}{reverse('security')}"
    lines = (
        f"Contact: mailto:{settings.CONTACT_EMAIL}",
        f"Expires: {expires}",
        "Preferred-Languages: sv, en",
        f"Canonical: {address}",
    )
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead those who ask for the icon at its old place to it."""
    return HttpResponse(status=302, headers={"Location": static("favicon.ico")})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 with what there is instead, where the view knew."""
    helpful = exception if isinstance(exception, HelpfulNotFound) else None
    context = {
        "page": Page("Sidan finns inte", "Adressen leder inte till någon sida."),
        "message": helpful.message if helpful else "",
        "links": helpful.links if helpful else (),
    }
    return render(request, "404.html", context, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 in plain words; the request's host may be what is wrong, so nothing is built from it.

    Or 503, if the database is what is wrong: it went away before the session was saved.
    """
    error = behind_session(exception)
    if is_unavailable(error):
        return unavailable(request, error)
    page = Page("Förfrågan går inte att förstå", "Adressen eller det som skickades är fel.")
    return render(request, "400.html", {"page": page}, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403 in plain words."""
    page = Page("Du har inte tillgång till sidan", "Sidan kräver behörighet.")
    return render(request, "403.html", {"page": page}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is missing or old; from our own pages it is shown again with what was typed."""
    if again := form_too_old(request):
        return again
    page = Page("Formuläret gick inte att ta emot", "Formuläret var för gammalt eller kom från en annan webbplats.")
    return render(request, "403_csrf.html", {"page": page}, status=403)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Answer 429 in plain words."""
    page = Page("Du har försökt för många gånger", "För många försök på kort tid.")
    return render(request, "429.html", {"page": page}, status=429)


def too_large(request: HttpRequest) -> HttpResponse:
    """Answer 413 in plain words."""
    page = Page("Det du skickade är för stort", "Ett dokument får vara högst 20 MB.")
    return render(request, "413.html", {"page": page}, status=413)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 if the database is what is wrong, else 500; without it, so not even who is reading is asked for."""
    error = sys.exc_info()[1]
    if is_unavailable(error):
        return unavailable(request, error)
    page = Page("Något gick fel hos oss", "Ett fel inträffade.")
    return HttpResponse(render_to_string("500.html", {"page": page, "request_id": request_id.current()}), status=500)

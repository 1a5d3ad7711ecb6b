"""What holds for every request and answer, whatever page it is."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse

from config.views import bad_request, too_large
from proposals.reading.limits import LARGEST_FILE

#: The largest document, and what a form has around it.
LARGEST_REQUEST = LARGEST_FILE + 3_000_000

#: What anybody's program may read, whatever website it came from.
OPEN = ("/api/", "/data/")

#: What any address of the site may be asked with.
METHODS = ("GET", "HEAD", "POST", "OPTIONS")

Answer = Callable[[HttpRequest], HttpResponse]


def plain_text_only(get_response: Answer) -> Answer:
    """Refuse what is written in another encoding than ours, and zeros where they would reach PostgreSQL.

    Our own forms say themselves what is wrong with a zero; the administration's filters do not.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        encoding = (request.content_params or {}).get("charset", "utf-8").lower()
        has_zero = "%00" in request.META.get("QUERY_STRING", "") and request.path.startswith(reverse("admin:index"))
        if encoding not in ("utf-8", "utf8") or has_zero:
            request.encoding = "utf-8"  # what answers has to be able to read the address
            return bad_request(request, ValueError(encoding))
        return get_response(request)

    return answer


def open_data(get_response: Answer) -> Answer:
    """Let programs on any website read the data and the API, which need no cookie and have nothing that is secret."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(OPEN):
            return get_response(request)
        asked_first = request.method == "OPTIONS"
        response = HttpResponse(status=204) if asked_first else get_response(request)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Link, Retry-After, Content-Disposition"
        if asked_first:
            response["Allow"] = response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since"
            response["Access-Control-Max-Age"] = "86400"
        return response

    return answer


def known_methods_only(get_response: Answer) -> Answer:
    """Refuse what is neither to read nor to send a form: a view that does not look would show its page to CONNECT."""

    def answer(request: HttpRequest) -> HttpResponse:
        return get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)

    return answer


def not_too_large(get_response: Answer) -> Answer:
    """Refuse what is larger than any document that is read, before it is received."""

    def answer(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > LARGEST_REQUEST:
            return too_large(request)
        return get_response(request)

    return answer


def private_when_signed_in(get_response: Answer) -> Answer:
    """Let nothing keep a page that was made for somebody who is signed in."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        # Asked only of who has a session, so that answers to readers do not vary with it.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        # What says so itself is not asked about: it may be an answer without the database.
        if has_session and not response.has_header("Cache-Control") and request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response

    return answer

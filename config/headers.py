"""What every answer tells the browser to refuse, whoever made the answer and whatever went wrong."""

from collections.abc import Callable

from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.middleware import OPEN

#: What no page of ours asks a browser for, and so no text in one can.
NOT_ASKED_FOR = (
    *("accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "display-capture", "geolocation"),
    *("gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
    *("publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
#: What pages are made of and a browser shows nothing of by itself.
PARTS = ("text/css", "text/javascript", "font/woff2")
PERMISSIONS = ", ".join(f"{feature}=()" for feature in NOT_ASKED_FOR)


def safe(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give every answer the headers that keep it harmless, also those that are made before a view is asked.

    A view that says otherwise is left alone. What has not changed (304) says nothing: the browser would put it in the
    place of what the page itself said.
    """
    policy = build_policy()

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 304:
            return response
        may_be_framed = "X-Frame-Options" not in response and "Content-Security-Policy" in response
        is_open = may_be_framed or request.path.startswith(OPEN)
        # Django's own middleware says these too, but not of what is answered before it.
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", settings.SECURE_REFERRER_POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_open else "same-origin")
        if is_part_of_pages(request, response):
            return response
        response.headers.setdefault("Content-Security-Policy", policy)
        if not may_be_framed:
            response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return answer


def is_part_of_pages(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether an answer is a style sheet, a script or a font, of which no browser makes a page of its own.

    What is said of pages is longer than some of them are, and a first view has ten.
    """
    is_static = response.status_code == 200 and request.path.startswith(settings.STATIC_URL)
    return is_static and response.get("Content-Type", "").partition(";")[0] in PARTS

"""The number of a request, by which what is logged, what was answered and what was changed are found together."""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from pghistory.middleware import HistoryMiddleware

HEADER = "X-Request-ID"
#: What a web server in front may call a request. Anything else could write lines of its own into the log.
_SOUND = re.compile(r"[A-Za-z0-9._-]{8,64}")

_current: ContextVar[str] = ContextVar("request_id", default="")


def current() -> str:
    """Give the number of the request that is being answered, or nothing outside of one."""
    return _current.get()


def numbered(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give each request a number, or believe the web server in front, and say it in the answer."""

    def answer(request: HttpRequest) -> HttpResponse:
        given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUST_PROXY else ""
        number = given if _SOUND.fullmatch(given) else secrets.token_hex(8)
        # It is not taken away afterwards: what is logged while an answer is sent is of this request too.
        _current.set(number)
        response = get_response(request)
        response[HEADER] = number
        return response

    return answer


class WithRequestId(logging.Filter):
    """Gives every record the number of its request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        record.request_id = _current.get()
        return True


class HistoryWithRequestId(HistoryMiddleware):
    """Keeps the number with every change that a person makes, beside who made it."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        """Give what is kept with a change."""
        return {**super().get_context(request), "request_id": current()}

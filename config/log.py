"""What is written in the log: a line for each request, and what goes wrong, without anybody's secrets or words.

A line says the method, the path, the status and the time. It does not say who asked, from where, with what browser, or
what stood after the question mark: what people read and search for is nobody's business. Who changed what is in the
change log, with the request's number.
"""

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from types import TracebackType
from typing import Any, TypeAlias
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from pythonjsonlogger.json import JsonFormatter

requests = logging.getLogger("namndkollen.requests")

#: Longer addresses are cut: ours are shorter, and what a robot makes up is of no use.
LONGEST_PATH = 200
LONGEST_MESSAGE = 1_000

#: What follows these in an address lets whoever has it in, or speaks for somebody.
_ONE_TIME = re.compile(r"(?i)((?:avsluta|losenord/nytt)/)(?!klart/)[^\s?#'\"]+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
#: A name and password in an address, and what is called by such names: within quotation marks, or up to a space.
_IN_ADDRESS = re.compile(r"(\w+://)[^\s/@:]*:[^\s/@]*@")
_NAMES = r"(?:sessionid|csrf\w*|password\w*|secret\w*|token|authorization|cookie)"
_QUOTED = re.compile(rf"(?i)({_NAMES}['\"]?\s*[=:]\s*\[?(['\"]))(?:(?!\2).)*")
_BARE = re.compile(rf"(?i)({_NAMES}\s*[=:]\s*(?:(?:bearer|basic)\s+)?)(?!\[?['\"])[^\s,;&]+")
HIDDEN = "[dolt]"

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def logged(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Write a line for each request."""

    def answer(request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = get_response(request)
        level = _level(response.status_code)
        if requests.isEnabledFor(level):
            fields = {
                "method": request.method,
                "path": shown(request.path),
                "status": response.status_code,
                "ms": round((time.perf_counter() - began) * 1000, 1),
            }
            requests.log(level, "%(method)s %(path)s %(status)s %(ms)s ms", fields, extra=fields)
        return response

    return answer


def _level(status: int) -> int:
    """Give how much an answer matters: a page that is missing is the reader's everyday, a fault of ours is not."""
    if status >= 500:
        return logging.ERROR
    return logging.WARNING if status in (400, 403, 413, 429) else logging.INFO


@lru_cache(maxsize=2048)  # most requests are for the same few hundred pages
def shown(path: str) -> str:
    """Give an address as it may be logged: on one line, not endless, and without what is only for one person."""
    return hidden(quote(path, safe="/:@!$&()*+,;=~"))[:LONGEST_PATH]


def hidden(text: str) -> str:
    """Take away what lets somebody in or tells who somebody is."""
    text = _EMAIL.sub(HIDDEN, _IN_ADDRESS.sub(rf"\1{HIDDEN}@", text))
    for pattern in (_ONE_TIME, _QUOTED, _BARE):
        text = pattern.sub(rf"\1{HIDDEN}", text)
    for secret in _secrets():
        text = text.replace(secret, HIDDEN)
    return text


def _secrets() -> Iterator[str]:
    """Give what the settings have that nobody else may know."""
    yield from filter(None, (settings.SECRET_KEY, settings.DATABASES["default"].get("PASSWORD")))
    yield from filter(None, (settings.EMAIL_HOST_PASSWORD, settings.OIDC_CLIENT_SECRET))


def told(error: BaseException | None) -> str:
    """Tell of an error and what led to it: where in the code, of what kind, and what it says in its first line.

    The database's further lines quote the rows that it refused, a mail server's answer whom it was for.
    """
    if error is None:
        return ""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{told(earlier)}\n\n" if earlier else ""
    lines = "".join(traceback.format_tb(error.__traceback__))
    said = str(error)
    if isinstance(error, (psycopg.Error, DatabaseError)):
        said = said.partition("\n")[0]
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return f"{before}{lines}{kind}: {said[:LONGEST_MESSAGE]}"


class Plain(logging.Formatter):
    """Lines for a person: the time, how much it matters, who says it, the request and what is said."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {request_id}: {message}", style="{", defaults={"request_id": ""})

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's own name
        """Tell of an error without what it quotes."""
        return told(ei[1])

    def format(self, record: logging.LogRecord) -> str:
        """Give a record's line, or lines where there is an error."""
        line = super().format(record)
        return line if record.name == requests.name else hidden(line)


class AsJson(JsonFormatter):
    """Lines for a program: one JSON object each, with the fields that docs/running.md lists and no others.

    Django puts the whole request beside what it says, which would bring its address along.
    """

    FIELDS = ("method", "path", "status", "ms")

    #: Made once; json.dumps would make one for each line.
    _encode = json.JSONEncoder(ensure_ascii=False).encode

    def __init__(self) -> None:
        super().__init__(["message"], json_serializer=lambda line, **_: self._encode(line))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's own name
        """Tell of an error without what it quotes."""
        return told(ei[1])

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Give the fields of a line."""
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["logger"] = record.name
        # The line of a request has nothing but what is fit to be shown.
        log_data["message"] = record.message if record.name == requests.name else hidden(record.message)
        for name in ("request_id", *self.FIELDS):
            if (value := getattr(record, name, "")) != "":
                log_data[name] = value
        if error := message_dict.get("exc_info"):
            log_data["error"] = hidden(error)

"""Answer 503 when the database is away, busy or full: in plain words, and with what somebody had typed.

Nothing here asks the database. docs/faults.md says what a reader meets, fault by fault.
"""

import errno
import logging
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import SuspiciousOperation
from django.db import Error, InterfaceError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from config import request_id
from config.log import shown
from config.page import Page
from goals.api.problems import problem
from parties.access import NEVER_KEPT, is_from_our_own_page

logger = logging.getLogger("django.request")

#: Seconds after which it is worth trying again.
RETRY_AFTER = 10

#: PostgreSQL's codes of errors that go over, though Django counts them among other kinds.
READ_ONLY = "25006"  # the server that used to take writes has handed that over to another
IDLE_TOO_LONG = "25P03"
#: And of those that do not: a program's limits, such as a value that is too large for an index.
LIMITS = "54"
DISK_FULL = "53100"
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def code_of(error: BaseException | None) -> str:
    """Give PostgreSQL's code of an error of the database, if it has one."""
    return getattr(error.__cause__, "sqlstate", None) or "" if isinstance(error, Error) else ""


def is_full(error: BaseException | None) -> bool:
    """Tell whether there was no room on a disk: the database's, or where what is sent is received."""
    return code_of(error) == DISK_FULL or (isinstance(error, OSError) and error.errno in NO_ROOM)


def is_unavailable(error: BaseException | None) -> bool:
    """Tell whether an error goes over by itself, or when there is room again: it is no fault in what was asked."""
    if isinstance(error, OperationalError):
        return not code_of(error).startswith(LIMITS)
    return isinstance(error, InterfaceError) or code_of(error) in (READ_ONLY, IDLE_TOO_LONG) or is_full(error)


def behind_session(error: BaseException | None) -> BaseException | None:
    """Give what is behind an error: Django takes a session that the database could not save for one that is gone."""
    while isinstance(error, (SessionInterrupted, UpdateError)):
        error = error.__context__
    return error


def unavailable(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Answer 503: to a person with a page, to a program with a problem."""
    # One line, and not the whole way to it for each request: the log would fill the disk while the database is away.
    reason = str(error).strip().partition("\n")[0]
    logger.error("Service Unavailable: %s (%s: %s)", shown(request.path), type(error).__name__, reason)
    if code_of(error) == READ_ONLY:
        for connection in connections.all(initialized_only=True):
            connection.close()  # what answers is no longer the one that takes writes
    response = (_for_programs if _asks_as_program(request) else _page)(request, is_full(error))
    _receive_the_rest(request)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined] # so Django asks whether it has to log it
    return response


def _asks_as_program(request: HttpRequest) -> bool:
    """Tell whether an answer is for a program: from the API, or from the data where no page was asked for."""
    if request.path.startswith("/api/v1/"):
        return True
    return request.path.startswith(("/api/", "/data/")) and "text/html" not in request.headers.get("Accept", "")


def _for_programs(request: HttpRequest, full: bool) -> HttpResponse:
    why = "Det finns inte plats att spara mer hos oss" if full else "Databasen svarar inte just nu"
    return problem(503, f"{why}. Försök igen om {RETRY_AFTER} sekunder.")


def _page(request: HttpRequest, full: bool) -> HttpResponse:
    sent = request.method == "POST"
    context: dict[str, Any] = {
        "page": Page(
            "Det gick inte att spara just nu" if sent else "Sidan kan inte visas just nu",
            "Ett tillfälligt fel: databasen svarar inte.",
        ),
        "address": request.get_full_path(),
        "sent": sent,
        "full": full,
        "request_id": request_id.current(),
    }
    if sent:
        context["typed"] = typed = list(_typed(request))
        context["is_once"] = any(name == "key" for name, _ in typed)
        context["words"] = [value for name, value in typed if len(value.split()) > 1]
    return HttpResponse(render_to_string("503.html", context), status=503)


def _receive_the_rest(request: HttpRequest) -> None:
    """Receive what is still being sent: a browser does not read the answer before it has sent all of it."""
    with suppress(OSError):
        while request.read(65_536):
            pass


def _typed(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Give what was sent with one of our own forms, to be sent again; nothing of a form with a secret or a file in it.

    The token in it is the one that was sent: what is not ours is refused when it is sent again.
    """
    try:
        if not is_from_our_own_page(request):
            return
        names = set(request.POST) - {"csrfmiddlewaretoken"}
    except (OSError, SuspiciousOperation):
        return  # it was never received, or is more than we take, or for another host
    if request.FILES or any(name in NEVER_KEPT or "password" in name.lower() for name in names):
        return
    for name, values in request.POST.lists():
        for value in values:
            yield name, value

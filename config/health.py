"""Whether this process can answer, for a load balancer: ``/halsa/`` with the database, ``/halsa/lever/`` without it.

Both are answered before everything else, whatever name or scheme they are asked by: a load balancer asks by address,
over plain HTTP. Nothing of what it asks with comes back, and nothing that the answer says is secret.
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from psycopg.errors import UndefinedTable
from psycopg.generators import execute
from psycopg.pq import ExecStatus

from config.backup.state import known

logger = logging.getLogger(__name__)

#: How long the database may take to answer, in seconds: less than load balancers usually wait.
DEADLINE = 2.0
RETRY_AFTER = 10

#: One question, so that one answer tells all: whether there is a cache table, and which migrations are applied.
_QUESTION = "SELECT to_regclass('{cache}') IS NOT NULL, string_agg(app || '.' || name, ',') FROM django_migrations"
OK, BAD = "ok", "fel"


def health_first(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer a load balancer before anything looks at the host, the scheme, the session or the database."""
    views = {"/halsa/": health, "/halsa/lever/": alive}

    def answer(request: HttpRequest) -> HttpResponse:
        view = views.get(request.path_info)
        return view(request) if view else get_response(request)

    return answer


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Tell that the process answers, and nothing more."""
    return _said({"status": OK})


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Tell whether the process can serve the site: the database answers, and is what this code expects."""
    try:
        has_cache, applied = _asked()
    except UndefinedTable:
        return _said({"status": BAD, "databas": OK, "migreringar": BAD, "cache": BAD})
    except (psycopg.Error, DatabaseError) as error:
        logger.warning("The database does not answer: %s", str(error).partition("\n")[0])
        connection.close()
        return _said({"status": BAD, "databas": BAD})
    found = {"databas": OK, "migreringar": OK if _known() <= applied else BAD, "cache": OK if has_cache else BAD}
    return _said({"status": BAD if BAD in found.values() else OK, **found})


def _said(found: dict[str, str]) -> HttpResponse:
    is_well = found["status"] == OK
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if not is_well:
        headers["Retry-After"] = str(RETRY_AFTER)
    return JsonResponse(found, status=200 if is_well else 503, headers=headers)


#: The migrations that the code has, which are looked up once.
_known = cache(known)


def _asked() -> tuple[bool, set[str]]:
    """Ask the database on the connection that this thread's requests use, once more if that was a dead one.

    :raises DatabaseError: if there is no connection to be had.
    :raises psycopg.Error: if it does not answer in time.
    """
    was_open = connection.connection is not None
    connection.ensure_connection()
    began = time.monotonic()
    try:
        return _ask(connection.connection)
    except UndefinedTable:
        raise
    except psycopg.OperationalError:
        connection.close()
        # A dead one says so at once. One that was waited for is not asked twice: the load balancer waits too.
        if not was_open or time.monotonic() - began >= DEADLINE:
            raise
    connection.ensure_connection()
    return _ask(connection.connection)


def _ask(own: psycopg.Connection[Any]) -> tuple[bool, set[str]]:
    """Ask, and wait no longer than the deadline, whether the server gives up in time or not."""
    pgconn = own.pgconn
    pgconn.send_query(_QUESTION.format(cache=settings.CACHES["default"]["LOCATION"]).encode())
    try:
        result = own.wait(execute(pgconn), timeout=DEADLINE)[-1]
    except psycopg.Error:
        pgconn.finish()  # what it says later would be taken for the answer to something else
        raise
    if result.status != ExecStatus.TUPLES_OK:
        raise psycopg.errors.error_from_result(result)
    has_cache, names = result.get_value(0, 0), result.get_value(0, 1)
    return has_cache == b"t", set((names or b"").decode().split(","))

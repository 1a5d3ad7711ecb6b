"""Read a page of a table as the API gives it."""

import base64
import json
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.http import HttpRequest, HttpResponse

from goals.api.problems import ProblemError
from goals.as_of import AsOf
from goals.data.columns import Table, in_json
from goals.data.goals import GOALS
from goals.data.plans import COMMITTEES, MUNICIPALITIES, PARTIES

INVALID = "Något i adressen går inte att använda. Se errors."
#: What a choice by a current status needs beside it, for else every goal there is would be looked at.
_NEEDS_COMMITTEE = ("status", "decision")
#: Choices that leave few of all rows.
_NARROW = ("municipality_code", "committee_address")
#: Where what a filter names can be looked for.
_KNOWN = {
    "municipality_code": MUNICIPALITIES,
    "committee_address": COMMITTEES,
    "party_abbreviation": PARTIES,
}


def page(request: HttpRequest, table: Table, asked: dict[str, Any]) -> HttpResponse:
    """Answer with a page of a table's rows.

    :raises ProblemError: if something that was asked for is wrong.
    """
    after = _after(asked.pop("cursor"))
    limit = asked.pop("limit")
    is_narrow = any(asked.get(name) is not None for name in _NARROW)
    rows, last = table.page(_chosen(request, table, asked), after, limit, is_narrow=is_narrow)
    if not rows and not after:
        _require_known(asked)
    following = _address(request, last) if last else None
    body = {"rows": [in_json(table, row) for row in rows], "next": following}
    response = _answer(body)
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return response


def one(table: Table, **values: Any) -> HttpResponse:
    """Answer with the one row that has some values.

    :raises ProblemError: if there is none.
    """
    found = table.find()
    for name, value in values.items():
        found = _within(table, found, name, value)
    rows, _ = table.page(found, 0, 1)
    if not rows:
        raise ProblemError(404, "Det finns ingen sådan rad.")
    return _answer(in_json(table, rows[0]))


def _answer(body: dict[str, Any]) -> HttpResponse:
    """Answer with JSON, and with the tag by which one may ask again."""
    content = json.dumps(body, ensure_ascii=False).encode()
    response = HttpResponse(content, content_type="application/json")
    response["ETag"] = f'"{sha256(content).hexdigest()[:20]}"'
    return response


def _chosen(request: HttpRequest, table: Table, asked: dict[str, Any]) -> "models.QuerySet[Any]":
    """Find the rows that were asked for, at the moment that was."""
    known = {*asked, "cursor", "limit"}
    if unknown := sorted(set(request.GET) - known):
        raise ProblemError(422, INVALID, [(name, "Det finns ingen sådan parameter här.") for name in unknown])
    if twice := sorted(name for name in request.GET if len(request.GET.getlist(name)) > 1):
        raise ProblemError(422, INVALID, [(name, "Ange parametern en gång.") for name in twice])
    for name in _NEEDS_COMMITTEE if table is GOALS else ():
        if asked[name] is not None and asked["committee_address"] is None:
            raise ProblemError(422, INVALID, [(name, "Ange också committee_address.")])
    day = asked.pop("as_of", None)
    as_of = AsOf.read(day.isoformat() if day else "")
    if as_of.problem:
        raise ProblemError(422, INVALID, [("as_of", as_of.problem)])
    found = table.find(at=as_of.moment)
    for name, value in asked.items():
        if value is not None:
            found = _within(table, found, name, value)
    return found


def _within(table: Table, found: "models.QuerySet[Any]", name: str, value: Any) -> "models.QuerySet[Any]":
    within = table.column(name).within
    assert within is not None  # noqa: S101 - the model has only columns that rows are chosen by
    return found.filter(within(value))


def _require_known(asked: dict[str, Any]) -> None:
    """Tell one who got nothing that there is no such municipality, committee or party; a slip is no answer.

    :raises ProblemError: if there is none.
    """
    for name, table in _KNOWN.items():
        value = asked.get(name)
        if value is not None and not _within(table, table.find(), name, value).exists():
            raise ProblemError(422, INVALID, [(name, f"”{value}” finns inte här. De som finns står i {table.name}.")])


def _after(cursor: str | None) -> int:
    """Read where a page begins.

    :raises ProblemError: if it is nothing that we have given.
    """
    if cursor is None:
        return 0
    try:
        after = int(base64.urlsafe_b64decode(cursor.encode()).decode("ascii").removeprefix("efter:"))
    except ValueError:
        after = -1
    if not 0 < after < 2**63 or _cursor(after) != cursor:
        raise ProblemError(422, INVALID, [("cursor", "Det är ingen plats som API:et har gett.")])
    return after


def _cursor(after: int) -> str:
    return base64.urlsafe_b64encode(f"efter:{after}".encode()).decode()


def _address(request: HttpRequest, last: int) -> str:
    """Give the address of the page that follows, with the same choices."""
    asked = {name: value for name, value in request.GET.items() if name != "cursor"}
    return request.build_absolute_uri(f"{request.path}?{urlencode({**asked, 'cursor': _cursor(last)})}")

"""What the API answers when something is wrong: problem details (RFC 9457), for programs and for people.

``title`` is the status in English, as programs know it; ``detail`` is a sentence in Swedish, as all that a person reads
here.
"""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse

MEDIA_TYPE = "application/problem+json"

#: What the schema says of every problem.
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "description": "Alltid about:blank: title säger vad det är."},
        "title": {"type": "string", "description": "Statuskoden med ord, på engelska."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "Vad som är fel, på svenska."},
        "errors": {
            "type": "array",
            "description": "De parametrar som är fel, om det är sådana.",
            "items": {
                "type": "object",
                "required": ["parameter", "message"],
                "properties": {"parameter": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


class ProblemError(Exception):
    """Something that was asked for is wrong or is not there."""

    def __init__(self, status: int, detail: str, errors: Sequence[tuple[str, str]] = ()):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors


def problem(status: int, detail: str, errors: Sequence[tuple[str, str]] = ()) -> HttpResponse:
    """Give the answer to what is wrong."""
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "errors": [{"parameter": name, "message": message} for name, message in errors],
    }
    return HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type=MEDIA_TYPE)


def documented(*statuses: tuple[int, str]) -> dict[str, Any]:
    """Give what the schema says of some problems."""
    content = {MEDIA_TYPE: {"schema": SCHEMA}}
    return {"responses": {status: {"description": why, "content": content} for status, why in statuses}}

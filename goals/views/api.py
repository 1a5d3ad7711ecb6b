"""The API's own pages: what there is to ask, as a page and as a schema, and what is not there."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals.api.models import MOST, USUAL
from goals.api.problems import problem
from goals.api.site import DESCRIPTION, schema
from goals.rates import AT_ONCE, PER_MINUTE


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Tell what can be asked of the API, from its own schema."""
    page = Page(
        "API för öppna data",
        "Alla adresser i Nämndkollens API, vad de tar och vad de svarar.",
        [
            Crumb("Start", reverse("start")),
            Crumb("Öppna data", reverse("data")),
            Crumb("API", reverse("api_docs")),
        ],
    )
    context = {
        "page": page,
        "about": DESCRIPTION,
        "operations": _operations(),
        "usual": USUAL,
        "most": MOST,
        "per_minute": PER_MINUTE,
        "at_once": AT_ONCE,
    }
    return render(request, "goals/data/api.html", context)


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Give the API's schema (OpenAPI 3.1)."""
    return HttpResponse(_schema_text(), content_type="application/json")


def nothing(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer an address under the API's that is none, as the API answers."""
    return problem(404, f"Det finns inget på den adressen. Det som finns står på {reverse('api_docs')}.")


@cache
def _schema_text() -> str:
    return json.dumps(schema(), ensure_ascii=False)


@cache
def _operations() -> list[dict[str, Any]]:
    """Give what the page shows of each address: what it takes, and which table's columns it gives."""
    found = []
    for path, methods in schema()["paths"].items():
        about = methods["get"]
        parameters = [
            {
                "name": each["name"],
                "about": each.get("description", ""),
                "is_in_path": each["in"] == "path",
                "choices": [value for value in each["schema"].get("enum", []) if value],
                "example": each["schema"].get("example", ""),
            }
            for each in about["parameters"]
        ]
        table = path.split("/")[3]
        found.append(
            {"path": path, "name": about["operationId"], "table": table, "about": about, "parameters": parameters}
        )
    return found

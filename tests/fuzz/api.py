"""The API, asked by schemathesis for all that its schema allows and does not allow."""

import time
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode, openapi
from schemathesis.config import SchemathesisConfig

from tests.fuzz.answers import PLACES, Answers, Request


def ask_the_api(site: str, answers: Answers, until: float, number: int) -> None:
    """Send some requests to each operation, right and wrong."""
    schema = openapi.from_url(f"{site}/api/v1/openapi.json", config=SchemathesisConfig())
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in GenerationMode:
            _ask(operation, mode, answers, until, number)


def _ask(operation: Any, mode: GenerationMode, answers: Answers, until: float, number: int) -> None:
    @seed(number)
    @settings(
        max_examples=5, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        if time.monotonic() > until:  # what is drawn is not sent
            return
        began = time.monotonic()
        response = case.call(headers={"X-Forwarded-For": next(PLACES)}, timeout=60)
        sent = Request("api " + operation.path, "", case.method, response.request.path_url or "", {})
        answers.take(sent, response.status_code, time.monotonic() - began)

    answered()

"""Real Chromium against the site as production serves it."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.chromium import HELP, find, launch_arguments
from tests.browser.server import served
from tests.conftest import shared_folder

# Playwright keeps an event loop in the test's thread, which Django would otherwise take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    path = find()
    assert path, HELP
    return {"executable_path": path, "args": launch_arguments()}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, object]:
    return {"locale": "sv-SE", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Serve the two real plans and the invented ones from a database of this session's own."""
    with served(f"browser_{worker_id}", shared_folder(tmp_path_factory)) as address:
        yield address


@pytest.fixture
def clean_page(page: Page) -> Iterator[Page]:
    """Give a page that must load without an error, a blocked resource, or a word to another host."""
    problems: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: hosts.add(request.url.split("/")[2].split(":")[0]))
    yield page
    assert not problems
    assert hosts <= {"127.0.0.1"}

"""Real Chromium against the site as production serves it."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page

from tests import databases
from tests.browser.cast import PASSWORD, SECRETARY
from tests.browser.checks import AXE, widen
from tests.browser.chromium import HELP, find, launch_arguments
from tests.browser.contexts import Contexts, Lent
from tests.browser.server import Server, address_of, database, environment_of, free_port, furnish, serving
from tests.conftest import shared_folder

# Playwright keeps an event loop in the test's thread, which Django would otherwise take for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

#: Gives the cookies of somebody who has signed in.
SignIn = Callable[[str], list[Any]]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    path = find()
    assert path, HELP
    # Nothing from elsewhere is opened here, so no site needs a process of its own, nor one that waits for it.
    few = ["--renderer-process-limit=1", "--disable-site-isolation-trials"]
    return {"executable_path": path, "args": [*launch_arguments(), *few]}


@pytest.fixture(scope="session")
def environment(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, django_db_blocker: pytest.FixtureRequest
) -> Iterator[dict[str, str]]:
    """Give the environment that names a database of this worker's own, with plans, people and drafts."""
    folder = shared_folder(tmp_path_factory)

    def make() -> None:
        furnish(address_of(connection.settings_dict["NAME"]), folder)

    with django_db_blocker.unblock():
        template = databases.shared("browser", folder, partial(databases.with_plans, folder), make)
    with database(f"browser_{worker_id}", template) as url:
        yield environment_of(url, folder)


@pytest.fixture(scope="session")
def server(environment: dict[str, str]) -> Iterator[Server]:
    """Serve that database, which needs no more preparing than it has had."""
    with serving({**environment, "PORT": str(free_port())}) as server:
        yield server


@pytest.fixture(scope="session")
def site(server: Server) -> str:
    """Give the site's address."""
    return server.address


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[Contexts]:
    """Give what this worker's tests borrow browsers from."""
    contexts = Contexts(browser)
    yield contexts
    contexts.close()


@pytest.fixture
def lent(contexts: Contexts) -> Iterator[Lent]:
    """Lend browsers to the test."""
    with contexts.lent() as lent:
        yield lent


@pytest.fixture
def context(lent: Lent) -> BrowserContext:
    """Give a browser of the test's own, which is what ``page`` is opened in."""
    return lent.context()


@pytest.fixture
def bare_page(lent: Lent) -> Page:
    """Give a page in a browser without scripts."""
    return lent.page(scripts=False)


@pytest.fixture(scope="session")
def reader(browser: Browser) -> Iterator[Page]:
    """Give the one page in which all pages that a reader meets are looked at.

    To open a browser of its own takes longer than to look at most of them.
    """
    context = browser.new_context(locale="sv-SE", has_touch=True)
    context.add_init_script(AXE)
    yield context.new_page()
    context.close()


@pytest.fixture
def looking(reader: Page) -> Page:
    """Give the reader's page as a browser opens it: nothing kept, in light, and wide."""
    reader.context.clear_cookies()
    return afresh(reader)


def afresh(page: Page) -> Page:
    """Give a page the looks that it was opened with."""
    page.emulate_media(color_scheme="light", forced_colors="none")
    widen(page, 1280)
    return page


@contextmanager
def nothing_wrong(page: Page) -> Iterator[Page]:
    """Let a page load without an error, a blocked resource, or a word to another host."""
    problems: list[str] = []
    hosts: set[str] = set()
    listeners: dict[Any, Callable[..., None]] = {
        "console": lambda message: problems.append(message.text) if message.type == "error" else None,
        "pageerror": lambda error: problems.append(str(error)),
        "request": lambda request: hosts.add(request.url.split("/")[2].split(":")[0]),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield page
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert not problems
    assert hosts == {"127.0.0.1"}


@pytest.fixture
def clean_page(page: Page) -> Iterator[Page]:
    """Give a page in a browser of its own in which nothing may go wrong."""
    with nothing_wrong(page):
        yield page


@pytest.fixture(scope="session")
def sign_in(contexts: Contexts, site: str) -> SignIn:
    """Sign people in, each once, and give the cookies that their browsers then have."""

    @cache
    def sign_in(email: str) -> list[Any]:
        with contexts.lent() as lent:
            page = lent.page()
            page.goto(f"{site}/logga-in/")
            page.get_by_label("E-postadress").fill(email)
            page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Logga in", exact=True).click()
            page.get_by_role("link", name="Mitt konto").wait_for()
            return list(page.context.cookies())

    return sign_in


@pytest.fixture
def as_secretary(lent: Lent, sign_in: SignIn) -> Callable[..., Page]:
    """Open browsers in which the secretary, or somebody else, has signed in, with scripts or without."""

    def open_browser(email: str = SECRETARY, *, scripts: bool = True) -> Page:
        return lent.page(scripts=scripts, cookies=sign_in(email))

    return open_browser

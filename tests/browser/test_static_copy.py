"""A static copy of the site in a reader's hands: from a plain web server, and from disk."""

import re
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import everything_holds
from tests.browser.contexts import Lent

YEAR = "eskilstuna/socialnamnden/2017"

#: Pages of different kinds: where the copy differs from the site is the same on all, and they are slow to look at.
PAGES = {
    "start": "index.html",
    "compare": f"{YEAR}/jamfor/index.html",
    "plan": f"{YEAR}/v/index.html",
    "goal": f"{YEAR}/v/25/index.html",
    "issue": "eskilstuna/socialnamnden/fraga/faltassistenter/index.html",
    "embedded": f"{YEAR}/v/inbaddad/index.html",
    "changes": "andringar/index.html",
    "read me": "LAS-MIG.html",
}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def plain_server(copy: Path) -> Iterator[str]:
    """Serve the copy with what Python has for that."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(copy))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.mark.parametrize("name", PAGES)
def test_accessible(looking: Page, plain_server: str, name: str):
    """The copy passes what the living site does (tests/browser/checks.py)."""
    looking.goto(plain_server + PAGES[name])
    everything_holds(looking)


@pytest.mark.parametrize("scripts", [True, False])
def test_read_from_disk(lent: Lent, copy: Path, scripts: bool):
    """Opened as files, its pages have their styles and fonts, ask for nothing else, and lead to one another."""
    page = lent.page(scripts=scripts)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: None if request.url.startswith("file:") else problems.append(request.url))
    # What is on its way when the next page is opened is broken off; what is not there fails otherwise.
    page.on(
        "requestfailed",
        lambda request: None if request.failure == "net::ERR_ABORTED" else problems.append(f"{request.url} failed"),
    )
    page.goto((copy / YEAR / "v/index.html").as_uri())
    page.get_by_role("link", name="Jämför med andra partier").click()
    page.goto((copy / YEAR / "jamfor/index,amne=medarbetare.html").as_uri())
    page.get_by_role("link", name="Byt plats på partierna").click()
    assert page.url.endswith("jamfor/index,parti=v,parti=kd,amne=medarbetare.html")
    page.get_by_role("link", name="Planer och ämnen").click()
    page.locator("a[href$='2017/kd/index,visa=mal.html']").click()
    page.get_by_role("link", name=re.compile("KD 2 ?: status")).click()
    expect(page.locator(".copy")).to_contain_text("Kopia av http://localhost:8000/eskilstuna/socialnamnden/2017/kd/2/")
    if scripts:
        loaded = "all => [...all].filter(font => font.status == 'loaded').map(font => font.family)"
        assert "Kollen Sans" in page.evaluate(f"document.fonts.ready.then({loaded})")
    page.get_by_role("link", name="Om kopian").click()
    expect(page.get_by_role("heading", level=1, name="Läs mig")).to_be_visible()
    assert not problems


def test_what_needs_the_site_says_so(page: Page, plain_server: str):
    """A link to sign in says that it leads to the site, and what was a form says where it is."""
    page.goto(plain_server)
    link = page.get_by_role("link", name="Logga in (på webbplatsen)")
    expect(link).to_have_attribute("href", "http://localhost:8000/logga-in/")
    expect(page.get_by_text("”Sök i planerna” fungerar bara på")).to_be_visible()

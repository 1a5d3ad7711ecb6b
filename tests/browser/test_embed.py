"""What other sites show in a frame, and sharing a page, in a reader's hands."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import YEAR

ISSUE = f"{YEAR}/fraga/faltassistenter/inbaddad/"


@contextmanager
def elsewhere(code: str) -> Iterator[str]:
    """Serve a page of another site, and give its address: the browser lets no invented one frame what is local."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(code.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/"
        server.shutdown()


def test_code_shows_the_issue_on_another_site(bare_page: Page, site: str):
    """The code from the issue's page shows it on another site, without scripts and without cookies."""
    bare_page.goto(f"{site}/eskilstuna/socialnamnden/fraga/faltassistenter/")
    bare_page.get_by_text("Bädda in", exact=True).click()
    code = bare_page.get_by_label("Kod att klistra in").input_value()
    with elsewhere(code) as address:
        bare_page.goto(address)
        frame = bare_page.frame_locator("iframe")
        expect(frame.get_by_role("heading", level=1, name="Fältassistenter")).to_be_visible()
        expect(frame.get_by_role("heading", level=2, name="Vänsterpartiet")).to_be_visible()
        with bare_page.context.expect_page() as opened:
            frame.get_by_role("link", name="Nämndkollen").click()
        opened.value.wait_for_url(re.compile("/eskilstuna/socialnamnden/fraga/faltassistenter/#ar-2017$"))
    assert bare_page.context.cookies() == []


def test_other_pages_cannot_be_framed(page: Page, site: str):
    """The browser refuses to show any other page of ours within another site."""
    with elsewhere(f'<iframe src="{site}/om/"></iframe>') as address:
        with page.expect_console_message(lambda message: "frame" in message.text.lower(), timeout=10_000):
            page.goto(address)
        expect(page.frame_locator("iframe").get_by_text("Om Nämndkollen")).to_have_count(0)


@pytest.mark.parametrize("address", [ISSUE, f"{YEAR}/v/inbaddad/"])
def test_readable_in_a_narrow_frame(page: Page, site: str, address: str):
    """Nothing is cut off in a frame of 280 px."""
    page.set_viewport_size({"width": 280, "height": 600})
    page.goto(site + address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 280


def test_link_is_copied_with_the_keyboard(page: Page, site: str):
    """With a script the address is copied at a press of the button, and said to be."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}{YEAR}/v/36/")
    page.get_by_text("Dela", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Kopiera länken").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".share [role=status]").first).to_have_text("Kopierad.")
    assert page.evaluate("navigator.clipboard.readText()") == f"{site}{YEAR}/v/36/"

"""What holds for every page behind signing in too: accessible, never too wide, large enough to touch."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.cast import PASSWORD, SECRETARY
from tests.browser.pages import YEAR

QUEUE = f"/arbete{YEAR}/tertial-1/"
Steps = Callable[[Page], object]


def nothing(page: Page) -> None:
    """Look at the page as it opens."""


def press(name: str) -> Steps:
    return lambda page: page.get_by_role("button", name=name).first.click()


def choose_two(page: Page) -> None:
    boxes = page.get_by_role("checkbox", name=re.compile("^Välj "))
    for number in range(2):
        boxes.nth(number).check()
    page.get_by_role("button", name="Bedöm de valda tillsammans").click()


def two_writers(page: Page) -> None:
    """Save with what was seen before somebody else saved, which is as good as two browsers."""
    page.locator("form.judge input[name=seen]").evaluate("field => { field.value = '0' }")
    page.get_by_role("radio", name="Pågår").check()
    press("Spara och nästa")(page)
    page.locator(".problems").wait_for()


def wrong(page: Page) -> None:
    page.get_by_role("radio", name="Delvis").check()
    press("Spara och nästa")(page)
    page.locator(".problems").wait_for()


#: An address, and what to do there before looking.
PAGES: dict[str, tuple[str, Steps]] = {
    "queue": (QUEUE, nothing),
    "queue narrowed to nothing": (f"{QUEUE}?sedan=2099-01-01", nothing),
    "judging": (f"{QUEUE}v/25/", nothing),
    "judging wrong": (f"{QUEUE}v/25/", wrong),
    "judging second": (f"{QUEUE}v/25/", two_writers),
    "batch": (QUEUE, choose_two),
    "batch wrong": (QUEUE, lambda page: (choose_two(page), press("Spara 2 bedömningar")(page))),
    "periods": (f"/arbete{YEAR}/perioder/", nothing),
    "periods wrong": (f"/arbete{YEAR}/perioder/", press("Lägg till")),
    "decision": (f"{YEAR}/v/25/beslut/", nothing),
    "decision wrong": (f"{YEAR}/v/25/beslut/", press("Spara")),
    "outcome": (f"{YEAR}/kd/14/utfall/", nothing),
    "goal for who works": (f"{YEAR}/kd/14/", nothing),
    "log": (f"{YEAR}/kd/14/logg/", nothing),
    "follow": (f"{YEAR}/kd/14/folj/", nothing),
    "followed": ("/folj/", nothing),
    "account": ("/konto/", nothing),
    "password wrong": ("/konto/losenord/", press("Byt lösenord")),
    "not for this one": ("/arbete/provkoping/annan/2026/helar/", nothing),
}


@pytest.fixture(scope="session")
def signed_in(browser: Browser, site: str) -> object:
    """Sign in once, and give what the browser then keeps."""
    context = browser.new_context(locale="sv-SE")
    page = context.new_page()
    page.goto(f"{site}/logga-in/")
    page.get_by_label("E-postadress").fill(SECRETARY)
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.get_by_role("link", name="Mitt konto").wait_for()
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def signed_page(browser: Browser, signed_in: dict[str, object]) -> Iterator[Page]:
    context = browser.new_context(locale="sv-SE", storage_state=signed_in, viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_pages_behind_signing_in(signed_page: Page, site: str, name: str):
    """Axe finds nothing in light, dark and forced colours at any width, nothing is too wide, and targets are large."""
    address, steps = PAGES[name]
    signed_page.goto(f"{site}{address}")
    steps(signed_page)
    signed_page.wait_for_load_state()
    signed_page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    for scheme, forced in (("light", "none"), ("dark", "none"), ("dark", "active")):
        signed_page.emulate_media(color_scheme=scheme, forced_colors=forced)
        for width in (320, 768, 1280):
            signed_page.set_viewport_size({"width": width, "height": 900})
            found = Axe().run(signed_page, options={"resultTypes": ["violations"]}).response["violations"]
            assert not [(rule["id"], rule["nodes"][0]["html"]) for rule in found], f"{scheme} at {width} px"
            assert signed_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"at {width} px"
    signed_page.set_viewport_size({"width": 360, "height": 780})
    small = signed_page.evaluate(
        """() => [...document.querySelectorAll('a, button, select, input, summary')].filter((element) => {
            const box = element.getBoundingClientRect();
            const inText = element.closest('.lede, .text p, .notice p, dd, .note, caption, .help');
            return box.width && !inText && !element.closest('.skip') && box.height < 23.5
              && !(['radio', 'checkbox'].includes(element.type)
                   && (element.closest('label') ?? element.parentElement).getBoundingClientRect().height >= 24);
        }).map((element) => element.outerHTML.slice(0, 120))"""
    )
    assert not small

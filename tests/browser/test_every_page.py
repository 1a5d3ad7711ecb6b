"""What holds for every page: accessible, never too wide, nothing from elsewhere, readable without colour or scripts."""

from contextlib import nullcontext

import pytest
from playwright.sync_api import Page

from tests.browser.checks import everything_holds
from tests.browser.conftest import nothing_wrong
from tests.browser.pages import PAGES, WITH_TOKEN, visit

#: Pages of each kind, none of them long, in which axe looks at the colours of everything.
EVERY_COLOUR = (
    "start",
    "compare three",
    "overview three",
    "goal three",
    "plan newer version",
    "search",
    "data",
    "about",
)


@pytest.mark.parametrize("name", PAGES)
def test_accessible_and_on_its_own(looking: Page, site: str, name: str):
    """A page asks only its own host, breaks no rule of its policy, and keeps nothing in the browser.

    Axe finds nothing, nothing is too wide, and everything is large enough to touch (tests/browser/checks.py).
    """
    with nullcontext() if name.isdigit() else nothing_wrong(looking):  # that a page is a fault is an error too
        visit(looking, site, PAGES[name])
        looking.evaluate("() => document.fonts.ready.then(() => true)")
    cookies = [cookie["name"] for cookie in looking.context.cookies()]
    assert cookies == (["csrftoken"] if name in WITH_TOKEN else [])
    assert looking.evaluate("localStorage.length + sessionStorage.length") == 0
    assert looking.evaluate("[...document.fonts].filter((font) => font.status === 'loaded').length") >= 2
    everything_holds(looking, every_colour=name in EVERY_COLOUR)


def test_skip_link_leads_to_the_content(page: Page, site: str):
    """The first press of Tab offers to skip the menu, and following it moves the focus there."""
    page.goto(f"{site}/om/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Hoppa till innehållet"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "innehall"


def test_focus_is_never_hidden_behind_the_sticky_heading(page: Page, site: str):
    """Every link that Tab leads to on the comparison is in sight (WCAG 2.2, 2.4.11), going backwards too."""
    page.goto(f"{site}{PAGES['compare']}#fraga-budget-i-balans")
    page.locator("#fraga-budget-i-balans h3 a").focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        hidden = page.evaluate(
            """() => {
            const box = document.activeElement.getBoundingClientRect();
            const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
            return top && top.closest('.colhead') ? document.activeElement.outerHTML : '';
            }"""
        )
        assert not hidden

"""What holds for every page: accessible, never too wide, nothing from elsewhere, readable without colour or scripts."""

import pytest
from playwright.sync_api import Page

from tests.browser.checks import everything_holds
from tests.browser.pages import PAGES, WITH_TOKEN, visit


@pytest.mark.parametrize("name", PAGES)
def test_accessible(looking: Page, site: str, name: str):
    """Axe finds nothing, nothing is too wide, and everything is large enough to touch (tests/browser/checks.py)."""
    visit(looking, site, PAGES[name])
    everything_holds(looking)


@pytest.mark.parametrize("name", [name for name in PAGES if not name.isdigit()])
def test_nothing_from_elsewhere_and_nothing_kept(clean_look: Page, site: str, name: str):
    """A page asks only its own host, breaks no rule of its policy, and keeps nothing in the browser."""
    visit(clean_look, site, PAGES[name])
    clean_look.evaluate("() => document.fonts.ready.then(() => true)")
    cookies = [cookie["name"] for cookie in clean_look.context.cookies()]
    assert cookies == (["csrftoken"] if name in WITH_TOKEN else [])
    assert clean_look.evaluate("localStorage.length + sessionStorage.length") == 0
    assert clean_look.evaluate("[...document.fonts].filter((font) => font.status === 'loaded').length") >= 2


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

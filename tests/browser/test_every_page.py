"""What holds for every page: accessible, never too wide, nothing from elsewhere, readable without colour or scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.pages import PAGES, WITH_TOKEN, visit

WIDTHS = (320, 768, 1280)
SCHEMES = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"color_scheme": "dark", "forced_colors": "active"},
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_nothing(browser: Browser, site: str, name: str, scheme: str):
    """Axe has no complaint at any width, in light, dark and forced colours, with everything unfolded."""
    context = browser.new_context(locale="sv-SE", **SCHEMES[scheme])
    page = context.new_page()
    visit(page, site, PAGES[name])
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert not [(rule["id"], rule["nodes"][0]["html"]) for rule in found], f"at {width} px"
    context.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "text"), [(320, 100), (1280, 200), (640, 200)])
def test_nothing_is_too_wide(browser: Browser, site: str, name: str, width: int, text: int):
    """Nothing needs sideways scrolling at 320 px, nor with text at twice its size, and no word is cut off."""
    context = browser.new_context(locale="sv-SE", viewport={"width": width, "height": 900})
    page = context.new_page()
    visit(page, site, PAGES[name])
    page.evaluate(
        """(percent) => {
        document.documentElement.style.fontSize = `${1.125 * percent}%`;
        for (const fold of document.querySelectorAll('details')) fold.open = true;
        }""",
        text,
    )
    wide = page.evaluate(
        """() => [...document.querySelectorAll('body *')].filter((element) => {
            const box = element.getBoundingClientRect();
            const scrolled = element.closest('.scroll, .skip, .hidden, .sprite');
            return !scrolled && box.width && (box.right > innerWidth + 1 || box.left < -1);
        }).map((element) => element.outerHTML.slice(0, 120))"""
    )
    assert not wide
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()


@pytest.mark.parametrize("name", [name for name in PAGES if not name.isdigit()])
def test_nothing_from_elsewhere_and_nothing_kept(clean_page: Page, site: str, name: str):
    """A page asks only its own host, breaks no rule of its policy, and keeps nothing in the browser."""
    visit(clean_page, site, PAGES[name])
    clean_page.wait_for_load_state("networkidle")
    cookies = [cookie["name"] for cookie in clean_page.context.cookies()]
    assert cookies == (["csrftoken"] if name in WITH_TOKEN else [])
    assert clean_page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert clean_page.evaluate("[...document.fonts].filter((font) => font.status === 'loaded').length") >= 2


@pytest.mark.parametrize("name", PAGES)
def test_targets_are_large_enough(browser: Browser, site: str, name: str):
    """On a phone, every link and control outside running text is at least 24 px high (WCAG 2.2, 2.5.8)."""
    context = browser.new_context(viewport={"width": 360, "height": 780}, has_touch=True, is_mobile=True)
    page = context.new_page()
    visit(page, site, PAGES[name])
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, select, input, summary')].filter((element) => {
            const box = element.getBoundingClientRect();
            const inText = element.closest('.lede, .text p, .notice p, dd, .note, caption');
            return box.width && !inText && !element.closest('.skip') && box.height < 23.5
              && !(element.type === 'radio' && element.closest('label').getBoundingClientRect().height >= 24);
        }).map((element) => element.outerHTML.slice(0, 120))"""
    )
    assert not small
    context.close()


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

"""The plan and the goal in a reader's hands."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import YEAR


def test_contents_follow_the_reading(clean_page: Page, site: str):
    """The heading that one reads under is marked in the table of contents."""
    page = clean_page
    page.goto(f"{site}{YEAR}/v/")
    page.locator("#rad-137").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('rad-145').scrollIntoView({ block: 'center' })")
    current = page.locator(".plan-contents [aria-current]")
    expect(current).to_have_count(1)
    expect(current).to_have_attribute("href", "#rad-137")
    expect(current).to_be_in_viewport()


def test_link_to_a_passage_marks_it(page: Page, site: str):
    """A link from a goal to its place in the plan shows that place, marked."""
    page.goto(f"{site}{YEAR}/v/25/")
    page.get_by_role("link", name="Rad 145 i planen").click()
    place = page.locator("#rad-145")
    expect(place).to_be_in_viewport()
    assert page.evaluate("document.querySelector(':target').id") == "rad-145"
    assert place.evaluate("(it) => getComputedStyle(it).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_only_goals_without_scripts(bare_page: Page, site: str):
    """The switch is a link, so it needs no script."""
    bare_page.goto(f"{site}{YEAR}/kd/")
    bare_page.get_by_role("link", name="Visa bara mål och uppdrag").click()
    assert bare_page.locator(".points .goal").count() == 27
    assert bare_page.locator(".passage").count() == 0
    bare_page.get_by_role("link", name="Visa hela planen").click()
    assert bare_page.locator(".passage").count() > 20


def test_copy_the_citation(page: Page, site: str):
    """The button copies the citation and says so."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}{YEAR}/v/25/")
    page.get_by_role("button", name="Kopiera hänvisningen").click()
    expect(page.get_by_role("status")).to_have_text("Kopierad.")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#hanvisning").inner_text()


def test_no_copy_button_without_scripts(bare_page: Page, site: str):
    """A button that could do nothing does not show."""
    bare_page.goto(f"{site}{YEAR}/v/25/")
    assert not bare_page.get_by_text("Kopiera hänvisningen").is_visible()


def test_letters_that_swedish_seldom_needs_are_fetched_when_a_page_has_one(clean_page: Page, site: str):
    """A page in Swedish takes the two fonts that are preloaded; a name with other letters is still set in them."""
    page = clean_page
    fonts: list[str] = []
    page.on("request", lambda request: fonts.append(request.url) if request.resource_type == "font" else None)
    page.goto(f"{site}{YEAR}/jamfor/")
    page.evaluate("document.fonts.ready")
    assert len(fonts) == 2
    page.locator("h1").evaluate("it => { it.textContent = 'Nuñez' }")
    page.evaluate("document.fonts.ready")
    assert [font for font in fonts if "kollen-serif-rare" in font] == fonts[2:] != []


@pytest.mark.parametrize("font", ["Kollen Serif", "Kollen Sans"])
def test_two_voices(page: Page, site: str, font: str):
    """The party's words are set in the serif, the municipality's in the sans."""
    page.goto(f"{site}{YEAR}/jamfor/")
    selector = ".goal .quote" if "Serif" in font else ".goal .meta"
    assert page.locator(selector).first.evaluate("(it) => getComputedStyle(it).fontFamily").startswith(f'"{font}"')

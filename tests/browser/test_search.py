"""The search in a reader's hands: suggestions by keyboard and by mouse, and the same without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import axe_finds_nothing


@pytest.fixture
def search(clean_page: Page, site: str) -> Page:
    """Open the search."""
    clean_page.goto(f"{site}/sok/")
    return clean_page


def type_in(page: Page, text: str) -> None:
    """Type in the field, and wait until something is suggested."""
    page.get_by_role("combobox", name="Ord att söka efter").press_sequentially(text)
    page.get_by_role("listbox").get_by_role("option").first.wait_for()


def test_suggestions_by_keyboard(search: Page, site: str):
    """The arrows go through the list while the focus stays in the field; Enter searches for what is chosen."""
    field = search.get_by_role("combobox", name="Ord att söka efter")
    expect(field).to_have_attribute("aria-expanded", "false")
    type_in(search, "fält")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(search.get_by_role("status")).to_have_text(re.compile(r"\d+ förslag"))
    for key, chosen in (("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1)):
        field.press(key)
        expect(field).to_have_attribute("aria-activedescendant", f"forslag-{chosen}")
        expect(search.get_by_role("listbox").get_by_role("option", selected=True)).to_have_attribute(
            "id", f"forslag-{chosen}"
        )
        expect(field).to_be_focused()
    field.press("Enter")
    expect(search).to_have_url(f"{site}/sok/?q=f%C3%A4ltassistenter&slag=&parti=&kommun=&ar=")
    expect(search.get_by_role("status").filter(has_text="träffar")).to_be_visible()


def test_suggestions_are_accessible(search: Page):
    """Axe finds nothing with the list open and an option chosen."""
    type_in(search, "famil")
    search.keyboard.press("ArrowDown")
    axe_finds_nothing(search)


def test_escape_closes_the_list_and_enter_searches_for_what_is_typed(search: Page, site: str):
    """Escape closes the list and leaves what is typed; Enter without a choice searches for that."""
    field = search.get_by_role("combobox", name="Ord att söka efter")
    type_in(search, "skol")
    field.press("Escape")
    expect(search.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value("skol")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press("Enter")
    expect(search).to_have_url(re.compile(r"q=skol&"))


def test_suggestions_by_mouse_and_on_the_start_page(clean_page: Page, site: str):
    """A click on an option searches for it; the field of the start page suggests too."""
    clean_page.goto(site)
    field = clean_page.get_by_role("combobox", name="Sök i planerna")
    field.press_sequentially("famil")
    clean_page.get_by_role("option", name="Familjecentral och insatser").click()
    expect(clean_page).to_have_url(re.compile(r"/sok/\?q=Familjecentral\+och"))
    expect(clean_page.locator("mark").first).to_be_visible()


def test_typing_asks_once(search: Page):
    """Nothing is asked for until the reader has stopped for a quarter of a second."""
    asked: list[str] = []
    search.on("request", lambda request: asked.append(request.url) if "forslag" in request.url else None)
    search.get_by_role("combobox", name="Ord att söka efter").press_sequentially("fältassist", delay=30)
    search.get_by_role("listbox").get_by_role("option").first.wait_for()
    assert len(asked) == 1


def test_without_scripts(bare_page: Page, site: str):
    """The search is an ordinary form: words, choices and pages work without scripts."""
    bare_page.goto(f"{site}/sok/")
    bare_page.get_by_role("searchbox", name="Ord att söka efter").fill("Eskilstuna")
    bare_page.get_by_label("Sök bland").select_option("loptext")
    bare_page.get_by_role("button", name="Sök", exact=True).click()
    expect(bare_page.locator(".hit")).to_have_count(20)
    bare_page.get_by_role("link", name="Fler träffar").click()
    expect(bare_page.locator(".hit").first).to_be_visible()
    expect(bare_page.get_by_role("searchbox", name="Ord att söka efter")).to_have_value("Eskilstuna")

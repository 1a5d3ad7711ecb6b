"""The overview in a real browser: from a number to a goal by keyboard, on a phone, and on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import PAGES, YEAR

OVERVIEW = f"{YEAR}/oversikt/"


def whole_tables(page: Page) -> bool:
    """Tell whether every table is seen in its whole width."""
    whole = "tables => tables.length && tables.every(table => table.scrollWidth <= table.clientWidth)"
    return bool(page.locator(".scroll").evaluate_all(whole))


def test_from_a_number_to_a_goal_without_scripts_or_mouse(bare_page: Page, site: str):
    """Choose a period, follow the number of what changed, and a goal: by keys alone, with scripts off."""
    bare_page.goto(f"{site}{OVERVIEW}")
    bare_page.locator(".choose summary").focus()
    bare_page.keyboard.press("Enter")
    bare_page.get_by_label("Period", exact=True).select_option("delar")
    bare_page.get_by_role("button", name="Visa perioderna").focus()
    bare_page.keyboard.press("Enter")
    bare_page.wait_for_url(re.compile("period=delar"))
    number = bare_page.locator(".lede a").first.inner_text()
    bare_page.locator(".lede a").first.focus()
    bare_page.keyboard.press("Enter")
    expect(bare_page.get_by_role("heading", level=1)).to_have_text(f"{number}\N{NO-BREAK SPACE}mål och uppdrag")
    assert bare_page.locator(".goal").count() == int(number)
    bare_page.get_by_role("link", name="Uppdrag KD 11", exact=True).focus()
    bare_page.keyboard.press("Enter")
    bare_page.wait_for_url(f"{site}{YEAR}/kd/11/")


def test_lists_are_folded_on_a_phone_alone(page: Page, site: str):
    """A phone shows the groups with their numbers and unfolds one on request; a wide window shows everything."""
    page.goto(f"{site}{OVERVIEW}?period=delar")
    line = page.locator("#andrat ~ .group .line").first
    expect(line).to_be_visible()
    assert whole_tables(page)
    page.set_viewport_size({"width": 360, "height": 780})
    expect(line).not_to_be_visible()
    assert page.evaluate("document.documentElement.scrollHeight") < 9000
    page.locator("#andrat ~ .group summary").first.click()
    expect(line).to_be_visible()


def test_parties_have_columns_of_one_width(page: Page, site: str):
    """However long its name is, no party has more room than another."""
    page.goto(f"{site}{PAGES['overview three']}")
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        boxes = [head.bounding_box() for head in page.locator("#status-tabell ~ .scroll th.of-party").all()]
        assert len(boxes) == 3
        assert max(box["width"] for box in boxes) - min(box["width"] for box in boxes) < 2


@pytest.mark.parametrize("query", ["", "?period=delar", "?period=tertial-1&mitt=v"])
def test_prints_on_two_pages(page: Page, site: str, tmp_path, query: str):
    """The two real plans with their follow-up go on two pages, with every list and table and no controls."""
    page.goto(f"{site}{OVERVIEW}{query}")
    page.emulate_media(media="print")
    for gone in (".choose", ".own-choice", ".masthead nav"):
        assert not page.locator(gone).first.is_visible(), gone
    assert all(line.is_visible() for line in page.locator(".line, .counts").all())
    page.set_viewport_size({"width": 710, "height": 1000})  # as wide as the paper between its margins
    assert whole_tables(page)
    page.pdf(path=tmp_path / "oversikt.pdf", format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "oversikt.pdf").read_bytes())) <= 2

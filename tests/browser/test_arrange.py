"""Arranging topics and issues by keyboard alone, without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

# Invented plans, so that the real ones stay as they are for the other tests.
LIST = "/arbete/provkoping/provnamnden/amnen/"


@pytest.fixture
def page(as_secretary: Callable[..., Page], site: str) -> Page:
    """Give a browser without scripts, in which the secretary looks at the topics."""
    page = as_secretary(scripts=False)
    page.goto(f"{site}{LIST}")
    return page


def test_moved_by_keyboard(page: Page):
    """The focus comes back to the button that was pressed, or to the other one at the end of the row."""
    issues = page.locator(".arranged-issues .what a")
    before = issues.all_inner_texts()
    down, up = (page.get_by_role("button", name=f"Flytta {way} {before[0]}", exact=True) for way in ("ned", "upp"))
    down.focus()
    page.keyboard.press("Enter")
    expect(issues.nth(1)).to_have_text(before[0])
    expect(up).to_be_focused()
    page.keyboard.press("Enter")
    expect(issues.first).to_have_text(before[0])
    expect(down).to_be_focused()


def test_renamed_by_keyboard(page: Page, site: str):
    """A name is changed from the list with the keyboard, the old address leads on, and the name is changed back."""
    for before, after in (("Övergångsställen", "Övergångar"), ("Övergångar", "Övergångsställen")):
        page.get_by_role("link", name=before).focus()
        page.keyboard.press("Enter")
        page.get_by_label("Namn").focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(after)
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name=after, exact=True)).to_be_visible()
    page.goto(f"{site}/provkoping/provnamnden/fraga/overgangar/")
    expect(page).to_have_url(f"{site}/provkoping/provnamnden/fraga/overgangsstallen/")


def test_what_happens_is_shown_before(page: Page):
    """A merge tells what will happen and what falls away, and going away from there changes nothing."""
    page.get_by_role("link", name="Bänkar").click()
    page.get_by_role("link", name="Slå ihop med en annan fråga").click()
    page.get_by_label("”Bänkar” blir en del av").select_option("Nöjda besökare")
    page.get_by_role("button", name="Visa vad som händer").click()
    expect(page.get_by_role("heading", name="Det här händer")).to_be_visible()
    expect(page.get_by_text("Båda planerna vill ha fler bänkar.").first).to_be_visible()
    page.get_by_role("link", name="Avbryt").click()
    expect(page.get_by_role("heading", name="Bänkar", level=1)).to_be_visible()

"""The work queue in a real browser: by keyboard alone, by two secretaries at once, and without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cast import PASSWORD, SECOND_SECRETARY, SECRETARY
from tests.browser.pages import YEAR

QUEUE = f"/arbete{YEAR}/helar/"
Signed = Callable[..., Page]


@pytest.fixture
def signed(as_secretary: Callable[..., Page], site: str) -> Signed:
    """Give browsers of one's own in which the secretary, or somebody else, has signed in and opened an address."""

    def open_browser(email: str = SECRETARY, *, address: str = QUEUE, scripts: bool = True) -> Page:
        page = as_secretary(email, scripts=scripts)
        page.goto(f"{site}{address}")
        return page

    return open_browser


def remaining(page: Page) -> int:
    return int(page.locator("#kvar").inner_text().split()[0])


def opened(page: Page) -> str:
    """Give the reference of the goal that is open, "V 25"."""
    return page.locator(".work-row.open h2 a").inner_text().partition(" ")[2]


def judge_address(page: Page) -> str:
    return re.sub(r"[?#].*", "", str(page.locator("form.judge").get_attribute("action")))


def test_ten_goals_in_thirty_key_presses(signed: Signed):
    """With the keyboard alone ten goals are judged in at most thirty presses, the focus following to each next one."""
    page = signed()
    before = remaining(page)
    presses = 0

    def press(key: str) -> None:
        nonlocal presses
        page.keyboard.press(key)
        presses += 1

    page.get_by_role("link", name="Börja bedöma").focus()
    press("Enter")
    expect(page.locator("form.judge")).to_be_visible()
    for number in range(10):
        now = opened(page)
        expect(page.locator("form.judge input[name=status]").first).to_be_focused()
        press("124"[number % 3])
        press("Enter")
        expect(page.locator(".work-row.open h2 a")).not_to_have_text(re.compile(f"{now}$"))
    assert presses <= 30
    assert remaining(page) == before - 10
    expect(page.get_by_role("button", name="Ångra")).to_have_count(10)


def test_without_digits_arrows_do(signed: Signed):
    """The digits can be switched off, for good; then arrows and Enter are enough, and digits do nothing."""
    page = signed()
    page.get_by_label("Siffrorna 1–7").uncheck()
    page.get_by_role("link", name="Börja bedöma").click()
    expect(page.locator("form.judge kbd").first).to_be_hidden()
    page.keyboard.press("4")
    assert page.locator("form.judge input[name=status]:checked").count() == 0
    now = opened(page)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".work-row.open h2 a")).not_to_have_text(re.compile(f"{now}$"))
    expect(page.locator(".saved").first).to_contain_text("Pågår")


def test_digits_are_only_for_the_row(signed: Signed):
    """A digit typed in the comment is a digit."""
    page = signed()
    page.get_by_role("link", name="Börja bedöma").click()
    page.get_by_label("Kommentar").fill("")
    page.keyboard.type("4 av 7")
    assert page.get_by_label("Kommentar").input_value() == "4 av 7"
    assert page.locator("form.judge input[name=status]:checked").count() == 0


def test_what_is_wrong_gets_the_focus(signed: Signed):
    """A status that needs a comment leads to the comment field, and nothing is lost."""
    page = signed()
    page.get_by_role("link", name="Börja bedöma").click()
    before = remaining(page)
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Kommentar")).to_be_focused()
    expect(page.locator(".problems")).to_contain_text("Skriv en kommentar")
    assert page.locator("form.judge input[value=partly]").is_checked()
    page.keyboard.type("Hälften är gjort.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#kvar")).to_contain_text(f"{before - 1} av")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_undo(signed: Signed, scripts: bool):
    """What was just saved can be undone where it stands."""
    page = signed(scripts=scripts)
    before = remaining(page)
    page.get_by_role("link", name="Börja bedöma").click()
    reference = opened(page)
    page.get_by_role("radio", name="Pågår").check()
    page.get_by_role("button", name="Spara och nästa").click()
    expect(page.locator("#kvar")).to_contain_text(f"{before - 1} av")
    page.get_by_role("button", name=f"Ångra {reference}").click()
    expect(page.get_by_text(f"{reference}: ångrat.")).to_be_visible()
    expect(page.locator("#kvar")).to_contain_text(f"{before} av")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_several_at_once(signed: Signed, scripts: bool):
    """Goals that are chosen are listed on a page of their own, and judged together there."""
    page = signed(scripts=scripts)
    before = remaining(page)
    boxes = page.get_by_role("checkbox", name=re.compile("^Välj "))
    for number in range(3):
        boxes.nth(number).check()
    page.get_by_role("button", name="Bedöm de valda tillsammans").click()
    expect(page.get_by_role("heading", name="Bedöm 3 mål och uppdrag på en gång")).to_be_visible()
    page.get_by_role("radio", name="Pågår").check()
    page.get_by_role("button", name="Spara 3 bedömningar").click()
    expect(page.locator("#kvar")).to_contain_text(f"{before - 3} av")
    expect(page.get_by_text("Sparat: 3 mål och uppdrag.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_two_secretaries_at_once(signed: Signed, scripts: bool):
    """The second one to save sees what the first one wrote beside the own text, and chooses."""
    first = signed(scripts=scripts)
    first.get_by_role("link", name="Börja bedöma").click()
    second = signed(SECOND_SECRETARY, address=judge_address(first), scripts=scripts)
    first.get_by_role("radio", name="Ej påbörjat").check()
    first.get_by_label("Kommentar").fill("Den första texten")
    first.get_by_role("button", name="Spara och nästa").click()
    expect(first.locator(".saved").first).to_be_visible()
    second.get_by_role("radio", name="Pågår").check()
    second.get_by_label("Kommentar").fill("Den andra texten")
    second.get_by_role("button", name="Spara och nästa").click()
    conflict = second.locator(".problems")
    expect(conflict).to_contain_text("Någon annan hann före.")
    expect(conflict).to_contain_text("Den första texten")
    assert second.get_by_label("Kommentar").input_value() == "Den andra texten"
    assert second.get_by_role("radio", name="Pågår").is_checked()
    second.get_by_role("button", name="Spara mitt ändå och nästa").click()
    expect(second.locator(".saved").first).to_be_visible()


def test_judging_without_scripts(signed: Signed):
    """Without scripts a goal is judged with Tab, arrows and Enter, and the next one opens with the focus in it."""
    page = signed(scripts=False)
    before = remaining(page)
    page.get_by_role("link", name="Börja bedöma").click()
    for _ in range(3):
        now = opened(page)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator(".work-row.open h2 a")).not_to_have_text(re.compile(f"{now}$"))
    assert remaining(page) == before - 3


def test_a_fault_on_the_way_loses_nothing(signed: Signed):
    """Where the network fails, the row says so and keeps what was typed; the next try saves."""
    page = signed()
    page.get_by_role("link", name="Börja bedöma").click()
    before = remaining(page)
    page.get_by_role("radio", name="Pågår").check()
    page.get_by_label("Kommentar").fill("Ska inte försvinna")
    page.route("**/*", lambda route: route.abort())
    page.get_by_role("button", name="Spara och nästa").click()
    expect(page.locator(".not-sent")).to_contain_text("Det gick inte att spara just nu.")
    assert page.get_by_label("Kommentar").input_value() == "Ska inte försvinna"
    page.unroute("**/*")
    page.get_by_role("button", name="Spara och nästa").click()
    expect(page.locator("#kvar")).to_contain_text(f"{before - 1} av")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_lost_session_keeps_what_was_typed(signed: Signed, scripts: bool):
    """Who has been signed out signs in again and finds the goal open with what was typed."""
    page = signed(scripts=scripts)
    page.get_by_role("link", name="Börja bedöma").click()
    address = judge_address(page)
    page.get_by_role("radio", name="Pågår").check()
    page.get_by_label("Kommentar").fill("Långt skrivet")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Spara och nästa").click()
    page.get_by_label("E-postadress").fill(SECRETARY)
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()
    expect(page.get_by_label("Kommentar")).to_have_value("Långt skrivet")
    assert page.url.endswith(address)
    assert page.get_by_role("radio", name="Pågår").is_checked()

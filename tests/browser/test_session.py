"""Being signed in: the warning before the session ends, in several tabs, and the account's own pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.cast import PASSWORD, SECRETARY
from tests.browser.checks import axe_finds_nothing, everything_holds

WARNING = "Du loggas ut om fem minuter."
#: What a session lasts, less the five minutes that the warning comes before its end.
BEFORE_WARNING = 115 * 60_000


def sign_in(page: Page, site: str, next_page: str) -> None:
    page.goto(f"{site}/logga-in/?next={next_page}")
    page.get_by_label("E-postadress").fill(SECRETARY)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.wait_for_url(f"{site}{next_page}")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser whose clock the test sets."""
    context = browser.new_context(locale="sv-SE")
    context.clock.install()
    yield context
    context.close()


def pass_time(context: BrowserContext, milliseconds: int) -> None:
    context.clock.fast_forward(milliseconds)
    context.clock.run_for(6_000)


def test_warning_takes_no_focus_and_prolongs(context: BrowserContext, site: str):
    """Five minutes before the end a warning comes, while one goes on typing; its button prolongs and goes away."""
    page = context.new_page()
    sign_in(page, site, "/konto/losenord/")
    field = page.get_by_label("Nytt lösenord", exact=True)
    field.focus()
    pass_time(context, BEFORE_WARNING - 60_000)
    expect(page.get_by_role("alert")).to_have_text("")
    pass_time(context, 60_000)
    expect(page.get_by_role("alert")).to_contain_text(WARNING)
    expect(field).to_be_focused()
    axe_finds_nothing(page)
    with page.expect_response("**/konto/fortsatt/") as answer:
        page.get_by_role("button", name="Fortsätt vara inloggad").press("Enter")
    assert answer.value.status == 204
    expect(page.get_by_role("alert")).to_have_text("")
    expect(field).to_be_focused()


def test_reading_in_one_tab_prolongs_the_others(context: BrowserContext, site: str):
    """No warning comes while one is at work in another tab, and the end is told of when it has come."""
    page = context.new_page()
    sign_in(page, site, "/konto/")
    pass_time(context, BEFORE_WARNING - 60_000)
    context.new_page().goto(f"{site}/om/")
    pass_time(context, 10 * 60_000)
    expect(page.get_by_role("alert")).to_have_text("")
    pass_time(context, BEFORE_WARNING)
    expect(page.get_by_role("alert")).to_contain_text("Du har loggats ut")


def test_a_session_that_is_gone_is_not_prolonged(context: BrowserContext, site: str):
    """Who was signed out elsewhere is told so when asking to stay."""
    page = context.new_page()
    sign_in(page, site, "/konto/")
    context.clear_cookies(name="sessionid")
    pass_time(context, BEFORE_WARNING)
    page.get_by_role("button", name="Fortsätt vara inloggad").click()
    expect(page.get_by_role("alert")).to_contain_text("Du har loggats ut")
    pass_time(context, 0)
    expect(page.get_by_role("alert")).to_contain_text("Du har loggats ut")


def test_accessible_behind_sign_in(browser: Browser, site: str):
    """The account's own pages, and a form with something wrong, are accessible (tests/browser/checks.py)."""
    context = browser.new_context(locale="sv-SE")
    page = context.new_page()
    sign_in(page, site, "/konto/")
    everything_holds(page)
    page.goto(f"{site}/konto/losenord/")
    page.get_by_role("button", name="Byt lösenord").click()
    expect(page).to_have_title("Fel: Byt lösenord – Nämndkollen")
    assert page.evaluate("document.activeElement.id") == "fel"
    everything_holds(page)
    page.goto(f"{site}/konto/tva-steg/app/")
    everything_holds(page)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_role("img", name="QR-kod")).to_be_visible()
    everything_holds(page)
    context.close()

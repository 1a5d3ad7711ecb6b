"""What holds for every page behind signing in too: accessible, never too wide, large enough to touch."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.cast import SECRETARY
from tests.browser.checks import AXE, everything_holds
from tests.browser.conftest import SignIn, afresh
from tests.browser.drafts import Number, address
from tests.browser.pages import YEAR

QUEUE = f"/arbete{YEAR}/tertial-1/"
#: Few of its goals are enough to look at.
SOME = "?amne=psykisk-halsa"
Steps = Callable[[Page], object]
TOPICS = "/arbete/eskilstuna/socialnamnden/amnen/"
REPORT = f"/arbete{YEAR}/rapport/delar/"
#: An issue that both parties have goals on, of which something is said.
ISSUE = f"{TOPICS}fraga/faltassistenter/"


def nothing(page: Page) -> None:
    """Look at the page as it opens."""


def press(name: str) -> Steps:
    return lambda page: page.get_by_role("button", name=name).first.click()


def choose_two(page: Page) -> None:
    boxes = page.get_by_role("checkbox", name=re.compile("^Välj "))
    for number in range(2):
        boxes.nth(number).check()
    page.get_by_role("button", name="Bedöm de valda tillsammans").click()


def choose_first(page: Page, name: str) -> None:
    page.locator("input[name=goals]").first.check()
    page.get_by_label("Den nya frågans namn").fill(name)
    press("Visa vad som händer")(page)
    page.get_by_role("heading", name="Det här händer").wait_for()


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


def open_block(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Mer om .*Provköping är en kustkommun")).click()
    page.get_by_text("Dela före:").wait_for()


def read_out_wrongly(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^Slag, målvärde")).first.click()
    page.get_by_label("Målvärde").fill("987654")
    press("Spara")(page)
    page.locator(".problems").wait_for()


def arrange_wrongly(page: Page) -> None:
    page.get_by_label("Fråga för BL 1", exact=True).fill("En alldeles ny fråga")
    press("Spara och kontrollera")(page)
    page.locator(".problems").wait_for()


def write_too_much(page: Page) -> None:
    page.get_by_label("Inledning").evaluate("field => { field.maxLength = 30000; field.value = 'å'.repeat(20001) }")
    press("Spara och förhandsgranska")(page)
    page.locator(".problems").wait_for()


def two_reporters(page: Page) -> None:
    """Save with what was seen before somebody else saved."""
    page.locator("input[name=seen]").evaluate("field => { field.value = '0' }")
    page.get_by_label("Inledning").fill("Min text")
    press("Spara och förhandsgranska")(page)
    page.locator(".problems").wait_for()


#: An address, and what to do there before looking.
PAGES: dict[str, tuple[str, Steps]] = {
    "queue": (f"{QUEUE}{SOME}", nothing),
    "queue narrowed to nothing": (f"{QUEUE}?sedan=2099-01-01", nothing),
    "judging": (f"{QUEUE}v/25/{SOME}", nothing),
    "judging wrong": (f"{QUEUE}v/25/{SOME}", wrong),
    "judging second": (f"{QUEUE}v/25/{SOME}", two_writers),
    "batch": (f"{QUEUE}{SOME}", choose_two),
    "batch wrong": (f"{QUEUE}{SOME}", lambda page: (choose_two(page), press("Spara 2 bedömningar")(page))),
    "topics": (TOPICS, nothing),
    "new topic wrong": (f"{TOPICS}nytt/", press("Spara")),
    "topic": (f"{TOPICS}amne/barn-och-unga/", nothing),
    "issue": (ISSUE, nothing),
    "topics' log": (f"{TOPICS}logg/", nothing),
    "no goals without issue": (f"{TOPICS}utan-fraga/", nothing),
    "merge with": (f"{ISSUE}sla-ihop/?med=strunt", nothing),
    "merge": (f"{ISSUE}sla-ihop/?med=familjecentral-och-insatser-i-froslunda", nothing),
    "merge topics": (f"{TOPICS}amne/barn-och-unga/sla-ihop/?med=medarbetare", nothing),
    "split topic": (f"{TOPICS}amne/barn-och-unga/dela/", press("Visa vad som händer")),
    "split": (f"{ISSUE}dela/", lambda page: choose_first(page, "Namn på prov")),
    "split wrong": (f"{ISSUE}dela/", press("Visa vad som händer")),
    "move": (f"{ISSUE}flytta-mal/", nothing),
    "relate": (f"{ISSUE}2017/", nothing),
    "running text": (f"{ISSUE}loptext/", nothing),
    "periods": (f"/arbete{YEAR}/perioder/", nothing),
    "periods wrong": (f"/arbete{YEAR}/perioder/", press("Lägg till")),
    "report": (REPORT, nothing),
    "report wrong": (REPORT, write_too_much),
    "report second": (REPORT, two_reporters),
    "report preview": (f"/arbete{YEAR}/rapport/tertial-1/forhandsgranska/", nothing),
    "report fixing": (f"{REPORT}faststall/", nothing),
    "report fixing wrong": (f"{REPORT}faststall/", press("Fastställ rapport nr 2")),
    "decision": (f"{YEAR}/v/25/beslut/", nothing),
    "decision wrong": (f"{YEAR}/v/25/beslut/", press("Spara")),
    "outcome": (f"{YEAR}/kd/14/utfall/", nothing),
    "goal for who works": (f"{YEAR}/kd/14/", nothing),
    "log": (f"{YEAR}/kd/14/logg/", nothing),
    "follow": (f"{YEAR}/kd/14/folj/", nothing),
    "followed": ("/folj/", nothing),
    "account": ("/konto/", nothing),
    "two steps": ("/konto/tva-steg/", nothing),
    "signing out": ("/logga-ut/", nothing),
    "password wrong": ("/konto/losenord/", press("Byt lösenord")),
    "import": ("/arbete/import/", nothing),
    "import reading": (address(Number.READING, "laser"), nothing),
    "import reading stopped": (address(Number.SILENT, "laser"), nothing),
    "import failed": (address(Number.FAILED, "laser"), nothing),
    "import file": (address(Number.NEWER, "fil"), nothing),
    "import review with pictures": (address(Number.PICTURED, "granska"), open_block),
    "import review": (address(Number.LOST, "granska"), nothing),
    "import review doubtful": (f"{address(Number.WORDS, 'granska')}?visa=osakra", nothing),
    "import reading out wrong": (address(Number.WORDS, "granska"), read_out_wrongly),
    "import arrange": (address(Number.NEWER, "ordna"), nothing),
    "import arrange wrong": (address(Number.UNFINISHED, "ordna"), arrange_wrongly),
    "import check": (address(Number.NEWER, "kontrollera"), nothing),
    "import publish": (address(Number.NEWER, "publicera"), nothing),
    "import discard": (address(Number.NEWER, "kasta"), nothing),
    "not for this one": ("/arbete/provkoping/annan/2026/helar/", nothing),
}


@pytest.fixture(scope="session")
def secretary(browser: Browser, sign_in: SignIn) -> Iterator[Page]:
    """Give the one page in which all of them are looked at."""
    context = browser.new_context(locale="sv-SE")
    context.add_cookies(sign_in(SECRETARY))
    context.add_init_script(AXE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_accessible(secretary: Page, site: str, name: str):
    """Axe finds nothing, nothing is too wide, and everything is large enough to touch (tests/browser/checks.py)."""
    address, steps = PAGES[name]
    page = afresh(secretary)
    page.goto(f"{site}{address}")
    steps(page)
    page.wait_for_load_state()
    everything_holds(page)

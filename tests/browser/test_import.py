"""The import in a real browser: from a document to a published plan, with crashes, colleagues and lost sessions."""

import io
import re
import time
from collections.abc import Callable
from contextlib import suppress

import psutil
import psycopg
import pytest
from playwright.sync_api import Page, expect
from reportlab.pdfgen.canvas import Canvas

from tests.browser.cast import OTHER, PASSWORD, SECOND_SECRETARY, SECRETARY
from tests.browser.checks import everything_holds
from tests.browser.drafts import (
    BASE,
    DOCUMENTS,
    FIFTH,
    FIRST,
    LATER_YEAR,
    PLAN,
    PUBLISHED,
    SECOND,
    THIRD,
    YEAR,
    Number,
    address,
)
from tests.browser.server import Server, free_port, serving

START = "/arbete/import/"
TWO_COLUMNS = (DOCUMENTS / "layouts/medborgarlistan-tvaspalt.pdf").read_bytes()
Open = Callable[..., Page]


def press(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("link", name=name).first.click()


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", name=name, level=1, exact=True)).to_be_visible(timeout=30_000)


def send(page: Page, site: str, party: str, content: bytes | str, year: int = 2026) -> None:
    """Fill in the first step, with a PDF or with text, and send it."""
    page.goto(f"{site}{START}")
    if isinstance(content, bytes):
        file = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": content}
        page.get_by_label("Fil").set_input_files(file)  # type: ignore[arg-type]
    else:
        page.get_by_label("Eller klistra in texten").fill(content)
    page.get_by_label("Nämnd").select_option(label="Äldrenämnden i Provköping")
    page.get_by_label("Parti").select_option(label=party)
    page.get_by_label("År").fill(str(year))
    page.get_by_label("År").press("Enter", no_wait_after=True)


def until_read(page: Page) -> None:
    """Wait for the second step; it is looked at again, as without scripts, if the reading takes a while."""
    page.wait_for_url(re.compile("/(laser|granska)/"))
    ends = time.monotonic() + 30
    while "/laser/" in page.url and time.monotonic() < ends:
        time.sleep(0.2)
        page.reload()
    heading(page, "Granska")


def correct(page: Page) -> None:
    """Say that one goal is none, and join two and part them again."""
    found = page.locator(".onward")
    expect(found).to_contain_text("13 mål och uppdrag")
    press(page, "Inte ett mål (mål 3)")
    expect(found).to_contain_text("12 mål och uppdrag")
    follow(page, re.compile("^Mer om .*avskaffa minutstyrningen"))
    press(page, "Slå ihop med nästa")
    expect(found).to_contain_text("11 mål och uppdrag")
    follow(page, re.compile("^Mer om .*avskaffa minutstyrningen"))
    page.get_by_role("button", name=re.compile("dela här låta arbetslagen")).click()
    expect(found).to_contain_text("12 mål och uppdrag")


def arrange(page: Page, short: str, new_issue: str) -> None:
    """Place goals by pressing a suggestion, by typing, and in a new issue, and say how some relate."""
    press(page, f"Omsorgskontakt för {short} 1")
    expect(page.get_by_label(f"Fråga för {short} 1", exact=True)).to_have_value("Omsorgskontakt")
    page.get_by_label(f"Fråga för {short} 4", exact=True).fill("trygghetslarm")
    page.get_by_label(f"Fråga för {short} 2", exact=True).fill(new_issue)
    press(page, "Spara och kontrollera")
    expect(page.locator(".problems")).to_contain_text(f"Den nya frågan ”{new_issue}” behöver ett ämne.")
    expect(page).to_have_title(re.compile("^Fel: "))
    page.get_by_label(f"Ämne för {new_issue}", exact=True).select_option(label="Äldre")
    page.get_by_label("Förhållande i Omsorgskontakt").select_option("same")
    page.get_by_label("Skäl för Omsorgskontakt").fill("Planerna vill att den äldre väljer.")


def publish(page: Page, site: str, party: str, new_issue: str) -> None:
    """Look at the comparison as it will be, publish, and find it in the public one."""
    heading(page, "Kontrollera")
    preview = page.locator(".preview")
    expect(preview).to_contain_text("Rätt till fast omsorgskontakt")
    expect(preview).to_contain_text(new_issue)
    assert preview.get_by_role("link").count() == 0, "what is not published has no pages to lead to"
    assert page.request.get(f"{site}{YEAR}/{party}/").status == 404
    follow(page, "Vidare till Publicera")
    press(page, "Publicera planen")
    page.wait_for_url(f"{site}{YEAR}/{party}/")
    page.goto(f"{site}{YEAR}/jamfor/?parti=ap&parti={party}")
    issue = page.get_by_role("article").filter(has=page.get_by_role("heading", name=new_issue))
    expect(issue).to_contain_text("Eget val av tid för dusch och promenad")
    page.goto(f"{site}{BASE}/fraga/omsorgskontakt/")
    expect(page.get_by_text("Planerna vill att den äldre väljer.")).to_have_count(1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_from_document_to_published(as_secretary: Open, site: str, scripts: bool):
    """A PDF becomes a published plan in five steps, with and without scripts."""
    party, short = (FIRST, "ML") if scripts else (SECOND, "LL")
    new_issue = f"Egen tid {short}"
    page = as_secretary(scripts=scripts)
    send(page, site, party, TWO_COLUMNS + f"\n% {party}\n".encode())
    until_read(page)
    correct(page)
    follow(page, "Vidare till Ordna")
    arrange(page, short, new_issue)
    press(page, "Spara och kontrollera")
    publish(page, site, party.lower(), new_issue)


def test_a_crash_loses_nothing(as_secretary: Open, environment: dict[str, str]):
    """A server that is killed after the third step, with all its processes, takes nothing with it."""
    page = as_secretary()
    with serving({**environment, "PORT": str(free_port())}) as doomed:
        send(page, doomed.address, THIRD, TWO_COLUMNS + b"\n% crash\n")
        until_read(page)
        correct(page)
        follow(page, "Vidare till Ordna")
        arrange(page, "KL", "Egen tid KL")
        press(page, "Spara")
        expect(page.get_by_text("Sparat.")).to_be_visible()
        here = page.url.removeprefix(doomed.address)
        doomed.kill()
    with serving({**environment, "PORT": str(free_port())}) as server:
        page.goto(f"{server.address}{START}")
        page.locator(f"a[href='{here.removesuffix('ordna/')}']").click()
        heading(page, "Ordna")
        for number, issue in ((1, "Omsorgskontakt"), (2, "Egen tid KL"), (4, "Trygghetslarm")):
            expect(page.get_by_label(f"Fråga för KL {number}", exact=True)).to_have_value(issue)
        expect(page.get_by_label("Skäl för Omsorgskontakt")).to_have_value("Planerna vill att den äldre väljer.")
        follow(page, "Granska")
        expect(page.locator(".onward")).to_contain_text("12 mål och uppdrag")
        follow(page, "Kontrollera")
        publish(page, server.address, THIRD.lower(), "Egen tid KL")


def long_pdf(pages: int) -> bytes:
    """Make a PDF that takes a while to read."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for number in range(1, pages + 1):
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(60, 810, f"Kapitel {number}")
        canvas.setFont("Helvetica", 10)
        for line in range(40):
            canvas.drawString(60, 770 - 18 * line, f"Rad {line} på sidan {number} säger något om kommunen")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def halted_reader(server: Server, database: psycopg.Connection) -> tuple[psutil.Process, int]:
    """Find the process that reads a document, and halt it when it has read some pages; give the draft's number too."""
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        for process in server.below():
            with suppress(psutil.Error):
                if "read_draft" in (command := process.cmdline()):
                    number = int(command[-1])
                    asked = "SELECT pages_done FROM proposals_draft WHERE id = %s"
                    while not database.execute(asked, [number]).fetchone()[0]:  # type: ignore[index]
                        assert process.is_running()
                    process.suspend()
                    return process, number
    raise AssertionError("nothing reads a document")


def test_a_reading_is_followed_killed_and_taken_up(
    as_secretary: Open, site: str, server: Server, environment: dict[str, str]
):
    """The page says how far the reading has come; when it is killed the page says so, and starts it again."""
    page, bare = as_secretary(), as_secretary(scripts=False)
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as database:
        send(page, site, FIFTH, long_pdf(30))
        reader, number = halted_reader(server, database)
        progress = re.compile(r"^\d+ av 30 sidor är lästa\.$")
        expect(page.get_by_text(progress)).to_be_visible()
        bare.goto(f"{site}{address_of(number)}")
        expect(bare.get_by_text(progress)).to_be_visible()
        page.get_by_role("link", name="Titta igen").focus()
        with page.expect_response(f"**{address_of(number)}"):
            pass  # the page asks again by itself
        expect(page.get_by_role("link", name="Titta igen")).to_be_focused()
        for process in [*reader.children(recursive=True), reader]:
            process.kill()
        database.execute(
            "UPDATE proposals_draft SET heard_at = heard_at - interval '5 minutes' WHERE id = %s", [number]
        )
    stopped = "Läsningen har avbrutits. Dokumentet är kvar."
    expect(page.get_by_role("alert").filter(has_text=stopped)).to_be_visible()
    follow(bare, "Titta igen")
    expect(bare.get_by_text(stopped)).to_be_visible()
    press(page, "Läs det igen")
    heading(page, "Granska")
    bare.goto(f"{site}{address_of(number)}")
    heading(bare, "Granska")
    expect(bare.get_by_role("heading", name="Sida 30")).to_have_count(1)


def address_of(number: int) -> str:
    return f"{START}{number}/laser/"


def tab_to(page: Page, name: str, most: int = 150) -> None:
    """Press Tab until something of a name has the focus, which is never out of sight behind the bar."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => {
            const on = document.activeElement, box = on.getBoundingClientRect();
            const over = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height / 2, 20));
            const bar = document.querySelector('.arrange .progress');
            const covered = bar && !bar.contains(on) && bar.contains(over);
            return [covered ? on.outerHTML : '', (on.labels?.[0] ?? on).textContent];
            }"""
        )
        assert not found[0], "the focus is hidden"
        if found[1].strip().startswith(name):
            return
    raise AssertionError(f"Tab does not lead to {name}")


def test_by_keyboard_alone(as_secretary: Open, site: str):
    """Reviewing, arranging and publishing need no mouse, and the focus goes on where it was."""
    page = as_secretary()
    page.goto(f"{site}{address(Number.BY_KEYBOARD, 'granska')}")
    tab_to(page, "Inte ett mål (mål 2)")
    page.keyboard.press("Enter")
    page.wait_for_url("**#b-*")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.block').id === location.hash.slice(1)")
    tab_to(page, "Vidare till Ordna")
    page.keyboard.press("Enter")
    heading(page, "Ordna")
    tab_to(page, "Fråga för EL 1")
    page.keyboard.type("Mat för äldre")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sparat.")).to_be_visible()
    tab_to(page, "Eller ett nytt ämne")
    page.keyboard.type("Maten")
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
    tab_to(page, "Spara och kontrollera")
    page.keyboard.press("Enter")
    heading(page, "Kontrollera")
    tab_to(page, "Vidare till Publicera")
    page.keyboard.press("Enter")
    heading(page, "Publicera?")
    tab_to(page, "Publicera planen")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}{YEAR}/exempellistan/")


def test_focus_is_never_hidden_when_going_backwards(as_secretary: Open, site: str):
    """Backwards too, at the width of a phone, the bar that stays hides nothing that has the focus."""
    page = as_secretary()
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{site}{address(Number.LONG, 'ordna')}")
    page.get_by_label("Fråga för BL 20", exact=True).focus()
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        hidden = page.evaluate(
            """() => {
            const bar = document.querySelector('.arrange .progress'), on = document.activeElement;
            const above = bar.getBoundingClientRect(), box = on.getBoundingClientRect();
            return !bar.contains(on) && box.top < above.bottom - 1 && box.bottom > above.top ? on.outerHTML : '';
            }"""
        )
        assert not hidden


def test_two_secretaries_at_once(as_secretary: Open, site: str):
    """The second one's outdated change is answered with what was typed, which is saved when sent again."""
    first, second = as_secretary(), as_secretary(SECOND_SECRETARY)
    for page in (second, first):
        page.goto(f"{site}{address(Number.SHARED, 'ordna')}")
    first.get_by_label("Fråga för BL 1", exact=True).fill("Trygghetslarm")
    press(first, "Spara")
    expect(first.get_by_text("Sparat.")).to_be_visible()
    second.get_by_label("Fråga för BL 2", exact=True).fill("Omsorgskontakt")
    with second.expect_response(second.url) as answer:
        press(second, "Spara")
    assert answer.value.status == 409
    expect(second.locator(".problems")).to_contain_text("Någon annan har ändrat utkastet under tiden.")
    expect(second.locator(".problems")).to_be_focused()
    expect(second.get_by_label("Fråga för BL 2", exact=True)).to_have_value("Omsorgskontakt")
    press(second, "Spara")
    expect(second.get_by_text("Sparat.")).to_be_visible()
    expect(second.get_by_label("Fråga för BL 2", exact=True)).to_have_value("Omsorgskontakt")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_lost_session_keeps_what_was_typed(as_secretary: Open, site: str, scripts: bool):
    """Who has been signed out while arranging a long plan signs in again and finds all of it."""
    page = as_secretary(scripts=scripts)
    page.goto(f"{site}{address(Number.LONG if scripts else Number.LOST, 'ordna')}")
    fields = page.locator("input[list=fragor]")
    for at in range(count := fields.count() if not scripts else 8):
        fields.nth(at).fill(f"En fråga som ännu inte finns, nummer {at}")
    page.context.clear_cookies(name="sessionid")
    press(page, "Spara")
    page.get_by_label("E-postadress").fill(SECRETARY)
    page.get_by_label("Lösenord", exact=True).fill(PASSWORD)
    press(page, "Logga in")
    expect(page.get_by_text("Du var utloggad när du sparade, så inget sparades.")).to_be_visible()
    for at in range(count):
        if not (fields.nth(at).get_attribute("name") or "").startswith("stycke-"):
            expect(fields.nth(at)).to_have_value(f"En fråga som ännu inte finns, nummer {at}")


def test_a_newer_version(as_secretary: Open, site: str):
    """A newer version tells what it changes, keeps the number of what goes on, and leaves the earlier one readable."""
    page = as_secretary()
    newer = (
        PLAN.replace("#", "")
        .replace("i hela kommunen", "även utanför hemmet")
        .replace("- Två nya korttidsplatser", "- Tio nya båtar")
    )
    send(page, site, PUBLISHED, newer, year=2027)
    until_read(page)
    follow(page, "Kontrollera")
    expect(page.get_by_role("heading", name="Skillnad mot version 1")).to_be_visible()
    expect(page.locator("ins", has_text="även utanför hemmet")).to_be_visible()
    expect(page.locator("del", has_text="i hela kommunen")).to_be_visible()
    page.get_by_label("Fortsätter i ”Tio nya båtar för äldre vid ån”").select_option("")
    press(page, "Spara vad som fortsätter")
    expect(page.get_by_text("Borttaget: ÅP 2")).to_be_visible()
    follow(page, "Vidare till Publicera")
    press(page, "Publicera den nya versionen")
    page.wait_for_url(f"{site}{LATER_YEAR}/ap/")
    page.goto(f"{site}{LATER_YEAR}/ap/version/1/")
    expect(page.get_by_text("Trygghetslarm som fungerar i hela kommunen")).to_be_visible()
    page.goto(f"{site}{LATER_YEAR}/ap/2/")
    expect(page.get_by_text("Två nya korttidsplatser för äldre vid ån").first).to_be_visible()


def test_the_first_time(as_secretary: Open, site: str):
    """Who has no drafts is shown nothing but the form, which is accessible when it is filled in wrongly too."""
    page = as_secretary(OTHER)
    page.goto(f"{site}{START}")
    expect(page.get_by_role("heading", name="Utkast att fortsätta")).to_have_count(0)
    press(page, "Läs dokumentet")
    expect(page.locator("#fel")).to_be_focused()
    everything_holds(page)

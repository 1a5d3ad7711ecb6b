"""A report in a real browser: written, looked at and fixed by a secretary, and taken home by a reader."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import psycopg
from playwright.sync_api import Page

from goals.report.snapshot import LATE
from tests import programs
from tests.browser.pages import THREE, YEAR
from tests.report_text import counted, figures

WORK = f"/arbete{THREE}/2026/rapport/tertial-1/"


def test_a_secretary_fixes_a_report_without_scripts(as_secretary: Callable[..., Page], site: str):
    """Write, look, confirm: three pages, no JavaScript; then the report stands at its own address."""
    page = as_secretary(scripts=False)
    page.goto(f"{site}{THREE}/2026/rapport/")
    page.get_by_role("link", name="Skriv rapporten för Tertial 1").click()
    page.get_by_label("Inledning").fill("Så gick det.\n\n- Bra & <b>dåligt</b>")
    page.get_by_label("Förslag till beslut").fill("Nämnden godkänner rapporten.")
    page.get_by_label("Kommentarer till statusen").uncheck()
    page.get_by_role("button", name="Spara och förhandsgranska").click()
    assert page.get_by_text("Bra & <b>dåligt</b>").is_visible()
    page.get_by_role("link", name="Gå vidare och fastställ").click()
    page.get_by_role("button", name="Fastställ rapport nr 1").click()
    assert page.url == f"{site}{THREE}/2026/rapport/tertial-1/1/"
    assert page.get_by_role("heading", name="Fastställd rapport nr 1").is_visible()
    assert page.get_by_text("inte ta med ”kommentarer till statusen”").is_visible()


def test_a_reader_takes_the_report_home(page: Page, site: str, environment: dict[str, str], tmp_path: Path):
    """The figures on the page, on the paper and in the database are the same, and so is the checksum."""
    page.goto(f"{site}{YEAR}/rapport/delar/")
    shown = page.locator(".report table").all_inner_texts()
    heads = page.locator(".report table").first.locator("thead abbr").all()
    names = [str(head.get_attribute("title")) for head in heads]
    files = {}
    for name in ("PDF", "JSON"):
        with page.expect_download() as started:
            page.locator(".downloads").get_by_role("link", name=name).click()
        assert started.value.suggested_filename == f"rapport-delar-2017-nr-1.{name.lower()}"
        files[name] = tmp_path / started.value.suggested_filename
        started.value.save_as(files[name])
    assert sha256(files["JSON"].read_bytes()).hexdigest() in page.locator(".imprint").inner_text()
    read = figures(programs.pdf_text(files["PDF"]), len(names))
    with psycopg.connect(environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM goals_report f JOIN goals_reportingperiod r ON r.id = f.period_id WHERE r.slug = 'delar'"
        )
        plain = counted(cursor, cursor.fetchone()[0], names)
    assert {name: numbers for name, numbers in read.items() if name != LATE} == plain
    assert figures(" ".join(shown), len(names)) == read

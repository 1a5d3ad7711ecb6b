"""A council member prepares a meeting: from the overview to what changed, to a goal, and to the report on paper."""

from pathlib import Path

import psycopg
from playwright.sync_api import Page, expect

from tests import programs
from tests.browser.pages import YEAR
from tests.report_text import STANDING, counted, figures


def rows_of(page: Page, table: str) -> dict[str, list[int]]:
    """Read a table of the overview as a person does: the numbers beside each name."""
    rows = page.locator(f"#{table} ~ .scroll tbody tr").all()
    return {
        row.locator("th").inner_text(): [int(cell.inner_text()) for cell in row.locator("td").all()] for row in rows
    }


def test_overview_to_what_changed_to_a_goal_to_the_report(
    page: Page, site: str, environment: dict[str, str], tmp_path: Path
):
    """The figures of the overview, its lists, the goal, the report and its PDF are those of a plain count in SQL."""
    page.goto(f"{site}{YEAR}/jamfor/")
    page.get_by_role("link", name="Översikt", exact=True).click()
    page.locator(".choose summary").click()
    page.get_by_label("Period", exact=True).select_option("delar")
    page.get_by_role("button", name="Visa perioderna").click()
    expect(page.locator(".shown").get_by_text("jämfört med Tertial 1")).to_be_visible()
    names = [name.strip() for name in page.locator("#status-tabell ~ .scroll .party-name").all_inner_texts()]
    overview = rows_of(page, "status-tabell") | rows_of(page, "beslut-tabell")
    changed = int(page.locator("#andrat a").inner_text())
    not_judged = int(page.locator("#inte-bedomt a").inner_text())

    page.locator("#andrat a").click()
    goals = page.locator("li.goal")
    expect(goals).to_have_count(changed)
    reference = goals.first.get_by_role("link").first.inner_text()
    status = goals.first.locator(".status").last.inner_text()
    goals.first.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # Its latest status may be of a later period, and then stands first.
    assert any(status in each for each in page.locator(".status").all_inner_texts())

    page.go_back()
    page.go_back()
    page.get_by_role("link", name="Rapporter till nämnden 2017").click()
    page.get_by_role("link", name="Rapport nr 1").click()
    with page.expect_download() as started:
        page.locator(".downloads").get_by_role("link", name="PDF").click()
    started.value.save_as(tmp_path / "rapport.pdf")
    paper = figures(programs.pdf_text(tmp_path / "rapport.pdf"), len(names))

    with psycopg.connect(environment["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM goals_reportingperiod WHERE slug = 'delar' AND id IN (SELECT period_id FROM goals_report)"
        )
        (period,) = cursor.fetchone()
        plain = counted(cursor, period, names)
        cursor.execute(
            "SELECT count(*) FILTER (WHERE changed), count(*) FILTER (WHERE judged IS NOT TRUE)"
            f" FROM ({STANDING}) AS standing",
            {"period": period},
        )
        assert cursor.fetchone() == (changed, not_judged)
    assert reference.split()[-1].isdigit()
    assert set(overview) <= set(paper)
    assert overview == {name: plain.get(name, [0] * (len(names) + 1)) for name in overview}
    assert {name: numbers for name, numbers in paper.items() if name in plain} == plain
    assert paper["Ny status sedan förra perioden"][-1] == changed
    assert paper["Inte bedömda i perioden"][-1] == not_judged

import gc
import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from goals import workbook
from goals.workbook import Column, Sheet, write_workbook

CREATED = datetime(2026, 7, 1, 10, 30, tzinfo=UTC)
COLUMNS = [
    Column("text", 40),
    Column("värde", 8, "number"),
    Column("dag", 12, "date"),
    Column("skrivet", 20, "datetime"),
    Column("länk", 30, "link"),
]


def written(*sheets: Sheet) -> io.BytesIO:
    out = io.BytesIO()
    write_workbook(sheets, out, title="Mål åäö", created=CREATED)
    return out


def test_cells_are_of_their_kinds():
    """Numbers, dates and moments are such, in Swedish time; a link leads; letters are right; nothing is empty text."""
    row = ("Blåbär på ö", Decimal("76.50"), date(2017, 4, 30), CREATED, "https://exempel.example/å?a=1&b=2")
    page = load_workbook(written(Sheet("Mål", COLUMNS, [row, (None, None, None, None, "utan adress")]))).active
    assert [cell.value for cell in page[1]] == [column.name for column in COLUMNS]
    assert [cell.value for cell in page[2]] == [
        "Blåbär på ö",
        76.5,
        datetime(2017, 4, 30),  # noqa: DTZ001 - Excel knows no zones
        datetime(2026, 7, 1, 12, 30),  # noqa: DTZ001
        row[4],
    ]
    assert [cell.data_type for cell in page[2]] == ["s", "n", "d", "d", "s"]
    assert page["E2"].hyperlink.target == row[4]
    assert [cell.value for cell in page[3]] == [None, None, None, None, "utan adress"]
    assert page["E3"].hyperlink is None


def test_the_header_stays_and_filters():
    """One header row that stays as one scrolls, is printed on every page, and filters; the file knows its language."""
    book = load_workbook(written(Sheet("Mål", COLUMNS, [("a", 1, None, None, None)]), Sheet("Tom", COLUMNS, [])))
    assert book.sheetnames == ["Mål", "Tom"]
    page = book["Mål"]
    assert (page.freeze_panes, page.auto_filter.ref, page.print_title_rows) == ("A2", "A1:E2", "$1:$1")
    assert page.column_dimensions["A"].width > 40
    assert (book.properties.title, book.properties.language) == ("Mål åäö", "sv-SE")
    assert book.properties.created == CREATED.replace(tzinfo=None)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "https://a.example", "mailto:a@a.example"])
def test_no_text_is_a_formula_or_a_link(text):
    """What a person wrote is text, whatever it begins with."""
    cell = load_workbook(written(Sheet("Mål", [Column("text", 10)], [(text,)]))).active["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_row_is_as_high_as_its_longest_text():
    """LibreOffice makes no row higher by itself, so that the lines of a text would lie on top of the next row."""
    rows = [("kort", 1), ("ett ord till " * 20, 1), ("rad\n" * 5, 1), ("å" * 9000, 1)]
    page = load_workbook(written(Sheet("Mål", [Column("text", 60), Column("n", 5, "number")], rows))).active
    short, long, lines, longest = (page.row_dimensions[number].height for number in (2, 3, 4, 5))
    assert (short, lines, longest) == (None, 90, 405)
    assert 75 <= long <= 90


def test_a_text_too_long_for_a_cell():
    """It is cut where a cell ends, also where a letter takes two units, and ends with an ellipsis that says so."""
    page = load_workbook(written(Sheet("Mål", [Column("text", 10)], [("å" * 40_000,), ("😀" * 20_000,)]))).active
    for cell in (page["A2"], page["A3"]):
        assert len(cell.value.encode("utf-16-le")) // 2 <= workbook.LONGEST_TEXT
        assert cell.value.endswith(" …")


def test_more_rows_than_a_sheet_has(monkeypatch):
    """The table goes on in a second sheet, with a header of its own; none is lost."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    name = "Ett namn som är precis så långt"
    book = load_workbook(written(Sheet(name, [Column("n", 5, "number")], [(n,) for n in range(7)])))
    assert book.sheetnames == [name, f"{name[:29]} 2", f"{name[:29]} 3"]
    assert [cell.value for page in book for (cell,) in page.iter_rows(min_row=2)] == [*range(7)]


def test_the_same_content_gives_the_same_bytes():
    """A file that is made again has the same checksum."""
    sheet = Sheet("Mål", COLUMNS, [("a", 1, date(2017, 1, 1), CREATED, "https://a.example")])
    assert written(sheet).getvalue() == written(sheet).getvalue()


def test_memory_does_not_grow_with_the_rows(tmp_path):
    """Four times as many rows take no more memory: they are written as they come."""

    def peak(count: int) -> int:
        gc.collect()
        tracemalloc.start()
        rows = ((f"text {n} " * 20, n, CREATED.date(), CREATED, None) for n in range(count))
        with (tmp_path / "t.xlsx").open("wb") as out:
            write_workbook([Sheet("Mål", COLUMNS, rows)], out, title="T", created=CREATED)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(4000) < 1.2 * peak(1000)

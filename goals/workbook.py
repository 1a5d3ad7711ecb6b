"""Excel files: tables with a header row that stays, filters, and real dates and numbers, in constant memory.

The same content and the same ``created`` give the same bytes.
"""

import datetime
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import BinaryIO, Literal

from django.utils import timezone
from xlsxwriter import Workbook  # type: ignore[import-untyped]
from xlsxwriter.core import Core  # type: ignore[import-untyped]
from xlsxwriter.format import Format  # type: ignore[import-untyped]
from xlsxwriter.packager import Packager  # type: ignore[import-untyped]
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

Kind = Literal["text", "number", "date", "datetime", "link"]

#: What Excel has room for: rows of a sheet below its header, and characters of a cell and of a sheet's name.
MOST_ROWS = 1_048_575
LONGEST_TEXT = 32_767
LONGEST_NAME = 31
#: How many cells of a sheet lead where they say; the rest are text, for each of these is kept in memory to the end.
MOST_LINKS = 10_000
#: Sheets up to this wide, in characters, are made to fit the width of a paper; wider ones would be too small to read.
WIDEST_ON_PAPER = 240
#: Columns at least this wide, in characters, break their texts into lines.
WIDE = 40
#: How high a line is, and a row of as many lines as Excel has room for (409), in points.
LINE_HEIGHT, HIGHEST = 15, 405

_FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its width in characters, and what stands in it.

    Cells of a ``link`` are whole addresses; those that begin with ``http`` lead there.
    """

    name: str
    width: float
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table on a sheet of its own; ``None`` in a row is an empty cell. The rows are read once."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]


def write_workbook(sheets: Iterable[Sheet], out: BinaryIO, *, title: str, created: datetime.datetime) -> None:
    """Write tables as an Excel file, a row at a time.

    A table with more rows than a sheet has room for goes on in sheets called "… 2", "… 3". A text longer than a cell
    has room for is cut and ends with "…".
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as whole:
        book = _Book(whole, {"constant_memory": True, "tmpdir": folder, "use_zip64": True})
        book.set_properties({"title": title, "created": created.astimezone(datetime.UTC)})
        formats = _Formats(book)
        for sheet in sheets:
            _write(book, sheet, formats)
        book.close()
        whole.seek(0)
        shutil.copyfileobj(whole, out)


class _Core(Core):  # type: ignore[misc]
    """The properties of the document, its language with them, by which a screen reader knows how to speak."""

    def _write_dc_title(self) -> None:
        super()._write_dc_title()
        self._xml_data_element("dc:language", "sv-SE")


class _Packager(Packager):  # type: ignore[misc]
    def _write_core_file(self) -> None:
        core = _Core()
        core._set_properties(self.workbook.doc_properties)
        core._set_xml_writer(self._filename("docProps/core.xml"))
        core._assemble_xml_file()


class _Page(Worksheet):  # type: ignore[misc]
    """A sheet that keeps nothing of the rows that are written, their heights neither."""

    def _write_single_row(self, current_row_num: int = 0) -> None:
        written = self.previous_row
        super()._write_single_row(current_row_num)
        if written != current_row_num:
            self.row_info.pop(written, None)
            self.row_sizes.pop(written, None)


class _Book(Workbook):  # type: ignore[misc]
    def _get_packager(self) -> Packager:
        return _Packager()


class _Formats:
    """How cells look, by what stands in them."""

    def __init__(self, book: Workbook):
        self.header: Format = book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True})
        top = {"valign": "top"}
        self.of = {kind: book.add_format(top) for kind in ("text", "number")}
        self.of["long"] = book.add_format({**top, "text_wrap": True})
        self.of["link"] = book.add_format({**top, "font_color": "#0B4F7D", "underline": 1})
        self.of |= {kind: book.add_format({**top, "num_format": shown}) for kind, shown in _FORMATS.items()}


def _write(book: Workbook, sheet: Sheet, formats: _Formats) -> None:
    """Write a table on as many sheets as it needs, the first also where it has no row."""
    page, count, links, part = _begin(book, sheet, formats, 1), 0, 0, 1
    for row in sheet.rows:
        if count == MOST_ROWS:
            _end(page, sheet, count)
            part += 1
            page, count, links = _begin(book, sheet, formats, part), 0, 0
        count += 1
        if (height := _height(sheet.columns, row)) > LINE_HEIGHT:
            page.set_row(count, height)
        for place, (column, value) in enumerate(zip(sheet.columns, row, strict=True)):
            if value is None or value == "":
                continue
            if column.kind == "link" and links < MOST_LINKS and _leads_somewhere(value):
                page.write_url(count, place, str(value), formats.of["link"])
                links += 1
            else:
                _write_cell(page, count, place, column, value, formats)
    _end(page, sheet, count)


def _height(columns: Sequence[Column], row: Sequence[object]) -> int:
    """Say how high a row is with its longest text: LibreOffice shows one line of it, whatever it is broken into.

    An estimate, for fonts differ: a line has room for a tenth less than the width says.
    """
    most = max(
        (
            sum(1 + len(line) // int(column.width * 0.9) for line in str(value).split("\n"))
            for column, value in zip(columns, row, strict=True)
            if column.kind == "text" and column.width >= WIDE and value
        ),
        default=1,
    )
    return min(most * LINE_HEIGHT, HIGHEST)


def _begin(book: Workbook, sheet: Sheet, formats: _Formats, part: int) -> Worksheet:
    after = f" {part}" if part > 1 else ""
    page: Worksheet = book.add_worksheet(sheet.name[: LONGEST_NAME - len(after)] + after, _Page)
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(9)
    if sum(column.width for column in sheet.columns) <= WIDEST_ON_PAPER:
        page.fit_to_pages(1, 0)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.name, formats.header)
    return page


def _end(page: Worksheet, sheet: Sheet, count: int) -> None:
    page.autofilter(0, 0, count, len(sheet.columns) - 1)


def _write_cell(page: Worksheet, row: int, place: int, column: Column, value: object, formats: _Formats) -> None:
    """Write a cell. A text is always a text, whatever it begins with: Excel takes none of them for a formula."""
    kind = column.kind
    if kind == "number" and isinstance(value, (int, float, Decimal)):
        page.write_number(row, place, float(value), formats.of["number"])
    elif kind == "datetime" and isinstance(value, datetime.datetime):
        # Excel knows no time zones: what is written is Swedish time.
        page.write_datetime(row, place, timezone.make_naive(value), formats.of["datetime"])
    elif kind == "date" and isinstance(value, datetime.date):
        page.write_datetime(row, place, value, formats.of["date"])
    else:
        page.write_string(row, place, _cut(str(value)), formats.of["long" if column.width >= WIDE else "text"])


def _cut(text: str) -> str:
    """Cut a text that a cell has no room for, which Excel measures in units of UTF-16."""
    if len(text) <= LONGEST_TEXT // 2 or len(units := text.encode("utf-16-le")) <= 2 * LONGEST_TEXT:
        return text
    return units[: 2 * (LONGEST_TEXT - 2)].decode("utf-16-le", "ignore") + " …"


def _leads_somewhere(value: object) -> bool:
    return str(value).startswith(("https://", "http://"))

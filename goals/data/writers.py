"""Write tables as CSV, JSON and Excel, a few rows at a time.

CSV and JSON come as parts that can be sent as they are made. The same rows give the same bytes.
"""

import csv
import datetime
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from goals import workbook
from goals.data.columns import Kind, Row, Table, in_json, value_in_json
from proposals.exchange import cell, joined

#: What a JSON file says of itself: which table it is, and which version of its columns.
VERSION = 1
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
#: What the licence does not speak of.
PARTIES_OWN = "Planernas texter är partiernas egna ord, återgivna ord för ord. Ange partiet när du citerar dem."
#: How many rows are sent at a time.
AT_A_TIME = 200
#: Tells spreadsheets that a file is UTF-8.
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"

_IN_EXCEL: dict[Kind, workbook.Kind] = {
    Kind.INTEGER: "number",
    Kind.NUMBER: "number",
    Kind.DATE: "date",
    Kind.MOMENT: "datetime",
    Kind.LINK: "link",
}


class _Line:
    """Gives back what is written to it, for a writer that wants a file."""

    def write(self, line: str) -> str:
        return line


def to_csv(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """Write a table as CSV: the plan files' rules for cells, comma between them, UTF-8 with its mark."""
    writer: Any = csv.writer(_Line())
    yield (MARK + writer.writerow(table.names)).encode()
    for part in _parts(rows):
        yield "".join(writer.writerow([written(value) for value in row]) for row in part).encode()


def to_json(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """Write a table as JSON: an object that says what it is, with the rows as objects, a line for each."""
    about = {"format": f"namndkollen-{table.name}", "version": VERSION, "title": table.title, "licence": LICENCE}
    if table.has_parties_words:
        about["rights"] = PARTIES_OWN
    yield json.dumps(about, ensure_ascii=False)[:-1].encode() + b', "rows": ['
    between = "\n"
    for part in _parts(rows):
        yield (between + ",\n".join(json.dumps(in_json(table, row), ensure_ascii=False) for row in part)).encode()
        between = ",\n"
    yield b"\n]}\n"


def to_excel(
    tables: Iterable[tuple[Table, Iterable[Row]]], out: BinaryIO, *, title: str, created: datetime.datetime
) -> None:
    """Write tables as an Excel file, each on a sheet of its own."""
    sheets = (
        workbook.Sheet(
            table.title,
            [
                workbook.Column(column.name, column.width, _IN_EXCEL.get(column.kind, "text"))
                for column in table.columns
            ],
            (tuple(map(_in_excel, row)) for row in rows),
        )
        for table, rows in tables
    )
    workbook.write_workbook(sheets, out, title=title, created=created)


def _parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Give rows as many at a time as are sent together."""
    each = iter(rows)
    while part := list(islice(each, AT_A_TIME)):
        yield part


def written(value: Any) -> str:
    """Write a value as a CSV cell; numbers with a decimal point, days and moments as ISO 8601 has them."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, Decimal):
        return str(value_in_json(value))
    return cell(value_in_json(value))


def _in_excel(value: Any) -> Any:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return joined(value) if isinstance(value, list) else value

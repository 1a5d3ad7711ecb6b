"""Read files of status updates, decisions and outcomes: the same files that open data gives out. Nothing is asked.

A row becomes texts by the names of its columns, whatever form the file has.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from goals.data.columns import Table
from goals.data.records import DECISIONS, OUTCOMES, RECORDED, STATUS_UPDATES
from proposals.exchange import uncell
from proposals.reading.limits import LARGEST_FILE

#: What says which goal a row speaks of.
PLACE = ("municipality_code", "committee_address", "year", "party_abbreviation", "number")
#: What each table's rows say, and must have a column for.
CONTENT: dict[str, tuple[str, ...]] = {
    STATUS_UPDATES.name: ("period", "date", "status", "comment", "evidence", "link", "reference"),
    DECISIONS.name: ("date", "outcome", "due_on", "reference", "link"),
    OUTCOMES.name: ("date", "value", "source", "link"),
}


class FileError(Exception):
    """A file is not one that can be read; the message, in Swedish, says why."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A row of a file: where it stands, which table it belongs to, and its cells as texts."""

    file: str
    number: int
    table: Table
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.file}, rad {self.number}"


def read_rows(path: Path) -> list[RecordRow]:
    """Read a file's rows.

    :raises FileError: if it is no file of records, or a column or a cell is missing.
    """
    try:
        content = path.read_bytes()
        if len(content) > LARGEST_FILE:
            raise FileError(f"{path.name} är större än {LARGEST_FILE // 1_000_000} MB.")
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise FileError(f"{path.name} går inte att läsa: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path.name} är inte UTF-8.") from error
    if "\0" in text:
        raise FileError(f"{path.name} är ingen textfil.")
    rows = list(_from_json(path.name, text) if path.suffix.lower() == ".json" else _from_csv(path.name, text))
    if not rows:
        raise FileError(f"{path.name} har inga rader.")
    return rows


def _from_csv(name: str, text: str) -> Iterator[RecordRow]:
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = next(lines, [])
        table = _table(name, columns)
        for number, cells in enumerate(lines, start=2):
            if len(cells) != len(columns):
                raise FileError(f"{name}, rad {number} har {len(cells)} celler i stället för {len(columns)}.")
            yield RecordRow(name, number, table, dict(zip(columns, map(uncell, cells), strict=True)))
    except csv.Error as error:
        raise FileError(f"{name} är inte giltig CSV.") from error


def _from_json(name: str, text: str) -> Iterator[RecordRow]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(f"{name} är inte giltig JSON.") from error
    rows = whole.get("rows") if isinstance(whole, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FileError(f"{name} har inga rader i fältet rows.")
    for number, row in enumerate(rows, start=1):
        try:
            cells = {column: _as_text(value) for column, value in row.items()}
        except ValueError as error:
            raise FileError(f"{name}, rad {number} har ett värde som inte är text, tal eller ja och nej.") from error
        yield RecordRow(name, number, _table(f"{name}, rad {number}", list(row)), cells)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, (list, dict)):
        raise ValueError(value)
    text = "" if value is None else str(value)
    text.encode()  # half of a pair of surrogates is no text
    if "\0" in text:
        raise ValueError(text)
    return text


def _table(where: str, columns: Sequence[str]) -> Table:
    """Tell which table some columns are of.

    :raises FileError: if it is none, or one of them is none of its.
    """
    found = next((table for table in RECORDED if {*PLACE, *CONTENT[table.name]} <= set(columns)), None)
    if found is None:
        needed = "; ".join(f"{table.name}: {', '.join((*PLACE, *CONTENT[table.name]))}" for table in RECORDED)
        raise FileError(f"{where} saknar kolumner. De som behövs är: {needed}.")
    if unknown := sorted(set(columns) - set(found.names)):
        raise FileError(f"{where} har en kolumn som inte finns i {found.name}: {unknown[0]}.")
    if len(set(columns)) < len(columns):
        raise FileError(f"{where} har två kolumner som heter lika.")
    return found

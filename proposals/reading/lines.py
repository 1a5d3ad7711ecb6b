"""What every reader gives: the lines of a document, each with its place and what the format says about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class UnreadableDocumentError(ValueError):
    """A document cannot be read.

    ``message`` says in Swedish what is wrong and what to do; ``line`` is the line it was seen on, from 1.
    """

    def __init__(self, message: str, line: int = 1):
        super().__init__(message)
        self.message = message
        self.line = line


class Style(Enum):
    """What the format itself says that a line is; the parser decides what it means."""

    BLANK = "blank"
    TEXT = "text"
    HEADING = "heading"
    BULLET = "bullet"
    CONTINUATION = "continuation"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Mark:
    """Emphasis on the characters ``start`` up to ``end`` of a text; ``kind`` is "em" or "strong"."""

    start: int
    end: int
    kind: str

    def moved(self, steps: int) -> "Mark":
        """Give the same mark ``steps`` characters further on."""
        return Mark(self.start + steps, self.end + steps, self.kind)


@dataclass(frozen=True, slots=True)
class Box:
    """Where on its page a line stands, in thousandths of the page's width and height, from its upper left corner."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table that has more than one in a row: the table's number in the document, row and column, from 1."""

    table: int
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document.

    ``number`` counts from 1 through the whole document. ``raw`` is the line exactly as it stands; ``text`` is what a
    person reads, without the format's own marks. ``level`` is a heading's level where the format states it, and
    ``indent`` how deep a bullet stands, 0 being outermost. ``breaks`` says that the line is to end where it ends, even
    inside a paragraph; ``hyphenated`` that a word goes on on the next line without a space, the hyphen taken off
    ``text`` unless it is the word's own. A bullet without text has it on the next line.

    ``page`` counts from 1, where the format has pages, and ``box`` is the place on it; ``cell`` is the cell of a table
    that the line stands in. ``left_out`` is the reason, in
    Swedish, why the line is no part of the text ("sidnummer"); such a line ends no block, and a reader gives it where
    none is cut: after the paragraph that goes on over a page's end.
    """

    number: int
    raw: str
    text: str
    style: Style
    level: int | None = None
    marks: tuple[Mark, ...] = field(default=())
    breaks: bool = False
    hyphenated: bool = False
    indent: int = 0
    page: int | None = None
    box: Box | None = None
    cell: Cell | None = None
    left_out: str = ""


def lines_to_json(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Give lines as what JSON can hold; what is as usual is left out."""
    return [_to_json(line) for line in lines]


def lines_from_json(found: Iterable[Mapping[str, Any]]) -> list[Line]:
    """Give back the lines that :func:`lines_to_json` was given."""
    return [_from_json(line) for line in found]


def _to_json(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {"number": line.number, "raw": line.raw, "style": line.style.value}
    if line.text != line.raw:
        found["text"] = line.text
    if line.marks:
        found["marks"] = [[mark.start, mark.end, mark.kind] for mark in line.marks]
    if line.box:
        found["box"] = [line.box.left, line.box.top, line.box.right, line.box.bottom]
    if line.cell:
        found["cell"] = [line.cell.table, line.cell.row, line.cell.column]
    for name in ("level", "page"):
        if (value := getattr(line, name)) is not None:
            found[name] = value
    for name in ("breaks", "hyphenated", "indent", "left_out"):
        if value := getattr(line, name):
            found[name] = value
    return found


def _from_json(found: Mapping[str, Any]) -> Line:
    return Line(
        number=found["number"],
        raw=found["raw"],
        text=found.get("text", found["raw"]),
        style=Style(found["style"]),
        level=found.get("level"),
        marks=tuple(Mark(*mark) for mark in found.get("marks", ())),
        breaks=found.get("breaks", False),
        hyphenated=found.get("hyphenated", False),
        indent=found.get("indent", 0),
        page=found.get("page"),
        box=Box(*found["box"]) if "box" in found else None,
        cell=Cell(*found["cell"]) if "cell" in found else None,
        left_out=found.get("left_out", ""),
    )

"""OpenDocument text (.odt), as LibreOffice writes it."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from proposals.reading.archive import LOCKED, Archive, descend
from proposals.reading.lines import Cell, Line, Style, UnreadableDocumentError
from proposals.reading.paragraphs import Paragraph, Piece, lines_of

_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE = f"{_NS}office:1.0}}"
_TEXT = f"{_NS}text:1.0}}"
_TABLE = f"{_NS}table:1.0}}"
_STYLE = f"{_NS}style:1.0}}"
_FO = f"{_NS}xsl-fo-compatible:1.0}}"
_DRAW = f"{_NS}drawing:1.0}}"

_HOLDERS = frozenset({f"{_TEXT}section", f"{_TEXT}index-body", f"{_TABLE}table-header-rows", f"{_TABLE}table-rows"})
_CELL, _COVERED = f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"
_CONTENTS = frozenset({f"{_TEXT}table-of-content"})
#: What stands in a paragraph without being its text.
_NOT_TEXT = frozenset(
    {f"{_TEXT}note", f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_TEXT}ruby-text", f"{_TEXT}hidden-text"}
)
_BOLD = frozenset({"bold", "600", "700", "800", "900"})
_SPACES = re.compile(r"[ \t\r\n]+")
_MOST_SPACES = 1000
_MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class _StyleRow:
    """One style of the document, as far as it says something itself."""

    name: str
    parent: str
    strong: bool | None
    em: bool | None
    hidden: bool
    outline: int | None


class _Styles:
    """The styles of the document, common and automatic."""

    def __init__(self, *roots: Element | None):
        self._rows = {
            (style.get(f"{_STYLE}family", ""), style.get(f"{_STYLE}name", "")): _style_row(style)
            for root in roots
            if root is not None
            for style in root.iter(f"{_STYLE}style")
        }

    def chain(self, family: str, name: str) -> Iterator[_StyleRow]:
        """Give a style and those that it has its properties from, nearest first."""
        seen: set[str] = set()
        while (family, name) in self._rows and name not in seen:
            seen.add(name)
            yield self._rows[family, name]
            name = self._rows[family, name].parent

    def emphasis(self, family: str, name: str, inherited: tuple[bool, bool]) -> tuple[bool, bool]:
        """Tell whether text in a style is bold and in italics, given what stands around it."""
        rows = list(self.chain(family, name))
        return (
            next((row.strong for row in rows if row.strong is not None), inherited[0]),
            next((row.em for row in rows if row.em is not None), inherited[1]),
        )


def _style_row(style: Element) -> _StyleRow:
    properties = style.find(f"{_STYLE}text-properties")
    weight = properties.get(f"{_FO}font-weight") if properties is not None else None
    slant = properties.get(f"{_FO}font-style") if properties is not None else None
    outline = style.get(f"{_STYLE}default-outline-level", "")
    return _StyleRow(
        name=(style.get(f"{_STYLE}display-name", "") or style.get(f"{_STYLE}name", "")).replace("_20_", " ").casefold(),
        parent=style.get(f"{_STYLE}parent-style-name", ""),
        strong=None if weight is None else weight in _BOLD,
        em=None if slant is None else slant in ("italic", "oblique"),
        hidden=properties is not None and properties.get(f"{_TEXT}display") == "none",
        outline=int(outline) if outline.isdecimal() else None,
    )


def read_odt(content: bytes) -> list[Line]:
    """Read the text of an OpenDocument: headers, footers, notes and comments are no part of it."""
    archive = Archive(content)
    if "META-INF/manifest.xml" in archive.names and b"encryption-data" in archive.part("META-INF/manifest.xml"):
        raise UnreadableDocumentError(LOCKED)
    root = archive.xml("content.xml")
    text = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if text is None:
        return []
    return lines_of(_Reader(_Styles(archive.xml_if_any("styles.xml"), root)).paragraphs(text))


class _Reader:
    """Walks the text of a document, knowing its styles."""

    def __init__(self, styles: _Styles):
        self._styles = styles
        self._tables = itertools.count(1)

    def paragraphs(self, holder: Element, cell: Cell | None = None, left_out: str = "") -> Iterator[Paragraph]:
        """Walk the paragraphs in reading order: those of a table cell by cell, row by row."""
        for child in descend(holder, _HOLDERS):
            if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                yield self._paragraph(child, cell, left_out)
                yield from self._in_boxes(child, cell, left_out)
            elif child.tag == f"{_TEXT}list":
                yield from self._list(child, 0, cell, left_out)
            elif child.tag == f"{_TABLE}table":
                yield from self._table(child, cell, left_out)
            elif child.tag in _CONTENTS:
                yield from self.paragraphs(child, cell, "innehållsförteckning")
            elif child.tag == f"{_DRAW}frame":
                yield from self._in_boxes(holder, cell, left_out)

    def _table(self, table: Element, cell: Cell | None, left_out: str) -> Iterator[Paragraph]:
        number = next(self._tables)
        rows = [row for row in descend(table, _HOLDERS) if row.tag == f"{_TABLE}table-row"]
        for place, row in enumerate(rows, start=1):
            cells = [child for child in row if child.tag in (_CELL, _COVERED)]
            shown = sum(child.tag == _CELL for child in cells)
            columns = itertools.accumulate(map(_repeated, cells), initial=1)
            for column, inner in zip(columns, cells, strict=False):
                if inner.tag == _CELL:
                    own = Cell(number, place, column) if shown > 1 else cell
                    yield from self.paragraphs(inner, own, left_out)

    def _list(self, element: Element, depth: int, cell: Cell | None, left_out: str) -> Iterator[Paragraph]:
        """Walk a list: the first paragraph of an item is its bullet, and those after it go on."""
        for item in element:
            fresh = item.tag == f"{_TEXT}list-item"
            for child in descend(item, _HOLDERS):
                if child.tag == f"{_TEXT}list":
                    yield from self._list(child, depth + 1, cell, left_out)
                elif child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                    paragraph = self._paragraph(child, cell, left_out)
                    if paragraph.style is Style.TEXT and item.tag == f"{_TEXT}list-item":
                        paragraph.style = Style.BULLET if fresh else Style.CONTINUATION
                        paragraph.indent = min(depth, 8)
                    fresh = False
                    yield paragraph
                    yield from self._in_boxes(child, cell, left_out)

    def _in_boxes(self, element: Element, cell: Cell | None, left_out: str) -> Iterator[Paragraph]:
        """Walk the paragraphs of the text boxes that are fastened to a paragraph."""
        for child in element:
            if child.tag == f"{_DRAW}text-box":
                yield from self.paragraphs(child, cell, left_out)
            elif child.tag not in _NOT_TEXT:
                yield from self._in_boxes(child, cell, left_out)

    def _paragraph(self, element: Element, cell: Cell | None, left_out: str) -> Paragraph:
        name = element.get(f"{_TEXT}style-name", "")
        rows = list(self._styles.chain("paragraph", name))
        pieces = list(self._pieces(element, self._styles.emphasis("paragraph", name, (False, False))))
        paragraph = Paragraph(_with_single_spaces(pieces), cell=cell, left_out=left_out)
        level = _heading_level(element, rows)
        if level is not None and not left_out:
            paragraph.style, paragraph.level = Style.HEADING, level
        return paragraph

    def _pieces(self, element: Element, inherited: tuple[bool, bool]) -> Iterator[Piece]:
        if element.text:
            yield Piece(_SPACES.sub(" ", element.text), *inherited)
        for child in element:
            if child.tag == f"{_TEXT}s":
                count = child.get(f"{_TEXT}c", "1")
                yield Piece("\u00a0" * min(int(count) if count.isdecimal() else 1, _MOST_SPACES), *inherited)
            elif child.tag == f"{_TEXT}tab":
                yield Piece("\t", *inherited)
            elif child.tag == f"{_TEXT}line-break":
                yield Piece("\n", *inherited)
            elif child.tag == f"{_TEXT}span":
                style = child.get(f"{_TEXT}style-name", "")
                if not any(row.hidden for row in self._styles.chain("text", style)):
                    yield from self._pieces(child, self._styles.emphasis("text", style, inherited))
            elif child.tag not in _NOT_TEXT and not child.tag.startswith(_DRAW):
                yield from self._pieces(child, inherited)
            if child.tail:
                yield Piece(_SPACES.sub(" ", child.tail), *inherited)


def _repeated(cell: Element) -> int:
    """Say how many cells one stands for; where it stretches over others, those stand after it, covered."""
    stated = cell.get(f"{_TABLE}number-columns-repeated", "1")
    return min(int(stated), _MOST_COLUMNS) if stated.isdecimal() else 1


def _heading_level(element: Element, rows: list[_StyleRow]) -> int | None:
    """Give a heading's level: what it states, or its style does."""
    if element.tag == f"{_TEXT}h":
        stated = element.get(f"{_TEXT}outline-level", "1")
        return max(int(stated), 1) if stated.isdecimal() else 1
    for row in rows:
        if row.name in ("title", "rubrik"):
            return 1
        if found := re.match(r"(?:heading|rubrik) ([1-9])$", row.name):
            return int(found[1])
        if row.outline:
            return row.outline
    return None


def _with_single_spaces(pieces: list[Piece]) -> list[Piece]:
    """Take away the spaces that the format does not count: after another one, and at the start of the paragraph.

    Those that it does count have been given as ones that never break, and become plain ones here.
    """
    before = " "
    for piece in pieces:
        if before == " ":
            piece.text = piece.text.removeprefix(" ")
        before = piece.text[-1:] or before
    for piece in pieces:
        piece.text = piece.text.replace("\u00a0", " ")
    return pieces

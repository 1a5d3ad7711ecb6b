"""Word documents (.docx): the paragraphs of the body, by the styles that Word gave them."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from proposals.reading.archive import Archive, descend, is_on
from proposals.reading.lines import Cell, Line, Style
from proposals.reading.paragraphs import Paragraph, Piece, lines_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

#: What only holds other elements, in the body and inside a paragraph. Inserted text is kept, deleted is not.
_HOLDERS = frozenset(
    {
        f"{_W}{name}"
        for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml", "hyperlink", "fldSimple")
    }
    | {f"{_MC}AlternateContent", f"{_MC}Choice"}
)
_HEADING = re.compile(r"(?:heading|rubrik) ?([1-9])$")
_CONTENTS = re.compile(r"(?:toc|innehåll) ?\d$|(?:toc heading|innehållsförteckningsrubrik)$")
_LIST = re.compile(r"(?:list bullet|list number|punktlista|numrerad lista) ?([2-5])?$")
_CONTENTS_LEFT_OUT = "innehållsförteckning"
_MOST_COLUMNS = 100


@dataclass(frozen=True, slots=True)
class _StyleRow:
    """One style of the document, as far as it says something itself."""

    name: str
    based_on: str
    strong: bool | None
    em: bool | None
    outline: int | None
    listed: tuple[str, int] | None


class _Styles:
    """The styles of the document, with what each has from the ones that it is based on."""

    def __init__(self, root: Element | None):
        self._rows: dict[str, _StyleRow] = {}
        self.default = ""
        for style in root.findall(f"{_W}style") if root is not None else ():
            key = style.get(f"{_W}styleId", "")
            self._rows[key] = _style_row(style)
            if style.get(f"{_W}type") == "paragraph" and is_on(style.get(f"{_W}default", "0")):
                self.default = key

    def chain(self, key: str) -> Iterator[_StyleRow]:
        """Give a style and those that it is based on, nearest first."""
        seen: set[str] = set()
        while key in self._rows and key not in seen:
            seen.add(key)
            yield self._rows[key]
            key = self._rows[key].based_on

    def emphasis(self, key: str) -> tuple[bool, bool]:
        """Tell whether a style is bold, and whether it is in italics."""
        rows = list(self.chain(key))
        return (
            next((row.strong for row in rows if row.strong is not None), False),
            next((row.em for row in rows if row.em is not None), False),
        )


def _style_row(style: Element) -> _StyleRow:
    outline = _value(style, f"{_W}pPr/{_W}outlineLvl")
    return _StyleRow(
        name=_value(style, f"{_W}name").casefold(),
        based_on=_value(style, f"{_W}basedOn"),
        strong=_switch(style.find(f"{_W}rPr"), "b"),
        em=_switch(style.find(f"{_W}rPr"), "i"),
        outline=int(outline) if outline.isdecimal() else None,
        listed=_listed(style.find(f"{_W}pPr")),
    )


def _value(element: Element | None, path: str) -> str:
    found = element.find(path) if element is not None else None
    return found.get(f"{_W}val", "") if found is not None else ""


def _switch(properties: Element | None, name: str) -> bool | None:
    found = properties.find(f"{_W}{name}") if properties is not None else None
    return None if found is None else is_on(found.get(f"{_W}val"))


def _listed(properties: Element | None) -> tuple[str, int] | None:
    """Give the list that a paragraph belongs to, and how deep it stands there; the list "0" is none."""
    numbering = properties.find(f"{_W}numPr") if properties is not None else None
    if numbering is None:
        return None
    depth = _value(numbering, f"{_W}ilvl")
    return _value(numbering, f"{_W}numId"), int(depth) if depth.isdecimal() else 0


def read_docx(content: bytes) -> list[Line]:
    """Read the body of a Word document: headers, footers, footnotes and comments are no part of it."""
    archive = Archive(content)
    body = _transitional(archive.xml("word/document.xml")).find(f"{_W}body")
    styles = archive.xml_if_any("word/styles.xml")
    if body is None:
        return []
    known = _Styles(_transitional(styles) if styles is not None else None)
    return lines_of(_paragraphs(body, known, itertools.count(1)))


def _transitional(root: Element) -> Element:
    """Give names of the strict kind of the format, which few programs write, those of the usual kind."""
    if root.tag.startswith(_STRICT):
        for element in root.iter():
            element.tag = element.tag.replace(_STRICT, _W)
            for key in [key for key in element.attrib if key.startswith(_STRICT)]:
                element.set(key.replace(_STRICT, _W), element.attrib.pop(key))
    return root


def _paragraphs(
    holder: Element, styles: _Styles, tables: Iterator[int], cell: Cell | None = None
) -> Iterator[Paragraph]:
    """Walk the paragraphs in reading order: those of a table cell by cell, row by row; ``tables`` counts the tables."""
    for child in descend(holder, _HOLDERS):
        if child.tag == f"{_W}p":
            yield _paragraph(child, styles, cell)
            for box in _text_boxes(child):
                yield from _paragraphs(box, styles, tables, cell)
        elif child.tag == f"{_W}tbl":
            number = next(tables)
            rows = [row for row in descend(child, _HOLDERS) if row.tag == f"{_W}tr"]
            for place, row in enumerate(rows, start=1):
                cells = [cell for cell in descend(row, _HOLDERS) if cell.tag == f"{_W}tc"]
                columns = itertools.accumulate(map(_span, cells), initial=1)
                for column, inner in zip(columns, cells, strict=False):
                    own = Cell(number, place, column) if len(cells) > 1 else cell
                    yield from _paragraphs(inner, styles, tables, own)


def _span(cell: Element) -> int:
    """Say how many columns a cell stretches over."""
    stated = _value(cell, f"{_W}tcPr/{_W}gridSpan")
    return min(int(stated), _MOST_COLUMNS) if stated.isdecimal() else 1


def _paragraph(element: Element, styles: _Styles, cell: Cell | None) -> Paragraph:
    properties = element.find(f"{_W}pPr")
    key = _value(properties, f"{_W}pStyle") or styles.default
    rows = list(styles.chain(key))
    paragraph = Paragraph(list(_pieces(element, styles, styles.emphasis(key))), cell=cell)
    outline = _value(properties, f"{_W}outlineLvl")
    level = int(outline) + 1 if outline.isdecimal() else _heading_level(rows)
    listed = _listed(properties) or next((row.listed for row in rows if row.listed), None)
    named = next((found for row in rows if (found := _LIST.match(row.name))), None)
    if any(_CONTENTS.match(row.name) for row in rows):
        paragraph.left_out = _CONTENTS_LEFT_OUT
    elif level is not None and level <= 9:
        paragraph.style, paragraph.level = Style.HEADING, level
    elif (listed and listed[0] not in ("", "0")) or (named and not listed):
        depth = listed[1] if listed else 0
        named_depth = int(named[1]) - 1 if named and named[1] else 0
        paragraph.style, paragraph.indent = Style.BULLET, min(max(depth, named_depth), 8)
    return paragraph


def _heading_level(rows: list[_StyleRow]) -> int | None:
    """Give the level of a heading style, by its name or by the level that it has in the outline."""
    for row in rows:
        if found := _HEADING.match(row.name):
            return int(found[1])
        if row.name in ("title", "rubrik"):
            return 1
        if row.outline is not None:
            return row.outline + 1
    return None


def _pieces(holder: Element, styles: _Styles, inherited: tuple[bool, bool]) -> Iterator[Piece]:
    for run in descend(holder, _HOLDERS):
        if run.tag != f"{_W}r":
            continue
        properties = run.find(f"{_W}rPr")
        if _switch(properties, "vanish"):
            continue
        own = styles.emphasis(_value(properties, f"{_W}rStyle"))
        strong, em = _switch(properties, "b"), _switch(properties, "i")
        text = "".join(_characters(run))
        if text:
            yield Piece(
                text,
                strong=strong if strong is not None else own[0] or inherited[0],
                em=em if em is not None else own[1] or inherited[1],
            )


def _characters(run: Element) -> Iterator[str]:
    for child in run:
        name = child.tag.removeprefix(_W)
        if name == "t":
            yield (child.text or "").replace("\n", " ")
        elif name == "tab":
            yield "\t"
        elif name in ("br", "cr"):
            yield "\n"
        elif name == "noBreakHyphen":
            yield "-"
        elif name == "sym":
            yield _symbol(child.get(f"{_W}char", ""))


def _symbol(code: str) -> str:
    """Give a character of a symbol font, which Word names by its number there."""
    try:
        symbol = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return "" if "\ud800" <= symbol <= "\udfff" else symbol


def _text_boxes(paragraph: Element) -> Iterator[Element]:
    """Find the text boxes of a paragraph, each once: a drawing has a copy for older programs."""
    for run in descend(paragraph, _HOLDERS):
        for child in descend(run, _HOLDERS):
            if child.tag in (f"{_W}drawing", f"{_W}pict", f"{_W}object"):
                yield from _outermost(child, f"{_W}txbxContent")


def _outermost(element: Element, name: str) -> Iterator[Element]:
    for child in element:
        if child.tag == name:
            yield child
        else:
            yield from _outermost(child, name)

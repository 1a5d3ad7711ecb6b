"""Paragraphs of word processor documents, and how they become lines."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from proposals.reading.characters import bullet_length, clean, is_lone_bullet
from proposals.reading.lines import Cell, Line, Mark, Style

#: The longest paragraph that is taken for a heading because all of it is bold.
LONGEST_BOLD_HEADING = 80


@dataclass(slots=True)
class Piece:
    """Some characters of a paragraph, all with the same emphasis."""

    text: str
    strong: bool = False
    em: bool = False


@dataclass(slots=True)
class Paragraph:
    """A paragraph as the format has it: its pieces, in which a line feed is a line that breaks."""

    pieces: list[Piece] = field(default_factory=list)
    style: Style = Style.TEXT
    level: int | None = None
    indent: int = 0
    left_out: str = ""
    cell: Cell | None = None

    @property
    def text(self) -> str:
        """The paragraph's own characters."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def is_bold_line(self) -> bool:
        """Whether it is one short bold line that is no sentence, and so may head what follows."""
        shown = [piece for piece in self.pieces if piece.text.strip()]
        text = clean(self.text).strip()
        return (
            self.style is Style.TEXT
            and self.cell is None
            and bool(shown)
            and all(piece.strong for piece in shown)
            and "\n" not in text
            and len(text) <= LONGEST_BOLD_HEADING
            and any(letter.isalpha() for letter in text)
            and not bullet_length(text)
            and not text.endswith((".", "!", ",", ";"))
        )


def lines_of(paragraphs: Iterable[Paragraph]) -> list[Line]:
    """Turn paragraphs into numbered lines, parted by blank ones."""
    lines: list[Line] = []
    before: Style | None = None
    for paragraph in _with_bold_headings(paragraphs):
        if before and not (before is paragraph.style is Style.BULLET) and lines[-1].style is not Style.BLANK:
            lines.append(Line(len(lines) + 1, "", "", Style.BLANK))
        for line in _lines(paragraph):
            lines.append(replace(line, number=len(lines) + 1))
        before = paragraph.style
    return lines


def _with_bold_headings(paragraphs: Iterable[Paragraph]) -> Iterator[Paragraph]:
    """Take bold lines for headings, one step below the heading that the format marks above them."""
    level = 0
    for paragraph in paragraphs:
        if paragraph.style is Style.HEADING and paragraph.text.strip():
            level = paragraph.level or 1
        elif paragraph.is_bold_line:
            paragraph.style, paragraph.level = Style.HEADING, level + 1
        yield paragraph


def _lines(paragraph: Paragraph) -> Iterator[Line]:
    """Give the lines of one paragraph, not yet numbered."""
    style = paragraph.style
    rows = [row for row in _rows(paragraph.pieces) if any(piece.text.strip() for piece in row)]
    if not rows:
        yield Line(0, "", "", Style.BLANK)
    for step, row in enumerate(rows):
        raw = "".join(piece.text for piece in row)
        text, marks = _text_and_marks(row)
        last = step == len(rows) - 1
        if style is Style.TEXT and (length := bullet_length(text)):
            own, text, marks = Style.BULLET, text[length:], _moved(marks, length)
        elif style is Style.TEXT and is_lone_bullet(text) and not last:
            own, text, marks = Style.BULLET, "", ()
        elif not text:
            own = Style.BLANK
        else:
            own = style if step == 0 else Style.CONTINUATION
        yield Line(
            0,
            raw,
            text,
            own,
            paragraph.level if own is Style.HEADING else None,
            marks,
            breaks=not last and style is not Style.HEADING and bool(text),
            indent=paragraph.indent if own is Style.BULLET else 0,
            cell=None if own is Style.BLANK else paragraph.cell,
            left_out=paragraph.left_out,
        )


def _rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Part the pieces of a paragraph where a line breaks."""
    rows: list[list[Piece]] = [[]]
    for piece in pieces:
        for step, text in enumerate(piece.text.split("\n")):
            if step:
                rows.append([])
            rows[-1].append(replace(piece, text=text))
    return rows


def _text_and_marks(row: Iterable[Piece]) -> tuple[str, tuple[Mark, ...]]:
    """Join the pieces of a line to what a person reads, and say where it is emphasised."""
    text = ""
    runs: dict[str, list[Mark]] = {"strong": [], "em": []}
    for piece in row:
        seen = clean(piece.text)
        if not text:
            seen = seen.lstrip(" ")
        start, text = len(text), text + seen
        for kind, is_so in (("strong", piece.strong), ("em", piece.em)):
            if is_so and seen:
                own = runs[kind]
                if own and own[-1].end == start:
                    start_of_run = own.pop().start
                    own.append(Mark(start_of_run, len(text), kind))
                else:
                    own.append(Mark(start, len(text), kind))
    shown = text.rstrip()
    marks = sorted((mark for run in runs.values() for mark in run), key=lambda mark: (mark.start, mark.end, mark.kind))
    return shown, _moved(marks, 0, len(shown))


def _moved(marks: Iterable[Mark], length: int, end: int | None = None) -> tuple[Mark, ...]:
    """Give the marks of a text whose first characters are taken off."""
    moved = (
        Mark(max(mark.start - length, 0), (mark.end if end is None else min(mark.end, end)) - length, mark.kind)
        for mark in marks
    )
    return tuple(mark for mark in moved if mark.end > mark.start)

"""What every reader gives: the lines of a document, each with its place and what the format says about it."""

from dataclasses import dataclass, field
from enum import Enum


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
class Line:
    """One line of a document.

    ``number`` counts from 1 through the whole document. ``raw`` is the line exactly as it stands; ``text`` is what a
    person reads, without the format's own marks. ``level`` is a heading's level where the format states it, and
    ``indent`` how deep a bullet stands, 0 being outermost. ``breaks`` says that the line is to end where it ends, even
    inside a paragraph; ``hyphenated`` that a word goes on on the next line, its hyphen taken off ``text``.

    ``page`` counts from 1, where the format has pages, and ``box`` is the place on it. ``left_out`` is the reason, in
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
    left_out: str = ""

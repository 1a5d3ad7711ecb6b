"""A block on its way to being one: the lines that belong together, and what they seem to be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from proposals.reading.lines import Cell, Line, Mark, Style
from proposals.reading.rules import Rule

_FINISHED = re.compile(r"[.!?:;…][\"”’»)\]]*$")
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of goals in a table: its name, the rule that knows it, and what makes its goals doubtful, in Swedish."""

    heading: str
    rule: Rule
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class Piece:
    """A block on its way: what it seems to be, and its lines.

    ``skip`` is how many characters of the first line are a list's mark or number; ``ordinal`` is that number, with
    what stands around it, where it is not settled yet whether it numbers an item or a heading. ``indent`` is how deep
    an item stands. ``found`` says that the rules made it a heading, ``put_below`` that they put it below another of
    the level that the format gave both, ``cut`` that it may go on from the block before. ``under`` is the item that
    leads in to it, and ``parts`` are the places in ``lines`` where a sub-item begins. ``in_goal_table`` says that it
    stands in a table with a column of goals, and ``column_of_goals`` is that column where it is one of them.
    """

    style: Style
    lines: list[Line]
    level: int | None = None
    skip: int = 0
    ordinal: tuple[str, int] | None = None
    indent: int = 0
    found: bool = False
    put_below: bool = False
    cut: bool = False
    leads_sub_items: bool = False
    under: "Piece | None" = None
    parts: set[int] = field(default_factory=set)
    in_goal_table: bool = False
    column_of_goals: Column | None = None

    @property
    def first(self) -> int:
        """The number of the first line."""
        return self.lines[0].number

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self.lines[-1].number

    @property
    def cell(self) -> Cell | None:
        """The cell of a table that it stands in."""
        return self.lines[0].cell

    @property
    def row(self) -> int:
        """The row of its table, from 1; 0 outside tables."""
        return self.cell.row if self.cell else 0

    @property
    def column(self) -> int:
        """The column of its table, from 1; 0 outside tables."""
        return self.cell.column if self.cell else 0

    @property
    def ending(self) -> str:
        """The text of the last line, which tells whether the block has come to an end."""
        return self.lines[-1].text

    @property
    def begins(self) -> str:
        """The text of the first line, without the mark or number of a list."""
        return self.lines[0].text[self.skip :]

    @property
    def is_one_line(self) -> bool:
        """Whether it is a single line."""
        return len(self.lines) == 1

    @property
    def is_empty(self) -> bool:
        """Whether it has no text, as a bullet that stands alone on its line."""
        return not any(line.text[self.skip * (line is self.lines[0]) :].strip() for line in self.lines)

    @property
    def is_bold(self) -> bool:
        """Whether all of its first line is bold."""
        text = self.lines[0].text
        bold = sum(mark.end - mark.start for mark in self.lines[0].marks if mark.kind == "strong")
        return bool(text.strip()) and bold >= len(text.strip())

    def joined(self) -> tuple[str, tuple[Mark, ...]]:
        """Join the lines to one text, and move their marks along."""
        texts: list[str] = []
        marks: list[Mark] = []
        length = 0
        before: Line | None = None
        parted = False
        for place, line in enumerate(self.lines):
            parted = parted or place in self.parts
            skip = self.skip if place == 0 else 0
            if line.style is Style.BLANK or not line.text[skip:]:
                continue
            gap = "" if before is None else "\n" if parted else _gap(before)
            length += len(gap)
            marks += _within(line, skip, length)
            texts += [gap, line.text[skip:]]
            length += len(line.text) - skip
            before, parted = line, False
        return "".join(texts), tuple(marks)


def _gap(before: Line) -> str:
    """Give what stands between a line and the next of the same block."""
    return "\n" if before.breaks else "" if before.hyphenated else " "


def _within(line: Line, skip: int, steps: int) -> Iterator[Mark]:
    """Give a line's marks where they stand in the joined text, without what is skipped or lies outside."""
    for mark in line.marks:
        start, end = max(mark.start, skip), min(mark.end, len(line.text))
        if start < end:
            yield Mark(start, end, mark.kind).moved(steps - skip)


def is_finished(text: str) -> bool:
    """Tell whether a text has come to an end: nothing that follows goes on with it."""
    return bool(_FINISHED.search(text[-20:]))


def ends_sentence(text: str) -> bool:
    """Tell whether a text ends as a sentence does."""
    return bool(_SENTENCE_END.search(text[-20:]))


def reads_on(ending: str, beginning: str) -> bool:
    """Tell whether a text goes on with another: it does not end, and the other begins in lower case."""
    return not is_finished(ending) and beginning[:1].islower()

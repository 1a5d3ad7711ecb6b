"""Tables with a goal in each row: cells that stand under "Mål" or "Uppdrag".

A table is left as it is unless its first row names its columns and one of the names is a goal heading. Where more than
one is, the surest count: in "Mål | Åtgärder" the measures are how, not what.
"""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from proposals.reading.grouping import number_length
from proposals.reading.lines import Style
from proposals.reading.pieces import Column, Piece, reads_on
from proposals.reading.rules import LONGEST_HEADING, Confidence, goal_heading

#: A cell of fewer words is a figure, a name or a yes. Half of a column of goals are to have some more.
_FEWEST_WORDS = 2
_FEWEST_WORDS_OF_HALF = 3
_WORD = re.compile(r"[^\W\d_]{2,}")
#: A table with such a column looks back at what became of goals, which may be those of another year.
_LOOKS_BACK = re.compile(r"(?:\w*utfall|\w*resultat|måluppfyllelse|status)\b", re.IGNORECASE)
_LOOKED_AT = 200

LOOKS_BACK = "Tabellen har en kolumn om hur det gick, och kan gälla mål som redan är följda"
MAY_BE_OTHER = "Kolumnens rubrik kan också stå över annat än mål"
CUT = "Cellen fortsätter kanske på nästa sida"
SHARED = "Cellen har flera stycken"


def settle_tables(pieces: list[Piece]) -> None:
    """Make items of the cells that are goals, and plain text of what else stands in their table."""
    columns: dict[int, Column] = {}
    before: list[Piece] = []
    for table in _tables(pieces):
        own = _columns(table)
        top = table[0].row
        if own is None and before and _goes_on(before, table):
            own, top = columns, 0
            _doubt_what_is_cut(before, table)
        columns, before = own or {}, table
        if columns:
            _settle(table, columns, top)


def _tables(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Give the pieces of each table."""
    for number, own in itertools.groupby(pieces, lambda piece: piece.cell.table if piece.cell else None):
        if number is not None:
            yield list(own)


def _goes_on(before: list[Piece], table: list[Piece]) -> bool:
    """Tell whether a table without names goes on with that of the page before."""
    page, other = before[-1].lines[-1].page, table[0].lines[0].page
    return page is not None and other == page + 1 and _width(before) == _width(table)


def _doubt_what_is_cut(before: list[Piece], table: list[Piece]) -> None:
    """Doubt the goals of the last row of a page that go on on the next one: other cells stand between their halves."""
    last = {piece.column: piece for piece in before if piece.row == before[-1].row}
    for piece in table:
        half = last.get(piece.column) if piece.row == table[0].row else None
        if half and half.column_of_goals and reads_on(half.ending, piece.begins):
            half.column_of_goals = replace(half.column_of_goals, doubts=(*half.column_of_goals.doubts, CUT))
            piece.cut = True


def _width(table: list[Piece]) -> int:
    return max(piece.cell.column for piece in table if piece.cell)


def _columns(table: list[Piece]) -> dict[int, Column] | None:
    """Give the columns of goals by their places; nothing where the first row names no columns."""
    names: dict[int, str] = {}
    for piece in itertools.takewhile(lambda piece: piece.row == table[0].row, table):
        text = piece.joined()[0].rstrip(": ")
        if piece.column in names or piece.style is Style.BULLET or len(text) > LONGEST_HEADING:
            return None
        names[piece.column] = text
    found = {place: rule for place, name in names.items() if (rule := goal_heading(name))}
    if len(names) < 2 or not found:
        return None
    surest = min((rule.confidence for rule in found.values()), key=list(Confidence).index)
    looks_back = any(_LOOKS_BACK.match(name) for name in names.values())
    cells: dict[int, list[Piece]] = defaultdict(list)
    for piece in table[len(names) :]:
        cells[piece.column].append(piece)
    columns: dict[int, Column] = {}
    for place, rule in found.items():
        if rule.confidence is surest and _are_worded(cells[place]):
            doubtful = [LOOKS_BACK] * looks_back + [MAY_BE_OTHER] * (surest is Confidence.DOUBTFUL)
            columns[place] = Column(names[place], rule, tuple(doubtful))
    return columns


def _are_worded(cells: list[Piece]) -> bool:
    """Tell whether at least half of the cells of a column are words, not figures or names."""
    return 2 * sum(_words(piece) >= _FEWEST_WORDS_OF_HALF for piece in cells) >= len(cells)


def _words(piece: Piece) -> int:
    return len(_WORD.findall(piece.joined()[0][:_LOOKED_AT]))


def _settle(table: list[Piece], columns: dict[int, Column], names: int) -> None:
    """Make items of the cells of some columns, but for the row of names; in a cell that has a list, only the list's."""
    listed = {piece.cell for piece in table if piece.style is Style.BULLET}
    count = Counter(piece.cell for piece in table)
    for piece in table:
        piece.in_goal_table = True
        is_goal = piece.row != names and not piece.cut and _words(piece) >= _FEWEST_WORDS
        column = columns.get(piece.column) if is_goal else None
        if column and piece.style is Style.BULLET:
            piece.column_of_goals = column
        elif column and piece.cell not in listed:
            shared = count[piece.cell] > 1
            piece.column_of_goals = replace(column, doubts=(*column.doubts, SHARED)) if shared else column
            piece.style, piece.level, piece.skip = Style.BULLET, None, number_length(piece)
        elif piece.style is Style.HEADING:
            piece.style, piece.level = Style.TEXT, None

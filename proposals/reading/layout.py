"""From the glyphs of a page to its lines in reading order, by where they stand; nothing here knows the PDF format."""

import itertools
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from statistics import median

from proposals.reading.characters import bullet_length, clean, is_lone_bullet, number_at_start
from proposals.reading.lines import Cell, Mark
from proposals.reading.ruled import Area, Table

#: A gap in a row that is wider than so many times the type size parts it in two; words never stand so far apart.
WIDE_GAP = 0.85
#: A gap that is wider than so many times the type size is a space, even where none is written; where one is supposed,
#: a narrower gap will do.
SPACE = 0.3
SUPPOSED_SPACE = 0.1
#: How far from its bullet a text may stand, in points.
BULLET_REACH = 60
#: The longest bullet or number, in characters.
LONGEST_MARKER = 4
#: The narrowest column, and the least space between two, in points.
NARROWEST_COLUMN = 60
NARROWEST_GUTTER = 6
#: So many lines must stand beside each other for there to be columns.
FEWEST_LINES_OF_COLUMN = 3
#: A page with more strips than this is a drawing or a map, and has no columns.
MOST_STRIPS = 1500


@dataclass(slots=True)
class Glyph:
    """One character on a page: what it is, and where it stands in points from the page's upper left corner.

    ``base`` is the line that it stands on; ``spaced`` says that a space is written before it, and ``perhaps_spaced``
    that the program that found it supposes one.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    strong: bool = False
    em: bool = False
    spaced: bool = False
    perhaps_spaced: bool = False


@dataclass(frozen=True, eq=False)
class Strip:
    """Glyphs that stand beside each other: a line, or the part of it that belongs to one column."""

    glyphs: list[Glyph]
    page: int = 1

    @cached_property
    def left(self) -> float:
        """The left edge, in points."""
        return self.glyphs[0].left

    @cached_property
    def right(self) -> float:
        """The right edge."""
        return max(glyph.right for glyph in self.glyphs)

    @cached_property
    def base(self) -> float:
        """The line that most of its glyphs stand on."""
        return median(glyph.base for glyph in self.glyphs)

    @cached_property
    def size(self) -> float:
        """The size of most of its letters; a bullet of another size does not count."""
        letters = [glyph.size for glyph in self.glyphs if glyph.text.isalnum()]
        return median(letters or [glyph.size for glyph in self.glyphs])

    @property
    def top(self) -> float:
        """The upper edge, about where capitals end."""
        return self.base - 0.8 * self.size

    @property
    def bottom(self) -> float:
        """The lower edge, below the letters that reach down."""
        return self.base + 0.25 * self.size

    def pieces(self) -> list[tuple[str, Glyph]]:
        """Give the text of each glyph, with the space before it."""
        found = [(self.glyphs[0].text, self.glyphs[0])]
        for before, glyph in itertools.pairwise(self.glyphs):
            least = SUPPOSED_SPACE if glyph.perhaps_spaced else SPACE
            apart = glyph.spaced or glyph.left - before.right > least * glyph.size
            found.append((f" {glyph.text}" if apart else glyph.text, glyph))
        return found

    @cached_property
    def raw(self) -> str:
        """Its characters with the spaces between them."""
        return "".join(text for text, _ in self.pieces())

    @cached_property
    def text(self) -> str:
        """What a person reads."""
        return clean(self.raw).strip()

    def text_and_marks(self, skipped: int = 0) -> tuple[str, tuple[Mark, ...]]:
        """Give what a person reads, and where it is emphasised, without the first ``skipped`` characters."""
        text = ""
        marks: list[Mark] = []
        for piece, glyph in self.pieces():
            start, text = len(text), text + clean(piece)
            for kind, is_so in (("strong", glyph.strong), ("em", glyph.em)):
                own = next((mark for mark in reversed(marks) if mark.kind == kind and mark.end == start), None)
                if is_so and own:
                    marks[marks.index(own)] = Mark(own.start, len(text), kind)
                elif is_so:
                    marks.append(Mark(start + len(piece) - len(piece.lstrip()), len(text), kind))
        lead = max(len(text) - len(text.lstrip()), skipped)
        shown = text[lead:].rstrip()
        moved = (Mark(max(mark.start - lead, 0), min(mark.end - lead, len(shown)), mark.kind) for mark in marks)
        return shown, tuple(sorted((mark for mark in moved if mark.end > mark.start), key=lambda mark: mark.start))

    def text_left(self, skipped: int) -> float:
        """Say where the character stands that comes after the first ``skipped``."""
        length = 0
        for piece, glyph in self.pieces():
            length += len(piece)
            if length > skipped:
                return glyph.left
        return self.left

    @property
    def is_marker(self) -> bool:
        """Whether it is a bullet or a number and no more, whose text stands further on."""
        text = self.text
        return (
            is_lone_bullet(text) or text == "o" or (bool(number_at_start(f"{text} x")) and len(text) <= LONGEST_MARKER)
        )


@dataclass(slots=True)
class Region:
    """Lines that follow on each other, in one column of a page or across all of it.

    ``fresh`` says that nothing goes on here from the region before: a table's ``cell`` stands for itself.
    """

    lines: list[Strip]
    column: tuple[int, int] = (0, 1)
    fresh: bool = False
    cell: Cell | None = None
    left: float = field(init=False)
    right: float = field(init=False)

    def __post_init__(self) -> None:
        self.left = min(line.left for line in self.lines)
        rights = sorted(line.right for line in self.lines)
        self.right = rights[int((len(rights) - 1) * 0.95)]


def combined(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Put marks that stand over a letter together with it."""
    found: list[Glyph] = []
    for glyph in glyphs:
        if found and unicodedata.combining(glyph.text[0]):
            found[-1].text = unicodedata.normalize("NFC", found[-1].text + glyph.text)
        else:
            found.append(glyph)
    return found


def rows_of(glyphs: Iterable[Glyph], page: int = 1) -> list[Strip]:
    """Put together the glyphs that stand on the same line, whatever column they belong to, from the top."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.base, glyph.left)):
        if rows and glyph.base - rows[-1][0].base <= 0.3 * min(glyph.size, rows[-1][0].size):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [Strip(sorted(row, key=lambda glyph: glyph.left), page) for row in rows]


def strips_of(row: Strip) -> list[Strip]:
    """Part a row where it has a wide gap, but never a bullet from its text."""
    strips: list[list[Glyph]] = []
    for glyph in row.glyphs:
        if strips and _stand_together(strips[-1], glyph, row.page):
            strips[-1].append(glyph)
        else:
            strips.append([glyph])
    return [Strip(glyphs, row.page) for glyphs in strips]


def _stand_together(glyphs: list[Glyph], glyph: Glyph, page: int) -> bool:
    gap = glyph.left - glyphs[-1].right
    if gap <= max(WIDE_GAP * min(glyph.size, glyphs[-1].size), NARROWEST_GUTTER):
        return True
    return gap <= BULLET_REACH and len(glyphs) <= LONGEST_MARKER and Strip(glyphs, page).is_marker


def regions_of_page(rows: Sequence[Strip], tables: Sequence[Table], numbers: Iterator[int]) -> list[Region]:
    """Put the rows of a page in reading order, with its tables cell by cell where they stand; each gets a number."""
    regions: list[Region] = []
    rest = list(rows)
    for table in tables:
        above, inside, rest = _parted(rest, table)
        regions += _begun_anew(regions_of([strip for row in above for strip in strips_of(row)]), bool(regions))
        number = next(numbers)
        for place, slot in enumerate(table.cells):
            within = _begun_anew(regions_of(_inside(inside, slot.area), (place, len(table.cells))), True)
            for region in within:
                region.cell = None if slot.is_alone else Cell(number, slot.row, slot.column)
            regions += within
    return regions + _begun_anew(regions_of([strip for row in rest for strip in strips_of(row)]), bool(regions))


def _begun_anew(regions: list[Region], fresh: bool) -> list[Region]:
    """Say that nothing goes on in some regions from those before."""
    if regions and fresh:
        regions[0].fresh = True
    return regions


def _parted(rows: Sequence[Strip], table: Table) -> tuple[list[Strip], list[Strip], list[Strip]]:
    """Part the rows of a page in those above a table, those in it, and the others."""
    above: list[Strip] = []
    inside: list[Strip] = []
    below: list[Strip] = []
    for row in rows:
        own = [glyph for glyph in row.glyphs if table.area.holds(glyph.left, row.base - row.size / 4)]
        others = [glyph for glyph in row.glyphs if not table.area.holds(glyph.left, row.base - row.size / 4)]
        if own:
            inside.append(Strip(own, row.page))
        if others:
            (above if row.base < table.area.bottom else below).append(Strip(others, row.page))
    return above, inside, below


def _inside(rows: Sequence[Strip], cell: Area) -> list[Strip]:
    """Give the strips that stand in a cell."""
    strips = [
        Strip(own, row.page)
        for row in rows
        if (own := [glyph for glyph in row.glyphs if cell.holds(glyph.left, row.base - row.size / 4)])
    ]
    return [part for strip in strips for part in strips_of(strip)]


def regions_of(strips: Sequence[Strip], column: tuple[int, int] = (0, 1)) -> list[Region]:
    """Put strips in reading order: column by column, but what stands across the columns parts them."""
    if not strips:
        return []
    edge = _column_edge(strips)
    if edge is None:
        return [Region(_merged(strips), column)]
    regions: list[Region] = []
    band: list[Strip] = []
    across: list[Strip] = []
    for strip in sorted(strips, key=lambda strip: strip.base):
        if _crosses(strip, edge):
            regions += _columns(band, edge, column)
            band = []
            across.append(strip)
        else:
            if across and (not band):
                regions.append(Region(_merged(across), column))
                across = []
            band.append(strip)
    if across:
        regions.append(Region(_merged(across), column))
    return regions + _columns(band, edge, column)


def _columns(band: Sequence[Strip], edge: float, column: tuple[int, int]) -> list[Region]:
    """Read a band's left side, then its right one."""
    left = [strip for strip in band if strip.left < edge - 2]
    right = [strip for strip in band if strip.left >= edge - 2]
    number, count = column
    return regions_of(left, (number, count + 1)) + regions_of(right, (number + 1, count + 1))


def _crosses(strip: Strip, edge: float) -> bool:
    return strip.left < edge - 2 and strip.right > edge - NARROWEST_GUTTER


def _column_edge(strips: Sequence[Strip]) -> float | None:
    """Find where the second column begins, if there are columns.

    Lines of another column stand beside those that begin there, with a clear gutter between that hardly a line crosses.
    Cells of a table have that too, but do not fill their column as running text does.
    """
    if len(strips) > MOST_STRIPS:
        return None
    outermost = min(strip.left for strip in strips)
    edges = sorted({round(strip.left) for strip in strips if strip.left > outermost + NARROWEST_COLUMN})
    best: tuple[int, float] | None = None
    for edge in edges:
        left = [strip for strip in strips if strip.right <= edge - NARROWEST_GUTTER]
        right = [strip for strip in strips if strip.left >= edge - 2]
        if len(left) < FEWEST_LINES_OF_COLUMN or len(right) < FEWEST_LINES_OF_COLUMN:
            continue
        if not (_fills_column(left) and _fills_column(right)) or _beside(left, right) < FEWEST_LINES_OF_COLUMN:
            continue
        span = (min(strip.base for strip in right), max(strip.base for strip in right))
        across = [strip for strip in strips if _crosses(strip, edge) and span[0] <= strip.base <= span[1]]
        if len(across) > 0.4 * len(right):
            continue
        score = (len(strips) - len(left) - len(right), float(edge))
        best = min(best, score) if best else score
    return best[1] if best else None


def _fills_column(strips: Sequence[Strip]) -> bool:
    """Tell whether lines are running text or a list, rather than cells of a table."""
    left = min(strip.left for strip in strips)
    width = max(strip.right for strip in strips) - left
    filled = sum(strip.right - left > 0.55 * width for strip in strips)
    bullets = sum(bool(bullet_length(strip.text)) for strip in strips)
    return width > NARROWEST_COLUMN and (filled > 0.4 * len(strips) or bullets > 1)


def _beside(left: Sequence[Strip], right: Sequence[Strip]) -> int:
    """Count the lines to the right that stand beside one to the left."""
    bases = sorted(strip.base for strip in left)
    count = 0
    place = 0
    before = float("-inf")
    for strip in sorted(right, key=lambda strip: strip.base):
        while place < len(bases) and bases[place] < strip.base - strip.size:
            place += 1
        is_beside = place < len(bases) and bases[place] <= strip.base + strip.size
        if is_beside and strip.base - before > strip.size / 2:
            count, before = count + 1, strip.base
    return count


def _merged(strips: Sequence[Strip]) -> list[Strip]:
    """Put together the strips of one column that stand on the same line, from the top."""
    lines: list[Strip] = []
    for strip in sorted(strips, key=lambda strip: (strip.base, strip.left)):
        before = lines[-1] if lines else None
        reach = 0.35 * strip.size if before and not before.is_marker else 0.6 * strip.size
        if before and strip.base - before.base <= reach:
            lines[-1] = Strip(sorted(before.glyphs + strip.glyphs, key=lambda glyph: glyph.left), strip.page)
        else:
            lines.append(strip)
    return lines


def marker_length(text: str) -> int:
    """Count the characters of the bullet that a line begins with; one from a symbol font needs no space after it."""
    if not text:
        return 0
    return bullet_length(text) or (1 if is_lone_bullet(text) or "\ue000" <= text[0] <= "\uf8ff" else 0)

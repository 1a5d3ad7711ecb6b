"""From lines to pieces of blocks: paragraphs, items of lists with what belongs to them, headings."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from proposals.reading import rules
from proposals.reading.lines import Line, Style
from proposals.reading.pieces import Piece, ends_sentence, is_finished, reads_on
from proposals.reading.rules import goal_heading

# Marks that a list may have and that a reader did not know, Wingdings' own characters among them.
_GLYPHS = r"[-–—•▪▫◦‣⁃·*●○■□►▶➢➤✓✔»→\uf0a7\uf0b7\uf0d8\uf0fc\uf076]"
#: Marks that also stand within sentences.
_ALSO_DASHES = "-–—*·»→o"
_GLYPH_ALONE = re.compile(rf"{_GLYPHS}|o")
_GLYPH = re.compile(rf"(?:{_GLYPHS}|o\t)\s{{1,8}}(?=\S)")
_ORDINAL = re.compile(
    r"(?P<label>§ ?|(?:förslag|mål|uppdrag|punkt|åtagande) )?(?P<number>\d{1,3})(?P<end>[.):]?)\s{1,8}(?=\S)",
    re.IGNORECASE,
)
_THAT = re.compile(r"att\s", re.IGNORECASE)
_ASKS = re.compile(
    r"(?::|\b(?:yrkar|yrkas|föreslår|föreslås|hemställer|beslutar?)(?: (?:därför|att|vi|nämnden))?)$", re.IGNORECASE
)
#: How much of a line is looked at for the number that it begins with.
_NUMBER_WITHIN = 150


class Grouping:
    """Puts lines together that belong to one block: a paragraph, a bullet with its continuation, a heading.

    No block may reach over a line that was set aside: there it is parted, and a person is told.
    """

    def __init__(self, lines: Sequence[Line], aside: list[int]):
        self.lines = lines
        self.aside = aside
        self.aside_set = frozenset(aside)

    def pieces(self) -> list[Piece]:
        """Group the lines of the document."""
        pieces: list[Piece] = []
        blank = True
        for line in self.lines:
            if line.number in self.aside_set:
                continue
            if line.style is Style.BLANK:
                blank = True
                continue
            before = pieces[-1] if pieces else None
            fresh = self._begins_item(line, before, blank)
            if fresh:
                pieces.append(fresh)
            elif (
                before
                and before.cell == line.cell
                and self._goes_on(before, line, blank)
                and self._reaches(before, line.number)
            ):
                self._add(before, line, blank)
            else:
                pieces.append(self._piece(line, before))
            blank = False
        return pieces

    def _reaches(self, piece: Piece, number: int) -> bool:
        """Tell whether a piece can go on to a line: nothing between was set aside."""
        return bisect_right(self.aside, number) == bisect_right(self.aside, piece.last)

    def _add(self, piece: Piece, line: Line, blank: bool) -> None:
        """Let a piece go on with a line; a paragraph of its own within an item begins on a line of its own."""
        piece.lines += self.lines[piece.last : line.number - 1]
        if blank and line.style is Style.CONTINUATION and not piece.is_empty:
            piece.parts.add(len(piece.lines))
        piece.lines.append(line)

    def _piece(self, line: Line, before: Piece | None) -> Piece:
        style = Style.TEXT if line.style is Style.CONTINUATION else line.style
        cut = bool(
            before
            and style is Style.TEXT
            and before.style in (Style.TEXT, Style.BULLET)
            and not self._reaches(before, line.number)
            and (before.lines[-1].hyphenated or reads_on(before.ending, line.text))
        )
        ordinal = _ordinal_taken_off(line) if style is Style.BULLET else None
        return Piece(style, [line], line.level, ordinal=ordinal, indent=line.indent, cut=cut)

    def _begins_item(self, line: Line, before: Piece | None, blank: bool) -> Piece | None:
        """Give a new piece where a line begins an item by its own words: a lone mark, a number, "att"."""
        if line.style not in (Style.TEXT, Style.CONTINUATION):
            return None
        text = line.text
        if _GLYPH_ALONE.fullmatch(text.strip()):
            return Piece(Style.BULLET, [line], skip=len(text), indent=line.indent)
        glyph = _GLYPH.match(text)
        if glyph and (text[0] not in _ALSO_DASHES or self._may_begin_list(before, blank)):
            return Piece(Style.BULLET, [line], skip=glyph.end(), indent=line.indent)
        if before and before.lines[-1].hyphenated and not blank:
            return None
        if number := _ORDINAL.match(text):
            blank = blank or bool(before and before.cell != line.cell)
            return self._numbered(line, number, before, blank)
        if _THAT.match(text) and before and self._may_begin_that(before, blank):
            return Piece(Style.BULLET, [line], indent=line.indent)
        if before and not blank and before.style in (Style.TEXT, Style.BULLET) and goal_heading(text):
            noun = not rules.lead_in(text) and not text[:1].islower()
            return Piece(Style.TEXT, [line]) if noun and is_finished(before.ending) else None
        return None

    @staticmethod
    def _may_begin_list(before: Piece | None, blank: bool) -> bool:
        """Tell whether a dash begins an item here, and does not stand within a sentence that goes over two lines."""
        return (
            before is None
            or blank
            or before.style in (Style.HEADING, Style.RULE)
            or before.ending.endswith(":")
            or (before.style is Style.BULLET and before.skip > 0)
        )

    def _numbered(self, line: Line, number: re.Match[str], before: Piece | None, blank: bool) -> Piece | None:
        """Give a piece for a line that begins with a number, where it may number an item."""
        if not (number["label"] or number["end"]):
            return None
        kind, ordinal = _counted(number)
        follows = before is not None and before.ordinal == (kind, ordinal - 1)
        apart = before is None or blank or before.style not in (Style.TEXT, Style.BULLET) or before.ending.endswith(":")
        if not (follows or (apart and line.style is Style.TEXT)):
            return None
        return Piece(Style.TEXT, [line], skip=number.end(), ordinal=(kind, ordinal), indent=line.indent)

    @staticmethod
    def _may_begin_that(before: Piece, blank: bool) -> bool:
        """Tell whether "att" begins a clause of a motion here: after "yrkar", or after another such clause."""
        if before.style is Style.BULLET and _THAT.match(before.begins):
            return blank or bool(re.search(r"(?:[,;.]|\boch|\bsamt)$", before.ending))
        return before.style is Style.TEXT and bool(_ASKS.search(before.ending[-200:]))

    def _goes_on(self, piece: Piece, line: Line, blank: bool) -> bool:
        """Tell whether a line belongs to the block before it; ``blank`` says that a blank line stands between."""
        if line.style in (Style.TEXT, Style.CONTINUATION) and piece.style is Style.BULLET and piece.is_empty:
            return True
        if line.style is Style.CONTINUATION:
            return piece.style in (Style.TEXT, Style.BULLET) or (piece.style is Style.HEADING and not blank)
        if blank:
            return False
        if line.style is Style.TEXT:
            return piece.style is Style.TEXT or (piece.style is Style.BULLET and piece.skip > 0)
        # The second line of an underlined heading carries no mark of its own.
        return (
            line.style is Style.HEADING
            and piece.style is Style.HEADING
            and line.level == piece.level
            and not line.raw.lstrip().startswith("#")
        )

    def whole_again(self, pieces: list[Piece]) -> list[Piece]:
        """Join what a page break cut in two: a text that does not end, followed by one that begins in lower case."""
        joined: list[Piece] = []
        for piece in pieces:
            if (
                joined
                and joined[-1].cell == piece.cell
                and _was_cut(joined[-1], piece)
                and self._reaches(joined[-1], piece.first)
            ):
                joined[-1].lines += self.lines[joined[-1].last : piece.last]
            else:
                joined.append(piece)
        return joined

    def with_sub_items(self, pieces: list[Piece]) -> list[Piece]:
        """Settle what sub-items are: goals of their own under an item that ends with a colon, else part of the item."""
        settled: list[Piece] = []
        above: list[Piece] = []
        for piece in pieces:
            if piece.style is not Style.BULLET:
                above = []
                settled.append(piece)
                continue
            above = [item for item in above if item.indent < piece.indent and item.cell == piece.cell]
            owner = above[-1] if above else None
            if owner and owner.ending.rstrip().endswith(":") and not owner.parts:
                owner.leads_sub_items, piece.under = True, owner
            elif owner and settled[-1] is owner and self._reaches(owner, piece.first):
                owner.lines += self.lines[owner.last : piece.first - 1]
                owner.parts.add(len(owner.lines))
                owner.lines += piece.lines
                continue
            elif owner:
                piece.under = owner.under
            above.append(piece)
            settled.append(piece)
        return settled


def _counted(number: re.Match[str]) -> tuple[str, int]:
    """Give what stands around a number, which a list has alike for all its items, and the number."""
    return f"{(number['label'] or '').strip().casefold()}{number['end']}", int(number["number"])


def _ordinal_taken_off(line: Line) -> tuple[str, int] | None:
    """Give the number that a reader has taken off an item, so that the list can count on where the reader lost it."""
    number = _ORDINAL.match(line.raw.strip()[:_NUMBER_WITHIN])
    return _counted(number) if number and not line.text.startswith(number[0].strip()) else None


def number_length(piece: Piece) -> int:
    """Count the characters of the number that a text begins with, where it may number an item."""
    number = _ORDINAL.match(piece.lines[0].text)
    return number.end() if number and (number["label"] or number["end"]) else 0


def _was_cut(before: Piece, after: Piece) -> bool:
    return (
        after.style is Style.TEXT
        and before.style in (Style.TEXT, Style.BULLET)
        and (before.lines[-1].hyphenated or reads_on(before.ending, after.lines[0].text))
    )


def settle_ordinals(pieces: list[Piece]) -> None:
    """Settle what the numbers at the beginnings of lines are.

    They number items where the next number follows right on the item, or the item stands alone in its list; else they
    stay part of a text or heading.
    """
    run: list[Piece] = []
    opener: Piece | None = None
    before: Piece | None = None
    for piece in pieces:
        if run and piece.style is Style.BULLET and piece.ordinal is None:
            continue
        if piece.ordinal is None:
            _settle_run(run, opener)
            run, before = [], piece
        elif run and run[-1].ordinal == (piece.ordinal[0], piece.ordinal[1] - 1):
            run.append(piece)
        else:
            _settle_run(run, opener)
            opener = run[-1] if run else before
            run = [piece]
    _settle_run(run, opener)


def _settle_run(run: list[Piece], opener: Piece | None) -> None:
    headings = any(goal_heading(piece.begins) or rules.is_other_heading(piece.begins) for piece in run)
    alone = len(run) == 1 and not (opener and _opens_list(opener) and ends_sentence(run[0].ending))
    for piece in run:
        if piece.style is Style.BULLET:
            continue
        if headings or alone:
            piece.skip = 0
        else:
            piece.style = Style.BULLET


def _opens_list(piece: Piece) -> bool:
    return piece.ending.endswith(":") or (piece.is_one_line and goal_heading(piece.ending) is not None)

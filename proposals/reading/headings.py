"""Headings that the format does not mark, and the cover before them."""

import itertools
import re
from dataclasses import replace

from proposals.reading import rules
from proposals.reading.lines import Style
from proposals.reading.pieces import Piece, ends_sentence
from proposals.reading.rules import HEADING_NUMBER, LONGEST_HEADING, goal_heading

#: A line shorter than this share of the longest below it was not broken because it was full.
_SHORT_BESIDE = 0.6


def with_headings_parted(pieces: list[Piece]) -> list[Piece]:
    """Part a heading from the text right below it, where no blank line does and the format marks no headings."""
    if any(piece.style is Style.HEADING for piece in pieces):
        return pieces
    parted: list[Piece] = []
    for piece in pieces:
        if _begins_with_heading(piece):
            parted += [replace(piece, lines=piece.lines[:1]), Piece(Style.TEXT, piece.lines[1:])]
        else:
            parted.append(piece)
    return parted


def _begins_with_heading(piece: Piece) -> bool:
    """Tell whether a paragraph's first line is far shorter than its others, as no line that was broken is."""
    if piece.style is not Style.TEXT or piece.cell or piece.is_one_line or not is_short_title(piece.lines[0].text):
        return False
    longest = max(len(line.text) for line in piece.lines[1:])
    begins = piece.lines[1].text[:1].isupper() and not piece.lines[0].breaks and not piece.lines[0].hyphenated
    return begins and (len(piece.begins) < _SHORT_BESIDE * longest or goal_heading(piece.begins) is not None)


def find_headings(pieces: list[Piece]) -> bool:
    """Find the headings that the format does not mark; tell whether it marks them, or bold type does.

    Where nothing marks headings, one is a short line that begins with a capital or a digit, is no sentence, and has
    text after it. Where headings are marked, a bold line of its own is one as well, below the marked ones, and so is
    the name of a goal heading right above a list. Only where type alone marks them can one be none: a pull quote.
    """
    for piece in pieces:
        if piece.style is Style.HEADING and _is_pull_quote(piece):
            piece.style, piece.level = Style.TEXT, None
    pairs = list(itertools.pairwise(pieces))
    bold = [
        piece for piece, after in pairs if after.style is not Style.RULE and _may_be_heading(piece) and piece.is_bold
    ]
    marked = any(piece.style is Style.HEADING for piece in pieces) or len(bold) > 1
    above = 0
    for place, (piece, after) in enumerate(pairs):
        if piece.style is Style.HEADING:
            above = piece.level or 1
        elif after.style is Style.RULE or not _may_be_heading(piece):
            continue
        elif piece.is_bold and marked:
            _make_heading(piece, above + 1)
        elif not marked and not _is_lead_in(piece, after) and not _is_bare_item(pieces, place):
            _make_heading(piece, 1)
        elif after.style is Style.BULLET and goal_heading(piece.begins) and not _is_lead_in(piece, after):
            _make_heading(piece, above + 2 if bold else above + 1)
    _number_levels(pieces)
    _put_below_goal_headings(pieces)
    return marked


def _is_pull_quote(piece: Piece) -> bool:
    """Tell whether large type on a page is a sentence set apart, not a heading that would end the goals above it."""
    return piece.lines[0].page is not None and bool(re.search(r"\w\.[”\"»]?$", piece.ending[-20:]))


def _is_bare_item(pieces: list[Piece], place: int) -> bool:
    """Tell whether a line is worded as a goal and stands beside another such: a list that has lost its marks."""
    near = [pieces[other] for other in (place - 1, place + 1) if 0 <= other < len(pieces)]
    return rules.may_be_goal(pieces[place].begins) and any(
        piece.style is not Style.BULLET and piece.is_one_line and rules.may_be_goal(piece.begins) for piece in near
    )


def _make_heading(piece: Piece, level: int) -> None:
    piece.style, piece.level, piece.found = Style.HEADING, level, True


def _number_levels(pieces: list[Piece]) -> None:
    """Let the numbers of found headings say their levels: "3.2" stands below "3"; one without stands below both."""
    found = [piece for piece in pieces if piece.found and not piece.is_bold]
    depths = [_depth(piece.begins) for piece in found]
    if sum(depth > 0 for depth in depths) < 2:
        return
    above = 0
    for piece, depth in zip(found, depths, strict=True):
        above = depth or above
        piece.level = depth or above + 1


def _depth(text: str) -> int:
    number = HEADING_NUMBER.match(text)
    return number["number"].count(".") + 1 if number else 0


def _put_below_goal_headings(pieces: list[Piece]) -> None:
    """Put headings that follow right under a goal heading of their own level, each with a list, one level below it.

    A plan may set all its headings alike. A goal heading that has nothing of its own then stands over those after it.
    """
    owner: Piece | None = None
    for place, piece in enumerate(pieces):
        if piece.style is Style.TEXT:
            owner = None
        elif piece.style is Style.HEADING:
            level = piece.level or 1
            above = (owner.level or 1) if owner else 0
            if owner and level == above and _heads_list(pieces, place):
                piece.level, piece.put_below = above + 1, not piece.found
            elif not (owner and level > above and pieces[place - 1] is not owner):
                owner = piece if goal_heading(piece.begins) and not _is_item_at(pieces, place + 1) else None


def _heads_list(pieces: list[Piece], place: int) -> bool:
    """Tell whether a heading has a list right below it, and nothing else where the format says that it is a heading."""
    heads = _is_item_at(pieces, place + 1)
    if pieces[place].found or not heads:
        return heads
    after = (pieces[number].style for number in range(place + 1, len(pieces)))
    end = next((style for style in after if style in (Style.TEXT, Style.HEADING)), Style.HEADING)
    return end is Style.HEADING and not rules.is_other_heading(pieces[place].begins)


def _is_item_at(pieces: list[Piece], place: int) -> bool:
    return place < len(pieces) and pieces[place].style is Style.BULLET


def _may_be_heading(piece: Piece) -> bool:
    return piece.style is Style.TEXT and not piece.cell and piece.is_one_line and is_short_title(piece.lines[0].text)


def is_short_title(text: str) -> bool:
    """Tell whether a line may be a heading by its words: short, beginning as a heading does, and no sentence."""
    return (
        len(text) <= LONGEST_HEADING
        and (text[:1].isupper() or text[:1].isdigit())
        and (not ends_sentence(text) or goal_heading(text) is not None)
        and not text.endswith((",", ";"))
    )


#: A line before a list with a verb in it is a sentence, not a heading.
_VERB = re.compile(
    r"\b(?:är|var|har|finns|ska|vill|kan|gör|gäller|ser|arbetar|föreslår|följer|behöver|blir|säger|ingår)\b",
    re.IGNORECASE,
)


def _is_lead_in(piece: Piece, after: Piece) -> bool:
    """Tell whether a line ending with a colon, or with "att", is a sentence that leads in to the list after it."""
    text = piece.lines[0].text.rstrip()
    if piece.is_bold or after.style is not Style.BULLET or not re.search(r":$|\batt$|\.\.\.$|…$", text):
        return False
    return bool(_VERB.search(text)) or len(text.split()) > 4 or rules.lead_in(text) is not None


def cover_length(pieces: list[Piece], marked: bool) -> int:
    """Count the blocks of the cover: what stands before the headings that lead to the first running text.

    Where the format marks no headings, one heading leads to the text, for nothing tells two levels apart.
    """
    length = next((place for place, piece in enumerate(pieces) if _is_running_text(piece)), 0)
    if length and pieces[length].style is Style.BULLET and pieces[length - 1].ending.endswith(":"):
        length -= pieces[length - 1].style is Style.TEXT
    found = False
    while length and pieces[length - 1].style in (Style.HEADING, Style.RULE) and (marked or not found):
        length -= 1
        found = pieces[length].style is Style.HEADING
    return length


def _is_running_text(piece: Piece) -> bool:
    return (
        piece.style is Style.BULLET
        or piece.in_goal_table
        or (piece.style is Style.TEXT and bool(ends_sentence(piece.ending) or rules.lead_in(piece.ending)))
    )

"""Tables of contents, which are no part of a plan's text: they would give its headings twice."""

import re
from collections.abc import Iterator

from proposals.reading.lines import Line, Style
from proposals.reading.rules import HEADING_NUMBER

_CONTENTS = re.compile(r"innehåll(?:sförteckning)?:?", re.IGNORECASE)
_DOTTED = re.compile(r"(?:\s?[.…·_]){3,}\s*\d{1,3}$")
_PAGE_NUMBER = re.compile(r"\S\s{1,20}\d{1,3}$")
#: A line of contents is no longer than this.
LONGEST_ENTRY = 150


def contents(lines: list[Line]) -> Iterator[int]:
    """Find tables of contents: what follows on the heading "Innehåll", and lines whose dots lead to a page number.

    Without a page number a line counts only where its words come back later, as the heading that they point at.
    """
    last_seen = {_as_entry(line.text): place for place, line in enumerate(lines)}
    inside = False
    for place, line in enumerate(lines):
        text = line.text.strip()
        if len(text) <= LONGEST_ENTRY and _CONTENTS.fullmatch(text):
            inside = place + 1 < len(lines) and _is_entry(lines, place + 1, last_seen)
            if inside:
                yield line.number
        elif inside and (_is_entry(lines, place, last_seen) or _goes_on_to_entry(lines, place)):
            yield line.number
        else:
            inside = False
            if _is_dotted(line) and _has_dotted_neighbour(lines, place):
                yield line.number


def _as_entry(text: str) -> str:
    """Give a line's words for comparing: no case, no number before it."""
    plain = " ".join(text[: 2 * LONGEST_ENTRY].split()).rstrip(":").casefold()
    return HEADING_NUMBER.sub("", plain, count=1)


def _is_entry(lines: list[Line], place: int, last_seen: dict[str, int]) -> bool:
    line = lines[place]
    if len(line.text) > LONGEST_ENTRY:
        return False
    comes_back = last_seen.get(_as_entry(line.text), place) > place
    return comes_back or bool(line.style is not Style.HEADING and _PAGE_NUMBER.search(line.text)) or _is_dotted(line)


def _goes_on_to_entry(lines: list[Line], place: int) -> bool:
    """Tell whether a line is the first of two of one entry: the next one ends it with dots and a number."""
    return place + 1 < len(lines) and lines[place].style is not Style.HEADING and _is_dotted(lines[place + 1])


def _is_dotted(line: Line) -> bool:
    return len(line.text) <= 2 * LONGEST_ENTRY and bool(_DOTTED.search(line.text))


def _has_dotted_neighbour(lines: list[Line], place: int) -> bool:
    return any(0 <= near < len(lines) and _is_dotted(lines[near]) for near in (place - 1, place + 1))

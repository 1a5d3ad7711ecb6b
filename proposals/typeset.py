"""Set a plan's words as HTML: escaped, with the text's own emphasis, and with searched words marked."""

import itertools
import re
from collections.abc import Iterable, Sequence
from html import escape

from django.utils.safestring import SafeString

_TAGS = {"em": ("<em>", "</em>"), "strong": ("<strong>", "</strong>"), "found": ("<mark>", "</mark>")}


def typeset(text: str, marks: Sequence[Sequence[int | str]] = (), pattern: re.Pattern[str] | None = None) -> SafeString:
    """Set a text as HTML.

    ``marks`` are lists of start, end and kind ("em" or "strong"); ``pattern`` finds the words to mark as found. Tags
    never cross: a text is cut at every border, and each piece gets the tags that hold there.
    """
    spans = [(int(start), int(end), str(kind)) for start, end, kind in marks]
    if pattern:
        spans += [(found.start(), found.end(), "found") for found in pattern.finditer(text)]
    if not spans:
        return _with_line_breaks(escape(text))
    borders = sorted({0, len(text), *(border for start, end, _ in spans for border in (start, end))})
    pieces = (
        _tagged(text[start:end], (kind for first, last, kind in spans if first <= start and end <= last))
        for start, end in itertools.pairwise(borders)
    )
    return _with_line_breaks("".join(pieces))


def searched_words(query: str) -> list[re.Pattern[str]]:
    """Give a pattern for each word of a query, without regard to case."""
    return [re.compile(re.escape(word), re.IGNORECASE) for word in query.split()]


def any_of(patterns: Iterable[re.Pattern[str]]) -> re.Pattern[str] | None:
    """Give one pattern that finds what any of several finds, or nothing if there are none."""
    joined = "|".join(pattern.pattern for pattern in patterns)
    return re.compile(joined, re.IGNORECASE) if joined else None


def _tagged(piece: str, kinds: Iterable[str]) -> str:
    html = escape(piece)
    for kind in dict.fromkeys(kinds):
        opening, closing = _TAGS[kind]
        html = f"{opening}{html}{closing}"
    return html


def _with_line_breaks(html: str) -> SafeString:
    return SafeString(html.replace("\n", "<br>"))  # every piece was escaped above

"""Plain text: its encodings, its lines, and the few marks that people make in it."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import replace

from proposals.reading.characters import bullet_length, clean, is_lone_bullet, number_at_start
from proposals.reading.lines import Line, Style, UnreadableDocumentError

# A line ends at a line feed, with or without a carriage return; not at the other characters that splitlines() knows.
_LINE_END = re.compile(r"\r\n|\n|\r")
_RULE = re.compile(r"^\s*([-*_=])(\s*\1){2,}\s*$")

#: The byte order marks that say how a text is encoded, the longer before those that they begin with.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: What Swedish text has beside ASCII. A text in another encoding, read as Windows-1252, is full of other characters.
_SWEDISH = frozenset("åäöÅÄÖéÉèÈêáàÁÀüÜæøÆØçñôíóúïëçß–—‘’‚“”„…•·§©®°½¼¾²³´«»€£µ×\u00a0\u00ad")
# Bytes of a character in UTF-8: a text that has them is a damaged one in that encoding.
_OF_UTF_8 = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}|\xc3[\xa5\xa4\xb6\x85\x84\x96]")
#: The control characters that stand in a text file.
_CONTROLS_IN_TEXT = frozenset("\t\n\r\f\x0b\x1a")


def decode(content: bytes) -> str:
    """Decode UTF-8, UTF-16 with a byte order mark, or Windows-1252.

    :raises UnreadableDocumentError: if it is none of them, at the first line that is not UTF-8 text.
    """
    mark, encoding = next(
        ((mark, encoding) for mark, encoding in _BYTE_ORDER_MARKS if content.startswith(mark)), (b"", "utf-8")
    )
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(content[: error.start].decode(encoding, "replace"))) + 1
        text = _windows_1252(content) if not mark else ""
        if not text:
            raise UnreadableDocumentError("texten är inte kodad i UTF-8; spara om filen som UTF-8", line) from error
    if (place := text.find("\0")) >= 0:
        line = len(_LINE_END.findall(text[:place])) + 1
        raise UnreadableDocumentError("filen innehåller nolltecken och är ingen textfil; spara om den som UTF-8", line)
    return text


def _windows_1252(content: bytes) -> str:
    """Decode Windows-1252, if that gives a text that may be Swedish; else give nothing."""
    if _OF_UTF_8.search(content):
        return ""
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return ""
    if any(ord(letter) < 32 and letter not in _CONTROLS_IN_TEXT for letter in text):
        return ""
    return text if all(letter.isascii() or letter in _SWEDISH for letter in text) else ""


def split_lines(text: str) -> list[str]:
    """Split a text into its lines, without their ends; a form feed, which begins a page, is a line of its own."""
    lines = _LINE_END.split(text)
    if lines[-1] == "":
        lines.pop()
    return [
        part for line in lines for part in (re.split(r"(\f)", line) if "\f" in line else [line]) if part or not line
    ]


def read_plain_text(raws: Sequence[str]) -> list[Line]:
    """Read plain text: blank lines part paragraphs, a dash or dot begins a bullet, nothing marks a heading.

    A number begins a bullet where a list counts on: "1." with "2." after it, and no other paragraph between.
    """
    numbered = _numbered(raws)
    lines: list[Line] = []
    for number, raw in enumerate(raws, start=1):
        before = lines[-1].style if lines else Style.BLANK
        seen = clean(raw)
        if not seen.strip():
            style, text = Style.BLANK, ""
        elif _RULE.match(seen):
            style, text = Style.RULE, seen.strip()
        elif length := bullet_length(seen) or numbered.get(number - 1, 0):
            style, text = Style.BULLET, seen[length:].strip()
        elif is_lone_bullet(seen) and number < len(raws) and _is_text(raws[number]):
            style, text = Style.BULLET, ""
        else:
            style = Style.CONTINUATION if before in (Style.BULLET, Style.CONTINUATION) else Style.TEXT
            text = seen.strip()
        lines.append(Line(number, raw, text, style))
    return _indented(lines)


def _is_text(raw: str) -> bool:
    """Tell whether a line is text that may belong to the bullet above it."""
    seen = clean(raw)
    return bool(seen.strip()) and not bullet_length(seen) and not is_lone_bullet(seen)


def _numbered(raws: Sequence[str]) -> dict[int, int]:
    """Find the lines that begin the items of a numbered list, with the length of each number."""
    found: dict[int, int] = {}
    before: tuple[int, int, str, int] | None = None
    blank = True
    for place, raw in enumerate(raws):
        numeral = number_at_start(clean(raw))
        if numeral:
            number, end, length = numeral
            if before and (number, end) == (before[1] + 1, before[2]):
                found[before[0]] = before[3]
                found[place] = length
            before = (place, number, end, length)
        elif raw.strip() and blank:
            before = None
        blank = not raw.strip()
    return found


def _indented(lines: list[Line]) -> list[Line]:
    """Say how deep each bullet stands, by how far in it begins."""
    depths: list[int] = []
    found: list[Line] = []
    for line in lines:
        if line.style is Style.BULLET:
            margin = len(line.raw.expandtabs(4)) - len(line.raw.expandtabs(4).lstrip())
            while depths and depths[-1] > margin:
                depths.pop()
            if not depths or depths[-1] < margin:
                depths.append(margin)
            found.append(replace(line, indent=len(depths) - 1))
        else:
            if line.style in (Style.TEXT, Style.RULE):
                depths = []
            found.append(line)
    return found

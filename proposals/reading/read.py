"""From bytes to lines: one small reader for each format."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath

from markdown_it import MarkdownIt
from markdown_it.token import Token

from proposals.reading.lines import Line, Mark, Style, UnreadableDocumentError

# A line ends at a line feed, with or without a carriage return; not at the other characters that splitlines() knows.
_LINE_END = re.compile(r"\r\n|\n|\r")
_BULLET = re.compile(r"^\s*[-–—•▪◦·*]\s+(?=\S)")
#: What CommonMark would take for something else than text, and take away or move.
NOT_IN_PLANS = ["code", "fence", "html_block", "html_inline", "reference", "backticks", "link", "image", "autolink"]

_RULE = re.compile(r"^\s*([-*_=])(\s*\1){2,}\s*$")


def read(content: bytes, name: str) -> list[Line]:
    """Read a document into its lines, with the reader that its file name asks for.

    :raises UnreadableDocumentError: if the format is unknown, the document is empty, or it is not UTF-8 text.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        known = ", ".join(sorted(READERS))
        raise UnreadableDocumentError(f"filtypen {suffix or name} kan inte läsas; använd {known}")
    lines = READERS[suffix](split_lines(decode(content)))
    if all(line.style is Style.BLANK for line in lines):
        raise UnreadableDocumentError("dokumentet är tomt")
    return lines


def decode(content: bytes) -> str:
    """Decode UTF-8, with or without a byte order mark.

    :raises UnreadableDocumentError: at the first line that is not UTF-8 text.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len(_LINE_END.findall(content[: error.start].decode("utf-8", "replace"))) + 1
        raise UnreadableDocumentError("texten är inte kodad i UTF-8; spara om filen som UTF-8", line) from error
    if (place := text.find("\0")) >= 0:
        line = len(_LINE_END.findall(text[:place])) + 1
        raise UnreadableDocumentError("filen innehåller nolltecken och är ingen textfil", line)
    return text


def split_lines(text: str) -> list[str]:
    """Split a text into its lines, without their ends."""
    lines = _LINE_END.split(text)
    return lines[:-1] if lines[-1] == "" else lines


def read_plain_text(raws: list[str]) -> list[Line]:
    """Read plain text: blank lines part paragraphs, a dash or dot begins a bullet, nothing marks a heading."""
    lines: list[Line] = []
    for number, raw in enumerate(raws, start=1):
        before = lines[-1].style if lines else Style.BLANK
        if not raw.strip():
            style, text = Style.BLANK, ""
        elif _RULE.match(raw):
            style, text = Style.RULE, raw.strip()
        elif bullet := _BULLET.match(raw):
            style, text = Style.BULLET, raw[bullet.end() :].strip()
        else:
            style = Style.CONTINUATION if before in (Style.BULLET, Style.CONTINUATION) else Style.TEXT
            text = raw.strip()
        lines.append(Line(number, raw, text, style))
    return lines


def read_markdown(raws: list[str]) -> list[Line]:
    """Read Markdown (CommonMark): headings, lists and emphasis by its rules, everything else as text.

    A plan has no program code, HTML or links to follow in it: such marks are characters like any others, and stay.
    """
    parser = MarkdownIt("commonmark").disable(NOT_IN_PLANS)
    found: dict[int, Line] = {}
    for token, style, level in _inline_tokens(parser.parse("\n".join(raws))):
        first = token.map[0] + 1 if token.map else 1
        for step, (text, marks, breaks) in enumerate(_text_lines(token.children or [])):
            shown = Style.CONTINUATION if step and style is Style.BULLET else style
            number = first + step
            found[number] = Line(number, raws[number - 1], text, shown, level, marks, breaks)
    return [found.get(number) or _bare_line(number, raw) for number, raw in enumerate(raws, start=1)]


def _bare_line(number: int, raw: str) -> Line:
    """Give a line that carries no text: blank, a rule, or the underline of a heading."""
    return Line(number, raw, raw.strip(), Style.RULE) if raw.strip() else Line(number, raw, "", Style.BLANK)


def _inline_tokens(tokens: Iterable[Token]) -> Iterator[tuple[Token, Style, int | None]]:
    """Walk the blocks and give each run of text with what it stands in."""
    level: int | None = None
    fresh_item = False
    depth = 0
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = None
        elif token.type == "list_item_open":
            depth, fresh_item = depth + 1, True
        elif token.type == "list_item_close":
            depth -= 1
        elif token.type == "inline":
            if level is not None:
                yield token, Style.HEADING, level
            elif depth and fresh_item:
                yield token, Style.BULLET, None
            else:
                yield token, Style.CONTINUATION if depth else Style.TEXT, None
            fresh_item = False


def _text_lines(children: Iterable[Token]) -> Iterator[tuple[str, tuple[Mark, ...], bool]]:
    """Split a run of text into its source lines: what is read, what is emphasised, and whether the line breaks."""
    text = ""
    marks: list[Mark] = []
    opened: list[tuple[str, int]] = []
    for child in children:
        kind, _, edge = child.type.rpartition("_")
        if child.type in ("softbreak", "hardbreak"):
            marks += [Mark(start, len(text), name) for name, start in opened]
            yield (
                text.rstrip(),
                tuple(mark for mark in marks if mark.end > mark.start),
                child.type == "hardbreak",
            )
            text, marks, opened = "", [], [(name, 0) for name, _ in opened]
        elif kind in ("em", "strong") and edge == "open":
            opened.append((kind, len(text)))
        elif kind in ("em", "strong") and edge == "close":
            name, start = opened.pop()
            marks.append(Mark(start, len(text), name))
        else:
            text += child.content
    yield text.rstrip(), tuple(mark for mark in marks if mark.end > mark.start), False


READERS: dict[str, Callable[[list[str]], list[Line]]] = {
    ".md": read_markdown,
    ".txt": read_plain_text,
}

"""Markdown, by the rules of CommonMark."""

from collections.abc import Iterable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from proposals.reading.characters import clean
from proposals.reading.lines import Line, Mark, Style

#: What CommonMark would take for something else than text, and take away or move.
NOT_IN_PLANS = ["code", "fence", "html_block", "html_inline", "reference", "backticks", "link", "image", "autolink"]


def read_markdown(raws: Sequence[str]) -> list[Line]:
    """Read Markdown (CommonMark): headings, lists and emphasis by its rules, everything else as text.

    A plan has no program code, HTML or links to follow in it: such marks are characters like any others, and stay.
    """
    parser = MarkdownIt("commonmark").disable(NOT_IN_PLANS)
    found: dict[int, Line] = {}
    for token, style, level, indent in _inline_tokens(
        parser.parse("\n".join("" if raw == "\f" else raw for raw in raws))
    ):
        first = token.map[0] + 1 if token.map else 1
        for step, (text, marks, breaks) in enumerate(_text_lines(token.children or [])):
            shown = Style.CONTINUATION if step and style is Style.BULLET else style
            number = first + step
            found[number] = Line(number, raws[number - 1], text, shown, level, marks, breaks, indent=indent)
    return [found.get(number) or _bare_line(number, raw) for number, raw in enumerate(raws, start=1)]


def _bare_line(number: int, raw: str) -> Line:
    """Give a line that carries no text: blank, a rule, or the underline of a heading."""
    text = clean(raw).strip()
    return Line(number, raw, text, Style.RULE) if text else Line(number, raw, "", Style.BLANK)


def _inline_tokens(tokens: Iterable[Token]) -> Iterator[tuple[Token, Style, int | None, int]]:
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
                yield token, Style.HEADING, level, 0
            elif depth and fresh_item:
                yield token, Style.BULLET, None, depth - 1
            else:
                yield token, Style.CONTINUATION if depth else Style.TEXT, None, 0
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
            text += clean(child.content)
    yield text.rstrip(), tuple(mark for mark in marks if mark.end > mark.start), False

"""The little markup that a secretary may use: paragraphs, and lists with points or numbers. Pure."""

import itertools
import re
from collections.abc import Sequence
from typing import Any

_POINT = re.compile(r"[-*•–]\s+(?P<text>.+)")
_NUMBER = re.compile(r"\d{1,3}[.)]\s+(?P<text>.+)")


def blocks(text: str) -> list[dict[str, Any]]:
    """Take a text apart: an empty line ends a paragraph, and lines that begin with "- " or "1. " are a list.

    A paragraph is ``{"kind": "text", "lines": …}`` and a list ``{"kind": "points" or "numbers", "entries": …}``; what
    they hold is plain text.
    """
    found: list[dict[str, Any]] = []
    goes_on = False
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            goes_on = False
            continue
        kind, said = _kind(line)
        name = "lines" if kind == "text" else "entries"
        if found and found[-1]["kind"] == kind and (goes_on or kind != "text"):
            found[-1][name].append(said)
        else:
            found.append({"kind": kind, name: [said]})
        goes_on = True
    return found


def _kind(line: str) -> tuple[str, str]:
    if point := _POINT.fullmatch(line):
        return "points", point["text"]
    if number := _NUMBER.fullmatch(line):
        return "numbers", number["text"]
    return "text", line


def runs(text: str, marks: Sequence[Sequence[int | str]]) -> list[dict[str, Any]]:
    """Cut a text where its emphasis begins and ends: ``{"text": …, "em": …, "strong": …}`` for each piece."""
    spans = [(int(start), int(end), str(kind)) for start, end, kind in marks]
    borders = sorted({0, len(text), *(border for start, end, _ in spans for border in (start, end))})
    return [
        {"text": text[start:end], **{kind: _has(spans, kind, start, end) for kind in ("em", "strong")}}
        for start, end in itertools.pairwise(borders)
    ]


def _has(spans: Sequence[tuple[int, int, str]], kind: str, start: int, end: int) -> bool:
    return any(first <= start and end <= last for first, last, name in spans if name == kind)

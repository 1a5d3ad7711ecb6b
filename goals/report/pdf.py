"""A report as a PDF that meets PDF/UA-1: tagged, with bookmarks, in Swedish; the same snapshot gives the same bytes.

Typst sets it. What the report says is handed over as data and is never part of the markup.
"""

import datetime
import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from goals.report.glyphs import characters
from goals.report.present import present
from goals.report.snapshot import Snapshot

FONTS = Path(__file__).parent / "fonts"
SOURCE = Path(settings.BASE_DIR) / "templates" / "goals" / "report" / "report.typ"
#: What stands for no sign of its own, and so needs none in a font.
UNSEEN = frozenset("\n\t\N{SOFT HYPHEN}\N{ZERO WIDTH SPACE}")
#: What ends a line in some texts although our fonts know nothing of it.
LINE_ENDS = frozenset("\r\N{LINE SEPARATOR}\N{PARAGRAPH SEPARATOR}")
#: When a draft was made: never, for a draft's bytes are nobody's to compare.
NO_TIME = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


def to_pdf(snapshot: Snapshot, checksum: str = "", fixed_at: datetime.datetime = NO_TIME) -> bytes:
    """Set a snapshot as a PDF; without a ``checksum`` it is marked as a draft."""
    data = _drawable(present(snapshot, checksum))
    made = typst.compile(
        SOURCE.read_bytes(),
        format="pdf",
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(data)},
        pdf_standards=["ua-1"],
        timestamp=int(fixed_at.timestamp()),
    )
    return bytes(made)


@cache
def _fonts() -> typst.Fonts:
    """Give our own fonts alone, so that a report looks the same wherever it is made."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


@cache
def _characters() -> frozenset[str]:
    """Give the characters that every one of the fonts has."""
    found = [characters(path.read_bytes()) for path in sorted(FONTS.glob("*.otf"))]
    return frozenset(map(chr, set.intersection(*found))) | UNSEEN


def _drawable(data: Any) -> Any:
    """Write what no font of ours can draw as its number: "[U+1F600]". PDF/UA allows no empty boxes."""
    if isinstance(data, str):
        return "".join(sign if sign in _characters() else _instead_of(sign) for sign in data)
    if isinstance(data, dict):
        return {name: _drawable(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_drawable(value) for value in data]
    return data


def _instead_of(sign: str) -> str:
    """Give what stands for a character that cannot be drawn: nothing for what is never seen, else its number."""
    if sign in LINE_ENDS:
        return "\n"
    return "" if unicodedata.category(sign) == "Cf" else f"[U+{ord(sign):04X}]"

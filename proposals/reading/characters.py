"""Single characters: which ones no reader sees, and which ones begin a bullet."""

import re

#: A hyphen that shows only where a line ends in the middle of a word.
SOFT_HYPHEN = "\u00ad"

# Marks of direction, zero-width spaces and joiners of words, and control characters. What joins or parts letters of
# other scripts (U+200C and U+200D) is part of how a word is spelt, and stays.
_UNSEEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f-\x9f]"
)
_WIDTHS = re.compile("[\t\x0b\x0c\u00a0\u2000-\u200a\u202f\u205f\u3000\u2028\u2029\x85]")
_SURROGATE = re.compile("[\ud800-\udfff]")

#: Symbol fonts have their bullets in the private use area; where a line begins with one, that is what it is.
_PRIVATE_USE = "\ue000-\uf8ff"
_DASHES = "-–—"
_DOTS = "•▪▫◦·*●○■□‣⁃∙➢➤►▶▸✓✔❖◆◇✗➔→\u2610\u2611"
BULLET_GLYPHS = f"{_DASHES}{_DOTS}{_PRIVATE_USE}"

_BULLET = re.compile(rf"^\s*[{BULLET_GLYPHS}](?:\s+(?=\S)|(?<=[{_PRIVATE_USE}•▪●■➢])(?=\w))")
_LONE_BULLET = re.compile(rf"^\s*[{_DOTS}{_PRIVATE_USE}–-]\s*$")
_NUMBER = re.compile(r"^\s*(?P<number>\d{1,3})(?P<end>[.)])\s+(?=\S)")


def clean(text: str) -> str:
    """Give a text without the characters that no reader sees, with every kind of space as a plain one."""
    return _SURROGATE.sub("\ufffd", _WIDTHS.sub(" ", _UNSEEN.sub("", text)))


def bullet_length(text: str) -> int:
    """Count the characters of the bullet that a line begins with; 0 if it has none."""
    found = _BULLET.match(text)
    return found.end() if found else 0


def is_lone_bullet(text: str) -> bool:
    """Tell whether a line is a bullet and nothing else, its text being on the next line."""
    return bool(_LONE_BULLET.match(text))


def number_at_start(text: str) -> tuple[int, str, int] | None:
    """Give the number that a line begins with ("3." or "3)"), what ends it, and the length of both."""
    found = _NUMBER.match(text)
    return (int(found["number"]), found["end"], found.end()) if found else None

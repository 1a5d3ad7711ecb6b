"""Texts that people write into our forms."""

import unicodedata


def plain(text: str) -> str:
    """Take away what cannot be seen and can turn a text around, but for the ends of lines."""
    return "".join(sign for sign in text if sign in "\r\n\t" or unicodedata.category(sign) not in ("Cc", "Cf"))


def tidy(text: str) -> str:
    """Give a text on one line, without what cannot be seen."""
    return " ".join(plain(text).split())

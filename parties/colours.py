"""The colours of party badges: data, held to the contrast that WCAG 2.2 asks of text."""

import re

from django.core.validators import RegexValidator

#: WCAG 2.2, success criterion 1.4.3: at least 4.5:1 for text of ordinary size.
LEAST_CONTRAST = 4.5

_COLOUR = re.compile(r"\A#[0-9A-Fa-f]{6}\Z")

validate_colour = RegexValidator(_COLOUR, "Ange färgen som # och sex tecken, till exempel #000077.")


def is_colour(text: str) -> bool:
    """Tell whether a text is a colour written as ``#RRGGBB``."""
    return bool(_COLOUR.match(text))


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio, from 1 to 21, of two colours written as ``#RRGGBB`` (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[place : place + 2], 16) / 255) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

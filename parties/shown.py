"""What pages show many times over, made ready for the templates (docs/decisions/0030-rendering.md)."""

from collections.abc import Hashable
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from parties.models import Party

#: How many fragments a process keeps: there are some statuses, and a badge for each party.
MOST_KEPT = 2000


class Shown:
    """A row of a page, whose attributes templates reach at the first try.

    For every name Django's templates first try ``row["name"]``. Where that fails they go on to ``row.name``, but the
    failure takes several times as long as the rest.
    """

    __slots__ = ()
    __getitem__ = object.__getattribute__


def fragment(template: str, **values: Hashable) -> SafeString:
    """Render a small template that shows nothing but some values, the first time; then give the same again.

    The values must be such that two that are equal look the same, as words are, and rows of the database are not.
    """
    render = _render.__wrapped__ if settings.DEBUG else _render
    return render(template, tuple(values.items()))


@lru_cache(MOST_KEPT)
def _render(template: str, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return render_to_string(template, dict(values))


class _Badge(NamedTuple):
    """What a party's badge is drawn from."""

    abbreviation: str
    fill: str
    ink: str
    badge_width: int


def badge(party: Party) -> SafeString:
    """Give a party's badge as HTML."""
    drawn_from = _Badge(party.abbreviation, party.fill, party.ink, party.badge_width)
    return fragment("includes/badge.html", party=drawn_from)

"""What pages show many times over, made ready for the templates (docs/decisions/0030-rendering.md)."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from parties.models import Party

Render = TypeVar("Render", bound=Callable[..., Any])

#: How many fragments a process keeps, the latest used: statuses, badges of parties, and what goals are set in.
MOST_KEPT = 5000
#: What marks a hole while its pattern is made; no text has it, since PostgreSQL keeps none that does.
_EDGE = "\0"

# Who changes a template sees it at once.
_kept: Callable[[Render], Render] = (lambda render: render) if settings.DEBUG else lru_cache(MOST_KEPT)  # type: ignore[assignment]


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
    return _render(template, tuple(values.items()))


@_kept
def _render(template: str, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return render_to_string(template, dict(values))


def pattern(template: str, holes: tuple[str, ...], **values: Hashable) -> str:
    """Render a template in the same way, but with holes in place of what is another each time.

    ``pattern(…) % {"hole": html}`` fills them, which takes a tenth of the time of a template. Within the template a
    hole is a value like any other. What fills it must be HTML already.
    """
    return _render_pattern(template, holes, tuple(values.items()))


@_kept
def _render_pattern(template: str, holes: tuple[str, ...], values: tuple[tuple[str, Hashable], ...]) -> str:
    marked = {name: SafeString(f"{_EDGE}({name})s") for name in holes}
    return render_to_string(template, {**dict(values), **marked}).replace("%", "%%").replace(_EDGE, "%")


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

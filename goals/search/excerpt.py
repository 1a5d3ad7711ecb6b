"""The words of a hit as a reader sees them: what was found is marked, and long texts are cut around it."""

from collections.abc import Iterable, Sequence

from django.utils.safestring import SafeString, mark_safe

from goals.search.meaning import Row
from proposals.typeset import typeset
from proposals.words import places_of

#: How long an excerpt is about, and how much of the text before what was found it begins with.
LENGTH, BEFORE = 320, 90
#: A text that is little longer than an excerpt is shown whole.
WHOLE = 420

Span = tuple[int, int]


def found_in(text: str, rows: Iterable[Row]) -> list[Span]:
    """Tell where in a text the words stand that it was found by, from sign to sign, in order."""
    places = list(places_of(text))
    words = [set(said) for _, _, said in places]
    single: set[str] = set()
    longer: list[Row] = []
    for row in rows:
        if len(row) == 1:
            single |= row[0]
        else:
            longer.append(row)
    marked = {at for at, said in enumerate(words) if said & single}
    for row in longer:
        for at in range(len(words) - len(row) + 1):
            if all(words[at + step] & place for step, place in enumerate(row)):
                marked.update(range(at, at + len(row)))
    return [places[at][:2] for at in sorted(marked)]


def excerpt(text: str, marks: Sequence[Sequence[int | str]], rows: Iterable[Row]) -> SafeString:
    """Give a text as HTML, with what was found marked; a long one is cut around where most of it stands."""
    spans = found_in(text, rows)
    first, last = (0, len(text)) if len(text) <= WHOLE else _window(text, spans)
    inside = [
        (max(int(start), first) - first, min(int(end), last) - first, kind)
        for start, end, kind in [*marks, *((start, end, "found") for start, end in spans)]
        if int(start) < last and int(end) > first
    ]
    html = typeset(text[first:last], inside)
    before, after = "… " if first else "", " …" if last < len(text) else ""
    return mark_safe(f"{before}{html}{after}")  # noqa: S308 - typeset escapes, and the rest is ours


def _window(text: str, spans: Sequence[Span]) -> Span:
    """Choose a piece of a text, from a word to a word, that has as much as possible of what was found."""
    starts = [max(0, start - BEFORE) for start, _ in spans] or [0]
    best = max(starts, key=lambda at: (sum(at <= start < at + LENGTH - 20 for start, _ in spans), -at))
    first = best and text.find(" ", best) + 1
    last = text.rfind(" ", first, first + LENGTH) if first + LENGTH < len(text) else len(text)
    return first, last if last > first else min(len(text), first + LENGTH)

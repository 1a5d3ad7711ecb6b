"""The plan page: a plan's headings and passages, arranged to be read as a document."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Protocol

from django.utils.safestring import SafeString

from parties.shown import Shown
from proposals.models import Passage, Section
from proposals.typeset import typeset


class Mark(Protocol):
    """What a page says beside a goal: at least its number."""

    @property
    def number(self) -> int:
        """The goal's number in the plan."""


@dataclass(frozen=True, slots=True)
class Piece(Shown):
    """A passage with its words as HTML, its anchor, and its place as one cites it.

    ``mark`` is what the page says beside it if it is a goal, whoever gave it.
    """

    kind: str
    anchor: str
    lines: str
    sic: list[str]
    html: SafeString
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Group(Shown):
    """Passages that stand together: the points of one list, or running text."""

    is_list: bool
    pieces: tuple[Piece, ...]


@dataclass
class Part(Shown):
    """A heading with what stands under it; ``section`` is ``None`` before the first heading."""

    section: Section | None
    passages: list[Passage] = field(default_factory=list)
    marks: Mapping[int, Mark] = field(default_factory=dict)

    @property
    def groups(self) -> list[Group]:
        """The passages, grouped into lists and running text."""
        return [
            Group(is_list, tuple(self._piece(passage) for passage in passages))
            for is_list, passages in groupby(self.passages, key=is_point)
        ]

    def _piece(self, passage: Passage) -> Piece:
        words = typeset(passage.text, passage.marks)
        return Piece(passage.kind, passage.anchor, passage.lines, passage.sic, words, self.marks.get(passage.pk))

    @property
    def tag(self) -> str:
        """The heading's element: the plan's title is h1, so its own levels begin at h2."""
        return f"h{min((self.section.level if self.section else 1) + 1, 6)}"

    @cached_property
    def goal_numbers(self) -> str:
        """The numbers of the goals under the heading, "3–18", or nothing."""
        numbers = [self.marks[passage.pk].number for passage in self.passages if passage.pk in self.marks]
        if not numbers:
            return ""
        in_order = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        return f"{numbers[0]}–{numbers[-1]}" if in_order and len(numbers) > 1 else ", ".join(map(str, numbers))


def is_point(passage: Passage) -> bool:
    """Tell whether a passage is a point of a list."""
    return passage.kind in (Passage.Kind.GOAL, Passage.Kind.POINT)


def arrange(
    sections: Sequence[Section],
    passages: Iterable[Passage],
    *,
    goals_only: bool,
    marks: Mapping[int, Mark],
) -> list[Part]:
    """Put the passages of a plan under their headings, in the document's order.

    With ``goals_only``, only goals and the headings that lead to one are kept. ``marks`` is what to show beside goals,
    by the keys of their passages.
    """
    parts = {section.pk: Part(section, marks=marks) for section in sections}
    front = Part(None, marks=marks)
    for passage in passages:
        if not goals_only or passage.kind == Passage.Kind.GOAL:
            (parts[passage.section_id] if passage.section_id else front).passages.append(passage)
    kept = list(parts.values())
    if goals_only:
        wanted = _with_those_above([part.section for part in kept if part.passages], sections)
        kept = [part for part in kept if part.section in wanted]
    return [front, *kept] if front.passages else kept


def _with_those_above(chosen: Iterable[Section | None], sections: Sequence[Section]) -> set[Section]:
    """Give some of a plan's sections together with those that they stand under."""
    by_pk = {section.pk: section for section in sections}
    wanted: set[Section] = set()
    for section in chosen:
        above = section
        while above:
            wanted.add(above)
            above = by_pk.get(above.parent_id) if above.parent_id else None
    return wanted

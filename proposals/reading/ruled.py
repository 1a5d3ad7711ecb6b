"""Tables that have lines around their cells: where the cells are, from the strokes that are drawn on a page."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: A stroke is so thin, in points; strokes that nearly meet are so near.
THIN = 3.0
NEAR = 4.0
#: A cell is at least so wide and so high.
SMALLEST_CELL = 8.0
#: A page with more strokes than this has a drawing on it, not a table.
MOST_STROKES = 800


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a page, in points from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, across: float, down: float) -> bool:
        """Tell whether a point lies in the area."""
        return self.left <= across <= self.right and self.top <= down <= self.bottom


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell of a table: where it is, and its row and column from 1; ``is_alone`` says that its row has no other."""

    area: Area
    row: int
    column: int
    is_alone: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table: where it is, and its cells, row by row."""

    area: Area
    cells: tuple[Slot, ...]


def tables_of(shapes: Iterable[Area]) -> list[Table]:
    """Find the tables of a page: upright and level strokes that meet around at least two columns of cells."""
    upright: list[Area] = []
    level: list[Area] = []
    for shape in shapes:
        for stroke in _edges(shape):
            if stroke.right - stroke.left <= THIN < stroke.bottom - stroke.top:
                upright.append(stroke)
            elif stroke.bottom - stroke.top <= THIN < stroke.right - stroke.left:
                level.append(stroke)
    if len(upright) + len(level) > MOST_STROKES:
        return []
    tables = (_table(group) for group in _groups([*upright, *level]))
    return sorted((table for table in tables if table), key=lambda table: table.area.top)


def _edges(shape: Area) -> list[Area]:
    """Give the edges of a box, or the stroke itself."""
    if shape.right - shape.left <= THIN or shape.bottom - shape.top <= THIN:
        return [shape]
    return [
        Area(shape.left, shape.top, shape.right, shape.top),
        Area(shape.left, shape.bottom, shape.right, shape.bottom),
        Area(shape.left, shape.top, shape.left, shape.bottom),
        Area(shape.right, shape.top, shape.right, shape.bottom),
    ]


def _groups(strokes: Sequence[Area]) -> list[list[Area]]:
    """Put together the strokes that meet, directly or by others."""
    groups: list[tuple[Area, list[Area]]] = []
    for stroke in strokes:
        area, own = stroke, [stroke]
        apart = []
        for other, members in groups:
            if _meet(area, other):
                area, own = _around(area, other), own + members
            else:
                apart.append((other, members))
        groups = [*apart, (area, own)]
    return [members for _, members in groups]


def _meet(one: Area, other: Area) -> bool:
    return (
        one.left <= other.right + NEAR
        and other.left <= one.right + NEAR
        and one.top <= other.bottom + NEAR
        and other.top <= one.bottom + NEAR
    )


def _around(one: Area, other: Area) -> Area:
    return Area(
        min(one.left, other.left), min(one.top, other.top), max(one.right, other.right), max(one.bottom, other.bottom)
    )


def _table(strokes: Sequence[Area]) -> Table | None:
    """Lay out the cells that strokes part, unless it is only a frame or a line under something."""
    upright = [stroke for stroke in strokes if stroke.bottom - stroke.top > THIN]
    level = [stroke for stroke in strokes if stroke.right - stroke.left > THIN]
    across = _places(stroke.left for stroke in upright)
    down = _places(stroke.top for stroke in level)
    if len(across) < 3 or len(down) < 2:
        return None
    cells: list[Slot] = []
    for row, (top, bottom) in enumerate(itertools.pairwise(down), start=1):
        middle = (top + bottom) / 2
        cuts = [
            place
            for place in across
            if place in (across[0], across[-1])
            or any(abs(one.left - place) < NEAR and one.top <= middle <= one.bottom for one in upright)
        ]
        cells += [
            Slot(Area(left, top, right, bottom), row, across.index(left) + 1, len(cuts) == 2)
            for left, right in itertools.pairwise(cuts)
        ]
    return Table(Area(across[0], down[0], across[-1], down[-1]), tuple(cells))


def _places(values: Iterable[float]) -> list[float]:
    """Give the places where strokes stand, those that are nearly the same as one."""
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > SMALLEST_CELL:
            places.append(value)
    return places

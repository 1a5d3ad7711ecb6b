"""What a table of open data is: its columns, what each means, and the rows, read as they are written."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import models
from django.db.models import Q

from proposals.models import PlanYear

#: How many rows are asked of the database at a time, and so held in memory.
CHUNK = 1000


class Kind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    INTEGER = "heltal"
    NUMBER = "tal"
    BOOLEAN = "ja eller nej"
    DATE = "datum"
    MOMENT = "tidpunkt"
    LIST = "lista"
    LINK = "adress"


class Voice(StrEnum):
    """Whose words or judgement a column has."""

    PARTY = "partiets plan"
    COMMITTEE = "nämnden"
    SITE = "Nämndkollen"


def as_read(*values: Any) -> Any:
    """Give the one value that was read, as it is."""
    return values[0]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what stands in it, whose it is, what it means, and where it is read.

    ``make`` makes the value of what ``reads`` names in the database. ``within`` gives the condition by which the API
    finds rows that have a value here, where it does; ``choices`` are the values that there are, with their names.
    """

    name: str
    kind: Kind
    meaning: str
    example: Any
    voice: Voice = Voice.SITE
    reads: tuple[str, ...] = ()
    make: Callable[..., Any] = as_read
    unit: str = ""
    width: float = 14
    choices: Mapping[str, str] = field(default_factory=dict)
    within: Callable[[Any], Q] | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """What it is read from: a field of its own name unless something else is said."""
        return self.reads or (self.name,)

    @property
    def may_be_empty(self) -> bool:
        """Tell whether JSON has null where there is nothing; texts and lists are then empty."""
        return self.kind not in (Kind.TEXT, Kind.LIST, Kind.LINK, Kind.BOOLEAN)


#: Gives a table's rows as they were, or as they are, at a moment.
Query = Callable[[datetime.datetime | None], "models.QuerySet[Any]"]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name in addresses, its title, what it has, its columns and its rows.

    ``of_year`` gives the condition that a row belongs to a plan year. ``has_history`` says that it can be read as it
    was on an earlier day, ``has_example`` that something in it may be invented for demonstration.
    """

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    query: Query
    of_year: Callable[[PlanYear], Q]
    has_history: bool = False
    has_example: bool = False

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    @property
    def has_parties_words(self) -> bool:
        """Tell whether a column has the parties' own words."""
        return any(column.voice == Voice.PARTY for column in self.columns)

    def column(self, name: str) -> Column:
        """Give a column by its name."""
        return next(column for column in self.columns if column.name == name)

    def find(self, plan_year: PlanYear | None = None, at: datetime.datetime | None = None) -> "models.QuerySet[Any]":
        """Find the rows, of a plan year if one is given, in an order that new rows come last in."""
        found = self.query(at).order_by("pk")
        return found.filter(self.of_year(plan_year)) if plan_year else found

    def page(
        self, found: "models.QuerySet[Any]", after: int, most: int, *, is_narrow: bool = False
    ) -> tuple[list[Row], int]:
        """Give the first rows of what was found after a key, and the last one's key where there are more, or else 0.

        ``is_narrow`` says that few of all rows are found: they are then found first and put in order by themselves, for
        the database would else go through all rows in order until it has met enough of them.
        """
        found = found.filter(pk__gt=after)
        if is_narrow:
            in_order = found.order_by(models.F("pk") + 0).values_list("pk", flat=True)[: most + 1]
            found = found.filter(pk__in=list(in_order))
        paths: list[str] = list(dict.fromkeys(path for column in self.columns for path in column.paths))
        recipe = [(column.make, [1 + paths.index(path) for path in column.paths]) for column in self.columns]
        read = list(found.values_list("pk", *paths)[: most + 1])
        rows = [tuple(make(*[values[place] for place in places]) for make, places in recipe) for values in read[:most]]
        return rows, read[most - 1][0] if len(read) > most else 0

    def read(self, found: "models.QuerySet[Any]") -> Iterator[Row]:
        """Give the rows of what was found, a page at a time, so that a million take no more memory than a thousand.

        Page by key and not with a cursor in the database, so that a slow reader holds nothing there, and the first row
        comes at once.
        """
        rows, after = self.page(found, 0, CHUNK)
        yield from rows
        while after:
            rows, after = self.page(found, after, CHUNK)
            yield from rows


def value_in_json(value: Any) -> Any:
    """Give a value as JSON has it: a number for a number, ISO 8601 for a day and a moment."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, datetime.date) else value


def in_json(table: Table, row: Row) -> dict[str, Any]:
    """Give a row as JSON has it, by the names of its columns."""
    return {name: value_in_json(value) for name, value in zip(table.names, row, strict=True)}

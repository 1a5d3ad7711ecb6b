"""What the API takes and gives, made of the tables' own columns, so that it and the files never disagree."""

import datetime
import uuid
from typing import Any, Literal

from ninja import Schema
from pydantic import Field, create_model

from goals.data.columns import Column, Kind, Table, value_in_json

#: How many rows a page has where nothing is said, and at most.
USUAL, MOST = 100, 500

_TYPES: dict[Kind, Any] = {
    Kind.TEXT: str,
    Kind.LINK: str,
    Kind.INTEGER: int,
    Kind.NUMBER: float,
    Kind.BOOLEAN: bool,
    Kind.DATE: datetime.date,
    Kind.MOMENT: datetime.datetime,
    Kind.LIST: list[str],
}
#: What a filter takes: no zero, which PostgreSQL refuses, and nothing longer than any name.
_WORDS = {"max_length": 150, "pattern": "^[^\\x00]*$"}


def row_model(table: Table) -> type[Schema]:
    """Give the model of a table's rows."""
    fields = {column.name: (_type(column), Field(description=column.meaning)) for column in table.columns}
    made: Any = create_model
    row: type[Schema] = made(f"Row_{table.name}", __base__=Schema, __doc__=table.about, **fields)
    return row


def page_model(table: Table, row: type[Schema]) -> type[Schema]:
    """Give the model of a page of a table's rows."""
    return create_model(
        f"Page_{table.name}",
        __base__=Schema,
        rows=(list[row], Field(description="Raderna.")),  # type: ignore[valid-type]
        next=(str | None, Field(description="Adressen till nästa sida, eller null på den sista.")),
    )


def asked_model(table: Table) -> type[Schema]:
    """Give the model of what may be asked of a table."""
    fields: dict[str, Any] = {
        column.name: (_filter_type(column), Field(None, description=column.meaning, **_limits(column)))
        for column in filters_of(table)
    }
    if table.has_history:
        about = "Läget i slutet av en dag, svensk tid: det som var skrivet då."
        fields["as_of"] = (datetime.date, Field(None, description=about))
    about = "Var sidan börjar: det som står i next. Skriv den inte själv."
    fields["cursor"] = (str, Field(None, description=about, max_length=40, pattern="^[A-Za-z0-9_=-]+$"))
    fields["limit"] = (int, Field(USUAL, description="Så många rader på en sida.", ge=1, le=MOST))
    return create_model(f"Asked_{table.name}", __base__=Schema, **fields)


def filters_of(table: Table) -> list[Column]:
    """Give the columns that rows may be chosen by."""
    return [column for column in table.columns if column.within]


def _type(column: Column) -> Any:
    return _TYPES[column.kind] | None if column.may_be_empty else _TYPES[column.kind]


def _filter_type(column: Column) -> Any:
    if column.name == "key":
        return uuid.UUID
    if column.choices:
        return Literal[tuple(column.choices)]
    return str if column.kind == Kind.LIST else _TYPES[column.kind]


def _example(column: Column) -> Any:
    """Give a value to choose rows by; of a list, one that stands in it."""
    return column.example[0] if column.kind == Kind.LIST else value_in_json(column.example)


def _limits(column: Column) -> dict[str, Any]:
    limits: dict[str, Any] = {"json_schema_extra": {"example": _example(column)}}
    if column.kind == Kind.INTEGER:
        return limits | {"ge": 0, "le": 32_767}
    return limits if column.choices or column.name == "key" else limits | _WORDS

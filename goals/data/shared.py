"""Columns that several tables have: where a row belongs, and how what is recorded is written."""

import datetime
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Q

from goals.data.columns import Column, Kind, Voice


def whole(path: str) -> str:
    """Give the whole address of a path on this site, which stays the same wherever a file is read."""
    return f"{settings.SITE_ADDRESS}{path}"


def equal(path: str) -> Callable[[Any], Q]:
    """Give the condition that a field has a value."""
    return lambda value: Q(**{path: value})


def at_address(path: str) -> Callable[[Any], Q]:
    """Give the condition that a committee has an address such as ``eskilstuna/socialnamnden``."""

    def condition(value: str) -> Q:
        municipality, _, committee = value.partition("/")
        return Q(**{f"{path}municipality__slug": municipality, f"{path}slug": committee})

    return condition


def text(value: Any) -> str:
    """Give a text, empty where there is none."""
    return value or ""


def pair(*parts: str) -> str:
    """Put the parts of an address together."""
    return "/".join(parts)


def of_municipality(path: str) -> tuple[Column, ...]:
    """Give the columns that say which municipality a row belongs to."""
    code, name = f"{path}code", f"{path}name"
    return (
        Column(
            "municipality_code",
            Kind.TEXT,
            "Kommunens kod hos SCB, fyra siffror. Text, för att den kan börja med en nolla.",
            "0484",
            reads=(code,),
            within=equal(code),
            width=10,
        ),
        Column("municipality", Kind.TEXT, "Kommunens namn.", "Eskilstuna", reads=(name,), width=16),
    )


def of_committee(path: str) -> tuple[Column, ...]:
    """Give the columns that say which committee a row belongs to; ``path`` leads to the committee."""
    return (
        *of_municipality(f"{path}__municipality__"),
        Column(
            "committee_address",
            Kind.TEXT,
            "Nämndens adress på webbplatsen: kommunens del och nämndens. Med den känns nämnden igen i alla filer.",
            "eskilstuna/socialnamnden",
            reads=(f"{path}__municipality__slug", f"{path}__slug"),
            make=pair,
            within=at_address(f"{path}__"),
            width=28,
        ),
        Column("committee", Kind.TEXT, "Nämndens namn.", "Socialnämnden", reads=(f"{path}__name",), width=18),
    )


def of_year(path: str) -> tuple[Column, ...]:
    """Give the columns that say which plan year a row belongs to; ``path`` leads to the plan year."""
    return (
        *of_committee(f"{path}__committee"),
        Column(
            "year",
            Kind.INTEGER,
            "Planåret: det år som partiernas planer gäller.",
            2017,
            reads=(f"{path}__year",),
            within=equal(f"{path}__year"),
            width=8,
        ),
    )


def of_party(path: str) -> tuple[Column, ...]:
    """Give the columns that say which party a row belongs to; ``path`` leads to the party."""
    return (
        Column(
            "party_abbreviation",
            Kind.TEXT,
            "Partiets förkortning. Tillsammans med numret är den hur ett mål citeras: ”V 25”.",
            "V",
            reads=(f"{path}__abbreviation",),
            within=equal(f"{path}__abbreviation"),
            width=8,
        ),
        Column("party", Kind.TEXT, "Partiets namn.", "Vänsterpartiet", reads=(f"{path}__name",), width=22),
    )


def said(name: str, *, parse: Callable[[Any], Any] = text) -> Callable[[Any], Any]:
    """Give what takes one thing out of a record that was read as JSON, and the nothing of its kind without a record."""

    def take(record: Any) -> Any:
        value = (record or {}).get(name)
        return parse(value)

    return take


def day(value: Any) -> datetime.date | None:
    """Read a day out of JSON."""
    return datetime.date.fromisoformat(value) if value else None


def number(value: Any) -> Decimal | None:
    """Read a number out of JSON, where it is written as text so that nothing of it is lost."""
    return Decimal(value) if value is not None else None


def json_list(value: Any) -> list[str]:
    """Give a list that the database keeps as JSON."""
    return [each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in value or []]


EXAMPLE = Column(
    "exempel",
    Kind.BOOLEAN,
    "Om uppgiften är påhittad för att visa hur webbplatsen fungerar. Räkna inte med den i en artikel.",
    False,
    voice=Voice.COMMITTEE,
    reads=("is_example",),
    width=9,
)

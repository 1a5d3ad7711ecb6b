"""Numbers and days as Swedish texts give them; pure."""

import datetime


def written_number(value: object) -> str:
    """Write a number with a decimal comma and no needless zeros: "76", "4,5"."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def target_words(value: object, unit: str, bound: str = "") -> str:
    """Write a target as a text states it: "minst 97 %"; empty where there is no value."""
    if value is None:
        return ""
    words = " ".join(part for part in (bound, written_number(value), unit) if part)
    return words.replace(" %", "\N{NO-BREAK SPACE}%")


def last_day(due_on: datetime.date | None, due_year: int | None) -> datetime.date | None:
    """Give the day that a text sets as the last: the one that it names, or else the end of its year."""
    return due_on or (datetime.date(due_year, 12, 31) if due_year else None)

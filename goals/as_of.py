"""The moment that a page shows: now, the end of a day that the address names with ``per``, or the end of a period."""

import datetime
from dataclasses import dataclass

from django.utils import timezone

#: No follow-up is older than this.
FIRST_YEAR = 1971


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day at whose end things are shown as they stood; without one, now. ``problem`` says why a day was refused.

    ``until`` is the last day of a period: with it, only what speaks of that day or one before it is shown, also if it
    was written later, as the judgements of a period are.
    """

    day: datetime.date | None = None
    problem: str = ""
    until: datetime.date | None = None

    @classmethod
    def read(cls, text: str) -> "AsOf":
        """Read the day from an address; one that is not valid is now, with the problem in words."""
        if not text:
            return cls()
        try:
            day = datetime.date.fromisoformat(text)
        except ValueError:
            return cls(problem=f"”{text[:20]}” är inget datum. Skriv det som 2017-08-31.")
        if day > timezone.localdate():
            return cls(problem="Datumet ligger i framtiden. Läget visas som det är i dag.")
        if day.year < FIRST_YEAR:
            return cls(problem=f"Det finns ingen uppföljning före {FIRST_YEAR}. Läget visas som det är i dag.")
        return cls(day)

    @property
    def moment(self) -> datetime.datetime | None:
        """The moment before which things were recorded; ``None`` is now."""
        if self.day is None:
            return None
        after = self.day + datetime.timedelta(days=1)
        return timezone.make_aware(datetime.datetime.combine(after, datetime.time()))

    @property
    def date(self) -> datetime.date:
        """The day that is shown; of a period that has not ended, as far as it has come."""
        day = self.day or timezone.localdate()
        return min(self.until, day) if self.until else day

    @property
    def query(self) -> str:
        """What to put after an address so that its page shows the same moment."""
        return f"?per={self.day.isoformat()}" if self.day else ""


NOW = AsOf()

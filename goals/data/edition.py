"""Which edition of the data there is: the same as long as nothing in it has changed, asked without reading any row."""

import datetime
from dataclasses import dataclass
from hashlib import sha256

from django.conf import settings

from parties.release import release
from proposals.models import EditionNumber, PlanYear

#: Raised when the files' own form changes, so that nobody is told that an old file is still the one.
FORM = 2
#: When an edition that has nothing was made.
NEVER = datetime.datetime(2017, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class DataEdition:
    """An edition: its name, which is the same in every process, and when the latest change in it was made."""

    name: str
    changed_at: datetime.datetime

    def tag(self, *parts: str) -> str:
        """Give the ETag of something that is made of the edition and of nothing else."""
        return f'"{self.mark(*parts)}"'

    def mark(self, *parts: str) -> str:
        """Give a mark of something that this program makes of the edition: another may make other bytes of it."""
        return _short(self.name, release(), *parts)


def edition_of(plan_year: PlanYear | None = None) -> DataEdition:
    """Give the edition of a plan year's data, or of all, in one query."""
    numbers = EditionNumber.objects
    found = numbers.of([plan_year.pk]) if plan_year else numbers.of_all()
    where = plan_year.pk if plan_year else ""
    return DataEdition(_short(FORM, settings.SITE_ADDRESS, where, *found), found.changed_at or NEVER)


def _short(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()[:20]

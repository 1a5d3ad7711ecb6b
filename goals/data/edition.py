"""Which edition of the data there is: the same as long as nothing in it has changed, asked without reading any row.

Nothing is deleted from the records and the audit log, and each change makes a row there. So how many rows these have
and when the latest was written tells one edition from another, also where something that was begun earlier is
committed later. What is not in the audit log (names of municipalities, committees and parties) is little, and is
taken as it is.
"""

import datetime
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.postgres.aggregates import StringAgg
from django.db import models
from django.db.models import Count, Max, Value
from django.db.models.functions import MD5, Cast, Concat

from goals.models import (
    AlignedParty,
    Alignment,
    Goal,
    Issue,
    Mention,
    ReportingPeriod,
    Topic,
)
from goals.models.records import KINDS
from parties.models import Committee, Party
from proposals.models import PlanYear, Proposal

#: Raised when the files' own form changes, so that nobody is told that an old file is still the one.
FORM = 1
#: When an edition that has nothing was made.
NEVER = datetime.datetime(2017, 1, 1, tzinfo=datetime.UTC)
#: What the audit log has, and how it leads to the plan year.
_LOGGED: dict[type[models.Model], str] = {
    Goal: "proposal__plan_year",
    Proposal: "plan_year",
    ReportingPeriod: "plan_year",
    Alignment: "plan_year",
    AlignedParty: "alignment__plan_year",
    Mention: "passage__proposal__plan_year",
    Topic: "committee__plan_years",
    Issue: "committee__plan_years",
}


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition: its name, which is the same in every process, and when the latest change in it was made."""

    name: str
    changed_at: datetime.datetime

    def tag(self, *parts: str) -> str:
        """Give the ETag of something that is made of the edition and of nothing else."""
        return f'"{_short(self.name, *parts)}"'


def edition_of(plan_year: PlanYear | None = None) -> Edition:
    """Give the edition of a plan year's data, or of all, in one query."""
    queries = [_counted(kind.objects.all(), "recorded_at", "goal__proposal__plan_year", plan_year) for kind in KINDS]
    queries += [
        _counted(model.pgh_event_model._base_manager.all(), "pgh_created_at", path, plan_year)  # type: ignore[attr-defined]
        for model, path in _LOGGED.items()
    ]
    queries += [_named(Party.objects.all(), "name", "abbreviation", "slug")]
    committees = Committee.objects.filter(pk=plan_year.committee_id) if plan_year else Committee.objects.all()
    queries += [_named(committees, "name", "slug", "municipality__name", "municipality__slug", "municipality__code")]
    found = sorted(queries[0].union(*queries[1:], all=True))
    moments = [moment for _, _, moment, _ in found if moment]
    where = plan_year.pk if plan_year else ""
    return Edition(_short(FORM, settings.SITE_ADDRESS, where, found), max(moments, default=NEVER))


def _short(*parts: object) -> str:
    return sha256(repr(parts).encode()).hexdigest()[:20]


def _counted(rows: "models.QuerySet[Any]", moment: str, path: str, plan_year: PlanYear | None) -> Any:
    """Ask how many rows there are and when the latest was written."""
    within = rows.filter(**{path: plan_year}) if plan_year else rows
    return _one(within, n=Count("pk"), latest=Max(moment), names=Value(""))


def _named(rows: "models.QuerySet[Any]", *fields: str) -> Any:
    """Ask what rows are called."""
    words: Any = Concat(*(part for field in fields for part in (field, Value("|"))), output_field=models.TextField())
    names = MD5(StringAgg(words, delimiter=Value("\n"), order_by="pk"))
    return _one(rows, n=Count("pk"), latest=Cast(Value(None), models.DateTimeField()), names=names)


def _one(rows: "models.QuerySet[Any]", **asked: Any) -> Any:
    table = Value(rows.model._meta.db_table)
    return rows.order_by().values(table=table).annotate(**asked).values_list("table", "n", "latest", "names")

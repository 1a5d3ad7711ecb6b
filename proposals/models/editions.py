"""The edition: a number that grows with every change that readers may see, which tells what was made before it as old.

The database raises it itself, in the transaction that makes the change, so that nobody sees the one without the other.
It does so when the transaction ends: whoever writes waits for another writer of the same plan year only while that one
commits, and never while holding what the other needs.
"""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

import pgtrigger
from django.db import connections, models
from django.db.models.constants import LOOKUP_SEP

from parties.models import Committee, Municipality, Party

#: What has no plan year of its own: municipalities, committees, parties, and which plan years there are.
SITE = 0


class Edition(NamedTuple):
    """What edition (utgåva) of some plan years there is: the sum of their numbers, and when the latest change was made.

    Two that are equal mean that nothing has changed. ``moments``, the sum of all times in microseconds, tells two apart
    that got the same number, one before and one after an older database was put back.
    """

    number: int
    changed_at: datetime.datetime | None
    moments: int


_SUMS = (
    "coalesce(sum(number), 0)::bigint, max(changed_at),"
    " coalesce(sum((extract(epoch FROM changed_at) * 1000000)::bigint), 0)::text"
)
_READ = f"SELECT {_SUMS} FROM proposals_editionnumber"  # noqa: S608 - nothing that anybody sends
_OF_SOME = f"{_READ} WHERE plan_year = ANY (%s::bigint[])"
_OF_COMMITTEE = f"""
SELECT array_agg(plan_year), {_SUMS}
FROM (
    SELECT 0 AS plan_year
    UNION ALL
    SELECT plan_year.id FROM proposals_planyear AS plan_year
    JOIN parties_committee AS committee ON committee.id = plan_year.committee_id
    JOIN parties_municipality AS municipality ON municipality.id = committee.municipality_id
    WHERE municipality.slug = %s AND committee.slug = %s
) AS belonging
LEFT JOIN proposals_editionnumber USING (plan_year)
"""  # noqa: S608


def _edition(number: int, changed_at: datetime.datetime | None, moments: str) -> Edition:
    return Edition(number, changed_at, int(moments))


class EditionNumberManager(models.Manager["EditionNumber"]):
    """Reads editions, each in one query that takes no longer than it must: one is read for every page."""

    def of_all(self) -> Edition:
        """Give the edition of everything there is."""
        return _edition(*self._read(_READ))

    def of(self, plan_years: Iterable[int]) -> Edition:
        """Give the edition of some plan years, by their keys, and of what has no plan year of its own."""
        return _edition(*self._read(_OF_SOME, [SITE, *plan_years]))

    def of_committee(self, municipality: str, committee: str) -> tuple[list[int], Edition]:
        """Give the plan years of the committee that an address names, and their edition, as they are at one moment.

        As long as the edition of those plan years (``of``) is the same, the committee has no others.
        """
        plan_years, *edition = self._read(_OF_COMMITTEE, municipality, committee)
        return plan_years, _edition(*edition)

    def hold(self, plan_years: Iterable[int]) -> None:
        """Let nobody else raise some until the transaction is over, taken in the order that all others take them.

        Whoever writes to several, in an order of its own, would otherwise wait for one who waits for it.
        """
        held = self.filter(plan_year__in=[*plan_years]).order_by("plan_year").select_for_update()
        list(held.values_list("plan_year"))

    def _read(self, sql: str, *parameters: str | list[int]) -> tuple[Any, ...]:
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, parameters)
            found: tuple[Any, ...] = cursor.fetchone()
            return found


class EditionNumber(models.Model):
    """How many transactions have changed what readers see of a plan year; ``SITE`` has what belongs to none.

    It has no relation to the plan year, and stays when that goes: a number never comes twice.
    """

    plan_year = models.BigIntegerField("planår", primary_key=True)
    number = models.BigIntegerField("nummer", default=1)
    changed_at = models.DateTimeField("ändrad")

    objects = EditionNumberManager()

    class Meta:
        verbose_name = "utgåva"
        verbose_name_plural = "utgåvor"

    def __str__(self) -> str:
        return f"{self.plan_year}: {self.number}"


class RaisesEdition(pgtrigger.Trigger):
    """Raises the edition when a row is made, changed or taken away, by whatever way it is written.

    ``path`` leads from the row to what it belongs to: a plan year, or a committee and so each of its plan years.
    Without one the row belongs to the whole site. ``on`` is what raises it, if not everything does.
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    timing = pgtrigger.Deferred

    def __init__(self, path: str = "", on: Any = None):
        self.path = path
        super().__init__(name="raises_edition", **({"operation": on} if on else {}))

    def get_func(self, model: Any) -> str:
        """Write what the database does."""
        if not self.path:
            return f"PERFORM raise_edition({SITE}); RETURN NULL;"
        return (
            f"IF TG_OP <> 'INSERT' THEN {self._raise(model, 'OLD')} END IF; "
            f"IF TG_OP <> 'DELETE' THEN {self._raise(model, 'NEW')} END IF; "
            "RETURN NULL;"
        )

    def _raise(self, model: Any, row: str) -> str:
        found, at = row, model
        for step in self.path.split(LOOKUP_SEP):
            field = at._meta.get_field(step)
            found = f"{row}.{field.column}" if at is model else _read(field.column, at._meta.db_table, found)
            at = field.related_model
        # By name: a migration writes it of models that are the same and not identical.
        belongs_to_committee = at._meta.label == Committee._meta.label
        function = "raise_editions_of_committee" if belongs_to_committee else "raise_edition"
        return f"PERFORM {function}({found});"


def _read(column: str, table: str, key: str) -> str:
    return f"(SELECT {column} FROM {table} WHERE id = {key})"  # noqa: S608 - names of columns and tables


#: These stand in the room below, which knows nothing of editions.
for _model in (Municipality, Committee, Party):
    pgtrigger.register(RaisesEdition())(_model)

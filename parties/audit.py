"""The audit log: every change that is made to a row, with who made it and when, kept by the database itself."""

from typing import Any, TypeVar

import pghistory
import pgtrigger
from django.db import models

AnyModel = TypeVar("AnyModel", bound=type[models.Model])


class AppendOnly(pgtrigger.Trigger):
    """Refuses UPDATE, DELETE and TRUNCATE.

    It runs a function of our own and not one that the library writes, because those can be told to look away.
    """

    when = pgtrigger.Before
    level = pgtrigger.Statement
    operation = pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate

    def get_func(self, model: Any) -> str:
        """Give no body: the function is made by the migration."""
        return ""

    def render_execute(self, model: Any) -> str:
        """Name the function."""
        return "refuse_change()"

    def ignore(self, model: Any) -> Any:
        """Refuse to be switched off.

        :raises RuntimeError: always.
        """
        raise RuntimeError("An append-only table is append-only for everybody.")


def audited(model: AnyModel) -> AnyModel:
    """Keep every change of a model's rows: a copy of the row when it is made, each time it is changed, and at its end.

    By triggers, so that no way of writing goes past it, and in a table that takes no change itself. Whoever is signed
    in when it happens is noted with it.
    """
    tracked: AnyModel = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        append_only=False,
        meta={"triggers": [AppendOnly(name="append_only")]},
    )(model)
    return tracked

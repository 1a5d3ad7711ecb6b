"""The audit log: every change that is made to a row, with who made it and when, kept by the database itself."""

from typing import TypeVar

import pghistory
from django.db import models

AnyModel = TypeVar("AnyModel", bound=type[models.Model])


def audited(model: AnyModel) -> AnyModel:
    """Keep every change of a model's rows: a copy of the row when it is made, each time it is changed, and at its end.

    By triggers, so that no way of writing goes past it. Whoever is signed in when it happens is noted with it.
    """
    tracked: AnyModel = pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())(
        model
    )
    return tracked

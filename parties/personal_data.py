"""All that is kept about a person, for the person who asks (article 15 of the GDPR)."""

from typing import Any

from django.db import models
from pghistory.models import Context

from parties.anonymise import log_about, relations, sessions_of
from parties.models import User

#: What is kept to sign in with: that it is there may be told, and not what it is.
SECRET = {"password", "data", "token", "token_secret"}


def personal_data(user: User) -> dict[str, Any]:
    """Gather what is kept about a person: the account, all that points to it, and what the logs say."""
    found: dict[str, Any] = {"konto": _told(user)}
    for relation in relations():
        rows = relation.related_model._base_manager.filter(**{relation.field.name: user})
        if told := [_told(row) for row in rows]:
            found.setdefault(str(relation.related_model._meta.label), []).extend(told)
    found["sessioner"] = [{"slutar": session.expire_date.isoformat()} for session in sessions_of(user)]
    made = Context.objects.filter(metadata__user=user.pk).order_by("created_at")
    found["ändringslogg"] = [{"när": each.created_at.isoformat(), "vad": each.metadata.get("url")} for each in made]
    found["administrationens logg om personen"] = [_told(entry) for entry in log_about(user)]
    return found


def _told(row: models.Model) -> dict[str, Any]:
    """Give what a row says, with what is secret and what is a file told by its size alone."""
    said = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name in SECRET and value:
            value = "(finns, visas inte)"
        elif isinstance(value, bytes | memoryview):
            value = f"({len(value)} byte)"
        said[field.name] = value
    return said

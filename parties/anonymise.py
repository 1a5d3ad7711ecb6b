"""Take away all that tells who a person is, and leave what the person has done.

The row of the user stays, so that records, reports and the audit log still have their author, whom nobody knows.
"""

import logging
from collections.abc import Iterator
from typing import Any

import pghistory
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models.functions import Replace

from parties.models import Membership, User

logger = logging.getLogger(__name__)


class LastAdministratorError(Exception):
    """Nobody else could administer the installation."""


def relations() -> Iterator[Any]:
    """Give every relation from another model's table to a user; the audit library's own models have no tables."""
    for relation in User._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.related_model._meta.app_label != "pghistory":
            yield relation


def goes_with(user: User) -> list[models.QuerySet[Any]]:
    """Find what goes with a person: roles, and all that hangs on the account and says nothing of what was done.

    What protects its author from being deleted is what was done, and stays; so does what the administration has logged.
    """
    hanging = [
        relation.related_model._base_manager.filter(**{relation.field.name: user})
        for relation in relations()
        if relation.on_delete is models.CASCADE and relation.related_model is not LogEntry
    ]
    return [Membership.objects.filter(user=user), *hanging]


def sessions_of(user: User) -> list[Session]:
    """Find the sessions that a person is signed in to."""
    return [session for session in Session.objects.all() if session.get_decoded().get("_auth_user_id") == str(user.pk)]


def counts(user: User) -> dict[str, int]:
    """Count what goes with a person, by what it is."""
    found = {str(rows.model._meta.verbose_name_plural): rows.count() for rows in goes_with(user)}
    return {name: count for name, count in {**found, "sessioner": len(sessions_of(user))}.items() if count}


def refuse_last(user: User) -> None:
    """Make sure that somebody else can administer the installation.

    :raises LastAdministratorError: if nobody can.
    """
    administrators = User.objects.filter(is_superuser=True, is_active=True).select_for_update()
    if user.is_superuser and user.is_active and not administrators.exclude(pk=user.pk).exists():
        raise LastAdministratorError(f"{user} är den enda som administrerar installationen. Utse någon annan först.")


def anonymise(user: User) -> None:
    """Take away all that tells who a person is. It cannot be undone.

    :raises LastAdministratorError: if nobody else can administer the installation.
    """
    with transaction.atomic(), pghistory.context(anonymised=user.pk):
        user = User.objects.select_for_update().get(pk=user.pk)
        refuse_last(user)
        nobody = f"Borttagen användare {user.pk}"
        _forget_in_log(user, nobody)
        for rows in goes_with(user):
            rows.delete()
        Session.objects.filter(pk__in=[session.pk for session in sessions_of(user)]).delete()
        user.email, user.name = f"borttagen-{user.pk}@borttagen.invalid", nobody
        user.is_active = user.is_staff = user.is_superuser = False
        user.own_party = user.last_login = None
        user.set_unusable_password()
        user.save()
    logger.warning("User %s was anonymised.", user.pk)


def _forget_in_log(user: User, nobody: str) -> None:
    """Write in the administration's log that it was nobody whom something was done to."""
    about = {relation.related_model for relation in relations()} | {User}
    kinds = ContentType.objects.get_for_models(*about, for_concrete_models=False).values()
    for words, entries in (
        (user.email, LogEntry.objects.all()),
        (user.name, LogEntry.objects.filter(content_type__in=kinds)),
    ):
        for column in ("object_repr", "change_message"):
            if words:
                changed = Replace(column, models.Value(words), models.Value(nobody))
                entries.filter(**{f"{column}__contains": words}).update(**{column: changed})

"""Take away all that tells who a person is, and leave what the person has done.

The row of the user stays, so that records, reports and the audit log still have their author, whom nobody knows.
"""

import json
import logging
import operator
import re
from collections.abc import Iterator
from functools import reduce
from typing import Any

import pghistory
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import models, transaction

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


def log_about(user: User) -> Iterator[LogEntry]:
    """Find what the administration's log says about a person: with the address, or with the name and not of another.

    The name may be another's too, or a part of it.
    """
    is_named = [models.Q(content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk))]
    for words in filter(None, (user.email, user.name)):
        is_named += [models.Q(object_repr__contains=words)]
        is_named += [models.Q(change_message__contains=form) for form in {words, _as_json(words)}]
    for entry in LogEntry.objects.filter(reduce(operator.or_, is_named)).select_related("content_type").order_by("pk"):
        said = f"{entry.object_repr}\n{_readable(entry.change_message)}"
        if _whole(user.email).search(said) or not _is_of_another(entry, user):
            yield entry


def _is_of_another(entry: LogEntry, user: User) -> bool:
    """Tell whether an entry is of somebody else, or of what is somebody else's or nobody's."""
    model = entry.content_type and entry.content_type.model_class()
    if model is User:
        return entry.object_id != str(user.pk)
    names = [relation.field.attname for relation in relations() if relation.related_model is model]
    row = model._base_manager.filter(pk=entry.object_id).first() if model and names else None
    return not names or (row is not None and all(getattr(row, name) != user.pk for name in names))


def _forget_in_log(user: User, nobody: str) -> None:
    """Write in the administration's log that it was nobody whom something was done to."""
    of_user = ContentType.objects.get_for_model(User)
    for entry in list(log_about(user)):
        entry.change_message = _readable(entry.change_message)
        if entry.content_type == of_user and entry.object_id == str(user.pk):
            entry.object_repr = nobody  # the name may have been another then
        for words in filter(None, (user.email, user.name)):
            entry.object_repr = _whole(words).sub(nobody, entry.object_repr)[:200]
            entry.change_message = _whole(_as_json(words, ensure_ascii=False)).sub(nobody, entry.change_message)
        entry.save(update_fields=["object_repr", "change_message"])


def _readable(message: str) -> str:
    """Give what the log says of a change with its letters as they are: Django stores å as a number."""
    try:
        return json.dumps(json.loads(message), ensure_ascii=False)
    except ValueError:
        return message  # it was written by a program in its own words


def _as_json(words: str, *, ensure_ascii: bool = True) -> str:
    return json.dumps(words, ensure_ascii=ensure_ascii)[1:-1]


def _whole(words: str) -> re.Pattern[str]:
    """Match words that are no part of longer ones."""
    return re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")

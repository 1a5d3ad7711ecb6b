"""Tell in Swedish what the audit log says: who changed what, from what and to what.

The log keeps numbers of rows; what they are called is asked once for each model, however many changes are told.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Prefetch
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from pghistory.core import event_models

from goals.figures import written_number
from goals.models import AlignedParty, Alignment, Goal, Issue, LoggedChange, Mention, OldAddress, Topic
from parties.models import Committee, Membership, User
from parties.swedish import swedish_key

NOTHING = "tomt"
NO_ONE = "Gjort av ett kommando"
READ_IN = "Inläst av ett kommando"
MADE, CHANGED, GONE = "insert", "update", "delete"
LABELS = {MADE: "Tillagt", CHANGED: "Ändrat", GONE: "Borttaget"}

#: What a row's name needs of other tables, so that it is asked for at once.
NEEDED = {
    "parties.committee": ["municipality"],
    "parties.membership": ["user", "committee__municipality"],
    "proposals.planyear": ["committee__municipality"],
    "proposals.proposal": ["party"],
    "goals.goal": ["proposal__party"],
    "goals.alignment": ["issue"],
    "goals.alignedparty": ["party", "alignment__issue"],
    "goals.mention": ["issue", "passage"],
    "goals.oldaddress": ["topic", "issue"],
    "goals.reportingperiod": ["plan_year"],
}

Reference = tuple[type[models.Model], str]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What happened to one field, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """A change in words: when, who, what, and each field that it touched.

    ``role`` is what the user is in the committee, where the log is one committee's.
    """

    at: datetime.datetime
    user: User | None
    role: str
    label: str
    model: str
    name: str
    fields: Sequence[FieldChange]

    @property
    def what(self) -> str:
        """What was done."""
        return LABELS.get(self.label, self.label)

    @property
    def who(self) -> str:
        """Who did it."""
        if self.user:
            return str(self.user)
        return READ_IN if self.label == MADE else NO_ONE


def kinds() -> list[tuple[str, str]]:
    """Name every kind of thing whose changes are kept, in Swedish order."""
    logs: Iterable[Any] = event_models()
    tracked = {model.pgh_tracked_model for model in logs}
    named = [(model._meta.label, capfirst(str(model._meta.verbose_name))) for model in tracked]
    return sorted(named, key=lambda kind: swedish_key(kind[1]))


def of_goal(goal: Goal, committee: Committee) -> list[Told]:
    """Tell every change of a goal, the latest first, with what each who made one is in the committee."""
    log: Any = LoggedChange.objects
    changes = log.tracks(goal).order_by("-pgh_created_at", "-pgh_id")
    return tell(changes, _with_roles(committee))


def of_arrangement(committee: Committee, *, before: int = 0, most: int = 100) -> list[Told]:
    """Tell how a committee's topics and issues have been changed, the latest first, after as many as ``before``.

    First which changes they are, then what they say: else the database would compare every row of the log with the one
    before it. What was done at once is told kind by kind. Goals are told of where they were moved, and not where they
    were read in.
    """
    issues = _ever(Issue, committee=committee.pk)
    alignments = _ever(Alignment, issue__in=issues)
    wanted: list[tuple[type[models.Model], dict[str, Any]]] = [
        (Topic, {"committee": committee.pk}),
        (Issue, {"committee": committee.pk}),
        (OldAddress, {"committee": committee.pk}),
        (Alignment, {"issue__in": issues}),
        (AlignedParty, {"alignment__in": alignments}),
        (Mention, {"issue__in": issues}),
        (Goal, {"proposal__plan_year__committee": committee.pk, "pgh_label": CHANGED}),
    ]
    latest: list[tuple[datetime.datetime, int, int, str]] = []
    for rank, (model, condition) in enumerate(wanted):
        events: Any = model.pgh_event_model  # type: ignore[attr-defined]
        rows = events.objects.filter(**condition).order_by("-pgh_created_at", "-pgh_id")[: before + most]
        latest += [
            (at, -rank, key, f"{events._meta.label}:{key}") for key, at in rows.values_list("pgh_id", "pgh_created_at")
        ]
    chosen = [slug for *_, slug in sorted(latest, reverse=True)[before : before + most]]
    found = {change.pgh_slug: change for change in LoggedChange.objects.filter(pk__in=chosen)}
    return tell([found[slug] for slug in chosen], _with_roles(committee))


def _ever(model: Any, **condition: Any) -> "models.QuerySet[Any]":
    """Give the keys of all rows that some condition has held for, those that are gone too."""
    keys: models.QuerySet[Any] = model.pgh_event_model.objects.filter(**condition).values("pgh_obj_id")
    return keys


def _with_roles(committee: Committee) -> "models.QuerySet[User]":
    roles = Prefetch("memberships", Membership.objects.filter(committee=committee), to_attr="roles_here")
    return User.objects.prefetch_related(roles)


def tell(changes: Iterable[LoggedChange], users: "models.QuerySet[User]") -> list[Told]:
    """Tell changes in words, with those of the users who made them."""
    changes = list(changes)
    names = _names(changes)
    made_by = users.in_bulk({change.user_id for change in changes if change.user_id})
    return [_told(change, made_by.get(change.user_id or 0), names) for change in changes]


def _told(change: LoggedChange, user: User | None, names: Mapping[Reference, str]) -> Told:
    model = apps.get_model(change.pgh_obj_model)
    fields = [
        FieldChange(
            _field_name(field),
            "" if _has_no_before(change) else _words(field, before, names),
            "" if change.pgh_label == GONE else _words(field, after, names),
        )
        for field, before, after in _touched(change)
    ]
    return Told(
        at=change.pgh_created_at,
        user=user,
        role=_role(user),
        label=change.pgh_label,
        model=capfirst(str(model._meta.verbose_name)),
        name=names[model, str(change.pgh_obj_id)],
        fields=fields,
    )


def _role(user: User | None) -> str:
    if user is None:
        return ""
    if user.is_superuser:
        return str(Membership.Role.ADMINISTRATOR.label)
    return "".join(role.get_role_display() for role in getattr(user, "roles_here", ()))


def _has_no_before(change: LoggedChange) -> bool:
    """Tell whether the log knows nothing earlier of the row: it is new, or older than the log."""
    return change.pgh_label == MADE or (change.pgh_label == CHANGED and change.pgh_diff is None)


def _touched(change: LoggedChange) -> list[tuple["models.Field[Any, Any]", Any, Any]]:
    """Give each field that a change touched, with what it was and what it became.

    Of a row that is new or gone, or older than the log, that is each field with something in it.
    """
    fields = [field for field in apps.get_model(change.pgh_obj_model)._meta.concrete_fields if not field.primary_key]
    if change.pgh_label == CHANGED and change.pgh_diff is not None:
        diff = change.pgh_diff
        return [(field, *diff[field.column]) for field in fields if field.column in diff]
    values = [(field, change.pgh_data.get(field.column)) for field in fields]
    return [(field, value, value) for field, value in values if value not in (None, "", [])]


def _references(change: LoggedChange) -> Iterable[Reference]:
    """Give every row that a change speaks of: the changed one, and those that it led or leads to."""
    yield apps.get_model(change.pgh_obj_model), str(change.pgh_obj_id)
    for field, *values in _touched(change):
        if field.related_model:
            yield from ((_related(field), str(value)) for value in values if value is not None)


def _names(changes: Iterable[LoggedChange]) -> dict[Reference, str]:
    """Ask what the rows that changes speak of are called, in one query for each model.

    One that is gone is called what it was last called, if the log knows, or else by its number.
    """
    wanted: dict[type[models.Model], set[str]] = defaultdict(set)
    for change in changes:
        for model, key in _references(change):
            wanted[model].add(key)
    names: dict[Reference, str] = {}
    for model, keys in wanted.items():
        rows = model._base_manager.select_related(*NEEDED.get(model._meta.label_lower, ()))
        found = {str(row.pk): str(row) for row in rows.filter(pk__in=keys)}
        gone = _last_names(model, keys - found.keys())
        for key in keys:
            names[model, key] = found.get(key) or f"{gone.get(key, f'nummer {key}')} (finns inte längre)"
    return names


def _last_names(model: type[models.Model], keys: set[str]) -> dict[str, str]:
    events: Any = getattr(model, "pgh_event_model", None)
    if not keys or events is None or not any(field.name == "name" for field in model._meta.fields):
        return {}
    rows = events.objects.filter(pgh_obj_id__in=keys).order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")
    return {str(key): name for key, name in rows.values_list("pgh_obj_id", "name")}


def _related(field: "models.Field[Any, Any]") -> type[models.Model]:
    model = field.related_model
    if not isinstance(model, type):
        raise TypeError(f"{field} leads to no model.")
    return model


def _field_name(field: "models.Field[Any, Any]") -> str:
    """Name a field as the forms do; one that Django made up itself is called what it leads to."""
    made_up = field.related_model and field.model._meta.auto_created
    return capfirst(str(_related(field)._meta.verbose_name if made_up else field.verbose_name))


def _words(field: "models.Field[Any, Any]", value: Any, names: Mapping[Reference, str]) -> str:
    """Write a value as a reader of Swedish expects it."""
    if value in (None, "", []):
        return NOTHING
    if field.related_model:
        return names[_related(field), str(value)]
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, ArrayField):
        return ", ".join(map(str, value))
    if isinstance(field, models.DecimalField):
        return written_number(Decimal(str(value)))
    if isinstance(field, models.DateTimeField):
        return date_format(localtime(datetime.datetime.fromisoformat(value)), "j F Y H:i")
    if isinstance(field, models.DateField):
        return date_format(datetime.date.fromisoformat(value), "j F Y")
    return str(value)

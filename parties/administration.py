"""What every room's administration begins with: who sees and changes what.

Nothing here asks Django's own permissions: who administers the installation (a superuser) may do all that the site
lets anyone do, and who administers a committee may do what concerns the people and the periods of that committee.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.http import HttpRequest

from parties.models import Committee, User


def may_administer(user: User | AnonymousUser) -> bool:
    """Tell whether a user may enter the administration."""
    return isinstance(user, User) and user.is_active and (user.is_superuser or user.administers_a_committee)


def administered(request: HttpRequest) -> models.QuerySet[Committee]:
    """Find the committees that whoever asks may administer."""
    return Committee.objects.administered_by(request.user)


class ByCommittee(admin.SimpleListFilter):
    """Which committee it belongs to, of those that one administers."""

    title = "nämnd"
    parameter_name = "namnd"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the committees, in one query."""
        return [(str(found.pk), str(found)) for found in administered(request).select_related("municipality")]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Find what belongs to the one that is chosen."""
        chosen = self.value() or ""
        return (
            queryset.filter(**{f"{self.committee}_id": chosen}) if chosen.isdecimal() and len(chosen) < 19 else queryset
        )

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any):
        """Ask the administration of the model how to find the committee."""
        super().__init__(request, params, model, model_admin)
        self.committee = model_admin.committee


class KeySelect(AutocompleteSelect):
    """A choice that is searched for, which what is sent may be no key of; Django's own asks the database for it."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """Give the one that is chosen, if it can be one."""
        return super().optgroups(name, [each for each in value if each.isascii() and each.isdecimal()], attr)


class SearchedChoices:
    """What has fields whose choices are searched for: a form with something else in them is shown again."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Let the field take whatever is sent."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            options["widget"] = KeySelect(db_field, self.admin_site)  # type: ignore[attr-defined]
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]


class InstallationAdmin(SearchedChoices, admin.ModelAdmin):
    """For those who administer the installation, and nobody else."""

    #: How to find the committee from a row, where it has one.
    committee: ClassVar[str] = "committee"
    show_full_result_count = False

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Find a row; an address that names no field finds it by its key, as one without the name does."""
        return super().get_object(request, object_id, from_field or None)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Read what names the rows along with them, wherever they are listed."""
        rows: models.QuerySet[Any] = super().get_queryset(request)
        related = self.list_select_related
        return rows if isinstance(related, bool) else rows.select_related(*related)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Leave out Django's action that deletes many at once: most things here are kept, and the rest is few."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether any of it is to be seen."""
        return self._may(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether it is to be seen."""
        return self._may(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Tell whether more may be made."""
        return self._may(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether it may be changed."""
        return self._may(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell whether it may be deleted; the database still protects what anything hangs on."""
        return self._may(request, obj)

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_administer(request.user) and bool(request.user.is_superuser)


class ReadOnly(InstallationAdmin):
    """What is only to be read, by those who administer the installation: nothing is made, changed or deleted here."""

    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show what there is; no field of a form is made."""
        return self.fields or [field.name for field in self.opts.fields if field.editable and not field.primary_key]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


class CommitteeAdmin(InstallationAdmin):
    """For those who administer a committee too, who see and change what is that committee's.

    What is another's does not exist for them: it is not listed, not found by its number, and no choice in a form.
    """

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Find what belongs to the committees that one administers."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else self.of_committees(rows, administered(request))

    def of_committees(self, rows: models.QuerySet[Any], committees: models.QuerySet[Committee]) -> models.QuerySet[Any]:
        """Find the rows that belong to some committees."""
        return rows.filter(**{f"{self.committee}__in": committees})

    def formfield_for_foreignkey(
        self, db_field: "models.ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Let one choose only among what belongs to the committees that one administers.

        :raises LookupError: if it is not known how to limit the choices.
        """
        path, _, rest = self.committee.partition("__")
        if db_field.name != path:
            raise LookupError(f"The choices of {db_field} are not limited.")
        chosen: Any = db_field.related_model
        choices = chosen.objects.filter(**{f"{rest or 'pk'}__in": administered(request)})
        kwargs["queryset"] = choices.select_related(f"{rest}__municipality" if rest else "municipality")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _may(self, request: HttpRequest, obj: Any = None) -> bool:
        if not may_administer(request.user):
            return False
        if request.user.is_superuser or obj is None or obj.pk is None:
            return True
        return self.get_queryset(request).filter(pk=obj.pk).exists()

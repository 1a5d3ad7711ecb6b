"""The audit log, told in words."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from goals import audit
from goals.models import LoggedChange
from parties.administration import ReadOnly
from parties.models import User


class ByModel(admin.SimpleListFilter):
    """What kind of thing was changed."""

    title = "vad"
    parameter_name = "vad"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the kinds."""
        return audit.kinds()

    def queryset(self, request: HttpRequest, queryset: QuerySet[LoggedChange]) -> QuerySet[LoggedChange]:
        """Find those that are chosen."""
        return queryset.filter(pgh_obj_model=self.value()) if self.value() else queryset


class ByLabel(admin.SimpleListFilter):
    """What was done to it."""

    title = "hur"
    parameter_name = "hur"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name what can be done."""
        return list(audit.LABELS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[LoggedChange]) -> QuerySet[LoggedChange]:
        """Find those that are chosen."""
        return queryset.filter(pgh_label=self.value()) if self.value() else queryset


class ToldList(ChangeList):
    """The list of changes, each told in words."""

    def get_results(self, request: HttpRequest) -> None:
        """Tell all of a page's changes at once.

        First which they are, then what they say: else the database would compare every row of the log with the one
        before it, only to throw all but a page of it away.
        """
        super().get_results(request)
        keys = list(self.result_list.values_list("pk", flat=True))
        changes: list[Any] = list(self.root_queryset.filter(pk__in=keys))
        for change, told in zip(changes, audit.tell(changes, User.objects.all()), strict=True):
            change.told = told
        self.result_list = changes


@admin.register(LoggedChange)
class ChangeAdmin(ReadOnly):
    """The audit log: who changed what, from what and to what."""

    list_display = ["when", "who", "how", "what", "changes"]
    list_display_links = None
    list_filter = [ByModel, ByLabel]
    list_per_page = 50
    search_fields = ["pgh_context"]
    ordering = ["-pgh_created_at", "-pgh_id"]

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[LoggedChange]:
        """Read the log itself; the model's default manager gives nothing."""
        return LoggedChange.objects.order_by(*self.ordering)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LoggedChange], search_term: str
    ) -> tuple[QuerySet[LoggedChange], bool]:
        """Find the changes that those whose name or address has a word in it have made."""
        users = User.objects.filter(Q(name__icontains=search_term) | Q(email__icontains=search_term))
        return (queryset.filter(LoggedChange.made_by(users)) if search_term else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Say what the list is, and what one finds by searching it."""
        title = "Ändringslogg: sök på namn eller e-postadress hos den som har ändrat"
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """List changes in words."""
        return ToldList

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> None:
        """Give none: the list says all that there is to say."""
        return

    @admin.display(description="när")
    def when(self, change: Any) -> Any:
        """Tell when it was."""
        return change.told.at

    @admin.display(description="vem")
    def who(self, change: Any) -> str:
        """Tell who it was, with the e-mail address."""
        user = change.told.user
        return f"{user.name} <{user.email}>" if user and user.name else str(change.told.who)

    @admin.display(description="hur")
    def how(self, change: Any) -> str:
        """Tell what was done."""
        return str(change.told.what)

    @admin.display(description="vad")
    def what(self, change: Any) -> str:
        """Tell to what it was done."""
        return f"{change.told.model}: {change.told.name}"

    @admin.display(description="från och till")
    def changes(self, change: Any) -> SafeString:
        """Tell what each field was and became."""
        return render_to_string("goals/_log_fields.html", {"change": change.told})

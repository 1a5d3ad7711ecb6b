"""The administration of reporting periods."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from goals.models import ReportingPeriod
from parties.administration import ByCommittee, CommitteeAdmin


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(CommitteeAdmin):
    """Reporting periods. A locked one is not changed before it is unlocked."""

    committee = "plan_year__committee"
    list_display = ["name", "plan_year", "ends_on", "due_on", "locked_at"]
    list_select_related = ["plan_year__committee__municipality"]
    list_filter = [("locked_at", admin.EmptyFieldListFilter), "plan_year__year", ByCommittee]
    search_fields = ["name", "plan_year__committee__name", "plan_year__year"]
    ordering = ["-ends_on"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["plan_year", "name", "slug", "ends_on", "due_on", "locked_at"]
    actions = ["lock", "unlock"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the plan year, which reports belong to, and everything while it is locked."""
        if obj and obj.is_locked:
            return self.fields
        return ["plan_year", "locked_at"] if obj else ["locked_at"]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Make the address of the name only while it is made: changed later, links to the period would break."""
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: ReportingPeriod, form: Any, change: bool) -> None:
        """Write what was changed and nothing else, so that a lock that somebody else sets meanwhile stays."""
        obj.save(update_fields=form.changed_data if change else None)

    @admin.action(description="Lås", permissions=["change"])
    def lock(self, request: HttpRequest, queryset: QuerySet[ReportingPeriod]) -> None:
        """Close the chosen periods for updates."""
        for period in queryset:
            period.lock()
            self.log_change(request, period, "Låste perioden.")
            messages.success(request, f"{period} är låst.")

    @admin.action(description="Lås upp", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[ReportingPeriod]) -> None:
        """Open the chosen periods for updates again."""
        for period in queryset:
            period.unlock()
            self.log_change(request, period, "Låste upp perioden.")
            messages.success(request, f"{period} är öppen.")

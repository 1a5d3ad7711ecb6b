"""Statuses, decisions and outcomes in the administration: to be read, by anyone who may, and never touched."""

from typing import Any

from django.contrib import admin

from goals.models import Decision, OutcomeValue, StatusUpdate
from parties.administration import ByCommittee, ReadOnly


class RecordAdmin(ReadOnly):
    """What was recorded of goals, to be read."""

    committee = "goal__proposal__plan_year__committee"
    list_select_related = ["goal__proposal__party", "author"]
    ordering = ["-recorded_at", "-pk"]
    date_hierarchy = "recorded_at"

    @admin.display(description="mål", ordering="goal")
    def goal_reference(self, record: Any) -> str:
        """Cite the goal."""
        return str(record.goal.reference)

    @admin.display(description="vad som sägs")
    def said(self, record: Any) -> str:
        """Give what it says in a few words."""
        return "Tillbakataget" if record.is_withdrawal else str(record.headline)

    @admin.display(description="rättelse", boolean=True)
    def correction(self, record: Any) -> bool:
        """Tell whether it corrects another."""
        return record.replaces_id is not None


class ByPeriod(admin.AllValuesFieldListFilter):
    """Which period it was for, whatever the year."""

    def __init__(self, *args: Any, **kwargs: Any):
        """Call the choice what it is: the name of a period."""
        super().__init__(*args, **kwargs)
        self.title = "period"


@admin.register(StatusUpdate)
class StatusUpdateAdmin(RecordAdmin):
    """Status updates, to be read."""

    list_display = [
        "recorded_at",
        "goal_reference",
        "said",
        "period",
        "author",
        "author_role",
        "correction",
        "is_example",
    ]
    list_select_related = [*RecordAdmin.list_select_related, "period__plan_year"]
    list_filter = ["status", ("period__name", ByPeriod), "is_example", ByCommittee]
    search_fields = ["comment", "evidence", "reference", "reason", "goal__passage__text", "author__email"]


@admin.register(Decision)
class DecisionAdmin(RecordAdmin):
    """Decisions, to be read."""

    list_display = ["recorded_at", "goal_reference", "said", "date", "author", "author_role", "correction"]
    list_filter = ["outcome", "is_example", ByCommittee]
    search_fields = ["reference", "reason", "goal__passage__text", "author__email"]


@admin.register(OutcomeValue)
class OutcomeValueAdmin(RecordAdmin):
    """Outcomes, to be read."""

    list_display = ["recorded_at", "goal_reference", "said", "date", "author", "author_role", "correction"]
    list_filter = ["is_example", ByCommittee]
    search_fields = ["source", "reason", "goal__passage__text", "author__email"]

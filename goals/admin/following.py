"""What people follow, what is on its way to them, and who was reminded."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from goals.models import Follow, Notice, Reminder
from parties.administration import ReadOnly


@admin.register(Follow)
class FollowAdmin(ReadOnly):
    """Who follows what, to be read: a person chooses that alone."""

    list_display = ["user", "goal", "topic", "pace"]
    list_select_related = ["user", "goal__proposal__party", "topic"]
    list_filter = ["pace"]
    search_fields = ["user__email", "user__name", "topic__name", "goal__passage__text"]
    ordering = ["user__email"]


class Sending(admin.SimpleListFilter):
    """Whether a letter waits, has gone, or could not be sent."""

    title = "läge"
    parameter_name = "lage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the choices."""
        return [("vantar", "Väntar"), ("skickat", "Skickat"), ("misslyckat", "Misslyckat")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        """Find those that are chosen."""
        notices = Notice.objects.all()
        chosen = {
            "vantar": notices.waiting(),
            "skickat": notices.exclude(sent_at=None),
            "misslyckat": notices.failed(),
        }
        value = self.value()
        return queryset.filter(pk__in=chosen[value].values("pk")) if value in chosen else queryset


@admin.register(Notice)
class NoticeAdmin(ReadOnly):
    """The outbox, to be read."""

    list_display = ["due_at", "to", "goal", "text", "sent_at", "attempts"]
    list_select_related = ["follow__user", "follow__goal__proposal__party", "follow__topic", "goal__proposal__party"]
    list_filter = [Sending]
    search_fields = ["text", "follow__user__email"]
    ordering = ["-due_at", "-pk"]

    @admin.display(description="till", ordering="follow__user__email")
    def to(self, notice: Notice) -> str:
        """Give the address that it goes to."""
        return notice.follow.user.email


@admin.register(Reminder)
class ReminderAdmin(ReadOnly):
    """The log of reminders, to be read."""

    list_display = ["sent_at", "user", "period", "remaining"]
    list_select_related = ["user", "period__plan_year"]
    search_fields = ["user__email", "user__name", "period__name"]
    date_hierarchy = "sent_at"

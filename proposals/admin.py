"""Plan years, plans and their documents in the administration."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest

from parties.administration import ByCommittee, InstallationAdmin, ReadOnly
from proposals.models import PlanYear, Proposal, SourceDocument


@admin.register(PlanYear)
class PlanYearAdmin(InstallationAdmin):
    """Plan years. One that has plans or periods keeps its committee and its year."""

    list_display = ["committee", "year"]
    list_display_links = ["committee", "year"]
    list_select_related = ["committee__municipality"]
    list_filter = ["year", ByCommittee]
    search_fields = ["committee__name", "committee__municipality__name", "year"]
    ordering = ["-year", "committee__name"]
    autocomplete_fields = ["committee"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep what addresses and periods are made from, once it is made."""
        return ["committee", "year"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: there is nothing in a plan year that could be changed."""
        return False


@admin.register(Proposal)
class ProposalAdmin(ReadOnly):
    """Plans, to be read: they are published by a command, and their words are the party's."""

    committee = "plan_year__committee"
    list_display = ["title", "party", "plan_year", "published_at"]
    list_select_related = ["party", "plan_year__committee__municipality", "document"]
    list_filter = ["plan_year__year", "party", ByCommittee]
    search_fields = ["title", "party__name", "party__abbreviation", "plan_year__committee__name"]
    ordering = ["-plan_year__year", "party__name"]
    fields = ["title", "party", "plan_year", "document", "published_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        """Leave the documents themselves unread."""
        return super().get_queryset(request).defer("document__content")


@admin.register(SourceDocument)
class SourceDocumentAdmin(ReadOnly):
    """The documents that plans were read from, to be read; the plan's page leads to the document itself."""

    list_display = ["name", "media_type", "size", "sha256"]
    search_fields = ["name", "sha256"]
    ordering = ["name"]
    fields = ["name", "media_type", "size", "sha256"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SourceDocument]:
        """Read how large the documents are instead of the documents."""
        rows: QuerySet[SourceDocument] = super().get_queryset(request)
        return rows.defer("content").annotate(bytes=Length("content"))

    @admin.display(description="storlek i byte", ordering="bytes")
    def size(self, document: SourceDocument) -> int:
        """Give the number of bytes."""
        return int(document.bytes)  # type: ignore[attr-defined]

"""The administration of topics, issues and alignments."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from goals.models import Alignment, Issue, OldAddress, Topic
from goals.models.arranged import lock_arrangement
from parties.administration import ByCommittee, InstallationAdmin


class AddressedAdmin(InstallationAdmin):
    """For what has an address that may change: the old one goes on leading there."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it, and keep the address that it had."""
        lock_arrangement(obj.committee_id)
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            OldAddress.objects.leave(form.initial["slug"], obj)


@admin.register(Topic)
class TopicAdmin(AddressedAdmin):
    """Topics."""

    list_display = ["name", "committee", "position"]
    list_select_related = ["committee__municipality"]
    list_filter = [ByCommittee]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["committee"]
    prepopulated_fields = {"slug": ["name"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the committee, which what stands under it has too."""
        return ["committee"] if obj else []


@admin.register(Issue)
class IssueAdmin(AddressedAdmin):
    """Issues."""

    list_display = ["name", "topic", "committee", "position"]
    list_select_related = ["topic", "committee__municipality"]
    list_filter = [ByCommittee]
    search_fields = ["name", "slug", "topic__name"]
    ordering = ["committee", "topic__position", "position"]
    autocomplete_fields = ["committee", "topic"]
    prepopulated_fields = {"slug": ["name"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep the committee, which what stands under it has too."""
        return ["committee"] if obj else []


class AlignmentForm(forms.ModelForm):
    """How the goals of some parties relate."""

    class Meta:
        model = Alignment
        fields = ["issue", "plan_year", "parties", "relation", "reason"]
        widgets = {"parties": forms.CheckboxSelectMultiple}

    def clean_parties(self) -> Any:
        """Ask for at least two: one alone relates to nothing."""
        parties = self.cleaned_data["parties"]
        if len(parties) < 2:
            raise forms.ValidationError("Välj minst två partier att jämföra.")
        return parties


@admin.register(Alignment)
class AlignmentAdmin(InstallationAdmin):
    """How goals on an issue relate, and why."""

    form = AlignmentForm
    committee = "plan_year__committee"
    list_display = ["issue", "plan_year", "relation", "reason"]
    list_select_related = ["issue", "plan_year__committee__municipality"]
    list_filter = ["relation", "plan_year__year", ByCommittee]
    search_fields = ["issue__name", "reason"]
    ordering = ["issue__name"]
    autocomplete_fields = ["issue", "plan_year"]

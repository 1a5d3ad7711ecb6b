"""The administration of goals: what the text states may be corrected, the text itself never."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from goals.models import Goal, Issue
from parties.administration import ByCommittee, InstallationAdmin

#: What the text of a goal states, as far as it may be corrected here.
STATED = ("target_value", "target_unit", "target_bound", "due_words", "due_on", "due_year", "responsible")


class Lines(SimpleArrayField):
    """A list with an entry on each line."""

    widget = forms.Textarea
    default_error_messages = {"item_invalid": "Rad %(nth)s:"}

    def __init__(self, base_field: forms.Field, **kwargs: Any):
        """Part the entries by lines, because they may have commas in them."""
        super().__init__(base_field, delimiter="\n", **kwargs)

    def to_python(self, value: Any) -> Any:
        """Read the lines that have something on them."""
        lines = value.splitlines() if isinstance(value, str) else value
        return super().to_python([line for line in lines or () if line.strip()])


class GoalForm(forms.ModelForm):
    """What a person may change of a goal; the words are the party's."""

    responsible = Lines(
        forms.CharField(max_length=100),
        label="Ansvariga enligt texten",
        required=False,
        help_text="En på varje rad, med textens egna ord.",
    )

    class Meta:
        model = Goal
        fields = ["kind", "issue", *STATED]
        localized_fields = ["target_value"]

    def __init__(self, *args: Any, **kwargs: Any):
        """Offer the issues of the goal's committee."""
        super().__init__(*args, **kwargs)
        if "issue" in self.fields and self.instance.pk:
            issues: Any = self.fields["issue"]
            issues.queryset = Issue.objects.of(self.instance.committee).in_order()
            issues.label_from_instance = lambda issue: f"{issue.topic}: {issue}"


@admin.register(Goal)
class GoalAdmin(InstallationAdmin):
    """Goals and assignments: made when a plan is published, with words that nobody changes."""

    form = GoalForm
    committee = "proposal__plan_year__committee"
    list_display = ["reference", "plan_year", "kind", "text", "issue"]
    list_select_related = ["proposal__party", "proposal__plan_year__committee__municipality", "passage", "issue"]
    list_filter = [
        "kind",
        "proposal__plan_year__year",
        "proposal__party",
        ("issue", admin.EmptyFieldListFilter),
        ByCommittee,
    ]
    search_fields = ["passage__text", "proposal__party__name", "=proposal__party__abbreviation", "=number"]
    ordering = ["proposal", "number"]
    readonly_fields = ["reference", "plan_year", "text", "place", "frequency", "log"]
    fieldsets = [
        ("Partiets ord", {"fields": ["reference", "plan_year", "text", "place", "frequency"]}),
        ("Placering", {"fields": ["issue", "kind"]}),
        (
            "Vad texten anger",
            {
                "fields": STATED,
                "description": "Bara det som står i texten, med textens egna ord.",
            },
        ),
        ("Historik", {"fields": ["log"]}),
    ]

    @admin.display(description="nummer", ordering="number")
    def reference(self, goal: Goal) -> str:
        """Cite the goal."""
        return goal.reference

    @admin.display(description="planår", ordering="proposal__plan_year__year")
    def plan_year(self, goal: Goal) -> str:
        """Name the committee and the year."""
        return str(goal.proposal.plan_year)

    @admin.display(description="ordalydelse")
    def text(self, goal: Goal) -> str:
        """Give the party's words."""
        return goal.passage.text

    @admin.display(description="plats i planen")
    def place(self, goal: Goal) -> str:
        """Tell where the words stand."""
        return goal.passage.lines

    @admin.display(description="ändringar")
    def log(self, goal: Goal) -> SafeString:
        """Lead to what has been changed of the goal."""
        address = reverse("goal_log", args=[*goal.proposal.plan_year.address, goal.proposal.party.slug, goal.number])
        return format_html('<a href="{}">Ändringslogg för {}</a>', address, goal.reference)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: goals are made when a plan is published."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what a party has promised stands."""
        return False

"""Goals, what lines them up, reporting periods, what was recorded, and the audit log in the administration."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.postgres.forms import SimpleArrayField
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from goals import audit
from goals.models import (
    Alignment,
    Decision,
    Follow,
    Goal,
    Issue,
    LoggedChange,
    Notice,
    OutcomeValue,
    Reminder,
    ReportingPeriod,
    StatusUpdate,
    Topic,
)
from parties.administration import ByCommittee, CommitteeAdmin, InstallationAdmin, ReadOnly
from parties.models import User

# What lines goals up


@admin.register(Topic)
class TopicAdmin(InstallationAdmin):
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
class IssueAdmin(InstallationAdmin):
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


# Goals


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
        fields = ["kind", "issue", "target_value", "target_unit", "target_bound", "due_year", "responsible"]
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
                "fields": ["target_value", "target_unit", "target_bound", "due_year", "responsible"],
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


# Periods


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


# What was recorded: append-only, and only through the goal


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


# Who follows, and what they are told


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
        chosen: dict[str, dict[str, Any]] = {
            "vantar": {"sent_at": None},
            "skickat": {"sent_at__isnull": False},
            "misslyckat": {"sent_at": None, "attempts__gt": 0},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


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


# The audit log


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

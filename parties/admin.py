"""Municipalities, committees, parties, people and their roles in the administration."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from parties import anonymise as anonymising
from parties.administration import ByCommittee, CommitteeAdmin, InstallationAdmin, SearchedChoices, administered
from parties.models import Committee, Membership, Municipality, Party, User
from parties.requests import user_of


@admin.register(Municipality)
class MunicipalityAdmin(InstallationAdmin):
    """Municipalities."""

    list_display = ["name", "code", "slug"]
    search_fields = ["name", "code", "slug"]
    ordering = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Committee)
class CommitteesAdmin(InstallationAdmin):
    """Committees; those who have a role in one are under the roles."""

    list_display = ["name", "municipality", "slug"]
    list_select_related = ["municipality"]
    search_fields = ["name", "slug", "municipality__name"]
    list_filter = ["municipality"]
    ordering = ["municipality__name", "name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Party)
class PartyAdmin(InstallationAdmin):
    """Parties, with their badges as readers see them."""

    list_display = ["name", "abbreviation", "badge", "slug"]
    search_fields = ["name", "abbreviation", "slug"]
    ordering = ["name"]
    fields = ["name", "abbreviation", "slug", "fill", "ink", "badge"]
    readonly_fields = ["badge"]

    class Media:
        css = {"all": ["css/admin.css"]}

    @admin.display(description="märke")
    def badge(self, party: Party) -> SafeString:
        """Draw the badge in the colours that are saved, or that were just tried."""
        return render_to_string("includes/badge.html", {"party": party})


class RoleForm(forms.ModelForm):
    """A role of the person whose page it is on."""

    def clean(self) -> dict[str, Any]:
        """Refuse a second role in a committee, which somebody else may have given since the page was opened.

        Django looks for that among the page's own rows alone: whose page it is stands in no field.
        """
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        there = Membership.objects.filter(user=cleaned.get("user"), committee=cleaned.get("committee"))
        if self.instance._state.adding and there.exists():
            raise ValidationError("Användaren har redan en roll i nämnden. Ladda om sidan.")
        return cleaned


class MembershipInline(SearchedChoices, admin.TabularInline):
    """A person's roles, on the person's own page."""

    model = Membership
    form = RoleForm
    extra = 0
    autocomplete_fields = ["committee"]
    verbose_name_plural = "roller i nämnder"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Show them to who administers the installation, and to nobody who sees only some of them."""
        return bool(request.user.is_superuser)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission


class NewUserForm(forms.ModelForm):
    """A new person: no password is asked for, because nobody but the person should know it."""

    class Meta:
        model = User
        fields = ["email", "name"]
        help_texts = {
            "email": "Personen loggar in med den och väljer själv lösenord genom ”Glömt lösenordet”, "
            "eller använder kommunens inloggning."
        }

    def save(self, commit: bool = True) -> User:
        """Make a person who has no password to sign in with yet."""
        self.instance.set_unusable_password()
        user: User = super().save(commit)
        return user


class UserForm(UserChangeForm):
    """A person, as who administers the installation may change one."""

    class Meta(UserChangeForm.Meta):
        model = User

    #: Who changes; set by the administration.
    changed_by: User

    def clean(self) -> dict[str, Any]:
        """Refuse to take the own rights away, which nobody could then give back."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk == self.changed_by.pk:
            for field in ("is_active", "is_superuser"):
                if field in self.changed_data:
                    self.add_error(field, "Du kan inte ändra det här för dig själv. Be någon annan göra det.")
        return cleaned


@admin.register(User)
class UserAdmin(CommitteeAdmin, DjangoUserAdmin):
    """People who sign in.

    Who administers a committee may add people and see those who have a role there, but not change them: a person may
    have roles in other committees too, and whoever sets the e-mail address can sign in as the person.
    """

    committee = "memberships__committee"
    list_display = ["email", "name", "roles", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser", "memberships__role"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    readonly_fields = ["last_login", "joined_at"]
    inlines = [MembershipInline]
    actions = ["forget_second_step", "anonymise"]
    form = UserForm
    add_form = NewUserForm
    add_form_template = None
    add_fieldsets = [(None, {"fields": ["email", "name"]})]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (
            "Behörighet",
            {
                "fields": ["is_active", "is_superuser"],
                "description": "En person raderas inte, så att det alltid går att se vem som har skrivit vad. "
                "Bocka i stället ur ”aktiv”: då går det inte längre att logga in. Vad personen får göra i en nämnd "
                "står under roller.",
            },
        ),
        ("Tider", {"fields": ["last_login", "joined_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Add the roles that whoever asks may know of."""
        known = Membership.objects.filter(committee__in=administered(request)).select_related("committee__municipality")
        return super().get_queryset(request).prefetch_related(Prefetch("memberships", known, to_attr="known_roles"))

    def of_committees(self, rows: QuerySet[Any], committees: QuerySet[Committee]) -> QuerySet[Any]:
        """Find those who have a role in some committees, each once."""
        return rows.filter(Exists(Membership.objects.filter(user=OuterRef("pk"), committee__in=committees)))

    @admin.display(description="roller")
    def roles(self, user: User) -> str:
        """Name the person's roles."""
        known: list[Membership] = user.known_roles  # type: ignore[attr-defined]
        return ", ".join(f"{role.get_role_display()} i {role.committee}" for role in known)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Leave out what only who administers the installation has a use for."""
        return self.list_display if request.user.is_superuser else ["email", "name", "roles", "is_active"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Filter by what is listed; by role only where every role is."""
        return self.list_filter if request.user.is_superuser else ["is_active"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show who administers a committee the name and the address, and nothing of the account."""
        if obj and not request.user.is_superuser:
            return [(None, {"fields": ["email", "name", "is_active"]})]
        return super().get_fieldsets(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Tell the form who changes."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.changed_by = request.user
        return form

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Ask for roles when there is somebody to have them."""
        return self.inlines if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let only who administers the installation change people."""
        return bool(request.user.is_superuser) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a person is made inactive instead."""
        return False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show the form that makes a person; Django's own asks for more rights than ours gives away."""
        return self.changeform_view(request, None, form_url, extra_context)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Lead on to the role, without which a person can do nothing and is seen by nobody else."""
        if request.user.is_superuser:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, f"{obj.email} har lagts till. Välj nu vilken roll personen har.")
        query = QueryDict(mutable=True)
        query["email"] = obj.email
        return HttpResponseRedirect(f"{reverse('admin:parties_membership_add')}?{query.urlencode()}")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and forget the addresses that the person no longer has, which else would still lead in."""
        super().save_model(request, obj, form, change)
        EmailAddress.objects.filter(user=obj).exclude(email__iexact=obj.email).delete()

    @admin.action(description="Ta bort det andra steget vid inloggning", permissions=["change"])
    def forget_second_step(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Let somebody who has lost the telephone sign in by password alone, and choose a second step anew."""
        for user in queryset:
            deleted, _ = Authenticator.objects.filter(user=user).delete()
            if deleted:
                self.log_change(request, user, "Tog bort det andra steget vid inloggning.")
        messages.success(request, "De valda personerna loggar nu in utan ett andra steg.")

    @admin.action(description="Ta bort alla personuppgifter (går inte att ångra)", permissions=["change"])
    def anonymise(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Ask, and then take away all that tells who somebody is; nobody does so with the own account."""
        if queryset.filter(pk=user_of(request).pk).exists():
            messages.error(request, "Du kan inte ta bort dina egna uppgifter. Be någon annan göra det.")
            return None
        if "anonymise" not in request.POST:
            context = {**self.admin_site.each_context(request), "title": "Ta bort personuppgifter", "opts": self.opts}
            people = [(user, anonymising.counts(user)) for user in queryset]
            return render(request, "admin/parties/user/anonymise.html", {**context, "people": people})
        for user in queryset:
            try:
                anonymising.anonymise(user)
            except anonymising.LastAdministratorError as error:
                messages.error(request, str(error))
            else:
                user.refresh_from_db()
                self.log_change(request, user, "Tog bort alla personuppgifter.")
                messages.success(request, f"Klart. Personen är nu ”{user}”.")
        return None


class MembershipForm(forms.ModelForm):
    """A role in a committee, given by e-mail address to somebody who is known or to somebody new."""

    email = forms.EmailField(label="E-postadress", help_text="Finns personen inte sedan tidigare så läggs den till.")
    name = forms.CharField(
        label="Namn", max_length=150, required=False, help_text="Behövs bara om personen inte finns sedan tidigare."
    )

    class Meta:
        model = Membership
        fields = ["committee", "role"]

    def clean(self) -> dict[str, Any]:
        """Refuse a second role in the same committee, and roles for those who cannot sign in."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        user = User.objects.filter(email__iexact=cleaned.get("email", "")).first()
        if user and not user.is_active:
            self.add_error("email", "Personens konto är inte aktivt, så det kan inte få någon roll.")
        elif user and user.memberships.filter(committee=cleaned.get("committee")).exists():
            self.add_error("email", "Personen har redan en roll i nämnden.")
        return cleaned

    def save(self, commit: bool = True) -> Membership:
        """Give the role, to somebody new if the address is."""
        self.instance.user = User.objects.find_or_make(self.cleaned_data["email"], self.cleaned_data["name"])
        membership: Membership = super().save(commit)
        return membership


@admin.register(Membership)
class MembershipAdmin(CommitteeAdmin):
    """Roles in committees. Whose role it is and where is never changed: that would be another role."""

    list_display = ["user", "email", "committee", "role"]
    list_select_related = ["user", "committee__municipality"]
    list_filter = ["role", ByCommittee]
    search_fields = ["user__email", "user__name", "committee__name"]
    ordering = ["committee__name", "user__email"]

    @admin.display(description="e-postadress", ordering="user__email")
    def email(self, membership: Membership) -> str:
        """Give the address that tells people of the same name apart."""
        return membership.user.email

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for the person by e-mail address when the role is given."""
        return ["user", "email", "committee", "role"] if obj else ["email", "name", "committee", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Keep whose role it is, and where."""
        return ["user", "email", "committee"] if obj else []

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Ask for the person only when the role is given."""
        return super().get_form(request, obj, change, **({} if obj else {"form": MembershipForm}), **kwargs)

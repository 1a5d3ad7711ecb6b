"""The administration: who sees and changes what in it, model by model, and that nobody gets past it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

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
from parties.models import Committee, Membership, Municipality, Party, User
from proposals.models import PlanYear, Proposal, SourceDocument
from tests.cast import ADMINISTRATOR, CAST, MEMBER, NOBODY, OTHER, SECRETARY, SUPERUSER, Cast
from tests.factories import (
    CommitteeFactory,
    GoalFactory,
    IssueFactory,
    MembershipFactory,
    MunicipalityFactory,
    PartyFactory,
    PeriodFactory,
    PlanYearFactory,
    ProposalFactory,
    SourceDocumentFactory,
    TopicFactory,
    UserFactory,
)

Model = type[models.Model]

#: Status codes of the list, the form that adds, and the page of one, for the superuser.
ALL = (200, 200, 200)
NOT_ADDED = (200, 403, 200)
#: The log tells all in its list, and has no page of one: the index says that there is none.
LISTED = (200, 403, 302)
#: The same for the administrator of the committee that the one belongs to.
NONE = (403, 403, 403)

#: What a superuser and a committee's administrator get.
EXPECTED: dict[Model, tuple[tuple[int, ...], tuple[int, ...]]] = {
    Municipality: (ALL, NONE),
    Committee: (ALL, NONE),
    Party: (ALL, NONE),
    User: (ALL, ALL),
    Membership: (ALL, ALL),
    PlanYear: (ALL, NONE),
    Proposal: (NOT_ADDED, NONE),
    SourceDocument: (NOT_ADDED, NONE),
    Topic: (ALL, NONE),
    Issue: (ALL, NONE),
    Alignment: (ALL, NONE),
    Goal: (NOT_ADDED, NONE),
    ReportingPeriod: (ALL, ALL),
    StatusUpdate: (NOT_ADDED, NONE),
    Decision: (NOT_ADDED, NONE),
    OutcomeValue: (NOT_ADDED, NONE),
    Follow: (NOT_ADDED, NONE),
    Notice: (NOT_ADDED, NONE),
    Reminder: (NOT_ADDED, NONE),
    LoggedChange: (LISTED, NONE),
}

#: What may be changed and deleted, by the superuser.
CHANGED = {Municipality, Committee, Party, User, Membership, Topic, Issue, Alignment, Goal, ReportingPeriod}
DELETED = {Municipality, Committee, Party, Membership, PlanYear, Topic, Issue, Alignment, ReportingPeriod}


def address(model: Model, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


class Makers:
    """Makes rows of each model, all of the cast's committee where they have one."""

    def __init__(self, cast: Cast):
        self.cast = cast
        self.plan_year = PlanYear.objects.get()
        self.goal = Goal.objects.exclude(target_value=None).first()
        self.period = self.plan_year.periods.first()

    def make(self, model: Model) -> Any:
        return getattr(self, model._meta.model_name)()

    def municipality(self) -> Any:
        return MunicipalityFactory()

    def committee(self) -> Any:
        return CommitteeFactory()

    def party(self) -> Any:
        return PartyFactory()

    def user(self) -> Any:
        return self.membership().user

    def membership(self) -> Any:
        return MembershipFactory(committee=self.cast.committee, user__name="Ett namn")

    def planyear(self) -> Any:
        return PlanYearFactory()

    def proposal(self) -> Any:
        return ProposalFactory()

    def sourcedocument(self) -> Any:
        return SourceDocumentFactory()

    def topic(self) -> Any:
        return TopicFactory()

    def issue(self) -> Any:
        return IssueFactory()

    def alignment(self) -> Any:
        issue = IssueFactory()
        plan_year = PlanYearFactory(committee=issue.committee)
        return Alignment.objects.create(issue=issue, plan_year=plan_year, relation="same", reason="Prov")

    def goal_(self) -> Any:
        return GoalFactory(issue=IssueFactory())

    def reportingperiod(self) -> Any:
        return PeriodFactory(plan_year=self.plan_year)

    def statusupdate(self) -> Any:
        return GoalFactory(proposal__plan_year=self.plan_year).report(
            "in_progress", by=self.cast.secretary, period=self.period
        )

    def decision(self) -> Any:
        goal = GoalFactory(proposal__plan_year=self.plan_year)
        return goal.decide("adopted", by=self.cast.secretary, date=date(2017, 1, 1))

    def outcomevalue(self) -> Any:
        goal = GoalFactory(proposal__plan_year=self.plan_year, target_value=Decimal(80), target_unit="%")
        return goal.measure(Decimal(7), by=self.cast.secretary, date=date(2017, 5, 1), source="Enkät")

    def follow(self) -> Any:
        return Follow.objects.create(user=UserFactory(), goal=GoalFactory(proposal__plan_year=self.plan_year))

    def notice(self) -> Any:
        follow = self.follow()
        return Notice.objects.create(
            follow=follow, goal=follow.goal, key=uuid4(), text="Uppnått", anchor="lage-1", due_at=timezone.now()
        )

    def reminder(self) -> Any:
        return Reminder.objects.create(period=self.period, user=UserFactory(), remaining=7, sent_at=timezone.now())

    def loggedchange(self) -> Any:
        self.membership()
        return LoggedChange.objects.order_by("-pgh_created_at").first()


@pytest.fixture
def makers(cast: Cast) -> Makers:
    return Makers(cast)


@pytest.fixture(autouse=True)
def sign_in_address(settings: Any) -> None:
    settings.LOGIN_URL = "/logga-in/"


def make(makers: Makers, model: Model) -> Any:
    return makers.goal_() if model is Goal else makers.make(model)


def test_every_model_is_expected():
    """A model that is put into the administration has to say below who may do what with it."""
    assert set(admin.site._registry) == set(EXPECTED)


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_who_may_open_what(makers: Makers, model):
    """Superusers see all; a committee's administrator the people, roles and periods; nobody else anything."""
    row = make(makers, model)
    pages = [address(model, "changelist"), address(model, "add"), address(model, "change", row.pk)]
    superuser, administrator = EXPECTED[model]
    for who in CAST:
        client = makers.cast.client(who)
        answers = tuple(client.get(page).status_code for page in pages)
        assert answers == {SUPERUSER: superuser, ADMINISTRATOR: administrator}.get(who, (302, 302, 302)), who


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_what_may_be_changed_and_deleted(makers: Makers, model):
    """What is only to be read refuses every POST, also a superuser's, and nothing changes."""
    row = make(makers, model)
    client = makers.cast.client(SUPERUSER)
    before = contents(model)
    # A form that may be sent answers that fields are missing, or asks whether to delete.
    assert client.post(address(model, "add")).status_code == (200 if EXPECTED[model][0] == ALL else 403)
    change = address(model, "change", row.pk)
    assert client.post(change, {"kind": ""}).status_code == (200 if model in CHANGED else 403)
    delete = address(model, "delete", row.pk)
    assert client.post(delete, {} if model in DELETED else {"post": "yes"}).status_code == (
        200 if model in DELETED else 403
    )
    assert contents(model) == before


def contents(model: Model) -> list[Any]:
    return list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_no_action_deletes_many(makers: Makers, model):
    """There is no action that deletes many, and asking for it by name does nothing."""
    row = make(makers, model)
    client = makers.cast.client(SUPERUSER)
    page = address(model, "changelist")
    before = contents(model)
    assert "delete_selected" not in client.get(page).content.decode()
    client.post(page, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
    assert contents(model) == before


#: Each list, with each who sees it.
LISTS = [
    *((SUPERUSER, model) for model in EXPECTED),
    *((ADMINISTRATOR, model) for model, (_, answers) in EXPECTED.items() if answers != NONE),
]


@pytest.mark.parametrize(("who", "model"), LISTS, ids=lambda part: getattr(part, "__name__", part))
def test_lists_cost_the_same_however_long(makers: Makers, model, who):
    """A list of thirty takes no more queries than one of ten."""
    client = makers.cast.client(who)
    page = address(model, "changelist")
    for _ in range(10):
        make(makers, model)
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        assert client.get(page).status_code == 200
    for _ in range(20):
        make(makers, model)
    with CaptureQueriesContext(connection) as many:
        assert client.get(page).status_code == 200
    assert len(many) == len(few)


#: A word that finds a row, from the row.
FOUND_BY: dict[Model, Callable[[Any], str]] = {
    Municipality: lambda row: row.name,
    Committee: lambda row: row.municipality.name,
    Party: lambda row: row.name,
    User: lambda row: row.email,
    Membership: lambda row: row.user.email,
    PlanYear: lambda row: row.committee.municipality.name,
    Proposal: lambda row: row.party.name,
    SourceDocument: lambda row: row.sha256,
    Topic: lambda row: row.name,
    Issue: lambda row: row.name,
    Alignment: lambda row: row.issue.name,
    Goal: lambda row: row.passage.text,
    ReportingPeriod: lambda row: row.name,
    StatusUpdate: lambda row: row.goal.passage.text,
    Decision: lambda row: row.goal.passage.text,
    OutcomeValue: lambda row: row.goal.passage.text,
    Follow: lambda row: row.user.email,
    Notice: lambda row: row.follow.user.email,
    Reminder: lambda row: row.user.email,
}


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_search(makers: Makers, model):
    """Every list can be searched: a word finds what has it, and another finds nothing."""
    row = make(makers, model)
    make(makers, model)
    client = makers.cast.client(SUPERUSER)
    page = address(model, "changelist")
    found = FOUND_BY.get(model)
    if found:
        listed = client.get(page, {"q": found(row)}).context["cl"].result_list
        assert [each.pk for each in listed] == [row.pk]
    assert list(client.get(page, {"q": "finns-inte-alls"}).context["cl"].result_list) == []


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_filters(makers: Makers, model):
    """Every filter of every list can be followed, and nonsense in an address is no fault of ours."""
    make(makers, model)
    client = makers.cast.client(SUPERUSER)
    page = address(model, "changelist")
    context = client.get(page).context["cl"]
    for spec in context.filter_specs:
        for choice in spec.choices(context):
            assert client.get(page + choice["query_string"]).status_code == 200
    for nonsense in ("?namnd=x", "?namnd=99999999999999999999", "?lage=x", "?vad=x&hur=x", "?p=9", "?o=99"):
        assert client.get(page + nonsense, follow=True).status_code == 200


@pytest.mark.parametrize("model", EXPECTED, ids=lambda model: model.__name__)
def test_pages_keep_the_policy(makers: Makers, model):
    """Pages of the administration have the policy of the rest of the site, and nothing in them that it stops."""
    row = make(makers, model)
    client = makers.cast.client(SUPERUSER)
    for page in (address(model, "changelist"), address(model, "change", row.pk)):
        response = client.get(page, follow=True)
        assert "unsafe" not in response["Content-Security-Policy"]
        content = response.content.decode()
        assert " style=" not in content
        assert " onclick=" not in content


# The door


@pytest.mark.parametrize("who", CAST)
def test_the_door(cast: Cast, who):
    """Who administers something comes in; who is signed in to no use is told so; others sign in first."""
    client = cast.client(who)
    response = client.get("/admin/", follow=who in (MEMBER, OTHER, SECRETARY))
    assert response.status_code == {NOBODY: 302, SUPERUSER: 200, ADMINISTRATOR: 200}.get(who, 403)
    if who == NOBODY:
        assert client.get(response["Location"])["Location"] == "/logga-in/?next=/admin/"


def test_neither_staff_nor_permissions_open_it(cast: Cast):
    """What Django would let in by is_staff and permissions stays outside."""
    user = cast.users[MEMBER]
    user.is_staff = True
    user.save()
    user.user_permissions.set(Permission.objects.all())
    assert cast.client(MEMBER).get("/admin/", follow=True).status_code == 403
    administrator = cast.users[ADMINISTRATOR]
    administrator.user_permissions.set(Permission.objects.all())
    assert cast.client(ADMINISTRATOR).get(address(Party, "changelist")).status_code == 403


def test_an_administrator_who_is_no_longer_active_is_out(cast: Cast):
    """An inactive account opens nothing."""
    client = cast.client(ADMINISTRATOR)
    User.objects.filter(pk=cast.users[ADMINISTRATOR].pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_the_index_is_plain_swedish(cast: Cast):
    """The index names our three rooms in Swedish and nothing of the libraries; an administrator sees three things."""
    rooms = cast.client(SUPERUSER).get("/admin/").context["app_list"]
    assert {room["name"] for room in rooms} == {"Partier och nämnder", "Planer", "Mål och uppföljning"}
    rooms = cast.client(ADMINISTRATOR).get("/admin/").context["app_list"]
    assert {model["model"] for room in rooms for model in room["models"]} == {User, Membership, ReportingPeriod}


def test_who_is_signed_in_is_not_asked_to_sign_in(cast: Cast):
    """The address of Django's own sign-in leads those in who may come in."""
    assert cast.client(SUPERUSER).get("/admin/login/")["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("app", "model", "field"),
    [("parties", "membership", "committee"), ("goals", "issue", "topic"), ("goals", "goal", "issue")],
)
def test_choices_are_no_way_round(cast: Cast, app, model, field):
    """What completes choices in forms gives an administrator of a committee nothing that is not the committee's."""
    MembershipFactory(user__email="hemlig@example.org")
    response = cast.client(ADMINISTRATOR).get(
        "/admin/autocomplete/", {"app_label": app, "model_name": model, "field_name": field, "term": ""}
    )
    assert response.status_code == 403
    response = cast.client(ADMINISTRATOR).get(
        "/admin/autocomplete/", {"app_label": "parties", "model_name": "membership", "field_name": "user", "term": ""}
    )
    assert "hemlig" not in response.content.decode()


def test_protected_things_are_not_deleted(makers: Makers):
    """What something hangs on is not deleted: the answer says so in Swedish."""
    client = makers.cast.client(SUPERUSER)
    protected = [
        Municipality.objects.first(),
        makers.cast.committee,
        Party.objects.first(),
        makers.plan_year,
        Topic.objects.first(),
        Issue.objects.first(),
        makers.statusupdate().period,
    ]
    for row in protected:
        response = client.post(address(type(row), "delete", row.pk), {"post": "yes"})
        assert response.status_code == 200
        assert "<title>Kan inte ta bort" in response.content.decode()
        assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", sorted(DELETED, key=lambda model: model.__name__), ids=lambda model: model.__name__)
def test_what_nothing_hangs_on_is_deleted(makers: Makers, model):
    """A mistake that nothing hangs on yet can be deleted, one at a time."""
    row = make(makers, model)
    response = makers.cast.client(SUPERUSER).post(address(model, "delete", row.pk), {"post": "yes"})
    assert response.status_code == 302
    assert not model.objects.filter(pk=row.pk).exists()


def test_client_of_nobody_changes_nothing(makers: Makers):
    """Forms that are sent without signing in, or by somebody with no business there, lead away."""
    for who in (NOBODY, MEMBER, OTHER, SECRETARY):
        client: Client = makers.cast.client(who)
        for model in EXPECTED:
            assert client.post(address(model, "add")).status_code == 302


@pytest.mark.parametrize("odd", ["'", "²", "1e3", "-1", "9" * 30, "http://127.0.0.1/"])
def test_what_is_no_key_is_told(cast: Cast, odd: str):
    """Something else where a row's key should be is a fault in the form, and none of ours."""
    client = cast.client(SUPERUSER)
    for model in (Topic, Issue, Alignment, PlanYear, Membership, Committee, ReportingPeriod):
        chosen = {field.name: odd for field in model._meta.fields if field.is_relation}
        response = client.post(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add"), chosen)
        assert (response.status_code, "errorlist" in response.content.decode()) == (200, True), model


def test_no_field_is_named(cast: Cast):
    """An address with an empty name of a field shows the row."""
    user = cast.users[SECRETARY]
    assert cast.client(SUPERUSER).get(f"/admin/parties/user/{user.pk}/change/?_to_field=").status_code == 200

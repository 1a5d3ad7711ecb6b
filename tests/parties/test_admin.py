"""People and roles in the administration: what is easy, and what cannot be reached by any detour."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from parties.models import Membership, Party, User
from tests.cast import ADMINISTRATOR, MEMBER, OTHER, SUPERUSER, Cast
from tests.factories import CommitteeFactory, MembershipFactory, UserFactory

USERS = "/admin/parties/user/"
ROLES = "/admin/parties/membership/"


@pytest.fixture
def client(cast: Cast) -> Client:
    """Give the client of the committee's administrator."""
    return cast.client(ADMINISTRATOR)


@pytest.fixture
def superuser(cast: Cast) -> Client:
    return cast.client(SUPERUSER)


def other(cast: Cast) -> Membership:
    """Give the role of another committee's secretary."""
    return cast.users[OTHER].memberships.get()


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found


# What the administrator of a committee can do


def test_a_role_for_somebody_new(cast: Cast, client: Client):
    """A role given to an address that nobody has makes the person, without a password and without other rights."""
    given = {"email": "Ny@example.org", "name": "Namnet", "committee": cast.committee.pk, "role": "secretary"}
    response = client.post(f"{ROLES}add/", {**given, "is_superuser": "on", "is_staff": "on", "user": "1"})
    assert response.status_code == 302
    user = User.objects.get(email="ny@example.org")
    assert (user.name, user.is_superuser, user.is_staff, user.is_active) == ("Namnet", False, False, True)
    assert not user.has_usable_password()
    assert user.role_in(cast.committee) == "secretary"


def test_a_role_for_somebody_known(cast: Cast, client: Client):
    """A role given to an address that somebody has, in whatever case, is that person's; the name stays."""
    user = UserFactory(email="Kand@example.org", name="Rätt namn")
    client.post(
        f"{ROLES}add/",
        {"email": "kAnd@example.org", "name": "Fel namn", "committee": cast.committee.pk, "role": "member"},
    )
    user = User.objects.get(pk=user.pk)
    assert user.name == "Rätt namn"
    assert user.role_in(cast.committee) == "member"


def test_a_person_and_then_a_role(cast: Cast, client: Client):
    """Who is added leads on to the form for the role, with the address filled in."""
    response = client.post(f"{USERS}add/", {"email": "ny@example.org", "name": "Namnet"}, follow=True)
    assert response.request["PATH_INFO"] == f"{ROLES}add/"
    assert response.context["adminform"].form["email"].value() == "ny@example.org"
    assert "Välj nu vilken roll personen har" in response.content.decode()


def test_a_role_is_changed_and_taken_back(cast: Cast, client: Client):
    """A role is changed to another one in the same committee, and taken back."""
    role = cast.secretary.memberships.get()
    client.post(f"{ROLES}{role.pk}/change/", {"role": "member"})
    role.refresh_from_db()
    assert role.role == "member"
    client.post(f"{ROLES}{role.pk}/delete/", {"post": "yes"})
    assert not Membership.objects.filter(pk=role.pk).exists()


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"email": "inte en adress"}, "email", "giltig e-postadress"),
        ({"email": ""}, "email", "måste fyllas i"),
        ({"role": "king"}, "role", "giltigt alternativ"),
        ({"role": ""}, "role", "måste fyllas i"),
        ({"committee": "9999999"}, "committee", "giltigt alternativ"),
        ({"committee": "x"}, "committee", "giltigt alternativ"),
        ({"name": "å" * 151}, "name", "som mest 150"),
        ({"email": "sekreterare@example.org"}, "email", "redan en roll"),
        ({"email": "borta@example.org"}, "email", "inte aktivt"),
    ],
)
def test_what_is_wrong_with_a_role(cast: Cast, client: Client, given, field, message):
    """What is wrong is said in Swedish at the field, and nobody is made."""
    User.objects.filter(pk=cast.secretary.pk).update(email="Sekreterare@example.org")
    UserFactory(email="borta@example.org", is_active=False)
    before = (User.objects.count(), Membership.objects.count())
    good = {"email": "ny@example.org", "committee": cast.committee.pk, "role": "member"}
    response = client.post(f"{ROLES}add/", {**good, **given})
    assert message in " ".join(errors(response)[field])
    assert (User.objects.count(), Membership.objects.count()) == before


# What it cannot do, by any detour


def test_another_committees_roles_are_not_there(cast: Cast, client: Client):
    """Roles of another committee are not listed, shown, changed or deleted, and none is given there."""
    role = other(cast)
    assert cast.users[OTHER].email not in client.get(ROLES).content.decode()
    assert list(client.get(ROLES, {"q": cast.users[OTHER].email}).context["cl"].result_list) == []
    for page in ("change", "delete", "history"):
        assert client.get(f"{ROLES}{role.pk}/{page}/").status_code == 302
    client.post(f"{ROLES}{role.pk}/change/", {"role": "administrator"})
    client.post(f"{ROLES}{role.pk}/delete/", {"post": "yes"})
    role.refresh_from_db()
    assert role.role == "secretary"
    response = client.post(
        f"{ROLES}add/", {"email": "ny@example.org", "committee": role.committee.pk, "role": "administrator"}
    )
    assert "committee" in errors(response)
    assert not User.objects.filter(email="ny@example.org").exists()
    listed = client.get(f"{ROLES}add/").context["adminform"].form.fields["committee"].queryset
    assert list(listed) == [cast.committee]


def test_a_role_does_not_move(cast: Cast, client: Client):
    """A role stays the same person's in the same committee, whatever a form says."""
    role, elsewhere = cast.secretary.memberships.get(), other(cast)
    forged = {
        "role": "member",
        "committee": elsewhere.committee.pk,
        "user": elsewhere.user.pk,
        "email": "x@example.org",
    }
    client.post(f"{ROLES}{role.pk}/change/", {**forged, "id": elsewhere.pk})
    moved = Membership.objects.get(pk=role.pk)
    assert (moved.user, moved.committee, moved.role) == (cast.secretary, cast.committee, "member")
    elsewhere.refresh_from_db()
    assert elsewhere.role == "secretary"


def test_people_elsewhere_are_not_seen(cast: Cast, client: Client):
    """People with no role in the committee are neither listed nor found, nor are the others' other roles."""
    elsewhere = CommitteeFactory(name="Hemliga nämnden")
    MembershipFactory(user=cast.secretary, committee=elsewhere)
    content = client.get(USERS).content.decode()
    assert cast.secretary.email in content
    assert cast.users[OTHER].email not in content
    assert "Hemliga" not in content
    assert "Hemliga" not in client.get(f"{USERS}{cast.secretary.pk}/change/").content.decode()
    assert list(client.get(USERS, {"q": cast.users[OTHER].email}).context["cl"].result_list) == []
    assert client.get(f"{USERS}{cast.users[OTHER].pk}/change/").status_code == 302
    assert client.get(f"{USERS}{cast.users[OTHER].pk}/history/").status_code == 302


@pytest.mark.parametrize("who", [MEMBER, ADMINISTRATOR, OTHER, SUPERUSER])
def test_nobody_is_changed(cast: Cast, client: Client, who):
    """No person is changed by a committee's administrator: not the own account, not its rights, not its password."""
    user = cast.users[who]
    before = User.objects.filter(pk=user.pk).values().get()
    forged = {"email": "tagen@example.org", "name": "Tagen", "is_superuser": "on", "is_staff": "on", "is_active": ""}
    inline = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": user.pk,
        "memberships-0-committee": other(cast).committee.pk,
        "memberships-0-role": "administrator",
    }
    roles = Membership.objects.count()
    assert client.post(f"{USERS}{user.pk}/change/", {**forged, **inline}).status_code in (302, 403)
    assert client.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code in (302, 403)
    password = {"password1": "ett-annat-långt-lösen", "password2": "ett-annat-långt-lösen", "usable_password": "true"}
    assert client.post(f"{USERS}{user.pk}/password/", password).status_code == 403
    client.post(USERS, {"action": "forget_second_step", "_selected_action": [user.pk]})
    assert User.objects.filter(pk=user.pk).values().get() == before
    assert Membership.objects.count() == roles


def test_nobody_is_made_with_rights(cast: Cast, client: Client):
    """Who is added has no rights, whatever the form says."""
    forged = {"is_superuser": "on", "is_staff": "on", "groups": "1", "user_permissions": "1", "password": "x"}
    client.post(f"{USERS}add/", {"email": "ny@example.org", "name": "Namnet", **forged})
    user = User.objects.get(email="ny@example.org")
    assert not user.is_superuser
    assert not user.is_staff
    assert not user.has_usable_password()
    assert not user.groups.exists()
    assert not user.user_permissions.exists()


def test_no_question_leaks_what_is_not_shown(cast: Cast, client: Client):
    """What one cannot see one cannot ask about either."""
    for question in ("password__startswith=a", "memberships__committee__name=x", "user__password__startswith=a"):
        for page in (USERS, ROLES):
            response = client.get(f"{page}?{question}")
            assert response.status_code in (302, 400)
            assert cast.secretary.email not in response.content.decode()


def test_an_administrator_of_two_committees(cast: Cast, client: Client):
    """Who administers two committees sees both, and no third."""
    second = CommitteeFactory()
    MembershipFactory(user=cast.users[ADMINISTRATOR], committee=second, role="administrator")
    listed = client.get(f"{ROLES}add/").context["adminform"].form.fields["committee"].queryset
    assert set(listed) == {cast.committee, second}


# What the superuser can do


def user_form(user: User, **given: Any) -> dict[str, Any]:
    form = {
        "email": user.email,
        "name": user.name,
        "is_active": "on",
        **({"is_superuser": "on"} if user.is_superuser else {}),
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
        **given,
    }
    return {name: value for name, value in form.items() if value is not None}


def test_a_person_is_made_without_a_password(superuser: Client):
    """A new person is an address and a name; then come the roles."""
    response = superuser.post(f"{USERS}add/", {"email": "ny@example.org", "name": "Namnet"}, follow=True)
    user = User.objects.get(email="ny@example.org")
    assert response.request["PATH_INFO"] == f"{USERS}{user.pk}/change/"
    assert not user.has_usable_password()


@pytest.mark.parametrize(
    ("email", "message"), [("TAGEN@example.org", "redan"), ("fel", "giltig e-postadress"), ("", "måste fyllas i")]
)
def test_a_person_needs_an_address_of_its_own(superuser: Client, email, message):
    """An address that somebody has, in whatever case, is refused in Swedish."""
    UserFactory(email="tagen@example.org")
    response = superuser.post(f"{USERS}add/", {"email": email, "name": "Namnet"})
    said = errors(response)
    assert message in str(said)


def test_roles_on_a_persons_own_page(cast: Cast, superuser: Client):
    """A superuser gives roles on the person's page too, and one role in each committee at most."""
    user = UserFactory()
    role = {"user": user.pk, "committee": cast.committee.pk, "role": "member"}
    rows = {f"memberships-{n}-{name}": value for n in range(2) for name, value in role.items()}
    page = f"{USERS}{user.pk}/change/"
    twice = superuser.post(page, user_form(user, **rows) | {"memberships-TOTAL_FORMS": "2"})
    assert twice.status_code == 200
    assert not user.memberships.exists()
    assert superuser.post(page, user_form(user, **rows) | {"memberships-TOTAL_FORMS": "1"}).status_code == 302
    assert user.memberships.get().role == "member"


def test_two_give_a_person_the_same_role(cast: Cast, superuser: Client):
    """Who opened the page before somebody else gave a role in the committee is told, and nothing is lost."""
    secretary = cast.secretary
    role = secretary.memberships.get()
    sent = {"email": secretary.email, "name": secretary.name, "is_active": "on"}
    sent |= {"memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 0, "memberships-0-user": secretary.pk}
    sent |= {"memberships-0-committee": role.committee_id, "memberships-0-role": "member"}
    response = superuser.post(f"/admin/parties/user/{secretary.pk}/change/", sent)
    assert response.status_code == 200
    assert "Användaren har redan en roll i nämnden." in response.content.decode()
    assert list(secretary.memberships.values_list("role", flat=True)) == ["secretary"]


def test_an_address_that_is_changed_no_longer_leads_in(superuser: Client):
    """Addresses that a person had before are forgotten where people sign in."""
    user = UserFactory(email="gammal@example.org")
    EmailAddress.objects.create(user=user, email="gammal@example.org", primary=True, verified=True)
    superuser.post(f"{USERS}{user.pk}/change/", user_form(user, email="aktuell@example.org"))
    assert User.objects.get(pk=user.pk).email == "aktuell@example.org"
    assert not EmailAddress.objects.filter(email="gammal@example.org").exists()


@pytest.mark.parametrize("given", [{"is_superuser": None}, {"is_active": None}])
def test_a_superuser_does_not_lock_itself_out(cast: Cast, superuser: Client, given):
    """The own rights cannot be taken away, which nobody could give back."""
    user = cast.users[SUPERUSER]
    response = superuser.post(f"{USERS}{user.pk}/change/", user_form(user, **given))
    assert "för dig själv" in str(errors(response))
    user.refresh_from_db()
    assert user.is_superuser
    assert user.is_active


def test_a_person_is_made_inactive(cast: Cast, superuser: Client):
    """A person is not deleted but made inactive, and is out at once."""
    user = cast.secretary
    client = Client()
    client.force_login(user)
    superuser.post(f"{USERS}{user.pk}/change/", user_form(user, is_active=None))
    assert not User.objects.get(pk=user.pk).is_active
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert "raderas inte" in superuser.get(f"{USERS}{user.pk}/change/").content.decode()


def test_a_password_is_set(cast: Cast, superuser: Client):
    """A superuser can set somebody's password, which has to be a good one."""
    user = cast.secretary
    page = f"{USERS}{user.pk}/password/"
    assert "../password/" in superuser.get(f"{USERS}{user.pk}/change/").content.decode()
    short = superuser.post(page, {"password1": "kort", "password2": "kort", "usable_password": "true"})
    assert "för kort" in short.content.decode()
    good = "ett-alldeles-nytt-lösen"
    assert superuser.post(page, {"password1": good, "password2": good, "usable_password": "true"}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(good)


def test_a_lost_second_step_is_forgotten(cast: Cast, superuser: Client):
    """Who has lost the telephone gets in by password again; the secret is never shown."""
    user = cast.secretary
    Authenticator.objects.create(user=user, type="totp", data={"secret": "HEMLIGT"})
    assert "HEMLIGT" not in superuser.get(f"{USERS}{user.pk}/change/").content.decode()
    superuser.post(USERS, {"action": "forget_second_step", "_selected_action": [user.pk]})
    assert not Authenticator.objects.exists()


# Parties and committees


def test_a_badge_that_cannot_be_read_is_refused(plans, superuser: Client):
    """Colours with too little contrast are refused in Swedish, with the badge shown in them."""
    party = Party.objects.get(slug="v")
    page = f"/admin/parties/party/{party.pk}/change/"
    form = {"name": party.name, "abbreviation": "V", "slug": "v", "fill": "#FFFFFF", "ink": "#EEEEEE"}
    response = superuser.post(page, form)
    assert "syns för dåligt" in str(errors(response)["ink"])
    assert 'fill="#EEEEEE"' in response.content.decode()
    assert "Ange färgen som #" in str(errors(superuser.post(page, {**form, "ink": "red"}))["ink"])
    assert superuser.post(page, {**form, "ink": "#000000"}).status_code == 302
    assert Party.objects.get(slug="v").ink == "#000000"


def test_a_badge_is_only_a_drawing(plans, superuser: Client):
    """What is typed as colour or abbreviation is shown as text and nothing else."""
    form = {"name": "X", "abbreviation": '"><b>', "slug": "x", "fill": '"><script>', "ink": "#000000"}
    content = superuser.post("/admin/parties/party/add/", form).content.decode()
    assert '"><script>' not in content
    assert '"><b>' not in content


@pytest.mark.parametrize(
    ("model", "form", "field", "message"),
    [
        ("municipality", {"name": "Y", "code": "12", "slug": "y"}, "code", "fyra siffror"),
        ("municipality", {"name": "Y", "code": "1234", "slug": "admin"}, "slug", "används av webbplatsen"),
        ("municipality", {"name": "Y", "code": "0484", "slug": "y"}, "code", "redan"),
        ("municipality", {"name": "", "code": "1234", "slug": "å ä"}, "slug", "giltig"),
        ("party", {"name": "Y", "abbreviation": "FÖR LÅNG", "slug": "y"}, "abbreviation", "som mest 5"),
        ("party", {"name": "Y", "abbreviation": "Y", "slug": "jamfor"}, "slug", "används av planårets sidor"),
        ("committee", {"name": "Y", "slug": "y"}, "municipality", "måste fyllas i"),
    ],
)
def test_what_is_wrong_is_said_in_swedish(plans, superuser: Client, model, form, field, message):
    """Forms say in Swedish what is wrong."""
    response = superuser.post(f"/admin/parties/{model}/add/", form)
    assert message in " ".join(errors(response)[field])


def test_a_committee_is_made(plans, superuser: Client):
    """A superuser makes a committee."""
    municipality = plans.committee.municipality
    form = {"municipality": municipality.pk, "name": "Miljönämnden", "slug": "miljonamnden"}
    assert superuser.post("/admin/parties/committee/add/", form).status_code == 302
    again = superuser.post("/admin/parties/committee/add/", form)
    assert "finns redan" in str(errors(again))

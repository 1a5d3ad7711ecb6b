"""What is kept about a person can be shown to the person, and taken away without breaking the history."""

import json
from datetime import date
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from goals.models import Decision, Follow, Goal, Report, ReportingPeriod, StatusUpdate
from parties.models import Committee, Membership, Party, User
from tests import reports
from tests.cast import SUPERUSER, Cast
from tests.conftest import YEAR

EMAIL = "asa.unik-person@example.org"
NAME = "Åsa Unik-Person"
AS_STORED = r"\u00c5sa Unik-Person"


@pytest.fixture
def person(cast: Cast) -> User:
    """Give a secretary who has done and kept all that one can."""
    user = cast.secretary
    browser = cast.client(SUPERUSER)
    changed = {"email": EMAIL, "name": NAME, "is_active": "on", "memberships-TOTAL_FORMS": 0}
    changed["memberships-INITIAL_FORMS"] = 0
    assert browser.post(f"/admin/parties/user/{user.pk}/change/", changed).status_code == 302
    # The log of this names the person: in letters that Django writes as numbers.
    role = {"committee": Committee.objects.exclude(memberships__user=user).get().pk, "role": "member"}
    changed |= {"memberships-TOTAL_FORMS": 1} | {f"memberships-0-{name}": value for name, value in role.items()}
    assert browser.post(f"/admin/parties/user/{user.pk}/change/", changed).status_code == 302
    user.refresh_from_db()
    user.own_party = Party.objects.get(slug="v")
    user.set_password("ett-långt-lösenord")
    user.save()
    Client().post("/logga-in/", {"login": EMAIL, "password": "ett-långt-lösenord"})
    EmailAddress.objects.get_or_create(user=user, email=EMAIL, defaults={"verified": True})
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    SocialAccount.objects.create(user=user, provider="kommun", uid="1", extra_data={"name": NAME, "email": EMAIL})
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    Follow.objects.start(user, goal, Follow.Pace.WEEKLY)
    goal.report("achieved", by=user, period=ReportingPeriod.objects.get(slug="delar"))
    goal.decide("adopted", by=user, date=date(2017, 1, 20))
    reports.fix(ReportingPeriod.objects.get(slug="delar"), user)
    return user


def places_with(text: str) -> list[str]:
    """Search every column of every table of the database for a text, in whatever form it is kept."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        for table, column, kind in cursor.fetchall():
            shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(
                f'SELECT EXISTS (SELECT 1 FROM "{table}" WHERE strpos(lower({shown}), lower(%s)) > 0)', [text]
            )
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found


def run(command: str, *arguments: str) -> str:
    out = StringIO()
    call_command(command, *arguments, stdout=out)
    return out.getvalue()


def test_nothing_remains_but_what_was_done(person: User):
    """Neither name nor address is left anywhere in the database, nor a way in; what was written stands as it was."""
    assert "parties_user.email" in places_with(EMAIL)
    assert "django_admin_log.object_repr" in places_with(NAME)
    assert "django_admin_log.change_message" in places_with(AS_STORED)
    before = {model: list(model.objects.values()) for model in (StatusUpdate, Decision, Report)}
    said = run("anonymise", EMAIL.upper())
    assert f"Borttagen användare {person.pk}" in said
    assert places_with(EMAIL) == places_with(NAME) == places_with(AS_STORED) == []
    assert {model: list(model.objects.values()) for model in before} == before
    after = User.objects.get(pk=person.pk)
    assert (after.name, after.is_active, after.own_party) == (f"Borttagen användare {person.pk}", False, None)
    assert not after.has_usable_password()
    assert not Session.objects.exists() or str(person.pk) not in {
        session.get_decoded().get("_auth_user_id") for session in Session.objects.all()
    }
    assert not Membership.objects.filter(user=person).exists()
    assert not Follow.objects.filter(user=person).exists()
    assert Client().get(f"{YEAR}/v/25/").status_code == 200


def test_others_keep_their_names(cast: Cast, person: User):
    """Nobody is forgotten who has the same name, or a name that begins with it."""
    others = [cast.users["member"], cast.users["administrator"]]
    for other, name in zip(others, (NAME, f"{NAME}sson"), strict=True):
        other.name = name
        other.save()
        role = other.memberships.get()
        changed = {"email": other.email, "name": name, "is_active": "on", "memberships-INITIAL_FORMS": 1}
        changed |= {"memberships-TOTAL_FORMS": 1, "memberships-0-id": role.pk, "memberships-0-user": other.pk}
        changed |= {"memberships-0-committee": role.committee_id, "memberships-0-role": "secretary"}
        browser = cast.client(SUPERUSER)
        assert browser.post(f"/admin/parties/user/{other.pk}/change/", changed).status_code == 302
    about = LogEntry.objects.filter(object_id__in=[str(other.pk) for other in others]).order_by("pk")
    before = list(about.values_list("object_repr", "change_message"))
    assert len(before) == 2
    run("anonymise", EMAIL)
    assert list(about.values_list("object_repr", "change_message")) == before


def test_dry_run_takes_nothing(person: User):
    """It is told what would go, and nothing does."""
    said = run("anonymise", EMAIL, "--dry-run")
    assert "roller i nämnder: 2" in said
    assert "Inget är gjort." in said
    assert User.objects.get(pk=person.pk).email == EMAIL
    assert Follow.objects.filter(user=person).exists()


def test_the_last_administrator_stays(cast: Cast):
    """Who alone administers the installation is not taken away; neither is nobody."""
    with pytest.raises(CommandError, match="den enda som administrerar"):
        run("anonymise", cast.users[SUPERUSER].email)
    assert User.objects.get(pk=cast.users[SUPERUSER].pk).is_active
    with pytest.raises(CommandError, match="Ingen användare"):
        run("anonymise", "ingen@example.org")


def test_in_the_administration(cast: Cast, person: User):
    """A superuser is asked first, and is not to do it with the own account; an administrator of a committee may not."""
    chosen = {"action": "anonymise", "_selected_action": person.pk}
    browser = cast.client(SUPERUSER)
    asked = browser.post("/admin/parties/user/", chosen).content.decode()
    assert "Det går inte att ångra" in asked
    assert EMAIL in asked
    cast.client("administrator").post("/admin/parties/user/", {**chosen, "anonymise": "yes"})
    own = {**chosen, "_selected_action": cast.users[SUPERUSER].pk, "anonymise": "yes"}
    assert "dina egna uppgifter" in browser.post("/admin/parties/user/", own, follow=True).content.decode()
    assert User.objects.get(pk=person.pk).email == EMAIL
    done = browser.post("/admin/parties/user/", {**chosen, "anonymise": "yes"}, follow=True)
    assert f"Borttagen användare {person.pk}" in done.content.decode()
    assert places_with(EMAIL) == places_with(NAME) == places_with(AS_STORED) == []
    assert LogEntry.objects.filter(change_message__contains="Tog bort alla personuppgifter").exists()


def test_extract(person: User):
    """A person is told all that is kept, and no secret."""
    said = run("personal_data", EMAIL)
    found = json.loads(said)
    assert found["konto"]["email"] == EMAIL
    assert found["konto"]["own_party"] == person.own_party_id
    kinds = {"goals.Follow", "goals.StatusUpdate", "goals.Decision", "goals.Report", "parties.Membership"}
    assert kinds | {"mfa.Authenticator", "socialaccount.SocialAccount", "account.EmailAddress"} <= found.keys()
    assert found["sessioner"]
    assert "fernet:" not in said
    assert person.password not in said

"""A session belongs to who signed in, from then and until then."""

import pytest
from django.contrib.auth import hashers
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client, override_settings

from parties.models import User
from tests.factories import UserFactory

PASSWORD = "ett-långt-lösenord"  # noqa: S105 - of no account that matters
NEW = "ett-annat-långt-lösenord-som-gäller"


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(email="anna@example.org")


def sign_in(client: Client) -> Client:
    assert client.post("/logga-in/", {"login": "anna@example.org", "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/konto/").status_code == 200


def test_a_session_that_was_given_is_not_used(user: User):
    """Who is handed a session's key before signing in gets another one by it, and the first leads nowhere."""
    client = Client()
    client.post("/konto/", {"own_party": "1"})  # keeps what was typed, and so begins a session
    given = client.cookies["sessionid"].value
    sign_in(client)
    assert client.cookies["sessionid"].value != given
    assert not Session.objects.filter(pk=given).exists()
    attacker = Client()
    attacker.cookies["sessionid"] = given
    assert not is_in(attacker)
    made_up = Client()
    made_up.cookies["sessionid"] = "a" * 32
    sign_in(made_up)
    assert made_up.cookies["sessionid"].value != "a" * 32


def test_signing_out_ends_it(user: User):
    """Who copied the cookie before is out when the owner is."""
    client = sign_in(Client())
    copied = client.cookies["sessionid"].value
    client.post("/logga-ut/")
    thief = Client()
    thief.cookies["sessionid"] = copied
    assert not is_in(thief)
    assert not Session.objects.filter(pk=copied).exists()


def test_a_new_password_ends_all_others(user: User):
    """Who is signed in elsewhere when the password is changed is out; who changed it is still in."""
    here, elsewhere = sign_in(Client()), sign_in(Client())
    changed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/konto/losenord/", changed).status_code == 302
    assert is_in(here)
    assert not is_in(elsewhere)


def test_as_much_work_whoever_is_asked_for(user: User, monkeypatch: pytest.MonkeyPatch):
    """A password is hashed as many times for an unknown address as for a known one, and for an account that is off."""
    UserFactory(email="av@example.org", is_active=False)
    counts = []
    hasher = type(hashers.get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda self, *given: counts.append(given) or encode(self, *given))
    for email in ("anna@example.org", "ingen@example.org", "av@example.org"):
        counts.clear()
        Client().post("/logga-in/", {"login": email, "password": "fel-lösenord"})
        assert len(counts) == 1, email


@override_settings(ALLOWED_HOSTS=["testserver", "other.example"])
def test_letters_lead_home_whoever_asked(user: User):
    """A letter with a new link leads to the site's own address, whatever host and headers asked for it."""
    headers = {"host": "other.example", "x-forwarded-host": "evil.example", "origin": "http://other.example"}
    Client().post("/konto/losenord/glomt/", {"email": "anna@example.org"}, headers=headers)
    text = mail.outbox[0].body + str(mail.outbox[0].message())
    assert "evil.example" not in text
    assert "other.example" not in text

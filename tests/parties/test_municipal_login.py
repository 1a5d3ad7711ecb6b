"""The municipality's own login, against an OpenID Connect server that runs in this process."""

import json
import re
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client

from parties.models import User
from tests.factories import UserFactory
from tests.parties.test_signing_in import PASSWORD, activate, code_for, sign_in, signed_in, text_of

ANNA = {"sub": "anna-1", "email": "anna@example.org", "email_verified": True, "name": "Anna Prov"}
START = "/konto/kommun/logga-in/"


class Municipality(HTTPServer):
    """An OpenID Connect server that vouches for whomever the test says, and can be away or talk nonsense."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.person: dict[str, Any] = ANNA
        self.nonsense = ""
        self.challenge = ""
        self.issuer = self.url

    def answer(self, path: str, body: dict[str, list[str]]) -> tuple[int, object]:
        if self.nonsense == path:
            return 200, "<html>"
        if self.nonsense == f"{path} 500":
            return 500, {}
        if path == "/.well-known/openid-configuration":
            parts = {"authorization_endpoint": "borja", "token_endpoint": "token", "userinfo_endpoint": "person"}
            return 200, {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/nycklar",
                **{name: f"{self.url}/{part}" for name, part in parts.items()},
            }
        if path == "/token":
            verifier = sha256(body["code_verifier"][0].encode()).digest()
            proven = urlsafe_b64encode(verifier).rstrip(b"=").decode() == self.challenge
            if body["code"] != ["god-kod"] or not proven or body["client_secret"] != ["hemligt"]:
                return 400, {"error": "invalid_grant"}
            claims = {**self.person, "iss": self.issuer, "aud": "namndkollen", "exp": time.time() + 60}
            return 200, {"access_token": "x", "token_type": "Bearer", "id_token": jwt.encode(claims, "k" * 32)}
        if path == "/person":
            return 200, self.person
        return 404, {}


class Answers(BaseHTTPRequestHandler):
    server: Municipality

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        status, answer = self.server.answer(self.path, parse_qs(body))
        content = (answer if isinstance(answer, str) else json.dumps(answer)).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def municipality(settings) -> Iterator[Municipality]:
    with Municipality() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        app = {
            "client_id": "namndkollen",
            "secret": "hemligt",
            "name": "Provköpings kommun",
            "provider_id": "kommun",
            "settings": {"server_url": server.url, "oauth_pkce_enabled": True},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(email="anna@example.org")


def go(client: Client, municipality: Municipality, address: str = START, **typed: str) -> dict[str, str]:
    """Press the button, and give what the browser is sent to the municipality with."""
    response = client.post(address, typed)
    assert response["Location"].startswith(f"{municipality.url}/borja?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}
    municipality.challenge = asked["code_challenge"]
    return asked


def come_back(client: Client, municipality: Municipality, **typed: str):
    """Go through the municipality's login, and give what the browser is answered when it comes back."""
    asked = go(client, municipality, **typed)
    return client.get("/konto/kommun/tillbaka/", {"code": "god-kod", "state": asked["state"]})


def test_without_a_server_there_is_no_button(client: Client, user: User):
    """An installation without it has no button, and its addresses lead to our own sign-in or nowhere."""
    assert "Logga in med" not in text_of(client.get("/logga-in/"))
    assert client.post(START).status_code == 404
    assert client.post("/konto/annan/logga-in/").status_code == 404


def test_button(client: Client, user: User, municipality: Municipality):
    """The sign-in page has a button for it; merely opening its address sends nobody anywhere."""
    page = text_of(client.get("/logga-in/?next=/konto/"))
    form = re.search(r'<form class="municipal" method="post" action="/konto/kommun/logga-in/">.*?</form>', page, re.S)
    assert form
    assert "<button>Logga in med Provköpings kommun</button>" in form.group()
    assert 'name="csrfmiddlewaretoken"' in form.group()
    assert 'name="next" value="/konto/"' in form.group()
    assert client.get(START)["Location"] == "/logga-in/"


def test_what_is_asked_for(client: Client, user: User, municipality: Municipality):
    """The server is asked for no more than who it is, to come back here, and with proof that it is the same browser."""
    asked = go(client, municipality)
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert asked["redirect_uri"] == "http://testserver/konto/kommun/tillbaka/"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")


def test_known_person(client: Client, user: User, municipality: Municipality):
    """Who has an account with the verified address is signed in to it, with the password left as it was."""
    response = come_back(client, municipality, next="/konto/")
    assert response["Location"] == "/konto/"
    assert text_of(client.get("/konto/")).count("anna@example.org") == 1
    assert SocialAccount.objects.get().user == user
    assert mail.outbox[0].subject == "Kommunens inloggning är kopplad till ditt konto"
    assert User.objects.count() == 1
    assert sign_in(Client()).status_code == 302


def test_known_person_comes_again(client: Client, user: User, municipality: Municipality):
    """From then on it is the municipality's own identity that counts, whatever the address is."""
    come_back(client, municipality)
    municipality.person = {"sub": "anna-1", "email": "nytt.namn@example.org", "email_verified": False}
    again = Client()
    assert come_back(again, municipality).status_code == 302
    assert signed_in(again)
    assert SocialAccount.objects.count() == 1
    assert len(mail.outbox) == 1


def test_session_key_changes(client: Client, user: User, municipality: Municipality):
    """A planted session is of no use here either."""
    client.get("/logga-in/")
    go(client, municipality)
    before = client.session.session_key
    come_back(client, municipality)
    assert client.session.session_key != before


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example/"])
def test_next_does_not_lead_away(client: Client, user: User, municipality: Municipality, next_page: str):
    """No other site is led to here either."""
    assert come_back(client, municipality, next=next_page)["Location"] == "/"


@pytest.mark.parametrize("email", ["okand@example.org", "anna@example.com", "", None])
def test_unknown_person(client: Client, user: User, municipality: Municipality, email: str | None):
    """Who has no account is told so, and gets none."""
    municipality.person = {"sub": "okand", "email": email, "email_verified": True}
    response = come_back(client, municipality)
    page = text_of(response)
    assert response.status_code == 403
    assert "<h1>Du har inget konto här</h1>" in page
    assert "Konton skapas av administratören i din nämnd." in page
    if email:
        assert email in page
    assert not signed_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 0)
    assert client.get("/konto/kommun/nytt/")["Location"] == "/konto/nytt/"


@pytest.mark.parametrize("verified", [False, None, "false", "true", 0, 1, "missing"])
def test_unverified_address_signs_nobody_in(client: Client, user: User, municipality: Municipality, verified: object):
    """An address that the municipality does not vouch for, as the standard says it should, opens no account."""
    person = {"sub": "lurendrejare", "email": "anna@example.org", "email_verified": verified}
    municipality.person = {key: value for key, value in person.items() if value != "missing"}
    assert come_back(client, municipality).status_code == 403
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()


def test_inactive_user(client: Client, user: User, municipality: Municipality):
    """An account that is switched off is opened by nobody."""
    User.objects.update(is_active=False)
    response = come_back(client, municipality)
    assert response["Location"] == "/konto/avstangt/"
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()


def test_second_step_is_asked_for(client: Client, user: User, municipality: Municipality):
    """Who has chosen a second step here takes it after the municipality's login too."""
    secret = activate(client, user)
    browser = Client()
    assert come_back(browser, municipality)["Location"] == "/logga-in/kod/"
    assert not signed_in(browser)
    browser.post("/logga-in/kod/", {"code": code_for(secret, steps=1)})
    assert signed_in(browser)


@pytest.mark.parametrize("process", ["connect", "redirect"])
def test_nobody_connects_another_identity(client: Client, user: User, municipality: Municipality, process: str):
    """Who sits down at somebody's open session cannot make the own identity a way into the account."""
    client.force_login(user)
    client.post("/konto/bekrafta/", {"password": PASSWORD})
    municipality.person = {"sub": "granne", "email": "granne@example.org", "email_verified": True}
    asked = go(client, municipality, f"{START}?process={process}&next=/om/")
    response = client.get("/konto/kommun/tillbaka/", {"code": "god-kod", "state": asked["state"]})
    assert response["Location"] == "/konto/"
    assert not SocialAccount.objects.exists()


def test_signing_in_as_another_ends_the_first_session(client: Client, user: User, municipality: Municipality):
    """Two people at one computer do not become one."""
    client.force_login(UserFactory(email="bo@example.org"))
    come_back(client, municipality)
    page = text_of(client.get("/konto/"))
    assert "anna@example.org" in page
    assert "bo@example.org" not in page
    assert SocialAccount.objects.get().user == user


def test_cancelled(client: Client, user: User, municipality: Municipality):
    """Who goes back from the municipality's login is met by a calm page."""
    asked = go(client, municipality)
    response = client.get("/konto/kommun/tillbaka/", {"error": "access_denied", "state": asked["state"]}, follow=True)
    assert "Du avbröt inloggningen" in text_of(response)
    assert not signed_in(client)


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "server_error"},
        {"error": "x\r\nforged line"},
        {"code": "fel-kod"},
        {"code": "god-kod", "state": "strunt"},
        {"code": "god-kod", "state": ""},
        {},
    ],
)
def test_answers_that_sign_nobody_in(client: Client, user: User, municipality: Municipality, answer, caplog):
    """An error, a wrong code or a state that is not this browser's leads to a page that says so, and to the log."""
    asked = go(client, municipality)
    response = client.get("/konto/kommun/tillbaka/", {"state": asked["state"], **answer}, follow=True)
    assert response.status_code == 401
    assert "Provköpings kommun svarade inte som väntat" in text_of(response)
    assert not signed_in(client)
    assert "signed nobody in" in caplog.text
    assert "\nforged" not in caplog.text.replace("\r", "")


def test_state_is_good_once_and_for_one_browser(client: Client, user: User, municipality: Municipality):
    """Nobody can be signed in by following somebody else's way back."""
    asked = go(client, municipality)
    answer = {"code": "god-kod", "state": asked["state"]}
    stranger = Client()
    assert stranger.get("/konto/kommun/tillbaka/", answer)["Location"] == "/konto/kommun/fel/"
    assert not signed_in(stranger)
    client.get("/konto/kommun/tillbaka/", answer)
    client.post("/logga-ut/")
    client.get("/konto/kommun/tillbaka/", answer)
    assert not signed_in(client)


@pytest.mark.parametrize("part", ["/token", "/person", "/token 500", "/person 500"])
def test_server_talks_nonsense(client: Client, user: User, municipality: Municipality, part: str):
    """What the server gets wrong is no fault of ours: it is said, and nobody is signed in."""
    municipality.nonsense = part
    assert come_back(client, municipality)["Location"] == "/konto/kommun/fel/"
    assert not signed_in(client)


def test_token_from_another_issuer(client: Client, user: User, municipality: Municipality):
    """A token that another server has issued is not believed."""
    municipality.issuer = "https://evil.example"
    assert come_back(client, municipality)["Location"] == "/konto/kommun/fel/"
    assert not signed_in(client)


def test_person_without_identity(client: Client, user: User, municipality: Municipality):
    """Who has no identity there is not signed in, whatever the address."""
    municipality.person = {"email": "anna@example.org", "email_verified": True}
    assert come_back(client, municipality)["Location"] == "/konto/kommun/fel/"
    assert not signed_in(client)


@pytest.mark.parametrize("part", ["/.well-known/openid-configuration", "/.well-known/openid-configuration 500"])
def test_server_is_away(client: Client, user: User, municipality: Municipality, part: str):
    """While the server is away the button leads to a page that says so."""
    municipality.nonsense = part
    assert "svarade inte som väntat" in text_of(client.post(START, follow=True))

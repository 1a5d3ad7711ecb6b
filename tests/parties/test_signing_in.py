"""Signing in and out, passwords, the second step: each page, each form with what is wrong, each limit."""

import re
import time
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import hashers
from django.core import mail
from django.test import Client, override_settings
from django.urls import path

from config import urls
from parties.models import User
from parties.signing_in import MFAAdapter
from tests.cast import ADMINISTRATOR, MEMBER, SECRETARY, Cast
from tests.factories import MembershipFactory, UserFactory

PASSWORD = "ett-långt-lösenord"  # noqa: S105 - everybody has it in tests
OTHER = "ett-helt-annat-lösenord"
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


def work(request):
    raise NotImplementedError


urlpatterns = [path("arbete/", work, name="work"), *urls.urlpatterns]
handler429 = urls.handler429


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(email="anna@example.org")


def sign_in(client: Client, email: str = "anna@example.org", password: str = PASSWORD, **more: str):
    return client.post("/logga-in/", {"login": email, "password": password, **more})


def signed_in(client: Client) -> bool:
    return client.get("/konto/").status_code == 200


def text_of(response) -> str:
    return response.content.decode()


def test_sign_in_and_out(client: Client, user: User):
    """One signs in by e-mail address and password, in whatever case the address is typed, and out by a button."""
    response = sign_in(client, "Anna@Example.ORG")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert signed_in(client)
    assert text_of(client.get("/logga-ut/")).count('action="/logga-ut/"') == 1
    response = client.post("/logga-ut/", follow=True)
    assert "Du är utloggad." in text_of(response)
    assert not signed_in(client)


def test_an_address_is_kept_in_lower_case(client: Client, db: None):
    """An address that an administrator wrote with capitals can be signed in with."""
    UserFactory(email="Per.Prov@Example.org")
    sign_in(client, "per.prov@example.org")
    assert signed_in(client)


@pytest.mark.parametrize("method", ["get", "post"])
def test_opening_the_address_signs_nobody_out_by_itself(client: Client, user: User, method: str):
    """A link or an image from elsewhere cannot sign anyone out; only the form can."""
    client.force_login(user)
    getattr(client, method)("/logga-ut/")
    assert signed_in(client) == (method == "get")


@pytest.mark.parametrize(
    ("email", "password", "words"),
    [
        ("anna@example.org", "gissning", "E-postadressen eller lösenordet stämmer inte."),
        ("ingen@example.org", PASSWORD, "E-postadressen eller lösenordet stämmer inte."),
        ("", "", "Detta fält måste fyllas i."),
        ("anna", PASSWORD, "Fyll i en giltig e-postadress."),
        ("anna@example.org\0", PASSWORD, "Null-tecken är inte tillåtna."),
        ("anna@example.org' OR 1=1 --", PASSWORD, "Fyll i en giltig e-postadress."),
        (f"{'a' * 5000}@example.org", PASSWORD, "Fyll i en giltig e-postadress."),
    ],
)
def test_sign_in_with_something_wrong(client: Client, user: User, email: str, password: str, words: str):
    """What is wrong is said in Swedish, with 422; the address stays, and the password is not sent back."""
    response = sign_in(client, email, password)
    page = text_of(response)
    assert response.status_code == UNPROCESSABLE
    assert "<title>Fel: Logga in – Nämndkollen</title>" in page
    assert page.index("Det gick inte att logga in") < page.index("<h1>")
    assert words in page
    if password:
        assert password not in page
    if email.isprintable() and "'" not in email:
        assert f'value="{email}"' in page if email else 'value=""' not in page
    assert not signed_in(client)


def test_sign_in_without_fields(client: Client, user: User):
    """A form that was sent without its fields is a wrong form, not a fault of ours."""
    for address in ("/logga-in/", "/konto/losenord/glomt/"):
        assert client.post(address).status_code == UNPROCESSABLE


def test_what_browsers_may_fill_in(client: Client, user: User):
    """The fields say what they are, so that a password manager can fill them, and name themselves outside."""
    page = text_of(client.get("/logga-in/"))
    assert re.search(r'<input type="email" name="login" autocomplete="username"[^>]*>', page)
    assert re.search(r'<input type="password" name="password" autocomplete="current-password"[^>]*>', page)
    client.force_login(user)
    page = text_of(client.get("/konto/losenord/"))
    assert page.count('autocomplete="new-password"') == 2
    assert page.count('autocomplete="current-password"') == 1
    assert "placeholder" not in page


def test_session_key_changes(client: Client, user: User):
    """A session that somebody else has planted is of no use once its owner has signed in."""
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    sign_in(client)
    assert client.session.session_key != before
    assert Client(headers={"cookie": f"sessionid={before}"}).get("/konto/").status_code == 302


def test_inactive_user(client: Client, user: User):
    """An account that is switched off lets nobody in, and says so only to who knows its password."""
    User.objects.update(is_active=False)
    assert "stämmer inte" in text_of(sign_in(client, password="fel"))
    response = client.post("/logga-in/", {"login": user.email, "password": PASSWORD}, follow=True)
    assert "Kontot är avstängt" in text_of(response)
    assert not signed_in(client)


def test_switching_an_account_off_ends_its_sessions(client: Client, user: User):
    """Who is signed in when the account is switched off is signed in no longer."""
    sign_in(client)
    User.objects.update(is_active=False)
    assert not signed_in(client)


@pytest.mark.parametrize("address", ["/konto/", "/om/?a=1"])
def test_next_leads_on(client: Client, user: User, address: str):
    """Who was on the way somewhere gets there after signing in."""
    assert f'name="next" value="{address}"' in text_of(client.get("/logga-in/", {"next": address}))
    assert sign_in(client, next=address)["Location"] == address


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "///evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        "http://localhost/",
        "https://testserver@evil.example/",
        " //evil.example",
    ],
)
@override_settings(ALLOWED_HOSTS=["testserver", "localhost"])
def test_next_does_not_lead_away(client: Client, user: User, address: str):
    """Nobody is led to another site by a link to our sign-in page, not even to another name of ours."""
    assert sign_in(client, next=address)["Location"] == "/"
    assert client.post(f"/logga-ut/?next={address}")["Location"] == "/"


@pytest.mark.urls("tests.parties.test_signing_in")
@pytest.mark.parametrize(("who", "address"), [(SECRETARY, "/arbete/"), (ADMINISTRATOR, "/arbete/"), (MEMBER, "/")])
def test_who_works_is_led_to_the_work(client: Client, cast: Cast, who: str, address: str):
    """Who works for a committee comes to the work queue; others come to the start page."""
    assert sign_in(client, cast.users[who].email)["Location"] == address
    page = text_of(client.get("/om/"))
    assert ('<a href="/arbete/">Arbete</a>' in page) == (address == "/arbete/")
    assert "Logga ut" in page


def test_masthead_for_readers(client: Client, plans, django_assert_num_queries):
    """Readers are offered to sign in, and it costs no query and sets no cookie."""
    with django_assert_num_queries(0):
        response = client.get("/om/")
    page = text_of(response)
    assert '<a href="/logga-in/">Logga in</a>' in page
    assert "Logga ut" not in page
    assert "session.js" not in page
    assert not response.cookies


def test_masthead_costs_as_much_for_all_roles(client: Client, user: User, django_assert_num_queries):
    """Who is signed in costs the session, the user, and the session's new end, however many roles there are."""
    client.force_login(user)
    for _ in range(2):
        with django_assert_num_queries(6):  # the session is written in a savepoint
            page = text_of(client.get("/om/"))
        assert "Mitt konto" in page
        MembershipFactory(user=user)


@pytest.mark.parametrize("roles", [1, 12])
def test_account(client: Client, user: User, roles: int, django_assert_num_queries):
    """The account says who one is and in which committees, with as many queries for one role as for twelve."""
    memberships = [MembershipFactory(user=user) for _ in range(roles)]
    client.force_login(user)
    with django_assert_num_queries(10):
        page = text_of(client.get("/konto/"))
    assert "anna@example.org" in page
    for membership in memberships:
        assert f"{membership.committee}</a>" in page
    assert page.count("Nämndsekreterare i") == roles


def test_change_password(client: Client, user: User):
    """A new password holds at once; this browser stays signed in, others do not, and an e-mail tells."""
    elsewhere = Client()
    elsewhere.force_login(user)
    client.force_login(user)
    typed = {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    response = client.post("/konto/losenord/", typed, follow=True)
    assert response.redirect_chain == [("/konto/", 302)]
    assert "Lösenordet är bytt." in text_of(response)
    assert signed_in(client)
    assert not signed_in(elsewhere)
    assert mail.outbox[0].subject == "Ditt lösenord till Nämndkollen är bytt"
    assert "Var det inte du?" in mail.outbox[0].body
    assert sign_in(Client(), password=OTHER).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("fel", OTHER, OTHER, "Det är inte det lösenord som du har nu."),
        (PASSWORD, "kort", "kort", "för kort"),
        (PASSWORD, "password1234", "password1234", "vanligt"),
        (PASSWORD, "123456789012345", "123456789012345", "numeriskt"),
        (PASSWORD, "anna@example.org", "anna@example.org", "likt"),
        (PASSWORD, OTHER, f"{OTHER}x", "Lösenorden är inte lika."),
        (PASSWORD, OTHER, "", "Detta fält måste fyllas i."),
        ("", "", "", "Detta fält måste fyllas i."),
    ],
)
def test_change_password_with_something_wrong(client: Client, user: User, old: str, new: str, again: str, words: str):
    """What is wrong with a new password is said in Swedish, and no password is sent back."""
    client.force_login(user)
    response = client.post("/konto/losenord/", {"oldpassword": old, "password1": new, "password2": again})
    page = text_of(response)
    assert response.status_code == UNPROCESSABLE
    assert "<title>Fel: Byt lösenord – Nämndkollen</title>" in page
    assert words in page
    assert not re.search(r'<input type="password"[^>]* value=', page)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_first_password(client: Client, user: User):
    """An account without a password gets one without being asked for the one before."""
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    assert client.get("/konto/losenord/")["Location"] == "/konto/losenord/forsta/"
    assert client.post("/konto/losenord/forsta/", {"password1": "kort"}).status_code == UNPROCESSABLE
    assert "Välj ett lösenord" in text_of(client.get("/konto/losenord/forsta/"))
    response = client.post("/konto/losenord/forsta/", {"password1": OTHER, "password2": OTHER}, follow=True)
    assert "Lösenordet är sparat." in text_of(response)
    assert sign_in(Client(), password=OTHER).status_code == 302


def link_in_mail() -> str:
    found = re.search(r"^https?://\S+$", mail.outbox[-1].body, re.MULTILINE)
    assert found
    return found.group()


@override_settings(SITE_ADDRESS="https://namndkollen.example")
def test_reset_password(client: Client, user: User):
    """Who has forgotten the password gets a link, once, that leads to a new one."""
    response = client.post("/konto/losenord/glomt/", {"email": "ANNA@example.org"}, follow=True)
    assert "Titta i din e-post" in text_of(response)
    assert mail.outbox[0].to == ["anna@example.org"]
    assert mail.outbox[0].subject == "Välj ett nytt lösenord till Nämndkollen"
    link = link_in_mail()
    assert link.startswith("https://namndkollen.example/konto/losenord/nytt/")
    address = link.removeprefix("https://namndkollen.example")
    response = client.get(address)
    # The secret is taken out of the address, so that it follows to no other page.
    assert response["Location"].endswith("/set-password/")
    form = response["Location"]
    assert "Välj ett nytt lösenord" in text_of(client.get(form))
    response = client.post(form, {"password1": "kort", "password2": "kort"})
    assert (response.status_code, "för kort" in text_of(response)) == (UNPROCESSABLE, True)
    response = client.post(form, {"password1": OTHER, "password2": OTHER}, follow=True)
    assert "Lösenordet är bytt" in text_of(response)
    assert not signed_in(client)
    assert "genom länken" in mail.outbox[1].body
    assert sign_in(client, password=OTHER).status_code == 302
    assert "Länken går inte att använda" in text_of(Client().get(address, follow=True))


@override_settings(SITE_ADDRESS="https://namndkollen.example", ALLOWED_HOSTS=["*"])
def test_reset_link_leads_to_no_host_that_the_request_names(client: Client, user: User):
    """Who asks for the link in another's name cannot choose where it leads."""
    client.post("/konto/losenord/glomt/", {"email": "anna@example.org"}, headers={"host": "evil.example"})
    assert "evil" not in mail.outbox[0].body


@pytest.mark.parametrize("email", ["ingen@example.org", "av@example.org"])
def test_reset_tells_nobody_whether_there_is_an_account(client: Client, user: User, email: str):
    """The answer is the same for an address without an account, or with one that is switched off; no e-mail goes."""
    UserFactory(email="av@example.org", is_active=False)
    answers = [client.post("/konto/losenord/glomt/", {"email": address}) for address in ("anna@example.org", email)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/konto/losenord/glomt/skickat/")}
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("address", ["1/strunt", "zzzzzzzzzzzzz/abc-def", "å/x", "1/set-password", "%0D%0A/2", "1/%20"])
def test_reset_with_a_link_that_is_wrong(client: Client, user: User, address: str):
    """A link that is not whole says so and offers another, also when a form is sent to it."""
    for response in (
        client.get(f"/konto/losenord/nytt/{address}/"),
        client.post(f"/konto/losenord/nytt/{address}/", {"password1": OTHER, "password2": OTHER}),
    ):
        assert "Länken går inte att använda" in text_of(response)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_reset_link_grows_old(client: Client, user: User, settings):
    """A link from the day before yesterday is of no use."""
    client.post("/konto/losenord/glomt/", {"email": "anna@example.org"})
    address = "/" + link_in_mail().split("/", 3)[3]
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "Länken går inte att använda" in text_of(client.get(address, follow=True))


@pytest.mark.parametrize("address", ["/logga-in/", "/konto/losenord/glomt/", "/konto/nytt/"])
def test_pages_are_not_for_search_engines_or_caches(client: Client, user: User, address: str):
    """Pages of signing in are in no search engine and no cache."""
    response = client.get(address)
    assert '<meta name="robots" content="noindex">' in text_of(response)
    assert "no-store" in response["Cache-Control"]


def test_nobody_makes_an_account(client: Client, user: User):
    """A form that would make an account makes none, and the page says who does."""
    typed = {"email": "ny@example.org", "password1": OTHER, "password2": OTHER}
    for response in (client.get("/konto/nytt/"), client.post("/konto/nytt/", typed)):
        assert "Konton skapas av administratören i din nämnd." in text_of(response)
    assert User.objects.count() == 1


@pytest.mark.parametrize("accept", [{"accept": "application/json"}, {"x-requested-with": "XMLHttpRequest"}])
def test_there_is_one_way_in(client: Client, user: User, accept: dict[str, str]):
    """Who asks for JSON gets the same pages as others."""
    response = client.post("/logga-in/", {"login": "anna@example.org", "password": "fel"}, headers=accept)
    assert response.status_code == UNPROCESSABLE
    assert response["Content-Type"].startswith("text/html")


# Limits


def test_lockout(user: User):
    """After five failed attempts for one account from an address there are no more from it for a while, by any name."""
    for _ in range(5):
        assert "stämmer inte" in text_of(sign_in(Client(), password="fel"))
    for more in ({}, {"HTTP_HOST": "localhost"}):
        client = Client(**more)
        response = sign_in(client, "ANNA@example.org")
        assert response.status_code == UNPROCESSABLE
        assert "För många misslyckade försök." in text_of(response)
        assert not signed_in(client)


def test_nobody_keeps_the_owner_out_by_failing(user: User):
    """Who fails on purpose is stopped, and the owner signs in from elsewhere meanwhile."""
    for _ in range(6):
        sign_in(Client(REMOTE_ADDR="10.0.0.1"), password="fel")
    assert sign_in(Client(REMOTE_ADDR="10.0.0.2")).status_code == 302


def test_guessing_from_many_places(user: User):
    """After fifty failed attempts for an account, wherever they come from, it takes no more within the hour."""
    for attempt in range(50):
        assert "stämmer inte" in text_of(sign_in(Client(REMOTE_ADDR=f"10.0.{attempt}.1"), password="fel"))
    assert "För många misslyckade försök." in text_of(sign_in(Client(REMOTE_ADDR="10.1.0.1")))


def test_attempts_from_a_network_of_one(user: User):
    """Who has a whole network of IPv6 is one, whatever address of it is used."""
    for attempt in range(5):
        sign_in(Client(REMOTE_ADDR=f"2001:db8::{attempt}"), password="fel")
    assert sign_in(Client(REMOTE_ADDR="2001:db8::99")).status_code == UNPROCESSABLE
    assert sign_in(Client(REMOTE_ADDR="2001:db8:0:1::99")).status_code == 302


def test_lockout_of_one_is_none_of_others(user: User):
    """Others can still sign in, also from where somebody has guessed."""
    UserFactory(email="bo@example.org")
    client = Client()
    for _ in range(6):
        sign_in(client, password="fel")
    assert sign_in(client, "bo@example.org").status_code == 302


def test_lockout_ends(user: User, monkeypatch: pytest.MonkeyPatch):
    """After five minutes one may try again."""
    for _ in range(6):
        sign_in(Client(), password="fel")
    later = time.time() + 301
    monkeypatch.setattr("time.time", lambda: later)
    assert sign_in(Client()).status_code == 302


def test_a_new_password_ends_the_lockout(client: Client, user: User):
    """Who is locked out by somebody else's guesses from many places has a way in at once."""
    for attempt in range(50):
        sign_in(Client(REMOTE_ADDR=f"10.0.{attempt}.1"), password="fel")
    client.post("/konto/losenord/glomt/", {"email": "anna@example.org"})
    form = client.get("/" + link_in_mail().split("/", 3)[3])["Location"]
    client.post(form, {"password1": OTHER, "password2": OTHER})
    assert sign_in(client, password=OTHER).status_code == 302


def test_too_many_attempts_from_one_address(user: User):
    """Who guesses for one account after the other is stopped too, with a page in Swedish."""
    client = Client()
    for number in range(30):
        sign_in(client, f"ingen{number}@example.org")
    response = sign_in(client)
    assert response.status_code == 429
    assert "Du har försökt för många gånger" in text_of(response)
    assert sign_in(Client(REMOTE_ADDR="10.0.0.2")).status_code == 302


def test_too_many_reset_links(user: User):
    """Nobody's inbox can be filled with links."""
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{n}").post("/konto/losenord/glomt/", {"email": user.email}) for n in range(6)
    ]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert len(mail.outbox) == 5


@pytest.mark.parametrize(("proxies", "status"), [(0, 429), (1, 302)])
def test_whose_attempts_are_counted(user: User, settings, proxies: int, status: int):
    """Behind a trusted web server the reader's own address is counted; otherwise what a request claims is ignored."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    for number in range(30):
        sign_in(Client(headers={"x-forwarded-for": "10.0.0.1"}), f"ingen{number}@example.org")
    # The first address is what the browser claims; the last is what the web server saw.
    assert sign_in(Client(headers={"x-forwarded-for": "10.0.0.1, 10.0.0.2"})).status_code == status


def test_timing_tells_nobody_whether_there_is_an_account(client: Client, user: User, monkeypatch: pytest.MonkeyPatch):
    """A password is hashed once for each attempt: for an account, for none, and for one without a password."""
    without = UserFactory(email="utan@example.org")
    without.set_unusable_password()
    without.save()
    hashed: list[str] = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", lambda *args: hashed.append("") or encode(*args))
    for email in ("anna@example.org", "ingen@example.org", "utan@example.org"):
        hashed.clear()
        sign_in(client, email, "fel")
        assert len(hashed) == 1, email


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])
def test_argon2(client: Client, db: None):
    """A new password is kept as Argon2 makes it, and can be signed in with."""
    user = User.objects.create_user("anna@example.org", PASSWORD)
    assert user.password.startswith("argon2$argon2id$")
    sign_in(client)
    client.post("/konto/losenord/", {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER})
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")
    assert sign_in(Client(), password=OTHER).status_code == 302


def test_settings_hash_with_argon2():
    """Argon2 is what an installation hashes with; the tests put a quicker one before it."""
    from django.conf import settings

    assert settings.PASSWORD_HASHERS[1] == "django.contrib.auth.hashers.Argon2PasswordHasher"


# The second step


def code_for(secret: str, *, steps: int = 0) -> str:
    counter = int(time.time()) // 30 + steps
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what waits for the end of the transaction happen at once: in a test that end never comes."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, **_: do())


def activate(client: Client, user: User) -> str:
    """Connect an app, and give its secret."""
    client.force_login(user)
    client.post("/konto/bekrafta/", {"password": PASSWORD})
    page = text_of(client.get("/konto/tva-steg/app/"))
    secret = re.search(r'class="secret">([A-Z2-7]{32})<', page)
    assert secret
    response = client.post("/konto/tva-steg/app/", {"code": code_for(secret.group(1))})
    assert response["Location"] == "/konto/tva-steg/reservkoder/"
    return secret.group(1)


def reserve(client: Client) -> list[str]:
    return re.findall(r"<li>(\d{8})</li>", text_of(client.get("/konto/tva-steg/reservkoder/")))


@pytest.mark.usefixtures("at_once")
def test_connecting_an_app(client: Client, user: User):
    """The password is asked for again, the QR code needs no exception from the policy, and an e-mail tells."""
    client.force_login(user)
    assert "är av" in text_of(client.get("/konto/tva-steg/"))
    response = client.get("/konto/tva-steg/app/", follow=True)
    assert "Skriv ditt lösenord igen" in text_of(response)
    wrong = client.post(response.redirect_chain[-1][0], {"password": "fel"})
    assert (wrong.status_code, "Lösenordet stämmer inte." in text_of(wrong)) == (UNPROCESSABLE, True)
    response = client.post(response.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    page = text_of(response)
    assert "Koppla en app" in page
    assert "data:" not in page
    assert " style=" not in page
    assert re.search(r'<div class="qr" role="img" aria-label="[^"]+"><svg [^>]+><path ', page)
    for code in ("", "123456789", "abcdef"):
        wrong = client.post("/konto/tva-steg/app/", {"code": code})
        assert wrong.status_code == UNPROCESSABLE
        # A wrong code leaves the secret as it is, so that the app need not be connected anew.
        assert re.search(r'class="secret">(.+?)<', text_of(wrong)).group(1) in page
    secret = re.search(r'class="secret">(.+?)<', page).group(1)
    response = client.post("/konto/tva-steg/app/", {"code": code_for(secret)})
    page = text_of(client.get(response["Location"]))
    assert "Inloggning i två steg är på." in page
    assert len(re.findall(r"<li>\d{8}</li>", page)) == 10
    assert mail.outbox[-1].subject == "Inloggning i två steg är på"


def test_second_step(client: Client, user: User):
    """With an app connected, the password alone opens nothing; the code does, and only once."""
    secret = activate(client, user)
    browser = Client()
    response = sign_in(browser, next="/konto/")
    assert response["Location"] == "/logga-in/kod/"
    assert not signed_in(browser)
    assert "Skriv din kod" in text_of(browser.get("/logga-in/kod/"))
    for typed in ({"code": ""}, {"code": "000000"}, {}, {"credential": "strunt"}):
        wrong = browser.post("/logga-in/kod/", typed)
        assert wrong.status_code == UNPROCESSABLE
        assert "<title>Fel: Skriv din kod – Nämndkollen</title>" in text_of(wrong)
    code = code_for(secret, steps=1)
    assert browser.post("/logga-in/kod/", {"code": code})["Location"] == "/konto/"
    assert signed_in(browser)
    again = Client()
    sign_in(again)
    assert "Koden stämmer inte." in text_of(again.post("/logga-in/kod/", {"code": code}))
    assert not signed_in(again)


def test_secrets_of_the_second_step_are_kept_encrypted(client: Client, user: User, settings):
    """Who reads the database finds no secret to make codes from; those kept before are read, another key's are not."""
    adapter = MFAAdapter()
    kept = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in kept
    assert adapter.decrypt(kept) == "JBSWY3DPEHPK3PXP"
    assert adapter.decrypt("JBSWY3DPEHPK3PXP") == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY = "x" * 50
    assert adapter.decrypt(kept) != "JBSWY3DPEHPK3PXP"
    totp.TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    assert all(
        str(each.data[name]).startswith("fernet:")
        for each in Authenticator.objects.all()
        for name in each.data.keys() & {"secret", "seed"}
    )


def test_second_step_is_limited(client: Client, user: User):
    """Codes cannot be guessed either."""
    secret = activate(client, user)
    browser = Client()
    sign_in(browser)
    for _ in range(5):
        browser.post("/logga-in/kod/", {"code": "000000"})
    response = browser.post("/logga-in/kod/", {"code": code_for(secret, steps=1)})
    assert "För många misslyckade försök." in text_of(response)
    assert not signed_in(browser)


def test_recovery_code(client: Client, user: User):
    """A code from the reserve opens once, in the place of the app's."""
    activate(client, user)
    codes = reserve(client)
    browser = Client()
    sign_in(browser)
    assert browser.post("/logga-in/kod/", {"code": codes[0]}).status_code == 302
    assert signed_in(browser)
    again = Client()
    sign_in(again)
    assert again.post("/logga-in/kod/", {"code": codes[0]}).status_code == UNPROCESSABLE
    assert len(reserve(client)) == 9
    assert "Du har 9\N{NO-BREAK SPACE}koder kvar" in text_of(client.get("/konto/tva-steg/"))


@pytest.mark.usefixtures("at_once")
def test_recovery_codes_are_changed_and_taken_home(client: Client, user: User):
    """The codes can be had as a file, and changed for new ones."""
    activate(client, user)
    codes = reserve(client)
    file = client.get("/konto/tva-steg/reservkoder/fil/")
    assert file["Content-Disposition"] == 'attachment; filename="reservkoder-namndkollen.txt"'
    assert all(code in text_of(file) for code in codes)
    assert "no-store" in file["Cache-Control"]
    assert "De 10 som du har kvar slutar att gälla." in text_of(client.get("/konto/tva-steg/reservkoder/nya/"))
    assert client.post("/konto/tva-steg/reservkoder/nya/").status_code == 302
    assert "Du har fått nya reservkoder." in text_of(client.get("/konto/"))
    assert mail.outbox[-1].subject == "Dina reservkoder är bytta"
    assert not set(codes) & set(reserve(client))


def test_recovery_codes_need_a_second_step(client: Client, user: User):
    """Without a second step there is nothing to keep codes in reserve for, and the form says so."""
    client.force_login(user)
    client.post("/konto/bekrafta/", {"password": PASSWORD})
    assert client.post("/konto/tva-steg/reservkoder/nya/").status_code == UNPROCESSABLE


def test_switching_the_second_step_off(client: Client, user: User):
    """The second step is switched off after a question, its codes go with it, and an e-mail tells."""
    activate(client, user)
    assert "Dina reservkoder slutar att gälla." in text_of(client.get("/konto/tva-steg/app/bort/"))
    response = client.post("/konto/tva-steg/app/bort/", follow=True)
    assert "Inloggning i två steg är av." in text_of(response)
    assert not Authenticator.objects.exists()
    assert mail.outbox[-1].subject == "Inloggning i två steg är av"
    assert sign_in(Client())["Location"] == "/"


def test_showing_again_who_one_is_by_code(client: Client, user: User):
    """Before the way in is changed, a code does as well as the password, and each page leads to the other."""
    secret = activate(client, user)
    browser = Client()
    sign_in(browser)
    browser.post("/logga-in/kod/", {"code": code_for(secret, steps=1)})
    response = browser.get("/konto/tva-steg/app/bort/", follow=True)
    assert "Använd en kod i stället" in text_of(response)
    page = text_of(browser.get("/konto/bekrafta/kod/"))
    assert "Använd lösenordet i stället" in page
    assert browser.post("/konto/bekrafta/kod/", {"code": "strunt"}).status_code == UNPROCESSABLE
    code = reserve(client)[0]
    assert browser.post("/konto/bekrafta/kod/?next=/konto/", {"code": code})["Location"] == "/konto/"
    assert browser.get("/konto/tva-steg/app/bort/").status_code == 200


# The session


def test_session_ends_and_is_prolonged(client: Client, user: User, clock, settings):
    """A session ends so long after the latest request, of whatever kind."""
    settings.SESSION_COOKIE_AGE = 60 * 60
    clock.set(2017, 9, 20, 10, 0)
    sign_in(client)
    clock.set(2017, 9, 20, 10, 50)
    assert client.post("/konto/fortsatt/").status_code == HTTPStatus.NO_CONTENT
    clock.set(2017, 9, 20, 11, 45)
    assert signed_in(client)
    clock.set(2017, 9, 20, 12, 46)
    assert client.post("/konto/fortsatt/").status_code == HTTPStatus.FORBIDDEN
    assert not signed_in(client)


def test_session_goes_with_the_browser(client: Client, user: User):
    """The cookie has no date, is out of reach of scripts, and does not go along from other sites."""
    cookie = sign_in(client).cookies["sessionid"]
    assert (cookie["expires"], cookie["max-age"], cookie["httponly"], cookie["samesite"]) == ("", "", True, "Lax")


def test_warning_before_the_session_ends(client: Client, user: User):
    """Pages for who is signed in know how long the session lasts, and where to prolong it."""
    client.force_login(user)
    page = text_of(client.get("/om/"))
    assert re.search(
        r'<script src="/static/js/session\.\w+\.js" data-seconds="7200" data-address="/konto/fortsatt/"', page
    )
    assert "Du loggas ut om fem minuter." in page
    assert '<div class="session" id="session" role="alert"></div>' in page

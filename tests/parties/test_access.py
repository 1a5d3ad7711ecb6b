"""What somebody typed is not lost with the session, and goes to nobody else."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from config import urls
from parties.access import MOST_TYPED, signed_in, take_typed
from parties.models import User
from tests.factories import UserFactory

FORM = "/prov/3/"
WORDS = "Åtta av tio är klara"


@signed_in
def form(request, number):
    typed = take_typed(request) if request.method == "GET" else None
    return HttpResponse(
        f"{'tagit emot' if request.method == 'POST' else 'visar'}: {typed.urlencode() if typed else ''}"
    )


def open_form(request):
    return HttpResponse("öppen")


urlpatterns = [path("prov/<int:number>/", form), path("oppen/", open_form), *urls.urlpatterns]
handler403 = urls.handler403
pytestmark = pytest.mark.urls("tests.parties.test_access")


@pytest.fixture
def user(db: None) -> User:
    return UserFactory(email="anna@example.org")


def sign_in(client: Client, address: str):
    return client.post(address, {"login": "anna@example.org", "password": "ett-långt-lösenord"})


def strict() -> Client:
    """Give a browser whose forms must carry their token."""
    return Client(enforce_csrf_checks=True)


def test_who_is_signed_in_enters(client: Client, user: User):
    """Who is signed in is let in, and no cache keeps what they see."""
    client.force_login(user)
    response = client.post(FORM, {"comment": WORDS})
    assert response.content.decode().startswith("tagit emot")
    assert "no-store" in response["Cache-Control"]


def test_who_is_not_signs_in_first(client: Client, user: User):
    """Who only opens a page signs in and comes to it, with nothing in the form."""
    response = client.get(f"{FORM}?a=1")
    assert response["Location"] == "/logga-in/?next=/prov/3/%3Fa%3D1"
    response = sign_in(client, response["Location"])
    assert response["Location"] == f"{FORM}?a=1"
    assert client.get(response["Location"]).content.decode() == "visar: "


def test_typed_text_survives_signing_in(client: Client, user: User):
    """What was sent after the session had ended is told of, waits through sign-in, and is given back once."""
    response = client.post(FORM, {"comment": WORDS, "goal": ["1", "2"]})
    page = client.get(response["Location"]).content.decode()
    assert "Det du skrev finns kvar när du har loggat in." in page
    response = sign_in(client, response["Location"])
    assert response["Location"] == FORM
    assert client.get("/prov/4/").content.decode() == "visar: "
    given = client.get(FORM).content.decode()
    assert "comment=%C3%85tta+av+tio" in given
    assert "goal=1&goal=2" in given
    assert "kontrollera det och spara igen" in client.get("/om/").content.decode()
    assert client.get(FORM).content.decode() == "visar: "
    assert "kontrollera det och spara igen" not in client.get("/om/").content.decode()


def test_typed_text_survives_a_wrong_password(client: Client, user: User):
    """It still waits when signing in takes more than one attempt."""
    address = client.post(FORM, {"comment": WORDS})["Location"]
    client.post(address, {"login": "anna@example.org", "password": "fel"})
    sign_in(client, address)
    assert "comment=" in client.get(FORM).content.decode()


def test_secrets_are_not_kept(client: Client, user: User):
    """Passwords, codes and tokens are not among what waits."""
    typed = {"password": "a", "password1": "b", "oldpassword": "c", "form-Password": "d", "code": "e", "note": "f"}
    client.post(FORM, {**typed, "csrfmiddlewaretoken": "g"})
    assert client.session["typed"]["typed"] == {"note": ["f"]}


def test_too_much_is_not_kept(client: Client, user: User):
    """Nobody can fill our database by sending text without end, and who did so by mistake is told."""
    for typed in ({"comment": "x" * (MOST_TYPED + 1)}, {f"{n}{'x' * 900}": "" for n in range(60)}):
        response = client.post(FORM, typed)
        assert "typed" not in client.session
        assert "för långt för att finnas kvar" in client.get(response["Location"]).content.decode()


def test_signing_out_forgets(client: Client, user: User):
    """What waits is gone once one signs out."""
    sign_in(client, client.post(FORM, {"comment": WORDS})["Location"])
    client.post("/logga-ut/")
    client.force_login(user)
    assert client.get(FORM).content.decode() == "visar: "


def test_reading_keeps_nothing(client: Client, user: User):
    """A page that is merely opened leaves no cookie behind."""
    assert not client.get(f"{FORM}?comment=x").cookies


def test_htmx_loads_the_whole_page(client: Client, user: User):
    """A part of a page is not swapped for the sign-in page: the browser goes there."""
    response = client.post(FORM, {"comment": WORDS}, headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (200, f"/logga-in/?next={FORM}")
    assert "Location" not in response
    sign_in(client, response["HX-Redirect"])
    assert "comment=" in client.get(FORM).content.decode()


def test_an_old_form_of_ours_loses_nothing(user: User):
    """A form whose token has grown old is shown again with what was typed, if the browser says that it is ours."""
    client = strict()
    client.force_login(user)
    response = client.post(FORM, {"comment": WORDS}, headers={"origin": "http://testserver"})
    assert (response.status_code, response["Location"]) == (302, FORM)
    assert "comment=" in client.get(FORM).content.decode()
    assert "Sidan hade blivit för gammal" in client.get("/om/").content.decode()


def test_an_old_form_survives_signing_in_too(user: User):
    """With the session gone as well, it waits through sign-in."""
    client = strict()
    client.post(FORM, {"comment": WORDS}, headers={"origin": "http://testserver"})
    client.force_login(user)
    assert "comment=" in client.get(FORM).content.decode()


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://testserver.evil.example", "https://testserver", "null", ""]
)
def test_a_foreign_form_is_refused(user: User, origin: str):
    """A form on another site cannot put words into ours; nor one that does not say where it is from."""
    client = strict()
    client.force_login(user)
    response = client.post(FORM, {"comment": WORDS}, headers={"origin": origin} if origin else None)
    assert response.status_code == 403
    assert "Formuläret gick inte att ta emot" in response.content.decode()
    assert "typed" not in client.session


@pytest.mark.parametrize("address", ["/oppen/", "/logga-in/", "/konto/losenord/", "/finns.inte/"])
def test_other_forms_are_not_kept(user: User, address: str):
    """Only forms for who is signed in take text back; the others are refused, or are not there."""
    client = strict()
    response = client.post(address, {"comment": WORDS}, headers={"origin": "http://testserver"})
    assert response.status_code == (404 if address == "/finns.inte/" else 403)
    assert "sessionid" not in response.cookies

"""The log: a line for each request with its number, and never anybody's secrets, whatever goes wrong."""

import json
import logging
import re
import smtplib
from collections.abc import Iterator
from io import StringIO

import pytest
from django.conf import settings as site_settings
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from pghistory.models import Context

from config import log, urls
from config.request_id import WithRequestId, current
from parties.models import User
from tests.cast import SECRETARY, Cast
from tests.config.test_health import ADDRESSES
from tests.conftest import BASE

FROM_LETTER = "MTIzNDU2Nzg5MA:1abcde:hemlig-signatur"
TYPED = "ett-alldeles-hemligt-lösenord"
KEPT = "hemligheten-i-inställningarna-1234567890"


def broken(request, token=""):
    """Fail with everything that is secret at hand, and say some of it."""
    password = request.POST.get("password")
    raise RuntimeError(
        f"password={password} token={FROM_LETTER} {KEPT} postgresql://owner:{TYPED}@db/n {request.headers}"
        f" {request.POST}"
    )


def refused(request):
    """Fail as the database does when it refuses a row, which it then quotes."""
    with transaction.atomic():
        User.objects.create(email="nagon@example.org")
        User.objects.create(email="nagon@example.org", password=TYPED)


def unsent(request):
    """Fail as a mail server does when it does not know whom a letter is for."""
    try:
        raise smtplib.SMTPRecipientsRefused({"nagon@example.org": (550, b"unknown")})
    except smtplib.SMTPException as error:
        raise ValueError("could not send") from error


def fine(request):
    return HttpResponse(current())


urlpatterns = [
    path("trasig/", broken),
    path("folj/avsluta/<str:token>/", broken),
    path("avvisad/", refused),
    path("brev/", unsent),
    path("bra/", fine),
    *urls.urlpatterns,
]
handler404, handler403, handler500 = urls.handler404, urls.handler403, urls.handler500
pytestmark = pytest.mark.urls("tests.config.test_log")


class Log:
    """What has been written, in both forms."""

    def __init__(self) -> None:
        self.plain, self.json = StringIO(), StringIO()

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.json.getvalue().splitlines()]

    @property
    def everything(self) -> str:
        return self.plain.getvalue() + self.json.getvalue()


@pytest.fixture
def written() -> Iterator[Log]:
    """Write everything from INFO on, as production does."""
    found, root = Log(), logging.getLogger()
    handlers = [logging.StreamHandler(found.plain), logging.StreamHandler(found.json)]
    for handler, form in zip(handlers, (log.Plain(), log.AsJson()), strict=True):
        handler.setFormatter(form)
        handler.addFilter(WithRequestId())
        root.addHandler(handler)
    before = log.requests.level
    log.requests.setLevel(logging.INFO)
    yield found
    log.requests.setLevel(before)
    for handler in handlers:
        root.removeHandler(handler)


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def test_a_line_for_each_request(client, written):
    """It has the method, the path, the status, the time and the number that the answer has; not what was asked for."""
    answer = client.get(
        "/bra/?q=min+sjukdom", headers={"User-Agent": "Webbläsaren/1", "Referer": "https://annan.example/x"}
    )
    (line,) = written.lines
    assert set(line) == {"time", "level", "logger", "message", "request_id", "method", "path", "status", "ms"}
    assert (line["method"], line["path"], line["status"], line["level"]) == ("GET", "/bra/", 200, "INFO")
    assert line["request_id"] == answer["X-Request-ID"] == answer.content.decode()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", str(line["time"]))
    assert re.search(r" INFO namndkollen.requests [0-9a-f]{16}: GET /bra/ 200 [\d.]+ ms\n$", written.plain.getvalue())
    for private in ("sjukdom", "127.0.0.1", "Webbläsaren", "annan.example"):
        assert private not in written.everything


@pytest.mark.parametrize(
    ("address", "level"), [("/bra/", "INFO"), ("/finns.inte/", "INFO"), ("/om/?x=%FF", "INFO"), ("/trasig/", "ERROR")]
)
def test_how_much_an_answer_matters(client, db, written, address, level):
    """A page that is missing is nothing to wake anyone for; a fault of ours is."""
    client.get(address)
    assert [line["level"] for line in written.lines if line["logger"] == "namndkollen.requests"] == [level]


def test_every_request_has_a_number_of_its_own(client):
    """Two requests have two, made by us, whatever a reader says."""
    said = {"X-Request-ID": "a-number-of-mine"}
    numbers = [client.get("/bra/", headers=said)["X-Request-ID"] for _ in range(2)]
    assert len({*numbers, "a-number-of-mine"}) == 3


@pytest.mark.parametrize(
    ("given", "is_believed"),
    [
        ("0123456789abcdef", True),
        ("kort", False),
        ("x" * 65, False),
        ("två ord\n2026 ERROR", False),
        ("<script>", False),
    ],
)
@override_settings(TRUST_PROXY=True)
def test_a_trusted_web_server_gives_the_number(client, given, is_believed):
    """Behind one, its number is used, so that both logs can be laid side by side; nothing else that it might be."""
    assert (client.get("/bra/", headers={"X-Request-ID": given})["X-Request-ID"] == given) is is_believed


def test_the_page_of_a_fault_has_the_number(client, written):
    """Who writes to us can say it, and with it the fault is found."""
    answer = client.get("/trasig/")
    assert f"<code>{answer['X-Request-ID']}</code>" in answer.content.decode()
    (fault,) = (line for line in written.lines if line["logger"] == "django.request")
    assert fault["request_id"] == answer["X-Request-ID"]
    assert "tests/config/test_log.py" in str(fault["error"])
    assert "RuntimeError" in str(fault["error"])


def test_a_change_has_the_number(cast: Cast, written):
    """The change log tells who did what the log only has a number for."""
    client = cast.client(SECRETARY)
    answer = client.post(f"/arbete{BASE}/amnen/nytt/", {"name": "Ett nytt ämne"})
    assert answer.status_code == 302
    kept = Context.objects.get(metadata__request_id=answer["X-Request-ID"])
    assert kept.metadata["user"] == cast.secretary.pk


@override_settings(SECRET_KEY=KEPT, EMAIL_HOST_PASSWORD="brevhemlighet", OIDC_CLIENT_SECRET="inloggningshemlighet")
def test_nothing_secret_is_logged(client, db, written, monkeypatch):
    """Passwords, tokens, keys, cookies, addresses and rows do not reach the log, whatever breaks."""
    session, csrf = "s" * 32, "c" * 64
    client.cookies["sessionid"], client.cookies["csrftoken"] = session, csrf
    form = {"password": TYPED, "csrfmiddlewaretoken": csrf, "email": "nagon@example.org"}
    client.post("/trasig/", form, headers={"Authorization": "Bearer en-nyckel-ingen-ska-se"})
    client.post(f"/folj/avsluta/{FROM_LETTER}/", form)
    client.post("/avvisad/", form)
    client.post("/brev/", form)
    client.post("/logga-in/", {"login": "nagon@example.org", "password": TYPED})
    client.get(f"/konto/losenord/nytt/1a/{FROM_LETTER}/")
    client.get(f"//FOLJ/avsluta/{FROM_LETTER}")
    client.get(f"/sok/?q={TYPED}")
    client.get("/om/", headers={"Host": f"{TYPED}.example"})
    client.get("/nagon@example.org/")
    logging.getLogger("någon").warning("%s %s %s", "brevhemlighet", "inloggningshemlighet", KEPT)
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "databashemlighet")
    logging.getLogger("någon").error("could not connect: databashemlighet", exc_info=IntegrityError("x\nDETAIL: rad"))
    assert len(written.lines) > 15
    assert "RuntimeError" in written.everything
    assert "UniqueViolation" in written.everything
    for secret in (
        *(TYPED, FROM_LETTER, "hemlig-signatur", KEPT, session, csrf, "nagon@example.org", "DETAIL"),
        *(
            "en-nyckel-ingen-ska-se",
            "brevhemlighet",
            "inloggningshemlighet",
            "databashemlighet",
            site_settings.SECRET_KEY,
        ),
    ):
        assert secret not in written.everything, secret


def test_a_line_stays_a_line(client, db, written):
    """A line break in an address makes no line of its own, and no address is endless."""
    client.get("/x%0A2026-01-01 ERROR django: allt är borta/")
    client.get("/" + "å" * 3000)
    assert len(written.plain.getvalue().splitlines()) == len(written.lines) == 2
    assert max(len(str(line["path"])) for line in written.lines) == log.LONGEST_PATH


@pytest.mark.parametrize("address", ADDRESSES)
def test_health_writes_no_lines(client, db, written, address):
    """What is asked every other second fills no disk."""
    assert client.get(address).status_code == 200
    assert written.lines == []

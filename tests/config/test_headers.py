"""What every answer tells the browser to refuse: every address, whoever asks, and whatever goes wrong."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.contrib import admin
from django.http import HttpResponse
from django.templatetags.static import static
from django.test import Client
from django.urls import reverse

from config.headers import NOT_ASKED_FOR
from goals.models import Goal, ReportingPeriod
from tests import reports
from tests.cast import NOBODY, SECRETARY, SUPERUSER, Cast
from tests.config.test_access import DOORS
from tests.conftest import BASE, YEAR
from tests.factories import DraftFactory, PageImageFactory

#: What other sites may frame, and what their programs may read.
FRAMED = ("embed_issue", "embed_party")
SHARED = ("/api/", "/data/")
#: What somebody has sent us, given back as it came.
RECEIVED = ("original", "draft_document", "draft_page")
#: What is shown and not saved: pages, feeds, pictures, and data.
SHOWN_BY_BROWSERS = (
    *("text/html", "text/plain", "text/javascript", "image/png", "application/json", "application/problem+json"),
    *("application/xml", "application/atom+xml", "application/rdf+xml", "application/ld+json"),
    *("application/opensearchdescription+xml", "application/x-suggestions+json", "text/calendar"),
)

Answered = tuple[str, str, HttpResponse]


def every_answer(cast: Cast) -> Iterator[Answered]:
    """Give the answer of every address to who is signed out and to a secretary, and the administration's."""
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    decision = goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 20))
    draft = DraftFactory(committee=cast.committee)
    PageImageFactory(document=draft.document)
    reports.fix(ReportingPeriod.objects.get(slug="delar"), cast.secretary)
    addresses = {name: address.format(decision=decision.pk, draft=draft.pk) for name, (address, _) in DOORS.items()}
    administration = {"admin": "/admin/", "admin script": "/admin/jsi18n/", "admin login": "/admin/login/"}
    for model in admin.site._registry:
        page = f"{model._meta.app_label}_{model._meta.model_name}"
        administration |= {f"{page} {each}": reverse(f"admin:{page}_{each}") for each in ("changelist", "add")}
    for turn, who in enumerate((NOBODY, SECRETARY, SUPERUSER)):
        client = cast.client(who)
        for place, (name, address) in enumerate((administration if who == SUPERUSER else addresses).items()):
            response = client.get(address, REMOTE_ADDR=f"127.0.{turn}.{place}")
            response.getvalue()  # of a file too, which is closed once it has been read
            yield f"{name} as {who}", address, response


def directives(response: HttpResponse) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";")]
    return {name: values for name, _, values in parts}


def is_safe(name: str, address: str, response: HttpResponse) -> None:
    """Fail unless an answer has all that it must have."""
    framed = name.split()[0] in FRAMED
    assert response["X-Content-Type-Options"] == "nosniff", name
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin", name
    assert "Server" not in response, name
    assert "X-Powered-By" not in response, name
    assert "Content-Security-Policy-Report-Only" not in response, name
    if response.status_code == 304:
        return
    assert response["Cross-Origin-Opener-Policy"] == "same-origin", name
    shared = framed or address.startswith(SHARED)
    assert response["Cross-Origin-Resource-Policy"] == ("cross-origin" if shared else "same-origin"), name
    if name == "style sheet":  # it is no page
        return
    policy = directives(response)
    assert policy["default-src"] == "'none'", name
    assert not [values for values in policy.values() if "unsafe" in values or "data:" in values or "http:" in values]
    assert policy["frame-ancestors"] == ("*" if framed else "'none'"), name
    assert response.get("X-Frame-Options") == (None if framed else "DENY"), name
    refused = response["Permissions-Policy"].split(", ")
    assert {"camera=()", "microphone=()", "geolocation=()", "browsing-topics=()"} <= set(refused), name
    assert len(refused) == len(NOT_ASKED_FOR)


def test_every_address(cast: Cast):
    """Every page, file, feed and embed says what may not be done with it, whoever asks.

    A document that somebody sent in is shown as text or saved, without our origin, scripts or forms; and every other
    file is saved, but for data that browsers show as what it is.
    """
    statuses, received = set(), []
    for name, address, response in every_answer(cast):
        is_safe(name, address, response)
        for cookie in response.cookies.values():
            assert cookie["samesite"] == "Lax", name
            assert cookie["httponly"], name
        statuses.add(response.status_code)
        kind = response.get("Content-Type", "text/html").partition(";")[0]
        if response.status_code == 200 and kind not in SHOWN_BY_BROWSERS:
            assert response["Content-Disposition"].startswith("attachment"), name
        if name.split()[0] in RECEIVED and response.status_code == 200:
            received.append(name)
            assert directives(response).keys() == {"default-src", "frame-ancestors", "sandbox"}, name
    assert statuses >= {200, 301, 302, 401, 404, 405}
    assert len(received) == 4  # the public one to both, and a draft's two to the secretary


def test_errors_say_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings):
    """An answer that no view made is no less safe: a bad request, what is refused, what is wrong, what breaks."""
    signed = cast.client(SECRETARY)
    strict = Client(enforce_csrf_checks=True)
    strict.raise_request_exception = False
    judge = f"/arbete{YEAR}/delar/v/25/"
    found = {
        "host": strict.get("/", headers={"host": "evil.example"}),
        "zero": strict.get("/admin/?x=%00"),
        "encoding": strict.generic("POST", "/logga-in/", b"--x--", "multipart/form-data; boundary=x; charset=hex"),
        "token": strict.post("/logga-in/", {"login": "x"}),
        "refused": cast.client("member").get("/admin/login/"),
        "missing": strict.get("/finns/inte/"),
        "missing in api": strict.get("/api/v1/strunt"),
        "missing embed": strict.get(f"{BASE}/2017/fraga/strunt/inbaddad/"),
        "missing file": strict.get("/static/strunt.css"),
        "method": Client().put("/om/"),
        "too large": strict.post("/logga-in/", b"x", content_type="text/plain", CONTENT_LENGTH="99999999"),
        "wrong": signed.post(judge, {"status": "strunt"}),
        "wrong in api": strict.get("/api/v1/mal?antal=många"),
        "asked first": strict.options("/api/v1/mal"),
        "style sheet": strict.get(static("css/site.css")),
        "picture": strict.get(static("favicon.svg")),
        "without slash": strict.get("/om"),
    }
    for _ in range(40):
        found["too often"] = Client().post("/logga-in/", {"login": "x@example.org", "password": "x"})
    tag = {"if-none-match": strict.get(f"{YEAR}/jamfor/")["ETag"]}
    found["not changed"] = strict.get(f"{YEAR}/jamfor/", headers=tag)
    monkeypatch.setattr("config.views._operator", lambda: {}["breaks"])
    found["broken"] = strict.get("/om/")
    settings.SECURE_SSL_REDIRECT = True
    found["not encrypted"] = Client().get("/om/")
    statuses = {name: response.status_code for name, response in found.items()}
    assert statuses == {
        **dict.fromkeys(("host", "zero", "encoding"), 400),
        **dict.fromkeys(("token", "refused"), 403),
        **dict.fromkeys(("missing", "missing in api", "missing embed", "missing file"), 404),
        **{"method": 405, "too large": 413, "wrong": 422, "wrong in api": 422, "too often": 429, "broken": 500},
        **{
            "asked first": 204,
            "style sheet": 200,
            "picture": 200,
            "without slash": 301,
            "not changed": 304,
            "not encrypted": 301,
        },
    }
    for name, response in found.items():
        response.getvalue()
        is_safe("embed_issue" if name == "missing embed" else name, response.request["PATH_INFO"], response)


def test_over_https(cast: Cast, settings):
    """Where the site is served over HTTPS it says so for a year, and its cookies go no other way."""
    settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT = 31_536_000, True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    for address in ("/", "/logga-in/", "/finns/inte/", static("css/site.css"), "/data/mal.csv"):
        response = Client().get(address, secure=True)
        response.getvalue()
        assert response["Strict-Transport-Security"] == "max-age=31536000", address
    cookies = cast.client(SECRETARY).get("/konto/", secure=True).cookies
    assert {"sessionid", "csrftoken"} == cookies.keys()
    assert all(cookie["secure"] and cookie["httponly"] for cookie in cookies.values())


def test_no_file_of_settings_switches_the_policy_to_reporting():
    """The policy is one that is kept, not one that is only told of."""
    assert not hasattr(configured, "CONTENT_SECURITY_POLICY_REPORT_ONLY")
    templates = Path(configured.BASE_DIR, "templates").rglob("*.html")
    assert not [path.name for path in templates if "csp_nonce" in path.read_text() or " style=" in path.read_text()]

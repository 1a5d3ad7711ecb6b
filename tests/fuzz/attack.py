"""Asking for everything, in rounds that hypothesis draws, until the time is up."""

import time
from collections import defaultdict
from http.client import HTTPConnection, HTTPException, HTTPResponse, InvalidURL, RemoteDisconnected
from typing import Any
from urllib.parse import quote_plus, urlsplit

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.addresses import Address, addresses, every_address
from tests.fuzz.answers import PLACES, Answers, Request
from tests.fuzz.forms import PageForm, fillings, offered
from tests.fuzz.people import NOBODY, ROLES, session_of
from tests.fuzz.values import HEADERS, METHODS, anything

#: How many requests are drawn with one seed.
PER_ROUND = 60
#: The token of every form, which is ours since the cookie is.
TOKEN = "a" * 32
#: What every page may be asked, whether it offers it or not.
QUESTIONS = (
    "q",
    "per",
    "sida",
    "amne",
    "parti",
    "slag",
    "period",
    "mot",
    "mitt",
    "next",
    "visa",
    "o",
    "p",
    "e",
    "all",
    "_popup",
)
#: How many forms are remembered, so that those of pages that are seldom met are sent too.
REMEMBERED = 400


class Attack:
    """One who asks, in every role, and remembers the forms that the pages offer."""

    def __init__(self, site: str, answers: Answers):
        self.where = urlsplit(site)
        self.answers = answers
        self.connection: HTTPConnection | None = None
        self.sessions: dict[str, str] = {}
        self.forms: list[tuple[str, str, PageForm]] = []
        self.questions: dict[str, set[str]] = defaultdict(set)
        self.every = every_address()

    def run(self, until: float, first_seed: int) -> None:
        """Ask in rounds until the time is up."""
        number = first_seed
        while time.monotonic() < until:
            self.sessions = {role: session_of(role) for role in ROLES if role}
            self._round(number, until)
            number += 1

    def _round(self, number: int, until: float) -> None:
        # What is met in a round is used in the next: hypothesis asks that what it draws from stands still.
        forms, questions = tuple(self.forms), {name: sorted(asked) for name, asked in self.questions.items()}

        @seed(number)
        @settings(
            max_examples=PER_ROUND,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[*HealthCheck],
        )
        @given(data=st.data())
        def ask(data: Any) -> None:
            if forms and data.draw(st.booleans()):
                request = self._form(data.draw, *data.draw(st.sampled_from(forms)))
            else:
                request = self._page(data.draw, data.draw(st.sampled_from(self.every)), questions)
            if time.monotonic() < until:
                self._send(request)

        ask()

    def _page(self, draw: Any, address: Address, questions: dict[str, list[str]]) -> Request:
        role = draw(st.sampled_from(ROLES))
        path = draw(addresses(address))
        known = [*QUESTIONS, *questions.get(address.name, ())]
        asked = draw(st.lists(st.tuples(st.sampled_from(known), anything), max_size=3))
        if asked:
            path += "?" + "&".join(f"{quote_plus(name)}={quote_plus(value, errors='replace')}" for name, value in asked)
        chosen = draw(st.lists(st.sampled_from(HEADERS), max_size=2)) if draw(st.booleans()) else []
        headers = {name: draw(st.sampled_from(values)) for name, values in chosen}
        method = draw(st.sampled_from(METHODS))
        body = draw(st.sampled_from((None, b"", b"x", b"{}", b"a=1&a=2"))) if method not in ("GET", "HEAD") else None
        return Request(address.name, role, method, path, {**self._cookie(role), **headers}, body)

    def _form(self, draw: Any, name: str, role: str, form: PageForm) -> Request:
        body, kind = draw(fillings(form, TOKEN))
        if form.method == "get":
            path = form.action.partition("?")[0] + "?" + body.decode()
            return Request(f"{name} (form)", role, "GET", path[:7000], self._cookie(role))
        sent = {"Content-Type": kind, "Origin": f"{self.where.scheme}://{self.where.netloc}"}
        return Request(f"{name} (form)", role, "POST", form.action, {**self._cookie(role), **sent}, body)

    def _send(self, request: Request) -> None:
        """Send a request, and remember what the page offers."""
        status, kind, content = self._ask(request)
        if status not in (200, 422) or not kind.startswith("text/html"):
            return
        name = request.name.removesuffix(" (form)")
        found = offered(content, request.path)
        self.questions[name] |= found.questions
        for form in found.forms:
            if "logga-ut" not in form.action:
                self.forms.append((name, request.role, form))
        del self.forms[:-REMEMBERED]

    def _cookie(self, role: str) -> dict[str, str]:
        session = f"sessionid={self.sessions[role]}; " if role != NOBODY else ""
        # Each comes from another place, so that no limit on how often one may ask is met.
        return {"Cookie": f"{session}csrftoken={TOKEN}", "X-Forwarded-For": next(PLACES)}

    def _ask(self, request: Request) -> tuple[int, str, bytes]:
        """Send a request, count its answer and give it."""
        began = time.monotonic()
        status, kind, content, wrong = 0, "", b"", ""
        try:
            response = self._exchange(request)
            content = response.read()
            status, kind = response.status, response.headers.get("Content-Type", "")
            wrong = _wrong_with(response, content)
        except (InvalidURL, UnicodeError, ValueError):  # what the client itself refuses to send
            self._close()
            return 0, "", b""
        except (HTTPException, OSError) as error:
            self._close()
            wrong = repr(error)
        self.answers.take(request, status, time.monotonic() - began, wrong)
        return status, kind, content

    def _exchange(self, request: Request) -> HTTPResponse:
        """Send a request, once more if the connection that was kept is none any more."""
        if self.connection is not None:
            try:
                return self._exchange_now(self.connection, request)
            except (RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self._close()
        self.connection = HTTPConnection(self.where.hostname or "", self.where.port, timeout=60)
        return self._exchange_now(self.connection, request)

    def _exchange_now(self, connection: HTTPConnection, request: Request) -> HTTPResponse:
        with_host = "Host" in request.headers
        connection.putrequest(request.method, request.path, skip_host=with_host, skip_accept_encoding=True)
        for header, value in request.headers.items():
            connection.putheader(header, value.encode("latin-1", "replace"))
        if request.body is not None:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body)
        return connection.getresponse()

    def _close(self) -> None:
        if self.connection:
            self.connection.close()
        self.connection = None


def _wrong_with(response: HTTPResponse, content: bytes) -> str:
    """Tell what an answer lacks that every answer of the site's has, or has that none may have."""
    ours = response.headers.get("X-Content-Type-Options") == "nosniff"
    policy = response.headers.get("Content-Security-Policy", "")
    if response.status == 304 or (
        response.status in (400, 414, 431) and not ours
    ):  # the server's own, of what is no request
        return ""
    if not ours:
        return "no nosniff"
    if not policy or "unsafe" in policy:
        return f"policy {policy!r}"
    if response.headers.get("X-Odd"):
        return "a header that was sent came back"
    return "a traceback" if b"Traceback (most recent" in content else ""

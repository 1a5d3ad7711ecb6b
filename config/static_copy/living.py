"""The living site as nobody signed in sees it, asked in this process: no server, and nothing over the network."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from functools import cached_property
from http.client import responses
from io import BytesIO
from ipaddress import ip_address
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler


@dataclass
class Answer:
    """What the site answers: its status, what kind of thing it is, and the thing itself, piece by piece."""

    status: int
    headers: Message
    pieces: Iterator[bytes] = field(repr=False)

    @property
    def media_type(self) -> str:
        """The media type, without what belongs to it."""
        return self.headers.get_content_type()

    @property
    def file_name(self) -> str:
        """What the site calls the file, where it does."""
        return self.headers.get_filename("")

    @property
    def location(self) -> str:
        """Where the answer leads, if it does."""
        return str(self.headers.get("Location", ""))


class LivingSite:
    """The site at its own address."""

    def __init__(self, address: str):
        parts = urlsplit(address)
        self.address, self.host = address, parts.netloc
        # Where everything is led to HTTPS, asking without it would lead to nothing else.
        self.scheme = "https" if settings.SECURE_SSL_REDIRECT else parts.scheme
        self.asked = count(1)

    @cached_property
    def application(self) -> WSGIHandler:
        """What answers, with all middleware: made when it is first asked."""
        return WSGIHandler()

    @contextmanager
    def ask(self, address: str) -> Iterator[Answer]:
        """Ask for an address (path and query)."""
        found: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Callable[[bytes], object]:
            found["status"] = int(status.split(" ")[0])
            found["headers"] = Message()
            for name, value in headers:
                found["headers"][name] = value
            return BytesIO().write  # which WSGI has for frameworks older than Django

        response: Any = self.application(self._environment(address), start)
        try:
            yield Answer(found["status"], found["headers"], iter(response))
        finally:
            response.close()

    def _environment(self, address: str) -> dict[str, Any]:
        path, _, query = address.partition("?")
        host, _, port = self.host.partition(":")
        # Each question comes from an address of its own, since what keeps one reader to a pace is not meant for a copy.
        reader = ip_address("127.0.0.0") + next(self.asked)
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, encoding="latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": host,
            "SERVER_PORT": port or ("443" if self.scheme == "https" else "80"),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": str(reader),
            "HTTP_HOST": self.host,
            "HTTP_X_FORWARDED_PROTO": self.scheme,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": True,
        }

    def resolve(self, base: str, href: str) -> tuple[str, str] | None:
        """Give the address on the site, and the place on it, that a link on a page leads to.

        ``None`` is a link to elsewhere, one that is no address of the web, or one to a place on the page itself.
        """
        href = href.strip()
        if not href or href.startswith("#"):
            return None
        try:
            parts = urlsplit(href)
        except ValueError:
            return None
        if parts.scheme not in ("", "http", "https") or parts.netloc not in ("", self.host):
            return None
        if parts.scheme and not parts.netloc:
            return None
        here = base.partition("?")[0]
        path = urlsplit(urljoin(f"http://site{here}", parts.path or ("/" if parts.netloc else here))).path
        query = urlencode(parse_qsl(parts.query, keep_blank_values=True))
        address = quote(unquote(path), safe="/~!$&'()*+,;=:@")
        return f"{address}?{query}" if query else address, parts.fragment

    def whole(self, address: str) -> str:
        """Give the whole address, as one writes it in a browser."""
        return f"{self.address}{address}"


def words_of(status: int) -> str:
    """Give a status as one speaks of it: "500 Internal Server Error"."""
    return f"{status} {responses.get(status, '')}".strip()

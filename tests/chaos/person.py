"""A person's browser, as far as it matters here: a session, forms, and the will to send again what was not answered."""

import http.client
import re
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urlencode

TOKEN = "a" * 32
#: For how many seconds a person insists. Longer than any fault lasts, and than the application takes to start.
PATIENCE = 180


class UnansweredError(Exception):
    """No answer came: what was sent may have been done, or not."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; status 0 is nothing."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")


@dataclass
class Person:
    """Somebody who is signed in, or has no session and reads.

    One who ``keeps`` a connection does as a browser; others make one for each question. ``tries`` and ``latest`` tell
    how often what was insisted on was asked for, and when last.
    """

    port: int
    session: str = ""
    seconds: float = 30
    keeps: bool = False
    connection: http.client.HTTPConnection | None = field(default=None, repr=False)
    tries: int = 0
    latest: datetime = field(default_factory=lambda: datetime.now(UTC))

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def post(self, path: str, sent: dict | list, content: tuple[str, bytes] | None = None) -> Answer:
        """Send a form; ``content`` is the name and the bytes of a file in it."""
        fields = [("csrfmiddlewaretoken", TOKEN), *(sent.items() if isinstance(sent, dict) else sent)]
        if content is None:
            return self.ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{content[0]}"\r\n\r\n'
        body = "".join([*parts, head]).encode() + content[1] + f"\r\n--{edge}--\r\n".encode()
        return self.ask("POST", path, body, f"multipart/form-data; boundary={edge}")

    def insist(self, path: str, sent: dict | list | None = None, content: tuple[str, bytes] | None = None) -> Answer:
        """Ask for a page, or send the same form, until there is an answer that says what came of it.

        When patience ends the answer is the latest.
        """
        ends, self.tries = time.monotonic() + PATIENCE, 0
        while True:
            self.tries, self.latest = self.tries + 1, datetime.now(UTC)
            try:
                answer = self.get(path) if sent is None else self.post(path, sent, content)
            except UnansweredError:
                answer = Answer(0, http.client.HTTPMessage(), "")
            if answer.status not in (0, 503) or time.monotonic() > ends:
                return answer
            time.sleep(min(0.05 * self.tries, 0.5))

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        """Ask, and give the answer.

        :raises UnansweredError: if there is none.
        """
        headers = {
            **({"Cookie": f"sessionid={self.session}; csrftoken={TOKEN}"} if self.session else {}),
            "Origin": f"http://127.0.0.1:{self.port}",
            **({"Content-Type": kind} if kind else {}),
        }
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.seconds)
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            found = Answer(answer.status, answer.headers, answer.read().decode(errors="replace"))
        except (OSError, http.client.HTTPException) as error:
            self.leave()
            raise UnansweredError from error
        if not self.keeps:
            self.leave()
        return found

    def leave(self) -> None:
        """Close the connection."""
        if self.connection:
            self.connection.close()
        self.connection = None


def hidden(text: str) -> dict[str, str]:
    """Give the fields of a page's forms that a person does not see."""
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', text):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            found[name[1]] = unescape(value[1]) if value else ""
    return found

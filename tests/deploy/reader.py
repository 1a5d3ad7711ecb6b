"""A reader in front of nginx: asks over HTTPS for the site by its name, wherever it runs."""

import http.client
import socket
import ssl
from dataclasses import dataclass
from email.message import Message

from tests.nginx import NAME, Front


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def cache(self) -> str:
        """What nginx says that it did: HIT, MISS, or nothing where it neither looked nor kept."""
        return self.headers.get("X-Cache", "")

    def cookie(self, name: str) -> str:
        """Give what was said of a cookie that is set, or nothing."""
        return next((said for said in self.headers.get_all("Set-Cookie", []) if said.startswith(f"{name}=")), "")


class Reader:
    """Somebody at an address of this machine, who keeps no cookies and follows no redirects."""

    def __init__(self, front: Front, address: str = "127.0.0.1"):
        self.front, self.address = front, address
        self.tls = ssl.create_default_context(cafile=str(front.certificate))

    def ask(
        self, path: str, method: str = "GET", body: bytes | str | None = None, secure: bool = True, **headers: str
    ) -> Answer:
        """Ask for a page; the names of headers have underscores for hyphens."""
        named = {"Host": NAME, **{name.replace("_", "-"): value for name, value in headers.items()}}
        connection = http.client.HTTPConnection(NAME, timeout=30)
        port = self.front.https if secure else self.front.http
        plain = socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(self.address, 0))
        connection.sock = self.tls.wrap_socket(plain, server_hostname=NAME) if secure else plain
        try:
            connection.request(method, path, body=body, headers={"Accept-Encoding": "identity", **named})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

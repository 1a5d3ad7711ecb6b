"""Requests that no browser sends, over a socket to the server that `manage.py run` starts."""

import socket
from urllib.parse import urlsplit

import pytest

#: Heads of which a web server in front may take another length than ours. What follows them is a second request.
TWO_LENGTHS = {
    "length and chunks": "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    "two lengths": "Content-Length: 3\r\nContent-Length: 0\r\n",
    "signed length": "Content-Length: +3\r\n",
    "unknown coding": "Transfer-Encoding: xchunked\r\n",
    "chunks twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "space before colon": "Content-Length : 3\r\n",
    "line that goes on": "Content-Length: 3\r\n X: y\r\n",
}
SMUGGLED = "0\r\n\r\nGET /tillganglighet/ HTTP/1.1\r\nHost: localhost\r\n\r\n"


def answer(site: str, sent: str) -> str:
    """Send what is given, and give all that comes back until the server has nothing more to say."""
    where = urlsplit(site)
    with socket.create_connection((where.hostname, where.port), timeout=2) as connection:
        connection.sendall(sent.encode("latin-1"))
        received = b""
        try:
            while part := connection.recv(65536):
                received += part
        except (TimeoutError, ConnectionResetError):
            pass
    return received.decode(errors="replace")


@pytest.mark.parametrize("name", TWO_LENGTHS)
def test_no_request_within_another(site: str, name: str):
    """A request whose length can be read in two ways is refused, or it is the last of its connection."""
    said = answer(site, f"POST /om/ HTTP/1.1\r\nHost: localhost\r\n{TWO_LENGTHS[name]}\r\n{SMUGGLED}")
    assert "Tillgänglighetsredogörelse" not in said
    assert said.count("HTTP/1.1 ") <= 1


@pytest.mark.parametrize(
    "sent",
    [
        "GET /om/ HTTP/1.1\r\nHost: localhost\r\nX-Odd: a\0b\r\n\r\n",
        "GET /om/\r\n\r\n",
        "GET /om/ HTTP/9.9\r\nHost: localhost\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        f"GET /{'a' * 200_000} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /om/ HTTP/1.1\r\nHost: localhost\r\n" + "X-Odd: 1\r\n" * 3000 + "\r\n",
    ],
)
def test_what_is_no_request(site: str, sent: str):
    """What is no request, or is too long for one, is refused by the server, which goes on answering others."""
    said = answer(site, sent)
    assert not said or said.startswith("HTTP/1.1 4"), said[:200]
    assert answer(site, "GET /om/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").startswith("HTTP/1.1 200")


def test_the_server_names_no_version(site: str):
    """An answer does not tell which version of what made it."""
    head = answer(site, "GET /om/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").partition("\r\n\r\n")[0]
    named = [line for line in head.lower().splitlines() if line.startswith(("server:", "x-powered-by:"))]
    assert named in ([], ["server: granian"])

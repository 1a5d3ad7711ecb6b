"""A site that answers what it is told to, and remembers what it was asked, to have behind nginx."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: What a public page says of how long it may be held.
HELD = {"Cache-Control": "public, max-age=0, s-maxage=1", "Vary": "Accept-Encoding, Cookie, HX-Request"}


@dataclass
class Stub:
    """What is answered to each address, or 404, and what was asked: addresses with their headers."""

    port: int = 0
    answers: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)

    def times(self, address: str) -> int:
        """Tell how often an address was asked for."""
        return [each for each, _ in self.asked].count(address)


@contextmanager
def stub(port: int = 0) -> Iterator[Stub]:
    """Answer at a port; each body is the moment that it was made."""
    told = Stub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            told.asked.append((self.path, self.headers.items()))
            body = f"{time.time():.6f}".encode()
            status, headers = told.answers.get(self.path, (404, {}))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the standard library's name

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

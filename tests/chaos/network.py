"""The network between the site and its database, which can fall silent or be cut, wherever the database is."""

import selectors
import socket
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote


class Network:
    """Carries bytes between connections to a socket of ours and the server's, each in a thread."""

    def __init__(self, folder: Path, server: str, port: int = 5432):
        self.folder, self.server, self.port = folder, server, port
        self.flows = threading.Event()
        self.flows.set()
        self.pairs: list[tuple[socket.socket, socket.socket]] = []
        self.is_open = True
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(folder / ".s.PGSQL.5432"))
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, name: str, user: str, password: str = "") -> str:
        """Give the address of a database by way of this network."""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{quote(user, safe='')}{secret}@{quote(str(self.folder), safe='')}/{name}"

    def fall_silent(self) -> None:
        """Carry nothing more, and tell nobody."""
        self.flows.clear()

    def carry(self) -> None:
        """Carry again, also what was held back."""
        self.flows.set()

    def cut(self) -> None:
        """End every connection there is."""
        for pair in self.pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self.pairs.clear()

    def close(self) -> None:
        """Take it down."""
        self.is_open = False
        self.flows.set()
        self.listener.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while self.is_open:
                near, _ = self.listener.accept()
                threading.Thread(target=self._connect, args=[near], daemon=True).start()

    def _connect(self, near: socket.socket) -> None:
        self.flows.wait()
        try:
            far = socket.socket(socket.AF_UNIX if self.server.startswith("/") else socket.AF_INET)
            unix = f"{self.server}/.s.PGSQL.{self.port}"
            far.connect(unix if self.server.startswith("/") else (self.server, self.port))
        except OSError:
            near.close()
            return
        self.pairs.append((near, far))
        with near, far, selectors.DefaultSelector() as ready, suppress(OSError):
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while True:
                for key, _ in ready.select():
                    content = key.fileobj.recv(65536)
                    self.flows.wait()
                    if not content:
                        return
                    key.data.sendall(content)

"""The site as production serves it, for tests in a real browser and for weighing."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import quote

import psutil
from django.conf import settings

from tests import databases

ROOT = Path(__file__).resolve().parents[2]
TWO_PARTIES = ROOT / "proposals/plans/eskilstuna-socialnamnden-2017"
THREE_PARTIES = ROOT / "tests/documents/provkoping"
PYTHON = [sys.executable, "-W", "ignore"]

#: What a process does before it serves, and how it serves; connections do not survive being handed to the workers.
SET_UP = "import django; django.setup()"
SERVE = """
from django.db import connections
connections.close_all()
from config.management.commands.run import serve
serve()
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(name: str, template: str | None = None) -> Iterator[str]:
    """Make a database beside the configured one, empty or as a copy, and give its address."""
    databases.copy(name, template)
    try:
        yield address_of(name)
    finally:
        databases.drop(name)


def address_of(name: str) -> str:
    """Give the address of a database beside the configured one."""
    base = settings.DATABASES["default"]
    host, port, user, password = (str(base.get(part) or "") for part in ("HOST", "PORT", "USER", "PASSWORD"))
    secret = f":{quote(password, safe='')}" if password else ""
    where = quote(host, safe="") + (f":{port}" if port else "")
    return f"postgresql://{quote(user, safe='')}{secret}@{where}/{name}"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: where it answers, and its process, which has others below it."""

    address: str
    process: subprocess.Popen[bytes]

    def below(self) -> list[psutil.Process]:
        """Give the processes that the server has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def kill(self) -> None:
        """End it and all that it has started at once, as a power failure does."""
        for process in [psutil.Process(self.process.pid), *self.below()]:
            process.kill()
        self.process.wait(20)


@contextmanager
def furnished(name: str, data_dir: Path) -> Iterator[dict[str, str]]:
    """Make a database with everything that there is to look at, and give the environment that serves it."""
    with database(name) as url:
        furnish(url, data_dir)
        yield environment_of(url, data_dir)


def furnish(url: str, data_dir: Path) -> None:
    """Put the two real plans and the invented ones into a database.

    The real ones have example follow-up, the invented ones have none; tests/browser/cast.py says who can sign in, and
    tests/browser/drafts.py which plans are on their way in.
    """
    prepare = [*PYTHON, "-m", "tests.browser.cast", str(TWO_PARTIES), str(THREE_PARTIES)]
    subprocess.run(prepare, env=environment_of(url, data_dir), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def environment_of(url: str, data_dir: Path) -> dict[str, str]:
    """Give the environment that serves a database."""
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DATA_DIR": str(data_dir),
        "WORKERS": "1",
        "HTTPS": "off",
        "EXAMPLE": "off",
        "PAGE_CACHE_MB": "64",
        "SECRET_KEY": "only-for-this-test-server-and-no-other",
    }


@contextmanager
def running(environment: Mapping[str, str]) -> Iterator[Server]:
    """Serve a database with `manage.py run` on a port of its own."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*PYTHON, "manage.py", "run"], env={**environment, "PORT": str(port)}, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(f"{address}/om/", process)
        yield Server(address, process)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def served(name: str, data_dir: Path) -> Iterator[str]:
    """Serve a furnished database, and give the site's address."""
    with furnished(name, data_dir) as environment, running(environment) as server:
        yield server.address


@contextmanager
def serving(environment: Mapping[str, str], first: str = "") -> Iterator[Server]:
    """Serve as `manage.py run` does, without what it prepares, when some lines of Python have run ``first``."""
    lines = f"{SET_UP}\n{first}\n{SERVE}"
    process = subprocess.Popen([*PYTHON, "-c", lines], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        port = int(environment["PORT"])
        wait_for_port(port, process, 120)
        yield Server(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(20)


def wait_for_port(port: int, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until something answers at a port of this machine, whatever it says.

    :raises RuntimeError: if the server ends first, or takes too long.
    """
    ends = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < ends:
        connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
        with suppress(OSError, HTTPException), closing(connection):
            connection.request("HEAD", "/")
            connection.getresponse()
            return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers at port {port} (exit code {server.poll()})")


def wait_for(address: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Wait until the site answers.

    :raises RuntimeError: if it ends first, or takes too long.
    """
    ends = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < ends:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not answer at {address} (exit code {server.poll()})")

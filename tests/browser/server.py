"""The site as production serves it, for tests in a real browser and for weighing."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
TWO_PARTIES = ROOT / "proposals/plans/eskilstuna-socialnamnden-2017"
THREE_PARTIES = ROOT / "tests/documents/provkoping"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(name: str) -> Iterator[str]:
    """Make an empty database beside the configured one, and give its address."""
    base = settings.DATABASES["default"]
    given = {
        "host": base.get("HOST"),
        "port": base.get("PORT"),
        "user": base.get("USER"),
        "password": base.get("PASSWORD"),
    }
    connection = psycopg.connect(
        dbname="postgres", autocommit=True, **{key: value for key, value in given.items() if value}
    )
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
    with connection:
        connection.execute(drop)
        connection.execute(f'CREATE DATABASE "{name}"')
        user = quote(given["user"] or "", safe="")
        password = f":{quote(given['password'], safe='')}" if given["password"] else ""
        port = f":{given['port']}" if given["port"] else ""
        try:
            yield f"postgresql://{user}{password}@{quote(given['host'] or '', safe='')}{port}/{name}"
        finally:
            connection.execute(drop)


@contextmanager
def served(name: str, data_dir: Path) -> Iterator[str]:
    """Serve the two real plans and the invented ones with `manage.py run`, and give the site's address.

    The real ones have example follow-up, the invented ones have none; tests/browser/cast.py says who can sign in.
    """
    port = free_port()
    with database(name) as url:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATA_DIR": str(data_dir),
            "PORT": str(port),
            "WORKERS": "1",
            "HTTPS": "off",
            "EXAMPLE": "off",
            "SECRET_KEY": "only-for-this-test-server-and-no-other",
        }
        python = [sys.executable, "-W", "ignore"]
        prepare = [*python, "-m", "tests.browser.cast", str(TWO_PARTIES), str(THREE_PARTIES)]
        subprocess.run(prepare, env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen([*python, "manage.py", "run"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            wait_for(f"http://127.0.0.1:{port}/om/", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


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

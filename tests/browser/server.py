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
THREE_PARTIES = ROOT / "tests/documents/provkoping"
#: Who can sign in to it.
EMAIL, PASSWORD = "prov@example.org", "ett-långt-lösenord"


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
    """Serve the two real plans and the invented ones with `manage.py run`, and give the site's address."""
    port = free_port()
    with database(name) as url:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATA_DIR": str(data_dir),
            "PORT": str(port),
            "WORKERS": "1",
            "HTTPS": "off",
            "SECRET_KEY": "only-for-this-test-server-and-no-other",
        }
        manage = [sys.executable, "-W", "ignore", str(ROOT / "manage.py")]
        subprocess.run([*manage, "migrate", "--verbosity=0"], env=environment, check=True)
        subprocess.run(
            [*manage, "load_plans", str(THREE_PARTIES)], env=environment, check=True, stdout=subprocess.DEVNULL
        )
        subprocess.run(
            [*manage, "createsuperuser", "--noinput", "--verbosity=0", "--email", EMAIL],
            env={**environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD},
            check=True,
        )
        server = subprocess.Popen([*manage, "run"], env=environment, stdout=subprocess.DEVNULL)
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

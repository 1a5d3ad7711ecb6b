"""`manage.py run` with the embedded PostgreSQL: starts it, loads the plans, serves, and takes everything with it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.browser.server import ROOT, free_port, wait_for

MANAGE = [sys.executable, str(ROOT / "manage.py")]


@pytest.fixture(scope="module")
def nothing_yet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Give the environment of an installation of its own, in an empty folder with a space and Swedish letters."""
    folder = tmp_path_factory.mktemp("embedded") / "åäö och mellanslag"
    folder.mkdir()
    removed = ("DATABASE_URL", "EXAMPLE", "EMBEDDED_POSTGRES_SOCKET", "SECRET_KEY", "HTTPS", "DJANGO_SETTINGS_MODULE")
    kept = {key: value for key, value in os.environ.items() if key not in removed}
    yield {**kept, "DATA_DIR": str(folder), "EXAMPLE": "no", "WORKERS": "1", "PYTHONUNBUFFERED": "1"}
    left = servers(folder)
    for number in left:
        psutil.Process(number).kill()
    assert left == []


@pytest.fixture(scope="module")
def first_starts(nothing_yet: dict[str, str]) -> list[str]:
    """Start it for the first time, twice at once, and give what each of the two said."""
    ports = free_port(), free_port()
    both = [
        subprocess.Popen(
            [*MANAGE, "run"], env={**nothing_yet, "PORT": str(port)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for port in ports
    ]
    try:
        for server, port in zip(both, ports, strict=True):
            wait_for(f"http://127.0.0.1:{port}/", server, seconds=120)  # the one waits for the other
        return [stop(server, signal.SIGINT) for server in both]
    finally:
        for server in both:
            end(server)


@pytest.fixture
def environment(nothing_yet: dict[str, str], first_starts: list[str]) -> dict[str, str]:
    """Give the environment of that installation when it has been started, and stopped."""
    return nothing_yet


def servers(folder: Path) -> list[int]:
    """Give the PostgreSQL servers that run on a folder's data."""
    found = []
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            if process.info["name"] == "postgres" and Path(process.cwd()) == folder / "postgres":
                found.append(process.pid)
    return found


def start(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(
        [*MANAGE, "run"], env={**environment, "PORT": str(port)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    started.append(server)
    wait_for(f"http://127.0.0.1:{port}/", server)
    return server


#: The servers that the test has started.
started: list[subprocess.Popen[bytes]] = []


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Leave nothing running after a test that failed."""
    yield
    while started:
        end(started.pop())


def end(server: subprocess.Popen[bytes]) -> None:
    """Leave nothing running of a server that did not come up, or did not stop when it was told to."""
    if server.poll() is None:
        for process in [*psutil.Process(server.pid).children(recursive=True), server]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        server.wait(10)


def stop(server: subprocess.Popen[bytes], sign: signal.Signals) -> str:
    children = psutil.Process(server.pid).children(recursive=True)
    server.send_signal(sign)
    output, _ = server.communicate(timeout=30)
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    return output.decode()


def faults(output: str) -> list[str]:
    """Give the lines that tell of an error, written by Python itself or by our log."""
    return [line for line in output.splitlines() if re.search(r"Traceback| (?:ERROR|CRITICAL) |^ +File \"", line)]


def offered(output: str) -> dict[str, str]:
    """Give the accounts that a start offers, with their passwords."""
    return dict(re.findall(r"^  \S+ +(\S+@exempel\.invalid) +([a-z2-7-]{19})$", output, re.MULTILINE))


def run(command: str, environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run([*MANAGE, command, *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def shell(code: str, environment: dict[str, str]) -> str:
    return run("shell", environment, "-v0", "-c", code).strip()


def test_two_first_starts_at_once(nothing_yet, first_starts):
    """Two that start at the same time on the same data both come up, and load everything once."""
    assert not [line for output in first_starts for line in faults(output)]
    assert sorted("(redan inläst)" in output for output in first_starts) == [False, True]
    assert servers(Path(nothing_yet["DATA_DIR"])) == []


def test_without_examples(first_starts):
    """EXAMPLE=no in an empty folder gives the plans alone: no follow-up and nobody to sign in as."""
    for output in first_starts:
        assert "51 mål och uppdrag" in output
        assert "xempel" not in output


def test_run_serves_the_plans_and_stops_what_it_started(environment):
    """A start finds the plans that the first one loaded; Ctrl-C takes server, workers and database down."""
    port = free_port()
    server = start(environment, port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/eskilstuna/socialnamnden/2017/jamfor/") as answer:
        content = answer.read().decode()
    assert content.count('<li class="goal"') == 78
    assert len(servers(Path(environment["DATA_DIR"]))) >= 1
    output = stop(server, signal.SIGINT)
    assert f"http://127.0.0.1:{port}/" in output
    assert "51 mål och uppdrag" in output
    assert faults(output) == []
    assert servers(Path(environment["DATA_DIR"])) == []


def test_second_start_loses_nothing_and_keeps_the_key(environment):
    """What was in the database is there at the next start, and what was signed, as sessions are, is valid still."""
    signed = shell("from django.core.signing import dumps; print(dumps('prov'))", environment)
    run("prepare", environment)
    asked = f"""
from django.core.signing import loads
from goals.models import Goal
print(loads('{signed}'), Goal.objects.count())
"""
    assert shell(asked, environment) == "prov 78"
    assert (Path(environment["DATA_DIR"]) / "secret_key").stat().st_mode & 0o077 == 0


def test_the_start_that_loads_the_examples_makes_reports(environment):
    """The example's report is set before the workers are there, and each of them can set one nevertheless.

    What the next start prepares is the same: the same accounts, offered once, which one can sign in with, and nothing
    written anew.
    """
    with_examples, port = {**environment, "EXAMPLE": "yes", "WORKERS": "2"}, free_port()
    server = start(with_examples, port)
    try:
        second = run("prepare", with_examples)
        email, password = next(iter(offered(second).items()))
        sign_in = (
            "from django.conf import settings; from django.test import Client; client = Client();"
            f"assert client.login(email={email!r}, password={password!r});"
            "print(client.cookies[settings.SESSION_COOKIE_NAME].OutputString())"
        )
        cookie = shell(sign_in, with_examples).partition(";")[0]
        address = f"http://127.0.0.1:{port}/arbete/eskilstuna/socialnamnden/2017/rapport/delar/utkast.pdf"
        for _ in range(4):
            asked = urllib.request.Request(address, headers={"Cookie": cookie})
            with urllib.request.urlopen(asked, timeout=30) as answer:
                assert answer.read(5) == b"%PDF-"
    finally:
        first = stop(server, signal.SIGINT)
    assert len(offered(first)) == 4
    assert offered(first) == offered(second)
    assert "redan inläst" in second


def test_examples_with_a_database_of_ones_own_are_refused(environment):
    """The message says that they belong to the embedded database."""
    own = {"DATABASE_URL": "postgresql://u@localhost/n", "SECRET_KEY": "x" * 50, "EXAMPLE": "yes"}
    done = subprocess.run([*MANAGE, "run"], env={**environment, **own}, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "example data is for the embedded database only" in done.stderr.strip().splitlines()[-1]


def test_make_hands_on_what_it_is_told(environment):
    """`make run EXAMPLE=no` reaches the command."""
    # Not as a part of the make that may be running the tests.
    alone = {name: value for name, value in environment.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    show = "--eval=show:; @echo $$EXAMPLE"
    done = subprocess.run(
        ["make", "show", "EXAMPLE=no", show], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "no"


def test_taken_port_is_said_in_one_line(environment):
    """If something listens already, the message says so and how to choose another port; nothing is left running."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        own = {**environment, "PORT": str(other.getsockname()[1])}
        done = subprocess.run([*MANAGE, "run"], env=own, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "make run PORT=" in done.stderr
    assert faults(done.stderr) == []
    assert servers(Path(environment["DATA_DIR"])) == []


def test_killed_processes_are_replaced(environment):
    """After kill -9, the next start takes over the database that was left, and a signal stops it in the end.

    The site goes on answering when one of its processes is killed.
    """
    killed = start(environment, free_port())
    end(killed)
    killed.communicate(timeout=30)
    assert servers(Path(environment["DATA_DIR"]))
    port = free_port()
    server = start(environment, port)
    (worker,) = [
        child for child in psutil.Process(server.pid).children() if child.name() not in ("postgres", "python-resource")
    ][-1:]
    worker.kill()
    worker.wait(10)
    wait_for(f"http://127.0.0.1:{port}/", server)
    told = faults(stop(server, signal.SIGTERM))
    assert [line for line in told if "Unexpected exit from worker" not in line] == []
    ends = time.monotonic() + 10
    while servers(Path(environment["DATA_DIR"])) and time.monotonic() < ends:
        time.sleep(0.1)
    assert servers(Path(environment["DATA_DIR"])) == []


def test_a_link_in_the_place_of_the_socket_is_refused(environment, tmp_path):
    """A folder for the socket that somebody else has laid out is not taken over."""
    from hashlib import sha256

    data = tmp_path / ("lång-sökväg-" * 8) / "data"
    victim = tmp_path / "victim"
    victim.mkdir(mode=0o755)
    name = sha256(os.fsencode(data / "postgres")).hexdigest()[:16]
    link = Path(tempfile.gettempdir()) / f"namndkollen-{name}"
    link.symlink_to(victim)
    try:
        done = subprocess.run(
            [*MANAGE, "migrate"],
            env={**environment, "DATA_DIR": str(data)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        link.unlink()
    assert done.returncode == 1
    assert "ägs av någon annan" in done.stderr
    assert victim.stat().st_uid == os.geteuid()
    assert victim.stat().st_mode & 0o777 == 0o755


def test_odd_and_long_paths(environment, tmp_path):
    """A folder whose name a shell would take apart, and one too long for a socket, both work."""
    for name in ("$HOME `id` 'x\"", "långt-namn-" * 12):
        own = {**environment, "DATA_DIR": str(tmp_path / name)}
        done = subprocess.run([*MANAGE, "showmigrations"], env=own, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert servers(tmp_path / name) == []


def test_data_of_another_version_is_refused(environment, tmp_path):
    """Data that another PostgreSQL made is left alone, and the message says what to do."""
    cluster = tmp_path / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("17\n")
    done = subprocess.run(
        [*MANAGE, "migrate"],
        env={**environment, "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Fel: databasen i ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_what_is_under_way_is_finished(environment):
    """A form that is on its way when the service manager says stop is answered; then the server ends by itself."""
    port = free_port()
    server = subprocess.Popen([*MANAGE, "serve"], env={**environment, "PORT": str(port)}, stderr=subprocess.DEVNULL)
    wait_for(f"http://127.0.0.1:{port}/halsa/", server)
    form = b"csrfmiddlewaretoken=" + b"a" * 32
    head = (
        f"POST /logga-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(form)}\r\n"
        f"Cookie: csrftoken={'b' * 32}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=30) as reader:
        reader.sendall(head.encode() + form[:10])
        time.sleep(0.5)  # until it is received, and waits for the rest
        server.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        reader.sendall(form[10:])
        assert reader.recv(12) == b"HTTP/1.1 403"
    assert server.wait(30) == 0


def test_serving_prepares_nothing(environment, tmp_path):
    """What a service manager starts migrates nothing: it says that it is not ready, and waits for somebody who may."""
    port = free_port()
    own = {**environment, "DATA_DIR": str(tmp_path), "PORT": str(port)}
    server = subprocess.Popen([*MANAGE, "serve"], env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    wait_for(f"http://127.0.0.1:{port}/halsa/lever/", server)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/halsa/")
    assert refused.value.code == 503
    assert json.load(refused.value)["migreringar"] == "fel"
    stop(server, signal.SIGTERM)

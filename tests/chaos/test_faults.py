"""The quick part of `make chaos`: a network that falls silent or is cut, and an application that is killed."""

import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests import databases
from tests.browser.server import database, free_port
from tests.chaos import __main__ as chaos
from tests.chaos import invariants
from tests.chaos.network import Network
from tests.chaos.person import Person, UnansweredError
from tests.chaos.site import Site, environment_of
from tests.chaos.stage import cluster, furnished
from tests.chaos.table import Row


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker, tmp_path_factory):
    """Serve a database of its own, by way of a network of ours; give all that there is of it."""
    folder = tmp_path_factory.mktemp("chaos")
    base = settings.DATABASES["default"]
    name = f"chaos_{connection.settings_dict['NAME']}"
    # The worker's own cannot be copied: where browser tests have run, there are two connections to it.
    with django_db_blocker.unblock():
        template = databases.migrated()
    with database(name, template) as url:
        network = Network(folder, base["HOST"] or "127.0.0.1", int(base.get("PORT") or 5432))
        port = free_port()
        environment = environment_of(
            network.url(name, base["USER"], base.get("PASSWORD", "")),
            folder,
            port,
            WORKERS="1",
            DATABASE_CONNECT_SECONDS="2",
            DATABASE_STATEMENT_SECONDS="1",
        )
        (folder / "static").symlink_to(settings.STATIC_ROOT)
        told = furnished(environment, committees=1, goals=4)
        site = Site(environment, folder / "site.log")
        try:
            site.start()
            yield Place(site, network, port, url, told["committees"][0])
        finally:
            site.kill()
            network.close()


class Place:
    def __init__(self, site, network, port, url, told):
        self.site, self.network, self.port, self.url, self.told = site, network, port, url, told

    def person(self) -> Person:
        return Person(self.port, self.told["sessions"][0])

    def form(self, number: int, comment: str):
        path = f"/arbete/{self.told['address']}/tertial-1/{self.told['slug']}/{number}/"
        return path, {"status": "partly", "comment": comment, "key": str(uuid.uuid4()), "seen": ""}

    def saved(self, comment: str) -> int:
        with psycopg.connect(self.url) as own:
            found = own.execute("SELECT count(*) FROM goals_statusupdate WHERE comment = %s", [comment]).fetchone()
        return int(found[0])


def test_a_silent_database_is_waited_for_only_so_long(place: Place):
    """Every thread answers 503 while it is silent, with what was typed; when it speaks all is well with no restart."""
    place.site.wait_for(f"/{place.told['address']}/jamfor/")
    pid, answers = place.site.process.pid, []
    path, sent = place.form(1, "Skrivet i tystnad")
    place.network.fall_silent()
    asked = [*(lambda: place.person().get("/") for _ in range(5)), lambda: place.person().post(path, sent)]
    threads = [threading.Thread(target=lambda send=send: answers.append(send())) for send in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place.network.carry()
    assert [answer.status for answer in answers] == [503] * 6
    assert {answer.headers["Retry-After"] for answer in answers} == {"10"}
    (form,) = [answer for answer in answers if "Skicka igen" in answer.text]
    assert "Skrivet i tystnad" in form.text
    assert sent["key"] in form.text
    place.site.wait_for("/")
    assert [place.person().insist(path, sent).status for _ in range(2)] == [302, 302]
    assert place.saved("Skrivet i tystnad") == 1
    assert place.site.process.pid == pid


def test_connections_that_died_are_made_again(place: Place):
    """Where every kept connection has been cut, the next reader of each thread notices nothing."""
    place.site.wait_for("/")
    place.network.cut()
    assert [place.person().get("/").status for _ in range(6)] == [200] * 6


def test_a_kill_in_the_middle_of_a_write_loses_and_doubles_nothing(place: Place):
    """Whatever became of the form when the application was killed, sent again it is recorded once."""
    path, sent = place.form(2, "Avbruten")

    def send() -> None:
        with suppress(UnansweredError):
            place.person().post(path, sent)

    sender = threading.Thread(target=send)
    sender.start()
    time.sleep(0.05)
    place.site.kill()
    sender.join()
    assert place.saved("Avbruten") <= 1
    place.site.start()
    assert [place.person().insist(path, sent).status for _ in range(2)] == [302, 302]
    assert place.saved("Avbruten") == 1


def test_what_is_asked_of_the_database_notices_what_is_wrong(place: Place):
    """Records that are as they should break no rule; an edition that does not count one of them breaks its rule."""
    path, sent = place.form(3, "Räknad")
    assert place.person().insist(path, sent).status == 302
    with psycopg.connect(place.url) as own:
        assert invariants.of(own) == []
        own.execute("UPDATE proposals_editionnumber SET number = 0")
        assert [rule for rule in invariants.of(own) if "edition" in rule] == invariants.of(own) != []
        own.rollback()


def test_a_cluster_of_our_own_is_killed_frozen_and_taken_away(monkeypatch):
    """It comes back with what it had after a kill, goes on after a pause, and leaves no process and no folder."""
    monkeypatch.delenv("PGOPTIONS", raising=False)  # by which tests let writes wait for nothing
    # Not among pytest's own folders, which it lets nobody else into; and sockets take no long addresses.
    with TemporaryDirectory(prefix="nk-") as name:
        Path(name).chmod(0o711)
        with cluster(Path(name) / "pg", max_connections="20") as server:
            with server.connect() as connected:
                connected.execute("CREATE TABLE kept AS SELECT 1 AS number")
            server.kill()
            assert server.processes() == []
            server.start()
            server.freeze()
            server.thaw()
            with server.connect() as connected:
                assert connected.execute("SELECT number FROM kept").fetchall() == [(1,)]
            processes = server.processes()
        assert not server.folder.exists()
        assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in processes)


@pytest.mark.parametrize(
    ("row", "code", "said"),
    [
        (Row("a fault", "done"), 0, "1 rows: 1 well, 0 not well, 0 not tried"),
        (Row("a fault", "done", lost=1), 1, "1 rows: 0 well, 1 not well, 0 not tried"),
        (Row("a fault", "not tried: no disk", tried=False), 1, "1 rows: 0 well, 0 not well, 1 not tried"),
    ],
)
def test_what_was_broken_or_not_tried_fails_the_run(row, code, said, monkeypatch, tmp_path, capsys):
    """The exit code is 1 in both cases, the last line counts them, and the table is put into the document."""
    monkeypatch.setattr(chaos, "SCENARIOS", {"one": lambda folder: (each for each in [row])})
    monkeypatch.setattr(chaos.signal, "signal", lambda *_: None)
    document = tmp_path / "faults.md"
    document.write_text("före\n<!-- make chaos -->\n<!-- /make chaos -->\nefter\n")
    assert chaos.main(["--write", str(document)]) == code
    assert said in capsys.readouterr().out.splitlines()[-2]
    assert str(row) in document.read_text()


def test_an_answer_that_acknowledges_nothing_is_broken():
    """A form that is sent again and refused, or never answered, is no acknowledgement."""
    row = Row("a fault", "done")
    for status in (302, 500, 0):
        row.acknowledge(status)
    assert (row.acknowledged, row.broken) == (1, ["sent again: 500", "sent again: no answer"])

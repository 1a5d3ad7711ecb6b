"""The quick part of `make chaos`: a network that falls silent or is cut, and an application that is killed."""

import threading
import time
import uuid
from contextlib import suppress

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.browser.server import database, free_port
from tests.chaos.network import Network
from tests.chaos.person import Person, UnansweredError
from tests.chaos.site import Site, environment_of
from tests.chaos.stage import furnished

#: Seconds: to connect, for a statement, and what is added to that (config.postgres.base); and for a busy machine.
CONNECT, STATEMENT, GRACE, BUSY = 2, 1, 2, 4
LONGEST = max(CONNECT + CONNECT, STATEMENT + GRACE) + BUSY


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker, tmp_path_factory):
    """Serve a copy of the empty test database, by way of a network of ours; give all that there is of it."""
    folder = tmp_path_factory.mktemp("chaos")
    base = {**settings.DATABASES["default"], "NAME": connection.settings_dict["NAME"]}
    with django_db_blocker.unblock():
        connection.close()  # else it could not be copied
    name = f"chaos_{base['NAME']}"
    with database(name, template=base["NAME"]) as url:
        network = Network(folder, base["HOST"] or "127.0.0.1", int(base.get("PORT") or 5432))
        port = free_port()
        environment = environment_of(
            network.url(name, base["USER"], base.get("PASSWORD", "")),
            folder,
            port,
            WORKERS="1",
            DATABASE_CONNECT_SECONDS=str(CONNECT),
            DATABASE_STATEMENT_SECONDS=str(STATEMENT),
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
    """Every thread answers 503 in time, with what was typed; when it speaks again all is well without a restart."""
    place.site.wait_for(f"/{place.told['address']}/jamfor/")
    pid, answers = place.site.process.pid, []
    path, sent = place.form(1, "Skrivet i tystnad")

    def ask(send) -> None:
        began = time.monotonic()
        answers.append((send(), time.monotonic() - began))

    place.network.fall_silent()
    asked = [*(lambda: place.person().get("/") for _ in range(5)), lambda: place.person().post(path, sent)]
    threads = [threading.Thread(target=ask, args=[send]) for send in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    place.network.carry()
    assert [answer.status for answer, _ in answers] == [503] * 6
    assert {answer.headers["Retry-After"] for answer, _ in answers} == {"10"}
    assert max(seconds for _, seconds in answers) < LONGEST
    (form,) = [answer for answer, _ in answers if "Skicka igen" in answer.text]
    assert "Skrivet i tystnad" in form.text
    assert sent["key"] in form.text
    assert place.site.wait_for("/") < CONNECT + BUSY
    assert [place.person().insist(path, sent)[0].status for _ in range(2)] == [302, 302]
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
    assert [place.person().insist(path, sent)[0].status for _ in range(2)] == [302, 302]
    assert place.saved("Avbruten") == 1

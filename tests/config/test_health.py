"""What a load balancer is told: at once, without secrets, by whatever name it asks, and true."""

from collections.abc import Iterator

import psycopg
import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from config import health

ADDRESSES = ("/halsa/", "/halsa/lever/")


def test_all_is_well(client: Client, db):
    """With the database there, migrated, each part is said to be well, and nobody keeps the answer."""
    answer = client.get("/halsa/")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "databas": "ok", "migreringar": "ok", "cache": "ok"}
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert client.get("/halsa/lever/").json() == {"status": "ok"}
    assert client.head("/halsa/").status_code == 200
    assert client.post("/halsa/").status_code == 405


@pytest.mark.parametrize("address", ADDRESSES)
@override_settings(SECURE_SSL_REDIRECT=True, ALLOWED_HOSTS=["namndkollen.example"])
def test_asked_by_address_and_without_tls(client: Client, db, address):
    """A load balancer asks by IP address over plain HTTP; a reader who does is still refused or led on."""
    assert client.get(address, headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert client.get("/om/", headers={"Host": "10.0.0.7:8000"}).status_code == 400
    assert client.get("/om/", headers={"Host": "namndkollen.example"}).status_code == 301


def test_alive_needs_no_database(client: Client):
    """Without a database, as here, that the process answers is said all the same."""
    assert client.get("/halsa/lever/").status_code == 200


def test_one_query(client: Client, db, monkeypatch):
    """What it costs is one question, however many rows there are; the session and the host are never looked at."""
    asked = []
    ask = health._ask
    monkeypatch.setattr(health, "_ask", lambda own: (asked.append(1), ask(own))[1])
    client.cookies["sessionid"] = "x" * 32
    with CaptureQueriesContext(connection) as others:
        client.get("/halsa/", headers={"Host": "finns-inte.example"})
    assert (asked, others.captured_queries) == ([1], [])


def test_it_is_never_asked_too_often(client: Client, db):
    """There is no limit on how often it may be asked, unlike for data."""
    cache.clear()
    assert {client.get("/halsa/").status_code for _ in range(200)} == {200}


def test_code_that_is_newer_than_the_database(client: Client, db, monkeypatch):
    """Until the database is migrated the process is not sent any readers; an older one beside it goes on."""
    known = health._known()
    monkeypatch.setattr(health, "_known", lambda: {*known, "goals.9999_sen"})
    answer = client.get("/halsa/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    assert answer.json() == {"status": "fel", "databas": "ok", "migreringar": "fel", "cache": "ok"}
    monkeypatch.setattr(health, "_known", lambda: known - {"goals.0001_initial"})
    assert client.get("/halsa/").status_code == 200


def test_no_cache_table(client: Client, db, settings):
    """Without the table that attempts are counted in, signing in would fail."""
    settings.CACHES = {**settings.CACHES, "default": {**settings.CACHES["default"], "LOCATION": "finns_inte"}}
    answer = client.get("/halsa/")
    assert (answer.status_code, answer.json()["cache"]) == (503, "fel")


def test_nothing_is_there_yet(client: Client, db, monkeypatch):
    """A database that nobody has migrated answers, but is not ready."""
    monkeypatch.setattr(health, "_QUESTION", "SELECT 1 FROM finns_inte")
    answer = client.get("/halsa/")
    assert (answer.status_code, answer.json()["databas"], answer.json()["migreringar"]) == (503, "ok", "fel")


def test_no_connection(client: Client, db, monkeypatch):
    """Where the database cannot be reached, the answer says so and nothing of where it is or who signs in to it."""

    def refuse() -> None:
        raise OperationalError('connection to server at "db.example", user "owner" failed: hemligt')

    monkeypatch.setattr(connection, "ensure_connection", refuse)
    answer = client.get("/halsa/")
    assert answer.status_code == 503
    assert answer.json() == {"status": "fel", "databas": "fel"}


@pytest.fixture
def own(db: None) -> Iterator[BaseDatabaseWrapper]:
    """Give the requests a connection of their own, which may be broken."""
    usual = connections["default"]
    connections["default"] = own = usual.copy()
    yield own
    own.close()
    connections["default"] = usual


def test_a_database_that_hangs(client: Client, own, monkeypatch):
    """Where no answer comes, the load balancer gets one all the same, and the next time it may be another."""
    question = health._QUESTION
    monkeypatch.setattr(health, "DEADLINE", 0.2)
    monkeypatch.setattr(health, "_QUESTION", "SELECT true, pg_sleep(5)::text")
    answer = client.get("/halsa/")
    # Who waits for the answer gets one of another kind: that no migration is applied.
    assert (answer.status_code, answer.json()) == (503, {"status": "fel", "databas": "fel"})
    monkeypatch.setattr(health, "DEADLINE", 30)
    monkeypatch.setattr(health, "_QUESTION", question)
    assert client.get("/halsa/").status_code == 200


def test_one_that_was_waited_for_is_not_asked_again(client: Client, own, monkeypatch):
    """A kept connection on which nothing is said within the deadline is given up: the load balancer waits no longer."""
    assert client.get("/halsa/").status_code == 200
    asked = []
    ask = health._ask
    monkeypatch.setattr(health, "_ask", lambda own: asked.append(own) or ask(own))
    monkeypatch.setattr(health, "DEADLINE", 0.2)
    monkeypatch.setattr(health, "_QUESTION", "SELECT true, pg_sleep(5)::text")
    assert client.get("/halsa/").status_code == 503
    assert len(asked) == 1


def test_a_database_that_was_started_anew(client: Client, own):
    """A kept connection that is dead is no illness: another is made."""
    assert client.get("/halsa/").status_code == 200
    with psycopg.connect(**own.get_connection_params() | {"cursor_factory": psycopg.Cursor}, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [own.connection.info.backend_pid])
    assert client.get("/halsa/").status_code == 200

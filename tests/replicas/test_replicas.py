"""Readers' pages come from a replica, the rest from the primary; a replica that is unwell is not asked."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.utils import InternalError
from django.http import HttpRequest, HttpResponse
from django.test import Client

from config import replicas
from config.replicas import ReadFromReplicas, Replicas, Router, alias_for_reads, reading_from
from goals.models import Goal
from parties.models import Party
from tests.clusters import Cluster
from tests.factories import (
    CommitteeFactory,
    GoalFactory,
    IssueFactory,
    MembershipFactory,
    PassageFactory,
    PlanYearFactory,
    ProposalFactory,
    TopicFactory,
)
from tests.replicas.servers import follow, make_primary, settings_of

REPLICA = "replica1"


class Site:
    """The site with its two databases: a goal in the primary, which the replica has too."""

    def __init__(self, primary: Cluster, replica: Cluster):
        self.primary, self.replica = primary, replica
        self.committee = CommitteeFactory()
        year = PlanYearFactory(committee=self.committee)
        topic = TopicFactory(committee=self.committee)
        proposal = ProposalFactory(plan_year=year)
        passage = PassageFactory(proposal=proposal, kind="goal", text="Öppna ett sommarkafé vid ån")
        self.goal = GoalFactory(proposal=proposal, passage=passage, number=1, issue=IssueFactory(topic=topic))
        self.member = MembershipFactory(committee=self.committee).user
        self.reader, self.secretary = Client(), Client()
        self.secretary.force_login(self.member)
        self.pages = [
            *("/", "/andringar/", "/andringar/atom.xml", "/sok/?q=sommarkafeet", "/sok/forslag/?q=somm"),
            *(year.compare_url, year.overview_url, self.goal.get_absolute_url(), topic.get_absolute_url()),
            *("/api/v1/mal", "/data/mal.csv", "/sitemap-mal.xml", self.committee.get_absolute_url()),
        ]
        self.catch_up()

    def catch_up(self) -> None:
        """Wait until the replica has all that the primary has."""
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
            (written,) = cursor.fetchone()
        until = time.monotonic() + 10
        while not self.ask_replica("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", written):
            assert time.monotonic() < until, "the replica does not follow"
            time.sleep(0.02)

    def ask_replica(self, sql: str, *values: object) -> Any:
        with connections[REPLICA].cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchone()[0]

    def rename(self, name: str) -> None:
        """Write something that many pages show."""
        self.committee.name = name
        self.committee.save()

    def shown(self, client: Client) -> str:
        """Give the committee's name as its page has it."""
        response = client.get(self.committee.get_absolute_url())
        assert response.status_code == 200
        return str(response.context["committee"].name)


@pytest.fixture(scope="module")
def servers(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Cluster, Cluster]]:
    # Not among pytest's own folders, which it lets nobody else into; and sockets take no long addresses.
    with TemporaryDirectory(prefix="nk-") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o711)
        with django_db_blocker.unblock():
            primary = make_primary(folder / "1")
        stack.callback(primary.stop)
        replica = follow(primary, folder / "2")
        stack.callback(replica.stop)
        yield primary, replica


@pytest.fixture(scope="module")
def databases(servers: tuple[Cluster, Cluster], django_db_blocker: Any) -> Iterator[Site]:
    """Let Django have the two servers, and give a site in them."""
    primary, replica = servers
    before, connected = connections.databases["default"], connections["default"]
    with django_db_blocker.unblock():
        known = settings_of(primary), settings_of(replica)
        connections.databases["default"], connections.databases[REPLICA] = known
        del connections["default"]
        try:
            yield Site(primary, replica)
        finally:
            for alias in ("default", REPLICA):
                connections[alias].close()
                del connections[alias]
            del connections.databases[REPLICA]
            connections.databases["default"] = before
            connections["default"] = connected


@pytest.fixture
def site(databases: Site, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give the site with its router and its middleware, and a replica that is asked at every request how it is."""
    settings.REPLICAS, settings.REPLICA_MAX_LAG = [REPLICA], 0.3
    settings.DATABASE_ROUTERS = ["config.replicas.Router"]
    place = settings.MIDDLEWARE.index("config.page_cache.PageCache")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:place],
        "config.replicas.ReadFromReplicas",
        *settings.MIDDLEWARE[place:],
    ]
    monkeypatch.setattr(replicas, "WELL", 0.0)
    monkeypatch.setattr(replicas, "UNWELL", 0.0)
    for client in (databases.reader, databases.secretary):
        client.handler._middleware_chain = None
    return databases


class RefusedError(AssertionError):
    """The primary was asked for what a replica has."""


def refuse(execute: Any, sql: str, *rest: Any) -> None:
    raise RefusedError(sql)


def test_without_a_request_everything_asks_the_primary(db: None):
    """Commands and tests read where they write. This one also lets there be a test database, whose tables are taken."""
    assert (Router().db_for_read(Goal), alias_for_reads()) == ("default", "default")
    assert Party.objects.using(Router().db_for_read(Party)).count() == 0


def test_a_readers_pages_ask_the_replica_alone(site: Site):
    """No statement of any page that a reader sees goes to the primary, and none of a file that is sent in parts."""
    site.catch_up()
    for address in site.pages:
        with connections["default"].execute_wrapper(refuse):
            response = site.reader.get(address)
            body = response.getvalue()
        assert response.status_code == 200, address
        assert body


def test_a_transaction_reads_where_it_is(site: Site):
    """What a command asks for within a transaction, as an export does, is of one moment and one database."""
    with transaction.atomic(), connections[REPLICA].execute_wrapper(refuse):
        site.rename("I samma")
        assert site.shown(site.reader) == "I samma"


def test_that_the_process_is_alive_needs_no_database(site: Site):
    """A load balancer is told at once, also while the replica hangs and would keep it waiting."""
    with connections[REPLICA].execute_wrapper(refuse), connections["default"].execute_wrapper(refuse):
        assert site.reader.get("/halsa/lever/").status_code == 200


def test_those_who_sign_in_and_those_who_write_ask_the_primary(site: Site):
    """What one has written one sees, also while no replica has it; a reader sees it as soon as the replica is left."""
    site.rename("Före")
    site.catch_up()
    site.ask_replica("SELECT pg_wal_replay_pause() IS NULL")
    try:
        site.rename("Efter")
        assert site.shown(site.secretary) == "Efter"
        assert site.shown(site.reader) in ("Före", "Efter")  # within the lag that is allowed
        time.sleep(0.6)
        assert site.shown(site.reader) == "Efter"  # from the primary
    finally:
        site.ask_replica("SELECT pg_wal_replay_resume() IS NULL")
    site.catch_up()
    with connections["default"].execute_wrapper(refuse):
        assert site.shown(site.reader) == "Efter"


def test_one_request_never_mixes_databases(site: Site):
    """All of a page, and the number that it is kept by, come from one database, also where another has more."""
    seen = set()

    def look(request: HttpRequest) -> HttpResponse:
        site.rename("Mitt i")
        seen.update((alias_for_reads(), Goal.objects.all().db, Party.objects.first()._state.db))
        return HttpResponse("x")

    ReadFromReplicas(look)(_reader())
    assert seen == {REPLICA}
    assert alias_for_reads() == "default"


def _reader() -> HttpRequest:
    request = HttpRequest()
    request.method = "GET"
    return request


def test_nothing_is_written_to_a_replica(site: Site):
    """Writes go to the primary by themselves, and what is sent to a replica all the same is refused there."""
    with reading_from(REPLICA):
        party = Party.objects.create(name="Provpartiet", abbreviation="P", slug="provpartiet")
    assert party._state.db == "default"
    with pytest.raises(InternalError, match="read-only transaction"):
        Party.objects.using(REPLICA).create(name="Provpartiet 2", abbreviation="P2", slug="p2")
    assert not Router().allow_migrate(REPLICA, "parties")
    assert Router().allow_migrate("default", "parties")


def test_what_is_no_replica_is_not_read_from(site: Site):
    """A server that is a primary, as one that has taken over is, is not read from; nor is one that is gone."""
    site.catch_up()
    connections.databases["other"] = settings_of(site.primary)
    connections.databases["gone"] = {**settings_of(site.primary), "HOST": "/nowhere"}
    try:
        assert Replicas(["other", "gone"]).choose() == "default"
        assert [Replicas(["other", REPLICA, "gone"]).choose() for _ in range(4)] == [REPLICA] * 4
    finally:
        for alias in ("other", "gone"):
            connections[alias].close()
            del connections[alias], connections.databases[alias]


def test_while_a_replica_is_asked_how_it_is_the_others_read_elsewhere(site: Site, monkeypatch: pytest.MonkeyPatch):
    """One that hangs would otherwise be given every request that comes until the one that asked it has given up."""
    site.catch_up()
    monkeypatch.setattr(replicas, "WELL", 0.0)
    known, meanwhile = Replicas([REPLICA]), list[str]()
    assert known.choose() == REPLICA

    def another_request(execute: Any, *arguments: Any) -> Any:
        meanwhile.append(known.choose())
        return execute(*arguments)

    with connections[REPLICA].execute_wrapper(another_request):
        assert known.choose() == REPLICA
    assert meanwhile == ["default"]


def test_a_replica_that_dies_takes_no_page_with_it(site: Site, monkeypatch: pytest.MonkeyPatch):
    """While a replica is down the primary answers, also the request in which it died; then it is used again."""
    site.rename("Kvar")
    site.catch_up()
    site.reader.raise_request_exception = False
    monkeypatch.setattr(replicas, "WELL", 60.0)
    assert site.shown(site.reader) == "Kvar"
    site.replica.kill()
    assert site.shown(site.reader) == "Kvar"  # it was taken for well, and was not
    monkeypatch.setattr(replicas, "WELL", 0.0)
    assert site.shown(site.reader) == "Kvar"
    site.replica.start()
    site.catch_up()
    with connections["default"].execute_wrapper(refuse):
        assert site.shown(site.reader) == "Kvar"

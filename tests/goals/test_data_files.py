"""The files of open data as they are sent: addresses, answers to who has them already, checksums, and who may read."""

import io
import json
import time
from hashlib import sha256
from pathlib import Path

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from goals import rates
from goals.data.edition import edition_of
from goals.data.files import MEDIA_TYPES
from goals.data.tables import TABLES
from goals.models import Goal
from parties.models import Party
from tests import programs
from tests.cast import SECRETARY, Cast
from tests.conftest import YEAR
from tests.factories import GoalFactory, MembershipFactory, ProposalFactory, UserFactory


@pytest.fixture(autouse=True)
def rested() -> None:
    """Let nobody have asked for anything yet."""
    caches["rates"].clear()


def content(response) -> bytes:
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("form", MEDIA_TYPES)
@pytest.mark.parametrize("where", ["/data", f"/data{YEAR}"])
def test_files(client: Client, plans, where, form):
    """A file is sent as what it is, to be saved under a name that says what it has."""
    response = client.get(f"{where}/mal.{form}")
    assert response["Content-Type"] == MEDIA_TYPES[form]
    assert f"mal.{form}" in response["Content-Disposition"]
    assert response["Content-Disposition"].startswith("attachment")
    assert "Fältassistenter".encode() in content(response) or form == "xlsx"
    assert not response.cookies


def test_everything_in_one_file(client: Client, plans):
    """The Excel file with everything has a sheet for each table."""
    book = load_workbook(io.BytesIO(content(client.get(f"/data{YEAR}/allt.xlsx"))))
    assert book.sheetnames == [table.title for table in TABLES]
    assert book["Mål och uppdrag"].max_row == 79


def test_it_opens_in_libreoffice(client: Client, plans, tmp_path: Path):
    """LibreOffice finds every table, and the parties' words and the figures in it, letter by letter."""
    (tmp_path / "allt.xlsx").write_bytes(content(client.get(f"/data{YEAR}/allt.xlsx")))
    found = programs.sheets(tmp_path / "allt.xlsx", tmp_path)
    assert set(found) == {table.title for table in TABLES}
    header, *goals = found["Mål och uppdrag"]
    texts = [row[header.index("text")] for row in goals]
    assert texts == list(
        Goal.objects.order_by("proposal__party__slug", "number").values_list("passage__text", flat=True)
    )
    assert {row[header.index("year")] for row in goals} == {"2017"}


@pytest.mark.parametrize(
    "address", ["/data/strunt.csv", "/data/mal.pdf", "/data/allt.csv", f"/data{YEAR}/strunt.json", "/data/x/y/2017/"]
)
def test_no_such_file(client: Client, plans, address):
    """What there is instead is told."""
    response = client.get(address)
    assert response.status_code == 404
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        *(f"{where}/lagesrapporter.{form}" for where in ("/data", f"/data{YEAR}") for form in MEDIA_TYPES),
        f"/data{YEAR}/SHA256SUMS",
        f"/data{YEAR}/kalender.ics",
        "/data/katalog.rdf",
        "/data/popolo.json",
    ],
)
def test_who_has_it_already_is_told_so(client: Client, cast: Cast, raised_at_once, address):
    """The same edition answers 304 and reads no row; HEAD makes nothing either; a new record gives another tag."""
    first = client.get(address)
    content(first)
    with CaptureQueriesContext(connection) as asked:
        again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    assert again["ETag"] == first["ETag"]
    assert len(asked) <= 2  # the plan year, and the edition
    head = client.head(address)
    assert (head.status_code, head["ETag"], head["Content-Type"]) == (200, first["ETag"], first["Content-Type"])
    assert "Content-Length" not in head
    Goal.objects.first().report(
        "achieved", by=cast.secretary, period=cast.committee.plan_years.get().periods.get(slug="delar")
    )
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    content(changed)
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize("address", ["/data/partier.csv", "/data/popolo.json"])
def test_a_time_alone_hides_no_change(client: Client, plans, address):
    """A party's new name has no time of its own, and whoever asks by time gets it."""
    known = {"If-Modified-Since": client.head(address)["Last-Modified"]}
    Party.objects.filter(slug="v").update(name="Vänstern")
    again = client.get(address, headers=known)
    assert again.status_code == 200
    assert "Vänstern" in content(again).decode()


def test_slow_readers_leave_threads_for_pages(client: Client, plans):
    """As many files as can be are being sent: another waits, pages do not, and whoever is done gives a place back."""
    sent = [client.get("/data/planar.csv") for _ in range(rates.SENT_AT_ONCE)]
    late = client.get("/data/planar.csv")
    assert (late.status_code, late["Retry-After"]) == (429, str(rates.PAUSE))
    assert client.get("/data/").status_code == 200
    content(sent[0])
    assert client.head("/data/planar.csv").status_code == 200
    assert client.get("/data/strunt.csv").status_code == 404
    assert client.get("/data/planar.csv").status_code == 200
    for each in sent:
        each.close()


@pytest.mark.parametrize("address", ["/data/mal.csv", "/data/popolo.json", "/api/v1/mal"])
def test_what_comes_with_a_cookie_is_kept_by_nobody(cast: Cast, address):
    """A reader's answer may be shared; one to somebody who is signed in may not, for their cookie comes with it."""
    assert "private" not in Client().get(address).get("Cache-Control", "")
    answer = cast.client(SECRETARY).get(address)
    assert "no-store" in answer["Cache-Control"]
    assert "public" not in answer["Cache-Control"]


def test_tags_tell_files_apart(client: Client, plans):
    """No two files share a tag."""
    tags = [
        client.head(f"{where}/{table.name}.{form}")["ETag"]
        for where in ("/data", f"/data{YEAR}")
        for table in TABLES[:5]
        for form in MEDIA_TYPES
    ]
    assert len(set(tags)) == len(tags)


def test_checksums(client: Client, plans):
    """The list names every file of the plan year, with the checksum of the bytes that are sent."""
    lines = content(client.get(f"/data{YEAR}/SHA256SUMS")).decode().splitlines()
    assert lines[0].startswith("# Socialnämnden i Eskilstuna, 2017, utgåva ")
    sums = dict(reversed(line.split("  ")) for line in lines[1:])
    assert len(sums) == 3 * len(TABLES) + 1
    for name in ("mal.csv", "textstallen.json", "fragor.xlsx", "allt.xlsx"):
        assert sha256(content(client.get(f"/data{YEAR}/{name}"))).hexdigest() == sums[name]


def test_the_pages_cost_as_many_queries_with_more_goals(client: Client, plans):
    """The lists of files count, and read nothing."""

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    pages = ["/data/", f"/data{YEAR}/"]
    before = [queries(page) for page in pages]
    GoalFactory.create_batch(10, proposal=ProposalFactory(plan_year=plans))
    assert [queries(page) for page in pages] == before


def test_examples_say_so(client: Client, cast: Cast):
    """Invented follow-up is marked in the row, and the pages say that there is some."""
    assert "Här finns inga sådana just nu" in client.get("/data/").content.decode()
    by = MembershipFactory(committee=cast.committee, user=UserFactory(is_example=True)).user
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    goal.report("achieved", by=by, period=cast.committee.plan_years.get().periods.get(slug="delar"))
    for address in (f"/data{YEAR}/mal.json", f"/data{YEAR}/lagesrapporter.json"):
        rows = json.loads(content(client.get(address)))["rows"]
        assert [(row["party_abbreviation"], row["number"]) for row in rows if row["exempel"]] == [("V", 25)]
    for address in ("/data/", f"/data{YEAR}/"):
        assert "påhittad för att visa" in client.get(address).content.decode()


class TestReadingFromAnywhere:
    """Programs on other websites may read the data and the API, and nothing else."""

    @pytest.mark.parametrize("address", ["/data/mal.csv", "/api/v1/mal", "/data/strunt.csv", "/api/v1/strunt"])
    def test_open(self, client: Client, plans, address):
        response = client.get(address, headers={"Origin": "https://annan.example"})
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response

    @pytest.mark.parametrize("address", ["/data/mal.csv", "/api/v1/mal"])
    def test_asked_first(self, client: Client, db, address):
        response = client.options(address, headers={"Origin": "https://annan.example"})
        assert response.status_code == 204
        assert response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"

    @pytest.mark.parametrize("address", ["/", f"{YEAR}/v/25/", "/konto/", "/dataskydd/"])
    def test_closed(self, cast: Cast, address):
        assert "Access-Control-Allow-Origin" not in cast.client(SECRETARY).get(address)

    @pytest.mark.parametrize("address", ["/data/mal.csv", "/api/v1/mal", "/data/"])
    def test_nothing_is_sent(self, client: Client, plans, address):
        assert client.post(address).status_code == 405


class TestPace:
    """Who asks too often waits, and is told how long; others do not."""

    @pytest.fixture(autouse=True)
    def slow(self, monkeypatch):
        monkeypatch.setattr(rates, "AT_ONCE", 10)

    @pytest.mark.parametrize(("address", "allowed"), [("/data/planar.csv", 2), ("/api/v1/planar", 10)])
    def test_too_often(self, client: Client, plans, address, allowed):
        answers = [client.get(address) for _ in range(allowed + 1)]
        assert [answer.status_code for answer in answers] == [200] * allowed + [429]
        assert 0 < int(answers[-1]["Retry-After"]) <= 2
        assert client.get("/").status_code == 200

    def test_the_pace_is_kept(self, client: Client, plans, monkeypatch):
        now = [1000.0]
        monkeypatch.setattr(rates, "monotonic", lambda: now[0])
        assert [client.get("/api/v1/planar").status_code for _ in range(11)][-1] == 429
        now[0] += 60 / rates.PER_MINUTE
        assert [client.get("/api/v1/planar").status_code for _ in range(2)] == [200, 429]

    def test_a_clock_that_is_set_back_keeps_nobody_waiting(self, client: Client, plans, monkeypatch):
        assert client.get("/api/v1/planar").status_code == 200
        yesterday = time.time() - 24 * 60 * 60
        monkeypatch.setattr("time.time", lambda: yesterday)
        assert client.get("/api/v1/planar").status_code == 200

    def test_each_address_has_its_own(self, client: Client, plans, settings):
        settings.NINJA_NUM_PROXIES = 1
        for _ in range(11):
            last = client.get("/api/v1/planar", headers={"X-Forwarded-For": "198.51.100.1"})
        assert last.status_code == 429
        # What the reader has written itself is not believed: the web server in front adds the last.
        forged = client.get("/api/v1/planar", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.1"})
        assert forged.status_code == 429
        other = client.get("/api/v1/planar", headers={"X-Forwarded-For": "198.51.100.1, 198.51.100.2"})
        assert other.status_code == 200


def test_another_program_makes_other_files(plans, client: Client, monkeypatch: pytest.MonkeyPatch):
    """After an upgrade nobody is told that the file which the old program made is still the one, nor its checksum."""
    files = (f"/data{YEAR}/mal.csv", f"/data{YEAR}/SHA256SUMS")
    tags = [client.get(address)["ETag"] for address in files]
    monkeypatch.setattr("goals.data.edition.release", lambda: "another")
    for address, tag in zip(files, tags, strict=True):
        answer = client.get(address, headers={"If-None-Match": tag})
        assert (answer.status_code, answer["ETag"] == tag) == (200, False), address


@pytest.mark.parametrize("name", ["mal.xlsx", "SHA256SUMS"])
@pytest.mark.usefixtures("raised_at_once")
def test_what_is_renamed_meanwhile_has_the_name_of_its_edition(plans, client: Client, monkeypatch, name):
    """What is sent under an edition's tag is what that edition has, also where a name changes before it is read."""

    def renamed_first(*arguments):
        type(plans.committee).objects.update(name="Nytt namn")
        return edition_of(*arguments)

    def title() -> str:
        sent = content(client.get(f"/data{YEAR}/{name}"))
        return load_workbook(io.BytesIO(sent)).properties.title if name.endswith("xlsx") else sent.decode()

    old = plans.committee.name
    assert old in title()
    monkeypatch.setattr("goals.views.data.edition_of", renamed_first)
    assert "Nytt namn" in (new := title())
    assert old not in new

"""The API for reading: pages, choices, earlier days, faults, and that it answers as its schema says."""

import base64
import json
from collections.abc import Iterator
from datetime import date

import pytest
from django.core.cache import caches
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import openapi
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.modes import GenerationMode

from goals import rates
from goals.api.site import schema
from goals.data.columns import in_json
from goals.data.tables import BY_NAME, TABLES
from goals.models import Goal
from tests.cast import Cast
from tests.conftest import Clock
from tests.factories import GoalFactory, ProposalFactory

WHERE = "committee_address=eskilstuna/socialnamnden"


@pytest.fixture(autouse=True)
def rested(monkeypatch) -> None:
    """Let nobody have asked for anything yet, and nobody wait."""
    caches["rates"].clear()
    monkeypatch.setattr(rates, "AT_ONCE", 10_000)


def ask(client: Client, address: str) -> dict:
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content.decode()
    assert response["Content-Type"] == "application/json"
    return json.loads(response.content)


def refused(client: Client, address: str, status: int = 422) -> dict[str, str]:
    response = client.get(f"/api/v1/{address}")
    assert response["Content-Type"] == "application/problem+json"
    told = json.loads(response.content)
    assert response.status_code == told["status"] == status
    return {each["parameter"]: each["message"] for each in told["errors"]}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_same_rows_as_the_files(client: Client, plans, table):
    """A list has what the files have, in the same words and the same order."""
    rows = ask(client, f"{table.name}?limit=500")["rows"]
    assert rows == [in_json(table, row) for row in table.read(table.find())]


def test_pages(client: Client, plans):
    """One follows ``next`` to the end and has everything once, also where goals are added meanwhile."""
    found, address = [], "mal?limit=13&party_abbreviation=V"
    while address:
        page = ask(client, address)
        found += [row["number"] for row in page["rows"]]
        response = client.get(f"/api/v1/{address}")
        address = (page["next"] or "").partition("/api/v1/")[2]
        assert response.get("Link", "") == (f'<http://testserver/api/v1/{address}>; rel="next"' if address else "")
        if len(found) == 26:
            GoalFactory(proposal=plans.proposals.get(party__slug="v"), number=52)
    assert found == [*range(1, 53)]


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("mal?party_abbreviation=KD", 27),
        ("mal?year=2017&kind=goal&municipality_code=0484", None),
        (f"mal?{WHERE}&number=25", 2),
        ("mal?issues=F%C3%A4ltassistenter", None),
        (f"mal?{WHERE}&status=", 77),
        (f"mal?{WHERE}&status=achieved", 1),
        (f"mal?{WHERE}&decision=adopted", 1),
        ("mal?year=1999", 0),
        ("lagesrapporter?status=achieved&period=delar", 1),
        ("lagesrapporter?status=partly", 0),
        ("textstallen?kind_of_block=prose&party_abbreviation=V", None),
        ("perioder?year=2017", 3),
    ],
)
def test_choices(client: Client, cast: Cast, address, count):
    """Rows are chosen by what the columns are called."""
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    period = goal.proposal.plan_year.periods.get(slug="delar")
    goal.report("achieved", by=cast.secretary, period=period)
    goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 1))
    rows = ask(client, f"{address}&limit=500")["rows"]
    assert len(rows) == count if count is not None else rows


def test_one_row(client: Client, cast: Cast):
    """A goal is found as it is cited, a record by its key."""
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    said = goal.report("achieved", by=cast.secretary, period=goal.proposal.plan_year.periods.get(slug="delar"))
    assert ask(client, "mal/eskilstuna/socialnamnden/2017/V/25")["text"] == goal.passage.text
    assert ask(client, f"lagesrapporter/{said.key}")["status"] == "achieved"


@pytest.mark.parametrize(
    "address",
    [
        "mal/eskilstuna/socialnamnden/2017/S/25",
        "mal/eskilstuna/socialnamnden/2017/V/999",
        "mal/eskilstuna/socialnamnden/99999999999999999999/V/25",
        "mal/eskilstuna/socialnamnden/2017/%00/25",
        "beslut/8c9d4a52-6f0e-4b0e-9a51-2f3b6c7d8e90",
        "strunt",
        "",
    ],
)
def test_not_there(client: Client, plans, address):
    """What is not there is told as the API tells things, under the API's addresses."""
    if address:
        assert refused(client, address, 404) == {}
    else:
        assert client.get("/api/v2/").status_code == 404


def test_as_of_a_day(client: Client, cast: Cast, clock: Clock):
    """A day gives what had been recorded by its end: the status, and which corrections had been made."""
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    by, period = cast.secretary, goal.proposal.plan_year.periods.get(slug="delar")
    clock.set(2017, 9, 1, 23, 59)
    first = goal.report("partly", by=by, period=period, comment="Två")
    clock.set(2017, 9, 2, 0, 1)
    goal.report("achieved", by=by, period=period, replaces=first, reason="Fel")
    clock.set(2017, 10, 1)
    for day, status, in_force in (
        ("2017-08-31", "", []),
        ("2017-09-01", "partly", [True]),
        ("2017-09-02", "achieved", [False, True]),
    ):
        assert ask(client, f"mal?as_of={day}&{WHERE}&number=25&party_abbreviation=V")["rows"][0]["status"] == status
        assert [row["in_force"] for row in ask(client, f"lagesrapporter?as_of={day}")["rows"]] == in_force


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("mal?parti=v", "parti"),
        ("mal?party_abbreviation=S", "party_abbreviation"),
        ("mal?party_abbreviation=v", "party_abbreviation"),
        ("mal?committee_address=eskilstuna", "committee_address"),
        ("mal?municipality_code=9999", "municipality_code"),
        ("mal?status=klart&committee_address=x", "status"),
        ("mal?status=achieved", "status"),
        ("mal?decision=", "decision"),
        ("mal?year=tjugo", "year"),
        ("mal?year=-1", "year"),
        ("mal?year=99999999999999999999", "year"),
        ("mal?year=2017&year=2018", "year"),
        ("mal?issues=%00", "issues"),
        (f"mal?issues={'x' * 151}", "issues"),
        ("mal?limit=0", "limit"),
        ("mal?limit=501", "limit"),
        ("mal?cursor=strunt", "cursor"),
        ("mal?cursor=", "cursor"),
        (f"mal?cursor={base64.urlsafe_b64encode(b'efter:-1').decode()}", "cursor"),
        (f"mal?cursor={base64.urlsafe_b64encode(b'efter:99999999999999999999').decode()}", "cursor"),
        ("mal?as_of=igar", "as_of"),
        ("mal?as_of=2017-02-30", "as_of"),
        ("mal?as_of=1900-01-01", "as_of"),
        ("mal?as_of=2999-01-01", "as_of"),
        ("fragor?as_of=2017-01-01", "as_of"),
        ("lagesrapporter?key=x", "key"),
        ("lagesrapporter/x", "key"),
    ],
)
def test_what_is_wrong_is_named(client: Client, plans, address, parameter):
    """Nothing that was asked for is passed over: each fault names its parameter."""
    assert parameter in refused(client, address)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_cursor(client: Client, cursor):
    """What we have not given is refused before the database is asked."""
    assert client.get("/api/v1/planar", {"cursor": cursor}).status_code == 422


def test_as_many_queries_with_more_rows(client: Client, plans):
    """A page of any list is one query."""

    def queries() -> dict[str, int]:
        found = {}
        for name in BY_NAME:
            with CaptureQueriesContext(connection) as asked:
                client.get(f"/api/v1/{name}?limit=500")
            found[name] = len(asked)
        return found

    before = queries()
    GoalFactory.create_batch(5, proposal=ProposalFactory(plan_year=plans))
    assert queries() == before == dict.fromkeys(before, 1)


def test_asking_again(client: Client, plans):
    """The same page has the same tag, and who has it gets 304; HEAD has the tag too, and no cookie is set."""
    first = client.get("/api/v1/mal?limit=3")
    assert client.get("/api/v1/mal?limit=3", headers={"If-None-Match": first["ETag"]}).status_code == 304
    head = client.head("/api/v1/mal?limit=3")
    assert (head.status_code, head["ETag"], head.content) == (200, first["ETag"], b"")
    assert not first.cookies


def test_the_page_tells_all_of_the_schema(client: Client, db):
    """Every address and parameter of the schema is on the page, which needs nothing from elsewhere."""
    content = client.get("/api/v1/").content.decode()
    told = json.loads(client.get("/api/v1/openapi.json").content)
    assert told["openapi"].startswith("3.1")
    for path, methods in told["paths"].items():
        assert path in content
        assert list(methods) == ["get"]
        assert all(f"<code>{each['name']}</code>" in content for each in methods["get"]["parameters"])
    assert "<script src" not in content


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Let requests that come past Django's own client use the connection of the test, and leave it open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_answers_are_as_the_schema_says(cast: Cast, one_connection):
    """Whatever is asked, right or wrong, nothing breaks, and each answer is one that the schema has.

    What is right by the schema may still name a party that is not here, so that 422 is an answer to it.
    """
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    goal.report("achieved", by=cast.secretary, period=goal.proposal.plan_year.periods.get(slug="delar"))
    load_all_checks()
    read = openapi.from_dict(schema(), config=SchemathesisConfig())
    read.app = get_wsgi_application()
    without = CHECKS.get_by_names(["positive_data_acceptance", "unsupported_method"])
    count = 0

    for result in read.get_all_operations():
        operation = result.ok()
        for mode in GenerationMode:

            @settings(
                max_examples=4,
                derandomize=True,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=[*HealthCheck],
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def answers(case) -> None:
                nonlocal count
                count += 1
                case.call_and_validate(excluded_checks=without, headers={"Accept-Encoding": "identity"})

            answers()
    assert count > 100

"""The tables of open data: what they have, how files are written, and that the dictionary says the same."""

import csv
import io
import json
import re
import tracemalloc
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from goals.data.columns import Kind, Table, in_json
from goals.data.edition import edition_of
from goals.data.goals import GOALS
from goals.data.records import OUTCOMES, STATUS_UPDATES
from goals.data.tables import TABLES
from goals.data.writers import to_csv, to_excel, to_json, written
from goals.models import Goal, Issue
from proposals.exchange import parted, uncell
from proposals.models import PlanYear
from tests.cast import Cast
from tests.factories import GoalFactory, IssueFactory, PlanYearFactory, ProposalFactory

TYPES = {
    Kind.TEXT: str,
    Kind.INTEGER: int,
    Kind.NUMBER: (Decimal, type(None)),
    Kind.BOOLEAN: bool,
    Kind.DATE: date,
    Kind.MOMENT: datetime,
    Kind.LIST: list,
    Kind.LINK: str,
}


@pytest.fixture
def followed(cast: Cast) -> PlanYear:
    """Give a plan year with one record of each kind, a correction and a text that looks like a formula."""
    year = PlanYear.objects.get()
    v25 = Goal.objects.get(proposal__party__slug="v", number=25)
    kd14 = Goal.objects.get(proposal__party__slug="kd", number=14)
    by, period = cast.secretary, year.periods.get(slug="delar")
    first = v25.report("partly", by=by, period=period, comment="=1+1; två av tre\näär igång", evidence="PM")
    v25.report("achieved", by=by, period=period, replaces=first, reason="Fel rad")
    v25.decide("adopted", by=by, date=date(2017, 1, 20), due_on=date(2017, 5, 1), reference="§ 12")
    kd14.measure(Decimal("76.50"), by=by, date=date(2017, 5, 1), source="Enkäten")
    return year


def rows(table: Table, year: PlanYear | None = None) -> list[dict]:
    return [in_json(table, row) for row in table.read(table.find(year))]


def read_csv(content: bytes) -> list[dict[str, str]]:
    text = content.decode("utf-8-sig")
    return [{name: uncell(cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text, newline=""))]


def test_a_goal_has_the_partys_words_and_what_was_said_last(followed):
    """A row has the text byte for byte, what it states, how it stands by what is in force, and its place."""
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    row = next(row for row in rows(GOALS) if (row["party_abbreviation"], row["number"]) == ("V", 25))
    assert row["text"] == goal.passage.text
    assert (row["status"], row["status_name"], row["status_date"]) == ("achieved", "Genomfört", "2017-08-31")
    assert (row["decision"], row["decision_due_on"]) == ("adopted", "2017-05-01")
    assert (row["issues"], row["relation"]) == (["Fältassistenter"], "same")
    assert row["url"].endswith(goal.get_absolute_url())
    kd14 = next(row for row in rows(GOALS) if (row["party_abbreviation"], row["number"]) == ("KD", 14))
    assert (kd14["target_value"], kd14["outcome"], kd14["status"], kd14["status_name"]) == (80, 76.5, "", "Ej bedömt")


def test_corrections_stand_with_what_they_replace(followed):
    """Both are there, and the rows say which is in force and which key it replaces."""
    first, second = rows(STATUS_UPDATES)
    assert (first["in_force"], second["in_force"]) == (False, True)
    assert (second["replaces"], second["reason"]) == (first["key"], "Fel rad")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_address_in_a_row_leads_to_its_page(client: Client, followed, settings, table):
    """Addresses in the tables are those that the site has."""
    settings.SITE_ADDRESS = ""
    for row in rows(table, followed)[:3]:
        for name in ("url", "document_url"):
            assert name not in row or client.get(row[name].partition("#")[0]).status_code == 200


def test_a_plan_year_has_its_own_rows_only(followed):
    """What belongs to another year or committee is in the whole tables alone."""
    before = {table.name: len(rows(table, followed)) for table in TABLES}
    other = ProposalFactory(plan_year=PlanYearFactory(year=2019))
    GoalFactory(proposal=other, issue=IssueFactory(committee=other.plan_year.committee))
    assert {table.name: len(rows(table, followed)) for table in TABLES} == before
    assert len(rows(GOALS)) == before["mal"] + 1


def test_one_query_for_a_thousand_rows(followed):
    """A table is read in one query, whatever the number of rows that fit in what is read at a time."""

    def queries() -> dict[str, int]:
        found = {}
        for table in TABLES:
            with CaptureQueriesContext(connection) as asked:
                rows(table)
            found[table.name] = len(asked)
        return found

    before = queries()
    proposal = ProposalFactory(plan_year=followed)
    GoalFactory.create_batch(5, proposal=proposal, issue=Issue.objects.first())
    assert queries() == before == dict.fromkeys(before, 1)


def test_pages_by_key_lose_nothing(followed, monkeypatch):
    """Read a few at a time, a table has the same rows in the same order."""
    whole = rows(GOALS)
    monkeypatch.setattr("goals.data.columns.CHUNK", 7)
    assert rows(GOALS) == whole


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_all_forms_say_the_same(followed, table):
    """CSV, JSON and Excel have the same rows; days and numbers are such in Excel, å, ä and ö are right."""
    found = list(table.read(table.find()))
    from_json = json.loads(b"".join(to_json(table, found)))
    assert from_json["format"] == f"namndkollen-{table.name}"
    assert from_json["rows"] == [in_json(table, row) for row in found]
    from_csv = read_csv(b"".join(to_csv(table, found)))
    out = io.BytesIO()
    to_excel([(table, found)], out, title="T", created=edition_of().changed_at)
    page = load_workbook(out).active
    names, *from_excel = page.iter_rows(values_only=True)
    assert list(names) == table.names == list(from_csv[0])
    assert len(from_csv) == len(from_excel) == len(found)
    for row, cells, excel in zip(found, from_csv, from_excel, strict=True):
        for column, value, cell in zip(table.columns, row, excel, strict=True):
            there = cells[column.name]
            if column.kind == Kind.LIST:
                assert parted(there) == value
            elif column.kind == Kind.TEXT:
                assert there == value
                assert (cell or "") == value
            elif column.kind == Kind.DATE and value:
                assert there == value.isoformat() == cell.date().isoformat()
            elif column.kind in (Kind.INTEGER, Kind.NUMBER) and value is not None:
                assert float(there) == float(value) == cell


def test_no_cell_is_a_formula(followed):
    """What a spreadsheet could take for a formula has a mark before it in CSV, and is text in Excel."""
    content = b"".join(to_csv(STATUS_UPDATES, STATUS_UPDATES.read(STATUS_UPDATES.find()))).decode()
    assert "'=1+1" in content
    assert ",=1+1" not in content
    out = io.BytesIO()
    to_excel(
        [(STATUS_UPDATES, STATUS_UPDATES.read(STATUS_UPDATES.find()))], out, title="T", created=edition_of().changed_at
    )
    cells = [cell for row in load_workbook(out).active.iter_rows(min_row=2) for cell in row]
    assert "f" not in {cell.data_type for cell in cells}


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20), max_size=4))
def test_any_list_comes_back(values):
    """Several values in a cell are read as they were, whatever is in them."""
    assert parted(uncell(written(values))) == values


def test_memory_does_not_grow_with_the_rows():
    """Five times as many rows take no more memory in CSV and JSON: they are made as they are sent."""

    def peak(count: int) -> int:
        row = tuple(column.example for column in OUTCOMES.columns)
        tracemalloc.start()
        for write in (to_csv, to_json):
            for _ in write(OUTCOMES, (row for _ in range(count))):
                pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(5000) < 1.2 * peak(1000)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_dictionary_describes_every_column(client: Client, db, table):
    """Each column has a meaning in a sentence and an example of its own kind, and stands on the page."""
    content = client.get("/data/ordlista/").content.decode()
    section = content.partition(f'<h2 id="{table.name}">')[2].partition("</section>")[0]
    assert len(set(table.names)) == len(table.names)
    for column in table.columns:
        assert re.search(r"[.?]$", column.meaning), column.name
        assert isinstance(column.example, TYPES[column.kind]), column.name
        assert not column.choices or column.example in column.choices, column.name
        assert f"<code>{column.name}</code>" in section
        own, common = (f'id="{where}-{column.name}"' in content for where in (table.name, "gemensamma"))
        assert own or (common and escape(column.meaning) in content), column.name


@pytest.mark.usefixtures("raised_at_once")
class TestEdition:
    """The edition is another whenever something is, and the same until then."""

    @pytest.fixture
    def before(self, followed) -> tuple[str, str]:
        return edition_of().name, edition_of(followed).name

    def test_it_is_the_same_until_something_changes(self, followed, before, clock):
        clock.set(2030, 1, 1)
        assert (edition_of().name, edition_of(followed).name) == before

    def test_one_query(self, followed):
        with CaptureQueriesContext(connection) as asked:
            edition_of(followed)
        assert len(asked) == 1

    @pytest.mark.parametrize(
        "change",
        [
            lambda year, by: Goal.objects.last().report("achieved", by=by, period=year.periods.get(slug="delar")),
            lambda year, by: Goal.objects.filter(pk=Goal.objects.first().pk).update(issue=Issue.objects.last()),
            lambda year, by: Issue.objects.get(slug="faltassistenter").rename("Fältare"),
            lambda year, by: year.periods.get(slug="delar").lock(),
            lambda year, by: type(year.committee).objects.update(name="Vård- och omsorgsnämnden"),
            lambda year, by: type(year.proposals.first().party).objects.filter(slug="v").update(name="V"),
        ],
        ids=["record", "goal moved", "issue renamed", "period locked", "committee renamed", "party renamed"],
    )
    def test_any_change_makes_another(self, followed, cast, before, change):
        change(followed, cast.secretary)
        after = edition_of().name, edition_of(followed).name
        assert after[0] != before[0]
        assert after[1] != before[1]

    def test_another_plan_year_is_left_alone(self, followed):
        other = ProposalFactory(plan_year=PlanYearFactory(year=2019))
        before = edition_of().name, edition_of(followed).name
        GoalFactory(proposal=other)
        assert edition_of().name != before[0]
        assert edition_of(followed).name == before[1]

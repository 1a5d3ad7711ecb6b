"""Status updates, decisions and outcomes read in from the files that open data gives out."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goals.data.records import RECORDED
from goals.data.tables import BY_NAME
from goals.data.writers import to_csv, to_json
from goals.models import Decision, Goal, OutcomeValue, StatusUpdate
from goals.models.records import KINDS
from goals.record_files import CONTENT, PLACE, FileError, read_rows
from tests.cast import MEMBER, OTHER, Cast
from tests.conftest import Clock
from tests.factories import MembershipFactory, UserFactory

V25 = {
    "municipality_code": "0484",
    "committee_address": "eskilstuna/socialnamnden",
    "year": "2017",
    "party_abbreviation": "V",
    "number": "25",
}
EMPTY = {name: dict.fromkeys(columns, "") for name, columns in CONTENT.items()}
STATUS = {**V25, **EMPTY["lagesrapporter"], "period": "delar", "date": "2017-08-31", "status": "in_progress"}
DECISION = {**V25, **EMPTY["beslut"], "date": "2017-01-20", "outcome": "adopted"}
OUTCOME = {
    **V25,
    **EMPTY["utfall"],
    "party_abbreviation": "KD",
    "number": "14",
    "date": "2017-08-31",
    "value": "76,5",
    "source": "Enkäten",
}


def write(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def export(folder: Path, form: str = "csv") -> list[Path]:
    """Write the three files as open data does; those without rows are left out."""
    found = []
    for table in RECORDED:
        rows = list(table.read(table.find()))
        if rows:
            path = folder / f"{table.name}.{form}"
            path.write_bytes(b"".join((to_csv if form == "csv" else to_json)(table, rows)))
            found.append(path)
    return found


def counts() -> list[int]:
    return [kind.objects.count() for kind in KINDS]


class Importer:
    """Runs the command as the secretary unless told otherwise, and gives what it said."""

    def __init__(self, cast: Cast):
        self.cast = cast

    def __call__(self, *paths: Path, **options: Any) -> str:
        out = StringIO()
        options = {"by": self.cast.secretary.email, "stdout": out, "stderr": StringIO(), **options}
        call_command("import_records", *paths, **options)
        return out.getvalue()

    def refused(self, *paths: Path, **options: Any) -> str:
        errors = StringIO()
        before = counts()
        with pytest.raises(CommandError) as caught:
            self(*paths, stderr=errors, **options)
        assert counts() == before
        assert caught.value.returncode == 4
        return errors.getvalue()


@pytest.fixture
def importer(cast: Cast) -> Importer:
    return Importer(cast)


def make_history(cast: Cast, clock: Clock) -> None:
    """Record something of each kind, with corrections, withdrawals and hard characters."""
    year = cast.committee.plan_years.get()
    v25 = Goal.objects.get(proposal__party__slug="v", number=25)
    kd14 = Goal.objects.get(proposal__party__slug="kd", number=14)
    by, period = cast.secretary, year.periods.get(slug="delar")
    said = v25.report(
        "partly", by=by, period=period, comment='=1+1; "två"\nåäö | x', evidence="@PM", link="https://a.example/å"
    )
    clock.set(2017, 9, 21)
    v25.undo(said, by=by)
    decided = v25.decide("adopted", by=by, date=date(2017, 1, 20), due_on=date(2017, 5, 1), reference="§ 12")
    clock.set(2017, 9, 22)
    v25.decide("rejected", by=by, date=date(2017, 1, 20), replaces=decided, reason="Fel rad")
    kd14.measure(Decimal("76.50"), by=by, date=date(2017, 5, 1), source="Enkäten")
    clock.set(2017, 12, 1)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_whole_history_comes_back(cast: Cast, importer, clock: Clock, tmp_path, form):
    """Files from one installation, read in at another that has the plans and nothing else, give the same files."""
    mark = transaction.savepoint()
    make_history(cast, clock)
    files = export(tmp_path, form)
    before = [path.read_bytes() for path in files]
    was = counts()
    transaction.savepoint_rollback(mark)
    assert counts() == [0, 0, 0]
    assert "5 uppgifter skrevs in, 0 fanns redan" in importer(*files, keep_times=True)
    assert counts() == was
    assert [path.read_bytes() for path in export(tmp_path, form)] == before
    assert "0 uppgifter skrevs in, 5 fanns redan" in importer(*files, keep_times=True)
    assert "0 uppgifter skrevs in, 5 fanns redan" in importer(*files)


@pytest.mark.parametrize(
    ("row", "model", "said"),
    [
        (STATUS, StatusUpdate, {"status": "in_progress", "date": date(2017, 8, 31)}),
        ({**STATUS, "status": "partly", "comment": "'=Två"}, StatusUpdate, {"comment": "=Två"}),
        ({**DECISION, "due_on": "2017-05-01"}, Decision, {"outcome": "adopted", "due_on": date(2017, 5, 1)}),
        (OUTCOME, OutcomeValue, {"value": Decimal("76.50"), "source": "Enkäten"}),
    ],
)
def test_a_row_written_by_hand(importer, tmp_path, row, model, said):
    """A row without a key is recorded now, once, however often the file is read."""
    path = write(tmp_path / "x.csv", row)
    assert "1 uppgifter skulle ha skrivits" in importer(path, dry_run=True)
    assert counts() == [0, 0, 0]
    assert "1 uppgifter skrevs in" in importer(path)
    record = model.objects.get()
    assert {name: getattr(record, name) for name in said} == said
    assert (record.author, record.is_example) == (importer.cast.secretary, False)
    assert "0 uppgifter skrevs in, 1 fanns redan" in importer(path)


@pytest.mark.parametrize("value", ["1_0", "٣", "1,000", "1e3", "NaN", "ungefär 76"])
def test_what_is_no_number_as_one_writes_it(importer, tmp_path, value):
    """A value that could be read in more than one way is refused."""
    assert "skriv ett tal" in importer.refused(write(tmp_path / "fel.csv", {**OUTCOME, "value": value}))


def test_a_correction_written_by_hand(cast: Cast, importer, clock: Clock, tmp_path):
    """A row names the key of what it corrects, and why."""
    importer(write(tmp_path / "x.csv", STATUS))
    first = StatusUpdate.objects.get()
    importer(write(tmp_path / "x.csv", {**STATUS, "status": "achieved", "replaces": str(first.key), "reason": "Fel"}))
    assert StatusUpdate.objects.in_force().get().replaces == first


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"number": "999"}, "inget mål V 999"),
        ({"number": "x"}, "number är ”x”"),
        ({"number": "²"}, "number är"),
        ({"year": "2018"}, "inget mål V 25"),
        ({"party_abbreviation": "S"}, "inget mål S 25"),
        ({"municipality_code": "0180"}, "inget mål"),
        ({"committee_address": "eskilstuna"}, "inget mål"),
        ({"period": "kvartal"}, "De som finns: tertial-1, delar, helar"),
        ({"date": "31/8 2017"}, "skriv dagen som 2017-08-31"),
        ({"date": ""}, "date saknas"),
        ({"date": "2099-01-01"}, "framtiden"),
        ({"date": "1900-01-01"}, "1971"),
        ({"status": "klart"}, "status"),
        ({"status": ""}, "Välj ett av alternativen"),
        ({"status": "partly"}, "kommentar"),
        ({"link": "javascript:alert(1)"}, "https://"),
        ({"comment": "x" * 4001}, "4000"),
        ({"key": "strunt"}, "inte är en nyckel"),
        ({"replaces": "8c9d4a52-6f0e-4b0e-9a51-2f3b6c7d8e90", "reason": "Fel"}, "som inte finns hos målet"),
        ({"party": "Kristdemokraterna"}, "party är ”Kristdemokraterna”"),
        ({"kind": "goal"}, "kind är"),
        ({"role": "administrator"}, "rollen administrator"),
        ({"exempel": "ja"}, "exempel"),
        ({"exempel": "kanske"}, "exempel"),
        ({"recorded_at": "2017-09-12T08:30:00Z"}, "--keep-times"),
    ],
)
def test_what_is_wrong_is_told_with_its_row(importer, tmp_path, change, message):
    """Each fault is told with its row, and then nothing is written, not even what was right."""
    path = write(tmp_path / "fel.csv", {**dict.fromkeys(change, ""), **STATUS}, {**STATUS, "evidence": "PM", **change})
    told = importer.refused(path)
    assert told.startswith("fel.csv, rad 3: ")
    assert message in told


def test_all_faults_are_told_at_once(importer, tmp_path):
    """One who has many rows wrong sees all of them."""
    told = importer.refused(write(tmp_path / "fel.csv", {**STATUS, "number": "998"}, {**STATUS, "number": "999"}))
    assert [line.partition(":")[0] for line in told.splitlines()] == ["fel.csv, rad 2", "fel.csv, rad 3"]


def test_the_same_row_twice_in_a_file(importer, tmp_path):
    """Two rows that say the same are no two records; which of them is meant is for the writer to say."""
    assert "säger detsamma som fel.csv, rad 2" in importer.refused(write(tmp_path / "fel.csv", STATUS, STATUS))


def test_a_key_that_is_here_with_other_words(importer, tmp_path):
    """What is recorded is not changed by a file."""
    importer(write(tmp_path / "x.csv", STATUS))
    key = str(StatusUpdate.objects.get().key)
    told = importer.refused(write(tmp_path / "fel.csv", {**STATUS, "key": key, "status": "achieved"}))
    assert "Skriv en rättelse i stället" in told


def test_a_locked_period(cast: Cast, importer, tmp_path):
    """A file gets past no lock."""
    cast.committee.plan_years.get().periods.get(slug="delar").lock()
    assert "är låst" in importer.refused(write(tmp_path / "fel.csv", STATUS))


def test_a_goal_without_target(importer, tmp_path):
    """What has no target is not measured."""
    told = importer.refused(write(tmp_path / "fel.csv", {**OUTCOME, **V25}))
    assert "inget målvärde" in told


@pytest.mark.parametrize("who", [MEMBER, OTHER])
def test_who_may_not_write(cast: Cast, importer, tmp_path, who):
    """One who may not judge the goals does not by a file either."""
    told = importer.refused(write(tmp_path / "fel.csv", STATUS), by=cast.users[who].email)
    assert "får inte skriva om mål" in told


def test_an_example_account_writes_examples(cast: Cast, importer, tmp_path):
    """What an example account reads in is marked, and its rows may not say otherwise."""
    by = MembershipFactory(committee=cast.committee, user=UserFactory(is_example=True)).user.email
    assert "exempel" in importer.refused(write(tmp_path / "fel.csv", {**STATUS, "exempel": "nej"}), by=by)
    importer(write(tmp_path / "x.csv", {**STATUS, "exempel": "ja"}), by=by)
    assert StatusUpdate.objects.get().is_example


def test_times_are_kept_only_where_nothing_else_is(importer, tmp_path):
    """What was shown of an earlier day stays: a history is not put in among what is recorded here."""
    importer(write(tmp_path / "x.csv", STATUS))
    late = {**DECISION, "recorded_at": "2017-02-01T09:00:00Z"}
    told = importer.refused(write(tmp_path / "fel.csv", late), keep_times=True)
    assert "har uppföljning som inte finns i filerna" in told


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"a;b\n1;2\n",
        b"\xff\xfe",
        b"a\0b",
        b'"',
        ",".join((*PLACE, *CONTENT["beslut"])).encode(),
        (",".join((*PLACE, *CONTENT["beslut"], "strunt")) + "\n" + "," * 10).encode(),
        (",".join((*PLACE, *CONTENT["beslut"], "date")) + "\n" + "," * 10).encode(),
        (",".join((*PLACE, *CONTENT["beslut"])) + "\nx\n").encode(),
    ],
)
def test_no_file_of_records(importer, tmp_path, content):
    """A file that is something else is refused as that."""
    path = tmp_path / "fel.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        importer(path)
    assert caught.value.returncode == 3


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "[]", "{}", '{"rows": 1}', '{"rows": [1]}', '{"rows": [{}]}'])
def test_no_json_of_records(tmp_path, text):
    """JSON that is something else is refused as that."""
    path = tmp_path / "fel.json"
    path.write_text(text)
    with pytest.raises(FileError):
        read_rows(path)


def test_who_is_not_there(importer, tmp_path):
    """Somebody who does not exist writes nothing, and a file that does not exist is told."""
    with pytest.raises(CommandError, match="ingen aktiv användare"):
        importer(write(tmp_path / "x.csv", STATUS), by="ingen@example.org")
    with pytest.raises(CommandError, match="går inte att läsa"):
        importer(tmp_path / "borta.csv")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.text(max_size=12), min_size=12, max_size=12))
def test_any_cells(importer, tmp_path, cells):
    """Whatever stands in the cells, a row is recorded or refused with its number, and nothing breaks."""
    out = io.StringIO()
    csv.writer(out).writerows([[*PLACE, *CONTENT["lagesrapporter"]], cells])
    path = tmp_path / "x.csv"
    path.write_text(out.getvalue().encode("utf-8", "ignore").decode(), newline="")
    with pytest.raises(CommandError) as caught:
        importer(path)
    assert caught.value.returncode in (3, 4)


def test_the_columns_are_those_of_the_files():
    """What is read in has the names of what is given out."""
    for name, columns in CONTENT.items():
        assert {*PLACE, *columns} <= set(BY_NAME[name].names)


@pytest.mark.parametrize("value", ["a\0b", "\ud800", ["x"], {"x": 1}])
@pytest.mark.parametrize("name", ["comment", "period", "party_abbreviation"])
def test_json_values_that_no_cell_has(tmp_path, name, value):
    """What JSON can write and the database cannot keep, or no column has, is refused, never recorded."""
    path = tmp_path / "fel.json"
    path.write_text(json.dumps({"rows": [{**STATUS, name: value}]}))
    with pytest.raises(FileError, match="rad 1"):
        read_rows(path)

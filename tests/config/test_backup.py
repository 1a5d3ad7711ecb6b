"""`manage.py backup` and `manage.py restore`: everything comes back as it was, or nothing is changed."""

import json
import os
import re
import signal
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, OperationalError, connection, connections, transaction
from django.test import Client
from django.utils import timezone

from config.backup import BackupError, archive, make, programs, state
from config.backup.archive import DUMP, MANIFEST
from config.management.commands import restore as restore_command
from goals.models import Goal, ReportingPeriod, StatusUpdate
from parties.models import User
from proposals.intake import read_draft, receive
from proposals.models import PageImage, PlanYear
from tests import databases
from tests.browser.server import PYTHON, ROOT, address_of, environment_of
from tests.conftest import BASE, YEAR
from tests.evaluation.goals import LAYOUTS
from tests.factories import CommitteeFactory, MembershipFactory, PartyFactory

pytestmark = pytest.mark.django_db

ROLE = f"backup_test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
SECRETARY = "nagon@example.org"
#: What a reader sees, and what a reader takes home.
PAGES = (
    *("/", f"{YEAR}/jamfor/", f"{YEAR}/v/", f"{YEAR}/v/25/", f"{YEAR}/oversikt/", f"{BASE}/fraga/faltassistenter/"),
    *(f"{YEAR}/v/original/", f"{YEAR}/rapport/delar/1/rapport.pdf", "/data/lagesrapporter.csv", "/sok/?q=barn"),
)

#: Everything that the database has been told to hold to: what is asked of each is the same before and after.
CATALOGUE = {
    "triggers": "SELECT tgrelid::regclass::text, tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal",
    "functions": "SELECT oid::regprocedure::text, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "columns": "SELECT table_name, column_name, data_type, column_default, is_nullable, generation_expression,"
    " identity_generation FROM information_schema.columns WHERE table_schema = 'public'",
    "sequences": "SELECT sequencename, last_value FROM pg_sequences",
    "extensions": "SELECT extname FROM pg_extension",
    "rights": "SELECT relname, coalesce(relacl::text, '') FROM pg_class WHERE relnamespace = 'public'::regnamespace",
}


#: PostgreSQL casts each value of a list where it was told to cast the list; it means the same.
CASTS = re.compile(r"::(?:character varying|text)|[()\[\]]")


@contextmanager
def using(name: str) -> Iterator[None]:
    """Let Django speak to another database for a while, and leave the tests' own as it is."""
    usual = connections["default"]
    other = usual.copy()
    other.settings_dict["NAME"] = name
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = usual


@contextmanager
def database(name: str, template: str = "template0") -> Iterator[str]:
    """Make a database beside the tests' own."""
    databases.copy(name, template)
    try:
        yield name
    finally:
        databases.drop(name)


def server() -> dict[str, Any]:
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    given = {key: connection.settings_dict[name] for key, name in names.items()}
    return {key: value for key, value in given.items() if value}


@pytest.fixture(scope="module")
def source(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Give a database with something of everything, and a role that may do what running.md says that it may."""
    tests = connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        with database(f"{tests}_source", template=databases.migrated()) as name:
            with using(name), connection.cursor() as cursor:
                furnish()
                cursor.execute(f"DROP ROLE IF EXISTS {ROLE}")
                cursor.execute(f"CREATE ROLE {ROLE} LOGIN")
                cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {ROLE}")
                cursor.execute(f"REVOKE UPDATE, DELETE ON goals_statusupdate, goals_decision FROM {ROLE}")
            yield name
        with connection.cursor() as cursor:
            cursor.execute(f"DROP ROLE {ROLE}")


def furnish() -> None:
    call_command("load_plans", verbosity=0, stdout=StringIO())
    call_command("load_example", "eskilstuna/socialnamnden/2017", anywhere=True, stdout=StringIO())
    MembershipFactory(user__email=SECRETARY, committee=PlanYear.objects.get().committee)
    content = (LAYOUTS / "skolpartiet-odt.odt").read_bytes()
    pdf = (LAYOUTS / "kustpartiet-undanhallen.pdf").read_bytes()
    for file, document in (("plan.odt", content), ("plan.pdf", pdf)):
        draft, _ = receive(document, file, committee=CommitteeFactory(), year=2026, party=PartyFactory(), by=None)
        read_draft(draft)
    Session.objects.create(session_key="s" * 32, session_data="hemligt", expire_date=timezone.now())


@pytest.fixture(scope="module")
def backup(source: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a backup of it."""
    path = tmp_path_factory.mktemp("backup") / "hela.backup"
    back_up(source, path)
    return path


def back_up(name: str, path: Path, **options: Any) -> str:
    out = StringIO()
    with using(name):
        call_command("backup", path, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def bare(source: str, django_db_blocker: Any) -> Iterator[str]:
    """Give an empty database for those who do nothing to it, as on a machine where nothing has been."""
    with django_db_blocker.unblock(), database(f"{source}_bare") as name:
        yield name


@pytest.fixture(scope="module")
def restored(source: str, backup: Path, django_db_blocker: Any) -> Iterator[str]:
    """Give a database that the backup was put back into."""
    with django_db_blocker.unblock(), database(f"{source}_restored") as name:
        with using(name):
            assert "Allt är tillbaka" in put_back(backup)
        yield name


@pytest.fixture
def empty(bare: str) -> Iterator[str]:
    """Work in an empty database, and leave it so."""
    with using(bare):
        yield bare
        with connection.cursor() as cursor:
            state.empty(cursor)


@pytest.fixture
def filled(restored: str) -> Iterator[str]:
    """Work in a copy of the restored database."""
    with database(f"{restored}_copy", template=restored) as name, using(name):
        yield name


def holds() -> dict[str, list[str]]:
    """Give everything that a database holds: the rows of each table in PostgreSQL's own words, and its catalogue."""
    found = {}
    with connection.cursor() as cursor:
        for table in state.tables(cursor):
            with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                found[table] = sorted(bytes(row).decode() for row in copy)
        for name, query in CATALOGUE.items():
            cursor.execute(query)
            found[name] = sorted(CASTS.sub("", repr(row)) for row in cursor.fetchall())
    return found


def answers() -> dict[str, tuple[int, bytes]]:
    found = {address: Client().get(address) for address in PAGES}
    return {address: (answer.status_code, answer.getvalue()) for address, answer in found.items()}


def put_back(path: Path, **options: Any) -> str:
    out = StringIO()
    call_command("restore", path, stdout=out, **options)
    return out.getvalue()


def test_everything_comes_back(source, filled):
    """Rows, triggers, functions, rights, sequences and pages are as they were; nobody is signed in."""
    there, pages = holds(), answers()
    with using(source):
        before, pages_before = holds(), answers()
    assert before.pop("django_session")
    assert there.pop("django_session") == []
    assert there == before
    assert {status for status, _ in pages.values()} == {200}
    assert pages == pages_before
    assert PageImage.objects.exists()


def test_what_came_back_goes_on(filled):
    """History is still refused to be changed, by anyone, and the next record gets the next number."""
    update = StatusUpdate.objects.latest("pk")
    for how in ("session_replication_role = replica", f"ROLE {ROLE}"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL {how}")
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("UPDATE goals_statusupdate SET comment = 'ändrad'")
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    goal.report("achieved", by=User.objects.get(email=SECRETARY), period=ReportingPeriod.objects.get(slug="helar"))
    assert StatusUpdate.objects.latest("pk").pk > update.pk
    assert not StatusUpdate.objects.filter(comment="ändrad").exists()


def test_a_backup_is_of_one_moment(source, tmp_path, monkeypatch, empty):
    """What is written while the dump is made is not in it, and neither is it in the counts."""
    find = programs.find_dump

    def write_meanwhile(server_version: int) -> Any:
        with psycopg.connect(**server(), dbname=source, autocommit=True) as other:
            other.execute("INSERT INTO parties_municipality (name, slug, code) VALUES ('Sen', 'sen', '9999')")
        return find(server_version)

    monkeypatch.setattr(programs, "find_dump", write_meanwhile)
    back_up(source, tmp_path / "b")
    put_back(tmp_path / "b")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM parties_municipality WHERE slug = 'sen'")
        assert cursor.fetchone() == (0,)
    with using(source), connection.cursor() as cursor:
        cursor.execute("DELETE FROM parties_municipality WHERE slug = 'sen'")
        assert cursor.rowcount == 1


def test_a_file_is_its_owners_and_is_not_replaced(source, tmp_path, backup):
    """Nobody else may read it; one that is there stays, unless one says otherwise; nothing unfinished is left."""
    path = tmp_path / "kopia"
    path.write_text("något annat")
    with pytest.raises(CommandError, match="finns redan"):
        back_up(source, path)
    assert path.read_text() == "något annat"
    back_up(source, path, force=True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert backup.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
    for wrong, words in ((tmp_path, "är en mapp"), (tmp_path / "saknas" / "kopia", "finns inte")):
        with pytest.raises(CommandError, match=words):
            back_up(source, wrong)


def test_a_backup_that_fails_leaves_nothing(source, tmp_path, monkeypatch):
    """Where pg_dump or the disk fails, an earlier file is as it was, and there is no half one."""
    path = tmp_path / "kopia"
    path.write_text("gårdagens")
    monkeypatch.setattr(programs, "reach", lambda: (["finns_inte"], dict(os.environ)))
    with pytest.raises(CommandError, match="pg_dump slutade med kod 1"):
        back_up(source, path, force=True)
    monkeypatch.undo()
    monkeypatch.setattr(archive.Writing, "add", disk_full)
    with pytest.raises(CommandError, match="No space left"):
        back_up(source, path, force=True)
    assert path.read_text() == "gårdagens"
    assert list(tmp_path.iterdir()) == [path]


def disk_full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_what_is_there_goes_only_when_it_is_named(backup, filled):
    """A database with something in it is refused; its name, spelled right, lets it be replaced."""
    User.objects.create(email="ny@example.org")
    with pytest.raises(CommandError, match=f"inte tom.*--replace {filled}"):
        put_back(backup)
    with pytest.raises(CommandError, match=f"heter {filled}, inte annan"):
        put_back(backup, replace="annan")
    assert User.objects.filter(email="ny@example.org").exists()
    put_back(backup, replace=filled)
    assert not User.objects.filter(email="ny@example.org").exists()


def test_somebody_elses_database_is_left_alone(backup, empty):
    """Tables that are not ours are never dropped, even where the name is right."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE lon (belopp int)")
    with pytest.raises(CommandError, match="någon annans"):
        put_back(backup, replace=empty)
    with connection.cursor() as cursor:
        assert state.tables(cursor) == ["lon"]


def test_a_restore_that_fails_leaves_what_was(backup, filled, tmp_path, monkeypatch):
    """Where rows are missing at the end, or somebody holds the tables, what was there is there, every row of it."""
    User.objects.create(email="ny@example.org")
    before = holds()
    short = rewritten(backup, tmp_path / "kort", rows=lambda rows: {**rows, "parties_party": rows["parties_party"] + 1})
    with pytest.raises(CommandError, match=r"parties_party fick \d+ rader men ska ha \d+. Inget är ändrat"):
        put_back(short, replace=filled)
    monkeypatch.setattr("config.backup.restore.PATIENCE", "100ms")
    with psycopg.connect(**server(), dbname=filled) as other:
        other.execute("SELECT FROM parties_party")
        with pytest.raises(CommandError, match="Stoppa webbplatsen"):
            put_back(backup, replace=filled)
    assert holds() == before


def rewritten(path: Path, to: Path, **changes: Callable[[Any], Any]) -> Path:
    """Write a backup anew, with something else in its manifest."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        manifest = json.loads(old.read(MANIFEST))
        for name, change in changes.items():
            manifest[name] = change(manifest[name])
        new.writestr(DUMP, old.read(DUMP))
        new.writestr(MANIFEST, json.dumps(manifest))
    return to


def with_a_bit_turned(path: Path, to: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    to.write_bytes(content)
    return to


def with_another_dump(path: Path, to: Path) -> Path:
    """Write a backup whose zip is sound, but whose dump is not the one that the manifest tells of."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        new.writestr(DUMP, b"PGDMP" + old.read(DUMP)[5:-1] + b"?")
        new.writestr(MANIFEST, old.read(MANIFEST))
    return to


def with_words(words: bytes) -> Callable[[Path, Path], Path]:
    def write(path: Path, to: Path) -> Path:
        to.write_bytes(words)
        return to

    return write


def with_manifest(text: str) -> Callable[[Path, Path], Path]:
    def write(path: Path, to: Path) -> Path:
        with zipfile.ZipFile(to, "w") as new:
            new.writestr(MANIFEST, text)
        return to

    return write


def cut(path: Path, to: Path) -> Path:
    to.write_bytes(path.read_bytes()[:-100])
    return to


OURS = '{"format": "namndkollen-backup/1"'


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (cut, "ingen säkerhetskopia"),
        (with_a_bit_turned, "är skadad"),
        (with_another_dump, "kontrollsumman för database.dump stämmer inte"),
        (with_words(b""), "ingen säkerhetskopia"),
        (with_words(b"PGDMP\x01\x0f\x00"), "ingen säkerhetskopia"),
        (with_words(b"PK\x03\x04" + b"\0" * 200), "ingen säkerhetskopia"),
        (with_manifest("[]"), "ingen säkerhetskopia"),
        (with_manifest("{"), "ingen säkerhetskopia"),
        (with_manifest(OURS + "}"), "ingen säkerhetskopia"),
        (with_manifest(OURS + ', "parts": {"database.dump": 1}}'), "ingen säkerhetskopia"),
        (with_manifest('{"format": "namndkollen-static-copy/1"}'), "ingen säkerhetskopia"),
        (with_manifest('{"format": "namndkollen-backup/2"}'), "nyare version"),
        (lambda path, to: to, "går inte att läsa"),
        (lambda path, to: to.parent, "går inte att läsa"),
        (lambda path, to: rewritten(path, to, migrations=lambda names: [*names, "goals.9999_sen"]), "nyare version"),
        (lambda path, to: rewritten(path, to, rows=lambda rows: {**rows, "x; DROP": 1}), "ingen säkerhetskopia"),
        (lambda path, to: rewritten(path, to, rows=lambda rows: {**rows, "finns_inte": 1}), "inte de tabeller"),
        (lambda path, to: rewritten(path, to, roles=lambda roles: ["finns_inte"]), "Rollen finns_inte.*--no-grants"),
        (lambda path, to: rewritten(path, to, dumped_by=lambda by: 99), "pg_restore för PostgreSQL 99 saknas"),
    ],
)
def test_a_file_that_is_not_right_changes_nothing(backup, empty, tmp_path, bad, words):
    """A damaged, cut, foreign or newer file is refused in one line that says why, and the database is untouched."""
    with pytest.raises(CommandError, match=words) as refused:
        put_back(bad(backup, tmp_path / "fil"))
    assert len(str(refused.value).splitlines()) == 1
    with connection.cursor() as cursor:
        assert state.tables(cursor) == []


def test_rights_may_be_left_out(backup, empty):
    """Where the roles are not there, everything else can still come back."""
    put_back(backup, no_grants=True)
    with connection.cursor() as cursor:
        assert state.roles(cursor) == []
    assert StatusUpdate.objects.exists()


def test_a_dry_run_only_checks(backup, empty):
    """It says what the file has, and writes nothing."""
    assert "Provkörning: inget har skrivits." in put_back(backup, dry_run=True)
    with connection.cursor() as cursor:
        assert state.tables(cursor) == []


def test_an_older_backup_is_migrated_forward(backup, empty, monkeypatch):
    """Where the code has a migration that the backup has not, `migrate` follows; else it does not."""
    ran: list[str] = []
    monkeypatch.setattr(restore_command, "restore", lambda *_, **__: ran.append("restore"))
    monkeypatch.setattr(restore_command, "call_command", lambda name, **_: ran.append(name))
    put_back(backup)
    assert ran == ["restore"]
    known = state.known()
    monkeypatch.setattr(state, "known", lambda: {*known, "goals.9999_sen"})
    assert "äldre version. Migrerar." in put_back(backup)
    assert ran == ["restore", "restore", "migrate"]


def test_an_empty_database_is_not_backed_up(empty, tmp_path):
    """A backup of nothing would look like one of something."""
    with pytest.raises(CommandError, match="Databasen är tom"):
        back_up(empty, tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_the_password_is_no_argument(monkeypatch):
    """Everybody on a machine can see the arguments of its programs; the environment only its owner."""
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "hemligt")
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hemligt@h/n")
    arguments, environment = programs.reach()
    assert "hemligt" not in " ".join(arguments)
    assert environment["PGPASSWORD"] == "hemligt"
    assert "DATABASE_URL" not in environment


def test_a_program_that_fits(monkeypatch, settings):
    """The oldest pg_dump that can read the server; the wheel's, which cannot encrypt, only on this machine."""
    versions = {Path(f"/{name}"): major for name, major in (("15", 15), ("17", 17), ("wheel", 18))}
    monkeypatch.setattr(programs, "_major", versions.get)
    monkeypatch.setattr(programs, "_installed", lambda name: [Path("/17"), Path("/15")])
    monkeypatch.setattr(programs, "_wheels", lambda name: [Path("/wheel")])
    settings.EMBEDDED = False
    away = settings.DATABASES["default"]
    monkeypatch.setitem(away, "HOST", "db.example")
    monkeypatch.setitem(away, "OPTIONS", {"sslmode": "verify-full"})
    assert programs.find_dump(15) == (Path("/15"), 15)
    assert programs.find_dump(16) == (Path("/17"), 17)
    with pytest.raises(BackupError, match="postgresql-client-18"):
        programs.find_dump(18)
    monkeypatch.setitem(away, "HOST", "localhost")
    monkeypatch.setitem(away, "OPTIONS", {})
    assert programs.find_dump(18) == (Path("/wheel"), 18)


def test_a_backup_is_verified_when_it_is_written(source, tmp_path, monkeypatch):
    """One whose dump lacks a table is not put in its place."""
    monkeypatch.setattr(programs, "contents", lambda dump, dumped_by: {"django_migrations"})
    with using(source), pytest.raises(BackupError, match="inte de tabeller"):
        make.make(tmp_path / "b", force=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_the_database_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command):
    """Where nothing can be reached, that is said in one line, and nothing is left."""

    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection refused\nIs the server running?")

    monkeypatch.setattr(f"config.management.commands.{command}.{'make' if command == 'backup' else 'verify'}", away)
    with pytest.raises(CommandError, match=r"^Databasen svarar inte: connection refused$"):
        call_command(command, tmp_path / "fil.backup", **({"force": False} if command == "backup" else {}))
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_told_to_stop_leaves_nothing(tmp_path: Path, db: None):
    """A backup that the service manager ends, because it takes too long, takes away what it has written."""
    own = f"{connection.settings_dict['NAME']}_stopped"
    with database(own, template=databases.migrated()), psycopg.connect(address_of(own)) as other:
        other.execute("LOCK TABLE goals_goal IN ACCESS EXCLUSIVE MODE")  # so that it waits
        environment = environment_of(address_of(own), tmp_path)
        command = [*PYTHON, "manage.py", "backup", str(tmp_path / "fil.backup")]
        with subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL) as process:
            while not list(tmp_path.glob(".*.unfinished")):
                assert process.poll() is None
                time.sleep(0.05)
            process.terminate()
            assert process.wait(20) == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []

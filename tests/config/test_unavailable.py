"""What is answered when the database is away, busy or full."""

import errno
import io
import json
import re
import time

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler
from django.db import DatabaseError, OperationalError, connection
from django.test import Client, RequestFactory, override_settings
from django.urls import path

from config import urls
from config.postgres import base as postgres
from config.unavailable import unavailable
from tests.factories import UserFactory

NO_ROOM, AWAY = OSError(errno.ENOSPC, "no space left"), OperationalError("away")
OWN_PAGE = {"HTTP_ORIGIN": "http://testserver"}


def failing(kind, cause=None):
    def view(request, rest=""):
        request.POST  # noqa: B018 - as the views' forms do
        if isinstance(kind, type) and issubclass(kind, psycopg.Error):
            with connection.wrap_database_errors:
                raise kind(cause or "the database is away")
        raise kind

    return view


KINDS = {
    "borta": psycopg.OperationalError,
    "stangd": psycopg.InterfaceError,
    "langsam": psycopg.errors.QueryCanceled,
    "upptagen": psycopg.errors.LockNotAvailable,
    "dodlage": psycopg.errors.DeadlockDetected,
    "avstangd": psycopg.errors.AdminShutdown,
    "full": psycopg.errors.DiskFull,
    "overlast": psycopg.errors.TooManyConnections,
    "stilla": psycopg.errors.IdleInTransactionSessionTimeout,
}
urlpatterns = [
    *(path(f"{name}/", failing(kind)) for name, kind in KINDS.items()),
    path("lasbar/", failing(psycopg.errors.ReadOnlySqlTransaction)),
    path("disk/", failing(OSError(errno.ENOSPC, "No space left on device"))),
    path("fel/", failing(psycopg.errors.UndefinedTable)),
    path("for-stort/", failing(psycopg.errors.ProgramLimitExceeded)),
    path("fil-saknas/", failing(OSError(errno.ENOENT, "No such file"))),
    path("api/v1/mal", failing(psycopg.OperationalError)),
    path("data/mal.csv", failing(psycopg.OperationalError)),
    *urls.urlpatterns,
]
handler400, handler500 = urls.handler400, urls.handler500


@pytest.fixture
def asked(client: Client) -> Client:
    """Give a client that sees the answer to a fault. None of the tests that use it has a database."""
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF="tests.config.test_unavailable"):
        yield client


@pytest.fixture
def connecting(django_db_setup, django_db_blocker):
    """Let a test connect as it likes; it writes nothing."""
    with django_db_blocker.unblock():
        connection.close()
        yield
        connection.close()


@pytest.fixture
def limited(connecting):
    """Let this process have the limits of one that answers requests."""
    postgres.limit()
    yield
    postgres.process.is_limited = False
    postgres.process.no_try_before.clear()


@pytest.mark.parametrize("name", [*KINDS, "disk"])
def test_what_goes_over_is_answered_503(asked: Client, name):
    """A page in plain words, without the database, says when to come again, and nothing keeps it."""
    answer = asked.get(f"/{name}/?fran=2017")
    content = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    assert "<h1>Sidan kan inte visas just nu</h1>" in content
    assert f'href="/{name}/?fran=2017">Försök igen' in content
    assert ("Det finns inte plats" in content) == (name in ("full", "disk"))


def away(get_response):
    """Be a middleware that asks a database that is away."""

    def answer(request):
        raise OperationalError

    return answer


@pytest.mark.parametrize("place", [0, 8, 99])
def test_errors_of_a_middleware_are_answered_too(asked: Client, place):
    """Whichever of them asks the database: the outermost, one in the middle, the innermost."""
    names = list(settings.MIDDLEWARE)
    names.insert(place, "tests.config.test_unavailable.away")
    with override_settings(MIDDLEWARE=names):
        asked.handler.load_middleware()
        assert asked.get("/om/").status_code == 503
        if place == 0:  # before anybody has looked at whose site was asked for
            assert asked.post("/om/", {"comment": "Ring"}, HTTP_HOST="annan.example", **OWN_PAGE).status_code == 503


@pytest.mark.parametrize("name", ["fel", "for-stort", "fil-saknas"])
def test_other_faults_are_answered_500(asked: Client, name):
    """What does not go over by itself is not said to: it is a fault of the program, and is to be seen as one."""
    assert asked.get(f"/{name}/").status_code == 500


@pytest.mark.parametrize(("error", "status"), [(OperationalError("away"), 503), (DatabaseError("no such row"), 400)])
def test_a_session_that_could_not_be_saved_is_no_session_that_is_gone(asked: Client, db, error, status):
    """When the database goes away after a page was made it is answered 503 too; when the session ended, 400."""
    asked.force_login(UserFactory())

    def fail(execute, sql, *rest):
        if sql.startswith('UPDATE "django_session"'):
            raise error
        return execute(sql, *rest)

    with connection.execute_wrapper(fail):
        assert asked.get("/om/").status_code == status


@pytest.mark.usefixtures("connecting")
def test_a_server_that_has_become_read_only_is_left(asked: Client):
    """After a failover the old server answers, but takes no writes: the next request makes another connection."""
    connection.ensure_connection()
    assert asked.post("/lasbar/").status_code == 503
    assert connection.connection is None


def test_programs_get_a_problem(asked: Client):
    """The API, and data that no page was asked for, answer as the API does."""
    for address, accepts in (("/api/v1/mal", "text/html"), ("/data/mal.csv", "*/*")):
        answer = asked.get(address, headers={"Accept": accepts})
        assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
        assert answer["Retry-After"] == "10"
        assert json.loads(answer.content)["status"] == 503
    assert "<h1>" in asked.get("/data/mal.csv", headers={"Accept": "text/html,*/*"}).content.decode()


def test_programs_are_told_that_it_is_the_disk(asked: Client):
    """That there is no room goes over in another way than that the database does not answer."""
    full = [json.loads(unavailable(RequestFactory().get("/api/v1/mal"), error).content) for error in (NO_ROOM, AWAY)]
    assert [("inte plats" in each["detail"]) for each in full] == [True, False]


def test_what_was_typed_is_shown_and_can_be_sent_again(asked: Client):
    """The answer to a form has all of it, with the form's own key, so that it is recorded once."""
    typed = {
        "comment": "Klart <b>nu</b>\r\noch redovisat",
        "key": "6f9c",
        "mal": ["1", "2"],
        "csrfmiddlewaretoken": "t",
    }
    content = asked.post("/borta/?sida=2", typed, **OWN_PAGE).content.decode()
    assert "<h1>Det gick inte att spara just nu</h1>" in content
    assert 'action="/borta/?sida=2"' in content
    assert re.findall(r'name="(\w+)" value="([^"]*)"', content) == [
        ("comment", "Klart &lt;b&gt;nu&lt;/b&gt;\r\noch redovisat"),
        ("key", "6f9c"),
        ("mal", "1"),
        ("mal", "2"),
        ("csrfmiddlewaretoken", "t"),
    ]
    assert "<p>Klart &lt;b&gt;nu&lt;/b&gt;<br>och redovisat</p>" in content
    assert "sparas det inte en gång till" in content


class FullDisk(FileUploadHandler):
    """Receives files on a disk that has no room."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


@override_settings(FILE_UPLOAD_HANDLERS=["tests.config.test_unavailable.FullDisk"])
def test_a_file_that_there_is_no_room_for_is_received_to_its_end(asked: Client):
    """A browser that is still sending does not read the answer: it would only say that the connection was lost."""
    answer = asked.post("/borta/", {"file": io.BytesIO(b"x" * 1_000_000)}, **OWN_PAGE)
    assert "Det finns inte plats" in answer.content.decode()
    assert answer.wsgi_request.read(1) == b""


def test_secrets_and_others_words_are_not_shown(asked: Client):
    """A password, a code, a file, and what another website sent are in no answer."""
    for sent, headers in (
        ({"login": "a@example.org", "password": "hemligt ord"}, OWN_PAGE),
        ({"code": "123 456"}, OWN_PAGE),
        ({"comment": "Ring det här numret"}, {"HTTP_ORIGIN": "https://annan.example"}),
        ({"comment": "Ring det här numret"}, {}),
    ):
        content = asked.post("/borta/", sent, **headers).content.decode()
        assert "Gå tillbaka i webbläsaren" in content
        assert not any(word in content for word in ("hemligt", "123 456", "Ring"))


@pytest.mark.usefixtures("limited")
def test_requests_have_limits_and_commands_have_none():
    """Where a request is answered the server gives up what takes too long; a command takes its time."""
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    assert [_setting(name) for name in names] == ["10s", "5s", "1min"]
    with override_settings(DATABASE_SETS_LIMITS=False):
        connection.close()
        assert [_setting(name) for name in names] == ["0", "0", "0"]
        assert connection.connection.longest == 12  # behind PgBouncer we still end our own wait
    postgres.process.is_limited = False
    connection.close()
    assert [_setting(name) for name in names] == ["0", "0", "0"]
    assert connection.connection.longest is None


def _setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("limited")
def test_a_statement_that_takes_too_long_is_given_up():
    """The server ends it, and the connection can be used again."""
    with override_settings(DATABASE_STATEMENT_SECONDS=1):
        connection.close()
        with pytest.raises(OperationalError, match="statement timeout"), connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        assert _setting("statement_timeout") == "1s"


@pytest.mark.usefixtures("limited")
def test_a_silent_connection_is_thrown_away():
    """Where the server does not keep to its limit we end the wait, and never read what it says afterwards."""
    connection.ensure_connection()
    connection.connection.longest = 0.3
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")  # which is no error to who waits for it
    assert connection.connection.closed
    connection.close_if_unusable_or_obsolete()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.usefixtures("limited")
def test_one_thread_tries_and_the_others_say_so_at_once():
    """After a try in vain nobody connects for a moment; the next try is one thread's, and what works lets all in."""
    no_try_before = postgres.process.no_try_before
    no_try_before["default"] = time.monotonic() + 60
    with pytest.raises(OperationalError, match="a moment ago"):
        connection.ensure_connection()
    no_try_before.update(default=time.monotonic() - 1, replica1=time.monotonic() + 60)  # another server's silence
    connection.ensure_connection()
    assert list(no_try_before) == ["replica1"]

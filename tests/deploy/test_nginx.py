"""Debian's nginx with docs/deploy/nginx.conf in front of the site: what readers get through it, and what it holds."""

import gzip
import re
import time
from collections.abc import Callable
from urllib.parse import urlencode

import brotli
import pytest
from django.templatetags.static import static

from config.middleware import LARGEST_REQUEST
from tests.browser.cast import PASSWORD, SECRETARY
from tests.deploy.reader import Answer, Reader
from tests.deploy.stub import HELD, stub
from tests.nginx import NAME, Front

YEAR = "/eskilstuna/socialnamnden/2017"
COMPARE = f"{YEAR}/jamfor/"
JUDGE = f"/arbete{YEAR}/delar/v/1/"
GOAL = f"{YEAR}/v/1/"
HTML = '<li class="goal"'


def wait_for_the_next_second() -> None:
    """Wait until most of a second is left."""
    time.sleep(-time.time() % 1 + 0.01)


def within_a_second(ask: Callable[[], list[Answer]]) -> list[Answer]:
    """Ask for what belongs to one second within one, and again in another where a busy machine took longer."""
    for _ in range(20):
        wait_for_the_next_second()
        second = int(time.time())
        answers = ask()
        if int(time.time()) == second:
            return answers
    raise AssertionError("the machine is too busy to ask for anything within a second")


@pytest.fixture(scope="module")
def cookies(site: Front) -> dict[str, str]:
    """Sign in through nginx, and give what was said of each cookie."""
    reader = Reader(site)
    token = reader.ask("/logga-in/").cookie("csrftoken")
    given = value_of(token)
    form = urlencode({"csrfmiddlewaretoken": given, "login": SECRETARY, "password": PASSWORD})
    answer = send(reader, "/logga-in/", form, f"csrftoken={given}")
    assert answer.status == 302
    return {"csrftoken": answer.cookie("csrftoken") or token, "sessionid": answer.cookie("sessionid")}


@pytest.fixture(scope="module")
def signed_in(cookies: dict[str, str]) -> str:
    """Give the cookies that a browser sends once somebody is signed in."""
    return "; ".join(f"{name}={value_of(said)}" for name, said in cookies.items())


def value_of(cookie: str) -> str:
    return cookie.partition("=")[2].partition(";")[0]


def send(reader: Reader, path: str, form: str, cookie: str) -> Answer:
    headers = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Origin": f"https://{NAME}"}
    return reader.ask(path, "POST", form, **headers)


class TestOverHTTPS:
    def test_http_leads_there(self, reader):
        """Whatever is asked for without HTTPS is led to the same address with it."""
        answer = reader.ask("/sok/?q=skola", secure=False)
        assert (answer.status, answer.headers["Location"]) == (308, f"https://{NAME}/sok/?q=skola")

    @pytest.mark.parametrize("path", [COMPARE, "/logga-in/", "/data/", "/data/mal.csv", "/static/css/site.css", "/nej"])
    def test_every_header_stands_once(self, reader, path):
        """Nothing is said by both nginx and the site, and HSTS is said by the site."""
        answer = reader.ask(path)
        names = [name.lower() for name in answer.headers]
        assert sorted(names) == sorted(set(names) | ({"set-cookie"} & set(names)))
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Server"] == "nginx"
        assert ("strict-transport-security" in names) == ("/static/" not in path)

    def test_cookies_go_over_https_alone(self, cookies):
        """The site knows through nginx that it is asked over HTTPS."""
        assert all("; Secure" in said for said in cookies.values())
        assert "; HttpOnly" in cookies["sessionid"]

    def test_who_asks_too_often_is_told_by_the_own_address(self, reader):
        """What a reader claims in X-Forwarded-For is not believed; somebody at another address is not refused."""
        asked = (
            reader.ask(f"/data/kommuner.csv?{n}", X_Forwarded_For=f"198.51.100.{n % 256}", Cookie="csrftoken=x").status
            for n in range(1000)
        )
        assert next(asked) == 200
        assert 429 in asked
        other = Reader(reader.front, "127.0.0.2").ask("/data/kommuner.csv", X_Forwarded_For="127.0.0.1")
        assert other.status == 200

    def test_too_large_a_body(self, reader):
        """More than any document is refused in Swedish before it is sent to the site, which would close on it."""
        answer = reader.ask("/logga-in/", "POST", None, Content_Length=str(LARGEST_REQUEST + 1))
        assert answer.status == 413
        assert "högst 20 MB" in answer.text
        assert answer.headers["Content-Type"] == "text/html"

    def test_as_large_a_body_as_the_site_takes(self, reader, signed_in):
        """A document of 20 MB with its form reaches the site, which says itself what is wrong with it."""
        token = value_of(signed_in.partition(";")[0])
        form = (
            f'--x\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'
            '--x\r\nContent-Disposition: form-data; name="file"; filename="plan.txt"\r\n\r\n'
        ).encode()
        body = form + b"x" * (LARGEST_REQUEST - len(form) - 9) + b"\r\n--x--\r\n"
        answer = reader.ask(
            "/arbete/import/",
            "POST",
            body,
            Content_Type="multipart/form-data; boundary=x",
            Cookie=signed_in,
            Origin=f"https://{NAME}",
        )
        assert answer.status == 422
        assert "20 MB" in answer.text


class TestHeldPages:
    def test_a_second_answer_is_the_held_one(self, reader):
        """A public page is asked of the site once in a second, also by readers with cookies of other sites."""
        first, second = within_a_second(
            lambda: [reader.ask(COMPARE), reader.ask(COMPARE, Cookie="_municipal_statistics=1")]
        )
        assert first.text.count(HTML) == 78
        assert (first.cache, second.cache) == ("MISS", "HIT")
        assert first.body == second.body

    def test_each_answer_has_its_own_number(self, reader):
        """The request's number, which the log has, is not that of whoever asked first."""
        numbers = {reader.ask(COMPARE).headers["X-Request-ID"] for _ in range(2)}
        assert len(numbers) == 2

    def test_who_is_signed_in_gets_a_page_that_nobody_else_does(self, reader, signed_in):
        """A page for somebody who is signed in is not held, and a held one is not theirs."""
        held, own, after = within_a_second(
            lambda: [reader.ask(COMPARE), reader.ask(COMPARE, Cookie=signed_in), reader.ask(COMPARE)]
        )
        assert "Logga ut" in own.text
        assert own.cache == ""
        assert after.cache == "HIT"
        assert held.body == after.body
        assert "Logga ut" not in after.text

    def test_what_sets_a_cookie_is_not_held(self, reader):
        """Each reader gets a form with a token of their own."""
        first, second = within_a_second(lambda: [reader.ask("/logga-in/"), reader.ask("/logga-in/")])
        assert first.cookie("csrftoken") != second.cookie("csrftoken")
        assert second.cache == "MISS"

    def test_what_a_browser_has_already_is_not_sent_again(self, reader):
        """Both a held page and one that is fetched anew answer 304 to who has it."""
        tag = reader.ask(COMPARE).headers["ETag"]
        answers = within_a_second(lambda: [reader.ask(COMPARE, If_None_Match=tag) for _ in range(2)])
        assert [(answer.status, answer.body) for answer in answers] == [(304, b"")] * 2
        assert [answer.cache for answer in answers] == ["MISS", "HIT"]
        assert reader.ask(COMPARE, If_None_Match='"another"').status == 200

    @pytest.mark.parametrize(
        ("accepted", "packed"),
        [
            ("gzip, deflate, br, zstd", "br"),
            ("br;q=0, gzip", "gzip"),
            ("deflate, GZIP;q=0.5", "gzip"),
            ("gzip;q=0", None),
            ("identity", None),
        ],
    )
    def test_each_gets_what_it_can_unpack(self, reader, accepted, packed):
        """A page is held packed for those who can unpack it, and as it is for others."""
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[packed]
        plain, *answers = within_a_second(
            lambda: [reader.ask(COMPARE), *(reader.ask(COMPARE, Accept_Encoding=accepted) for _ in range(2))]
        )
        for answer in answers:
            assert answer.headers["Content-Encoding"] == packed
            assert unpack(answer.body) == plain.body

    def test_a_part_is_not_held_as_the_page(self, reader):
        """What htmx asks for to replace a part of a page, and the page, are two things; also when one has gone back."""
        part, whole, back = within_a_second(
            lambda: [
                reader.ask(COMPARE, HX_Request="true"),
                reader.ask(COMPARE),
                reader.ask(COMPARE, HX_Request="true", HX_History_Restore_Request="true"),
            ]
        )
        assert "<!doctype html>" not in part.text
        assert whole.text.startswith("<!doctype html>")
        assert back.body == whole.body

    def test_what_is_written_is_seen_within_a_second(self, reader, signed_in):
        """From the next second on, everybody sees what somebody has written."""
        for status in ("in_progress", "achieved", "not_started"):
            wait_for_the_next_second()
            before = reader.ask(GOAL).body
            page = reader.ask(JUDGE, Cookie=signed_in)
            form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
            sent = send(reader, JUDGE, urlencode({**form, "status": status}), signed_in)
            assert sent.status == 302
            wait_for_the_next_second()
            assert reader.ask(GOAL).body != before


class TestStaticFiles:
    def test_they_never_reach_the_site(self, told):
        """The front server gives them out itself, packed beforehand, for good where the name says what is in them."""
        behind, front = told
        reader = Reader(front)
        css = reader.ask("/static/css/site.css", Accept_Encoding="gzip")
        assert css.headers["Content-Type"] == "text/css; charset=utf-8"
        assert css.headers["Content-Encoding"] == "gzip"
        assert css.headers["Cache-Control"] == "public, max-age=60"
        assert css.headers["Vary"] == "Accept-Encoding"
        named = reader.ask(static("css/site.css"))
        assert named.status == 200
        assert named.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert behind.asked == []

    def test_one_that_is_not_there_is_answered_by_the_site(self, told):
        """So a reader who comes in the middle of an upgrade gets the site's own words."""
        behind, front = told
        assert Reader(front).ask("/static/css/nothing.css").status == 404
        assert behind.times("/static/css/nothing.css") == 1

    @pytest.mark.parametrize("path", ["/static/../secret_key", "/static/%2e%2e/secret_key", "/static../secret_key"])
    def test_nothing_beside_them_is_given_out(self, told, path):
        """The key and the database lie beside the static files."""
        _, front = told
        assert Reader(front).ask(path).status == 404


class TestWhateverTheSiteSays:
    def test_nothing_that_a_reader_makes_up_decides_what_others_get(self, told):
        """All that reaches the site of a page that is held is what it is held under, each header once."""
        behind, front = told
        behind.answers["/page"] = (200, HELD)
        reader = Reader(front)
        reader.ask(
            "/page",
            Cookie="other=1",
            X_Forwarded_For="198.51.100.1",
            X_Forwarded_Proto="http",
            HX_Request="%74rue",
            HX_Request_URI_AutoEncoded="true",
            Accept_Encoding="zstd, br;q=0.9, gzip",
            If_None_Match='"x"',
            Range="bytes=0-1",
        )
        path, headers = behind.asked[-1]
        got = {name.lower(): value for name, value in headers}
        assert len(got) == len(headers)
        assert len(got.pop("x-request-id")) == 32
        assert (path, got) == (
            "/page",
            {
                "host": NAME,
                "x-forwarded-proto": "https",
                "x-forwarded-for": "127.0.0.1",
                "accept-encoding": "br, gzip",
                "hx-request": "%74rue",
            },
        )

    def test_a_header_that_is_sent_twice(self, told):
        """The site is told of one, and the page is held under that one."""
        behind, front = told
        behind.answers["/twice"] = (200, HELD)
        Reader(front).ask("/twice", HX_Request="false", **{"hx_request": "true"})
        assert [value for name, value in behind.asked[-1][1] if name.lower() == "hx-request"] == ["false"]

    @pytest.mark.parametrize(
        "said",
        [
            {},
            {"Cache-Control": "private, s-maxage=1"},
            {"Cache-Control": "no-store"},
            {"Cache-Control": "public, max-age=0"},
            {**HELD, "Set-Cookie": "a=1"},
            {**HELD, "Vary": "*"},
            {**HELD, "Vary": "Accept-Encoding, Accept-Language"},
        ],
        ids=lambda said: "; ".join(f"{name}: {value}" for name, value in said.items()) or "nothing",
    )
    def test_what_is_not_kept(self, told, said):
        """What is private, sets a cookie, says nothing, or depends on what it is not held under is asked for anew."""
        behind, front = told
        path = f"/{len(behind.asked)}"
        behind.answers[path] = (200, said)
        answers = within_a_second(lambda: [Reader(front).ask(path) for _ in range(2)])
        assert len({answer.body for answer in answers}) == 2

    @pytest.mark.parametrize("headers", [{"Cookie": "a=1; sessionid=x"}, {"Cookie": "csrftoken=x"}], ids=str)
    def test_who_has_our_cookies_is_neither_given_nor_leaves_anything(self, told, headers):
        """They get every page from the site, which gets their cookies and is asked whether they have the newest."""
        behind, front = told
        path = f"/{len(behind.asked)}"
        behind.answers[path] = (200, HELD)
        reader = Reader(front)
        answers = within_a_second(lambda: [reader.ask(path, **more) for more in (headers, {}, headers, {})])
        bodies = [answer.body for answer in answers]
        assert bodies[1] == bodies[3]
        assert len(set(bodies)) == 3
        reader.ask(path, If_None_Match='"x"', **headers)
        got = dict(behind.asked[-1][1])
        assert (got["Cookie"], got["If-None-Match"]) == (headers["Cookie"], '"x"')

    def test_a_form_is_never_answered_with_a_held_page(self, told):
        """Only what is read is held."""
        behind, front = told
        behind.answers["/form"] = (200, HELD)
        bodies = [Reader(front).ask("/form", method).body for method in ("GET", "POST", "POST")]
        assert len(set(bodies)) == 3

    def test_no_page_is_more_than_a_second_old(self, told):
        """However one reads, a page was made in the second that it was asked for in, and once in each."""
        behind, front = told
        behind.answers["/moment"] = (200, HELD)
        reader, began, asked = Reader(front), int(time.time()), 0
        while asked < 20 or time.time() < began + 3:
            second = int(time.time())
            assert int(float(reader.ask("/moment").body)) >= second
            asked += 1
        seconds = int(time.time()) - began + 1
        assert behind.times("/moment") <= seconds
        assert asked > seconds, "each was asked for in a second of its own, so nothing was held"

    def test_an_old_page_is_not_given_out_for_a_new_trouble(self, told):
        """Where the site cannot answer, readers are told, and not shown what held before."""
        behind, front = told
        behind.answers["/trouble"] = (200, HELD)
        reader = Reader(front)
        assert reader.ask("/trouble").status == 200
        behind.answers["/trouble"] = (503, {"Retry-After": "7"})
        wait_for_the_next_second()
        answer = reader.ask("/trouble")
        assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
        behind.answers["/trouble"] = (200, HELD)
        assert reader.ask("/trouble").status == 200


class TestSiteIsDown:
    def test_it_is_said_calmly_and_ends_by_itself(self, nobody):
        """It is said in Swedish that the site does not answer and when to come back, until it answers again."""
        port, front = nobody
        reader = Reader(front)
        for method in ("GET", "POST"):
            answer = reader.ask("/page", method)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "30")
            assert "Nämndkollen svarar inte just nu" in answer.text
            assert answer.headers["Cache-Control"] == "no-store"
        with stub(port) as behind:
            behind.answers["/page"] = (200, {})
            assert reader.ask("/page").status == 200

    def test_the_page_looks_like_the_site(self, nobody):
        """What it is made of is there without the site, and its policy lets it in."""
        _, front = nobody
        reader = Reader(front)
        page = reader.ask("/page")
        for path in re.findall(r'href="(/static/[^"]+)"', page.text):
            assert reader.ask(path).status == 200
        assert "style-src 'self'" in page.headers["Content-Security-Policy"]
        assert 'lang="sv"' in page.text

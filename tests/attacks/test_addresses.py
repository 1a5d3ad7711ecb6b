"""What an address, a host or a header may try to make of the site."""

import pytest
from django.test import Client

from tests.cast import NOBODY, SECRETARY, Cast
from tests.config.test_access import DOORS
from tests.conftest import YEAR

EVIL = "evil.example"
#: Ways to write another site's address so that it looks like a path of ours.
ELSEWHERE = (
    *(f"//{EVIL}", f"https://{EVIL}", f"/\\{EVIL}", f"\\\\{EVIL}", f"/\t/{EVIL}", f"\t//{EVIL}", f"https:{EVIL}"),
    *(
        f"http:///{EVIL}",
        f"/%2f/{EVIL}",
        f"////{EVIL}",
        "javascript:alert(1)",
        f"https://testserver@{EVIL}/",
        f"/\r\n//{EVIL}",
    ),
)
#: Ways out of a folder.
OUT = ("../settings.py", "..%2f..%2fsettings.py", "%2e%2e/%2e%2e/etc/passwd", "....//etc/passwd", "..\\settings.py")


def leads_away(response) -> bool:
    """Tell whether a browser would go to another site: it takes a backslash for a slash, and leaves tabs out."""
    place = "".join(sign for sign in response.get("Location", "") if sign not in "\t\r\n").replace("\\", "/").strip()
    return place.startswith("//") or (
        place.partition(":")[0] in ("http", "https", "javascript") and "testserver/" not in place
    )


@pytest.mark.parametrize("who", [NOBODY, SECRETARY])
def test_nothing_leads_to_another_site(cast: Cast, who: str):
    """Whatever stands in ``next``, or in any other question that a page asks, who follows us stays with us."""
    client = cast.client(who)
    doors = ("account_login", "account_logout", "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate")
    followed = ("start", "compare", "overview", "search", "changes", "work", "plan_year", "report", "account")
    for name in (*doors, *followed):
        address = DOORS[name][0].partition("?")[0]
        for place in ELSEWHERE if name in doors else ELSEWHERE[:4]:
            said = dict.fromkeys(("next", "url", "amne", "namnd", "per", "parti", "redirect_to"), place)
            assert not leads_away(client.get(address, said)), f"{name} {place!r}"
    for place in ELSEWHERE:
        client = cast.client(who)
        assert not leads_away(client.post("/logga-ut/", {"next": place})), place
        assert not leads_away(Client().get("/admin/login/", {"next": place})), place


@pytest.mark.parametrize("address", [f"//{EVIL}/jamfor", f"//{EVIL}/%2e%2e", f"/\\{EVIL}/jamfor", f"///{EVIL}//x"])
def test_a_missing_slash_leads_nowhere_else(client: Client, plans, address: str):
    """An address that lacks its last slash is not completed to another site's."""
    assert not leads_away(client.get(address))


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"])
def test_no_header_says_where_we_are(client: Client, plans, header: str):
    """Absolute links are made from the host that was asked and is ours, and from no header that anybody may send."""
    value = f"host={EVIL}" if header == "Forwarded" else EVIL
    for address in (
        "/",
        f"{YEAR}/jamfor/",
        f"{YEAR}/v/25/",
        "/andringar/atom.xml",
        "/sitemap.xml",
        "/robots.txt",
        "/data/",
    ):
        response = client.get(address, headers={header: value})
        assert response.status_code == 200
        assert EVIL not in response.getvalue().decode(), address


def test_files_out_of_reach(client: Client, plans):
    """No address leads out of the folder of static files, or to a file that is not one of those that are listed."""
    for way in OUT:
        for address in (f"/static/{way}", f"/data/{way}", f"{YEAR}/v/{way}", f"/data{YEAR}/{way}.csv", f"/{way}"):
            response = client.get(address)
            assert response.status_code in (400, 404), address
            assert b"SECRET_KEY" not in response.getvalue()
            assert b"root:" not in response.getvalue()


@pytest.mark.parametrize("end", ["x.css", "x.js", "..%2fx.css", ";x.css", "%0ax.css"])
def test_no_private_page_looks_like_a_file(cast: Cast, end: str):
    """A cache that keeps whatever is called .css is given nothing of who is signed in."""
    for address in ("/konto/", "/arbete/", f"/arbete{YEAR}/delar/", "/folj/"):
        response = cast.client(SECRETARY).get(f"{address}{end}")
        assert response.status_code == 404 or "no-store" in response["Cache-Control"], address
        assert cast.secretary.email not in response.getvalue().decode()


def test_a_method_is_the_one_that_was_sent(cast: Cast):
    """Neither a header nor a field makes another method of it."""
    other = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}
    client = cast.client(SECRETARY)
    assert client.get("/logga-ut/", {"_method": "POST"}, headers=other).status_code == 200
    assert client.get("/konto/").status_code == 200


def test_the_same_question_twice(client: Client, plans):
    """A question that is asked twice is answered, whichever of the two is taken."""
    for name in ("q", "per", "amne", "parti", "slag", "period", "mot", "sida", "efter", "visa"):
        for address in ("/sok/", f"{YEAR}/jamfor/", f"{YEAR}/oversikt/", f"{YEAR}/v/", "/andringar/", "/api/v1/mal"):
            response = client.get(f"{address}?{name}=x&{name}=2017-01-01&{name}[]=y", REMOTE_ADDR=f"10.1.{len(name)}.1")
            assert response.status_code in (200, 422), f"{address} {name}"


@pytest.mark.parametrize("method", ["CONNECT", "TRACE", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_other_methods(cast: Cast, method: str):
    """What neither reads nor sends a form is refused everywhere, and no page is shown to it."""
    client = cast.client(SECRETARY)
    addresses = [address.format(decision=1, draft=1) for address, _ in DOORS.values()]
    answers = {client.generic(method, address).status_code for address in addresses}
    assert answers == {405}

"""Pages of the site itself, and the answers when something is wrong."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.template.backends.django import Template
from django.test import Client, override_settings
from django.urls import path
from django.utils import timezone

from config import urls
from proposals.manifest import PLANS
from tests.conftest import BASE, YEAR
from tests.factories import PlanYearFactory, ProposalFactory


def broken(request):
    raise RuntimeError("something is wrong")


def forbidden(request):
    raise PermissionDenied


urlpatterns = [path("trasig/", broken), path("forbjuden/", forbidden), *urls.urlpatterns]
handler404, handler403, handler500 = urls.handler404, urls.handler403, urls.handler500


@override_settings(ROOT_URLCONF="tests.config.test_site")
def test_server_error_needs_no_database(client: Client):
    """The page for a fault on our side is whole without the database: this test has none."""
    client.raise_request_exception = False
    response = client.get("/trasig/")
    assert response.status_code == 500
    assert "Något gick fel hos oss" in response.content.decode()


@override_settings(ROOT_URLCONF="tests.config.test_site")
def test_forbidden(client: Client):
    """A page that one may not see says so in plain words."""
    response = client.get("/forbjuden/")
    assert response.status_code == 403
    assert "Du har inte tillgång till sidan" in response.content.decode()


def test_robots(client: Client):
    """Everything may be read, and the site map is named."""
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert "Sitemap: http://testserver/sitemap.xml" in response.content.decode()


def site_map(client: Client) -> list[str]:
    index = client.get("/sitemap.xml").content.decode()
    return [
        address
        for section in re.findall(r"<loc>http://testserver(.*?)</loc>", index)
        for address in re.findall(r"<loc>http://testserver(.*?)</loc>", client.get(section).content.decode())
    ]


def test_sitemap_lists_every_public_page(client: Client, plans):
    """The site map leads to each page; that each of them answers is tested with the links below."""
    addresses = site_map(client)
    assert len(addresses) == len(set(addresses)) == 8 + 1 + 1 + 3 * 1 + 2 + 78 + 8 + 33
    assert {"/eskilstuna/", "/eskilstuna/socialnamnden/", f"{YEAR}/kd/27/"} <= set(addresses)


def test_favicon(client: Client):
    """Browsers that ask at the old place are led to the icon."""
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert re.fullmatch(r"/static/favicon\.[0-9a-f]+\.ico", response["Location"])


@pytest.mark.parametrize("address", ["/om/", "/tillganglighet/"])
def test_pages_of_the_site_need_no_database(client: Client, address):
    """They can be read even while the database is away: this test has none."""
    assert client.get(address).status_code == 200


ITEMS = (
    "Hur tillgänglig är webbplatsen?",
    "Vad kan du göra om du inte kan använda delar av webbplatsen?",
    "Rapportera brister i tillgängligheten",
    "Tillsyn",
    "Teknisk information om webbplatsens tillgänglighet",
    "Innehåll som inte är tillgängligt",
    "Oskäligt betungande anpassning",
    "Hur vi har testat webbplatsen",
)


def test_accessibility_statement(client: Client):
    """The statement has every item that Digg requires, and says what is not known yet."""
    content = client.get("/tillganglighet/").content.decode()
    for item in ITEMS:
        assert f"<h2>{item}</h2>" in content
    assert content.count("ännu inte bestäm") == 4


@override_settings(OPERATOR="Provköpings kommun", CONTACT_EMAIL="prov@example.org")
def test_accessibility_statement_when_known(client: Client):
    """Once operator and contact are set, the statement names them."""
    content = client.get("/tillganglighet/").content.decode()
    assert "Provköpings kommun" in content
    assert content.count("mailto:prov@example.org") == 2


@override_settings(CONTACT_EMAIL="prov@example.org", SITE_ADDRESS="https://prov.example")
def test_whom_to_tell_of_a_hole(client: Client):
    """Once there is a contact, security.txt names it, and does not grow old."""
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    said = dict(line.split(": ", 1) for line in lines)
    assert said["Contact"] == "mailto:prov@example.org"
    assert said["Canonical"] == "https://prov.example/.well-known/security.txt"
    assert said["Expires"] > timezone.now().isoformat()


def test_every_internal_link_resolves(client: Client, plans):
    """No page links to an address or an anchor that is not there, nor does the site map."""
    seen: dict[str, set[str]] = {}
    anchors: dict[str, list[tuple[str, str]]] = {}
    mapped = site_map(client)
    waiting = ["/", *mapped]
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        # What is for one's own account leads to signing in. From many addresses, so that no limit on readers is met.
        response = client.get(address, follow=True, REMOTE_ADDR=f"127.0.{len(seen) // 250}.{len(seen) % 250}")
        assert response.status_code == 200, address
        assert not (address in mapped and response.redirect_chain), address
        whole = response.getvalue()  # of a file too, which is closed once it has been read
        content = whole.decode() if "html" in response["Content-Type"] else ""
        seen[address] = set(re.findall(r'\sid="([^"]+)"', content))
        anchors[address] = re.findall(r'<a [^>]*href="([^"#]*)#([^"]+)"', content)
        for href in re.findall(r'<a [^>]*href="([^"#]*)(?:#[^"]*)?"', content):
            target = href.replace("&amp;", "&")
            target = address.partition("?")[0] + target if target.startswith("?") else target
            # One filter at a time is enough: their combinations are without end.
            if target.startswith("/") and target not in seen and target not in waiting and target.count("=") < 2:
                waiting.append(target)
    assert len(seen) > 130
    for address, found in anchors.items():
        for href, anchor in found:
            assert anchor in seen[href or address], f"{address} links to {href}#{anchor}"


def test_addresses_cannot_carry_a_foreign_host(client: Client, plans):
    """A made-up host gets no page, so that no link or canonical address can lead there."""
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "Förfrågan går inte att förstå" in response.content.decode()
    assert "evil.example" not in response.content.decode()


def test_no_query_from_templates(client: Client, plans, monkeypatch):
    """While a page is rendered, the database is asked nothing."""

    def refuse(execute, sql, params, many, context):
        raise AssertionError(f"a template asked: {sql}")

    render = Template.render

    def watched(self, *arguments, **named):
        with connection.execute_wrapper(refuse):
            return render(self, *arguments, **named)

    ProposalFactory(plan_year=PlanYearFactory(committee=plans.committee, year=2018))
    monkeypatch.setattr(Template, "render", watched)
    addresses = ["/", f"{BASE}/", f"{YEAR}/jamfor/", f"{YEAR}/v/", f"{YEAR}/v/?visa=mal", f"{YEAR}/v/25/", f"{YEAR}/x/"]
    for address in [*addresses, f"{BASE}/amne/medarbetare/", f"{BASE}/fraga/tjejhus/"]:
        assert client.get(address).status_code in (200, 404)


def test_plans_in_the_repository_are_the_ones_received():
    """The two documents are byte for byte as they were received."""
    from hashlib import sha256

    folder = PLANS / "eskilstuna-socialnamnden-2017"
    assert {path.name: sha256(path.read_bytes()).hexdigest()[:16] for path in folder.glob("*-2017.*")} == {
        "kristdemokraterna-socialnamnden-2017.txt": "15e6978d96284bcb",
        "vansterpartiet-socialnamnden-2017.md": "c365ddae3430d4b9",
    }

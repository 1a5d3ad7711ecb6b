"""``manage.py export_site``: a copy of the whole public site in which every link leads to what it says."""

import hashlib
import json
import posixpath
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.core.management import CommandError
from django.db import connection
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import path

from config import urls
from config.static_copy.copying import CHECKSUMS, MANIFEST, READ_ME, one_moment
from config.static_copy.living import LivingSite
from parties.models import Party
from proposals.models import PlanYear
from tests.conftest import BASE, YEAR, Clock
from tests.factories import PartyFactory, PlanYearFactory, ProposalFactory
from tests.static_copy import SITE, export, load_plans_with_example


def broken(request):
    raise RuntimeError("something is wrong")


def missing(request):
    raise Http404


def with_links(request):
    """Lead to nothing, to sign in, to an unknown query, elsewhere and to a fault."""
    html = (
        "<!doctype html><body><main><h1>Länkar</h1><a href='/finns-inte/'>1</a> <a href='/konto/'>2</a> "
        "<a href='/om/?q=x'>3</a> <a href='https://annan.example/'>4</a> <a href='/trasig/'>5</a>"
        "<form method=post><input></form></main>"
    )
    return HttpResponse(html)


def without_fault(request):
    return HttpResponse(with_links(request).content.replace(b"<a href='/trasig/'>5</a>", b""))


handler404, handler500 = urls.handler404, urls.handler500
urlpatterns = [
    path("", with_links),
    path("trasig/", broken),
    path("finns-inte/", missing),
    path("for-ofta/", lambda request: HttpResponse(status=429)),
    *urls.urlpatterns,
]


class Sound:
    """The addresses where nothing is broken."""

    handler404, handler500 = urls.handler404, urls.handler500
    urlpatterns = [path("", without_fault), *urlpatterns[2:]]


class Busy:
    """The addresses where one is told to come again later."""

    handler404, handler500 = urls.handler404, urls.handler500
    urlpatterns = [path("", lambda request: HttpResponse("<main><a href='/for-ofta/'>1</a>")), *urlpatterns[2:]]


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch, settings) -> None:
    """Let what is asked in this process be answered without the log's complaint of what is broken on purpose."""
    settings.SITE_ADDRESS = SITE


@pytest.fixture
def living(copy: Path, client: Client) -> Client:
    """Give somebody who reads the site that the copy was made of."""
    if not PlanYear.objects.exists():
        load_plans_with_example()
    client.defaults["HTTP_HOST"] = "localhost:8000"
    return client


@pytest.fixture
def small(db: None, clock: Clock) -> None:
    """Give a site with one plan, that is quick to copy."""
    ProposalFactory(plan_year=PlanYearFactory())


class Links(HTMLParser):
    """What a file has: its anchors, its links with what stands in them, and its elements."""

    def __init__(self, html: str):
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[tuple[str, str, str]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.elements.append((tag, said))
        if "id" in said:
            self.anchors.add(said["id"])
        for name in ("href", "src", "poster", "data", "xlink:href", "action", "srcset"):
            if name in said and said.get("rel") != "canonical":
                if tag == "a":
                    self.open.append(len(self.links))
                self.links.append((tag, said[name] or "", ""))

    def handle_data(self, data):
        for number in self.open:
            tag, href, text = self.links[number]
            self.links[number] = (tag, href, text + data)

    def handle_endtag(self, tag):
        if tag == "a":
            self.open.clear()


def html_files(copy: Path) -> dict[str, Links]:
    return {
        place.relative_to(copy).as_posix(): Links(place.read_bytes().decode()) for place in sorted(copy.rglob("*.html"))
    }


def lands_on(file: str, href: str) -> str:
    return unquote(posixpath.normpath(posixpath.join(posixpath.dirname(file), urlsplit(href).path)))


def test_every_link_in_the_copy_leads_to_a_file(copy: Path):
    """Links within the copy are relative, without a query, and lead to a file and to an anchor that are there."""
    pages = html_files(copy)
    within = living = 0
    for file, page in pages.items():
        for tag, href, text in page.links:
            parts = urlsplit(href)
            if parts.scheme == "mailto" or (not parts.path and not parts.query):
                assert not parts.fragment or parts.fragment in page.anchors, (file, href)
                continue
            if parts.netloc:
                # Only a reader's own step leads out of the copy, and those to the site say so.
                assert tag == "a", (file, href)
                if href.startswith(SITE) and text != unquote(href):
                    assert text.endswith("↗ (på webbplatsen)"), (file, href, text)
                    living += 1
                continue
            within += 1
            assert not href.startswith("/"), (file, href)
            assert not parts.query, (file, href)
            target = lands_on(file, href)
            assert (copy / target).is_file(), (file, href)
            if parts.fragment and target in pages:
                assert parts.fragment in pages[target].anchors, (file, href)
    assert within > 5000
    assert living > 200


def test_every_address_in_style_sheets_leads_to_a_file(copy: Path):
    """Fonts and whatever else style sheets name lie where they say."""
    named = [
        (place, href) for place in copy.rglob("*.css") for href in re.findall(r'url\("?([^")]+)', place.read_text())
    ]
    assert len(named) >= 3
    for place, href in named:
        assert (place.parent / href).is_file(), (place, href)


def test_links_lead_to_what_they_led_to_on_the_site(copy: Path, living: Client):
    """Page for page and link for link, a file is the copy of the address that the living page links to."""
    site = LivingSite(SITE)
    manifest = json.loads((copy / MANIFEST).read_text())
    source = {file["path"]: (file["source"] or "").removeprefix(SITE) for file in manifest["files"]}
    files = {address: path for path, address in source.items()}
    addresses = ("/", f"{BASE}/", f"{YEAR}/jamfor/", f"{YEAR}/jamfor/?amne=medarbetare", f"{YEAR}/v/", f"{YEAR}/v/25/")
    for address in (*addresses, f"{YEAR}/kd/?visa=mal", "/andringar/", f"{BASE}/fraga/faltassistenter/", "/om/"):
        file = files[address]
        html = living.get(address).content.decode()
        before = Links(re.sub(r"<form.*?</form>|<link rel=.preload.[^>]*>", "", html, flags=re.S))
        after = Links(re.sub(r'<aside class="wide copy".*?</aside>', "", (copy / file).read_text(), flags=re.S))
        wanted = [(href, text) for tag, href, text in before.links if tag == "a"]
        found = [(href, text) for tag, href, text in after.links if tag == "a" and "webbplatsen ↗" not in text]
        assert len(wanted) == len(found) > 5
        for (href, text), (copied, its_text) in zip(wanted, found, strict=True):
            assert its_text.removesuffix(" ↗ (på webbplatsen)") == text
            where = site.resolve(address, href)
            if where is None:
                assert copied == href
            elif copied.startswith(SITE):
                assert copied == SITE + where[0] + (f"#{where[1]}" if where[1] else "")
            else:
                assert source[lands_on(file, copied)] == where[0]
                assert urlsplit(copied).fragment == where[1]


def test_nothing_needs_a_server(copy: Path):
    """No form, no script that runs, nothing that asks for more."""
    for file, page in html_files(copy).items():
        for tag, said in page.elements:
            assert tag != "form", file
            assert tag != "script" or said.get("type") == "application/ld+json", file
            assert not [name for name in said if name.startswith("hx-")], file
            assert said.get("rel") not in ("preload", "search"), file


def test_every_page_says_what_it_is(copy: Path):
    """Each page says that it is a copy, of which address and of when, before anything else; and once."""
    sources = {file["path"]: file["source"] for file in json.loads((copy / MANIFEST).read_text())["files"]}
    for place in copy.rglob("*.html"):
        html = place.read_text()
        file = place.relative_to(copy).as_posix()
        assert html.count('<aside class="wide copy"') == 1
        said = html[html.index('<aside class="wide copy"') : html.index("</aside>")]
        address = unquote(sources[file] or f"{SITE}/").replace("&", "&amp;")
        assert f">{address}</a>, gjord 20 september 2017 kl. 10.00." in said, file
        assert html.index("</aside>") < html.index("<h1")


def test_everything_but_links_and_forms_stays(copy: Path, living: Client):
    """Byte for byte: what readers see of a party's words, and files as the site sends them."""
    for address, file in (
        (f"{YEAR}/v/original/", f"{YEAR}/v/original/vansterpartiet-socialnamnden-2017.md"),
        (f"{YEAR}/kd/original/", f"{YEAR}/kd/original/kristdemokraterna-socialnamnden-2017.txt"),
        (f"{YEAR}/kd/plan.json", f"{YEAR}/kd/plan.json"),
        (f"{YEAR}/kd/plan.csv", f"{YEAR}/kd/plan.csv"),
        ("/andringar/atom.xml", "/andringar/atom.xml"),
        ("/sitemap-mal.xml", "/sitemap-mal.xml"),
    ):
        assert (copy / file[1:]).read_bytes() == living.get(address).content
    strip = re.compile(
        r'<aside class="wide copy".*?</aside>\n|<link rel="(?:preload|search)"[^>]*>'
        r"|<script (?!type)[^>]*></script>",
        re.S,
    )
    links = re.compile(
        r' href="[^"]*"| <span aria-hidden="true">↗</span><span class="hidden"> \(på webbplatsen\)</span>'
    )
    for address in (f"{YEAR}/v/", f"{YEAR}/v/25/", "/om/"):
        before = links.sub("", strip.sub("", living.get(address).content.decode()))
        assert links.sub("", strip.sub("", (copy / address[1:] / "index.html").read_bytes().decode())) == before


def test_manifest_and_checksums(copy: Path):
    """Every file is in both lists, with its size and checksum, and `sha256sum` agrees."""
    manifest = json.loads((copy / MANIFEST).read_text())
    files = {file["path"]: file for file in manifest["files"]}
    there = {place.relative_to(copy).as_posix() for place in copy.rglob("*") if place.is_file()}
    assert there == {*files, MANIFEST, CHECKSUMS}
    assert manifest["site"] == SITE
    assert manifest["made_at"] == "2017-09-20T10:00:00+02:00"
    for name, file in files.items():
        content = (copy / name).read_bytes()
        assert (file["size"], file["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert file["source"] is None if name == READ_ME else file["source"].startswith(f"{SITE}/")
    assert files[f"{YEAR[1:]}/v/original/vansterpartiet-socialnamnden-2017.md"]["media_type"] == "text/plain"
    checked = subprocess.run(["sha256sum", "--check", "--strict", CHECKSUMS], cwd=copy, capture_output=True, text=True)
    assert checked.returncode == 0
    assert checked.stdout.count(": OK") == len(files) + 1


def test_what_there_is(copy: Path):
    """Pages, navigation by query, feeds, documents, embedded views and styles are there; accounts are not."""
    for file in (
        "index.html",
        READ_ME,
        "robots.txt",
        f"{YEAR[1:]}/jamfor/index,amne=medarbetare.html",
        f"{YEAR[1:]}/jamfor/index,parti=v,parti=kd.html",
        f"{YEAR[1:]}/kd/index,visa=mal.html",
        f"{YEAR[1:]}/v/inbaddad/index.html",
        f"{YEAR[1:]}/v/25/atom.xml",
        "tillganglighet/index.html",
    ):
        assert (copy / file).is_file(), file
    assert len(list(copy.glob("static/fonts/*.woff2"))) == 4
    assert list(copy.glob("andringar/index,fore=*.html"))
    assert not {"logga-in", "konto", "arbete", "admin", "folj"} & {place.name for place in copy.iterdir()}


def test_the_same_twice(small, tmp_path: Path, clock: Clock):
    """Two copies made at the same time of the same data are the same, byte for byte; a later one says another time."""
    export(tmp_path / "a")
    export(tmp_path / "b")
    sums = (tmp_path / "a" / CHECKSUMS).read_bytes()
    assert (tmp_path / "b" / CHECKSUMS).read_bytes() == sums
    clock.set(2017, 9, 20, 11)
    export(tmp_path / "b", "--force")
    assert (tmp_path / "b" / CHECKSUMS).read_bytes() != sums
    assert sorted(place.name for place in tmp_path.iterdir()) == ["a", "b"]


def test_all_pages_are_of_one_moment(committed):
    """What others write while it is copied is not in it, on any page."""
    PartyFactory()
    with one_moment():
        before = Party.objects.count()
        with ThreadPoolExecutor(1) as others:
            others.submit(write_apart).result()
        assert Party.objects.count() == before
    assert Party.objects.count() == before + 1


def write_apart() -> None:
    PartyFactory()
    connection.close()


def test_dry_run_leaves_nothing(small, tmp_path: Path):
    """A dry run names the files and writes none."""
    said = export(tmp_path / "a", "--dry-run")
    assert "  index.html\n" in said
    assert "Provkörning: inget har skrivits." in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.urls("tests.config.test_export_site")
def test_a_page_that_fails_stops_it(db, tmp_path: Path):
    """A fault on our side is named with the page that leads to it, and nothing is left."""
    with pytest.raises(CommandError, match=r"/trasig/ svarar 500 .*\(länkad från /\)"):
        export(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_never_with_holes(db, tmp_path: Path, settings):
    """What is told to come again later is no reason to leave a page out."""
    settings.ROOT_URLCONF = Busy
    with pytest.raises(CommandError, match=r"/for-ofta/ svarar 429 Too Many Requests \(länkad från /\)"):
        export(tmp_path / "a")


def test_every_question_from_an_address_of_its_own():
    """No pace that one reader is kept to stops a copy."""
    site = LivingSite(SITE)
    readers = {site._environment("/")["REMOTE_ADDR"] for _ in range(600)}
    assert len(readers) == 600
    assert all(reader.startswith("127.") for reader in readers)


def test_links_to_what_is_not_copied(db, tmp_path: Path, settings):
    """What is missing, needs an account or a server leads to the living site, and what is missing is named."""
    settings.ROOT_URLCONF = Sound
    said = export(tmp_path / "a")
    assert "/finns-inte/ svarar 404 Not Found (länkad från /)" in said
    html = (tmp_path / "a" / "index.html").read_text()
    mark = ' <span aria-hidden="true">↗</span><span class="hidden"> (på webbplatsen)</span></a>'
    for number, address in (("1", "/finns-inte/"), ("2", "/konto/"), ("3", "/om/?q=x")):
        assert f'<a href="{SITE}{address}">{number}{mark}' in html
    assert "<a href='https://annan.example/'>4</a>" in html
    assert "<form" not in html
    assert f'Formuläret fungerar bara på <a href="{SITE}/">webbplatsen' in html


def test_needs_an_address_that_the_site_answers_to(small, tmp_path: Path, settings):
    """With a name that the site refuses, it says which settings to look at."""
    settings.SITE_ADDRESS = "https://namnd.example"
    with pytest.raises(CommandError, match=r"namnd\.example: se SITE_ADDRESS och ALLOWED_HOSTS"):
        export(tmp_path / "a")


def test_site_over_https(small, tmp_path: Path, settings):
    """A site that answers over HTTPS alone is asked so, and the copy speaks of that address."""
    settings.SITE_ADDRESS, settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = (
        "https://n.example",
        True,
        ["n.example"],
    )
    export(tmp_path / "a")
    html = (tmp_path / "a" / "om/index.html").read_text()
    assert '<link rel="canonical" href="https://n.example/om/">' in html


def test_never_in_the_place_of_what_is_not_ours(small, tmp_path: Path):
    """A folder with something in it is left alone; an earlier copy is replaced when asked, unless it was changed."""
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "eget.txt").write_text("mitt")
    for options in ((), ("--force",)):
        with pytest.raises(CommandError, match="är inte tom"):
            export(folder, *options)
    (folder / "eget.txt").unlink()
    export(folder)
    with pytest.raises(CommandError, match="Lägg till --force"):
        export(folder)
    (folder / "eget.txt").write_text("mitt")
    with pytest.raises(CommandError, match=r"eget\.txt"):
        export(folder, "--force")
    (folder / "eget.txt").unlink()
    page = folder / "om/index.html"
    page.write_text("ändrad")
    with pytest.raises(CommandError, match=r"om/index\.html"):
        export(folder, "--force")
    page.unlink()
    export(folder, "--force")
    assert page.exists()
    assert folder.stat().st_mode & 0o055  # others may read it, as any folder one makes


@pytest.mark.parametrize(("folder", "said"), [("a/b", "finns inte"), ("fil", "är ingen mapp")])
def test_folder_that_cannot_be_used(small, tmp_path: Path, folder: str, said: str):
    """A folder that cannot be written is refused before anything is asked."""
    (tmp_path / "fil").write_text("")
    with pytest.raises(CommandError, match=said):
        export(tmp_path / folder)


def test_copies_can_be_moved(copy: Path, tmp_path: Path):
    """Nothing in a copy speaks of where it was made."""
    for place in copy.rglob("*"):
        if place.is_file() and place.suffix in (".html", ".css", ".json", ""):
            assert str(copy.parent).encode() not in place.read_bytes()
    shutil.copytree(copy / "om", tmp_path / "om")
    assert urljoin("file:///x/om/index.html", "../index.html") == "file:///x/index.html"

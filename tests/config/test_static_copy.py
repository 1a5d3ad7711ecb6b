"""The parts of a static copy: what is copied, what files are called, and how links are changed in place. Pure."""

import pytest
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from config.static_copy.ledger import Ledger
from config.static_copy.living import LivingSite
from config.static_copy.markup import Lead, UnreadError, Writing, rewritten, style_rewritten
from config.static_copy.names import LONGEST, file_name, link
from config.static_copy.policy import NAVIGATION, is_copied
from tests.config.test_access import names

HTML = "text/html"


@pytest.mark.parametrize(
    ("address", "media_type", "given_name", "expected"),
    [
        ("/", HTML, "", "index.html"),
        ("/om/", HTML, "", "om/index.html"),
        ("/a/2017/jamfor/?amne=barn", HTML, "", "a/2017/jamfor/index,amne=barn.html"),
        ("/a/jamfor/?parti=v&parti=kd", HTML, "", "a/jamfor/index,parti=v,parti=kd.html"),
        ("/a/v/plan.json", "application/json", "annat.json", "a/v/plan.json"),
        ("/a/v/original/", "text/plain", "plan 2017.md", "a/v/original/plan 2017.md"),
        ("/a/v/original/", "text/plain", "för nämnden.md", "a/v/original/för nämnden.md"),
        ("/a/v/original/", "text/plain", "a/b?.md", "a/v/original/a-b-~12a2a39b.md"),
        ("/data/mal", "text/csv", "", "data/mal.csv"),
        ("/data/folk", "application/popolo+json", "", "data/folk.json"),
        ("/data/annat", "application/x-okand", "", "data/annat"),
        ("/data/SHA256SUMS", "text/plain", "", "data/SHA256SUMS"),
        ("/data/text/", "text/plain", "", "data/text/index.txt"),
        ("/data/sida", HTML, "", "data/sida/index.html"),
        ("/sitemap-mal.xml?p=2", "application/xml", "", "sitemap-mal,p=2.xml"),
        ("/static/css/a.0123.css", "text/css", "", "static/css/a.0123.css"),
    ],
)
def test_file_names(address, media_type, given_name, expected):
    """A file is called what its address is, as far as file systems allow."""
    assert file_name(address, media_type, given_name) == expected


@given(st.text(max_size=300), st.text(max_size=300))
def test_file_names_are_safe(path, given_name):
    """Whatever an address or a document is called, its file stays in the copy and has a name that any system takes."""
    from urllib.parse import quote

    name = file_name("/" + quote(path, safe="/"), "text/plain", given_name)
    for part in name.split("/"):
        assert part not in ("", ".", "..")
        assert len(part.encode()) <= LONGEST
        assert not set(part) & set('\\:*?"<>|\0\n\r')
        assert part[0] not in " .-"
        assert not part.endswith((".", " "))


@pytest.mark.parametrize("address", ["/../../etc/passwd", "/a/..%2f..%2fb/", "/con/nul.txt", "/.git/config"])
def test_no_way_out(address):
    """An address that climbs, or that names a device, gives an ordinary name."""
    parts = file_name(address, HTML).lower().split("/")
    assert not {"..", ".", "", "con", "nul.txt", ".git"} & set(parts)


def test_links_are_relative_and_encoded():
    """A link leads from where it stands, and writes Swedish letters as addresses do."""
    assert link("a/b/index.html", "a/index.html") == "../index.html"
    assert link("index.html", "a/nämnd 1.md", "rad-1") == "a/n%C3%A4mnd%201.md#rad-1"
    assert link("a/index.html", "a/index.html", "x") == "index.html#x"


def test_names_that_some_systems_cannot_tell_apart():
    """Two addresses whose names differ in case alone become two files."""
    ledger = Ledger(["LAS-MIG.html"])
    for address in ("/A.txt", "/a.txt", "/las-mig.html"):
        ledger.add(address, "")
    names = [ledger.keep(address, address[1:], "text/plain") for address in ("/A.txt", "/a.txt", "/las-mig.html")]
    assert names[0] == "A.txt"
    assert len({name.casefold() for name in [*names, "LAS-MIG.html"]}) == 4


def test_addresses_that_lead_in_a_ring_lead_nowhere():
    """A ring of addresses ends."""
    ledger = Ledger([])
    for here, there in (("/a", "/b"), ("/b", "/a")):
        ledger.add(here, "")
        ledger.lead(here, there)
    assert ledger.path_of("/a") == ""


@pytest.mark.parametrize(
    ("address", "copied"),
    [
        ("/a/b/2017/jamfor/", True),
        ("/a/b/2017/jamfor/?amne=x", True),
        ("/a/b/2017/jamfor/?parti=v&parti=kd&amne=x", True),
        ("/a/b/2017/jamfor/?amne=x&q=y", False),
        ("/a/b/2017/v/?visa=mal", True),
        ("/a/b/2017/v/?per=2017-01-01", False),
        ("/andringar/?fore=lage-1", True),
        ("/andringar/?parti=v", False),
        ("/logga-in/", False),
        ("/arbete/a/", False),
        ("/sok/?q=x", False),
        ("/static/a.css?v=1", False),
        ("/om/?", True),
    ],
)
def test_policy(address, copied):
    """What links without a query lead to is copied, and the queries that are navigation; not what needs a server."""
    assert is_copied(address) is copied


def test_pages_of_the_policy_exist():
    """Every page that the policy names is one of the site's."""
    assert set(NAVIGATION) <= names(get_resolver().url_patterns)


SITE = LivingSite("https://namnd.example")


@pytest.mark.parametrize(
    ("href", "address", "fragment"),
    [
        ("../om/", "/om/", ""),
        ("?amne=x", "/a/?amne=x", ""),
        ("?", "/a/", ""),
        ("?#plats", "/a/", "plats"),
        ("/b/#rad-1", "/b/", "rad-1"),
        ("https://namnd.example", "/", ""),
        ("https://namnd.example/b/?x=å", "/b/?x=%C3%A5", ""),
        ("//namnd.example/b/", "/b/", ""),
        ("/n%c3%a4mnd/", "/n%C3%A4mnd/", ""),
        ("../../../b/", "/b/", ""),
    ],
)
def test_links_within(href, address, fragment):
    """Every way to write a link to a page of the site gives that page's address."""
    assert SITE.resolve("/a/?gammal=1", href) == (address, fragment)


@pytest.mark.parametrize(
    "href",
    ["", "#plats", "mailto:a@b.example", "https://annan.example/", "data:,x", "http:/om/", "https://[", "javascript:1"],
)
def test_links_elsewhere(href):
    """What leads elsewhere, or to a place on the page itself, is left alone."""
    assert SITE.resolve("/a/", href) is None


def write(html: str) -> str:
    """Rewrite with an `UPP/` before what is copied, and `//` for what lives."""

    def lead(href: str) -> Lead | None:
        if href.startswith("http"):
            return None
        return Lead(f"//{href}", is_living=True) if href.startswith("/konto") else Lead(f"UPP{href}")

    return rewritten(html, Writing(lead, "[KOPIA]", " [LEVER]", lambda name, action: f"[{name}|{action}]"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<main><a href='/a/?b=1&amp;c'>A</a>", '[KOPIA]<main><a href="UPP/a/?b=1&amp;c">A</a>'),
        ("<header><main><a\n class=x\n href=/a/>A</a >", '[KOPIA]<header><main><a\n class=x\n href="UPP/a/">A</a >'),
        ("<main><a href=/konto/>In <b>x</b></a>", '[KOPIA]<main><a href="///konto/">In <b>x</b> [LEVER]</a>'),
        ("<main><a href=/konto/>1</a><a href=/a/>2</a>", None),
        ("<body><p>&aring;å&lt;x&gt; < y", "<body>[KOPIA]<p>&aring;å&lt;x&gt; < y"),
        (
            "<main><!-- <a href=/a/> --><script src=/a.js>'<a href=/b/>'</script>x",
            "[KOPIA]<main><!-- <a href=/a/> -->x",
        ),
        (
            '<main><script type="application/ld+json">{"a": "/a/"}</script>',
            '[KOPIA]<main><script type="application/ld+json">{"a": "/a/"}</script>',
        ),
        (
            '<main><form aria-label="Sök" action="/a/"><a href="/b/">b</a><script>1</script></form>x',
            "[KOPIA]<main>[Sök|/a/]x",
        ),
        ("<header><form action=/a/>x</form></header><main>", "[KOPIA]<header></header><main>"),
        ("<main><form method=post action=/a/></form>", "[KOPIA]<main>[|]"),
        ('<link rel="preload" href="/a.woff2"><link rel=canonical href="/x/"><main>', None),
        ('<main><a href="/a/" hx-get="/a/?x" hx-target="#b">A</a>', '[KOPIA]<main><a href="UPP/a/">A</a>'),
        ("<main>\r\n\t<img src=/a.png>\r\n", '[KOPIA]<main>\r\n\t<img src="UPP/a.png">\r\n'),
        ('<main><use href="/a.svg#b"/>', '[KOPIA]<main><use href="UPP/a.svg#b"/>'),
        ("<main><textarea>&lt;iframe src=&quot;/a/&quot;></textarea>", None),
        ('<main><a title="href=/x/" href="https://b.example/?a=1&b">B</a>', None),
    ],
)
def test_pages_are_changed_in_place(before, after):
    """What leads somewhere is changed where it stands, and every other character stays."""
    if after is None:
        after = {
            "<main><a href=/konto/>1": '[KOPIA]<main><a href="///konto/">1 [LEVER]</a><a href="UPP/a/">2</a>',
            '<link rel="preload" hre': '<link rel=canonical href="/x/">[KOPIA]<main>',
        }.get(before[:23], f"[KOPIA]{before}")
    assert write(before) == after


@pytest.mark.parametrize(
    "html", ["<main><img srcset='/a.png 2x'>", "<base href=/x/>", "<main><form>", "<main><button formaction=/a/>"]
)
def test_what_is_not_known_is_refused(html):
    """A page that leads somewhere in a way that is not read is not copied in silence."""
    with pytest.raises(UnreadError):
        write(html)


def test_style_sheets():
    """Addresses in style sheets are changed, however they are written; data stays."""
    css = """@import "a.css"; a { b: url( 'c.woff2' ) } d { e: url(f.svg#g) url("data:x") } /* url() */"""
    assert style_rewritten(css, lambda href: None if href.startswith("data:") else Lead(f"UPP/{href}")) == (
        """@import "UPP/a.css"; a { b: url( 'UPP/c.woff2' ) } d { e: url(UPP/f.svg#g) url("data:x") } /* url() */"""
    )

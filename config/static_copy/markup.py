"""Finding and changing what leads somewhere in HTML and style sheets; every other character stays as it is. Pure.

HTML is read by the standard library's parser, which tells where each tag begins, and changed in place.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser

#: Attributes that lead to something, by element.
LEADS = {
    "a": ("href",),
    "area": ("href",),
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "image": ("href", "xlink:href"),
    "img": ("src",),
    "input": ("src",),
    "link": ("href",),
    "object": ("data",),
    "source": ("src",),
    "track": ("src",),
    "use": ("href", "xlink:href"),
    "video": ("src", "poster"),
}
#: Attributes that lead somewhere and are not read here; a page that has one is not copied in silence.
UNREAD = frozenset({"background", "formaction", "imagesrcset", "longdesc", "manifest", "ping", "srcset"})
#: Links in the head that help a browser to be quick, or that need a server.
LEFT_OUT = frozenset({"dns-prefetch", "modulepreload", "preconnect", "prefetch", "preload", "search"})
#: Links in the head that tell where the living page is.
KEPT = frozenset({"canonical"})
#: Scripts that are data.
DATA = frozenset({"application/json", "application/ld+json"})

_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
_URL = re.compile(
    r"""url\(\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"')]*))\s*\)"""
    r"""|@import\s+(?:"(?P<import_double>[^"]*)"|'(?P<import_single>[^']*)')"""
)


class UnreadError(Exception):
    """A page has something that leads somewhere and that the copying does not know."""


@dataclass(frozen=True, slots=True)
class Lead:
    """Where a link leads in the copy, or that it leads to the living site."""

    href: str
    is_living: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """What is written into a page: where a link leads (``None``: leave it), and the copy's own words as HTML.

    ``form`` is given a form's name and the address it is sent to, and what is put in its place comes back.
    """

    lead: Callable[[str], Lead | None]
    notice: str
    mark: str
    form: Callable[[str, str], str]


def rewritten(html: str, writing: Writing) -> str:
    """Give a page as it stands in the copy."""
    page = _Page(html, writing)
    page.feed(html)
    page.close()
    return page.result()


def style_rewritten(css: str, lead: Callable[[str], Lead | None]) -> str:
    """Give a style sheet as it stands in the copy."""

    def replaced(match: re.Match[str]) -> str:
        for name, href in match.groupdict().items():
            if href:
                found = lead(href)
                start, end = match.span(name)
                start, end = start - match.start(), end - match.start()
                return match[0] if found is None else f"{match[0][:start]}{found.href}{match[0][end:]}"
        return match[0]

    return _URL.sub(replaced, css)


class _Page(HTMLParser):
    """Reads a page once and notes what to change where."""

    def __init__(self, html: str, writing: Writing):
        super().__init__(convert_charrefs=False)
        self.html, self.writing = html, writing
        self.lines = [0, *(match.end() for match in re.finditer("\n", html))]
        self.edits: list[tuple[int, int, str]] = []
        self.has_notice = self.in_main = False
        #: Where the body begins, for pages that have neither header nor main part.
        self.body = 0
        #: Where an element that is left out began, and its name; what is inside is not looked at.
        self.leaving: tuple[int, str, str] | None = None
        self.link_is_living = False

    @property
    def here(self) -> int:
        """Where the tag that is being read begins."""
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def result(self) -> str:
        """Give the page with all changes made."""
        if self.leaving:
            raise UnreadError(f"<{self.leaving[1]}> tar aldrig slut")
        edits = self.edits if self.has_notice else [(self.body, self.body, self.writing.notice), *self.edits]
        pieces, at = [], 0
        for start, end, text in sorted(edits, key=lambda edit: edit[0]):
            pieces += [self.html[at:start], text]
            at = end
        return "".join([*pieces, self.html[at:]])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.leaving:
            return
        whole = self.get_starttag_text() or ""
        said = {name: value or "" for name, value in attrs}
        if unread := UNREAD.intersection(said):
            raise UnreadError(f"<{tag}> har attributet {', '.join(sorted(unread))}")
        self.in_main |= tag == "main"
        if tag == "body":
            self.body = self.here + len(whole)
        elif tag in ("header", "main") and not self.has_notice:
            self.edits.append((self.here, self.here, self.writing.notice))
            self.has_notice = True
        if tag == "script":
            if said.get("type", "").lower() not in DATA:
                self.leaving = (self.here, tag, "")
        elif tag == "form":
            name = said.get("aria-label", "")
            # What a form posts leads to no page; what it asks for does.
            action = said.get("action", "") if said.get("method", "get").lower() == "get" else ""
            # One in the head of a page stands on every page, and needs no words.
            self.leaving = (self.here, tag, self.writing.form(name, action) if self.in_main else "")
        elif tag == "link" and LEFT_OUT.intersection(said.get("rel", "").lower().split()):
            self.edits.append((self.here, self.here + len(whole), ""))
        elif tag == "base" and "href" in said:
            raise UnreadError("<base> har attributet href")
        elif tag != "link" or not KEPT.intersection(said.get("rel", "").lower().split()):
            self._lead(tag, whole)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in ("script", "form"):  # HTML has no such elements without an end
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.leaving and tag == self.leaving[1]:
            start, _, instead = self.leaving
            end = self.html.index(">", self.here) + 1
            self.edits.append((start, end, instead))
            self.leaving = None
        elif tag == "a" and self.link_is_living and not self.leaving:
            self.edits.append((self.here, self.here, self.writing.mark))
            self.link_is_living = False

    def _lead(self, tag: str, whole: str) -> None:
        """Change where a tag leads, and take away what only a script reads."""
        if tag == "a":
            self.link_is_living = False
        for match in _attributes(whole):
            start, end = self.here + match.start(), self.here + match.end()
            name = match[1].lower()
            if name.startswith("hx-"):
                # With the space before it.
                self.edits.append((start - 1, end, ""))
            elif name in LEADS.get(tag, ()):
                found = self.writing.lead(unescape(match[2] or match[3] or match[4] or ""))
                if found:
                    self.edits.append((start, end, f'{match[1]}="{escape(found.href)}"'))
                    self.link_is_living = tag == "a" and found.is_living


def _attributes(whole: str) -> Iterator[re.Match[str]]:
    """Give the attributes of a start tag, with their places in it."""
    name = re.match(r"<[^\s/>]+", whole)
    return _ATTRIBUTE.finditer(whole, name.end() if name else 0)

"""Public pages, kept whole as they were sent, for as long as nothing that they show has changed.

A page is kept with the edition of what it may show (``proposals.models.Edition``), read before the page was made, and
is sent again only while that is the edition still: a query for each request is the price of never showing what is old.
Whoever has a session, or sets anything, goes past. docs/decisions/0029 has what was measured.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock

import brotli  # type: ignore[import-untyped]
from cachetools import LRUCache
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.text import compress_string

from parties.models import SITE_ADDRESSES
from parties.release import release
from proposals.models import Edition, EditionNumber

#: Pages that are the same for everybody who has not signed in, by the names of their addresses. What they show is in
#: the tables that raise an edition, and nowhere else but in the address, the settings and the date.
KEPT = frozenset(
    (
        *("start", "municipality", "committee", "topic", "issue", "compare", "overview", "overview_goals"),
        *("plan", "plan_version", "goal", "reports", "report_numbered", "search", "changes", "about", "accessibility"),
        *("embed_issue", "embed_party", "feed_changes", "feed_party", "feed_topic", "feed_goal", "plan_json"),
        *("plan_csv", "data", "data_dictionary", "data_year", "api_docs", "opensearch"),
        *("sitemap", "django.contrib.sitemaps.views.sitemap"),
    )
)
#: The longest address that is kept, in characters: nobody fills the memory with addresses.
LONGEST_ADDRESS = 1000
#: What a page takes beside its content, in bytes: its headers and its address.
_AROUND = 2500
#: What tells readers' pages of the same address apart.
_VARY = "Accept-Encoding, Cookie, HX-Request, HX-History-Restore-Request"
#: Said anew of each answer, and not as the page was made with.
_OWN_HEADERS = frozenset(("Content-Length", "ETag", "Cache-Control", "Vary"))
#: What would have a page made as only one reader has it.
_ASKED_BY_ONE = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
_REFUSED = r"\s*;\s*q=0(?:\.0*)?\s*(?:,|$)"

Answer = Callable[[HttpRequest], HttpResponseBase]
Key = tuple[str, ...]


@dataclass(slots=True)
class KeptPage:
    """A page as it was made: its headers, and its content in each way of compressing that somebody takes.

    ``shows`` are the plan years that it may show something of; ``None`` is all there are.
    """

    tag: str
    shows: list[int] | None
    headers: list[tuple[str, str]]
    brotli: bytes
    gzip: bytes = field(default=b"", repr=False)

    @property
    def size(self) -> int:
        """How much memory it takes, in bytes, near enough and as if both ways had been asked for."""
        return _AROUND + int(2.2 * len(self.brotli))

    def content(self, accepted: str) -> tuple[bytes, str]:
        """Give the content as a reader takes it, and the name of the way it is compressed in, if it is."""
        if accepts(accepted, "br"):
            return self.brotli, "br"
        if accepts(accepted, "gzip"):
            # Two that ask first at once both compress it, to the same bytes.
            self.gzip = self.gzip or compress_string(brotli.decompress(self.brotli))
            return self.gzip, "gzip"
        return brotli.decompress(self.brotli), ""


class PageCache:
    """The middleware that sends kept pages: an outer one, so that little else is done for them.

    :raises MiddlewareNotUsed: when it is made, if ``PAGE_CACHE_MB`` is 0.
    """

    def __init__(self, get_response: Answer):
        if not settings.PAGE_CACHE_MB:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.room = settings.PAGE_CACHE_MB * 1_000_000
        self.pages: LRUCache[Key, KeptPage] = LRUCache(self.room, getsizeof=lambda page: page.size)
        self.lock = Lock()
        self.release = release()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the page that is kept, or have it made and keep it."""
        if not may_be_kept(request):
            return self.get_response(request)
        key = key_of(request)
        with self.lock:
            kept: KeptPage | None = self.pages.get(key)
        if kept is None and not is_kept_address(request.path_info):
            return self.get_response(request)
        if kept:
            tag = self.tag(edition_of(kept.shows), key)
        if kept is None or kept.tag != tag:
            kept = None
            # Read before the page is made: what is written meanwhile has a later edition.
            shows, edition = edition_for(request.path_info)
            tag = self.tag(edition, key)
        if tag in request.META.get("HTTP_IF_NONE_MATCH", ""):
            return as_public(HttpResponse(status=304), tag)
        if kept is None:
            with asked_by_nobody(request):
                response = self.get_response(request)
            if not (isinstance(response, HttpResponse) and is_public(request, response)):
                return response
            kept = keep(response, tag, shows)
            if kept.size < self.room // 10:
                with self.lock:
                    self.pages[key] = kept
        return answer(request, kept)

    def tag(self, edition: Edition, key: Key) -> str:
        """Give the ETag of a page of an edition: the same in every process that runs the same program."""
        parts = (self.release, *edition, timezone.localdate(), key)
        return f'"{sha256(repr(parts).encode()).hexdigest()[:20]}"'


def may_be_kept(request: HttpRequest) -> bool:
    """Tell whether somebody who has not signed in asks for a page, and for no page of one's own."""
    return (
        request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and len(request.path_info) + len(request.META.get("QUERY_STRING", "")) <= LONGEST_ADDRESS
        and not request.path_info.startswith(settings.STATIC_URL)
        and "no-store" not in request.META.get("HTTP_CACHE_CONTROL", "")
    )


def key_of(request: HttpRequest) -> Key:
    """Give all in a request that a public page may depend on."""
    meta = request.META
    return (
        request.scheme or "",
        meta.get("HTTP_HOST", ""),
        request.path_info,
        meta.get("QUERY_STRING", ""),
        meta.get("HTTP_HX_REQUEST", "")[:5],
        meta.get("HTTP_HX_HISTORY_RESTORE_REQUEST", "")[:5],
    )


def is_kept_address(path: str) -> bool:
    """Tell whether an address is of a page that is kept."""
    with suppress(Resolver404):
        return resolve(path).view_name in KEPT
    return False


def edition_for(path: str) -> tuple[list[int] | None, Edition]:
    """Give the plan years that an address may show, its committee's or all (``None``), and their edition."""
    _, first, second, *_ = [*path.split("/"), "", ""]
    if not first or not second or first in SITE_ADDRESSES or first.startswith("sitemap"):
        return None, EditionNumber.objects.of_all()
    return EditionNumber.objects.of_committee(first, second)


def edition_of(plan_years: list[int] | None) -> Edition:
    """Give the edition of some plan years, or of all."""
    return EditionNumber.objects.of_all() if plan_years is None else EditionNumber.objects.of(plan_years)


@contextmanager
def asked_by_nobody(request: HttpRequest) -> Iterator[None]:
    """Let a page be made whole: neither compressed nor compared with what one reader has."""
    asked = {name: request.META.pop(name) for name in _ASKED_BY_ONE if name in request.META}
    try:
        yield
    finally:
        request.META.update(asked)


def is_public(request: HttpRequest, response: HttpResponse) -> bool:
    """Tell whether an answer is a whole page that is the same for everybody."""
    return (
        request.method == "GET"
        and response.status_code == 200
        # What has a form's token, which is its reader's own, sets it.
        and not response.cookies
        and not response.has_header("Content-Encoding")
        and "no-store" not in response.get("Cache-Control", "")
    )


def keep(response: HttpResponse, tag: str, shows: list[int] | None) -> KeptPage:
    """Make of an answer what is kept of it."""
    headers = [(name, value) for name, value in response.items() if name not in _OWN_HEADERS]
    return KeptPage(tag, shows, headers, brotli.compress(response.content, quality=5))


def answer(request: HttpRequest, kept: KeptPage) -> HttpResponse:
    """Answer with a page that is kept."""
    content, compressed = kept.content(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    response = HttpResponse(content)
    for name, value in kept.headers:
        response.headers[name] = value
    response.headers["Content-Length"] = str(len(content))
    if compressed:
        response.headers["Content-Encoding"] = compressed
    return as_public(response, kept.tag)


def as_public(response: HttpResponse, tag: str) -> HttpResponse:
    """Say of an answer that anybody may keep it, and that one asks before showing it again.

    A web server in front may hold it for ``FRONT_SECONDS`` without asking.
    """
    # Weak, since it is the same however the content is compressed.
    response.headers["ETag"] = f"W/{tag}"
    held = f", s-maxage={settings.FRONT_SECONDS}" if settings.FRONT_SECONDS else ""
    response.headers["Cache-Control"] = f"public, max-age=0, must-revalidate{held}"
    response.headers["Vary"] = _VARY
    return response


def accepts(accepted: str, way: str) -> bool:
    """Tell whether ``Accept-Encoding`` takes a way of compressing."""
    return way in accepted and not re.search(way + _REFUSED, accepted)

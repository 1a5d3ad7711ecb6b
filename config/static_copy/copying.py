"""Copy the site: follow its links from the start page, keep what each leads to, and then make the links lead there."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote

from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, transaction
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime

from config.static_copy.ledger import File, Ledger
from config.static_copy.living import Answer, LivingSite, words_of
from config.static_copy.markup import Lead, UnreadError, Writing, rewritten, style_rewritten
from config.static_copy.names import file_name, link
from config.static_copy.policy import BEGINNINGS, is_copied

READ_ME, MANIFEST, CHECKSUMS = "LAS-MIG.html", "MANIFEST.json", "SHA256SUMS"
#: What the manifest says that it is one of, and in which form.
FORMAT = "namndkollen-static-copy/1"

_PLACE_IN_SITEMAP = re.compile(r"<loc>\s*([^<]*?)\s*</loc>")


class CopyError(Exception):
    """The site cannot be copied; the message says why, in Swedish."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What came of it: how many files, of how many bytes, and links on the site that lead to nothing."""

    files: int
    size: int
    broken: list[tuple[str, int, str]]


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all pages be made from the data of one moment, whatever is written meanwhile."""
    is_outermost = not connection.in_atomic_block
    signals = (request_started, request_finished)
    try:
        # A request would otherwise begin and end with closing a connection that is in a transaction.
        for signal in signals:
            signal.disconnect(close_old_connections)
        with transaction.atomic():
            if is_outermost:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


class Copying:
    """One copy of the site, made in a folder that is empty from the beginning."""

    def __init__(self, address: str, folder: Path, made_at: datetime, tell: Callable[[int], None] = lambda count: None):
        self.site = LivingSite(address)
        self.folder, self.made_at, self.tell = folder, localtime(made_at), tell
        self.ledger = Ledger([READ_ME, MANIFEST, CHECKSUMS])

    def make(self) -> Copied:
        """Copy everything.

        :raises CopyError: if a page fails, or has something that cannot be copied.
        """
        with one_moment():
            self.fetch()
        self.rewrite()
        self.introduce()
        return self.sum_up()

    def fetch(self) -> None:
        """Follow all links, and keep what each leads to as the site sends it."""
        for address in BEGINNINGS:
            self.ledger.add(address, "")
        count = 0
        for address, found_on in self.ledger.addresses():
            if not is_copied(address):
                continue
            with self.site.ask(address) as answer:
                self._take(address, found_on, answer)
            count += 1
            self.tell(count)
        if not self.ledger.path_of(BEGINNINGS[0]):
            [(_, status, _)] = [refused for refused in self.ledger.refused() if refused[0] == BEGINNINGS[0]]
            raise CopyError(
                f"Startsidan svarar {words_of(status)}. "
                f"Webbplatsen ska svara på {self.site.host}: se SITE_ADDRESS och ALLOWED_HOSTS."
            )

    def _take(self, address: str, found_on: str, answer: Answer) -> None:
        if answer.status >= 500 or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            place = f" (länkad från {found_on})" if found_on else ""
            raise CopyError(f"{address} svarar {words_of(answer.status)}{place}. Inget har exporterats.")
        if answer.status in (301, 302, 303, 307, 308):
            if found := self.site.resolve(address, answer.location):
                self.ledger.lead(address, found[0])
                self.ledger.add(found[0], address)
        elif answer.status == 200:
            wanted = file_name(address, answer.media_type, answer.file_name)
            file = File(self.ledger.keep(address, wanted, answer.media_type), address, answer.media_type, 0, "")
            self._write(file.path, answer.pieces)
            for other in self._leads_of(file):
                self.ledger.add(other, address)
        elif answer.status not in (401, 403):
            self.ledger.refuse(address, answer.status)

    def _leads_of(self, file: File) -> Iterator[str]:
        """Give the addresses on the site that a file leads to."""
        found: dict[str, None] = {}

        def note(href: str) -> None:
            if where := self.site.resolve(file.address, href):
                found[where[0]] = None

        if file.media_type == "text/html":
            self._rewritten(file, Writing(note, "", "", lambda name, action: ""))
        elif file.media_type == "text/css":
            style_rewritten(self._read(file.path), note)
        elif file.address.startswith("/sitemap"):
            for place in _PLACE_IN_SITEMAP.findall(self._read(file.path)):
                note(unescape(place))
        yield from found

    def rewrite(self) -> None:
        """Make the links of pages and style sheets lead to files, and let each page say what it is."""
        for file in self.ledger.files():
            if file.media_type == "text/html":
                self._write(file.path, [self._rewritten(file, self._writing(file)).encode()])
            elif file.media_type == "text/css":
                css = style_rewritten(self._read(file.path), lambda href, file=file: self._lead(file, href))  # type: ignore[misc]
                self._write(file.path, [css.encode()])

    def _rewritten(self, file: File, writing: Writing) -> str:
        try:
            return rewritten(self._read(file.path), writing)
        except UnreadError as error:
            raise CopyError(f"{file.address} går inte att kopiera: {error}.") from error

    def _writing(self, file: File) -> Writing:
        whole = self.site.whole(file.address)
        mark = mark_safe(render_to_string("config/copy/mark.html").rstrip("\n"))  # noqa: S308 - a template of ours

        def form(name: str, action: str) -> str:
            where = self.site.resolve(file.address, action) if action else None
            address = self.site.whole(where[0]) if where else whole
            return render_to_string("config/copy/form.html", {"name": name, "address": address, "mark": mark}).strip()

        notice = {
            "address": whole,
            "shown": unquote(whole),
            "made_at": self.made_at,
            "read_me": link(file.path, READ_ME),
        }
        return Writing(
            lambda href: self._lead(file, href),
            render_to_string("config/copy/notice.html", notice).strip() + "\n",
            mark,
            form,
        )

    def _lead(self, file: File, href: str) -> Lead | None:
        found = self.site.resolve(file.address, href)
        if found is None:
            return None
        address, fragment = found
        if path := self.ledger.path_of(address):
            return Lead(link(file.path, path, fragment))
        return Lead(self.site.whole(address) + (f"#{fragment}" if fragment else ""), is_living=True)

    def introduce(self) -> None:
        """Write the page that tells archivists what the copy is."""
        files = {"files": MANIFEST, "checksums": CHECKSUMS, "made_at": self.made_at, "site": self.site.address}
        html = render_to_string("config/copy/read_me.html", files)
        file = File(READ_ME, "/", "text/html", 0, "")
        self._write(READ_ME, [rewritten(html, self._writing(file)).encode()])

    def sum_up(self) -> Copied:
        """Write the manifest of all files, and their checksums in the form that ``sha256sum -c`` takes."""
        count = size = 0
        head = {"format": FORMAT, "site": self.site.address, "made_at": self.made_at.isoformat()}
        with (self.folder / MANIFEST).open("w", encoding="utf-8", newline="\n") as manifest:
            # A line for each file, so that neither writer nor reader needs to hold them all.
            manifest.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "files": [')
            for count, file in enumerate(self.ledger.everything(), start=1):
                size += file.size
                manifest.write((",\n" if count > 1 else "\n") + _line(file, self.site))
            manifest.write("\n]}\n")
        self.ledger.weigh(MANIFEST, *_weighed(self.folder / MANIFEST))
        with (self.folder / CHECKSUMS).open("w", encoding="utf-8", newline="\n") as checksums:
            for file in self.ledger.everything():
                checksums.write(f"{file.sha256}  {file.path}\n")
        return Copied(count + 2, size, self.ledger.refused())

    def _read(self, path: str) -> str:
        return (self.folder / path).read_bytes().decode()

    def _write(self, path: str, pieces: Iterator[bytes] | list[bytes]) -> None:
        """Write a file, piece by piece, and note its size and checksum."""
        place = self.folder / path
        digest, size = hashlib.sha256(), 0
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as file:
                for piece in pieces:
                    digest.update(piece)
                    size += len(piece)
                    file.write(piece)
        except OSError as error:
            raise CopyError(f"{path} går inte att skriva: {error.strerror}.") from error
        self.ledger.weigh(path, size, digest.hexdigest())


def _line(file: File, site: LivingSite) -> str:
    said = {
        "path": file.path,
        "size": file.size,
        "sha256": file.sha256,
        "source": site.whole(file.address) if file.address else None,
        "media_type": file.media_type or "text/html",
    }
    return json.dumps(said, ensure_ascii=False)


def _weighed(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()

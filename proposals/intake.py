"""Take documents in: keep them, have them read in a process of its own, and make drafts of what was found."""

import logging
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from parties.models import Committee, Party, User
from proposals import exchange
from proposals.models import MEDIA_TYPES, Draft, PageImage, SourceDocument
from proposals.reading import (
    Heading,
    Line,
    ParsedPlan,
    Passage,
    PassageKind,
    UnreadableDocumentError,
    parse,
)
from proposals.reading.isolated import page_images_isolated, read_isolated
from proposals.reading.lines import lines_to_json
from proposals.reading.plain import decode
from proposals.reading.stored import plan_to_json

logger = logging.getLogger(__name__)

LONGEST_TITLE = 200
#: A text that is longer, in characters, speaks of a plan and is not its name.
LONGEST_NAMING = 80
_NAMES_A_PLAN = re.compile(r"\b\w{0,30}(?:plan|program|budget)\b", re.IGNORECASE)
#: How many documents are read at the same time. Each takes a process that may use ``limits.MEMORY`` and one to wait.
MOST_AT_ONCE = 2
#: What marks our locks among others': that of a draft that is read, and of a place among those that read,
#: and of the one who waits.
_LOCK, _PLACES, _WAITING = 20_170_484, 20_170_485, 20_170_486
BROKEN = "något gick fel hos oss när dokumentet lästes; försök igen, eller klistra in texten"


@transaction.atomic
def receive(
    content: bytes, name: str, *, committee: Committee, year: int, party: Party, by: User | None, title: str = ""
) -> tuple[Draft, bool]:
    """Keep a document and make a draft to read it into; or give the draft that the committee has of it already.

    The second value tells whether the draft is new.
    """
    document = _kept(content, name)
    unpublished = Draft.objects.exclude(state=Draft.State.PUBLISHED)
    found = unpublished.filter(committee=committee, document=document).first()
    if found:
        return found, False
    draft = Draft(
        committee=committee, year=year, party=party, title=title, document=document, created_by=by, changed_by=by
    )
    draft.save()
    return draft, True


def _kept(content: bytes, name: str) -> SourceDocument:
    """Keep a document, and let nobody take it away before the transaction is over.

    Two who send the same document at once wait for each other here.
    """
    while True:
        document = SourceDocument.objects.keep(content, name)
        if SourceDocument.objects.select_for_update(no_key=True).filter(pk=document.pk).exists():
            return document


def start_reading(draft: Draft) -> None:
    """Begin to read a draft's document in a process that goes on whatever becomes of this one."""
    not_read = Draft.objects.filter(pk=draft.pk, state__in=[Draft.State.READING, Draft.State.FAILED])
    if not not_read.update(state=Draft.State.READING, problem="", pages_done=0, pages=0, heard_at=timezone.now()):
        return
    process = subprocess.Popen(  # noqa: S603 - our own command, with a number
        [sys.executable, settings.BASE_DIR / "manage.py", "read_draft", str(draft.pk)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=settings.BASE_DIR,
    )
    threading.Thread(target=process.wait, daemon=True).start()  # else what has ended would stay in the process table


def read_waiting(tell: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Read the drafts that wait to be read, one after the other, unless as many processes do so already as may.

    One that ends at once leaves its draft to those: each looks for more when it has let its place go, so none is left.
    """
    while _next_waiting():
        place = next(filter(_try_lock, [(_PLACES, number) for number in range(MOST_AT_ONCE)]), None)
        if place is None:
            return
        try:
            while draft := _next_waiting():
                try:
                    read_draft(draft, tell)
                except Exception:  # the draft says so itself
                    logger.exception("draft %s could not be read", draft.pk)
        finally:
            _unlock(place)


def _next_waiting() -> Draft | None:
    """Give the draft that has waited the longest and that no process reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT objid::bigint FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE locktype = 'advisory' AND classid = %s AND datname = current_database()",
            [_LOCK],
        )
        read_now = [key for (key,) in cursor.fetchall()]
    waiting = Draft.objects.filter(state=Draft.State.READING).exclude(pk__in=read_now)
    return waiting.select_related("document").order_by("pk").first()


@contextmanager
def alone_in_waiting() -> Iterator[bool]:
    """Tell whether nobody else waits for a document to be read, and let nobody begin to."""
    alone = _try_lock((_WAITING, 0))
    try:
        yield alone
    finally:
        if alone:
            _unlock((_WAITING, 0))


def _try_lock(lock: tuple[int, int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", lock)
        return bool(cursor.fetchone()[0])


def _unlock(lock: tuple[int, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", lock)


def read_draft(draft: Draft, tell: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Read a draft's document; ``tell`` is called with how many of its pages are read.

    What is wrong with the document is kept in the draft. One process at a time reads a draft: another one ends at once.
    """
    lock = _LOCK, draft.pk
    if not _try_lock(lock):
        return
    try:
        _read(draft, tell)
    finally:
        _unlock(lock)


def _read(draft: Draft, tell: Callable[[int, int], None]) -> None:
    reading = Draft.objects.filter(pk=draft.pk, state=Draft.State.READING)
    if not reading.exists():
        return

    def heard(done: int, total: int) -> None:
        reading.update(pages_done=done, pages=total)
        alive()
        tell(done, total)

    def alive() -> None:
        """Say that reading goes on, of those too that wait for their turn."""
        Draft.objects.filter(state=Draft.State.READING).update(heard_at=timezone.now())

    alive()
    document = draft.document
    content = bytes(document.content)
    suffix = PurePath(document.name).suffix.lower()
    try:
        if suffix in exchange.READERS:
            with transaction.atomic():
                found = _from_plan_file(draft, exchange.READERS[suffix](decode(content)))
        else:
            lines = read_isolated(content, document.name, progress=heard)
            found = _as_read(draft, lines, parse(lines))
            if suffix == ".pdf":
                _keep_images(draft, content, alive)
    except UnreadableDocumentError as error:
        place = f" (rad {error.line})" if error.line > 1 else ""
        reading.update(state=Draft.State.FAILED, problem=f"{error.message}{place}"[:500])
    except Exception:
        reading.update(state=Draft.State.FAILED, problem=BROKEN)
        raise
    else:
        reading.update(state=Draft.State.OPEN, **found)


def _as_read(draft: Draft, lines: list[Line], plan: ParsedPlan) -> dict[str, Any]:
    return {
        "title": draft.title or suggested_title(plan),
        "lines": lines_to_json(lines),
        "plan_read": plan_to_json(plan),
    }


def _from_plan_file(draft: Draft, record: exchange.PlanRecord) -> dict[str, Any]:
    """Take over what a plan file says, and the document that it was made from if it has it."""
    found = _as_read(draft, record.lines(), record.plan())
    found |= {
        "title": draft.title or record.title[:LONGEST_TITLE],
        "readings": record.readings(),
        "arrangement": record.arrangement(),
    }
    if record.document is not None and PurePath(record.document_name).suffix.lower() in MEDIA_TYPES:
        original = SourceDocument.objects.keep(record.document, record.document_name)
        others = Draft.objects.exclude(state=Draft.State.PUBLISHED).filter(committee=draft.committee_id)
        if others.filter(document=original).exists():
            raise UnreadableDocumentError("det finns redan ett utkast av dokumentet som planen lästes ur")
        found["document"] = original
    return found


def _keep_images(draft: Draft, content: bytes, heard: Callable[[], object]) -> None:
    """Keep what each page looks like; another committee may do so at the same time, of the same document.

    The text is what counts: pages that cannot be drawn are reviewed by their lines alone.
    """
    try:
        for page, image in enumerate(page_images_isolated(content), start=1):
            picture = PageImage(document=draft.document, page=page, content=image)
            PageImage.objects.bulk_create([picture], ignore_conflicts=True)
            heard()
    except UnreadableDocumentError as error:
        logger.warning("draft %s: its pages could not be drawn: %s", draft.pk, error.message)


def suggested_title(plan: ParsedPlan) -> str:
    """Suggest what a plan is called: the first heading or line of the cover that names a plan, or the first heading."""
    headings = [block.text for block in plan.blocks if isinstance(block, Heading)]
    titles = [block.text for block in plan.blocks if isinstance(block, Heading) or _is_cover(block)]
    named = (text for text in titles if len(text) <= LONGEST_NAMING and _NAMES_A_PLAN.search(text))
    words = next(named, next(iter([*headings, *titles]), "")).split()
    return " ".join(words)[:LONGEST_TITLE].rstrip(" :")


def _is_cover(block: object) -> bool:
    return isinstance(block, Passage) and block.kind is PassageKind.COVER

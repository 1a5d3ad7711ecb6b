"""Take documents in: keep them, have them read in a process of its own, and make drafts of what was found."""

import re
import subprocess
import sys
import threading
from collections.abc import Callable
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

LONGEST_TITLE = 200
#: A text that is longer, in characters, speaks of a plan and is not its name.
LONGEST_NAMING = 80
_NAMES_A_PLAN = re.compile(r"\b\w{0,30}(?:plan|program|budget)\b", re.IGNORECASE)
BROKEN = "något gick fel hos oss när dokumentet lästes; försök igen, eller klistra in texten"


@transaction.atomic
def receive(
    content: bytes, name: str, *, committee: Committee, year: int, party: Party, by: User | None, title: str = ""
) -> tuple[Draft, bool]:
    """Keep a document and make a draft to read it into; or give the draft that the committee has of it already.

    The second value tells whether the draft is new.
    """
    document = SourceDocument.objects.keep(content, name)
    # Two who send the same document at once wait for each other here.
    SourceDocument.objects.select_for_update(no_key=True).only("pk").get(pk=document.pk)
    unpublished = Draft.objects.exclude(state=Draft.State.PUBLISHED)
    found = unpublished.filter(committee=committee, document=document).first()
    if found:
        return found, False
    draft = Draft(
        committee=committee, year=year, party=party, title=title, document=document, created_by=by, changed_by=by
    )
    draft.save()
    return draft, True


def start_reading(draft: Draft) -> None:
    """Begin to read a draft's document in a process that goes on whatever becomes of this one."""
    Draft.objects.filter(pk=draft.pk).update(
        state=Draft.State.READING, problem="", pages_done=0, pages=0, heard_at=timezone.now()
    )
    process = subprocess.Popen(  # noqa: S603 - our own command, with a number
        [sys.executable, settings.BASE_DIR / "manage.py", "read_draft", str(draft.pk)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=settings.BASE_DIR,
    )
    threading.Thread(target=process.wait, daemon=True).start()  # else what has ended would stay in the process table


def read_draft(draft: Draft, tell: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Read a draft's document; ``tell`` is called with how many of its pages are read.

    What is wrong with the document is kept in the draft. One process at a time reads a draft: another one ends at once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, draft.pk])
        if not cursor.fetchone()[0]:
            return
    try:
        _read(draft, tell)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, draft.pk])


#: What marks our locks among others'.
_LOCK = 20_170_484


def _read(draft: Draft, tell: Callable[[int, int], None]) -> None:
    reading = Draft.objects.filter(pk=draft.pk, state=Draft.State.READING)
    if not reading.exists():
        return

    def heard(done: int, total: int) -> None:
        reading.update(pages_done=done, pages=total, heard_at=timezone.now())
        tell(done, total)

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
                _keep_images(document, content, lambda: reading.update(heard_at=timezone.now()))
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


def _keep_images(document: SourceDocument, content: bytes, heard: Callable[[], object]) -> None:
    """Keep what each page looks like."""
    PageImage.objects.filter(document=document).delete()
    for page, image in enumerate(page_images_isolated(content), start=1):
        PageImage.objects.create(document=document, page=page, content=image)
        heard()


def suggested_title(plan: ParsedPlan) -> str:
    """Suggest what a plan is called: the first heading or line of the cover that names a plan, or the first heading."""
    headings = [block.text for block in plan.blocks if isinstance(block, Heading)]
    titles = [block.text for block in plan.blocks if isinstance(block, Heading) or _is_cover(block)]
    named = (text for text in titles if len(text) <= LONGEST_NAMING and _NAMES_A_PLAN.search(text))
    words = next(named, next(iter([*headings, *titles]), "")).split()
    return " ".join(words)[:LONGEST_TITLE].rstrip(" :")


def _is_cover(block: object) -> bool:
    return isinstance(block, Passage) and block.kind is PassageKind.COVER

"""Atom feeds (RFC 4287) of what was recorded, for those who read news in a reader of their own."""

import datetime
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, linebreaks
from django.utils.timezone import localdate

from goals.changes import Change, Changes
from goals.models import Record

#: What a feed that has no entry was last changed. Atom asks for a day, and it must not change by itself.
NEVER = datetime.datetime(2017, 1, 1, tzinfo=datetime.UTC)
#: What XML 1.0 cannot hold, however it is written.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Feed(Atom1Feed):
    """An Atom feed that is the same as long as nothing is recorded."""

    def latest_post_date(self) -> datetime.datetime:
        """Give the moment of the latest entry."""
        return max((entry["updateddate"] for entry in self.items), default=NEVER)


def feed_response(request: HttpRequest, changes: Changes, title: str, page: str) -> HttpResponse:
    """Answer with changes as a feed that has a title and the address of a page that shows the same."""
    feed = Feed(
        title=_xml(f"Nämndkollen: {title}"),
        link=request.build_absolute_uri(page),
        description=None,
        subtitle="Lägesrapporter, beslut och utfall, de senaste först.",
        language="sv",
        author_name="Nämndkollen",
        feed_url=request.build_absolute_uri(request.path),
        feed_guid=f"tag:{_host()},{NEVER:%Y-%m-%d}:{request.path}",
    )
    for change in changes:
        record = change.record
        feed.add_item(
            title=_xml(_title(change)),
            link=request.build_absolute_uri(change.url),
            description=_xml(_summary(change)),
            unique_id=_entry_id(record),
            author_name=record.role,
            pubdate=record.recorded_at,
            updateddate=record.recorded_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=Feed.content_type)


def _title(change: Change) -> str:
    record = change.record
    return "".join(
        (
            "Exempel: " if record.is_example else "",
            f"{change.goal.reference} ({change.year}): ",
            "rättelse, " if record.is_correction else "",
            f"{change.kind.lower()} togs tillbaka" if record.is_withdrawal else record.words,
        )
    )


def _summary(change: Change) -> str:
    """Give the party's words and then the committee's, as HTML."""
    record = change.record
    paragraphs = [record.sentence]
    if record.reason:
        paragraphs.append(f"Varför: {record.reason}")
    if change.evidence or change.reference:
        paragraphs.append("Underlag: " + ", ".join(filter(None, [change.evidence, change.reference])))
    said = linebreaks("\n\n".join(paragraphs), autoescape=True)
    return f"{format_html('<blockquote>{}</blockquote>', change.goal.passage.text)}\n{said}"


def _entry_id(record: Record) -> str:
    """Give an entry's id: the same in every feed, at whatever address the site is reached, and for ever."""
    return f"tag:{_host()},{localdate(record.recorded_at):%Y-%m-%d}:{record.key}"


def _host() -> str:
    return urlsplit(settings.SITE_ADDRESS).hostname or ""


def _xml(text: str) -> str:
    """Leave out what XML cannot hold."""
    return _NOT_XML.sub("", text)

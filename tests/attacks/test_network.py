"""The site asks nobody: no link is fetched, no document's picture or entity is looked for, whatever is sent in."""

import io
import socket
import zipfile
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, NoReturn

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE

from goals.models import Goal, ReportingPeriod
from proposals.reading import UnreadableDocumentError, read
from tests import reports
from tests.cast import SECRETARY, Cast
from tests.conftest import BASE, YEAR

INSIDE = "http://169.254.169.254/latest/meta-data/"


@pytest.fixture
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let no connection be made, and give what was tried. The database is reached by a library of its own."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> NoReturn:
        tried.append(arguments)
        raise AssertionError(f"somebody was asked: {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


def test_links_are_never_followed(cast: Cast, nobody_is_asked: list[Any]):
    """A link to a machine of the municipality's own network is written, shown, exported; Python opens no socket."""
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    measured = Goal.objects.get(proposal__party__slug="kd", number=14)
    period = ReportingPeriod.objects.get(slug="delar")
    goal.report("achieved", by=cast.secretary, period=period, link=INSIDE)
    goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 20), link=INSIDE)
    measured.measure(Decimal(80), by=cast.secretary, date=date(2017, 8, 1), source="Enkät", link=INSIDE)
    client = cast.client(SECRETARY)
    client.post(f"/arbete{YEAR}/delar/v/26/", {"status": "achieved", "link": INSIDE, "sett": "", "key": ""})
    reports.fix(period, cast.secretary)
    shown = ("/", f"{YEAR}/jamfor/", f"{YEAR}/v/25/", "/andringar/", "/andringar/atom.xml", f"{YEAR}/oversikt/")
    files = ("/data/lagesrapporter.csv", f"/data{YEAR}/allt.xlsx", f"{YEAR}/rapport/delar/1/rapport.pdf")
    for place, address in enumerate((*shown, *files, f"{BASE}/", "/data/katalog.rdf")):
        response = client.get(address, REMOTE_ADDR=f"10.3.0.{place}")
        assert response.status_code == 200, address
        assert response.getvalue(), address
    assert nobody_is_asked == []


def test_documents_ask_for_nothing(nobody_is_asked: list[Any]):
    """A picture, a template or an entity that is somewhere else is left there."""
    word = Document()
    word.add_paragraph("Provpartiet vill att fler parker ska finnas.")
    word.part.relate_to(INSIDE, RELATIONSHIP_TYPE.IMAGE, is_external=True)
    word.part.relate_to(INSIDE, f"{RELATIONSHIP_TYPE.STYLES[:-6]}attachedTemplate", is_external=True)
    out = io.BytesIO()
    word.save(out)
    entity = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(out.getvalue())) as old, zipfile.ZipFile(entity, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                head, mark, rest = content.partition(b"?>")
                content = head + mark + f'<!DOCTYPE x [<!ENTITY e SYSTEM "{INSIDE}">]>'.encode() + rest
                content = content.replace(b"Provpartiet", b"&e;Provpartiet")
            new.writestr(name, content)
    markdown = f"# Plan\n\n![bild]({INSIDE})\n\n- Fler parker <img src={INSIDE}>\n".encode()
    lines = str(read(out.getvalue(), "a.docx"))
    assert "fler parker" in lines
    assert "meta-data" not in lines
    assert "Fler parker" in str(read(markdown, "c.md"))
    with suppress(UnreadableDocumentError):  # to refuse an entity is an answer too
        assert "meta-data" not in str(read(entity.getvalue(), "b.docx"))
    assert nobody_is_asked == []

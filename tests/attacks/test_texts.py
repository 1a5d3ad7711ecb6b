"""One hostile text in every column of every model: each page, file and feed still says it, and does nothing of it."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

import icalendar
import pytest
from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError, models, transaction
from django.urls import reverse
from docx import Document
from lxml import etree, html
from openpyxl import load_workbook

from goals.models import Follow, Goal, ReportingPeriod
from tests import reports
from tests.cast import NOBODY, SECRETARY, SUPERUSER, Cast
from tests.config.test_access import DOORS
from tests.conftest import YEAR
from tests.factories import DraftFactory
from tests.programs import pdf_text

#: What a template would make something else of.
TEMPLATE = "{{7*7}}{% debug %}"
#: Begins as a formula; ends an attribute, a script and a comment; is a template, an entity, typst and RTF.
HOSTILE = (
    f"=1+1\"'><img src=x onerror=alert(1)></script><script>alert(1)</script>--> ]]>{TEMPLATE}&#60;b&#62; "
    '#read("/etc/passwd") $x$ *a* \\u{202e} \u202e'
)
LINK = "https://a.example/\"'><img/src=x/onerror=alert(1)>"
SHORT = "=\"'><b>"
#: What is no text of a person's, or is what addresses are made of, where no letter is hostile.
NOT_WRITTEN = {
    *("Municipality.slug", "Municipality.code", "Committee.slug", "Party.slug", "Topic.slug", "Issue.slug"),
    *("ReportingPeriod.slug", "OldAddress.slug", "User.password", "User.email"),
    *("Party.fill", "Party.ink"),  # hexadecimal digits, or there is no party: tests/parties/test_parties.py
    # What the site itself writes, and so nobody else.
    *("SourceDocument.sha256", "SourceDocument.media_type", "Report.sha256", "ReportFile.sha256", "Word.word"),
    *("Notice.anchor", "Goal.target_bound", "Notice.problem"),
    # Of rows that there are none of here: they are the same words as a proposal's title and the records' reasons.
    *("EarlierVersion.title", "Report.reason"),
}
#: What begins a formula in a spreadsheet.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def written_columns() -> Iterator[tuple[type[models.Model], Any]]:
    """Give every column that holds a text that somebody may write."""
    for room in ("parties", "proposals", "goals"):
        for model in apps.get_app_config(room).get_models():
            if hasattr(model, "pgh_tracked_model") or model._meta.proxy:
                continue
            for field in model._meta.fields:
                if isinstance(field, models.CharField | models.TextField) and not field.choices:
                    yield model, field


def hostile_for(field: Any) -> str:
    """Give the most hostile text that a column has room for."""
    if isinstance(field, models.URLField):
        return LINK
    return SHORT[: field.max_length] if (field.max_length or 999) < 50 else HOSTILE[: field.max_length]


@pytest.fixture
def hostile(cast: Cast) -> Cast:
    """Write the text wherever it can be written: by the methods that pages use, and then straight into the tables."""
    goal = Goal.objects.get(proposal__party__slug="v", number=25)
    period = goal.proposal.plan_year.periods.get(slug="delar")
    judged = {"comment": HOSTILE, "evidence": HOSTILE, "link": LINK, "reference": HOSTILE[:50]}
    first = goal.report("achieved", by=cast.secretary, period=period, **judged)
    goal.report("achieved", by=cast.secretary, period=period, **judged, replaces=first, reason=HOSTILE)
    decided = {"date": date(2017, 1, 20), "reference": HOSTILE[:100], "link": LINK}
    first = goal.decide("adopted", by=cast.secretary, **decided)
    goal.decide("rejected", by=cast.secretary, **decided, replaces=first, reason=HOSTILE)
    measured = Goal.objects.get(proposal__party__slug="kd", number=14)
    found = {"date": date(2017, 8, 1), "source": HOSTILE, "link": LINK}
    first = measured.measure(Decimal(80), by=cast.secretary, **found)
    measured.measure(Decimal(81), by=cast.secretary, **found, replaces=first, reason=HOSTILE)
    Follow.objects.start(cast.secretary, goal, Follow.Pace.WEEKLY)
    DraftFactory(committee=cast.committee)
    reports.write(period, cast.secretary, introduction=HOSTILE, proposal=HOSTILE)
    for model, field in written_columns():
        if f"{model.__name__}.{field.name}" in NOT_WRITTEN:
            continue
        text: Any = hostile_for(field)
        if field.name == "name" and model._meta.model_name in ("topic", "issue", "reportingperiod"):
            keys = models.functions.Cast("pk", models.TextField())
            text = models.functions.Concat(models.Value(text[:40]), keys, output_field=models.TextField())
        try:
            with transaction.atomic():
                model._base_manager.update(**{field.name: text})
        except DatabaseError:
            assert model._base_manager.filter(**{f"{field.name}__contains": "<"}).exists(), f"{model} {field}"
    Goal.objects.update(responsible=[HOSTILE])
    apps.get_model("proposals", "Passage").objects.update(sic=[HOSTILE])
    reports.fix(ReportingPeriod.objects.get(slug="delar"), cast.secretary)
    return cast


def is_harmless_page(name: str, page: str) -> None:
    """Fail if the text made an element, an attribute or a link that runs."""
    tree = html.document_fromstring(page)
    assert not tree.xpath("//img[@src='x']|//b[not(ancestor::*[@id='user-tools'])][not(text())]"), name
    for script in tree.xpath("//script"):
        if script.get("type") == "application/ld+json":
            json.loads(script.text)
        else:
            assert (script.get("src") or "").startswith("/static/") or "admin/jsi18n" in script.get("src"), name
    for element in tree.iter(etree.Element):
        assert not [attribute for attribute in element.attrib if attribute.startswith("on")], name
        for attribute in ("href", "src", "action", "formaction"):
            scheme = urlsplit(element.get(attribute, "")).scheme
            assert scheme in ("", "http", "https", "mailto"), f"{name}: {element.get(attribute)}"
    said = tree.text_content()
    # Some cut it short; none makes 49 of it.
    assert said.count("]]>") == said.count(f"]]>{TEMPLATE[:4]}"), name


def is_harmless(name: str, kind: str, content: bytes) -> None:
    """Fail unless an answer can be read as what it says it is, and the text does nothing in it."""
    if kind == "text/html" and content.strip():
        is_harmless_page(name, content.decode())
    elif kind.endswith("xml"):
        tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
        assert not list(tree.iter("{*}script", "{*}img", "{*}b")), name
    elif kind.endswith("json"):
        json.loads(content)
    elif kind == "text/csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";" if b";" in content else ","))
        cells = [cell for row in rows for cell in row]
        assert not [cell for cell in cells if cell.startswith(FORMULAS) and not is_number(cell)], name
    elif kind == "text/calendar":
        calendar = icalendar.Calendar.from_ical(content)
        assert {type(part).__name__ for part in calendar.walk()} <= {"Calendar", "Event", "Timezone"}
    elif kind == "application/pdf":
        with NamedTemporaryFile(suffix=".pdf") as file:
            file.write(content)
            file.flush()
            text = pdf_text(Path(file.name))
        assert "root:" not in text, name
        assert '#read("/etc/passwd")' in text.replace("\n", " "), name
    elif "spreadsheet" in kind:
        sheets = load_workbook(io.BytesIO(content))
        cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row]
        assert "f" not in {cell.data_type for cell in cells}, name
    elif "wordprocessing" in kind:
        document = Document(io.BytesIO(content))
        assert {part.reltype.rpartition("/")[2] for part in document.part.rels.values() if part.is_external} <= {
            "hyperlink"
        }


def is_number(cell: str) -> bool:
    return cell.lstrip("+-").replace(",", "").replace(".", "").isdecimal()


def test_every_column_is_only_text(hostile: Cast):
    """No page makes an element of it, no feed is broken by it, no file runs it: whoever looks, at every address."""
    draft, decision = hostile.committee.drafts.get(), Goal.objects.get(proposal__party__slug="v", number=25).decisions
    named = {"draft": draft.pk, "decision": decision.order_by("-pk").first().pk}
    addresses = {name: address.format(**named) for name, (address, _) in DOORS.items()}
    more = [*(f"report.{end}" for end in ("docx", "xlsx", "json")), *(f"year.{end}" for end in ("csv", "xlsx"))]
    files = {name: f"{YEAR}/rapport/delar/1/rapport.{name[7:]}" for name in more if name.startswith("report")}
    files |= {name: f"/data{YEAR}/mal.{name[5:]}" for name in more if name.startswith("year")}
    files |= {"records": "/data/lagesrapporter.csv", "everything": f"/data{YEAR}/allt.xlsx"}
    questions = {
        "search": f"/sok/?q={HOSTILE[:40]}",
        "compare": f"{YEAR}/jamfor/?q={HOSTILE[:40]}&amne={HOSTILE[:40]}",
        "changes": f"/andringar/?parti={HOSTILE[:40]}",
        "suggestions": f"/sok/forslag/?q={HOSTILE[:10]}",
        "next": f"/logga-in/?next={HOSTILE[:40]}",
        "missing": f"/api/{HOSTILE[:40]}",
    }
    administration = {}
    for model in admin.site._registry:
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        administration[page] = reverse(f"{page}_changelist")
        if not model._meta.proxy:
            found = model._base_manager.order_by("pk").first()
            administration[f"{page} one"] = reverse(f"{page}_change", args=[found.pk if found else 1])
    looked, read, told = 0, set[bytes](), set[str]()
    for place, (who, asked) in enumerate(
        ((NOBODY, addresses | files), (SECRETARY, addresses), (NOBODY, questions), (SUPERUSER, administration))
    ):
        client = hostile.client(who)
        for number, (name, address) in enumerate(asked.items()):
            data = None
            if "?" in address and asked is questions:
                address, _, query = address.partition("?")
                data = dict(part.split("=", 1) for part in query.split("&") if "=" in part)
            response = client.get(address, data, REMOTE_ADDR=f"127.1.{place}.{number}")
            assert response.status_code < 500, name
            if response.status_code in (200, 404, 422):
                looked += 1
                # The same file is the same to whoever asks for it.
                if (content := response.getvalue()) not in read:
                    is_harmless(f"{name} as {who}", response.get("Content-Type", "").partition(";")[0], content)
                read.add(content)
                if TEMPLATE.encode() in content:
                    told.add(name)
    assert looked > 200
    assert told >= {"goal", "compare", "plan", "overview", "search", "changes", "report_numbered", "judge", "api_mal"}

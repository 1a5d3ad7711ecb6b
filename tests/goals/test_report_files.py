"""A fixed report's files: they open in the programs that people have, and say what they should, to everybody."""

import datetime
import itertools
import json
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pypdf
import pypdfium2
import pytest
from django.template.loader import render_to_string
from django.test import Client
from lxml import etree
from pypdf.generic import DictionaryObject, IndirectObject

from goals.models import Goal, Report, ReportFile
from goals.models.reports import checksum
from goals.report.glyphs import characters
from goals.report.pdf import FONTS, _characters, to_pdf
from goals.report.present import EXAMPLE, present
from goals.report.sheets import to_xlsx
from goals.report.snapshot import FORM, canonical
from goals.report.word import to_docx
from proposals.models import Passage
from tests import programs
from tests.cast import Cast
from tests.conftest import Clock
from tests.factories import PassageFactory
from tests.report_text import figures
from tests.reports import fix, write

#: What would be markup somewhere: in HTML, in Typst, in a spreadsheet's formulas, in XML.
NASTY = "=1+1 <b>fet</b> & #let x = 1 *a* _b_ $c$ [d] @e `f` \\n // /* {{ g }} ]]> “å”"
#: What fonts and formats have no room for: a picture, a sign of a font's own, one that writes from the right.
ODD = "Odd: \N{GRINNING FACE} \uf0b7 \N{ARABIC LETTER BEH} \x0b\u202e\ufeff slut"

NOTHING: dict[str, Any] = {"changed": [], "not_judged": [], "sections": []}

_made: dict[str, Any] = {}


@pytest.fixture
def report(plans, cast: Cast, clock: Clock) -> dict[str, bytes]:
    """Give the files of a report in which everything that anyone can write is nasty; made once."""
    if _made:
        return _made
    clock.set(2017, 9, 20, 10)
    period = plans.periods.get(slug="delar")
    goals = list(Goal.objects.select_related("proposal__plan_year__committee", "passage").order_by("pk"))
    Passage.objects.filter(pk=goals[0].passage_id).update(text=NASTY, marks=[[0, 4, "em"], [5, 9, "strong"]])
    Passage.objects.filter(pk=goals[1].passage_id).update(text=ODD)
    for goal in goals[:3]:
        said = {"comment": NASTY, "evidence": NASTY, "reference": "=2+2", "link": "https://exempel.invalid/å?a=1&b='\""}
        goal.report("not_assessable", by=cast.secretary, period=period, **said)
    for goal in goals[40:60]:
        goal.report("achieved", by=cast.secretary, period=period, comment="Åtgärderna är genomförda.")
    write(period, cast.secretary, introduction=f"{NASTY}\n- {NASTY}\n1. {NASTY}", proposal=f"{NASTY}\n\n{ODD}")
    cast.secretary.is_example = True
    fixed = fix(period, cast.secretary)
    page = Client().get(fixed.get_absolute_url()).content
    _made.update({file.format: bytes(file.content) for file in fixed.files.all()} | {"html": page})
    return _made


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Let LibreOffice open both files, once: give each sheet's rows, and the document's text."""
    folder, found = tmp_path_factory.mktemp("opened"), {}

    def open_them(files: dict[str, bytes]) -> dict[str, Any]:
        if not found:
            paths = {end: folder / f"rapport.{end}" for end in ("xlsx", "docx", "pdf")}
            for end, path in paths.items():
                path.write_bytes(files[end])
            found.update(programs.sheets(paths["xlsx"], folder))
            programs.convert([paths["docx"]], "txt:Text (encoded):UTF8", folder)
            found["docx"] = (folder / "rapport.txt").read_text(encoding="utf-8-sig")
            found["pdf"] = programs.pdf_text(paths["pdf"])
        return found

    return open_them


def pages(content: bytes) -> list[str]:
    """Give the text of each page of a PDF, as a browser finds it."""
    document = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_bounded() for page in document]


def test_they_open_in_the_real_programs(report, opened):
    """LibreOffice and two readers of PDF find the words with å, ä and ö, and the figures, in every file."""
    found = opened(report)
    said = json.loads(report["json"])
    counts = {row["label"]: [*row["by_party"], row["total"]] for row in said["counts"]["statuses"] if row["total"]}
    goals = found["Mål (exempel)"]
    header = goals[0]
    assert len(goals) == 79
    assert Counter(row[header.index("Status")] for row in goals[1:])["Kan inte bedömas"] == 3
    summary = {row[1]: [int(number) for number in row[2:]] for row in found["Summering (exempel)"][1:]}
    assert counts.items() <= summary.items()
    assert [row[0] for row in found["Ej bedömda (exempel)"][1:]] == [
        said["goals"][at]["reference"] for at in said["not_judged"]
    ]
    drawn = "\n".join(pages(report["pdf"]))
    for text in (found["pdf"], drawn):
        assert "Åtgärderna är genomförda." in text
        read = figures(text, 2)
        assert {name: read[name] for name in counts} == counts
        assert read["Inte bedömda i perioden"] == [*said["counts"]["not_judged"]["by_party"], 55]
    for text in ("Åtgärderna är genomförda.", "Inte bedömda i perioden", "Källor"):
        assert text in found["docx"]


def test_what_is_written_is_never_markup(report, opened):
    """The same signs come out of every format: no formula, no tag, no heading, nothing run."""
    found = opened(report)
    assert NASTY in found["docx"]
    assert [row for row in found["Mål (exempel)"] if NASTY in row]
    assert "&lt;b&gt;fet&lt;/b&gt; &amp; #let" in report["html"].decode()
    assert "<b>fet" not in report["html"].decode()
    assert report["json"].decode().count("=1+1") >= 8
    text = " ".join(found["pdf"].replace("\N{SOFT HYPHEN}", "").split())
    assert text.count("<b>fet</b> & #let x = 1 *a* _b_ $c$ [d] @e `f` \\n // /* {{ g }} ]]> “å”") >= 8
    assert "Odd: [U+1F600] [U+F0B7] [U+0628] [U+000B] slut" in text
    for sheet in openpyxl.load_workbook(BytesIO(report["xlsx"])):
        assert not [cell.coordinate for row in sheet for cell in row if cell.data_type == "f"]
    with zipfile.ZipFile(BytesIO(report["docx"])) as parts:
        for name in parts.namelist():
            if name.endswith(".xml"):
                etree.fromstring(parts.read(name))
        assert not [name for name in parts.namelist() if "vba" in name.lower() or "macro" in name.lower()]


def test_an_example_is_marked_in_words_everywhere(report):
    """On the page, on every page of the PDF, in the name of every sheet, and at the top of every page in Word."""
    assert EXAMPLE in report["html"].decode()
    assert all("EXEMPEL" in page for page in pages(report["pdf"]))
    assert all("exempel" in name for name in openpyxl.load_workbook(BytesIO(report["xlsx"])).sheetnames)
    word = docx.Document(BytesIO(report["docx"]))
    assert "EXEMPEL" in word.sections[0].header.paragraphs[0].text
    assert EXAMPLE in "\n".join(paragraph.text for paragraph in word.paragraphs)


def test_a_draft_is_marked_on_every_page(report):
    """A draft has no number and no checksum, and its PDF says so on each page."""
    said = {name: value for name, value in json.loads(report["json"]).items() if name not in ("number", "fixed_at")}
    found = pages(to_pdf(said))
    assert all("UTKAST" in page for page in found)
    assert "Kontrollsumma (SHA-256)" not in found[0]
    assert present(said)["state"] == "Utkast"


def test_excel_has_real_dates_and_numbers_and_a_header_that_stays(report):
    """One table a sheet, its header frozen, with numbers to count with and days to sort by."""
    book = openpyxl.load_workbook(BytesIO(report["xlsx"]))
    assert book.sheetnames == [
        f"{name} (exempel)" for name in ("Om rapporten", "Summering", "Mål", "Ändrat", "Ej bedömda")
    ]
    assert {sheet.freeze_panes for sheet in book} == {"A2"}
    goals = book["Mål (exempel)"]
    header = [cell.value for cell in goals[1]]
    days = [row[header.index("Status gäller")] for row in goals.iter_rows(min_row=2, values_only=True)]
    assert Counter(map(type, days)) == {datetime.datetime: 23, type(None): 55}
    assert isinstance(book["Summering (exempel)"]["C2"].value, int)
    assert book.properties.language == "sv-SE"


def test_word_has_headings_tables_and_language(report):
    """Word's own headings in order, tables whose header row comes again, and Swedish."""
    word = docx.Document(BytesIO(report["docx"]))
    levels = [int(p.style.name[-1]) for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert len(word.tables) == 5
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    for table in word.tables:
        assert table.rows[0]._tr.find(f"{space}trPr/{space}tblHeader") is not None
    assert word.styles.element.find(f".//{space}lang").get(f"{space}val") == "sv-SE"
    assert (word.core_properties.language, word.core_properties.title[:10]) == ("sv-SE", "Uppföljnin")


def structure(reader: pypdf.PdfReader) -> Iterator[DictionaryObject]:
    """Give every element of a PDF's structure, in the order of reading."""

    def walk(element: Any) -> Iterator[DictionaryObject]:
        found = element.get_object() if isinstance(element, IndirectObject) else element
        if isinstance(found, list):
            for each in found:
                yield from walk(each)
        elif isinstance(found, DictionaryObject):
            if "/S" in found:
                yield found
            if "/K" in found:
                yield from walk(found["/K"])

    yield from walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])


def test_the_pdf_meets_pdf_ua(report):
    """What PDF/UA-1 asks for that a program can tell; Typst refuses to make what breaks its rules."""
    reader = pypdf.PdfReader(BytesIO(report["pdf"]))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is not None
    assert str(root["/Lang"]).startswith("sv")
    assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712 - pypdf's own boolean
    metadata = root["/Metadata"].get_data().decode()
    assert "pdfuaid:part" in metadata
    assert "Uppföljning av partiernas mål och uppdrag" in metadata
    assert [item["/Title"] for item in reader.outline if not isinstance(item, list)][:2] == [
        "Inledning",
        "Förslag till beslut",
    ]
    assert all(page["/Tabs"] == "/S" for page in reader.pages if "/Annots" in page)
    elements = list(structure(reader))
    kinds = Counter(str(element["/S"]) for element in elements)
    assert kinds["/Figure"] == 2
    assert all(
        "mål" in str(element["/Alt"]) or "bedömt" in str(element["/Alt"])
        for element in elements
        if element["/S"] == "/Figure"
    )
    headings = [int(str(element["/S"])[2]) for element in elements if str(element["/S"]) in ("/H1", "/H2", "/H3")]
    assert headings[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings))
    assert kinds["/Table"] == 5
    assert kinds["/BlockQuote"] >= 78
    scopes = {
        str(dict(element["/A"][0] if isinstance(element["/A"], list) else element["/A"]).get("/Scope"))
        for element in elements
        if element["/S"] == "/TH"
    }
    assert "/Column" in scopes
    assert all_fonts_are_embedded(reader)


def all_fonts_are_embedded(reader: pypdf.PdfReader) -> bool:
    fonts = {font.idnum: font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    return bool(fonts) and all(
        "/ToUnicode" in font
        and {"/FontFile2", "/FontFile3"} & set(font["/DescendantFonts"][0].get_object()["/FontDescriptor"])
        for font in fonts.values()
    )


def test_the_same_snapshot_gives_the_same_bytes(report, monkeypatch: pytest.MonkeyPatch):
    """Made again on another day, every file is the same."""
    said = json.loads(report["json"])
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    for end, make in (("pdf", to_pdf), ("xlsx", to_xlsx), ("docx", to_docx)):
        made = make(said, checksum(report["json"]), datetime.datetime.fromisoformat(said["fixed_at"]))
        assert made == report[end], end
    assert canonical(said) == report["json"]


def test_a_long_plan(plans, v, cast: Cast, clock: Clock):
    """A report of 500 goals with long comments is fixed within seconds, and nothing is lost."""
    clock.set(2017, 9, 20)
    period = plans.periods.get(slug="delar")
    passages = Passage.objects.bulk_create(PassageFactory.build(proposal=v, kind="goal") for _ in range(422))
    Goal.objects.bulk_create(
        Goal(proposal=v, passage=passage, number=number, kind="goal") for number, passage in enumerate(passages, 500)
    )
    goals = Goal.objects.select_related("proposal__plan_year__committee").order_by("pk")
    for goal in goals[:60]:
        goal.report("partly", by=cast.secretary, period=period, comment="En lång kommentar. " * 200)
    began = time.process_time()
    fixed = fix(period, cast.secretary)
    assert time.process_time() - began < 20
    assert len(json.loads(fixed.snapshot)["goals"]) == 500
    assert Report.objects.count() == 1
    assert ReportFile.objects.get(format="pdf").size < 5_000_000


def test_a_report_of_any_form_can_still_be_shown():
    """What was fixed in the first form, with every part in it, is still a page and still makes every file.

    The sample stays as it is for ever. A snapshot of another form gets another number and a sample of its own.
    """
    said = json.loads((Path(__file__).parents[1] / "documents" / "report-form-1.json").read_text(encoding="utf-8"))
    assert said["form"] == FORM == 1
    page = render_to_string("goals/report/_report.html", {"report": present(said, "0" * 64)})
    for words in (
        "Rapport nr 1, fastställd 19 september 2017",
        "Så gick det.",
        "<li>en punkt</li>",
        said["goals"][0]["text"],
    ):
        assert words in page
    at = datetime.datetime.fromisoformat(said["fixed_at"])
    assert all(len(make(said, "0" * 64, at)) > 5_000 for make in (to_pdf, to_xlsx, to_docx))


def test_every_font_has_swedish_and_what_we_write(report):
    """The report's own words can be drawn in every font that it is set in, and so can all that we take to be drawn."""
    said = json.loads(report["json"])
    all_signs = "".join(sorted(_characters()))
    assert to_pdf({**said, "introduction": [{"kind": "text", "lines": [all_signs]}], "goals": [], **NOTHING})
    for path in sorted(Path(FONTS).glob("*.otf")):
        assert set(map(ord, "åäöÅÄÖé§–”→·…")) <= characters(path.read_bytes())

"""A report as a Word document, to paste from into the committee's own: real headings, tables, lists and language."""

import datetime
import re
import zipfile
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

from goals.report.present import present
from goals.report.snapshot import Snapshot

#: What Word's own format has no room for.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
SANS, SERIF = "Calibri", "Georgia"
#: Of an A4 page with its margins.
TEXT_WIDTH = Cm(16)
#: The styles of what stands in tables, and of the lines of a goal.
IN_TABLE, OF_GOAL = "Tabelltext", "Mål"


def to_docx(snapshot: Snapshot, checksum: str, fixed_at: datetime.datetime) -> bytes:
    """Write a fixed report as a Word document; the same snapshot gives the same bytes."""
    shown = _writable(present(snapshot, checksum))
    document = Document()
    _prepare(document, shown, fixed_at)
    _title_page(document, shown)
    for heading, blocks in (("Inledning", shown["introduction"]), ("Förslag till beslut", shown["proposal"])):
        if blocks:
            document.add_heading(heading, 1)
            _blocks(document, blocks)
    _summary(document, shown)
    _lists(document, shown)
    _goals(document, shown)
    document.add_heading("Så har rapporten gjorts", 1)
    for paragraph in shown["method"]:
        document.add_paragraph(paragraph)
    document.add_heading("Källor", 1)
    for source in shown["sources"]:
        said = f"{source['party']}: {source['title']}, version {source['version']}. {source['name']}, {source['url']}"
        document.add_paragraph(f"{said}. SHA-256 {source['sha256']}")
    return _same_bytes(document, fixed_at)


def _prepare(document: DocumentType, shown: dict[str, Any], fixed_at: datetime.datetime) -> None:
    """Set page, language, fonts and properties; headings are Word's own, so that its contents list finds them."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.5)
    section.header.paragraphs[0].text = " · ".join(
        filter(None, (shown["kicker"], shown["period"], shown["state"], "EXEMPEL" if shown["example"] else ""))
    )
    for style in document.styles:
        if style.name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3"):
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for name in (*fonts.attrib,):
                del fonts.attrib[name]
            for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
                fonts.set(qn(name), SANS)
    document.styles["Normal"].font.size = Pt(11)
    small = document.styles.add_style(IN_TABLE, WD_STYLE_TYPE.PARAGRAPH)
    small.base_style, small.font.size = document.styles["Normal"], Pt(9.5)
    small.paragraph_format.space_after = Pt(2)
    tight = document.styles.add_style(OF_GOAL, WD_STYLE_TYPE.PARAGRAPH)
    tight.base_style, tight.paragraph_format.space_after = document.styles["Normal"], Pt(2)
    language = document.styles.element.find(f".//{qn('w:lang')}")
    language.set(qn("w:val"), "sv-SE")
    properties = document.core_properties
    properties.title, properties.subject = shown["title"], shown["state"]
    properties.author = properties.last_modified_by = shown["kicker"]
    properties.language, properties.keywords, properties.comments = "sv-SE", shown["period"], shown["example"]
    properties.created = properties.modified = fixed_at.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)


def _title_page(document: DocumentType, shown: dict[str, Any]) -> None:
    document.add_paragraph(shown["kicker"])
    document.add_heading(shown["title"], 0)
    document.add_paragraph(f"{shown['lede']}. {shown['state']}.")
    if shown["example"]:
        document.add_paragraph().add_run(shown["example"]).bold = True
    for name, said in shown["facts"]:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(said)
    document.add_paragraph(f"{shown['how_to_check']} {shown['address']}")


def _blocks(document: DocumentType, blocks: Iterable[dict[str, Any]]) -> None:
    for block in blocks:
        if block["kind"] == "text":
            document.add_paragraph("\n".join(block["lines"]))
        elif block["kind"] == "points":
            for item in block["entries"]:
                document.add_paragraph(item, style="List Bullet")
        else:
            # Numbers as text: Word would go on counting where the list before ended.
            for number, item in enumerate(block["entries"], 1):
                document.add_paragraph(f"{number}. {item}")


def _summary(document: DocumentType, shown: dict[str, Any]) -> None:
    document.add_heading("Sammanfattning", 1)
    document.add_paragraph(shown["weight"])
    for counted in shown["tables"]:
        document.add_heading(counted["caption"], 2)
        names = [counted["first"] or "Vad", *shown["columns"], "Alla"]
        rows = [*counted["rows"], *([counted["foot"]] if counted["foot"] else [])]
        cells = ([row["label"], *map(str, row["by_party"]), str(row["total"])] for row in rows)
        _table(document, names, cells, [4, *([3] * len(shown["parties"])), 1.2], counts=True)


def _lists(document: DocumentType, shown: dict[str, Any]) -> None:
    if shown["has_changed"]:
        since = f" sedan {shown['before']}" if shown["before"] else ""
        document.add_heading(f"Det som har ändrats{since}", 1)
        if not shown["changed"]:
            document.add_paragraph("Inget mål har fått en annan status.")
        else:
            _table(
                document,
                ["Mål", "Partiets egna ord", "Från och till", "Kommentar"],
                (
                    [
                        *(goal["reference"], goal["text"]),
                        f"{goal['before']['label']} → {goal['status']['label']}"
                        + (" (exempel)" if goal["is_example"] else ""),
                        "\n".join(goal["comment"]),
                    ]
                    for goal in shown["changed"]
                ),
                (1.3, 4.5, 2.5, 3.2),
            )
    document.add_heading("Inte bedömda i perioden", 1)
    if not shown["not_judged"]:
        document.add_paragraph("Alla mål och uppdrag är bedömda i perioden.")
        return
    document.add_paragraph(
        "De här målen och uppdragen har ingen bedömt i perioden. Det säger inget om vad som har gjorts."
    )
    _table(
        document,
        ["Mål", "Partiets egna ord", "Senaste status", "Om statusen"],
        (
            [
                *(goal["reference"], goal["text"], goal["status"]["label"]),
                " ".join(filter(None, (goal["when"], "Exempel." if goal["is_example"] else ""))),
            ]
            for goal in shown["not_judged"]
        ),
        (1.3, 5, 2, 3.3),
    )


def _goals(document: DocumentType, shown: dict[str, Any]) -> None:
    if not shown["sections"]:
        return
    document.add_heading("Målen och uppdragen", 1)
    for section in shown["sections"]:
        document.add_heading(section["name"], 2)
        for group in section["groups"]:
            document.add_heading(group["name"], 3)
            for goal in group["goals"]:
                _goal(document, goal)


def _goal(document: DocumentType, goal: dict[str, Any]) -> None:
    head = document.add_paragraph(style=OF_GOAL)
    head.paragraph_format.keep_with_next, head.paragraph_format.space_before = True, Pt(12)
    head.add_run(goal["reference"]).bold = True
    head.add_run(f" {goal['kind']}{' · ' + goal['issue'] if goal['issue'] else ''}")
    own = document.add_paragraph(style=OF_GOAL)
    for piece in goal["runs"]:
        run = own.add_run(piece["text"])
        run.italic, run.bold, run.font.name = piece["em"] or None, piece["strong"] or None, SERIF
    status = document.add_paragraph(style=OF_GOAL)
    status.add_run(goal["status"]["label"]).bold = True
    said = [goal["lateness"], goal["when"], "Exempel." if goal["is_example"] else ""]
    status.add_run(f". {' '.join(filter(None, said))}")
    further = ["\n".join(goal["comment"]), goal["outcome"], f"Beslut: {goal['decision']}"]
    further += [f"{each['of']}: {', '.join(filter(None, (each['words'], each['link'])))}" for each in goal["evidence"]]
    if goal["sic"]:
        further.append(f"Så står det i originalet: {', '.join(f'”{word}”' for word in goal['sic'])}.")
    for line in filter(None, further):
        document.add_paragraph(line, style=OF_GOAL)


def _table(
    document: DocumentType,
    names: list[str],
    rows: Iterable[list[str]],
    shares: Sequence[float],
    *,
    counts: bool = False,
) -> None:
    """Add a table whose header row comes again on every page that it goes on to.

    ``shares`` are how wide its columns are beside each other. In one of ``counts`` the numbers stand to the right.
    """
    table = document.add_table(rows=1, cols=len(names), style="Table Grid")
    table.autofit = False
    style = document.styles[IN_TABLE]
    for column, share in zip(table.columns, shares, strict=True):
        column.width = int(TEXT_WIDTH * share / sum(shares))
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    for cell, name in zip(table.rows[0].cells, names, strict=True):
        cell.paragraphs[0].style = style
        _bold(cell.paragraphs[0], name)
    for row in rows:
        added = table.add_row()
        added._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for place, (cell, text) in enumerate(zip(added.cells, row, strict=True)):
            cell.text = text
            cell.paragraphs[0].style = style
            if counts and place:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()


def _bold(paragraph: Paragraph, text: str) -> None:
    paragraph.add_run(text).bold = True


def _writable(data: Any) -> Any:
    """Write what Word's format cannot hold as a sign that says so."""
    if isinstance(data, str):
        return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", data)
    if isinstance(data, dict):
        return {name: _writable(value) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_writable(value) for value in data]
    return data


def _same_bytes(document: DocumentType, fixed_at: datetime.datetime) -> bytes:
    """Pack the document with one time for all of its parts, in place of the time that it was packed."""
    made, out = BytesIO(), BytesIO()
    document.save(made)
    time = fixed_at.astimezone(datetime.UTC).timetuple()[:6]
    with zipfile.ZipFile(made) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in parts.namelist():
            packed.writestr(zipfile.ZipInfo(name, time), parts.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()

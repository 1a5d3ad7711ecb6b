"""Make the documents that the evaluation reads, from the sources beside this file.

    python -m tests.documents.layouts.make [NAME …]

A source is a plan of an invented party, where each line says what it is; it is written by hand, and both the document
and the file with what is to be found in it (NAME.toml) are made from it, never from what the parser finds. The results
are committed. LibreOffice (`soffice`) makes the ODT files; python-docx and reportlab, which the tests do not need, the
others; those with "via: word" go through LibreOffice too.

A source begins with settings ("file: pdf", "columns: 2"), and then has, one a line:

    # Rubrik, ## Underrubrik     a heading that is to be found
    !# Titel, !Rad               the title and other lines of the cover
    + mål, - punkt               an item that is a goal, and one that is not; ++ and -- stand one step in
    +# mål                       a numbered goal; +! one without any mark
    .. punkt                     a sub-item that belongs to the goal above it
    | cell | + cell              a row of a table, with a cell that is a goal
    “ ord                        words pulled out of the text, set large
    !contents                    a table of contents
"""

import re
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
FONTS = Path("/usr/share/fonts/truetype/liberation")
BOLD = re.compile(r"\*\*(.+?)\*\*")
LINE = re.compile(r"(?P<kind>!contents|!#|!|#{1,4}|\+\+|--|\+#|\+!|\.\.|[+|“]|-(?= ))\s*(?P<text>.*)")


@dataclass
class Part:
    """One line of a source: what it is, and its text; ``number`` counts the numbered items of a list."""

    kind: str
    text: str
    number: int = 0
    sub_items: list[str] = field(default_factory=list)

    @property
    def plain(self) -> str:
        return BOLD.sub(r"\1", self.text)

    @property
    def cells(self) -> list[str]:
        return [cell.strip() for cell in self.text.split("|")]

    @property
    def goals(self) -> list[str]:
        """What of it is a goal."""
        if self.kind == "|":
            return [cell.removeprefix("+ ") for cell in self.cells if cell.startswith("+ ")]
        return ["\n".join([self.plain, *self.sub_items])] if self.kind.startswith("+") else []

    @property
    def is_item(self) -> bool:
        return self.kind in ("+", "-", "++", "--", "+#")


@dataclass
class Source:
    """A source: its settings and its parts."""

    name: str
    settings: dict[str, str]
    parts: list[Part]

    def get(self, name: str, default: str = "") -> str:
        return self.settings.get(name, default)

    @property
    def path(self) -> Path:
        return HERE / f"{self.name}.{self.get('file')}"


def load(path: Path) -> Source:
    """Read a source."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    settings = dict(line.split(": ", 1) for line in head.splitlines())
    parts: list[Part] = []
    for paragraph in body.strip().split("\n\n"):
        number = 0
        for line in paragraph.split("\n"):
            found = LINE.fullmatch(line)
            if not found and parts and not parts[-1].kind and parts[-1] is last_of(paragraph, parts, line):
                parts[-1].text += f"\n{line}"
            elif found and found["kind"] == "..":
                parts[-1].sub_items.append(found["text"])
            else:
                number += bool(found and found["kind"] == "+#")
                parts.append(Part(found["kind"], found["text"], number) if found else Part("", line))
    return Source(path.stem, settings, parts)


def last_of(paragraph: str, parts: list[Part], line: str) -> Part | None:
    """Give the part that a further line of a paragraph belongs to, if it is not the first."""
    return parts[-1] if not paragraph.startswith(line) else None


def expected(source: Source) -> str:
    """Say in TOML what is to be found."""
    goals = [goal for part in source.parts for goal in part.goals]
    headings = [part.plain for part in source.parts if part.kind.startswith("#")]
    cover = [part.plain for part in source.parts if part.kind in ("!#", "!")]
    lines = [f'file = "{source.path.name}"', f'shape = "{source.get("shape")}"']
    lines.append(f"held_out = {'true' if source.get('held-out') else 'false'}")
    for name, texts in (("goals", goals), ("headings", headings), ("cover", cover)):
        quoted = ["  " + '"' + text.replace('"', '\\"').replace("\n", "\\n") + '",' for text in texts]
        lines += [f"{name} = [", *quoted, "]"]
    return "\n".join(lines) + "\n"


# Text and Markdown


def make_md(source: Source) -> None:
    """Write Markdown."""
    rows: list[str] = []
    for before, part in pairs(source):
        step = {"+": "- ", "-": "- ", "++": "  - ", "--": "  - ", "+#": f"{part.number}. "}.get(part.kind, "")
        if not (part.is_item and before and before.is_item):
            rows.append("")
        mark = f"{part.kind} " if part.kind.startswith("#") else "# " if part.kind == "!#" else step
        rows.append(mark + part.text)
        rows += [f"  - {sub}" for sub in part.sub_items]
    source.path.write_text("\n".join(rows).strip() + "\n", encoding="utf-8")


def make_txt(source: Source) -> None:
    """Write plain text, with lines of the width and marks of the kind that the source asks for."""
    width = int(source.get("wrap", "10000"))
    rows: list[str] = []
    for before, part in pairs(source):
        if not (part.is_item and before and before.is_item):
            rows.append("")
        if part.kind == "!contents":
            rows += contents(source)
            continue
        mark = {"+": "- ", "-": "- ", "++": "  - ", "+#": f"{part.number}. "}.get(part.kind, "")
        if part.is_item and source.get("bullet") == "alone":
            mark = "•\n" if part.kind == "+" else "– "
        elif part.is_item and source.get("bullet"):
            mark = f"{source.get('bullet')} "
        elif part.kind == "+#" and source.get("number") == "paragraph":
            mark = f"§ {part.number} " if first_list(source, part) else f"{part.number}) "
        start, _, mark = mark.rpartition("\n")
        rows += [start] if start else []
        rows += textwrap.wrap(part.plain, width, initial_indent=mark, subsequent_indent=" " * len(mark))
    text = "\n".join(rows).strip() + "\n"
    source.path.write_bytes(text.encode(source.get("encoding", "utf-8")))


def contents(source: Source) -> list[str]:
    """Give a table of contents, with dots or a tab before the numbers of pages."""
    headings = [part.plain for part in source.parts if part.kind == "#"]
    return [
        "Innehåll",
        "",
        *(f"{text} {'.' * (60 - len(text))} {2 + place // 2}" for place, text in enumerate(headings)),
    ]


def first_list(source: Source, part: Part) -> bool:
    """Tell whether an item stands in the first numbered list of its source."""
    numbered = [other for other in source.parts if other.kind == "+#"]
    return all(other.number != 1 for other in numbered[1 : numbered.index(part) + 1])


def pairs(source: Source) -> Iterator[tuple[Part | None, Part]]:
    """Give each part with the one before it."""
    yield from zip([None, *source.parts], source.parts, strict=False)


# Word and OpenDocument


def make_docx(source: Source, path: Path | None = None) -> None:
    """Write a Word document, with styles or with marks that are typed."""
    import docx
    from docx.shared import Pt

    document = docx.Document()
    table = None
    for part in source.parts:
        table = table if part.kind == "|" else None
        if part.kind == "|":
            table = table or document.add_table(0, len(part.cells), "Table Grid")
            row = table.add_row()
            for cell, text in zip(row.cells, part.cells, strict=True):
                add_runs(cell.paragraphs[0], text.removeprefix("+ "))
        elif part.kind == "!contents":
            for text in contents(source):
                document.add_paragraph(text)
        elif part.kind == "!#":
            document.add_heading(part.text, 0)
        elif part.kind.startswith("#") and source.get("headings") == "bold":
            run = document.add_paragraph().add_run(part.text)
            run.bold, run.font.size = True, Pt(11)
        elif part.kind.startswith("#"):
            document.add_heading(part.text, len(part.kind))
        else:
            style = {"+": "List Bullet", "-": "List Bullet", "++": "List Bullet 2", "+#": "List Number"}.get(part.kind)
            typed = part.is_item and source.get("bullet") == "typed"
            paragraph = document.add_paragraph(style=None if typed else style)
            add_runs(paragraph, ("•\t" if typed else "") + part.text)
            for sub in part.sub_items:
                document.add_paragraph(sub, style="List Bullet 2")
    if source.get("columns"):
        in_columns(document, int(source.get("columns")))
    document.save(str(path or source.path))


def add_runs(paragraph, text: str) -> None:
    """Write a text with its bold words."""
    for place, piece in enumerate(BOLD.split(text)):
        paragraph.add_run(piece).bold = bool(place % 2) or None


def in_columns(document, count: int) -> None:
    """Set the text of a Word document in columns."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    columns = OxmlElement("w:cols")
    columns.set(qn("w:num"), str(count))
    columns.set(qn("w:space"), "600")
    properties = document.sections[0]._sectPr
    for old in properties.findall(qn("w:cols")):
        properties.remove(old)
    properties.append(columns)


def convert(source: Source) -> None:
    """Let LibreOffice write the Word document as ODT or PDF."""
    with tempfile.TemporaryDirectory() as folder:
        word = Path(folder) / f"{source.name}.docx"
        make_docx(source, word)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            source.get("file"),
            "--outdir",
            str(HERE),
            str(word),
        ]
        subprocess.run(command, check=True, capture_output=True)


# PDF


def make_pdf(source: Source) -> None:
    """Write a PDF: pages of one to three columns, with what stands above and below them."""
    if source.get("via") == "word":
        convert(source)
        return
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    for name in ("Regular", "Bold", "Italic"):
        pdfmetrics.registerFont(TTFont(f"Sans-{name}", str(FONTS / f"LiberationSans-{name}.ttf")))
    pdfmetrics.registerFontFamily("Sans-Regular", normal="Sans-Regular", bold="Sans-Bold", italic="Sans-Italic")
    columns, size = int(source.get("columns", "1")), float(source.get("size", "11"))
    width, height = landscape(A4) if columns == 3 else A4
    margin, gap = 56, 24
    column = (width - 2 * margin - gap * (columns - 1)) / columns
    frames = [
        Frame(margin + place * (column + gap), margin, column, height - 2 * margin, 0, 0, 0, 0)
        for place in range(columns)
    ]

    def furniture(canvas, document) -> None:
        canvas.setFont("Sans-Regular", 8)
        canvas.drawString(margin, height - 36, source.get("header"))
        if footer := source.get("footer"):
            number = f"– {document.page} –" if footer == "-" else f"{footer} {document.page}"
            canvas.drawCentredString(width / 2, 30, number)

    def style(name: str, scale: float, **more) -> ParagraphStyle:
        font = more.pop("fontName", "Sans-Regular")
        points = size * scale
        return ParagraphStyle(
            name, fontName=font, fontSize=points, leading=points * 1.3, embeddedHyphenation=1, spaceAfter=6, **more
        )

    title = float(source.get("title", "24")) / size
    styles = {
        "!#": style("title", title, fontName="Sans-Bold"),
        "#": style("heading", 1.5, fontName="Sans-Bold", spaceBefore=8, keepWithNext=1),
        "##": style("sub-heading", 1.2, fontName="Sans-Bold", spaceBefore=6, keepWithNext=1),
        "“": style("quote", 1.6, fontName="Sans-Italic", textColor="#884400", spaceBefore=10),
        "item": style("item", 1, leftIndent=14, bulletIndent=2),
        "": style("text", 1),
    }
    dingbat = source.get("bullet") == "dingbat"
    styles["item"].bulletFontName = "ZapfDingbats" if dingbat else "Sans-Regular"
    story = []
    for part in source.parts:
        text = BOLD.sub(r"<b>\1</b>", part.text.replace("&", "&amp;"))
        if source.get("hyphenate") and part.kind not in ("!#", "#", "##"):
            text = hyphenated(text)
        if part.is_item:
            mark = f"{part.number}." if part.number else "n" if dingbat else "•"
            story.append(Paragraph(text, styles["item"], bulletText=mark))
        else:
            story.append(Paragraph(text, styles.get(part.kind, styles[""])))
    document = BaseDocTemplate(str(source.path), pagesize=(width, height), invariant=1, title="", author="")
    document.addPageTemplates(PageTemplate(frames=frames, onPage=furniture))
    document.build(story)


def hyphenated(text: str) -> str:
    """Say where long words may be parted: before a consonant and a vowel, some letters in from both ends."""
    return re.sub(
        r"\w{9,}",
        lambda word: re.sub(r"(?<=\w{4}[a-zåäö])(?=[bdfgklmnprstv][aeiouyåäö]\w{2})", "\xad", word[0]),
        text,
    )


MAKERS = {"md": make_md, "txt": make_txt, "docx": make_docx, "odt": convert, "pdf": make_pdf}


def main(names: list[str]) -> None:
    """Make the documents named, or all."""
    for path in sorted((HERE / "sources").glob("*.txt")):
        if names and path.stem not in names:
            continue
        source = load(path)
        MAKERS[source.get("file")](source)
        (HERE / f"{source.name}.toml").write_text(expected(source), encoding="utf-8")
        print(source.path.name)


if __name__ == "__main__":
    main(sys.argv[1:])

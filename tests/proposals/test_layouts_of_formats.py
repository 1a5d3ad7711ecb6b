"""What each format's own ways of marking headings, lists and tables come out as."""

import io
import zipfile
from collections.abc import Callable

import pytest
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table, TableStyle

from proposals.reading import Line, Style, parse, read
from tests.documents.broken import opendocument, paragraphs, pdf, png, word, zipped
from tests.proposals.test_parse import calls

TEXT = (
    "Kommunen ska under året ta fram en plan för hur fler unga kan få ett eget boende. Planen tas fram tillsammans med "
    "ideella föreningar och bostadsbolag, och följs upp varje år av nämnden."
)
BODY = ParagraphStyle("text", fontName="Times-Roman", fontSize=11, leading=14)
INDENTED = ParagraphStyle("indented", parent=BODY, firstLineIndent=14)
BULLET = ParagraphStyle("bullet", parent=BODY, leftIndent=18, bulletIndent=4)
INNER = ParagraphStyle("inner", parent=BODY, leftIndent=36, bulletIndent=22)
BOLD = ParagraphStyle("bold", parent=BODY, fontName="Times-Bold", spaceBefore=8)
LARGE = ParagraphStyle("large", parent=BODY, fontName="Helvetica-Bold", fontSize=16, leading=20, spaceAfter=6)


def flowed(*flowables: Flowable) -> bytes:
    content = io.BytesIO()
    SimpleDocTemplate(content, pagesize=A4).build(list(flowables))
    return content.getvalue()


def shown(content: bytes, name: str) -> list[tuple[str, int, str]]:
    """Give each block as its kind, its level or depth, and its text."""
    found: list[tuple[str, int, str]] = []
    for line in read(content, name):
        if line.left_out or line.style is Style.BLANK:
            continue
        if line.style is Style.CONTINUATION:
            kind, depth, text = found[-1]
            found[-1] = (kind, depth, f"{text} {line.text}".strip())
        else:
            found.append((line.style.value, line.level or line.indent, line.text))
    return found


def left_out(lines: list[Line]) -> list[tuple[int | None, str, str]]:
    return [(line.page, line.text, line.left_out) for line in lines if line.left_out]


class TestPdf:
    def test_bold_headings_and_indented_paragraphs(self):
        """A bold line is a heading; a first line set in begins a paragraph where no space parts them."""
        content = flowed(
            Paragraph("Vård och omsorg", BOLD),
            Paragraph(TEXT, INDENTED),
            Paragraph(f"{TEXT} Så gör vi.", INDENTED),
            Paragraph("<b>Fler träd.</b> Vi vill plantera träd i hela kommunen, det blir svalare.", BODY),
        )
        assert [kind for kind, _, _ in shown(content, "plan.pdf")] == ["heading", "text", "text", "text"]

    @pytest.mark.parametrize("bullet", ["•", "–", "-", "*", "o"])
    def test_bullets_hang_and_nest(self, bullet):
        """A bullet of any kind begins an item; the lines that hang under it belong to it."""
        content = flowed(
            Paragraph("Mål och uppdrag", LARGE),
            Paragraph(f"Ett {TEXT}", BULLET, bulletText=bullet),
            Paragraph("Två", BULLET, bulletText=bullet),
            Paragraph(f"Inre {TEXT}", INNER, bulletText=bullet),
            Paragraph("Tre", BULLET, bulletText=bullet),
            Paragraph(TEXT, BODY),
        )
        assert shown(content, "plan.pdf") == [
            ("heading", 1, "Mål och uppdrag"),
            ("bullet", 0, f"Ett {TEXT}"),
            ("bullet", 0, "Två"),
            ("bullet", 1, f"Inre {TEXT}"),
            ("bullet", 0, "Tre"),
            ("text", 0, TEXT),
        ]

    def test_a_bullet_alone_on_its_line(self):
        """A bullet whose text is on the next line is one item with that text."""

        def draw(canvas: Canvas) -> None:
            canvas.setFont("Helvetica-Bold", 14)
            canvas.drawString(72, 760, "Mål och uppdrag")
            canvas.setFont("Helvetica", 10)
            for place, text in enumerate(("Anställa fler", "Bygga om")):
                canvas.drawString(72, 730 - 34 * place, "•")
                canvas.drawString(72, 716 - 34 * place, text)

        assert [goal.text for goal in parse(read(pdf(draw), "plan.pdf")).goals] == ["Anställa fler", "Bygga om"]

    def test_a_dash_in_a_sentence_is_no_bullet(self):
        """A dash that happens to begin a line goes on with the sentence; one after a short line begins an item."""
        rows = ("• Arbetet mot hemlöshet stärks i hela kommunen under året", "– målet är att ingen ska vara hemlös")

        def draw(canvas: Canvas) -> None:
            for place, (first, second) in enumerate((rows, ("• Stärk skolan", "– fler lärare i alla årskurser"))):
                canvas.drawString(72, 700 - 40 * place, first)
                canvas.drawString(72 + canvas.stringWidth("• "), 686 - 40 * place, second)

        assert shown(pdf(draw), "plan.pdf") == [
            (
                "bullet",
                0,
                "Arbetet mot hemlöshet stärks i hela kommunen under året – målet är att ingen ska vara hemlös",
            ),
            ("bullet", 0, "Stärk skolan"),
            ("bullet", 1, "fler lärare i alla årskurser"),
        ]

    def test_numbered_items(self):
        """Items that count on are a list; a single numbered line is not."""
        content = flowed(
            *(Paragraph(text, BULLET, bulletText=f"{place}.") for place, text in enumerate(("Ett", "Två", TEXT), 1)),
            Paragraph("7. Ensam rad som inte hör till någon lista.", BODY),
        )
        assert shown(content, "plan.pdf") == [
            ("bullet", 0, "Ett"),
            ("bullet", 0, "Två"),
            ("bullet", 0, TEXT),
            ("text", 0, "7. Ensam rad som inte hör till någon lista."),
        ]

    def test_ruled_table_is_read_row_by_row(self):
        """Each cell of a table with lines is a passage of its own, in the order of the rows."""
        cells = [
            ["Mål", "Ansvarig"],
            [Paragraph(TEXT, BODY), Paragraph("Socialnämnden och förvaltningen tillsammans", BODY)],
            ["Bygga om", "Nämnden"],
        ]
        table = Table(cells, colWidths=[220, 120])
        table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
        found = [text for _, _, text in shown(flowed(Paragraph("Plan", LARGE), table, Paragraph(TEXT, BODY)), "a.pdf")]
        assert found == [
            "Plan", "Mål", "Ansvarig", TEXT, "Socialnämnden och förvaltningen tillsammans", "Bygga om", "Nämnden", TEXT
        ]  # fmt: skip

    @pytest.mark.parametrize("count", [2, 3])
    def test_columns_and_what_runs_along_the_pages(self, count):
        """Columns are read one after the other over all pages; headers of odd and even pages are left out."""
        sentences = " ".join(f"Mening {number}. {TEXT}" for number in range(40))
        width = 520 / count - 20
        rows = simpleSplit(sentences, "Helvetica", 9, width)

        def draw(canvas: Canvas) -> None:
            left = list(rows)
            page = 0
            while left:
                page += 1
                canvas.setFont("Helvetica", 8)
                canvas.drawString(*((40, 810, "Budget 2026") if page % 2 else (450, 810, "Partiet i Provköping")))
                canvas.drawString(290, 30, str(page))
                canvas.setFont("Helvetica", 9)
                for column in range(count):
                    for step, row in enumerate(left[:20]):
                        canvas.drawString(40 + column * 520 / count, 780 - 11.5 * step, row)
                    del left[:20]
                canvas.showPage()

        content = pdf(draw)
        assert [text for _, _, text in shown(content, "plan.pdf")] == [sentences]
        kinds = {reason for _, _, reason in left_out(read(content, "plan.pdf"))}
        assert kinds == {"sidhuvud", "sidnummer"}

    def test_a_page_that_is_a_picture_is_accounted_for(self):
        """Where only some pages have text, each of the others is a line that is left out, with the reason."""

        def draw(canvas: Canvas) -> None:
            for text in (TEXT[:80], "", TEXT[80:]):
                if text:
                    canvas.drawString(72, 700, text)
                else:
                    canvas.drawImage(ImageReader(io.BytesIO(png())), 0, 0, *A4)
                canvas.showPage()

        assert left_out(read(pdf(draw), "plan.pdf")) == [(2, "", "sidan är en bild utan text")]

    @pytest.mark.parametrize(
        ("first", "second", "joined"),
        [
            ("Vi vill stärka socialtjäns-", "ten i hela kommunen.", "socialtjänsten"),
            ("Det gäller barn-", "och ungdomsvården i kommunen.", "barn- och ungdomsvården"),
            ("Alla ska få gå en IT-", "utbildning i kommunen.", "IT-utbildning"),
            ("Vi samarbetar med en högskola/", "universitet i närheten.", "högskola/universitet"),
            ("Planen gäller för åren 2026-", "2028 i hela kommunen.", "2026-2028"),
        ],
    )
    def test_words_parted_by_a_line(self, first, second, joined):
        """A hyphen that only parts a word goes; one that is the word's own stays."""

        def draw(canvas: Canvas) -> None:
            canvas.drawString(72, 700, first)
            canvas.drawString(72, 686, second)

        (passage,) = parse(read(pdf(draw), "plan.pdf")).blocks
        assert joined in passage.text

    @pytest.mark.parametrize("turn", [0, 90, 180, 270])
    def test_turned_pages(self, turn):
        """A page that is turned as it is shown reads the same."""

        def draw(canvas: Canvas) -> None:
            canvas.setPageRotation(turn)
            width, height = A4 if turn % 180 == 0 else A4[::-1]
            {
                0: lambda: None,
                90: lambda: (canvas.translate(width, 0), canvas.rotate(90)),
                180: lambda: (canvas.translate(width, height), canvas.rotate(180)),
                270: lambda: (canvas.translate(0, height), canvas.rotate(270)),
            }[turn]()
            canvas.drawString(72, 500, "Vi vill ha fler träd i hela kommunen.")
            canvas.drawString(72, 400, "Vi vill ha mindre buller.")

        assert [text for _, _, text in shown(pdf(draw), "plan.pdf")] == [
            "Vi vill ha fler träd i hela kommunen.",
            "Vi vill ha mindre buller.",
        ]


STYLES = """<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Rubrik2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Egen"><w:name w:val="Partiets rubrik"/><w:basedOn w:val="Rubrik2"/></w:style>
<w:style w:type="paragraph" w:styleId="Punkt"><w:name w:val="List Bullet 2"/></w:style>
<w:style w:type="paragraph" w:styleId="Innehll1"><w:name w:val="toc 1"/></w:style>
<w:style w:type="character" w:styleId="Stark"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
</w:styles>"""


def in_style(style: str, text: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>'


def item(depth: int, text: str) -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="3"/></w:numPr></w:pPr>'
        f"<w:r><w:t>{text}</w:t></w:r></w:p>"
    )


WORD: dict[str, tuple[str, list[tuple[str, int, str]]]] = {
    "heading styles, by name, by base and by outline": (
        in_style("Rubrik2", "Ett")
        + in_style("Egen", "Två")
        + '<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr><w:r><w:t>Tre</w:t></w:r></w:p>',
        [("heading", 2, "Ett"), ("heading", 2, "Två"), ("heading", 3, "Tre")],
    ),
    "a bold line under a heading": (
        in_style("Rubrik2", "Vård")
        + "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Vi vill:</w:t></w:r></w:p>"
        + '<w:p><w:r><w:rPr><w:rStyle w:val="Stark"/></w:rPr><w:t>Vi vill också</w:t></w:r></w:p>'
        + "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>Detta är en mening.</w:t></w:r></w:p>"
        + '<w:p><w:r><w:rPr><w:b w:val="0"/></w:rPr><w:t>Vanlig text</w:t></w:r></w:p>',
        [
            ("heading", 2, "Vård"),
            ("heading", 3, "Vi vill:"),
            ("heading", 3, "Vi vill också"),
            ("text", 0, "Detta är en mening."),
            ("text", 0, "Vanlig text"),
        ],
    ),
    "lists, nested and by style": (
        item(0, "Ett") + item(1, "Inre") + in_style("Punkt", "Stil") + item(0, "Två") + paragraphs("– Handskriven"),
        [
            ("bullet", 0, "Ett"),
            ("bullet", 1, "Inre"),
            ("bullet", 1, "Stil"),
            ("bullet", 0, "Två"),
            ("bullet", 0, "Handskriven"),
        ],
    ),
    "tracked changes": (
        "<w:p><w:r><w:t>Vi vill </w:t></w:r><w:del><w:r><w:delText>inte </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>verkligen </w:t></w:r></w:ins><w:r><w:t>bygga.</w:t></w:r></w:p>",
        [("text", 0, "Vi vill verkligen bygga.")],
    ),
    "a table, row by row, and a table in a cell": (
        "<w:tbl><w:tr><w:tc>" + paragraphs("A1", "A1b") + "</w:tc><w:tc>" + paragraphs("B1") + "</w:tc></w:tr><w:tr>"
        "<w:tc><w:tbl><w:tr><w:tc>" + paragraphs("Inre") + "</w:tc></w:tr></w:tbl></w:tc><w:tc>" + paragraphs("B2")
        + "</w:tc></w:tr></w:tbl>",
        [("text", 0, text) for text in ("A1", "A1b", "B1", "Inre", "B2")],
    ),
    "line breaks, tabs, hyphens and links": (
        "<w:p><w:r><w:t>Rad ett</w:t><w:br/><w:t>rad</w:t><w:tab/><w:t>två, IT</w:t><w:noBreakHyphen/></w:r>"
        "<w:hyperlink><w:r><w:t>kurs</w:t></w:r></w:hyperlink></w:p>",
        [("text", 0, "Rad ett rad två, IT-kurs")],
    ),
    "what is not the text": (
        "<w:p><w:r><w:t>Text</w:t></w:r><w:r><w:footnoteReference/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>dold</w:t></w:r></w:p>",
        [("text", 0, "Text")],
    ),
    "a text box, once": (
        '<w:p><w:r><w:t>Utanför</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/'
        'markup-compatibility/2006"><mc:Choice><w:drawing><w:txbxContent>' + paragraphs("I rutan")
        + "</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent>" + paragraphs("I rutan")
        + "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
        [("text", 0, "Utanför"), ("text", 0, "I rutan")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WORD)
def test_word(case):
    """Word's own marks say what a paragraph is."""
    body, expected = WORD[case]
    assert shown(word(body, **{"word/styles.xml": STYLES}), "plan.docx") == expected


def test_contents_of_a_word_document_are_left_out():
    """A table of contents repeats the headings, and is none."""
    content = word(in_style("Innehll1", "Vård 3") + in_style("Rubrik2", "Vård"), **{"word/styles.xml": STYLES})
    assert left_out(read(content, "plan.docx")) == [(None, "Vård 3", "innehållsförteckning")]


def test_strict_word_documents():
    """The strict kind of the format, with other names for the same, reads the same."""
    strict = word(in_style("Rubrik2", "Vård"), **{"word/styles.xml": STYLES})
    parts = {"word/document.xml": "", "word/styles.xml": ""}
    for name in parts:
        text = zipfile.ZipFile(io.BytesIO(strict)).read(name).decode()
        parts[name] = text.replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        )
    assert shown(zipped(parts), "plan.docx") == [("heading", 2, "Vård")]


ODT: dict[str, tuple[str, list[tuple[str, int, str]]]] = {
    "headings": (
        '<text:h text:outline-level="2">Ett</text:h><text:p>Text.</text:p>',
        [("heading", 2, "Ett"), ("text", 0, "Text.")],
    ),
    "lists": (
        "<text:list><text:list-item><text:p>Ett</text:p><text:list><text:list-item><text:p>Inre</text:p>"
        "</text:list-item></text:list></text:list-item><text:list-item><text:p>Två</text:p><text:p>mer</text:p>"
        "</text:list-item></text:list>",
        [("bullet", 0, "Ett"), ("bullet", 1, "Inre"), ("bullet", 0, "Två mer")],
    ),
    "a numbered heading in a list": (
        '<text:list><text:list-item><text:h text:outline-level="1">Vård</text:h></text:list-item></text:list>',
        [("heading", 1, "Vård")],
    ),
    "spaces, tabs and line breaks": (
        '<text:p>  Ett\n   två<text:s text:c="2"/>tre<text:tab/>fyra<text:line-break/>fem</text:p>',
        [("text", 0, "Ett två  tre fyra fem")],
    ),
    "a table": (
        "<table:table><table:table-header-rows><table:table-row><table:table-cell><text:p>A</text:p>"
        "</table:table-cell></table:table-row></table:table-header-rows><table:table-row><table:table-cell>"
        "<text:p>B</text:p></table:table-cell></table:table-row></table:table>",
        [("text", 0, "A"), ("text", 0, "B")],
    ),
    "tracked changes, notes and comments": (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>borta</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes><text:p>Kvar<text:note><text:note-body><text:p>not</text:p>"
        "</text:note-body></text:note><office:annotation><text:p>sagt</text:p></office:annotation>.</text:p>",
        [("text", 0, "Kvar.")],
    ),
    "a section": ("<text:section><text:p>Inuti.</text:p></text:section>", [("text", 0, "Inuti.")]),
}


@pytest.mark.parametrize("case", ODT)
def test_opendocument(case):
    """LibreOffice's own marks say what a paragraph is."""
    body, expected = ODT[case]
    assert shown(opendocument(body), "plan.odt") == expected


PLAIN: dict[str, tuple[str, list[tuple[str, int, str]]]] = {
    "numbered items": (
        "1. Ett\n2. Två\n   mer\n\n3. Tre\n",
        [("bullet", 0, "Ett"), ("bullet", 0, "Två mer"), ("bullet", 0, "Tre")],
    ),
    "numbered headings": (
        "1. Vård\n\nText om vård.\n\n2. Skola\n\nText.",
        [("text", 0, "1. Vård"), ("text", 0, "Text om vård."), ("text", 0, "2. Skola"), ("text", 0, "Text.")],
    ),
    "years are no numbers": (
        "2017. Ett år\n2018. Ett till",
        [("text", 0, "2017. Ett år"), ("text", 0, "2018. Ett till")],
    ),
    "nested bullets": (
        "- Ett\n  - Inre\n\t- Innerst\n- Två",
        [("bullet", 0, "Ett"), ("bullet", 1, "Inre"), ("bullet", 2, "Innerst"), ("bullet", 0, "Två")],
    ),
    "a dash inside a line": ("Ett – två\n- tre", [("text", 0, "Ett – två"), ("bullet", 0, "tre")]),
}


@pytest.mark.parametrize("case", PLAIN)
def test_plain_text(case):
    """The marks that people make in plain text."""
    text, expected = PLAIN[case]
    assert shown(text.encode(), "plan.txt") == expected


MARKS: dict[str, Callable[[], bytes]] = {
    "plan.docx": lambda: word(
        "<w:p><w:r><w:t>Vi </w:t></w:r><w:r><w:rPr><w:b/><w:i/></w:rPr><w:t>måste</w:t></w:r><w:r><w:t> nu.</w:t></w:r>"
        "</w:p>"
    ),
    "plan.pdf": lambda: flowed(Paragraph("Vi <b><i>måste</i></b> nu.", BODY)),
    "plan.md": lambda: "Vi ***måste*** nu.".encode(),
}


@pytest.mark.parametrize("name", MARKS)
def test_emphasis(name):
    """Bold and italics stand on the same characters in every format."""
    (line,) = read(MARKS[name](), name)
    assert line.text == "Vi måste nu."
    assert {(mark.kind, line.text[mark.start : mark.end]) for mark in line.marks} == {
        ("strong", "måste"),
        ("em", "måste"),
    }


# How much work there is in a long document


SENTENCES = [
    "Rubrik",
    TEXT,
    "• Öppna en fritidsbank i varje stadsdel",
    f"{TEXT} och så vidare",
    "- Bygga fler bostäder",
]


def long_pdf(times: int) -> bytes:
    rows = [["Mål", "Ansvarig"], *[[Paragraph(TEXT, BODY), "Nämnden"]] * 3]
    table = Table(rows, colWidths=[320, 80], style=TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black)]))
    texts = [Paragraph("Rubrik", LARGE), *[Paragraph(text, BODY) for text in SENTENCES[1:] * 2]]
    return flowed(*[part for _ in range(times) for part in (*texts, table, PageBreak())])


def long_odt(times: int) -> bytes:
    item = f"<text:list><text:list-item><text:p>{TEXT}</text:p></text:list-item></text:list>"
    cell = f"<table:table-cell><text:p>{TEXT}</text:p></table:table-cell>"
    table = f"<table:table><table:table-row>{cell * 2}</table:table-row></table:table>"
    return opendocument(("".join(f"<text:p>{text}</text:p>" for text in SENTENCES) + item + table) * times)


def long_docx(times: int) -> bytes:
    table = f"<w:tbl><w:tr>{f'<w:tc>{paragraphs(TEXT)}</w:tc>' * 2}</w:tr></w:tbl>"
    return word((paragraphs(*SENTENCES) + table) * times)


@pytest.mark.parametrize(
    ("name", "made", "few"),
    [
        ("plan.pdf", long_pdf, 2),
        ("plan.docx", long_docx, 20),
        ("plan.odt", long_odt, 20),
        ("plan.txt", lambda times: ("\n\n".join(SENTENCES) + "\n\n").encode() * times, 20),
        ("plan.md", lambda times: ("\n\n".join(SENTENCES) + "\n\n").encode() * times, 20),
    ],
)
def test_the_work_of_reading_is_in_proportion_to_the_document(name: str, made: Callable[[int], bytes], few: int):
    """Ten times the pages or paragraphs take about ten times the work to read, and give ten times the lines."""
    short, long = made(few), made(10 * few)
    assert len(read(long, name)) > 9 * len(read(short, name))
    assert calls(lambda: read(long, name)) < 12 * calls(lambda: read(short, name))

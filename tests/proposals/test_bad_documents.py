"""Documents that are broken, hostile, or something else than they say: a clear answer, in bounded time and memory."""

import codecs
import io
import random
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from proposals.reading import (
    Style,
    UnreadableDocumentError,
    isolated,
    limits,
    lines_from_json,
    lines_to_json,
    page_images_isolated,
    parse,
    read,
    read_isolated,
)
from proposals.reading.isolated import Bounds
from tests.documents import broken

SEEDS = Path(__file__).resolve().parents[1] / "documents/seeds"
GOALS = "Mål och uppdrag\n\n- Anställa fler\n- Bygga om\n"


def seed(name: str) -> bytes:
    return (SEEDS / name).read_bytes()


def entity_bomb() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE lolz [<!ENTITY a0 "ha">{entities}]>'.encode()


def zip_bomb() -> bytes:
    return broken.word(broken.paragraphs("a" * 90_000_000))


def lying_zip() -> bytes:
    """Make a part that is larger than the zip file says that it is."""
    content = bytearray(broken.word(broken.paragraphs("a" * 3_000_000)))
    place = content.rfind(b"PK\x01\x02", 0, content.rfind(b"PK\x05\x06"))
    content[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    return bytes(content)


def nested_zip() -> bytes:
    return broken.zipped({"inre.zip": broken.zipped({"bomb.txt": b"0" * 1_000_000})})


def many_parts() -> bytes:
    return broken.word(broken.paragraphs("text"), **{f"media/{n}": b"" for n in range(limits.MOST_PARTS + 1)})


def locked_zip() -> bytes:
    """Make a Word document whose parts are said to be encrypted."""
    content = bytearray(broken.word(broken.paragraphs("hemligt")))
    for mark, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.find(mark)
        while place >= 0:
            content[place + offset] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("plan.docx", lambda: b"", "dokumentet är tomt"),
    "whitespace only": ("plan.txt", lambda: b" \r\n\t\n\f\n \xc2\xa0\n", "dokumentet är tomt"),
    "only marks that nobody sees": ("plan.txt", lambda: "\u200b\u200e\n\u00ad\n".encode(), "dokumentet är tomt"),
    "an empty Word document": ("plan.docx", lambda: broken.word("<w:p/>"), "dokumentet är tomt"),
    "huge": ("plan.pdf", lambda: b"%PDF-1.7\n" + bytes(limits.LARGEST_FILE), "större än 20 MB"),
    "unknown type": ("plan.exe", lambda: b"MZ\x90\0", "filtypen .exe kan inte läsas"),
    "no type": ("plan", lambda: b"text", "filtypen plan kan inte läsas"),
    "zip bomb": ("plan.docx", zip_bomb, "för stor när den packas upp"),
    "zip bomb of many parts": ("plan.docx", many_parts, "för stor när den packas upp"),
    "zip that lies about its size": ("plan.docx", lying_zip, "skadad"),
    "zip in a zip": ("plan.docx", nested_zip, "en packad fil (zip)"),
    "billion laughs in Word": (
        "plan.docx",
        lambda: broken.zipped({"word/document.xml": entity_bomb() + b"<a>&a9;</a>"}),
        "egna definitioner",
    ),
    "billion laughs in OpenDocument": (
        "plan.odt",
        lambda: broken.opendocument("", **{"content.xml": entity_bomb() + b"<a>&a9;</a>"}),
        "egna definitioner",
    ),
    "an entity that fetches a file": (
        "plan.docx",
        lambda: broken.zipped(
            {"word/document.xml": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}
        ),
        "egna definitioner",
    ),
    "XML of endless depth": (
        "plan.odt",
        lambda: broken.opendocument("<text:list><text:list-item>" * 50_000),
        "för djupt uppbyggd",
    ),
    "locked PDF": ("plan.pdf", lambda: broken.locked_pdf("hemligt", "mer"), "skyddad med lösenord"),
    "locked Word document": (
        "plan.docx",
        lambda: broken.ole("EncryptionInfo", "EncryptedPackage"),
        "skyddat med lösenord",
    ),
    "locked parts of a Word document": ("plan.docx", locked_zip, "skyddat med lösenord"),
    "locked OpenDocument": (
        "plan.odt",
        lambda: broken.opendocument(
            "", **{"META-INF/manifest.xml": "<m:encryption-data xmlns:m='m'/>", "content.xml": b"\x93\x01"}
        ),
        "skyddat med lösenord",
    ),
    "old Word document": ("plan.docx", lambda: broken.ole("WordDocument"), "äldre Word-dokument (.doc)"),
    "other old Office document": ("plan.docx", lambda: broken.ole("Workbook"), "äldre Office-dokument"),
    "RTF": ("plan.docx", lambda: b"{\\rtf1\\ansi Hej}", "ett RTF-dokument"),
    "macro document": ("plan.docm", lambda: broken.word(broken.paragraphs("text")), "makron"),
    "Word document with macros": (
        "plan.docx",
        lambda: broken.word(broken.paragraphs("text"), **{"word/vbaProject.bin": b"\0"}),
        "makron",
    ),
    "PDF with the name of a Word document": ("plan.docx", lambda: seed("kd.pdf"), "men är en PDF; byt namn"),
    "Word document with the name of a PDF": ("plan.pdf", lambda: seed("kd.docx"), "men är ett Word-dokument; byt namn"),
    "OpenDocument with the name of a Word document": ("plan.docx", lambda: seed("kd.odt"), "slutar på .odt"),
    "PDF with the name of a text": ("plan.txt", lambda: seed("kd.pdf"), "men är en PDF"),
    "text with the name of a PDF": ("plan.pdf", lambda: b"Vi vill ha fler tr", "men är vanlig text"),
    "Excel": ("plan.docx", lambda: broken.zipped({"xl/workbook.xml": "<a/>"}), "ett Excel-ark"),
    "PowerPoint": ("plan.docx", lambda: broken.zipped({"ppt/presentation.xml": "<a/>"}), "en PowerPoint-presentation"),
    "OpenDocument spreadsheet": (
        "plan.odt",
        lambda: broken.zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}),
        "kalkylark",
    ),
    "image": ("plan.pdf", broken.png, "en bild (PNG); kör textigenkänning (OCR)"),
    "scanned PDF": ("plan.pdf", broken.scanned_pdf, "är inskannat och har ingen text; kör textigenkänning (OCR)"),
    "truncated PDF": ("plan.pdf", lambda: seed("kd.pdf")[:200], "PDF-filen är skadad"),
    "truncated Word document": ("plan.docx", lambda: seed("kd.docx")[:-600], "skadad"),
    "truncated OpenDocument": ("plan.odt", lambda: seed("kd.odt")[:5000], "skadad"),
    "Word document with broken XML": (
        "plan.docx",
        lambda: broken.zipped({"word/document.xml": "<w:document><w:body>"}),
        "skadad",
    ),
    "PDF with 10,000 pages": ("plan.pdf", lambda: broken.pdf_pages(10_000), "fler än 400 sidor"),
    "PDF without pages": (
        "plan.pdf",
        lambda: broken.raw_pdf("<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [] /Count 0 >>"),
        "inga sidor|PDF-filen är skadad",
    ),
    "PDF whose page tree goes round": (
        "plan.pdf",
        lambda: broken.raw_pdf(
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 2 >>",
            "<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 2 >>",
        ),
        "PDF-filen|inskannat",
    ),
    "a single line of 5 MB": ("plan.txt", lambda: b"ord " * 1_250_000, "raden är längre än 100 000 tecken"),
    "a long line far down": ("plan.md", lambda: b"text\n" * 7 + b"a" * 200_000, "raden är längre än"),
    "too many lines": ("plan.txt", lambda: b"rad\n" * 20_001, "fler än 20 000 rader"),
    "too many paragraphs": (
        "plan.docx",
        lambda: broken.word(broken.paragraphs(*["text"] * 15_000)),
        "fler än 20 000 rader",
    ),
    "NUL bytes": ("plan.txt", lambda: b"M\0a\0l\0", "nolltecken"),
    "lone surrogates": ("plan.txt", lambda: b"Vi vill \xed\xa0\x80 mer", "inte kodad i UTF-8"),
    "lone surrogates in UTF-16": ("plan.txt", lambda: codecs.BOM_UTF16_LE + b"\x00\xd8a\0", "inte kodad i UTF-8"),
    "an encoding that is not Swedish": ("plan.txt", lambda: "Привет, это план".encode("cp1251"), "inte kodad i UTF-8"),
    "bytes of any kind": ("plan.txt", lambda: bytes(range(1, 256)) * 50, "inte kodad i UTF-8"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_says_why_and_what_to_do(case):
    """One line of Swedish, in bounded time; never a traceback, and never the file's own words."""
    name, content, words = REFUSED[case]
    made = content()
    started = time.monotonic()
    with pytest.raises(UnreadableDocumentError) as caught:
        read_isolated(made, name)
    assert re.search("|".join(re.escape(part) for part in words.split("|")), caught.value.message)
    assert "\n" not in caught.value.message
    assert time.monotonic() - started < 20


def test_the_line_of_a_problem_is_told():
    """A long line says which one it is."""
    with pytest.raises(UnreadableDocumentError) as caught:
        read_isolated(b"text\n" * 7 + b"a" * 200_000, "plan.md")
    assert caught.value.line == 8


READ: dict[str, tuple[str, Callable[[], bytes]]] = {
    "UTF-8 with byte order mark": ("plan.txt", lambda: codecs.BOM_UTF8 + GOALS.encode()),
    "UTF-16": ("plan.txt", lambda: GOALS.encode("utf-16")),
    "UTF-16, big end first": ("plan.txt", lambda: codecs.BOM_UTF16_BE + GOALS.encode("utf-16-be")),
    "UTF-32": ("plan.txt", lambda: GOALS.encode("utf-32")),
    "Windows-1252": ("plan.txt", lambda: GOALS.encode("cp1252")),
    "old Macintosh line ends": ("plan.txt", lambda: GOALS.replace("\n", "\r").encode()),
    "right-to-left marks": ("plan.txt", lambda: GOALS.replace("Bygga", "\u200f\u202eBygga\u202c").encode()),
    "soft hyphens": ("plan.txt", lambda: GOALS.replace("Anställa", "An\u00adstäl\u00adla").encode()),
    "spaces of other kinds": ("plan.txt", lambda: GOALS.replace(" ", "\u00a0").replace("-\u00a0", "- ").encode()),
    "zero-width spaces": ("plan.txt", lambda: GOALS.replace("fler", "\u200bfler\ufeff").encode()),
    "form feeds": ("plan.txt", lambda: GOALS.replace("fler\n", "fler\f").encode()),
    "control characters": ("plan.txt", lambda: GOALS.replace("Bygga", "\x07Bygga\x1b").encode()),
    "a last line without an end, and DOS's end of file": ("plan.txt", lambda: GOALS.rstrip().encode() + b"\x1a"),
    "a bullet alone on its line": ("plan.txt", lambda: GOALS.replace("- ", "•\n").encode()),
    "bullets of a symbol font": ("plan.txt", lambda: GOALS.replace("- ", "\uf0b7\t").encode()),
    "names in the zip that lead out of it": (
        "plan.docx",
        lambda: broken.word(goals_in_word(), **{"../../etc/passwd": "x", "/etc/shadow": "y"}),
    ),
    "relationships to other hosts": (
        "plan.docx",
        lambda: broken.word(
            goals_in_word(),
            **{
                "word/_rels/document.xml.rels": '<Relationships><Relationship TargetMode="External" '
                'Target="http://127.0.0.1:9/mall.dotm"/></Relationships>'
            },
        ),
    ),
    "comments and instructions in XML": (
        "plan.docx",
        lambda: broken.word("<?program rad?><!-- ord -->" + goals_in_word()),
    ),
    "a damaged part that is not read": (
        "plan.docx",
        lambda: broken.word(goals_in_word(), **{"word/header1.xml": "<trasig"}),
    ),
    "a PDF that asks for no password": (
        "plan.pdf",
        lambda: broken.pdf(draw_goals, encrypt=broken.StandardEncryption("", "mer", strength=128)),
    ),
    "rubbish before a PDF": ("plan.pdf", lambda: b"rubbish\n" + broken.pdf(draw_goals)),
    "a PDF without its table of contents": (
        "plan.pdf",
        lambda: re.sub(rb"xref\n.*trailer", b"trailer", broken.pdf(draw_goals), flags=re.DOTALL),
    ),
    "the name in capitals": ("PLAN.TXT", lambda: GOALS.encode()),
}


def goals_in_word() -> str:
    return '<w:p><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:r><w:t>Mål och uppdrag</w:t></w:r></w:p>' + "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r>'
        "</w:p>"
        for text in ("Anställa fler", "Bygga om")
    )


def draw_goals(canvas: broken.Canvas) -> None:
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(72, 700, "Mål och uppdrag")
    canvas.setFont("Helvetica", 11)
    for place, text in enumerate(("Anställa fler", "Bygga om")):
        canvas.drawString(72, 670 - 20 * place, "•")
        canvas.drawString(86, 670 - 20 * place, text)


@pytest.mark.parametrize("case", READ)
def test_what_looks_odd_but_can_be_read_is_read(case):
    """The goals come out as a person sees them."""
    name, content = READ[case]
    assert [goal.text for goal in parse(read_isolated(content(), name)).goals] == ["Anställa fler", "Bygga om"]


def test_verbatim_lines_keep_what_is_not_seen():
    """What the reader takes away from the text stays in the line as it was written."""
    (line,) = read("An\u00adställa\u200f fler".encode(), "plan.txt")
    assert (line.raw, line.text) == ("An\u00adställa\u200f fler", "Anställa fler")


def test_html_stays_text():
    """Marks of other languages are the party's words."""
    body = broken.paragraphs("&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp;")
    for content, name in ((broken.word(body), "plan.docx"), (b"<script>alert(1)</script> &amp;", "plan.txt")):
        assert read_isolated(content, name)[0].text == "<script>alert(1)</script> &amp;"


class TestIsolation:
    def test_too_little_memory(self):
        """A document that needs more memory than there is is refused, and the site goes on."""
        content = broken.word(broken.paragraphs(*(f"Stycke {number}" for number in range(300_000))))
        with pytest.raises(UnreadableDocumentError, match=r"för stort eller för sammansatt|gick inte att läsa"):
            read_isolated(content, "plan.docx", bounds=Bounds(memory=200_000_000))

    @pytest.mark.parametrize("bounds", [Bounds(clock=0), Bounds(computing=0)])
    def test_too_little_time(self, bounds):
        """A document that takes too long is refused, by the clock as by the time that it computes."""
        with pytest.raises(UnreadableDocumentError, match="för lång tid"):
            read_isolated(broken.pdf_pages(300), "plan.pdf", bounds=bounds)

    def test_a_crash_is_told_as_one(self, monkeypatch):
        """Whatever the process dies of, the answer is a sentence."""
        monkeypatch.setattr("proposals.reading.isolated._START", "import os; os.abort()")
        with pytest.raises(UnreadableDocumentError, match="gick inte att läsa"):
            read_isolated(b"text", "plan.txt")

    def test_the_process_knows_nothing_of_the_site(self, monkeypatch, tmp_path):
        """It has no Django, no settings and no secrets, and can write no file."""
        monkeypatch.setenv("SECRET_KEY", "hemlig")
        script = (
            "exec(START.split('from proposals')[0])\n"
            "import os, proposals.reading, proposals.reading.__main__ as main\n"
            f"try:\n    wrote = os.write(os.open({str(tmp_path / 'file')!r}, os.O_CREAT | os.O_WRONLY), b'x') > 0\n"
            "except OSError:\n    wrote = False\n"
            "found = ['django' in sys.modules, 'SECRET_KEY' in os.environ, wrote]\n"
            "main._send_json(open(1, 'wb', closefd=False), main.Part.PROBLEM, [str(found), 1])\n"
        )
        start = isolated._START
        monkeypatch.setattr("proposals.reading.isolated._START", f"START = {start!r}\nimport sys, signal\n"
                            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + script)  # fmt: skip
        with pytest.raises(UnreadableDocumentError) as caught:
            read_isolated(b"text", "plan.txt")
        assert caught.value.message == "[False, False, False]"

    def test_progress_is_told_page_by_page(self):
        """Whoever waits hears how many pages are read, and of how many."""
        heard: list[tuple[int, int]] = []
        lines = read_isolated(seed("kd.pdf"), "kd.pdf", progress=lambda done, total: heard.append((done, total)))
        assert heard == [(page, len(heard)) for page in range(1, len(heard) + 1)]
        assert lines == read(seed("kd.pdf"), "kd.pdf")

    def test_memory_and_time_of_a_large_document(self, tmp_path: Path):
        """A document as large as any that is let in is read within the bounds."""
        document = tmp_path / "plan.pdf"
        document.write_bytes(broken.pdf_pages(400))
        # In a process of its own, which waits for no other child than the one that reads.
        script = (
            "import resource, sys, pathlib\n"
            "from proposals.reading.isolated import read_isolated\n"
            "lines = read_isolated(pathlib.Path(sys.argv[1]).read_bytes(), 'plan.pdf')\n"
            "print(len(lines), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        )
        started = time.monotonic()
        told = subprocess.run([sys.executable, "-c", script, document], capture_output=True, check=True, text=True)
        assert time.monotonic() - started < 60
        lines, kilobytes = map(int, told.stdout.split())
        assert lines >= 400
        assert kilobytes * 1024 < limits.MEMORY

    def test_a_page_of_scattered_words(self):
        """A map with thousands of words is no text in columns, and takes no longer to read for that."""

        def draw(canvas: broken.Canvas) -> None:
            chance = random.Random(1)
            canvas.setFont("Helvetica", 3)
            for _ in range(10_000):
                canvas.drawString(chance.random() * 590, chance.random() * 840, "ord")

        started = time.monotonic()
        assert read_isolated(broken.pdf(draw), "plan.pdf")
        assert time.monotonic() - started < 15

    def test_pages_are_drawn_one_at_a_time(self):
        """Each page is an image of the same width, and one may stop after the first."""
        images = page_images_isolated(seed("kd-two-columns.pdf"))
        first = next(images)
        assert first.startswith(b"\x89PNG\r\n\x1a\n")
        assert int.from_bytes(first[16:20], "big") in (1000, 1001)
        assert len(first) < 200_000
        images.close()

    def test_what_cannot_be_drawn_says_why(self):
        """Images of a document that is no PDF are refused with the same words."""
        with pytest.raises(UnreadableDocumentError, match="PDF-filen är skadad"):
            list(page_images_isolated(b"%PDF-1.4 slut"))


@pytest.mark.parametrize("name", ["kd.docx", "kd.odt", "kd.pdf", "kd-two-columns.pdf"])
def test_lines_survive_json(name):
    """A draft keeps its lines as JSON, and gets the same ones back."""
    lines = read(seed(name), name)
    assert lines_from_json(lines_to_json(lines)) == lines


def repacked(content: bytes, place: int, change: bytes) -> bytes:
    """Change bytes inside a part of a zip file, which stays a sound zip file."""
    parts = {name: (archive := zipfile.ZipFile(io.BytesIO(content))).read(name) for name in
             zipfile.ZipFile(io.BytesIO(content)).namelist()}  # fmt: skip
    del archive
    for name in ("word/document.xml", "content.xml"):
        if name in parts:
            at = place % len(parts[name])
            parts[name] = parts[name][:at] + change + parts[name][at + len(change) :]
    return broken.zipped({name: part for name, part in parts.items() if "." in name or name == "mimetype"})


SMALL = {
    "plan.docx": broken.word(goals_in_word() + broken.paragraphs("Text som slutar.")),
    "plan.odt": broken.opendocument(
        '<text:h text:outline-level="1">Mål och uppdrag</text:h><text:list><text:list-item><text:p>Anställa</text:p>'
        "</text:list-item></text:list><table:table><table:table-row><table:table-cell><text:p>Cell</text:p>"
        "</table:table-cell></table:table-row></table:table>"
    ),
    "plan.pdf": broken.pdf(draw_goals),
    "plan.txt": GOALS.encode(),
    "plan.md": b"# M\xc3\xa5l och uppdrag\n\n1. **Ett**\n   - tv\xc3\xa5\n",
}


@pytest.mark.parametrize("name", SMALL)
@given(
    place=st.integers(0, 20_000),
    change=st.one_of(st.binary(min_size=1, max_size=12), st.sampled_from([b"<", b"</w:p>", b"\xff", b"&#0;", b"9999"])),
    inside=st.booleans(),
    cut=st.integers(0, 40),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_changed_bytes_are_read_or_refused(name, place, change, inside, cut):
    """Whatever becomes of a file on its way, its lines count from 1 or it is refused with a sentence."""
    content = SMALL[name]
    if inside and name.endswith((".docx", ".odt")):
        content = repacked(content, place, change)
    else:
        at = place % len(content)
        content = (content[:at] + change + content[at + len(change) :])[: len(content) - cut]
    try:
        lines = read(content, name)
    except UnreadableDocumentError:
        return
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert not any("\n" in line.raw or "\0" in line.raw for line in lines)
    assert any(line.style is not Style.BLANK for line in lines)
    assert lines_from_json(lines_to_json(lines)) == lines
    for line in lines:
        assert all(0 <= mark.start < mark.end <= len(line.text) for mark in line.marks)
    parse(lines)

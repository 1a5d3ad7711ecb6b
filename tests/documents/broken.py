"""Documents that are broken, hostile or something else than they say, made as they are needed."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table", "style")
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    """Pack parts to a zip file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def word(body: str, **parts: bytes | str) -> bytes:
    """Make a Word document of the XML of its body."""
    document = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": document, **parts})


def paragraphs(*texts: str) -> str:
    """Write Word's XML of some paragraphs."""
    return "".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts)


def opendocument(text: str, **parts: bytes | str) -> bytes:
    """Make an OpenDocument text of the XML of its text."""
    content = f"<office:document-content {ODF}><office:body><office:text>{text}</office:text></office:body>"
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"{content}</office:document-content>",
            **parts,
        }
    )


def pdf(draw: Callable[[Canvas], object], **options: object) -> bytes:
    """Make a PDF of what is drawn on a canvas, which begins with an empty page of the size A4."""
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=A4, invariant=1, **options)
    draw(canvas)
    canvas.save()
    return content.getvalue()


def pdf_pages(count: int) -> bytes:
    """Make a PDF with many pages."""

    def draw(canvas: Canvas) -> None:
        for number in range(count):
            canvas.drawString(72, 700, f"Text på sidan {number}.")
            canvas.showPage()

    return pdf(draw)


def locked_pdf(user: str, owner: str) -> bytes:
    """Make a PDF that is encrypted."""
    return pdf(
        lambda canvas: canvas.drawString(72, 700, "Vi vill ha fler träd i kommunen."),
        encrypt=StandardEncryption(user, owner, strength=128),
    )


def png() -> bytes:
    """Make an image."""
    rows = b"".join(b"\0" + bytes((row * column) % 256 for column in range(60)) for row in range(60))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 60, 60, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part)) for name, part in parts
    )


def scanned_pdf(pages: int = 2) -> bytes:
    """Make a PDF that has only images."""

    def draw(canvas: Canvas) -> None:
        for _ in range(pages):
            canvas.drawImage(ImageReader(io.BytesIO(png())), 0, 0, *A4)
            canvas.showPage()

    return pdf(draw)


def raw_pdf(*objects: str) -> bytes:
    """Write a PDF object by object; the first is the catalogue."""
    content = b"%PDF-1.4\n"
    places = []
    for number, text in enumerate(objects, start=1):
        places.append(len(content))
        content += f"{number} 0 obj\n{text}\nendobj\n".encode()
    start = len(content)
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    content += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    return content + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()


def ole(*streams: str) -> bytes:
    """Make the beginning of a file in Microsoft's older container, with the names of its streams."""
    return OLE + bytes(504) + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams) + bytes(2048)

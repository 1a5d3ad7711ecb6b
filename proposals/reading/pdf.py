"""PDF: the glyphs of each page, by pdfium, and what cannot be read."""

import ctypes
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pypdfium2
import pypdfium2.raw as pdfium

from proposals.reading import limits
from proposals.reading.flow import Page, lines_of_pages
from proposals.reading.layout import Glyph, combined
from proposals.reading.lines import Line, UnreadableDocumentError
from proposals.reading.ruled import Area, tables_of

SCANNED = "dokumentet är inskannat och har ingen text; kör textigenkänning (OCR) eller klistra in texten"
DAMAGED = "PDF-filen är skadad eller kom inte fram hel; spara den på nytt och försök igen"
LOCKED = "PDF-filen är skyddad med lösenord; spara en kopia utan lösenord och försök igen"
GARBLED = "PDF-filens typsnitt säger inte vilka bokstäver de visar; kör textigenkänning (OCR) eller klistra in texten"

#: How wide the image of a page is, in pixels.
IMAGE_WIDTH = 1000
#: The highest image of a page, in pixels, for pages of odd shapes.
IMAGE_HEIGHT = 4000

#: So much of a page an image covers that is all of it; so many objects of a page are looked at.
LARGE_PICTURE = 0.5
MOST_OBJECTS = 50_000

# Sixteen shades of each colour are enough to read by, and make an image less than half as large.
_FEWER_SHADES = bytes(round(shade / 17) * 17 for shade in range(256))

_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_ITALIC = re.compile(r"italic|oblique|kursiv", re.IGNORECASE)
_ITALIC_FLAG = 1 << 6
_FORCE_BOLD_FLAG = 1 << 18
_BOLD_WEIGHT = 600
#: What pdfium gives for the hyphen where a word is parted at the end of a line.
_LINE_END_HYPHEN = (0x02, 0xFFFE)
_PASSWORD = pdfium.FPDF_ERR_PASSWORD


def read_pdf(content: bytes, progress: Callable[[int, int], None]) -> list[Line]:
    """Read a PDF into its lines, in reading order.

    :raises UnreadableDocumentError: if it is damaged, locked, scanned, or has too many pages.
    """
    pages: list[Page] = []
    with _opened(content) as document:
        for number in range(1, len(document) + 1):
            with _page(document, number) as page:
                pages.append(_read_page(page, number))
            if sum(len(page.glyphs) for page in pages) > limits.MOST_CHARACTERS:
                raise UnreadableDocumentError("dokumentet har mer text än vi kan läsa på en gång; dela upp det")
            progress(number, len(document))
    glyphs = [glyph for page in pages for glyph in page.glyphs]
    if sum(not glyph.text.isspace() for glyph in glyphs) < 3 * max(1, len(pages) // 2):
        raise UnreadableDocumentError(SCANNED)
    if sum(glyph.text == "\ufffd" for glyph in glyphs) > 0.2 * len(glyphs):
        raise UnreadableDocumentError(GARBLED)
    return lines_of_pages(pages)


def page_count(content: bytes) -> int:
    """Count the pages of a PDF."""
    with _opened(content) as document:
        return len(document)


def page_image(content: bytes, page: int) -> bytes:
    """Draw one page, counted from 1, as a PNG that is :data:`IMAGE_WIDTH` pixels wide."""
    with _opened(content) as document:
        return _drawn(document, page)


def page_images(content: bytes) -> Iterator[bytes]:
    """Draw all pages of a PDF, one at a time."""
    with _opened(content) as document:
        for number in range(1, len(document) + 1):
            yield _drawn(document, number)


@contextmanager
def _opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF; one that is locked opens only if it asks for no password."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _PASSWORD
        raise UnreadableDocumentError(LOCKED if locked else DAMAGED) from error
    try:
        if len(document) == 0:
            raise UnreadableDocumentError("PDF-filen har inga sidor; spara den på nytt och försök igen")
        if len(document) > limits.MOST_PAGES:
            raise UnreadableDocumentError(f"dokumentet har fler än {limits.MOST_PAGES} sidor; dela upp det")
        yield document
    finally:
        document.close()


@contextmanager
def _page(document: pypdfium2.PdfDocument, number: int) -> Iterator[pypdfium2.PdfPage]:
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocumentError(DAMAGED) from error
    try:
        yield page
    finally:
        page.close()


def _read_page(page: pypdfium2.PdfPage, number: int) -> Page:
    left, bottom, right, top = page.get_bbox()
    turn = page.get_rotation() // 90 % 4
    width, height = (right - left, top - bottom) if turn % 2 == 0 else (top - bottom, right - left)
    try:
        text = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise UnreadableDocumentError(DAMAGED) from error
    try:
        glyphs = [_placed(glyph, turn, (left, bottom, right, top)) for glyph in _glyphs(text, turn)]
    finally:
        text.close()
    inside = [glyph for glyph in glyphs if -1 <= glyph.left <= width + 1 and -1 <= glyph.base <= height + 1]
    shapes, pictured = _shapes(page, (left, bottom, right, top)) if turn == 0 else ([], 0.0)
    is_picture = not inside and pictured > LARGE_PICTURE * width * height
    return Page(number, max(width, 1.0), max(height, 1.0), combined(inside), tables_of(shapes), is_picture)


def _shapes(page: pypdfium2.PdfPage, box: tuple[float, float, float, float]) -> tuple[list[Area], float]:
    """Give the places of what is drawn on a page, from its upper left corner, and how large its largest image is."""
    shapes: list[Area] = []
    largest = 0.0
    for place in range(min(pdfium.FPDFPage_CountObjects(page.raw), MOST_OBJECTS)):
        thing = pdfium.FPDFPage_GetObject(page.raw, place)
        kind = pdfium.FPDFPageObj_GetType(thing)
        if kind not in (pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_IMAGE):
            continue
        left, low, right, high = (ctypes.c_float() for _ in range(4))
        if not pdfium.FPDFPageObj_GetBounds(thing, left, low, right, high):
            continue
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            largest = max(largest, (right.value - left.value) * (high.value - low.value))
        else:
            shapes.append(Area(left.value - box[0], box[3] - high.value, right.value - box[0], box[3] - low.value))
    return shapes, largest


def _placed(glyph: Glyph, turn: int, box: tuple[float, float, float, float]) -> Glyph:
    """Count a glyph's place from the upper left corner of the page as it is shown."""
    left, bottom, right, top = box
    if turn == 0:
        glyph.left, glyph.right, glyph.base = glyph.left - left, glyph.right - left, top - glyph.base
    elif turn == 2:
        glyph.left, glyph.right, glyph.base = right - glyph.left, right - glyph.right, glyph.base - bottom
    elif turn == 1:
        glyph.left, glyph.right, glyph.base = glyph.left - bottom, glyph.right - bottom, glyph.base - left
    else:
        glyph.left, glyph.right, glyph.base = top - glyph.left, top - glyph.right, right - glyph.base
    return glyph


def _glyphs(page: pypdfium2.PdfTextPage, turn: int) -> Iterator[Glyph]:
    """Give the characters that pdfium finds, in the page's own coordinates; spaces become part of what follows.

    On a page that is turned a quarter, left and right are measured upwards, and the base line across.
    """
    handle = page.raw
    left, right, low, high = (ctypes.c_double() for _ in range(4))
    across, up = ctypes.c_double(), ctypes.c_double()
    fonts: dict[tuple[bytes, int, int], tuple[bool, bool]] = {}
    name, flags = ctypes.create_string_buffer(256), ctypes.c_int()
    spaced = perhaps_spaced = False
    for place in range(pdfium.FPDFText_CountChars(handle)):
        code = pdfium.FPDFText_GetUnicode(handle, place)
        character = "-" if code in _LINE_END_HYPHEN else chr(code) if code <= 0x10FFFF else "\ufffd"
        if pdfium.FPDFText_IsGenerated(handle, place):
            perhaps_spaced = True
            continue
        if character.isspace():
            spaced = True
            continue
        if not pdfium.FPDFText_GetCharBox(handle, place, left, right, low, high):
            continue
        if not pdfium.FPDFText_GetCharOrigin(handle, place, across, up):
            continue
        if (code < 0x20 and code not in _LINE_END_HYPHEN) or 0xD800 <= code <= 0xDFFF:
            character = "\ufffd"
        pdfium.FPDFText_GetFontInfo(handle, place, name, 256, flags)
        key = (name.value, flags.value, pdfium.FPDFText_GetFontWeight(handle, place))
        if key not in fonts:
            fonts[key] = _emphasis(*key)
        strong, em = fonts[key]
        size = pdfium.FPDFText_GetFontSize(handle, place)
        box = (left.value, right.value, up.value) if turn % 2 == 0 else (low.value, high.value, across.value)
        if turn >= 2:
            box = (box[1], box[0], box[2])
        # A hyphen that parts a word is set apart from it in justified text, and pdfium supposes a space there.
        perhaps_spaced = perhaps_spaced and character not in "-\u2010\u00ad"
        yield Glyph(character, *box, max(size, 1.0), strong, em, spaced, perhaps_spaced)
        spaced = perhaps_spaced = False


def _emphasis(name: bytes, flags: int, weight: int) -> tuple[bool, bool]:
    """Tell whether a font is bold, and whether it is in italics, by its name, its flags and its weight."""
    family = name.decode("utf-8", "replace")
    strong = bool(_BOLD.search(family)) or bool(flags & _FORCE_BOLD_FLAG) or weight >= _BOLD_WEIGHT
    return strong, bool(_ITALIC.search(family)) or bool(flags & _ITALIC_FLAG)


def _drawn(document: pypdfium2.PdfDocument, number: int) -> bytes:
    with _page(document, number) as page:
        width, height = page.get_size()
        scale = min(IMAGE_WIDTH / max(width, 1), IMAGE_HEIGHT / max(height, 1))
        bitmap = page.render(
            scale=scale, rev_byteorder=True, may_draw_forms=False, force_bitmap_format=pdfium.FPDFBitmap_BGR
        )
        try:
            width, height, stride = bitmap.width, bitmap.height, bitmap.stride
            pixels = bytes(bitmap.buffer)
        finally:
            bitmap.close()
    rows = [pixels[row * stride : row * stride + 3 * width].translate(_FEWER_SHADES) for row in range(height)]
    if all(row[::3] == row[1::3] == row[2::3] for row in rows):
        return _png([row[::3] for row in rows], width, kind=0)
    return _png(rows, width, kind=2)


def _png(rows: Sequence[bytes], width: int, *, kind: int) -> bytes:
    """Write rows of pixels as a PNG image; its kind is 0 for grey, 2 for red, green and blue."""
    header = struct.pack(">IIBBBBB", width, len(rows), 8, kind, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    )

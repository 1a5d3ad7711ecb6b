"""From bytes to lines: the entry to the readers, one small one for each format."""

import re
from collections.abc import Callable
from pathlib import PurePath

from proposals.reading import limits
from proposals.reading.archive import Archive
from proposals.reading.docx import read_docx
from proposals.reading.lines import Line, Style, UnreadableDocumentError
from proposals.reading.markdown import read_markdown
from proposals.reading.odt import read_odt
from proposals.reading.pdf import read_pdf
from proposals.reading.plain import decode, read_plain_text, split_lines

#: Called with how many pages are read, and how many there are.
Progress = Callable[[int, int], None]

#: The file types that can be read, with what a person calls them.
FORMATS = {
    ".docx": "ett Word-dokument",
    ".md": "vanlig text",
    ".odt": "ett OpenDocument-dokument",
    ".pdf": "en PDF",
    ".txt": "vanlig text",
}
_TEXT_FORMATS = (".md", ".txt")

_OCR = "kör textigenkänning (OCR) eller klistra in texten"
_SAVE_AS = "öppna den och spara som .docx eller PDF"
#: How files begin that are nothing we read, with what they are and what to do.
_OTHER_KINDS = (
    (b"{\\rtf", "ett RTF-dokument", _SAVE_AS),
    (b"\x89PNG\r\n", "en bild (PNG)", _OCR),
    (b"\xff\xd8\xff", "en bild (JPEG)", _OCR),
    (b"GIF8", "en bild (GIF)", _OCR),
    (b"II*\0", "en bild (TIFF)", _OCR),
    (b"MM\0*", "en bild (TIFF)", _OCR),
    (b"\0\0\0\x20ftypheic", "en bild (HEIC)", _OCR),
    (b"7z\xbc\xaf'\x1c", "en packad fil (7z)", "packa upp den och ladda upp dokumentet"),
    (b"Rar!", "en packad fil (RAR)", "packa upp den och ladda upp dokumentet"),
    (b"\x1f\x8b", "en packad fil (gzip)", "packa upp den och ladda upp dokumentet"),
    (b"\x7fELF", "ett program", "välj dokumentet i stället"),
    (b"MZ\x90", "ett program", "välj dokumentet i stället"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def read(content: bytes, name: str, *, progress: Progress | None = None) -> list[Line]:
    """Read a document into its lines, with the reader that its file name asks for and its content fits.

    :raises UnreadableDocumentError: if the format is unknown or another than the name says, or the document is empty,
        too large, locked or damaged.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix == ".docm":
        raise UnreadableDocumentError(MACROS)
    if suffix not in FORMATS:
        known = ", ".join(sorted(FORMATS))
        raise UnreadableDocumentError(f"filtypen {suffix or name} kan inte läsas; använd {known}")
    if not content.strip():
        raise UnreadableDocumentError("dokumentet är tomt")
    hold_file_within_limits(content)
    found = kind(content)
    if found != suffix and not (found == ".txt" and suffix in _TEXT_FORMATS):
        raise UnreadableDocumentError(
            f"filen heter {suffix} men är {FORMATS[found]}; byt namn så att det slutar på {found} och försök igen"
        )
    lines = _READERS[suffix](content, progress or _silent)
    _hold_within_limits(lines)
    if all(line.style is Style.BLANK for line in lines):
        raise UnreadableDocumentError("dokumentet är tomt")
    return lines


def hold_file_within_limits(content: bytes) -> None:
    """Refuse a file that is too large.

    :raises UnreadableDocumentError: with how large it may be.
    """
    if len(content) > limits.LARGEST_FILE:
        raise UnreadableDocumentError(
            f"filen är större än {limits.LARGEST_FILE // 1_000_000} MB; dela upp den eller spara den utan bilder"
        )


MACROS = "dokumentet innehåller makron (program), som vi inte tar emot; spara det som .docx utan makron"


def kind(content: bytes) -> str:
    """Tell which of :data:`FORMATS` a document is, by its content; ".txt" stands for every kind of text.

    :raises UnreadableDocumentError: if it is something else, with what it is and what to do.
    """
    for start, what, remedy in _OTHER_KINDS:
        if content.startswith(start):
            raise UnreadableDocumentError(f"filen är {what}; {remedy}")
    if content.startswith(_OLE):
        raise UnreadableDocumentError(_what_ole_is(content))
    if b"%PDF-" in content[:1024]:
        return ".pdf"
    return _kind_of_zip(content) if content.startswith(_ZIP) else ".txt"


def _what_ole_is(content: bytes) -> str:
    """Say what a file in Microsoft's older container is; a locked Word document stands in one too."""
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "dokumentet är skyddat med lösenord; spara en kopia utan lösenord och försök igen"
    if "WordDocument".encode("utf-16-le") in content:
        return f"filen är ett äldre Word-dokument (.doc); {_SAVE_AS}"
    return f"filen är ett äldre Office-dokument; {_SAVE_AS}"


def _kind_of_zip(content: bytes) -> str:
    archive = Archive(content)
    names = archive.names
    if any(name.casefold().endswith("vbaproject.bin") for name in names):
        raise UnreadableDocumentError(MACROS)
    if "word/document.xml" in names:
        return ".docx"
    media = archive.part("mimetype").strip() if "mimetype" in names else b""
    if media.startswith(b"application/vnd.oasis.opendocument.text") and "content.xml" in names:
        return ".odt"
    what = "en packad fil (zip)"
    if media.startswith(b"application/vnd.oasis.opendocument"):
        what = "ett kalkylark eller en presentation"
    elif any(name.startswith("xl/") for name in names):
        what = "ett Excel-ark"
    elif any(name.startswith("ppt/") for name in names):
        what = "en PowerPoint-presentation"
    raise UnreadableDocumentError(f"filen är {what} och kan inte läsas; välj dokumentet som .docx, .odt eller PDF")


def _hold_within_limits(lines: list[Line]) -> None:
    """Refuse what has more lines, or longer ones, than any plan has.

    :raises UnreadableDocumentError: at the line where it is too much.
    """
    if len(lines) > limits.MOST_LINES:
        raise UnreadableDocumentError(
            f"dokumentet har fler än {_spaced(limits.MOST_LINES)} rader; dela upp det", limits.MOST_LINES + 1
        )
    for line in lines:
        if len(line.raw) > limits.LONGEST_LINE:
            raise UnreadableDocumentError(
                f"raden är längre än {_spaced(limits.LONGEST_LINE)} tecken; dela upp den i stycken", line.number
            )


def _spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _text_lines(content: bytes) -> list[str]:
    """Decode a text and split it, refusing it before the work if it is too much."""
    text = decode(content)
    if len(text) > limits.MOST_CHARACTERS and not re.search(r"[\r\n]", text[: limits.LONGEST_LINE + 1]):
        raise UnreadableDocumentError(
            f"raden är längre än {_spaced(limits.LONGEST_LINE)} tecken; dela upp den i stycken"
        )
    if len(text) > limits.MOST_CHARACTERS:
        raise UnreadableDocumentError(f"texten är längre än {_spaced(limits.MOST_CHARACTERS)} tecken; dela upp den")
    raws = split_lines(text)
    if len(raws) > limits.MOST_LINES:
        raise UnreadableDocumentError(
            f"dokumentet har fler än {_spaced(limits.MOST_LINES)} rader; dela upp det", limits.MOST_LINES + 1
        )
    long = next((number for number, raw in enumerate(raws, start=1) if len(raw) > limits.LONGEST_LINE), None)
    if long:
        raise UnreadableDocumentError(
            f"raden är längre än {_spaced(limits.LONGEST_LINE)} tecken; dela upp den i stycken", long
        )
    return raws


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


_READERS: dict[str, Callable[[bytes, Progress], list[Line]]] = {
    ".docx": lambda content, progress: read_docx(content),
    ".md": lambda content, progress: read_markdown(_text_lines(content)),
    ".odt": lambda content, progress: read_odt(content),
    ".pdf": read_pdf,
    ".txt": lambda content, progress: read_plain_text(_text_lines(content)),
}

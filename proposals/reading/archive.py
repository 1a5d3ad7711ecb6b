"""Documents that are zip files of XML: opened without trusting what they say of themselves."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from proposals.reading import limits
from proposals.reading.lines import UnreadableDocumentError

DAMAGED = "filen är skadad eller kom inte fram hel; öppna den i ordbehandlaren, spara den på nytt och försök igen"
TOO_LARGE = "filen blir för stor när den packas upp; spara dokumentet utan bilder och bilagor, eller klistra in texten"
LOCKED = "dokumentet är skyddat med lösenord; spara en kopia utan lösenord och försök igen"


class Archive:
    """A zip file whose parts are read into memory one at a time, never unpacked to disk: their names lead nowhere."""

    def __init__(self, content: bytes):
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            parts = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError, EOFError) as error:
            raise UnreadableDocumentError(DAMAGED) from error
        if len(parts) > limits.MOST_PARTS or sum(part.file_size for part in parts) > limits.LARGEST_UNPACKED:
            raise UnreadableDocumentError(TOO_LARGE)
        if any(_is_packed_too_hard(part) for part in parts):
            raise UnreadableDocumentError(TOO_LARGE)
        self.names = frozenset(part.filename for part in parts)

    def part(self, name: str) -> bytes:
        """Read one part.

        :raises UnreadableDocumentError: if it is not there, is damaged or is locked.
        """
        if name in self.names and self._zip.getinfo(name).flag_bits & 1:
            raise UnreadableDocumentError(LOCKED)
        try:
            with self._zip.open(name) as part:
                return part.read(limits.LARGEST_UNPACKED)
        except (
            KeyError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            ValueError,
            NotImplementedError,
            RuntimeError,
            OSError,
        ) as error:
            raise UnreadableDocumentError(DAMAGED) from error

    def xml(self, name: str) -> Element:
        """Read one part as XML."""
        return read_xml(self.part(name))

    def xml_if_any(self, name: str) -> Element | None:
        """Read one part as XML, if the document has it."""
        return self.xml(name) if name in self.names else None


def _is_packed_too_hard(part: zipfile.ZipInfo) -> bool:
    return (
        part.file_size > limits.RATIO_COUNTS_FROM and part.file_size > max(part.compress_size, 1) * limits.LARGEST_RATIO
    )


def read_xml(content: bytes) -> Element:
    """Read XML that has no document type, and so no entities of its own, and fetches nothing.

    A name is "{namespace}local", as in ElementTree. Processing instructions and comments are left out.

    :raises UnreadableDocumentError: if it is damaged, has a document type, or is too deep or too large.
    """
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = builder.refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError) as error:
        if isinstance(error, UnreadableDocumentError):
            raise
        raise UnreadableDocumentError(DAMAGED) from error


class _Builder:
    """Builds a tree and counts as it goes."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._depth = 0
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > limits.DEEPEST_XML or self._count > limits.MOST_XML_ELEMENTS:
            raise UnreadableDocumentError("filen är för djupt uppbyggd för att läsas; klistra in texten i stället")
        self._tree.start(_named(name), {_named(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(_named(name))

    def data(self, text: str) -> None:
        self._tree.data(text)

    def refuse(self, *_: object) -> None:
        raise UnreadableDocumentError(
            "filen har egna definitioner (DTD) och läses inte; spara den på nytt i en ordbehandlare"
        )

    def close(self) -> Element:
        return self._tree.close()


def _named(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def is_on(value: str | None) -> bool:
    """Tell whether a switch in Word's XML is on: it is so by standing there, unless it says otherwise."""
    return value not in ("0", "false", "off", "none")


def descend(element: Element, passing: frozenset[str]) -> Iterator[Element]:
    """Give the children of an element, going through those that only hold others."""
    for child in element:
        if child.tag in passing:
            yield from descend(child, passing)
        else:
            yield child

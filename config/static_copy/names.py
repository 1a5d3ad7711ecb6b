"""Names of the files of a static copy: safe on any system, never outside the copy, and the same every time. Pure."""

import posixpath
import re
import unicodedata
from hashlib import sha256
from urllib.parse import quote, unquote

#: The longest name of a file or folder, in bytes: file systems take 255, and archives add things of their own.
LONGEST = 100

#: What the media types that the site sends are called in file names.
SUFFIXES = {
    "application/json": ".json",
    "application/ld+json": ".jsonld",
    "application/pdf": ".pdf",
    "application/rdf+xml": ".rdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/xml": ".xml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/xml": ".xml",
}
#: Names that Windows keeps for devices.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def file_name(address: str, media_type: str, given: str = "") -> str:
    """Give the path, within the copy, of the file for an address; ``given`` is what its sender calls the file.

    A page becomes ``index.html`` in a folder, as web servers and people expect; a query stands after the name.
    """
    path, _, query = address.partition("?")
    *folders, last = [unquote(part) for part in path.split("/")[1:]]
    suffix = SUFFIXES.get(media_type) or {"+json": ".json", "+xml": ".xml"}.get(media_type[media_type.rfind("+") :], "")
    if not last:
        name = "index.html" if media_type == "text/html" else given or f"index{suffix}"
    elif "." in last:
        name = last
    elif media_type == "text/html":
        folders, name = [*folders, last], "index.html"
    else:
        # Texts without a suffix, such as SHA256SUMS, are called so on purpose.
        folders, name = ([*folders, last], given) if given else (folders, last + (suffix if suffix != ".txt" else ""))
    if query:
        stem, dot, end = name.rpartition(".")
        chosen = ",".join(unquote(part) for part in query.split("&"))
        name = f"{stem},{chosen}.{end}" if dot else f"{name},{chosen}"
    return "/".join(safe(part) for part in [*folders, name])


def safe(part: str) -> str:
    """Give a name for one folder or file that every system takes; one that had to be changed gets a mark of its own."""
    kept = unicodedata.normalize("NFC", part)
    kept = "".join(sign if sign.isalnum() or sign in " ._-,=~" else "-" for sign in kept).strip(" .-")
    if kept and kept == part and len(kept.encode()) <= LONGEST and not _DEVICES.match(kept):
        return kept
    return distinct(kept, part)


def distinct(name: str, origin: str) -> str:
    """Give a name with a mark of where it comes from, so that no other has it."""
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix) > 10:
        stem, dot, suffix = name, "", ""
    mark = sha256(origin.encode()).hexdigest()[:8]
    room = LONGEST - len(f"~{mark}{dot}{suffix}".encode())
    shortened = stem.encode()[:room].decode(errors="ignore")
    return f"{shortened}~{mark}{dot}{suffix}"


def link(from_file: str, to_file: str, fragment: str = "") -> str:
    """Give the link that leads from one file of the copy to another, wherever the copy lies."""
    path = posixpath.relpath(to_file, posixpath.dirname(from_file) or ".")
    return quote(path, safe="/,=~") + (f"#{fragment}" if fragment else "")

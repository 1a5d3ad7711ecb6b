"""Put a finished copy where it is wanted: all of it or nothing, and never in the place of what is not ours."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.static_copy.copying import CHECKSUMS, FORMAT, MANIFEST, CopyError

#: How many strange files to name.
MOST_NAMED = 3


def require_free(folder: Path, *, force: bool) -> None:
    """Make sure that a copy may be put into a folder: none, an empty one, or with ``force`` an earlier copy as it was.

    :raises CopyError: if it may not.
    """
    if not folder.parent.is_dir():
        raise CopyError(f"Mappen {folder.parent} finns inte.")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise CopyError(f"{folder} är ingen mapp.")
    if not any(folder.iterdir()):
        return
    if not _is_copy(folder):
        raise CopyError(f"Mappen {folder} är inte tom. Välj en annan, eller töm den själv.")
    if not force:
        raise CopyError(f"I mappen {folder} finns redan en export. Lägg till --force för att ersätta den.")
    if strange := strange_files(folder):
        named = ", ".join(strange[:MOST_NAMED]) + (" med flera" if len(strange) > MOST_NAMED else "")
        raise CopyError(f"Exporten i {folder} har filer som är tillagda eller ändrade: {named}. Flytta dem först.")


def _is_copy(folder: Path) -> bool:
    try:
        with (folder / MANIFEST).open(encoding="utf-8") as manifest:
            return json.dumps(FORMAT) in manifest.readline()
    except (OSError, UnicodeDecodeError):
        return False


def strange_files(folder: Path) -> list[str]:
    """Give the files of an earlier copy that it did not have when it was made."""
    known = {CHECKSUMS: ""}
    try:
        lines = (folder / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return [CHECKSUMS]
    for line in lines:
        checksum, _, path = line.partition("  ")
        known[path] = checksum
    found = []
    for place in sorted(folder.rglob("*")):
        path = place.relative_to(folder).as_posix()
        if place.is_symlink() or (place.is_file() and not _is_known(place, known.get(path))):
            found.append(path)
    return found


def _is_known(place: Path, checksum: str | None) -> bool:
    """Tell whether a file is as it was made; of the list of checksums nothing is known but that it is there."""
    return checksum is not None and checksum in ("", _checksum(place))


def _checksum(place: Path) -> str:
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """Give an empty folder beside another, on the same file system; what is left of it afterwards is taken away."""
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def put(finished: Path, folder: Path) -> None:
    """Put a finished copy in the place of nothing, of an empty folder or of an earlier copy."""
    mask = os.umask(0)
    os.umask(mask)
    finished.chmod(0o777 & ~mask)
    if not folder.exists():
        finished.rename(folder)
        return
    with beside(folder) as away:
        earlier = folder.rename(away / "earlier")
        try:
            finished.rename(folder)
        except OSError:
            earlier.rename(folder)
            raise

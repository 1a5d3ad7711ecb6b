"""The file of a backup: a zip file, not compressed again, with PostgreSQL's own dump and a manifest that tells of it.

The manifest is written last, when everything is known, so a file without one was never finished.
"""

import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from config.backup import BackupError

#: What the manifest says that it is one of, and in which form.
FORMAT = "namndkollen-backup/1"
MANIFEST, DUMP = "manifest.json", "database.dump"
#: How much is read at a time.
CHUNK = 1 << 20
#: A manifest is a few kilobytes; a larger one is none of ours.
LARGEST_MANIFEST = 5_000_000

_NAME = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the file: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    made_at: str
    site: str
    #: The server's version, and the major version of the program that wrote the dump.
    postgresql: str
    dumped_by: int
    #: Each migration that was applied, as ``app.name``.
    migrations: list[str]
    #: How many rows each table has in the dump.
    rows: dict[str, int]
    #: Tables whose rows are left out on purpose.
    left_out: list[str]
    #: The roles that were granted something.
    roles: list[str]
    parts: dict[str, Part]


class Writing:
    """A backup on its way: first the dump, as it comes, then the manifest."""

    def __init__(self, whole: zipfile.ZipFile):
        self._zip = whole
        self.parts: dict[str, Part] = {}

    def add(self, name: str, source: IO[bytes]) -> None:
        """Write a part to its end, and remember its checksum."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(_described(name), "w", force_zip64=True) as part:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += part.write(chunk)
        self.parts[name] = Part(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, and with it the end of the file."""
        text = json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=2)
        self._zip.writestr(_described(MANIFEST), text)
        self._zip.close()


@contextmanager
def written(file: IO[bytes]) -> Iterator[Writing]:
    """Write a backup to a file; without ``finish`` it is none."""
    whole = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
    try:
        yield Writing(whole)
    finally:
        with suppress(OSError):  # where the disk is full it cannot end the file either
            whole.close()


def _described(name: str) -> zipfile.ZipInfo:
    """Describe a part so that only its owner may read it when somebody unpacks it by hand."""
    part = zipfile.ZipInfo(name)
    part.external_attr = 0o600 << 16
    return part


class Archive:
    """A backup that is there to be read."""

    def __init__(self, path: Path, whole: zipfile.ZipFile, manifest: Manifest):
        self.path, self._zip, self.manifest = path, whole, manifest

    @contextmanager
    def part(self, name: str) -> Iterator[IO[bytes]]:
        """Open a part to read it."""
        with self._zip.open(name) as part:
            yield part

    def check(self) -> None:
        """Compare every part with its checksum.

        :raises BackupError: if one is not as it was written.
        """
        for name, expected in self.manifest.parts.items():
            try:
                with self.part(name) as part:
                    digest = hashlib.sha256()
                    while chunk := part.read(CHUNK):
                        digest.update(chunk)
            except (KeyError, EOFError, OSError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
                raise BackupError(f"{self.path} är skadad: {name} går inte att läsa.") from error
            if digest.hexdigest() != expected.sha256:
                raise BackupError(f"{self.path} är skadad: kontrollsumman för {name} stämmer inte.")


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """Open a backup and read what it says of itself.

    :raises BackupError: if it cannot be read, or is something else.
    """
    with ExitStack() as stack:
        try:
            whole = stack.enter_context(zipfile.ZipFile(stack.enter_context(path.open("rb"))))
            if whole.getinfo(MANIFEST).file_size > LARGEST_MANIFEST:
                raise ValueError("too large")
            manifest = _manifest(json.loads(whole.read(MANIFEST)), path)
        except OSError as error:
            raise BackupError(f"{path} går inte att läsa: {error.strerror or error}.") from error
        except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, RuntimeError, ValueError) as error:
            raise BackupError(
                f"{path} är ingen säkerhetskopia av Nämndkollen, eller så är filen skadad eller inte hel."
            ) from error
        yield Archive(path, whole, manifest)


def _manifest(found: Any, path: Path) -> Manifest:
    """Read a manifest, and believe nothing that it says before it has the form that we write.

    :raises ValueError: if it has another form.
    :raises BackupError: if it is ours, but of a later version.
    """
    if not isinstance(found, dict):
        raise ValueError("not an object")
    form = found.pop("format", None)
    if form != FORMAT:
        if isinstance(form, str) and form.startswith(FORMAT.partition("/")[0]):
            raise BackupError(f"{path} är gjord av en nyare version av Nämndkollen ({form}). Uppgradera först.")
        raise ValueError("another format")
    try:
        manifest = Manifest(**{**found, "parts": {name: Part(**part) for name, part in found["parts"].items()}})
        names = [*manifest.rows, *manifest.left_out]
        is_ours = (
            set(manifest.parts) == {DUMP}
            and all(_NAME.fullmatch(name) for name in names)
            and all(type(count) is int and count >= 0 for count in manifest.rows.values())
            and all(isinstance(name, str) for name in (*manifest.migrations, *manifest.roles))
            and type(manifest.dumped_by) is int
        )
    except (TypeError, AttributeError) as error:
        raise ValueError("not as we write it") from error
    if not is_ours:
        raise ValueError("not as we write it")
    return manifest

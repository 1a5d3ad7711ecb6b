"""Make a backup: everything from one moment, checked when it is written, and in its place only when it is whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from config.backup import BackupError, programs, state
from config.backup.archive import DUMP, Manifest, Writing, opened, written


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it: a file of so many bytes, and what it says of itself."""

    size: int
    manifest: Manifest


def make(path: Path, *, force: bool) -> Made:
    """Write a backup of the database.

    :raises BackupError: if it cannot be made, or with ``force`` off if there is a file there already.
    """
    require_free(path, force=force)
    with _beside(path) as unfinished:
        # Nobody but its owner may read it, from its first byte on.
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            with written(file) as writing:
                manifest = _write(writing)
            file.flush()
            os.fsync(descriptor)
        verify(unfinished)
        size = unfinished.stat().st_size
        _put(unfinished, path, force=force)
    return Made(size, manifest)


def require_free(path: Path, *, force: bool) -> None:
    """Make sure that a backup may be put there.

    :raises BackupError: if it may not.
    """
    if not path.parent.is_dir():
        raise BackupError(f"Mappen {path.parent} finns inte.")
    if path.is_dir():
        raise BackupError(f"{path} är en mapp. Ange en fil.")
    if path.exists() and not force:
        raise BackupError(f"{path} finns redan. Lägg till --force för att ersätta filen.")


def verify(path: Path) -> None:
    """Read a backup as a restore would: its manifest, its checksums, and the tables that pg_restore finds in the dump.

    :raises BackupError: if anything is amiss.
    """
    with opened(path) as archive:
        archive.check()
        with archive.part(DUMP) as dump:
            found = programs.contents(dump, archive.manifest.dumped_by)
        if found != set(archive.manifest.rows):
            raise BackupError(f"{path} har inte de tabeller som den ska ha.")


def _write(writing: Writing) -> Manifest:
    """Write what there is at one moment, which pg_dump and our own counts share."""
    with transaction.atomic(), connection.cursor() as cursor:
        snapshot = _one_moment(cursor)
        version = state.server_version(cursor)
        program, dumped_by = programs.find_dump(int(version.partition(".")[0]))
        names = state.tables(cursor)
        if "django_migrations" not in names:
            raise BackupError("Databasen är tom: det finns inget att säkerhetskopiera.")
        rows = state.count(cursor, [name for name in names if name not in state.LEFT_OUT])
        arguments, environment = programs.reach()
        command = [
            *(str(program), "--format=custom", f"--snapshot={snapshot}", "--no-password", "--lock-wait-timeout=60s"),
            # What is ours is in this schema. Another program's tables beside ours are not ours to put back.
            *("--schema=public", "--extension=pg_trgm"),
            *(f"--exclude-table-data=public.{name}" for name in state.LEFT_OUT),
            *arguments,
        ]
        with programs.running(command, environment=environment) as dump:
            writing.add(DUMP, dump)
        manifest = Manifest(
            made_at=timezone.now().isoformat(timespec="seconds"),
            site=settings.SITE_ADDRESS,
            postgresql=version,
            dumped_by=dumped_by,
            migrations=state.applied(cursor),
            rows=rows,
            left_out=[name for name in names if name in state.LEFT_OUT],
            roles=state.roles(cursor),
            parts=writing.parts,
        )
    writing.finish(manifest)
    return manifest


def _one_moment(cursor: CursorWrapper) -> str:
    """Let this transaction see one moment, however long it takes; give the name by which others can see the same."""
    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    # It waits, idle, for as long as pg_dump takes.
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        cursor.execute(f"SET LOCAL {limit} = 0")
    cursor.execute("SELECT pg_export_snapshot()")
    return str(cursor.fetchone()[0])


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Give a name beside the file, on the same file system; what is left of it afterwards is taken away."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)


def _put(unfinished: Path, path: Path, *, force: bool) -> None:
    """Put a finished backup in its place, and let the disk know of it before anyone is told."""
    if not force:
        try:
            # The name is taken first: a rename replaces what is there, and not every file system has hard links.
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError as error:
            raise BackupError(f"{path} finns redan. Lägg till --force för att ersätta filen.") from error
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        with suppress(OSError):  # not every file system lets a folder be synced
            os.fsync(folder)
    finally:
        os.close(folder)

"""Static files for production: collected, compressed and named by their content, once for each change of them."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

#: What the collected files were made of, beside them.
STAMP = "collected-from"


def collect() -> None:
    """Collect the static files, unless those that are there were made of the same."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    sources = fingerprint()
    if stamp.exists() and stamp.read_text() == sources:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(sources)


def fingerprint() -> str:
    """Give what tells one set of source files from another: their names, sizes and times, and how they are stored."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"\n{name} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()

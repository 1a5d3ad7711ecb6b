"""Which program makes what is kept: what one made is never taken for what another would."""

from functools import cache
from hashlib import sha256

from django.conf import settings

#: The files that pages and other files are made by, and what has the libraries' versions.
_MADE_BY = ("config", "parties", "proposals", "goals", "templates")
_KINDS = (".py", ".html", ".xml", ".txt")


def release() -> str:
    """Give a mark of the program and the settings that pages are made by, the same in every process that has both."""
    said = (settings.SITE_ADDRESS, settings.OPERATOR, settings.CONTACT_EMAIL, settings.HTTPS, _of_files())
    return sha256(repr(said).encode()).hexdigest()


@cache
def _of_files() -> str:
    mark = sha256()
    files = [path for folder in _MADE_BY for path in (settings.BASE_DIR / folder).rglob("*") if path.suffix in _KINDS]
    for path in (*sorted(files), settings.BASE_DIR / "requirements.txt", settings.STATIC_ROOT / "staticfiles.json"):
        if path.is_file():
            mark.update(path.read_bytes())
    return mark.hexdigest()

"""The secret key of an installation with the embedded database, which nobody has to choose."""

import secrets

from django.conf import settings


def kept_secret_key() -> str:
    """Give the secret key of this installation's embedded database, made at the first start."""
    path = settings.DATA_DIR / "secret_key"
    if not path.exists():
        unfinished = path.with_suffix(".new")
        unfinished.touch(mode=0o600)
        unfinished.write_text(secrets.token_urlsafe(50))
        unfinished.rename(path)
    return str(path.read_text())

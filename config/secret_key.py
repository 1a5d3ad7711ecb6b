"""The secret key of an installation with the embedded database, which nobody has to choose."""

import os

from config.embedded import DATA_DIR

PATH = DATA_DIR / "secret_key"


def kept() -> str:
    """Give the key that an earlier start has kept, or nothing."""
    try:
        return PATH.read_text()
    except FileNotFoundError:
        return ""


def keep(key: str) -> str:
    """Keep a key for the starts to come, unless one is kept already; give the one that is."""
    unfinished = PATH.with_suffix(f".{os.getpid()}")
    unfinished.touch(mode=0o600)
    unfinished.write_text(key)
    try:
        # A link is made by one alone, and is whole when it is there.
        os.link(unfinished, PATH)
    except FileExistsError:
        return PATH.read_text()
    finally:
        unfinished.unlink()
    return key

"""Back the database up into one file, and put it back: ``manage.py backup`` and ``manage.py restore``.

``archive`` is the file, ``programs`` PostgreSQL's own programs, ``state`` what a database holds, ``make`` and
``restore`` the two ways. docs/decisions/0034-running.md says why it is as it is.
"""


class BackupError(Exception):
    """It cannot be backed up or put back; the message says why, in Swedish."""


def told(error: Exception) -> str:
    """Say why, in Swedish, also where it is the database that cannot be reached."""
    if isinstance(error, BackupError):
        return str(error)
    return f"Databasen svarar inte: {str(error).strip().partition(chr(10))[0]}"

"""Where the search asks: of the database that the request reads from, as all other reading does."""

from django.db import connections, router
from django.db.backends.utils import CursorWrapper

from proposals.models import Word


def cursor() -> CursorWrapper:
    """Give a cursor to ask with."""
    return connections[router.db_for_read(Word)].cursor()

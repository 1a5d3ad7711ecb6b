"""Where the search asks: of the database that the request reads from, as all other reading does; and what it expects."""

import json

from django.db import connections, router
from django.db.backends.utils import CursorWrapper

from proposals.models import Word


def cursor() -> CursorWrapper:
    """Give a cursor to ask with."""
    return connections[router.db_for_read(Word)].cursor()


def expected_texts(wanted: str) -> int:
    """Tell about how many texts have what is wanted, in the words of PostgreSQL, as its planner expects it.

    It knows how common the common words are from its statistics, and looks at no text for it.
    """
    with cursor() as asking:
        asking.execute(
            "EXPLAIN (FORMAT JSON) SELECT FROM proposals_passage WHERE search @@ %s::tsquery",
            [wanted],
        )
        (told,) = asking.fetchone()
    (whole,) = json.loads(told) if isinstance(told, str) else told
    return int(whole["Plan"]["Plan Rows"])

"""Queries that are written as SQL once in each process, and then only filled in with new values.

Django builds a query's expressions and writes its SQL anew each time, which takes several times as long as to send it
and read the answer (docs/decisions/0030-rendering.md). The query is still an ordinary queryset: this keeps what Django
made of it, and hands it to the same classes that read rows for every queryset.
"""

from collections.abc import Callable, Sequence
from copy import copy
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import QuerySet
from django.db.models.expressions import Expression

Row = TypeVar("Row")


class Given(Expression):
    """A place in a query for a value that is given, by this name, each time the query runs."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Stand among the query's values myself, until mine is given."""
        return "%s", [self]


class CompiledOnce(Generic[Row]):
    """A query of which the SQL is kept: call it with what its ``Given`` are to be, and get all rows.

    What the query is must depend on nothing but the code: all that varies is ``Given``.
    """

    def __init__(self, build: Callable[[], "QuerySet[Any, Row]"]):
        self._build = build
        self._kept: tuple[QuerySet[Any, Row], Any, str, Sequence[Any]] | None = None

    def __call__(self, **given: Any) -> list[Row]:
        """Run the query."""
        if self._kept is None:
            built = self._build()
            written = built.query.get_compiler(built.db)
            self._kept = (built, written, *written.as_sql())
        queryset, kept, sql, places = self._kept
        # Which database answers may differ from one time to the next; a connection belongs to a thread.
        compiler: Any = copy(kept)
        compiler.using, compiler.connection = queryset.db, connections[queryset.db]
        values = tuple(given[place.name] if isinstance(place, Given) else place for place in places)
        compiler.as_sql = lambda: (sql, values)
        source: Any = SimpleNamespace(
            db=queryset.db,
            model=queryset.model,
            query=SimpleNamespace(get_compiler=lambda using: compiler),
            _known_related_objects={},
        )
        rows: Any = queryset._iterable_class(source)
        return list(rows)


def compiled_once(build: Callable[[], "QuerySet[Any, Row]"]) -> CompiledOnce[Row]:
    """Make a query of the function that builds its queryset, when it is first asked for."""
    return CompiledOnce(build)

"""Fills an empty database with Sweden: COPY without triggers and indexes, then what these would have made, in bulk."""

import multiprocessing
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from tests.scale.sweden import COLUMNS, PERIODS, Rows, Size, Sweden
from tests.scale.vocabulary import PIECES, WORDS, Vocabulary

#: Tables whose indexes are made after the copying, the others keep theirs.
LARGE = (
    *("proposals_passage", "proposals_section", "proposals_sourcedocument", "proposals_leftout", "goals_goal"),
    *("goals_statusupdate", "goals_decision", "goals_outcomevalue", "goals_alignment_parties", "goals_goalevent"),
)
#: What keeps the words of texts, and where they stand taken apart already.
_WORDS_OF = ("proposals_passage", "goals_issue", "goals_topic")


@dataclass
class Step:
    """Something that took a while."""

    name: str
    seconds: float


class Filling:
    """Fills the database that Django is connected to."""

    def __init__(self, size: Size, *, workers: int = 2, words: int = WORDS, pieces: int = PIECES):
        self.size, self.workers = size, workers
        self.sweden = Sweden(size, Vocabulary(size.seed, words, pieces))
        self.steps: list[Step] = []

    def run(self, say: Callable[[str], object] = lambda said: None) -> list[Step]:
        """Fill it, and tell how long each step took."""
        for name, step in (
            ("parties, committees, topics, issues, periods", self.frame),
            ("indexes away", self._take_indexes),
            ("plans, goals and records copied", self.copy),
            ("indexes made", self._make_indexes),
            ("audit log", self.log),
            ("editions", self.editions),
            ("lexicon", self.lexicon),
            ("statistics", self._analyze),
        ):
            began = time.monotonic()
            step()
            self.steps.append(Step(name, time.monotonic() - began))
            say(f"{name}: {self.steps[-1].seconds:.0f} s")
        return self.steps

    def plain(self) -> None:
        """Write the same rows with every trigger and index at work, as the site itself would."""
        with transaction.atomic(), connection.cursor() as cursor:
            _copy(cursor, self.sweden.frame())
            for rows in self._parts(range(self.size.municipalities)):
                _copy(cursor, rows)
        self._count_on()

    def frame(self) -> None:
        with _without_triggers() as cursor:
            _copy(cursor, self.sweden.frame())

    def _parts(self, municipalities: Iterable[int]) -> Iterable[Rows]:
        """Give all rows of some municipalities in the order that they would be written."""
        for year in range(len(self.size.years)):
            for municipality in municipalities:
                yield self.sweden.published(year, municipality)
            for period in range(len(PERIODS)):
                for municipality in municipalities:
                    yield self.sweden.recorded(year, period, municipality)

    def copy(self) -> None:
        if self.workers == 1:
            self.copy_some(0)
            return
        connection.close()
        fork = multiprocessing.get_context("fork")
        workers = [fork.Process(target=self.copy_some, args=(first,)) for first in range(self.workers)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        if any(worker.exitcode for worker in workers):
            raise RuntimeError("Something could not be copied; the message stands above.")

    def copy_some(self, first: int) -> None:
        for rows in self._parts(range(first, self.size.municipalities, self.workers)):
            with _without_triggers() as cursor:
                _copy(cursor, rows)

    def _take_indexes(self) -> None:
        """Take away the indexes of what becomes large, but for the primary keys, and keep how they are made again."""
        self.indexes: list[tuple[str, str]] = []
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT index.indrelid::regclass::text, name.relname, pg_get_indexdef(index.indexrelid),
                    rule.conname, pg_get_constraintdef(rule.oid)
                FROM pg_index AS index
                JOIN pg_class AS name ON name.oid = index.indexrelid
                LEFT JOIN pg_constraint AS rule ON rule.conindid = index.indexrelid AND rule.contype = 'u'
                WHERE index.indrelid::regclass::text = ANY(%s) AND NOT index.indisprimary
                """,
                [list(LARGE)],
            )
            for table, index, definition, rule, rule_definition in cursor.fetchall():
                if rule:
                    cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{rule}"')
                    self.indexes.append((index, f'ALTER TABLE {table} ADD CONSTRAINT "{rule}" {rule_definition}'))
                else:
                    cursor.execute(f'DROP INDEX "{index}"')
                    self.indexes.append((index, definition))

    def _make_indexes(self) -> None:
        with connection.cursor() as cursor:
            for _, definition in self.indexes:
                cursor.execute(definition)

    def log(self) -> None:
        """Write the audit log of every row that was made, as its trigger writes it."""
        for model in apps.get_models():
            tracked: Any = getattr(model, "pgh_tracked_model", None)
            if tracked is None or tracked._meta.db_table not in COLUMNS:
                continue
            own = [field.column for field in model._meta.fields if not field.name.startswith("pgh_")]
            columns = ", ".join(f'"{column}"' for column in own)
            with _without_triggers() as cursor:
                cursor.execute(
                    f"INSERT INTO {model._meta.db_table} (pgh_created_at, pgh_label, pgh_obj_id, {columns})"
                    f" SELECT now(), 'insert', id, {columns} FROM {tracked._meta.db_table}"
                )

    def editions(self) -> None:
        """Give each plan year an edition, and the whole site one, as the first change of each does."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT raise_edition(0)")
            cursor.execute("SELECT raise_edition(id) FROM proposals_planyear")

    def lexicon(self) -> None:
        """Give the lexicon the words that ``keeps_words`` would have, from where they stand taken apart for the search.

        What a text has of them is what ``search_vector`` made of it with the same function, and the plan's number.
        """
        with connection.cursor() as cursor:
            for table in _WORDS_OF:
                cursor.execute(
                    "INSERT INTO proposals_word (word) SELECT said.word FROM ts_stat(%s) AS said (word)"
                    " WHERE said.word ~ '[^0-9]' AND said.word !~ '^p:' AND length(said.word) BETWEEN 2 AND 60"
                    " AND NOT EXISTS (SELECT FROM proposals_word AS known WHERE known.word = said.word)",
                    [f"SELECT search FROM {table}"],
                )

    def _analyze(self) -> None:
        self._count_on()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")

    def _count_on(self) -> None:
        """Let what is written next have numbers after those that were given here."""
        with connection.cursor() as cursor:
            for table in COLUMNS:
                latest = f"(SELECT coalesce(max(id), 1) FROM {table})"
                cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {latest})")


class _without_triggers:  # noqa: N801 - read as a word where it is used
    """A transaction in which no trigger runs and no foreign key is looked up."""

    def __enter__(self) -> Any:
        self._atomic = transaction.atomic()
        self._atomic.__enter__()
        self._cursor = connection.cursor()
        self._cursor.execute("SET LOCAL session_replication_role = replica")
        return self._cursor

    def __exit__(self, *error: Any) -> None:
        self._cursor.close()
        self._atomic.__exit__(*error)


def _copy(cursor: Any, rows: Rows) -> None:
    for table, columns in COLUMNS.items():
        if lines := rows.get(table):
            with cursor.copy(f"COPY {table} ({', '.join(columns.split())}) FROM STDIN") as copy:
                copy.write("\n".join(lines) + "\n")

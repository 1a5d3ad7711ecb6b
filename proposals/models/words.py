"""The lexicon: the words that there are in the plans, and in the names of topics and issues."""

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func


class Word(models.Model):
    """A word of the lexicon (ordlista), as it is written, in lower case.

    The database itself adds the words of what is written (``keeps_words``), and none is ever taken away: one that no
    text has any more leads to no hit. A word may stand twice, where two plans with it were published at once: neither
    waits for the other. ``plain`` is the word without dots and accents, ``stem`` what its inflections share.
    """

    word = models.TextField("ord")
    plain = models.GeneratedField(
        expression=Func(F("word"), function="search_plain"), output_field=models.TextField(), db_persist=True
    )
    stem = models.GeneratedField(
        expression=Func(Func(F("word"), function="search_plain"), function="search_stem"),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = "ord"
        verbose_name_plural = "ordlista"
        indexes = [
            models.Index(fields=["word"], name="word_word"),
            models.Index(fields=["plain"], opclasses=["text_pattern_ops"], name="word_plain"),
            models.Index(fields=["stem"], name="word_stem"),
            GinIndex(fields=["plain"], opclasses=["gin_trgm_ops"], name="word_trigrams"),
        ]

    def __str__(self) -> str:
        return self.word


#: Numbers are found as they are; so is what is longer than any word.
_KEEP = """
INSERT INTO proposals_word (word)
SELECT DISTINCT said.word
FROM written, unnest(search_words(left(written.{column}, 200000))) AS said (word)
WHERE said.word ~ '[^0-9]' AND length(said.word) BETWEEN 2 AND 60
    AND NOT EXISTS (SELECT FROM proposals_word AS known WHERE known.word = said.word);
RETURN NULL;
"""


def keeps_words(column: str) -> tuple[pgtrigger.Trigger, pgtrigger.Trigger]:
    """Give the triggers that let the lexicon have every word of a column, by whatever way it is written.

    They run once for a statement, however many rows it writes.
    """
    new, changed = (
        pgtrigger.Trigger(
            name=f"words_of_{name}",
            when=pgtrigger.After,
            level=pgtrigger.Statement,
            operation=operation,
            referencing=pgtrigger.Referencing(new="written"),  # type: ignore[no-untyped-call]
            func=_KEEP.format(column=column),
        )
        for name, operation in (("new", pgtrigger.Insert), ("changed", pgtrigger.Update))
    )
    return new, changed

"""What a reader who has begun to type may be about to write: words of the plans, and the names of issues and topics."""

from dataclasses import dataclass

from goals.search import database
from goals.search.query import TOO_COMMON
from proposals.words import plain, words_of

#: From how many letters on anything is suggested, and how much.
LEAST, MOST_WORDS, MOST_NAMES = 2, 5, 5
#: How many words are looked at, and up to how many texts with each are counted.
CONSIDERED, COUNTED = 40, 100

# Of words with one stem the shortest stands for all, and what no text has any more is left out. A word that the
# database's statistics know to be common is not counted again, which would take the longer the more common it is.
_WORDS = """
WITH common AS MATERIALIZED (
    SELECT listed.word
    FROM pg_stats, pg_class, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS listed (word, often)
    WHERE pg_stats.schemaname = current_schema AND tablename = 'proposals_passage' AND attname = 'search'
        AND pg_class.oid = 'proposals_passage'::regclass AND listed.often * reltuples >= %(counted)s
)
SELECT shortest.word
FROM (
    SELECT DISTINCT ON (stem) word, stem FROM (
        SELECT word, stem, plain FROM proposals_word WHERE plain LIKE %(begun)s || '%%'
        ORDER BY length(plain), plain LIMIT %(considered)s
    ) AS begun WHERE word <> ALL (%(common)s) ORDER BY stem, length(word), word
) AS shortest,
LATERAL (
    SELECT CASE WHEN EXISTS (SELECT FROM common WHERE common.word = shortest.word) THEN %(counted)s ELSE (
        SELECT count(*) FROM (
            SELECT FROM proposals_passage WHERE search @@ quote_literal(shortest.word)::tsquery LIMIT %(counted)s
        ) AS text
    ) END AS texts
) AS counted
WHERE counted.texts > 0
ORDER BY counted.texts DESC, length(shortest.word), shortest.word
LIMIT %(most)s
"""
_NAMES = """
SELECT DISTINCT ON (length(name), name) name FROM (
    (SELECT name FROM goals_topic WHERE search @@ (SELECT %(wanted)s::tsquery) LIMIT %(considered)s)
    UNION ALL
    (SELECT name FROM goals_issue WHERE search @@ (SELECT %(wanted)s::tsquery) LIMIT %(considered)s)
) AS named
ORDER BY length(name), name LIMIT %(most)s
"""
_BEGUN = "SELECT word FROM proposals_word WHERE plain LIKE %(begun)s || '%%' ORDER BY length(plain), plain LIMIT 60"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to search for, and whether it is the name of an issue or a topic; else it is a word."""

    text: str
    is_name: bool


def suggest(typed: str) -> list[Suggestion]:
    """Suggest how to go on from what is typed: its last word, after those before it; and names with all of them."""
    words = words_of(typed)
    if not words or len(words[-1]) < LEAST or typed[-1:].isspace() or typed.count('"') % 2:
        return []
    *before, begun = words
    with database.cursor() as cursor:
        asked: dict[str, str | int | list[str]] = {
            "begun": plain(begun),
            "considered": CONSIDERED,
            "counted": COUNTED,
            "common": list(TOO_COMMON),
        }
        cursor.execute(_WORDS, asked | {"most": MOST_WORDS})
        lead = typed[: len(typed) - len(typed.split()[-1])]
        found = [Suggestion(f"{lead}{word}", is_name=False) for (word,) in cursor.fetchall()]
        cursor.execute(_BEGUN, asked)
        goes_on = " | ".join(f"'{word}'" for word in dict.fromkeys([begun, *(word for (word,) in cursor.fetchall())]))
        wanted = " & ".join([*(f"'{word}'" for word in before), f"({goes_on})"])
        cursor.execute(_NAMES, {"wanted": wanted, "considered": CONSIDERED, "most": MOST_NAMES})
        found += [Suggestion(name, is_name=True) for (name,) in cursor.fetchall()]
    told: dict[str, Suggestion] = {}
    for one in found:
        told.setdefault(one.text.lower(), one)
    return [one for text, one in told.items() if text != typed.lower()]

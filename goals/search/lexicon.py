"""Which words of the plans a reader's word may mean: inflections, compounds, and what it may be a misspelling of.

The index has each word as it is written, so everything that is forgiven is forgiven here, by asking the lexicon
(``proposals.models.Word``), which is small however many the plans are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from goals.search import database
from proposals.words import plain

#: How many compounds of one word are looked for; the shortest first, those that begin with it before the others.
MOST_COMPOUNDS = 80
#: Shorter words stand in too many others by chance.
LEAST_COMPOUND, LEAST_MISSPELLED, LEAST_SPLIT = 4, 4, 3
#: How much longer than what was typed its inflection may be, and how much less that counts.
LONGEST_ENDING, WITH_ENDING = 4, 0.95
#: How like a word is to one in which two letters beside each other have changed places: about as with a wrong letter.
WITH_SWAPPED = 0.86
#: How like a word must be to be taken for it, and to be asked about.
TAKEN, ASKED = 0.82, 0.7

_KNOWN = """
SELECT asked.word, asked.stem, known.word, known.stem
FROM (
    SELECT word, plain, stem, CASE WHEN length(stem) < %(least)s THEN plain ELSE stem END AS begun
    FROM unnest(%(words)s::text[]) AS word, search_plain(word) AS plain, search_stem(plain) AS stem
) AS asked
LEFT JOIN LATERAL (
    SELECT word, stem FROM proposals_word WHERE stem = asked.stem
    UNION
    SELECT word, stem FROM proposals_word WHERE plain = asked.plain
    UNION
    (
        SELECT word, stem FROM proposals_word
        WHERE length(asked.begun) >= %(least)s AND plain LIKE '%%' || asked.begun || '%%'
        ORDER BY NOT starts_with(plain, asked.begun), length(plain), plain, word LIMIT %(most)s
    )
) AS known ON true
"""
_NEAR = """
SELECT asked.word, near.word, near.stem
FROM (SELECT word, search_plain(word) AS plain FROM unnest(%(words)s::text[]) AS word) AS asked
CROSS JOIN LATERAL (
    SELECT stem, max(similarity(plain, asked.plain)) AS similarity FROM proposals_word WHERE plain %% asked.plain
    GROUP BY stem ORDER BY similarity DESC, stem LIMIT 20
) AS likest
JOIN proposals_word AS near ON near.stem = likest.stem
"""
_SWAPPED = """
SELECT asked.word, known.word, known.stem
FROM unnest(%(words)s::text[], %(swapped)s::text[]) AS asked (word, swapped)
JOIN proposals_word AS known ON known.stem = search_stem(asked.swapped)
"""
_STEMS = """
SELECT DISTINCT asked.word
FROM (SELECT word, search_stem(search_plain(word)) AS stem FROM unnest(%(words)s::text[]) AS word) AS asked
WHERE EXISTS (SELECT FROM proposals_word AS known WHERE known.stem = asked.stem)
"""


@dataclass(slots=True)
class Meanings:
    """What a word may mean, the surest first: words of the plans, each in one of the lists.

    ``other_letters`` have an a where the reader wrote å or ä, and the like. ``stem`` is what the word's inflections
    share.
    """

    word: str
    stem: str = ""
    spelled: list[str] = field(default_factory=list)
    inflected: list[str] = field(default_factory=list)
    begins: list[str] = field(default_factory=list)
    contains: list[str] = field(default_factory=list)
    other_letters: list[str] = field(default_factory=list)

    @property
    def is_known(self) -> bool:
        """Tell whether the plans have the word, an inflection, or a compound of it."""
        return any((self.spelled, self.inflected, self.begins, self.contains, self.other_letters))

    def take(self, word: str, stem: str) -> None:
        """Put a word of the plans where it belongs."""
        folded = plain(word)
        if word == self.word or (folded == plain(self.word) and not _has_dots(self.word)):
            self.spelled.append(word)
        elif not _same_letters(self.word, word, folded, self.stem):
            self.other_letters.append(word)
        elif stem == self.stem or folded == plain(self.word):
            self.inflected.append(word)
        elif folded.startswith(self.stem):
            self.begins.append(word)
        else:
            self.contains.append(word)


def _has_dots(word: str) -> bool:
    return plain(word) != word


def _same_letters(typed: str, word: str, folded: str, stem: str) -> bool:
    """Tell whether a word has the reader's own å, ä and ö in what they share; who writes none means any."""
    at = folded.find(stem)
    return not _has_dots(typed) or at < 0 or word[at : at + len(stem)] == typed[: len(stem)]


def look_up(words: Iterable[str]) -> dict[str, Meanings]:
    """Find what each word may mean, in one query."""
    found = {word: Meanings(word) for word in words}
    if not found:
        return {}
    with database.cursor() as cursor:
        cursor.execute(_KNOWN, {"words": list(found), "least": LEAST_COMPOUND, "most": MOST_COMPOUNDS})
        for asked, asked_stem, word, stem in cursor.fetchall():
            found[asked].stem = asked_stem
            if word is not None:
                found[asked].take(word, stem)
    return found


@dataclass(frozen=True, slots=True)
class Correction:
    """A word that the plans do not have, and those that it may be a misspelling of, the likest first."""

    typed: str
    words: tuple[str, ...]
    likeness: float

    @property
    def is_taken(self) -> bool:
        """Tell whether they are so like it that they are looked for in its place."""
        return self.likeness >= TAKEN


def correct(words: Sequence[str]) -> dict[str, Correction]:
    """Find what words that the plans do not have may be misspellings of, in two queries."""
    asked = [word for word in words if len(word) >= LEAST_MISSPELLED]
    if not asked:
        return {}
    families: dict[str, dict[str, dict[str, float]]] = {word: {} for word in asked}
    with database.cursor() as cursor:
        cursor.execute(_NEAR, {"words": asked})
        for typed, word, stem in cursor.fetchall():
            families[typed].setdefault(stem, {})[word] = _likeness(plain(typed), plain(word))
        # Trigrams see little in common between words with two letters in each other's places.
        pairs = [(word, swapped) for word in asked for swapped in _swapped(plain(word))]
        typed_words, swapped_words = zip(*pairs, strict=True)
        cursor.execute(_SWAPPED, {"words": list(typed_words), "swapped": list(swapped_words)})
        for typed, word, stem in cursor.fetchall():
            family = families[typed].setdefault(stem, {})
            family[word] = max(WITH_SWAPPED, family.get(word, 0.0))
    found = {}
    for typed, by_stem in families.items():
        best = max((max(family.values()) for family in by_stem.values()), default=0.0)
        if best < ASKED:
            continue
        near = [family for family in by_stem.values() if max(family.values()) >= best - 0.04]
        ranked = sorted(((likeness, word) for family in near for word, likeness in family.items()), reverse=True)
        found[typed] = Correction(typed, tuple(word for _, word in ranked), best)
    return found


def _likeness(typed: str, word: str) -> float:
    """Tell how like a word is to what was typed, from 0 to 1, also where it has an ending that was not typed."""
    whole = _ratio(typed, word)
    if not len(typed) < len(word) <= len(typed) + LONGEST_ENDING:
        return whole
    return max(whole, WITH_ENDING * _ratio(typed, word[: len(typed)]))


def _swapped(word: str) -> Iterable[str]:
    """Give a word with each two letters beside each other in each other's places."""
    return (f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}" for at in range(len(word) - 1))


def _ratio(typed: str, word: str) -> float:
    return SequenceMatcher(None, typed, word, autojunk=False).ratio()


def split(words: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Split compounds that the plans do not have into two words that they have, in one query.

    Of several ways the one is taken whose shorter part is the longest: "ungdoms|kriminalitet".
    """
    ways = {word: list(_ways(word)) for word in words}
    parts = sorted({part for each in ways.values() for way in each for part in way})
    if not parts:
        return {}
    with database.cursor() as cursor:
        cursor.execute(_STEMS, {"words": parts})
        known = {word for (word,) in cursor.fetchall()}
    found = {}
    for word, each in ways.items():
        possible = [way for way in each if known.issuperset(way)]
        if possible:
            found[word] = max(possible, key=lambda way: min(map(len, way)))
    return found


def _ways(word: str) -> Iterable[tuple[str, str]]:
    for at in range(LEAST_SPLIT, len(word) - LEAST_SPLIT + 1):
        first, last = word[:at], word[at:]
        yield first, last
        if first.endswith("s") and len(first) > LEAST_SPLIT:
            yield first[:-1], last

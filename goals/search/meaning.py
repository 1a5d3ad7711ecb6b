"""What a query means: for each of its parts the words that answer it, how surely, and how the database finds them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from goals.search.lexicon import LEAST_MISSPELLED, Correction, Meanings, correct, look_up, split
from goals.search.query import Part, Query
from goals.search.synonyms import others_for
from proposals.words import words_of

#: How much a hit counts by what it was found by: the word as typed, inflected, at the beginning of a compound, within
#: one, by other letters, by a misspelling, by another word for it, and by the two parts of a compound.
SPELLED, INFLECTED, BEGINS, CONTAINS, OTHER_LETTERS, MISSPELLED, OTHER_WORD, SPLIT = (
    *(1.0, 0.95, 0.8, 0.65, 0.4, 0.8, 0.7, 0.6),
)

#: Words in a row: for each place in the row, the words that may stand there.
Row = tuple[frozenset[str], ...]


@dataclass(slots=True)
class PartMeaning:
    """What answers one part of a query: rows of words, by how surely they do."""

    part: Part
    rows: dict[float, list[Row]] = field(default_factory=dict)
    both: list[tuple[Row, Row]] = field(default_factory=list)

    def add(self, weight: float, *row: Iterable[str]) -> None:
        """Let a row of words answer; a place that nothing can stand at answers nothing."""
        words = tuple(frozenset(place) for place in row)
        if all(words):
            self.rows.setdefault(weight, []).append(words)

    def queries(self) -> list[tuple[float, str]]:
        """Give what to find in the words of PostgreSQL, with its weight."""
        found = [(weight, any_of(map(_row, rows))) for weight, rows in self.rows.items()]
        return found + [(SPLIT, f"({_row(one)} & {_row(other)})") for one, other in self.both]

    def sure_queries(self) -> list[str]:
        """Give what to find of the words as they are typed or inflected alone; all there is where these are none."""
        found = [any_of(map(_row, self.rows[weight])) for weight in (SPELLED, INFLECTED) if weight in self.rows]
        return found or [query for _, query in self.queries()]

    def all_rows(self) -> list[Row]:
        """Give every row of words that answers."""
        return [row for rows in self.rows.values() for row in rows] + [row for pair in self.both for row in pair]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a query means. ``others`` are words added to it, ``corrections`` what unknown words may be."""

    query: Query
    parts: tuple[PartMeaning, ...]
    without: tuple[PartMeaning, ...]
    others: tuple[str, ...] = ()
    corrections: tuple[Correction, ...] = ()

    @property
    def scored(self) -> list[tuple[int, float, str]]:
        """What hits are weighed by: the number of a part, a weight, and what to find; of each part the surest first."""
        found = [(number, weight, query) for number, part in enumerate(self.parts) for weight, query in part.queries()]
        return sorted(found, key=lambda each: (each[0], -each[1]))

    def wanted(self, *, every_part: bool = True) -> str:
        """Give what a hit must have, in the words of PostgreSQL: every part, or any."""
        parts = [any_of(query for _, query in part.queries()) for part in self.parts]
        found = f"({(' & ' if every_part else ' | ').join(parts)})"
        return " & ".join([found, *(f"!{each}" for each in self.unwanted)])

    @property
    def unwanted(self) -> list[str]:
        """What a hit must not have, in the words of PostgreSQL."""
        return [any_of(query for _, query in part.queries()) for part in self.without]

    def rows(self) -> list[Row]:
        """Give every row of words that a hit may have been found by."""
        return [row for part in self.parts for row in part.all_rows()]


def any_of(queries: Iterable[str]) -> str:
    """Give what has any of some things, in the words of PostgreSQL."""
    return f"({' | '.join(queries)})"


def _row(row: Row) -> str:
    return "(" + " <-> ".join(any_of(f"'{word}'" for word in sorted(place)) for place in row) + ")"


def understand(query: Query) -> Meaning:
    """Find what a query may mean, in a number of questions to the lexicon that its length does not change."""
    others = _others(query)
    typed = [word for part in (*query.parts, *query.without) for word in part.words]
    added = [word for terms in others.values() for term in terms for word in words_of(term)]
    meanings = look_up(dict.fromkeys([*typed, *added]))
    free = {part.words[0] for part in query.parts if len(part.words) == 1 and not part.is_quoted}
    unknown = [word for word in dict.fromkeys(typed) if word in free and _is_unknown(meanings[word])]
    corrections = correct(unknown) if unknown else {}
    halves = split([word for word in unknown if not _is_taken(corrections.get(word))]) if unknown else {}
    if halves:
        meanings |= look_up({half for pair in halves.values() for half in pair} - set(meanings))
    parts = []
    used: list[str] = []
    for place, part in enumerate(query.parts):
        meaning = _meaning(part, meanings)
        for term in others.get(place, ()):
            if _add_other(meaning, term, meanings):
                used.append(term)
        if part.words[0] in unknown:
            _add_unknown(meaning, corrections.get(part.words[0]), halves.get(part.words[0]), meanings)
        parts.append(meaning)
    return Meaning(
        query,
        tuple(parts),
        tuple(_meaning(part, meanings, narrow=True) for part in query.without),
        tuple(dict.fromkeys(used)),
        tuple(corrections[word] for word in unknown if word in corrections),
    )


def _others(query: Query) -> dict[int, list[str]]:
    """Give the other words for each part, by its number; quotation marks ask for no others."""
    row = " ".join(part.words[0] if len(part.words) == 1 and not part.is_quoted else "·" for part in query.parts)
    found: dict[int, list[str]] = {}
    for first, last, terms in others_for(row):
        for place in range(first, last + 1):
            found.setdefault(place, []).extend(terms)
    for place, part in enumerate(query.parts):
        if len(part.words) > 1 and not part.is_quoted:
            found.setdefault(place, []).extend(term for *_, terms in others_for(str(part)) for term in terms)
    return found


def _is_unknown(meanings: Meanings) -> bool:
    return not meanings.is_known and not meanings.word.isdigit()


def _is_taken(correction: Correction | None) -> bool:
    return bool(correction and correction.is_taken)


def _meaning(part: Part, meanings: dict[str, Meanings], *, narrow: bool = False) -> PartMeaning:
    """Give what answers a part by its own words; ``narrow`` leaves compounds out, which nobody asked to be without."""
    found = PartMeaning(part)
    found.add(SPELLED, *([word, *meanings[word].spelled] for word in part.words))
    if part.is_quoted:
        return found
    if len(part.words) > 1:
        found.add(INFLECTED, *([word, *meanings[word].spelled, *meanings[word].inflected] for word in part.words))
        return found
    known = meanings[part.words[0]]
    found.add(INFLECTED, known.inflected)
    if not narrow:
        found.add(BEGINS, known.begins)
        found.add(CONTAINS, known.contains)
        found.add(OTHER_LETTERS, known.other_letters)
    return found


def _add_other(meaning: PartMeaning, term: str, meanings: dict[str, Meanings]) -> bool:
    """Let another term answer a part, and tell whether the plans have it."""
    row = [meanings[word] for word in words_of(term)]
    if len(row) == 1:
        words = [*row[0].spelled, *row[0].inflected, *row[0].begins]
        meaning.add(OTHER_WORD, words)
        return bool(words)
    # Short words and numbers are in no lexicon.
    places = [[each.word, *each.spelled, *each.inflected] for each in row]
    meaning.add(OTHER_WORD, *places)
    return all(len(each.word) < LEAST_MISSPELLED or each.is_known for each in row)


def _add_unknown(
    meaning: PartMeaning,
    correction: Correction | None,
    halves: tuple[str, str] | None,
    meanings: dict[str, Meanings],
) -> None:
    if correction and correction.is_taken:
        meaning.add(MISSPELLED * correction.likeness, correction.words)
    elif halves:
        one, other = (
            (frozenset([*meanings[half].spelled, *meanings[half].inflected, *meanings[half].begins]),)
            for half in halves
        )
        if one[0] and other[0]:
            meaning.both.append((one, other))

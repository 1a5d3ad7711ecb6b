"""Compare a new version of a plan with the one that is published: which goals go on, which are new, which are gone."""

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

#: How alike the words of two goals must be for one to be suggested as the other in new words, from 0 to 1.
ALIKE = 0.5
#: Of how many pairs of goals it is asked how alike they are; of more, only those with the same words are suggested.
MOST_PAIRS = 200_000


class Change(Enum):
    """What a new version of a plan does to a goal, in Swedish."""

    UNCHANGED = "Oförändrat"
    REWORDED = "Omformulerat"
    ADDED = "Nytt"
    WITHDRAWN = "Borttaget"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a text that was reworded: "same", "gone" or "new"."""

    words: str
    what: str


@dataclass(frozen=True, slots=True)
class Continuity:
    """What became of one goal: its number before, its key in the draft, and its words before and now."""

    change: Change
    number: int | None
    key: str
    before: str
    now: str

    @property
    def pieces(self) -> list[Piece]:
        """The words before and now, told apart."""
        return told_apart(self.before, self.now)


def suggest_continues(before: Mapping[int, str], now: Mapping[str, str]) -> dict[str, int]:
    """Suggest which goal goes on in which: first those with the same words, then the most alike.

    ``before`` are the texts of the published goals by number, ``now`` those of the draft by key. None is given twice.
    """
    found: dict[str, int] = {}
    free = dict(before)
    by_words: dict[str, list[int]] = {}
    for number, text in before.items():
        by_words.setdefault(" ".join(text.split()), []).append(number)
    for key, text in now.items():
        same = by_words.get(" ".join(text.split()))
        if same:
            found[key] = same.pop(0)
            del free[found[key]]
    left = {key: _words(text) for key, text in now.items() if key not in found}
    if len(left) * len(free) > MOST_PAIRS:
        return found
    counted = {number: _words(text) for number, text in free.items()}
    pairs = sorted(
        ((_alike(said, words), number, key) for key, said in left.items() for number, words in counted.items()),
        key=lambda pair: (-pair[0], pair[1]),
    )
    for alike, number, key in pairs:
        if alike >= ALIKE and key not in found and number in free:
            found[key] = number
            del free[number]
    return found


def compare_versions(
    before: Mapping[int, str], now: Mapping[str, str], continues: Mapping[str, int | None]
) -> list[Continuity]:
    """Say of every goal what a new version does to it: those of the new text in order, then those withdrawn."""
    rows = []
    for key, text in now.items():
        number = continues.get(key)
        if number is None:
            rows.append(Continuity(Change.ADDED, None, key, "", text))
        else:
            same = " ".join(before[number].split()) == " ".join(text.split())
            rows.append(Continuity(Change.UNCHANGED if same else Change.REWORDED, number, key, before[number], text))
    kept = {row.number for row in rows}
    gone = [Continuity(Change.WITHDRAWN, number, "", text, "") for number, text in before.items() if number not in kept]
    return [*rows, *gone]


def told_apart(before: str, now: str) -> list[Piece]:
    """Part two wordings into what they share, what is gone and what is new, word by word."""
    old, new = before.split(), now.split()
    pieces = []
    for what, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if what == "equal":
            pieces.append(Piece(" ".join(old[old_from:old_to]), "same"))
            continue
        if old_to > old_from:
            pieces.append(Piece(" ".join(old[old_from:old_to]), "gone"))
        if new_to > new_from:
            pieces.append(Piece(" ".join(new[new_from:new_to]), "new"))
    return pieces


def count_changes(rows: Iterable[Continuity]) -> list[tuple[Change, int]]:
    """Count what a new version does, in the order of ``Change``."""
    counts = Counter(row.change for row in rows)
    return [(change, counts[change]) for change in Change]


def _words(text: str) -> Counter[str]:
    return Counter(word.strip(".,:;!?”\"'()–-").casefold() for word in text.split())


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """Say how much of their words two texts share, from 0 to 1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0

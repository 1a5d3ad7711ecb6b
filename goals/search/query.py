"""What a reader typed, taken apart: words, phrases in quotation marks, words with a minus, the reference of a goal."""

import re
from dataclasses import dataclass

from proposals.words import words_of

#: How much may be typed, and how many words are looked for.
LONGEST_QUERY, MOST_PARTS = 200, 12
#: Words that bind sentences together. They are looked for only within quotation marks.
TOO_COMMON = frozenset(
    """
    alla allt att av bara behöver bli blir bort bör de dem den denna det detta dig din du där då efter ej eller en ens
    er ett finns fler flera fram från få får för gör göra ha hade han har hon hur här i icke in inga ingen inom inte ja
    jag kan kring kunna man med men mer mot mycket många måste ni nog nu när någon något några och också om oss på
    redan sig sin sina ska skall som så sådan ta till under upp ur ut utan vad var vara varför vem vi vid vilka
    vilken vilket vill vår våra vårt även än är åt över
    """.split()  # noqa: SIM905 - words to be read, not a list
)
_PIECE = re.compile(r'([-−–]?)"([^"]*)"|([-−–]?)(\S+)')
_QUOTATION_MARKS = str.maketrans(dict.fromkeys("”“„»«", '"'))
_BETWEEN_WORDS = re.compile(r"[/,;+&|()=?!]+")
_REFERENCE = re.compile(r"\s*([^\W\d_]{1,5})\s*([0-9]{1,4})\s*")


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to look for: a word, or several that stand in a row; ``is_quoted`` asks for just these."""

    words: tuple[str, ...]
    is_quoted: bool = False

    def __str__(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True, slots=True)
class Reference:
    """How a goal is cited: "V 25"."""

    abbreviation: str
    number: int


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, and what must not be there.

    ``common`` are words that were left out for being too common, ``is_cut`` tells of more words than are looked for.
    """

    text: str = ""
    parts: tuple[Part, ...] = ()
    without: tuple[Part, ...] = ()
    common: tuple[str, ...] = ()
    is_cut: bool = False

    @property
    def reference(self) -> Reference | None:
        """The goal that the whole query may be a reference to."""
        named = _REFERENCE.fullmatch(self.text)
        return Reference(named[1], int(named[2])) if named else None

    @classmethod
    def read(cls, text: str) -> "Query":
        """Take apart what was typed; whatever it is, it can be read."""
        parts: list[Part] = []
        without: list[Part] = []
        common: list[str] = []
        for minus, quoted, minus_word, word in _PIECE.findall(text.translate(_QUOTATION_MARKS)):
            into = without if minus or minus_word else parts
            if not word:
                into += [Part(tuple(words), is_quoted=True)] if (words := words_of(quoted)) else []
                continue
            for piece in _BETWEEN_WORDS.split(word):
                words = words_of(piece)
                if len(words) == 1 and words[0] in TOO_COMMON and into is parts:
                    common.append(words[0])
                elif words:
                    into.append(Part(tuple(words)))
        parts = list(dict.fromkeys(parts))
        cut = len(parts) > MOST_PARTS
        return cls(
            " ".join(text.split()),
            tuple(parts[:MOST_PARTS]),
            tuple(dict.fromkeys(without))[:MOST_PARTS],
            tuple(dict.fromkeys(common)),
            cut,
        )

"""The words of texts, as the search knows them: in lower case, as they are written.

``words_of`` says in Python what ``search_words`` says in the database (proposals/migrations/0006_words.py): the
database keeps the words, Python marks them in a text. A test holds them together.
"""

import re
import unicodedata
from collections.abc import Iterator

#: What stands within words but is no part of them: hyphens that nobody sees, and the like.
_UNSEEN = str.maketrans("İ", "i", "\u00ad\u200b\u200c\u200d\ufeff")
_WORD = re.compile(r"[a-z0-9\u00df-\u00f6\u00f8-\u1fff\u2c00-\u2dff\u3040-\ud7ff]+")
#: A run of signs that may be a word; what is one is for ``words_of`` to say.
_RUN = re.compile(r"(?:[^\W_]|[\u0300-\u036f\u00ad\u200b-\u200d\ufeff])+")
#: Letters that no accent makes of another.
_OTHER_LETTERS = str.maketrans("øæđłß", "oadls")


def words_of(text: str) -> list[str]:
    """Give the words of a text in order."""
    return _WORD.findall(unicodedata.normalize("NFC", text.translate(_UNSEEN)).lower())


def places_of(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Give where the words of a text stand: the first sign of each, the one after its last, and the word."""
    for run in _RUN.finditer(text):
        if words := words_of(run[0]):
            yield run.start(), run.end(), words


def plain(word: str) -> str:
    """Give a word without its dots and accents."""
    decomposed = unicodedata.normalize("NFD", word)
    return "".join(sign for sign in decomposed if not "\u0300" <= sign <= "\u036f").translate(_OTHER_LETTERS)

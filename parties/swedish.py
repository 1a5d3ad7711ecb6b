"""Swedish order and Swedish addresses, whatever the locale of the machine or the database."""

import unicodedata

from django.utils.text import slugify

# The three last letters of the alphabet, given places after z; Danish and Norwegian spellings sort with ours.
_LAST_LETTERS = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})
_PLAIN_LETTERS = str.maketrans({"å": "a", "ä": "a", "æ": "a", "ö": "o", "ø": "o"})


def swedish_key(text: str) -> tuple[str, str]:
    """Give the key that puts ``text`` in its place in a Swedish list: a … z, å, ä, ö, with é as e.

    Upper and lower case sort together; the text itself decides between words that are otherwise equal.
    """
    lowered = unicodedata.normalize("NFC", text).casefold().translate(_LAST_LETTERS)
    plain = unicodedata.normalize("NFD", lowered)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)), text


def slug(text: str) -> str:
    """Give the ASCII form of a Swedish name as it stands in an address: "Södra Åby" becomes "sodra-aby"."""
    return slugify(unicodedata.normalize("NFC", text).casefold().translate(_PLAIN_LETTERS))

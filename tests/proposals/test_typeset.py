"""Setting a plan's words as HTML."""

import pytest

from proposals.typeset import any_of, searched_words, typeset


@pytest.mark.parametrize(
    ("text", "marks", "query", "html"),
    [
        ("a < b & c", [], "", "a &lt; b &amp; c"),
        ("vem får vad", [[0, 3, "em"]], "", "<em>vem</em> får vad"),
        ("rad ett\nrad två", [], "", "rad ett<br>rad två"),
        ("Fler Fältassistenter", [], "fält", "Fler <mark>Fält</mark>assistenter"),
        ("<b>ord</b>", [], "b", "&lt;<mark>b</mark>&gt;ord&lt;/<mark>b</mark>&gt;"),
        ("a.c abc", [], "a.c", "<mark>a.c</mark> abc"),
    ],
)
def test_typeset(text, marks, query, html):
    """Words are escaped; emphasis and found words are marked, and only they are tags."""
    assert typeset(text, marks, any_of(searched_words(query))) == html


def test_overlapping_marks_never_cross():
    """A found word that reaches out of an emphasis is cut, so that every tag closes inside the one around it."""
    html = typeset("drogfri skola", [[0, 7, "em"]], any_of(searched_words("fri sko")[:1]))
    assert html == "<em>drog</em><mark><em>fri</em></mark> skola"
    crossing = typeset("abcdef", [[0, 4, "em"]], any_of(searched_words("cdef")))
    assert crossing == "<em>ab</em><mark><em>cd</em></mark><mark>ef</mark>"

"""What is made ready for the templates: fragments that are kept, and patterns with holes."""

from dataclasses import dataclass

from django.template import Context, Template

from parties.shown import Shown, badge, pattern
from tests.factories import PartyFactory


def test_a_badge_follows_its_party():
    """A party that has changed its colour or its letters has another badge at once, although its key is the same."""
    party = PartyFactory.build(pk=1, abbreviation="<A", fill="#111111")
    before = badge(party)
    assert 'fill="#111111"' in before
    assert "&lt;A" in before
    party.fill = "#222222"
    assert badge(party) == before.replace("#111111", "#222222")


def test_holes_take_anything():
    """What fills a pattern's hole stands as it is; per cent signs, of the template or of a value, are no holes."""
    around = pattern("includes/running_text.html", ("words", "url", "lines", "sic"), linked=True)
    filled = around % {"words": "100 % &lt;b&gt; %(url)s", "url": "/a/?q=%20", "lines": "rad 1", "sic": ""}
    assert "<p>100 % &lt;b&gt; %(url)s</p>" in filled
    assert '<a href="/a/?q=%20">Läs i planen, rad 1</a>' in filled
    given = {
        "linked": True,
        "lateness": "%(url)s",
        "has_outcome": False,
        "chip": None,
        "anchors": False,
        "current": False,
    }
    around = pattern("includes/goal.html", ("words", "url", "name", "sic"), decision="50 %s", **given)
    filled = around % {"words": "", "url": "/a/", "name": "", "sic": ""}
    assert '<span class="late">%(url)s</span>' in filled
    assert "<span>50 %s i nämnden</span>" in filled


def test_templates_reach_rows_at_the_first_try():
    """A template reads attributes and properties of a row; what a row does not have is empty, as of any other."""

    @dataclass(frozen=True, slots=True)
    class Row(Shown):
        name: str

        @property
        def loud(self) -> str:
            return self.name.upper()

    shown = Template("{{ row.name }} {{ row.loud }} {{ row.nothing }}").render(Context({"row": Row("a<b")}))
    assert shown == "a&lt;b A&lt;B "

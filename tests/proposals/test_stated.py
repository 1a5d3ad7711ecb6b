"""What the text of a goal states."""

from decimal import Decimal

import pytest

from proposals.reading import GoalKind, stated


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("2017 ska 80 % av flickor och pojkar uppleva att de är nöjda", Decimal(80), "%", ""),
        ("2017 ska minst 97 % av medarbetarna uppleva god hälsa.", Decimal(97), "%", "minst"),
        ("Värdet ska vara lägst 85 i medarbetarenkäten 2017.", Decimal(85), "i medarbetarenkäten", "lägst"),
        ("Andelen ska vara 2,5 procent", Decimal("2.5"), "%", ""),
        ("Kötiden ska vara högst 5 %", Decimal(5), "%", "högst"),
        ("Minska sjukfrånvaron med 10 %", None, "", ""),
        ("mer än 80 % ska vara nöjda", None, "", ""),
        ("upp till 30 procent", None, "", ""),
        ("från 40 % till 60 %", None, "", ""),
        ("Minst 50–60 % av alla", None, "", ""),
        ("Anställa inom ”150 jobben”", None, "", ""),
        ("en plan för 17-åriga flickor", None, "", ""),
        ("i minst en arbetsgrupp", None, "", ""),
        ("Kommunen ska arbeta utifrån ett 24-h-perspektiv", None, "", ""),
    ],
)
def test_target(text, value, unit, bound):
    """A target is a number with a unit that the text states; other numbers are no targets."""
    found = stated(text)
    assert (found.target_value, found.target_unit, found.bound) == (value, unit, bound)


@pytest.mark.parametrize(
    ("text", "frequency"),
    [("Nämnden ska fyra gånger om året följa upp", "fyra gånger om året"), ("Kontinuerligt göra något", "")],
)
def test_frequency(text, frequency):
    """How often is the text's own words, or nothing."""
    assert stated(text).frequency == frequency


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("startas under 2017", 2017),
        ("fylla 18 år", None),
        ("2017 eller 2018", None),
        ("Enligt 2015 års utredning", None),
    ],
)
def test_year(text, year):
    """A year is given only where the text has exactly one."""
    assert stated(text).due_year == year


@pytest.mark.parametrize(
    ("text", "heading", "responsible"),
    [
        ("Nämnden ska följa upp", "", ("Nämnden",)),
        ("Förvaltningen tar krafttag", "", ("Förvaltningen",)),
        ("Bygg nätverk för familjehem.", "Uppdrag till förvaltningen", ("förvaltningen",)),
        ("Socialförvaltningen ska ta fram en analys", "Uppdrag till förvaltningen", ("Socialförvaltningen",)),
        ("Samverka med Överförmyndarnämnden kring ungdomar", "", ()),
    ],
)
def test_responsible(text, heading, responsible):
    """Who is to do it is a body that the text or its heading names as the one to act."""
    assert stated(text, heading).responsible == responsible


@pytest.mark.parametrize(
    ("text", "heading", "kind"),
    [
        ("Genomföra en utbildning", "Mål och uppdrag", GoalKind.ASSIGNMENT),
        ("Stärka och utveckla medborgardialogen", "Mål och uppdrag", GoalKind.GOAL),
        ("Stärka och utveckla medborgardialogen", "Uppdrag till förvaltningen", GoalKind.ASSIGNMENT),
    ],
)
def test_kind(text, heading, kind):
    """A heading for assignments decides; elsewhere a deed with an end makes an assignment."""
    assert stated(text, heading).kind is kind

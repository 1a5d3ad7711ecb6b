"""What the text of a goal states."""

from datetime import date
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
        ("Minska kötiden till högst 5 %", Decimal(5), "%", "högst"),
        ("Minska kötiden till högst tre dagar", Decimal(3), "dagar", "högst"),
        ("Ersättningen ska vara minst 1 500 kronor", Decimal(1500), "kronor", "minst"),
        ("Ingen ska ha maximalt 12 olika personer", Decimal(12), "personer", "maximalt"),
        ("minst två platser och högst tre platser", None, "", ""),
        ("minst sex gånger om året", None, "", ""),
        ("öka med minst 10 platser", None, "", ""),
        ("Minska med minst 10 %", None, "", ""),
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
    [
        ("Nämnden ska fyra gånger om året följa upp", "fyra gånger om året"),
        ("Resultatet redovisas varje kvartal.", "varje kvartal"),
        ("En sjuksköterska minst en gång i månaden", "en gång i månaden"),
        ("Årligen följa upp", "Årligen"),
        ("Kontinuerligt göra något", ""),
        ("varje barn", ""),
    ],
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
        ("Granska placeringarna från 2024", None),
    ],
)
def test_year(text, year):
    """A year is given only where the text has exactly one."""
    assert stated(text).due_year == year


@pytest.mark.parametrize(
    ("text", "words", "day"),
    [
        ("Klart senast den 31 december 2026", "senast den 31 december 2026", date(2026, 12, 31)),
        ("Klart före den 31 februari 2026", "före den 31 februari 2026", None),
        ("Återkom före sommaren 2026", "före sommaren 2026", None),
        ("Byggs under mandatperioden", "under mandatperioden", None),
        ("startas under 2026", "under 2026", None),
        ("delade turer försvinner senast 2027", "senast 2027", None),
        ("inom två år", "inom två år", None),
        ("Under 2015 års utredning", "", None),
        ("öppet på sommaren", "", None),
    ],
)
def test_when(text, words, day):
    """When is the text's own words, and a day where it names one that there is."""
    found = stated(text)
    assert (found.due_words, found.due_on) == (words, day)


@pytest.mark.parametrize(
    ("text", "heading", "responsible"),
    [
        ("Nämnden ska följa upp", "", ("Nämnden",)),
        ("Förvaltningen tar krafttag", "", ("Förvaltningen",)),
        ("Bygg nätverk för familjehem.", "Uppdrag till förvaltningen", ("förvaltningen",)),
        ("Socialförvaltningen ska ta fram en analys", "Uppdrag till förvaltningen", ("Socialförvaltningen",)),
        ("Samverka med Överförmyndarnämnden kring ungdomar", "", ()),
        ("att nämnden anställer fyra jobbcoacher", "Partiet yrkar", ("nämnden",)),
        ("öppna en fritidsbank", "Under nästa år ska nämnden:", ("nämnden",)),
        ("öppna en fritidsbank", "Socialförvaltningen får i uppdrag att:", ("Socialförvaltningen",)),
        ("Utred", "Uppdrag till barn- och utbildningsförvaltningen", ("barn- och utbildningsförvaltningen",)),
        ("öppna en fritidsbank", "Därför vill vi:", ()),
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
        ("inrättar ett jourboende", "Vi vill att nämnden", GoalKind.ASSIGNMENT),
    ],
)
def test_kind(text, heading, kind):
    """A heading for assignments decides; elsewhere a deed with an end makes an assignment."""
    assert stated(text, heading).kind is kind


@pytest.mark.parametrize(
    "nasty",
    [
        "a" * 200_000,
        "a- och " * 30_000,
        "minst " * 40_000,
        "minst 1 000 " * 20_000,
        "1" * 200_000,
        " " * 200_000,
        "ska " * 50_000,
        "nämnden " * 30_000,
        "uppdrag till " + "a-" * 100_000,
        "senast den 1 " * 20_000,
    ],
)
def test_no_text_holds_the_patterns_up(nasty):
    """Texts made to trip the patterns state nothing, and are read in one go: a pattern that runs wild takes hours."""
    assert stated(nasty, nasty).kind is GoalKind.GOAL or "uppdrag" in nasty
    assert stated(f"{nasty} 50 %", nasty).target_unit in ("", "%")

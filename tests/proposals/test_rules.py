"""The rules that say what a goal is: each does what its own example says."""

import pytest

from proposals.reading import RULES, Confidence, Passage, PassageKind, Rule, parse, read
from proposals.reading.rules import GOAL_HEADINGS, explain, goal_heading, is_other_heading, lead_in
from tests.config.test_docs import rows
from tests.proposals.test_tables import table


def passages(document: str) -> list[Passage]:
    lines = table(document) if document.startswith("¦") else read(document.encode(), "plan.md")
    return [block for block in parse(lines).blocks if isinstance(block, Passage)]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_decides_its_own_example(rule: Rule):
    """A rule's example is read as the rule says, as surely as it says."""
    found = passages(rule.example)
    decided = next(passage for passage in reversed(found) if passage.rule == rule.name)
    assert (decided.kind, decided.confidence) == (rule.kind, rule.confidence)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_explains_itself(rule: Rule):
    """A rule's name fits the database, and it says why in a sentence that the review page can show."""
    assert len(rule.name) <= 50
    assert rule.explanation[0].isupper()
    assert explain(rule.name, "Mål:").startswith(("Punkt", rule.explanation))


def test_the_docs_list_the_rules():
    """docs/importing.md has each rule in order, with its reason, what it makes, how sure it is, and its example."""
    listed = [[cell.strip("`") for cell in row] for row in rows("docs/importing.md")]
    assert [[cell.removesuffix(" |").strip("` ") for cell in row] for row in listed] == [
        [
            rule.name,
            rule.explanation,
            rule.kind.value,
            rule.confidence.value,
            " / ".join(line for line in rule.example.split("\n") if line),
        ]
        for rule in RULES.values()
    ]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Mål och uppdrag", "mål-och-uppdrag"),
        ("MÅL OCH UPPDRAG:", "mål-och-uppdrag"),
        ("3.2 Mål och uppdrag", "mål-och-uppdrag"),
        ("4) Mål & uppdrag 2026", "mål-och-uppdrag"),
        ("Våra mål och prioriteringar", "mål-och-uppdrag"),
        ("Uppdrag till förvaltningen", "uppdrag-till"),
        ("Uppdrag till vård- och omsorgsförvaltningen", "uppdrag-till"),
        ("Uppdrag", "uppdrag"),
        ("Vi vill", "vi-vill"),
        ("Vi vill att nämnden ska", "vi-vill"),
        ("Det här vill vi:", "vi-vill"),
        ("Vad vill vi?", "vi-vill"),
        ("Provpartiet vill", "vi-vill"),
        ("Mål", "mål"),
        ("Mål för 2026", "mål"),
        ("Mål 2026–2028", "mål"),
        ("Prioriterade mål", "mål"),
        ("Våra viktigaste mål inom äldreomsorgen", "mål"),
        ("Åtaganden", "åtaganden"),
        ("Våra prioriteringar", "prioriteringar"),
        ("Vi föreslår", "förslag"),
        ("Exempellistans förslag", "förslag"),
        ("Satsningar", "satsningar"),
        ("Åtgärder", "åtgärder"),
        ("Tio förslag för en tryggare kommun", "förslag"),
        ("Så vill vi utveckla äldreomsorgen", "åtgärder"),
        ("Det lovar vi", "åtaganden"),
    ],
)
def test_goal_headings(heading, name):
    """Natural variants of a goal heading are known, with numbers, colons and capitals."""
    rule = goal_heading(heading)
    assert rule is not None
    assert rule.name == name


@pytest.mark.parametrize(
    "heading",
    [
        "Mål och budget 2026",
        "Nämndens uppdrag",
        "Målgrupp",
        "Målen nås inte utan personal",
        "Vi vill fortsätta bygga Provköping",
        "Bakgrund",
        "Så här arbetar vi",
        "Innehåll",
        "Läs mer",
        "Källor",
        "Uppdraget från fullmäktige",
        "",
        "mål " * 100,
    ],
)
def test_other_headings(heading):
    """A heading that only resembles one of goals is none."""
    assert goal_heading(heading) is None


@pytest.mark.parametrize(
    "heading", ["Bakgrund", "1.2 Bakgrund", "Så här arbetar vi", "Läs mer om våra frågor", "Källor:"]
)
def test_headings_that_never_stand_over_goals(heading):
    assert is_other_heading(heading)


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Därför vill vi:", "inledning-vill"),
        ("Köerna växer. Därför vill Provpartiet:", "inledning-vill"),
        ("Provpartiet föreslår att:", "inledning-vill"),
        ("Exempellistan vill under 2026", None),
        ("Vi vill därför att nämnden", None),
        ("Provpartiet yrkar att", "inledning-vill"),
        ("Förvaltningen får i uppdrag att:", "inledning-uppdrag"),
        ("Under nästa år ska nämnden:", "inledning-ska"),
        ("Vi kommer att:", "inledning-ska"),
        ("Våra viktigaste mål är:", "inledning-mål"),
        ("Till nästa år har vi fem mål:", "inledning-mål"),
        ("Enligt socialtjänstlagen ska nämnden:", "inledning-utan-mål"),
        ("I dag finns följande verksamheter:", "inledning-utan-mål"),
        ("Kommunfullmäktige har antagit följande mål:", "inledning-utan-mål"),
        ("Vi vill tacka:", "inledning-utan-mål"),
        ("Besökarna säger att de vill ha:", None),
        ("Vi vill mycket. Så här ser det ut:", None),
    ],
)
def test_sentences_before_a_list(sentence, name):
    """A sentence says that goals follow where the party or the committee is the one that wants; others do not."""
    rule = lead_in(sentence)
    assert (rule.name if rule else None) == name


def test_the_surest_headings_are_those_the_customer_named():
    """Headings that say what stands below them are certain; those that may stand over other things are not."""
    sure = {rule.name for rule in GOAL_HEADINGS if rule.confidence is Confidence.CERTAIN}
    assert sure == {"mål-och-uppdrag", "uppdrag-till", "uppdrag", "vi-vill", "mål", "åtaganden"}


def test_no_rule_makes_a_doubtful_guess_certain():
    """An item outside every goal heading is no goal, and one that is worded as a goal is shown as doubtful."""
    found = passages("# Plan\n\nText som slutar.\n\n- Öppna en fritidsbank\n- Köerna är långa\n")
    assert [(item.kind, item.confidence) for item in found[-2:]] == [
        (PassageKind.POINT, Confidence.DOUBTFUL),
        (PassageKind.POINT, Confidence.CERTAIN),
    ]

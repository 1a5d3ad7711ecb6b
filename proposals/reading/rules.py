"""What makes a passage a goal: rules with names, each with its reason in Swedish, its certainty and an example.

The rules are data, so that the review page can say why a line was taken for a goal, the docs can list them, and a test
can run each rule's own example. :mod:`proposals.reading.parse` decides where they apply.
"""

import re
from dataclasses import dataclass
from enum import Enum


class Confidence(Enum):
    """How sure the rules are of what a passage is; a person looks at the doubtful ones first."""

    CERTAIN = "certain"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"

    def at_most(self, other: "Confidence") -> "Confidence":
        """Give the less sure of two."""
        order = list(Confidence)
        return max(self, other, key=order.index)


class PassageKind(Enum):
    """What a passage is in its plan."""

    COVER = "cover"
    PROSE = "prose"
    POINT = "point"
    GOAL = "goal"


class Looks(Enum):
    """What a rule looks at."""

    HEADING = "rubrik"
    LEAD_IN = "inledande mening"
    ITEM = "punkt"
    CELL = "cell"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Rule:
    """One reason why a passage is what it is.

    ``example`` is a small document with a passage that the rule decides: in Markdown, or a table with a row on each
    line and "¦" before each cell. ``pattern`` must match a whole heading, or be found in a lead-in sentence or an item,
    by what the rule ``looks`` at; a rule that knows its passages by where they stand has none.
    """

    name: str
    explanation: str
    kind: PassageKind
    confidence: Confidence
    looks: Looks
    example: str
    pattern: re.Pattern[str] | None = None


#: The longest heading, and the longest end of a lead-in sentence, that patterns are tried on: none can take long.
LONGEST_HEADING = 80
LONGEST_SENTENCE = 300
_ITEM_START = 160

#: The parts of a line's beginning that number it: "3.2", "4.", "5)".
HEADING_NUMBER = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.)]?\s{1,8}(?=\S)")

# What may follow on "mål" and the like without changing what it speaks of: "för 2026", "inom äldreomsorgen".
_ABOUT = r"(?: (?:för|under|inom|i|på|åren|år|till|kring|om)(?: [\w&,–-]+){1,8}| \d{4}(?: ?[–-] ?\d{4})?)?"
_OUR = r"(?:(?:våra|partiets|nämndens|alla|nya|fler)(?: \w+)? )?"
_ONLY = r"(?:(?:prioriterade|övergripande|politiska|konkreta|strategiska|viktiga|viktigaste|särskilda|nya) )?"
_FEW = r"tre|fyra|fem|sex|sju|åtta|nio|tio|elva|tolv|femton|tjugo"
# A party's name is not known to the rules, but how such names end is.
_PARTY = r"(?:vi|partiet|[\w-]*(?:partiet|listan|demokraterna|alliansen|samlingen|liberalerna|moderaterna|gruppen))"
_BODY = r"(?:nämnden|förvaltningen|kommunen|[\w-]+nämnden|[\w-]+förvaltningen|[\w-]+tjänsten|styrelsen)"
_WISHES = r"(?:vill|föreslår|yrkar|kräver|lovar|prioriterar|hemställer)"
_SHALL = r"(?:ska|skall|bör|behöver)"
#: What ends a sentence that leads in to a list.
_LEADS = r"(?::|\batt|…|\.\.\.)$"


def _heading(name: str, words: str, pattern: str, example: str, confidence: Confidence = Confidence.CERTAIN) -> Rule:
    """Make a rule for a heading whose lists are goals."""
    return Rule(
        name,
        f"Punkt under en rubrik om {words}",
        PassageKind.GOAL,
        confidence,
        Looks.HEADING,
        f"# {example}\n\n- Starta en öppen förskola",
        re.compile(pattern),
    )


#: Headings whose lists are goals, compared in lower case, without number and closing colon. The first that fits counts.
GOAL_HEADINGS = (
    _heading(
        "mål-och-uppdrag",
        "mål och uppdrag",
        rf"{_OUR}{_ONLY}(?:mål|uppdrag)(?:, [\w-]+)? (?:och|&)"
        rf" {_ONLY}(?:mål|uppdrag|åtaganden|satsningar|prioriteringar|åtgärder|insatser){_ABOUT}",
        "3.2 Mål och uppdrag:",
    ),
    _heading(
        "uppdrag-till",
        "uppdrag till någon",
        r"(?:våra )?uppdrag (?:till|åt)(?: [\w,–-]+){1,8}",
        "Uppdrag till förvaltningen",
    ),
    _heading("uppdrag", "uppdrag", rf"(?:(?:våra|nya|särskilda|politiska) )?uppdrag{_ABOUT}", "UPPDRAG 2026"),
    _heading(
        "vi-vill",
        "vad partiet vill",
        rf"(?:(?:därför|det här|detta|det|så här|vad) )?vill (?:vi|{_PARTY})(?: (?:göra|att|se|uppnå))?{_ABOUT}\??"
        rf"|(?:(?:det|det här|vad) )?{_PARTY} vill(?: (?:att|göra|se|uppnå)(?: (?:vi|{_BODY}))?(?: ska)?)?{_ABOUT}",
        "Det här vill vi",
    ),
    _heading(
        "mål",
        "mål",
        rf"{_OUR}{_ONLY}(?:mål|målen|målsättningar|(?:nämnd|del|inriktnings|effekt|verksamhets|utvecklings)mål){_ABOUT}"
        rf"|mål och (?:inriktning|inriktningar){_ABOUT}",
        "Våra mål för 2026",
    ),
    _heading(
        "åtaganden",
        "åtaganden",
        rf"{_OUR}{_ONLY}(?:åtaganden|löften){_ABOUT}|(?:det här|det|detta|så) lovar vi|vi lovar",
        "Åtaganden",
    ),
    _heading(
        "prioriteringar",
        "vad partiet prioriterar",
        rf"{_OUR}{_ONLY}prioriteringar{_ABOUT}|(?:det här|detta|så) prioriterar vi{_ABOUT}|vi prioriterar{_ABOUT}"
        rf"|prioriterade (?:åtgärder|insatser|frågor|områden){_ABOUT}",
        "Prioriteringar 2026–2027",
        Confidence.LIKELY,
    ),
    _heading(
        "förslag",
        "förslag",
        rf"(?:\d{{1,2}}|{_FEW}) {_ONLY}(?:förslag|punkter|krav|löften|reformer|mål){_ABOUT}"
        rf"|{_OUR}{_ONLY}(?:förslag|yrkanden|krav)(?: till beslut)?{_ABOUT}|yrkande|{_PARTY} föreslår(?: att)?"
        rf"(?: {_BODY})?{_ABOUT}|(?:det här|detta|därför) föreslår (?:vi|{_PARTY}){_ABOUT}"
        rf"|{_PARTY}s (?:förslag|mål|åtaganden){_ABOUT}",
        "Vi föreslår",
        Confidence.LIKELY,
    ),
    _heading(
        "satsningar",
        "satsningar",
        rf"{_OUR}{_ONLY}satsningar{_ABOUT}|{_PARTY} satsar på{_ABOUT}|(?:här|det här|detta) satsar vi(?: på)?",
        "Satsningar",
        Confidence.LIKELY,
    ),
    _heading(
        "åtgärder",
        "åtgärder eller insatser",
        rf"{_OUR}{_ONLY}(?:åtgärder|insatser|aktiviteter|fokusområden){_ABOUT}"
        r"|(?:det här|detta|vad) ska vi göra|(?:det|vad) vi ska göra|så vill vi .{1,60}",
        "Åtgärder",
        Confidence.DOUBTFUL,
    ),
)

OTHER_HEADING = Rule(
    "rubrik-utan-mål",
    "Punkt under en rubrik som inte brukar ha mål under sig",
    PassageKind.POINT,
    Confidence.CERTAIN,
    Looks.HEADING,
    "# Mål\n\n- Starta en öppen förskola\n\n## Bakgrund\n\n- Köerna är långa",
    re.compile(
        r"(?:kort )?bakgrund(?:en)?(?: .{1,60})?|så (?:här )?(?:arbetar|gör|mäter|följer|räknar|läser"
        r"|styrs|jobbar)\b.{0,60}"
        r"|innehåll(?:sförteckning)?|läs (?:mer|vidare)(?: .{1,60})?|källor(?: .{1,60})?"
        r"|källförteckning|referenser|fotnoter|noter"
        r"|kontakt(?:a oss|er|uppgifter|personer)?|våra (?:kandidater|företrädare|ledamöter)|ledamöter(?: .{1,60})?"
        r"|(?:det här|detta|vad) har (?:vi )?(?:redan )?(?:gjort|hänt|uppnått)(?: .{1,60})?"
        r"|detta är gjort|resultat(?: .{1,60})?"
        r"|nyckeltal|indikatorer|uppföljning(?: .{1,60})?|ekonomi(?:n)?|budget(?: .{1,60})?"
        r"|sammanfattning|i korthet|ordlista"
        r"|begrepp(?: .{1,60})?|om (?:oss|partiet|planen|dokumentet)|nuläge(?:t)?|nulägesanalys"
        r"|omvärld(?:en)?|omvärldsanalys"
        r"|lagar(?: .{1,60})?|styrdokument|remissinstanser|bilagor?|inledning|förord|vår grundsyn|våra värderingar"
    ),
)

#: Sentences before a list, tried on the last sentence of the paragraph.
LEAD_INS = (
    Rule(
        "inledning-uppdrag",
        "Punkt efter en mening om ett uppdrag som ska ges",
        PassageKind.GOAL,
        Confidence.CERTAIN,
        Looks.LEAD_IN,
        "Socialförvaltningen får i uppdrag att:\n\n- öppna en fritidsbank",
        re.compile(
            rf"\b(?:får|ges|få|ge|ger|ge\s\w+) (?:\w+ )?(?:i |följande |nya )?uppdrag\b.{{0,80}}{_LEADS}", re.IGNORECASE
        ),
    ),
    Rule(
        "inledning-vill",
        "Punkt efter en mening om vad partiet vill eller föreslår",
        PassageKind.GOAL,
        Confidence.CERTAIN,
        Looks.LEAD_IN,
        "Därför vill vi:\n\n- öppna en fritidsbank",
        re.compile(
            rf"\b(?:{_PARTY} (?:(?!vill)\w+ ){{0,3}}{_WISHES}|{_WISHES}(?: därför| också| även)? {_PARTY}"
            rf"|(?-i:{_WISHES} [A-ZÅÄÖ][\w-]+))\b"
            rf"(?:(?: därför)?$|.{{0,160}}{_LEADS})",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "inledning-ska",
        "Punkt efter en mening om vad nämnden eller partiet ska göra",
        PassageKind.GOAL,
        Confidence.LIKELY,
        Looks.LEAD_IN,
        "Under nästa år ska nämnden:\n\n- öppna en fritidsbank",
        re.compile(
            rf"\b(?:(?:{_PARTY}|{_BODY}) (?:\w+ ){{0,4}}{_SHALL}|{_SHALL} (?:\w+ )?(?:{_PARTY}|{_BODY})"
            rf"|{_PARTY} kommer(?: därför)? att|{_PARTY} arbetar för)\b.{{0,160}}{_LEADS}",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "inledning-mål",
        "Punkt efter en mening som säger att mål eller förslag följer",
        PassageKind.GOAL,
        Confidence.LIKELY,
        Looks.LEAD_IN,
        "Våra viktigaste mål för året är:\n\n- en fritidsbank i varje stadsdel",
        re.compile(
            r"(?:^|\b(?:är|är därför) )(?:här är |detta är )?(?:våra|vårt|partiets|följande)\b.{0,40}?"
            r"\b(?:mål|målen|förslag|uppdrag|prioriteringar|åtaganden|satsningar|krav)\b"
            r".{0,80}:$"
            r"|\b(?:har vi|vi har) (?:\w+ ){0,3}(?:mål|förslag|åtaganden|prioriteringar|krav)\b.{0,40}:$",
            re.IGNORECASE,
        ),
    ),
)

# "Enligt lagen ska nämnden:" says what holds already; "vi vill tacka:" is no goal.
NO_LEAD_IN = re.compile(
    r"\b(?:enligt|i dag|idag|redan|lagen|lagar|reglementet|kommunfullmäktige|fullmäktige|regeringen"
    r"|riksdagen|agenda 2030"
    r"|tacka|berätta|veta|påminna|betona|understryka|inte|läs mer|frågade|svarade|tidigare|förra)\b",
    re.IGNORECASE,
)

BOLD_LEAD = Rule(
    "fet-inledning",
    "Stycke med fet inledning under en målrubrik, utan punkttecken",
    PassageKind.GOAL,
    Confidence.DOUBTFUL,
    Looks.ITEM,
    "# Våra mål\n\n**Fler träffar.** Öppna en fritidsbank.\n\n**Fler vuxna.** Anställ fler fältassistenter.",
)
TABLE_CELL = Rule(
    "mål-i-tabell",
    "Cell i en tabell under en kolumnrubrik om mål eller uppdrag",
    PassageKind.GOAL,
    Confidence.LIKELY,
    Looks.CELL,
    "¦ Mål ¦ Ansvarig\n¦ Starta en öppen förskola ¦ Nämnden",
)
SUB_ITEM_OF_LEAD = Rule(
    "underpunkt",
    "Underpunkt till en punkt som slutar med kolon",
    PassageKind.GOAL,
    Confidence.LIKELY,
    Looks.ITEM,
    "# Våra mål\n\n- För de yngsta vill vi:\n  - öppna en fritidsbank",
)
LEADING_ITEM = Rule(
    "inledande-punkt",
    "Punkt som slutar med kolon och inleder sina underpunkter",
    PassageKind.POINT,
    Confidence.LIKELY,
    Looks.ITEM,
    "# Våra mål\n\n- För de yngsta vill vi:\n  - öppna en fritidsbank",
)
QUOTE = Rule(
    "citat",
    "Rad med tankstreck som ser ut som något någon säger",
    PassageKind.POINT,
    Confidence.DOUBTFUL,
    Looks.ITEM,
    "# Våra mål\n\n- Det måste bli bättre för barnen, säger en förskollärare.",
    re.compile(
        r"[,”\"!?] (?:säger|menar|berättar|tycker|förklarar|sade|svarar|undrar)\b|^[”\"][^”\"]{20,400}[”\"]\.?$",
        re.IGNORECASE,
    ),
)
REFERENCE = Rule(
    "hänvisning",
    "Punkt med kontaktuppgift, adress, källa eller hänvisning",
    PassageKind.POINT,
    Confidence.LIKELY,
    Looks.ITEM,
    "# Våra mål\n\n- Läs mer på provpartiet.example",
    re.compile(
        r"^(?:läs mer|källa|källor|se (?:även|också|bilaga|sidan|s\.)|telefon|tfn|tel|e-?post|webb|adress|kontakt)\b"
        r"|^(?:https?://|www\.)|^\S{1,60}@\S{1,60}$|^\S{1,60}\.(?:se|example|nu|org)$",
        re.IGNORECASE,
    ),
)
OTHER_LEAD_IN = Rule(
    "inledning-utan-mål",
    "Punkt efter en mening som inte handlar om vad partiet vill",
    PassageKind.POINT,
    Confidence.DOUBTFUL,
    Looks.LEAD_IN,
    "# Våra mål\n\nI dag finns dessa verksamheter:\n\n- Träffpunkten vid torget",
    re.compile(
        r"\b(?:finns|består av|omfattar|ingår|i dag|idag|redan|exempel|exempelvis|bland annat|visar"
        r"|lyder under|enligt"
        r"|(?:har vi|vi har)(?! (?:\w+ ){0,3}(?:mål|förslag|åtaganden|prioriteringar|krav)\b)"
        r"|kommunfullmäktige|läs mer|källor|kontakta)\b.{0,120}:$",
        re.IGNORECASE,
    ),
)
PLAIN_ITEM = Rule(
    "punkt-utan-målrubrik",
    "Punkt utan målrubrik eller inledande mening ovanför",
    PassageKind.POINT,
    Confidence.CERTAIN,
    Looks.ITEM,
    "# Så ser det ut\n\n- Köerna är långa",
)
MAYBE_ITEM = Rule(
    "punkt-som-kan-vara-mål",
    "Punkt utan målrubrik som ändå är skriven som ett mål",
    PassageKind.POINT,
    Confidence.DOUBTFUL,
    Looks.ITEM,
    "# En kommun för alla\n\n- Öppna en fritidsbank i varje stadsdel",
    re.compile(
        r"(?:att|inte|aktivt|fortsätta?|minst|högst)\b"
        r"|(?!(?:flera|våra|alla|andra|bra|sina|egna|många|stora|bara|extra|första|samma|vissa|unga"
        r"|kvinna|flicka|skola|klara"
        r"|resurserna?|kamera|vara medlem)\b)(?:\w+era|\w*(?:ställa|skapa|stärka|öka|minska|bygga"
        r"|starta|utveckla|införa|inrätta|öppna|ge|göra|höja|sänka"
        r"|bevara|verka|arbeta|samverka|anställa|förbättra|förstärka|erbjuda|utreda|utöka|säkra"
        r"|se över|ta fram|ta bort|låta|hålla"
        r"|genomföra|pröva|stödja|behålla|satsa|värna|sätta|följa|upprätta|avskaffa|ersätta|bjuda"
        r"|halvera|dubbla|korta|lyfta))\b"
        r"|(?:\S{1,40} ){1,3}ska\b",
        re.IGNORECASE,
    ),
)
COVER = Rule(
    "försättsblad",
    "Text före den första löpande texten",
    PassageKind.COVER,
    Confidence.CERTAIN,
    Looks.TEXT,
    "Verksamhetsplan för Socialnämnden\n\n# Inledning\n\nKommunen växer, och det märks.",
)
PROSE = Rule(
    "löptext",
    "Stycke som inte är en punkt i en lista",
    PassageKind.PROSE,
    Confidence.CERTAIN,
    Looks.TEXT,
    "# Inledning\n\nKommunen växer, och det märks.",
)

RULES: dict[str, Rule] = {
    rule.name: rule
    for rule in (
        *GOAL_HEADINGS,
        *LEAD_INS,
        SUB_ITEM_OF_LEAD,
        BOLD_LEAD,
        TABLE_CELL,
        LEADING_ITEM,
        QUOTE,
        REFERENCE,
        OTHER_HEADING,
        OTHER_LEAD_IN,
        MAYBE_ITEM,
        PLAIN_ITEM,
        COVER,
        PROSE,
    )
}


def explain(name: str, heading: str = "") -> str:
    """Say in Swedish why a passage is what it is, with the heading or sentence that decided it."""
    rule = RULES[name]
    if not heading or rule.kind is not PassageKind.GOAL:
        return rule.explanation
    if rule.looks is Looks.HEADING:
        return f"Punkt under rubriken ”{heading.rstrip(':').strip()}”"
    return f"{rule.explanation}: ”{heading}”"


def goal_heading(text: str) -> Rule | None:
    """Give the rule that makes the lists under a heading goals, if there is one."""
    plain = _plain(text)
    return next((rule for rule in GOAL_HEADINGS if _matches_whole(rule, plain)), None)


def is_other_heading(text: str) -> bool:
    """Tell whether a heading is one whose lists are no goals, even below a goal heading."""
    return _matches_whole(OTHER_HEADING, _plain(text))


def lead_in(text: str) -> Rule | None:
    """Give the rule that makes the list after a paragraph goals, or not goals; none where nothing is said of it."""
    sentence = last_sentence(text)
    if OTHER_LEAD_IN.pattern and OTHER_LEAD_IN.pattern.search(sentence):
        return OTHER_LEAD_IN
    rule = next((rule for rule in LEAD_INS if rule.pattern and rule.pattern.search(sentence)), None)
    return OTHER_LEAD_IN if rule and NO_LEAD_IN.search(sentence) else rule


def last_sentence(text: str) -> str:
    """Give the last sentence of a paragraph, or its last part where it is long."""
    tail = text.rstrip()[-LONGEST_SENTENCE:]
    ends = [found.end() for found in re.finditer(r"[.!?] ", tail)]
    return tail[ends[-1] :] if ends else tail


def is_quote(text: str) -> bool:
    """Tell whether an item looks like something that someone says."""
    return bool(QUOTE.pattern and QUOTE.pattern.search(text[:1000]))


def is_reference(text: str) -> bool:
    """Tell whether an item only refers to something: an address, a source, a person to call."""
    return bool(REFERENCE.pattern and REFERENCE.pattern.search(text[:_ITEM_START]))


def may_be_goal(text: str) -> bool:
    """Tell whether an item outside every goal heading is worded as goals are."""
    return bool(MAYBE_ITEM.pattern and MAYBE_ITEM.pattern.match(text[:_ITEM_START]))


def _plain(text: str) -> str:
    """Give a heading without number, closing colon, case and extra blanks; nothing where it is too long for one."""
    if len(text) > 2 * LONGEST_HEADING:
        return ""
    plain = " ".join(text.split())
    number = HEADING_NUMBER.match(plain)
    if number:
        plain = plain[number.end() :]
    return plain.rstrip(":.– ").casefold()


def _matches_whole(rule: Rule, plain: str) -> bool:
    return bool(plain and rule.pattern and rule.pattern.fullmatch(plain))

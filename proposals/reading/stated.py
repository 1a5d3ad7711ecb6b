"""What the text of a goal states: its kind, target, frequency, year and who is to do it. Nothing is inferred."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum


class GoalKind(Enum):
    """Goal (mål) or assignment (uppdrag)."""

    GOAL = "goal"
    ASSIGNMENT = "assignment"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a goal's own words state; ``None`` or empty where they state nothing.

    ``target_unit`` is "%" or the words that follow the number. ``bound`` is the text's word for a bound ("minst",
    "lägst", "högst"). ``frequency``, ``due_words`` ("senast den 31 december 2026", "under mandatperioden") and the
    names in ``responsible`` are the text's own words; ``due_on`` is a day that the text names as the last.
    """

    kind: GoalKind
    target_value: Decimal | None = None
    target_unit: str = ""
    bound: str = ""
    frequency: str = ""
    due_year: int | None = None
    responsible: tuple[str, ...] = ()
    due_words: str = ""
    due_on: date | None = None


# No pattern may try more than a bounded number of characters from any place: a line may be long, and made to be tried.
_BOUND = r"minst|lägst|högst|maximalt|som mest"

# A level to reach. A change ("med 10 %"), a limit that is not reached ("mer än") and a range are something else.
_PERCENT = re.compile(
    rf"(?<!\bmed )(?<!\bfrån )(?<!\bän )(?:\b(?P<bound>{_BOUND})\s{{1,3}}"
    r"|(?<!\btill )(?<!minst )(?<!lägst )(?<!högst )(?<![–-]))"
    r"(?<![\d,–-])(?P<value>\d{1,3}(?:,\d{1,2})?)\s{0,3}(?:%|procent\b)",
    re.IGNORECASE,
)
_SCORE = re.compile(
    r"\b(?P<bound>minst|lägst|högst)\s{1,3}(?P<value>\d{1,6}(?:,\d{1,2})?)\s{1,3}(?P<unit>i \w{0,30}enkäten)\b"
)
_NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        re.findall(
            r"\w+",
            "två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton tjugo",
        ),
        start=2,
    )
} | {"trettio": 30, "fyrtio": 40, "femtio": 50, "hundra": 100}
_UNITS = (
    r"miljoner kronor|kronor|minuter|timmar|dagar|veckor|månader|platser|personer|medarbetare|lägenheter|barn|elever"
    r"|besök|boenden|deltagare"
)
_AMOUNT = re.compile(
    rf"(?<!\bmed )(?<!\bfrån )(?<!\bän )\b(?P<bound>{_BOUND})\s{{1,3}}"
    rf"(?P<value>\d{{1,3}}(?:[ \u00a0]\d{{3}}){{1,2}}|\d{{1,6}}(?:,\d{{1,2}})?|{'|'.join(_NUMBER_WORDS)})\s{{1,3}}"
    rf"(?:olika |nya )?(?P<unit>{_UNITS})\b",
    re.IGNORECASE,
)
_COUNT = rf"\d{{1,3}}|en|ett|{'|'.join(_NUMBER_WORDS)}"
_FREQUENCY = re.compile(
    rf"\b(?:(?:{_COUNT})\s{{1,3}}gång(?:er)?\s{{1,3}}"
    r"(?:om året|per år|i månaden|per månad|i veckan|per vecka|om dagen|per dag|i halvåret|per termin|varje år)"
    r"|varje (?:dag|vecka|månad|kvartal|halvår|termin|år)|(?:månads|kvartals|halvårs)vis|årligen|varje kväll)\b",
    re.IGNORECASE,
)
# "2015 års utredning" names a thing, and "från 2024" where it comes from, not when something is to be done.
_YEAR = re.compile(r"(?<!\bfrån )(?<!\bsedan )\b(20\d\d)\b(?! års)")
_MONTHS = re.findall(r"\w+", "januari februari mars april maj juni juli augusti september oktober november december")
_DAY = rf"(?P<day>\d{{1,2}}) (?P<month>{'|'.join(_MONTHS)}) (?P<year>20\d\d)"
_LAST_DAY = re.compile(rf"\b(?:senast|före|innan)(?: den)? {_DAY}\b", re.IGNORECASE)
_DUE = re.compile(
    rf"\b(?:(?:senast|före|innan)(?: den)? \d{{1,2}} (?:{'|'.join(_MONTHS)})(?: 20\d\d)?"
    r"|(?:senast|före|innan|till|under|inom)(?: (?:slutet|utgången|loppet) av)? (?:(?:våren|sommaren|hösten|vintern"
    r"|årsskiftet|halvårsskiftet) )?(?:år )?20\d\d"
    r"|(?:senast|före|innan|till|under) (?:våren|sommaren|hösten|vintern|årsskiftet|halvårsskiftet|årets slut)"
    r"|under (?:mandatperioden|året|nästa år)|före mandatperiodens slut"
    rf"|inom (?:\d{{1,2}}|ett|{'|'.join(_NUMBER_WORDS)}) (?:år|månader))\b(?! års)",
    re.IGNORECASE,
)
_BODY = r"(?:\w{1,40}-\s{1,3}och\s{1,3})?\w{0,40}(?:nämnden|förvaltningen|tjänsten|styrelsen)|kommunen"
_DOER = re.compile(
    rf"\b(?P<body>{_BODY})\s{{1,3}}(?:ska|tar|satsar|får i uppdrag)\b|^att (?P<that>{_BODY})\b", re.IGNORECASE
)
# In a sentence before a list the words may stand the other way: "Under nästa år ska nämnden:".
_TOLD = re.compile(
    rf"\b(?:ska|ge|ger) (?P<body>{_BODY})\b|\b(?P<that>{_BODY}) (?:[\w ]{{0,60}} )?(?:ska|får i uppdrag)\b",
    re.IGNORECASE,
)
_TO_WHOM = re.compile(r"uppdrag till (?P<body>(?:[\w-]{1,40}- och )?\w{1,60})", re.IGNORECASE)

# A deed with an end: it can be ticked off. "Fortsätta", "stärka" and "utveckla" have none.
_BOUNDED_DEED = re.compile(
    r"\b(?:starta[sr]?|genomför(?:a|s)?|ta fram|tillsätt(?:a|s|er)|anställ(?:a|er|s)?"
    r"|utarbeta|införa|införs|återuppta|återuppbyggs?|utvärdera|förstudie|informationskampanj|öppna[sr]?|inrätta[sr]?|utred(?:a|er|s)?|kartlägg(?:a|er|s)?"
    r"|upphandla[sr]?|avskaffa[sr]?|återkom(?:ma)?)\b",
    re.IGNORECASE,
)


def stated(text: str, heading: str = "") -> Stated:
    """Read what a goal states, from its text and the heading or sentence it stands under.

    The kind is decided by the heading where it speaks of assignments only ("Uppdrag till förvaltningen"). Elsewhere a
    text that names a deed with an end, one that can be ticked off, is an assignment; every other is a goal. A person
    reads the result and may correct it.
    """
    to_whom = _TO_WHOM.match(heading.strip())
    assigned = bool(to_whom) or bool(_BOUNDED_DEED.search(text))
    target = _SCORE.search(text) or _only_percent(text) or _only_amount(text)
    frequency = _FREQUENCY.search(text)
    years = {int(year) for year in _YEAR.findall(text)}
    due = _DUE.search(text)
    responsible = _who(_DOER.search(text)) or _who(to_whom) or _who(_TOLD.search(heading[-300:]))
    return Stated(
        kind=GoalKind.ASSIGNMENT if assigned else GoalKind.GOAL,
        target_value=_value(target["value"]) if target else None,
        target_unit=target.groupdict().get("unit", "%") if target else "",
        bound=(target["bound"] or "") if target else "",
        frequency=frequency[0] if frequency else "",
        due_year=years.pop() if len(years) == 1 else None,
        responsible=(responsible,) if responsible else (),
        due_words=due[0] if due else "",
        due_on=_last_day(text),
    )


def _only_percent(text: str) -> re.Match[str] | None:
    """Give the percentage that a text states as its target: the only one that it names."""
    named = len(re.findall(r"%|\bprocent\b", text))
    return _PERCENT.search(text) if named == 1 else None


def _only_amount(text: str) -> re.Match[str] | None:
    """Give the amount that a text states as its target: the only one that it bounds, and no share beside it."""
    found = list(_AMOUNT.finditer(text))
    return found[0] if len(found) == 1 and not re.search(r"%|\bprocent\b", text) else None


def _value(written: str) -> Decimal:
    """Give the number that the text writes, with figures or as a word."""
    word = _NUMBER_WORDS.get(written.casefold())
    return Decimal(word) if word else Decimal(re.sub(r"[ \u00a0]", "", written).replace(",", "."))


def _last_day(text: str) -> date | None:
    """Give the day that a text names as the last, if there is such a day."""
    found = _LAST_DAY.search(text)
    if not found:
        return None
    try:
        return date(int(found["year"]), _MONTHS.index(found["month"].casefold()) + 1, int(found["day"]))
    except ValueError:
        return None


def _who(found: re.Match[str] | None) -> str:
    """Give the body that a pattern found."""
    return (found["body"] or found.groupdict().get("that") or "") if found else ""


def stands_in(written: str, where: str) -> bool:
    """Tell whether something stands in a text, a number also with spaces in it or as a word ("tre", "1 500")."""
    plain = where.casefold()
    if written.casefold() in plain:
        return True
    if not re.fullmatch(r"[\d,]{1,15}", written):
        return False
    close = re.sub(r"(?<=\d)[ \u00a0](?=\d{3}\b)", "", plain)
    words = (word for word, number in _NUMBER_WORDS.items() if str(number) == written)
    return written in close or any(re.search(rf"\b{word}\b", plain) for word in words)

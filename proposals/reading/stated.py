"""What the text of a goal states: its kind, target, frequency, year and who is to do it. Nothing is inferred."""

import re
from dataclasses import dataclass
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
    "lägst", "högst"). ``frequency`` and the names in ``responsible`` are the text's own words.
    """

    kind: GoalKind
    target_value: Decimal | None = None
    target_unit: str = ""
    bound: str = ""
    frequency: str = ""
    due_year: int | None = None
    responsible: tuple[str, ...] = ()


# A level to reach. A change ("med 10 %"), a limit that is not reached ("mer än") and a range are something else.
_PERCENT = re.compile(
    r"(?<!\bmed )(?<!\btill )(?<!\bfrån )(?<!\bän )(?<![–-])"
    r"(?:\b(?P<bound>minst|lägst|högst)\s+)?(?<![\d,–-])(?P<value>\d{1,3}(?:,\d{1,2})?)\s*(?:%|procent\b)",
    re.IGNORECASE,
)
_SCORE = re.compile(r"\b(?P<bound>minst|lägst|högst)\s+(?P<value>\d{1,6}(?:,\d{1,2})?)\s+(?P<unit>i \w{0,30}enkäten)\b")
_FREQUENCY = re.compile(
    r"\b(?:\d{1,3}|en|ett|två|tre|fyra|fem|sex|tolv)\s{1,3}gång(?:er)?\s{1,3}(?:om året|per år|i månaden|per månad)\b"
)
# "2015 års utredning" names a thing, not when something is to be done.
_YEAR = re.compile(r"\b(20\d\d)\b(?! års)")
_BODY = r"(?:\w+-\s+och\s+)?\w*(?:nämnden|förvaltningen|tjänsten|styrelsen)|kommunen"
_DOER = re.compile(rf"\b(?P<body>{_BODY})\s+(?:ska|tar|satsar)\b", re.IGNORECASE)
_TO_WHOM = re.compile(r"uppdrag till (?P<body>\w+)", re.IGNORECASE)

# A deed with an end: it can be ticked off. "Fortsätta", "stärka" and "utveckla" have none.
_BOUNDED_DEED = re.compile(
    r"\b(?:startas?|genomför(?:a|s)|ta fram|tillsätt(?:a|s)|anställa|utarbeta|införa|återuppta|återuppbyggs?"
    r"|utvärdera|förstudie|informationskampanj)\b",
    re.IGNORECASE,
)


def stated(text: str, heading: str = "") -> Stated:
    """Read what a goal states, from its text and the heading it stands under.

    The kind is decided by the heading where it speaks of assignments only ("Uppdrag till förvaltningen"). Elsewhere a
    text that names a deed with an end, one that can be ticked off, is an assignment; every other is a goal. A person
    reads the result and may correct it.
    """
    to_whom = _TO_WHOM.match(heading.strip())
    assigned = bool(to_whom) or bool(_BOUNDED_DEED.search(text))
    target = _SCORE.search(text) or _only_percent(text)
    frequency = _FREQUENCY.search(text)
    years = {int(year) for year in _YEAR.findall(text)}
    doer = _DOER.search(text)
    responsible = doer or to_whom
    return Stated(
        kind=GoalKind.ASSIGNMENT if assigned else GoalKind.GOAL,
        target_value=Decimal(target["value"].replace(",", ".")) if target else None,
        target_unit=target.groupdict().get("unit", "%") if target else "",
        bound=(target["bound"] or "") if target else "",
        frequency=frequency[0] if frequency else "",
        due_year=years.pop() if len(years) == 1 else None,
        responsible=(responsible["body"],) if responsible else (),
    )


def _only_percent(text: str) -> re.Match[str] | None:
    """Give the percentage that a text states as its target: the only one that it names."""
    named = len(re.findall(r"%|\bprocent\b", text))
    return _PERCENT.search(text) if named == 1 else None

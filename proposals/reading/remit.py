"""Which other bodies of the municipality a text names: a sign that it may reach beyond the committee's own remit.

Nothing is judged from the subject: who decides on what differs from one municipality to the next. Only what the text
itself says is told, and only of boards and administrations; a state authority or the region is no other committee.
"""

import re
from dataclasses import dataclass

# "Kultur- och fritidsnämnden", "Torshälla stads nämnd"; "nämnden" and "förvaltningen" alone are the plan's own.
_JOINED = r"(?:\w{1,40}-,\s{1,3}){0,3}(?:\w{1,40}-\s{1,3}och\s{1,3})?"
_BODY = re.compile(
    rf"\b(?P<body>{_JOINED}\w{{1,60}}(?:nämnden|förvaltningen)|kommunstyrelsen|kommunfullmäktige"
    r"|(?-i:[A-ZÅÄÖ]\w{1,40}) (?:stads|kommuns) nämnd)s?\b(?P<does>\s{1,3}(?:ska|skall|bör|måste)\b)?",
    re.IGNORECASE,
)
_KIND = re.compile(r"(?:nämnden?|förvaltningen)$")


@dataclass(frozen=True, slots=True)
class NamedBody:
    """A body that a text names, in the text's own words; ``does`` says that the text puts a duty on it."""

    name: str
    does: bool

    @property
    def warning(self) -> str:
        """What a person who checks the plan is told."""
        if self.does:
            return f"Säger vad en annan nämnd eller förvaltning ska göra: {self.name}"
        return f"Nämner en annan nämnd eller förvaltning: {self.name}"


def other_bodies(text: str, committee: str) -> tuple[NamedBody, ...]:
    """Give the boards and administrations that a text names beside the committee and its own administration.

    Each stands once, in the order of the text. "Socialförvaltningen" is taken for Socialnämnden's own.
    """
    own = _KIND.sub("", committee.casefold())
    found: dict[str, NamedBody] = {}
    for match in _BODY.finditer(text):
        key = match["body"].casefold()
        if _KIND.sub("", key) != own:
            does = bool(match["does"]) or (key in found and found[key].does)
            found[key] = NamedBody(found[key].name if key in found else match["body"], does)
    return tuple(found.values())

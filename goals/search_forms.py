"""What readers narrow a search to, checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from goals.comparison import KINDS_IN_ADDRESS
from goals.long_select import LongSelect
from goals.search.find import GOALS, KINDS, NAMES, PROSE
from goals.search.hits import Narrowing
from goals.search.query import LONGEST_QUERY
from parties.models import Committee, Municipality, Party

#: How an address writes what is searched, and what it is called.
SLAG = {
    "": "Allt",
    "mal-och-uppdrag": "Mål och uppdrag",
    "mal": "Bara mål",
    "uppdrag": "Bara uppdrag",
    "loptext": "Löptext",
    "fraga": "Frågor och ämnen",
}
_KINDS = {"mal-och-uppdrag": GOALS, "mal": GOALS, "uppdrag": GOALS, "loptext": PROSE, "fraga": NAMES}
#: How an address asks for all of a kind.
ALL_OF = {GOALS: "mal-och-uppdrag", PROSE: "loptext", NAMES: "fraga"}


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose between; committees are those of the chosen municipality where there are several."""

    parties: Sequence[Party]
    municipalities: Sequence[Municipality]
    committees: Sequence[Committee]
    years: Sequence[int]


class SearchForm(forms.Form):
    """What to search for, and where. A choice that is not valid is reported and left out; the others hold."""

    q = forms.CharField(required=False, label="Sök i planerna")
    slag = forms.ChoiceField(required=False, label="Sök bland")
    parti = forms.ChoiceField(required=False, label="Parti")
    kommun = forms.ChoiceField(required=False, label="Kommun", widget=LongSelect)
    namnd = forms.ChoiceField(required=False, label="Nämnd", widget=LongSelect)
    ar = forms.ChoiceField(required=False, label="År")
    amne = forms.ChoiceField(required=False, label="Ämne")

    def __init__(self, data: QueryDict, choices: Choices):
        """Check ``data`` against what there is; topics are a committee's own, so one of them has to be chosen first."""
        super().__init__(data, use_required_attribute=False)
        self.parties = {party.slug: party for party in choices.parties}
        self.municipalities = {each.slug: each for each in choices.municipalities}
        self.committees = {f"{each.municipality.slug}/{each.slug}": each for each in choices.committees}
        only = choices.committees[0] if len(choices.committees) == 1 else None
        self.within = self.committees.get(data.get("namnd", "")) or only
        self.topics = {topic.slug: topic for topic in self.within.topics.in_use()} if self.within else {}
        for name, there_are, every, message in (
            (
                "slag",
                {word: name for word, name in SLAG.items() if word},
                SLAG[""],
                "Vi kan inte söka bland ”%(value)s”.",
            ),
            ("parti", self.parties, "Alla partier", "Partiet ”%(value)s” har ingen plan här."),
            ("kommun", self.municipalities, "Alla kommuner", "Kommunen ”%(value)s” har ingen plan här."),
            ("namnd", self.committees, "Alla nämnder", "Nämnden ”%(value)s” har ingen plan här."),
            (
                "ar",
                {str(year): str(year) for year in choices.years},
                "Alla år",
                "Det finns inga planer för ”%(value)s”.",
            ),
            ("amne", self.topics, "Alla ämnen", "Ämnet ”%(value)s” finns inte i nämnden."),
        ):
            field = self.fields[name]
            field.choices = [("", every), *((word, str(each)) for word, each in there_are.items())]  # type: ignore[attr-defined]
            field.error_messages["invalid_choice"] = message
        # A choice between one and all is none.
        self.choosable = [
            self[name]
            for name in ("slag", "parti", "kommun", "namnd", "ar", "amne")
            if len(self.fields[name].choices) > 2  # type: ignore[attr-defined]
        ]

    def clean_q(self) -> str:
        """Give what was typed, without what is longer than can be searched for."""
        typed = str(self.cleaned_data["q"])
        if len(typed) > LONGEST_QUERY:
            raise ValidationError(f"Sök med högst {LONGEST_QUERY} tecken. Det du skrev har {len(typed)}.")
        return typed

    def narrowing(self) -> Narrowing:
        """Give what the reader has chosen, without what was not valid."""
        self.full_clean()
        chosen: dict[str, Any] = self.cleaned_data
        year = chosen.get("ar")
        return Narrowing(
            party=self.parties.get(chosen.get("parti", "")),
            municipality=self.municipalities.get(chosen.get("kommun", "")),
            committee=self.committees.get(chosen.get("namnd", "")),
            year=int(year) if year else None,
            topic=self.topics.get(chosen.get("amne", "")),
            goal_kind=KINDS_IN_ADDRESS.get(chosen.get("slag", ""), ""),
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of what is searched."""
        chosen = _KINDS.get(self.cleaned_data.get("slag", ""))
        return (chosen,) if chosen else KINDS

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but words is chosen."""
        return any(value for name, value in self.cleaned_data.items() if name != "q")

    def problems(self) -> list[str]:
        """Say what was not valid, a sentence each."""
        return [str(message) for messages in self.errors.values() for message in messages]

"""What readers choose, checked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from goals.as_of import AsOf
from goals.comparison import (
    ALL,
    DECISIONS_IN_ADDRESS,
    KINDS_IN_ADDRESS,
    LATE,
    MOST_COLUMNS,
    ONLY,
    SHARED,
    STATUSES_IN_ADDRESS,
    Counts,
    Selection,
)
from goals.long_select import LongSelect
from goals.models import Decision, Follow, Topic
from goals.standing import COMMON_LABELS
from parties.models import Committee, Municipality, Party
from parties.shown import Shown

LONGEST_QUERY = 100
NAMES = {"mal": "mål", "uppdrag": "uppdrag"}


@dataclass(frozen=True, slots=True)
class Choice(Shown):
    """One of the choices of a filter, with how many it would show."""

    value: str
    name: str
    count: int
    chosen: bool


class CompareForm(forms.Form):
    """What to compare. A choice that is not valid is reported and left out; the others hold."""

    parti = forms.MultipleChoiceField(required=False)
    amne = forms.ChoiceField(required=False)
    slag = forms.ChoiceField(required=False)
    status = forms.ChoiceField(required=False)
    beslut = forms.ChoiceField(required=False)
    visa = forms.ChoiceField(required=False)
    q = forms.CharField(required=False, max_length=LONGEST_QUERY)

    def __init__(self, data: QueryDict, *, parties: Sequence[Party], topics: Sequence[Topic], as_of: AsOf):
        """Check ``data`` against the parties that have a plan and the topics that there are."""
        data = data.copy()
        # A column that is left empty is no choice of a party.
        data.setlist("parti", [slug for slug in data.getlist("parti") if slug])
        super().__init__(data)
        self.parties = {party.slug: party for party in parties}
        self.topics = topics
        self.as_of = as_of
        self.default_parties = tuple(parties[:MOST_COLUMNS])
        for name, values, message in (
            ("parti", list(self.parties), "Partiet ”%(value)s” har ingen plan att jämföra här."),
            ("amne", [topic.slug for topic in topics], "Ämnet ”%(value)s” finns inte."),
            ("slag", list(KINDS_IN_ADDRESS), "Slaget ”%(value)s” finns inte; det finns mål och uppdrag."),
            ("status", [*STATUSES_IN_ADDRESS, LATE], "Statusen ”%(value)s” finns inte."),
            ("beslut", list(DECISIONS_IN_ADDRESS), "Beslutet ”%(value)s” finns inte."),
            (
                "visa",
                [ALL, SHARED, *(ONLY + slug for slug in self.parties)],
                "Urvalet ”%(value)s” finns inte.",
            ),
        ):
            field = self.fields[name]
            field.choices = [(value, value) for value in values]  # type: ignore[attr-defined]
            field.error_messages["invalid_choice"] = message
        self.fields["q"].error_messages["max_length"] = f"Sök med högst {LONGEST_QUERY} tecken."

    def clean_parti(self) -> tuple[Party, ...]:
        """Give the chosen parties in their order; none chosen is the published order."""
        slugs = list(dict.fromkeys(self.cleaned_data["parti"]))
        if not slugs:
            return self.default_parties
        if len(slugs) > MOST_COLUMNS:
            raise forms.ValidationError(f"Välj högst {MOST_COLUMNS} partier.")
        if len(slugs) < min(2, len(self.parties)):
            raise forms.ValidationError("Välj två olika partier att jämföra.")
        return tuple(self.parties[slug] for slug in slugs)

    def selection(self) -> Selection:
        """Give what the reader has chosen, without what was not valid."""
        self.full_clean()
        chosen: dict[str, Any] = self.cleaned_data
        parties = chosen.get("parti", self.default_parties)
        show = chosen.get("visa") or ALL
        if show.startswith(ONLY) and show.removeprefix(ONLY) not in {party.slug for party in parties}:
            self.add_error("visa", "Partiet som urvalet gäller är inte bland dem du jämför.")
            show = ALL
        return Selection(
            parties=parties,
            topic=chosen.get("amne", ""),
            kind=KINDS_IN_ADDRESS.get(chosen.get("slag", ""), ""),
            status=chosen.get("status", ""),
            decision=chosen.get("beslut", ""),
            show=show,
            query=chosen.get("q", "").strip(),
            as_of=self.as_of,
            default_parties=self.default_parties,
        )

    def problems(self) -> list[str]:
        """Say what was not valid, a sentence each."""
        found = [str(message) for messages in self.errors.values() for message in messages]
        return [*found, self.as_of.problem] if self.as_of.problem else found


def topic_choices(topics: Sequence[Topic], selection: Selection, counts: Counts) -> list[Choice]:
    """Give the choices of topic."""
    return [
        Choice("", "Alla ämnen", counts.topics[""], not selection.topic),
        *(Choice(topic.slug, topic.name, counts.topics[topic.slug], selection.topic == topic.slug) for topic in topics),
    ]


def kind_choices(selection: Selection, counts: Counts) -> list[Choice]:
    """Give the choices of kind."""
    return [
        Choice("", "Mål och uppdrag", counts.kinds[""], not selection.kind),
        *(
            Choice(value, f"Bara {NAMES[value]}", counts.kinds[kind], selection.kind == kind)
            for value, kind in KINDS_IN_ADDRESS.items()
        ),
    ]


def status_choices(selection: Selection, counts: Counts) -> list[Choice]:
    """Give the choices of status, those that nothing has left out."""
    names = [("", "Alla"), *((word, COMMON_LABELS[status]) for word, status in STATUSES_IN_ADDRESS.items())]
    return _choices([*names, (LATE, "Försenat eller datumet har passerat")], selection.status, counts.statuses)


def decision_choices(selection: Selection, counts: Counts) -> list[Choice]:
    """Give the choices of decision, those that nothing has left out."""
    labels = {"": "Ej känt", **{str(value): str(label) for value, label in Decision.Outcome.choices}}
    names = [("", "Alla"), *((word, labels[decision]) for word, decision in DECISIONS_IN_ADDRESS.items())]
    return _choices(names, selection.decision, counts.decisions)


def _choices(names: Sequence[tuple[str, str]], chosen: str, counts: Counter[str]) -> list[Choice]:
    return [
        Choice(value, name, counts[value], value == chosen)
        for value, name in names
        if counts[value] or value in ("", chosen)
    ]


def show_choices(selection: Selection, counts: Counts) -> list[Choice]:
    """Give the choices of which issues to show, by who has goals on them."""
    shared = "Båda partierna" if len(selection.parties) == 2 else "Minst två partier"
    choices = [(ALL, "Alla"), (SHARED, shared)]
    choices += [(ONLY + party.slug, f"Bara {party.abbreviation}") for party in selection.parties]
    return [Choice(value, name, counts.shows[value], selection.show == value) for value, name in choices]


class ChangesForm(forms.Form):
    """Which changes to show. A choice that is not valid is reported and left out; the others hold."""

    parti = forms.ChoiceField(required=False, label="Parti")
    kommun = forms.ChoiceField(required=False, label="Kommun", widget=LongSelect)
    namnd = forms.ChoiceField(required=False, label="Nämnd", widget=LongSelect)
    amne = forms.ChoiceField(required=False, label="Ämne")

    def __init__(
        self,
        data: QueryDict,
        *,
        parties: Sequence[Party],
        municipalities: Sequence[Municipality],
        committees: Sequence[Committee],
    ):
        """Check ``data`` against what has a plan; committees are the chosen municipality's, where there are many.

        Topics are a committee's own, so there is a choice of them only where there is one committee, or one is chosen.
        """
        super().__init__(data, use_required_attribute=False)
        self.parties = {party.slug: party for party in parties}
        self.municipalities = {each.slug: each for each in municipalities}
        self.committees = {f"{each.municipality.slug}/{each.slug}": each for each in committees}
        only = committees[0] if len(committees) == 1 else None
        self.within = only or self.committees.get(data.get("namnd", ""))
        self.topics = {topic.slug: topic for topic in self.within.topics.in_use()} if self.within else {}
        for topic in self.topics.values():
            topic.committee = self.within  # type: ignore[assignment]
        for name, every, there_are, message in (
            ("parti", "Alla partier", self.parties, "Partiet ”%(value)s” har ingen plan här."),
            ("kommun", "Alla kommuner", self.municipalities, "Kommunen ”%(value)s” har ingen plan här."),
            ("namnd", "Alla nämnder", self.committees, "Nämnden ”%(value)s” har ingen plan här."),
            ("amne", "Alla ämnen", self.topics, "Ämnet ”%(value)s” finns inte i nämnden."),
        ):
            field = self.fields[name]
            field.choices = [("", every), *((slug, str(each)) for slug, each in there_are.items())]  # type: ignore[attr-defined]
            field.error_messages["invalid_choice"] = message
        # A choice between one and all is none.
        self.choosable = [self[name] for name in self.fields if len(self.fields[name].choices) > 2]  # type: ignore[attr-defined]

    def selection(self) -> "ChangesSelection":
        """Give what the reader has chosen, without what was not valid."""
        self.full_clean()
        chosen: dict[str, Any] = self.cleaned_data
        return ChangesSelection(
            party=self.parties.get(chosen.get("parti", "")),
            municipality=self.municipalities.get(chosen.get("kommun", "")),
            committee=self.committees.get(chosen.get("namnd", "")),
            topic=self.topics.get(chosen.get("amne", "")),
        )

    def problems(self) -> list[str]:
        """Say what was not valid, a sentence each."""
        return [str(message) for messages in self.errors.values() for message in messages]


@dataclass(frozen=True, slots=True)
class ChangesSelection:
    """What the changes are about, as far as the reader has chosen."""

    party: Party | None = None
    municipality: Municipality | None = None
    committee: Committee | None = None
    topic: Topic | None = None

    @property
    def is_filtered(self) -> bool:
        """Tell whether the reader has chosen anything."""
        return any((self.party, self.municipality, self.committee, self.topic))


class FollowForm(forms.Form):
    """How soon to be told."""

    pace = forms.ChoiceField(
        label="När vill du få e-post?",
        choices=[
            (Follow.Pace.AT_ONCE.value, "Direkt, när något skrivs"),
            (Follow.Pace.WEEKLY.value, "En gång i veckan, på måndagen"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur ofta.", "invalid_choice": "Välj ett av alternativen."},
    )

"""What readers choose of an overview, checked. What is not valid is reported and left out; the rest holds."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict

from goals.as_of import AsOf
from goals.followed import Followed, Stage, latest_ended, period_before
from goals.models import ReportingPeriod
from goals.standing import COMMON_LABELS, DECISION_ADDRESSES, STATUS_ADDRESSES
from goals.wanted import (
    ALL,
    NO_PARTY,
    NO_TOPIC,
    PICKS,
    Asked,
    Wanted,
    decision_name,
    topic_name,
    topic_word,
)
from parties.models import User


class _ReaderForm(forms.Form):
    """Choices of which each must be among some words, or is left out."""

    def allow(self, name: str, words: Sequence[str], message: str) -> None:
        """Say which words a field takes, and what to say of others."""
        field: Any = self.fields[name]
        field.choices = [(word, word) for word in words]
        field.error_messages["invalid_choice"] = message

    def chosen(self, name: str) -> str:
        """Give what is chosen, or nothing where that is not valid."""
        return str(self.cleaned_data.get(name) or "")

    def problems(self) -> list[str]:
        """Say what was not valid, a sentence each."""
        return [str(message) for messages in self.errors.values() for message in messages]


class StagesForm(_ReaderForm):
    """Which stages to look at: two periods (``period`` and ``mot``), or two days (``per`` and ``mot``)."""

    period = forms.ChoiceField(required=False)
    per = forms.CharField(required=False)
    mot = forms.CharField(required=False)

    def __init__(self, data: QueryDict, *, periods: Sequence[ReportingPeriod]):
        """Check ``data`` against a plan year's periods."""
        super().__init__(data)
        self.periods = {period.slug: period for period in periods}
        self.allow("period", list(self.periods), "Perioden ”%(value)s” finns inte.")

    def stages(self) -> tuple[Stage, Stage | None]:
        """Give the stage that is chosen, and the earlier one beside it, if there is one."""
        self.full_clean()
        if self.chosen("per") or "per" in self.errors:
            return self._days()
        today = AsOf().date
        period = self.periods.get(self.chosen("period")) or latest_ended(self.periods.values(), today)
        return self._periods(period) if period else self._days()

    def _periods(self, period: ReportingPeriod) -> tuple[Stage, Stage | None]:
        before = period_before(self.periods.values(), period)
        if asked := self.chosen("mot"):
            other = self.periods.get(asked)
            if other and other.ends_on < period.ends_on:
                before = other
            elif other:
                self.add_error("mot", f"{other.name} slutar inte före {period.name} och går inte att jämföra med.")
            else:
                self.add_error("mot", f"Perioden ”{asked[:50]}” finns inte.")
        return Stage.of_period(period), Stage.of_period(before) if before else None

    def _days(self) -> tuple[Stage, Stage | None]:
        if self.chosen("period"):
            self.add_error("period", "Välj antingen en period eller en dag. Dagen gäller.")
        as_of = AsOf.read(self.chosen("per"))
        if as_of.problem:
            self.add_error("per", as_of.problem)
        before = None
        if asked := self.chosen("mot"):
            earlier = AsOf.read(asked)
            if earlier.problem or earlier.date >= as_of.date:
                self.add_error(
                    "mot", f"”{asked[:50]}” är ingen tidigare dag att jämföra med. Skriv den som 2017-06-30."
                )
            else:
                before = Stage.of_day(earlier)
        return Stage.of_day(as_of), before


class OwnPartyForm(_ReaderForm):
    """Which party is the reader's own (``mitt``), and whether all are to be listed nevertheless (``visa``)."""

    mitt = forms.ChoiceField(required=False)
    visa = forms.ChoiceField(required=False)

    def __init__(self, data: QueryDict, followed: Followed):
        """Check ``data`` against the parties that have a plan."""
        super().__init__(data)
        self.followed = followed
        self.parties = {party.slug: party for party in followed.parties}
        self.allow("mitt", [*self.parties, NO_PARTY], "Partiet ”%(value)s” har ingen plan här.")
        self.allow("visa", [ALL], "Urvalet ”%(value)s” finns inte.")

    def asked(self, user: User | AnonymousUser) -> Asked:
        """Give what is asked for; where the address says nothing of one's own party, the profile does."""
        self.full_clean()
        word = self.chosen("mitt")
        own = self.parties.get(word)
        if not word and user.is_authenticated:
            own = next((party for party in self.parties.values() if party.pk == user.own_party_id), None)
        followed = self.followed
        shows_all = self.chosen("visa") == ALL
        return Asked(followed.plan_year, followed.stage, followed.before, own, word, bool(own) and shows_all)


class GoalsForm(OwnPartyForm):
    """Which goals to list."""

    parti = forms.ChoiceField(required=False)
    amne = forms.ChoiceField(required=False)
    status = forms.ChoiceField(required=False)
    beslut = forms.ChoiceField(required=False)
    urval = forms.ChoiceField(required=False)

    def __init__(self, data: QueryDict, followed: Followed):
        """Check ``data`` against the parties that have a plan and the topics that there are."""
        super().__init__(data, followed)
        self.topics = {topic_word(topic): topic_name(topic) for topic in followed.topics}
        self.topics[NO_TOPIC] = topic_name(None)
        self.allow("parti", list(self.parties), "Partiet ”%(value)s” har ingen plan här.")
        self.allow("amne", list(self.topics), "Ämnet ”%(value)s” finns inte.")
        self.allow("status", list(STATUS_ADDRESSES.values()), "Statusen ”%(value)s” finns inte.")
        self.allow("beslut", list(DECISION_ADDRESSES.values()), "Beslutet ”%(value)s” finns inte.")
        self.allow("urval", list(PICKS), "Urvalet ”%(value)s” finns inte.")

    def wanted(self) -> Wanted:
        """Give which goals are asked for, without what was not valid."""
        names = ("parti", "amne", "status", "beslut", "urval")
        wanted = Wanted(*(self.chosen(name) for name in names))
        if wanted.pick and PICKS[wanted.pick].needs_before and self.followed.before is None:
            self.add_error("urval", "Urvalet behöver en tidigare period eller dag att jämföra med.")
            return wanted._replace(pick="")
        return wanted

    def words(self, asked: Asked, wanted: Wanted) -> list[str]:
        """Say which goals are asked for, a few words for each choice."""
        statuses = {word: COMMON_LABELS[status] for status, word in STATUS_ADDRESSES.items()}
        decisions = {word: decision_name(decision) for decision, word in DECISION_ADDRESSES.items()}
        party = self.parties.get(wanted.party)
        found = (
            asked.words(wanted.pick) if wanted.pick else "",
            f"med status ”{statuses[wanted.status]}”" if wanted.status else "",
            f"med beslut ”{decisions[wanted.decision]}”" if wanted.decision else "",
            f"från {party.name}" if party else "",
            f"i ämnet {self.topics[wanted.topic]}" if wanted.topic not in ("", NO_TOPIC) else "",
            "som inte är ordnade efter fråga" if wanted.topic == NO_TOPIC else "",
        )
        return [words for words in found if words]

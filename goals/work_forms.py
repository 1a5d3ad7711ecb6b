"""What a secretary fills in: how a goal stands, what was decided, what was measured, and what of the queue to see."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from goals.models import Decision, Goal, OutcomeValue, Record, Status, StatusUpdate
from goals.models.records import LONGEST_COMMENT, NEED_COMMENT, status_label
from goals.queue import Queue, QueueFilter
from goals.standing import COMMON_LABELS, STATUS_ADDRESSES
from parties.text import plain
from parties.widgets import DayInput


class LinkField(forms.URLField):
    """A link to what shows that something is so."""

    def __init__(self, label: str):
        """Ask for a whole address; what lacks its beginning is taken as https."""
        super().__init__(label=label, required=False, max_length=500, assume_scheme="https")
        self.error_messages["invalid"] = "Ange en hel adress som börjar med https:// eller http://"


class RecordForm(forms.Form):
    """What is said of a goal. ``key`` is the form's own, so that it is recorded once however often it is sent.

    ``seen`` is the latest record that the writer saw, or nothing.
    """

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    #: The fields that the record itself has.
    SAID: tuple[str, ...] = ()

    def said(self) -> dict[str, Any]:
        """Give what was filled in as ``Goal`` takes it."""
        said = {name: self.cleaned_data[name] for name in (*self.SAID, "seen", "key")}
        return {name: plain(value) if isinstance(value, str) else value for name, value in said.items()}

    def save(self, write: Callable[..., Record], **further: Any) -> Record | None:
        """Record it, or say in the form why not.

        :raises ConflictError: if somebody has recorded something since the writer looked.
        """
        try:
            return write(**self.said(), **further)
        except ValidationError as error:
            problems = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            for name, messages in problems.items():
                for message in messages:
                    self.add_error(name if name in self.fields else None, message)
            return None

    @classmethod
    def typed(cls, data: QueryDict) -> dict[str, Any]:
        """Give all that was filled in, for a fresh form to begin with; its key is not for another form."""
        return {name: data.get(name, "") for name in cls.base_fields if name != "key"}

    @classmethod
    def fresh(cls, *, seen: int | None, initial: dict[str, Any] | None = None, **kwargs: Any) -> "RecordForm":
        """Make an empty form with a key of its own."""
        return cls(initial={"seen": seen, "key": uuid.uuid4(), **(initial or {})}, **kwargs)


class ReportForm(RecordForm):
    """A status update of one goal, or of several at once."""

    SAID = ("status", "comment", "evidence", "link", "reference", "date")

    status = forms.ChoiceField(label="Status", widget=forms.RadioSelect, error_messages={"required": "Välj en status."})
    comment = forms.CharField(
        label="Kommentar",
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Behövs om statusen är delvis, ej uppnått, ej längre aktuellt eller kan inte bedömas.",
    )
    evidence = forms.CharField(label="Underlag", required=False, max_length=500)
    link = LinkField("Länk till underlaget")
    reference = forms.CharField(label="Diarienummer", required=False, max_length=50)
    date = forms.DateField(label="Läget den dag", required=False, widget=DayInput)

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any):
        """Name the statuses as they are called for a ``kind`` of goal; without one, for both kinds together."""
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [  # type: ignore[attr-defined]
            (status.value, status_label(status, kind) if kind else COMMON_LABELS[status]) for status in Status
        ]

    def clean(self) -> dict[str, Any]:
        """Ask for a comment where the status says too little without."""
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("status") in NEED_COMMENT and not cleaned.get("comment"):
            self.add_error("comment", "Skriv en kommentar: den här statusen säger för lite utan.")
        return cleaned


class DecisionForm(RecordForm):
    """What the committee decided about a goal."""

    SAID = ("outcome", "date", "reference", "link", "due_on")

    outcome = forms.ChoiceField(
        label="Nämndens beslut",
        choices=Decision.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Välj vad nämnden beslutade."},
    )
    date = forms.DateField(label="Beslutsdatum", widget=DayInput)
    reference = forms.CharField(label="Paragraf eller diarienummer", required=False, max_length=100)
    link = LinkField("Länk till protokollet")
    due_on = forms.DateField(
        label="Ska vara klart senast", required=False, widget=DayInput, help_text="Om beslutet säger det."
    )


class OutcomeForm(RecordForm):
    """What was measured of a goal that states a target."""

    SAID = ("value", "date", "source", "link")

    value = forms.DecimalField(label="Utfall", max_digits=12, decimal_places=2, localize=True)
    date = forms.DateField(label="Mätt den dag", widget=DayInput)
    source = forms.CharField(label="Källa", max_length=500)
    link = LinkField("Länk till källan")

    def __init__(self, *args: Any, goal: Goal, **kwargs: Any):
        """Ask for a value in the unit of the goal's target."""
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = f"I samma enhet som målvärdet: {goal.target}."


class CorrectionForm(RecordForm):
    """What a correction also says: why, and whether it only takes back what was said."""

    reason = forms.CharField(label="Varför rättelsen görs", max_length=500)
    withdraw = forms.BooleanField(label="Ta bara tillbaka uppgiften, utan att sätta något i stället", required=False)

    #: The field that says it, and what it is when it says nothing.
    CONTENT: tuple[str, Any] = ("", "")

    def __init__(self, *args: Any, **kwargs: Any):
        """Ask for nothing new of one who only takes back."""
        super().__init__(*args, **kwargs)
        if self.data.get("withdraw"):
            for name in self.SAID:
                self.fields[name].required = name == "date"

    def said(self) -> dict[str, Any]:
        """Give what was filled in; of one who only takes back, the day and the reason alone."""
        said = {**super().said(), "reason": self.cleaned_data["reason"]}
        if not self.cleaned_data["withdraw"]:
            return said
        name, nothing = self.CONTENT
        return {name: nothing, **{kept: said[kept] for kept in ("date", "reason", "seen", "key")}}


class ReportCorrection(CorrectionForm, ReportForm):
    """A correction of a status update."""

    CONTENT = ("status", "")


class DecisionCorrection(CorrectionForm, DecisionForm):
    """A correction of a decision."""

    CONTENT = ("outcome", "")


class OutcomeCorrection(CorrectionForm, OutcomeForm):
    """A correction of an outcome."""

    CONTENT = ("value", None)


#: What each kind of record is filled in with, and corrected with.
FORMS: dict[type[Record], tuple[type[RecordForm], type[RecordForm]]] = {
    StatusUpdate: (ReportForm, ReportCorrection),
    Decision: (DecisionForm, DecisionCorrection),
    OutcomeValue: (OutcomeForm, OutcomeCorrection),
}


def form_for(
    model: type[Record],
    goal: Goal,
    data: QueryDict | None = None,
    *,
    correcting: Record | None = None,
    seen: int | None = None,
    initial: dict[str, Any] | None = None,
) -> RecordForm:
    """Make the form of a kind of record of a goal: filled in with ``data``, else with what is to be corrected."""
    form = FORMS[model][correcting is not None]
    kwargs: dict[str, Any] = {"kind": goal.kind} if issubclass(form, ReportForm) else {}
    if issubclass(form, OutcomeForm):
        kwargs["goal"] = goal
    if data is not None:
        return form(data, **kwargs)
    before = {**correcting.content, "date": _day_of(correcting)} if correcting else {}
    return form.fresh(seen=seen, initial=before | (initial or {}), **kwargs)


def _day_of(record: Record) -> datetime.date:
    """Give the day that a correction speaks of: in a locked period it has to be after the period."""
    locked = isinstance(record, StatusUpdate) and record.period.is_locked
    return timezone.localdate() if locked else record.date


class QueueFilterForm(forms.Form):
    """What of the queue to show. A choice that is not valid is reported and left out; the others hold."""

    parti = forms.ChoiceField(label="Parti", required=False)
    amne = forms.ChoiceField(label="Ämne", required=False)
    status = forms.ChoiceField(label="Status i perioden", required=False)
    sedan = forms.DateField(label="Ändrat sedan", required=False, widget=DayInput)
    forsenat = forms.BooleanField(label="Bara försenade", required=False)

    def __init__(self, data: QueryDict, queue: Queue):
        """Check ``data`` against what the queue has."""
        super().__init__(data, auto_id="filter-%s")
        statuses = [(word, COMMON_LABELS[status]) for status, word in STATUS_ADDRESSES.items()]
        for name, choices in (
            ("parti", [(party.slug, party.name) for party in queue.parties]),
            ("amne", list(queue.topics.items())),
            ("status", statuses),
        ):
            self.fields[name].choices = [("", "Alla"), *choices]  # type: ignore[attr-defined]

    def chosen(self) -> QueueFilter:
        """Give what is chosen, without what was not valid."""
        self.full_clean()
        chosen: dict[str, Any] = self.cleaned_data
        return QueueFilter(
            party=chosen.get("parti", ""),
            topic=chosen.get("amne", ""),
            status=chosen.get("status", ""),
            late=chosen.get("forsenat", False),
            changed_since=chosen.get("sedan"),
        )

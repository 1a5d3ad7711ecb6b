"""What a secretary fills in of a report: its texts and parts, and that it is to be fixed."""

import uuid
from typing import Any

from django import forms
from django.http import QueryDict

from goals.models import ReportDraft
from goals.models.reports import LONGEST_TEXT, Order, Part
from parties.text import plain, tidy

MARKUP = (
    "Tom rad ger nytt stycke. Rader som börjar med ”- ” blir en punktlista, och rader som börjar med ”1. ” en numrerad."
)


class ReportDraftForm(forms.Form):
    """A report's draft. ``seen`` is the revision that the writer saw."""

    SAID = ("introduction", "proposal", "parts", "order")

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    introduction = forms.CharField(
        label="Inledning",
        required=False,
        max_length=LONGEST_TEXT,
        help_text=MARKUP,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    proposal = forms.CharField(
        label="Förslag till beslut",
        required=False,
        max_length=LONGEST_TEXT,
        help_text="Till exempel: ”Nämnden godkänner rapporten.” Samma regler för stycken och listor.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    parts = forms.MultipleChoiceField(
        label="Delar",
        required=False,
        choices=Part.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Antalen, målen som inte är bedömda, metoden och källorna är alltid med.",
    )
    order = forms.ChoiceField(label="Ordning", choices=Order.choices, widget=forms.RadioSelect)

    @classmethod
    def of(cls, draft: ReportDraft, **typed: Any) -> "ReportDraftForm":
        """Make the form of a draft, with what somebody has typed in place of what it says."""
        said = {name: getattr(draft, name) for name in cls.SAID}
        return cls(initial={**said, "seen": draft.revision, **typed})

    @classmethod
    def typed(cls, data: QueryDict) -> dict[str, Any]:
        """Give all that was filled in, with what its writer had seen."""
        single = {name: data.get(name, "") for name in ("seen", "introduction", "proposal", "order")}
        return {**single, "parts": data.getlist("parts")}

    def said(self) -> dict[str, Any]:
        """Give what was filled in as ``ReportDraft.write`` takes it."""
        said = {name: self.cleaned_data[name] for name in self.SAID}
        texts = {name: plain(said[name]).replace("\r\n", "\n") for name in ("introduction", "proposal")}
        return said | texts


class FixForm(forms.Form):
    """That a report is to be fixed: the mark of what was seen, a key of the form's own, and why it replaces another."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    # Asked for, but not here: a form that is sent again need not say why it replaces what it has fixed itself.
    reason = forms.CharField(
        label="Varför ersätts den förra rapporten?",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Det står på den nya rapporten. Den förra finns kvar.",
    )

    def __init__(self, *args: Any, replaces: bool, **kwargs: Any):
        """Ask why only where there is a report to replace."""
        super().__init__(*args, **kwargs)
        if not replaces:
            del self.fields["reason"]

    @classmethod
    def fresh(cls, seen: str, *, replaces: bool, reason: str = "") -> "FixForm":
        """Make an empty form with a key of its own."""
        return cls(initial={"seen": seen, "key": uuid.uuid4(), "reason": reason}, replaces=replaces)

    @property
    def reason_given(self) -> str:
        """Why, on one line."""
        return tidy(self.cleaned_data.get("reason", ""))

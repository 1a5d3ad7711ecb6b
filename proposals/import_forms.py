"""The forms of the import's first two steps: what is received, and what a person reads out of a goal."""

from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django import forms
from django.core import signing

from parties.models import Committee, Party, User, in_order
from parties.widgets import DayInput
from proposals.models import MEDIA_TYPES, SourceDocument
from proposals.reading import GoalKind, Passage
from proposals.reading.limits import LARGEST_FILE
from proposals.reading.stated import stands_in

FORMATS = sorted(MEDIA_TYPES)
PASTED = "inklistrad-text.txt"
#: What marks the name of a document that was received with a form that could not be taken.
SALT = "received"
#: How long the form can name it.
NAMED_FOR = timedelta(days=1)
MEGABYTE = 1_000_000


class ReceiveForm(forms.Form):
    """A document, or its text, and whose plan it is."""

    file = forms.FileField(
        label="Fil",
        required=False,
        help_text=f"PDF, Word (.docx), OpenDocument (.odt), Markdown eller text. Högst {LARGEST_FILE // MEGABYTE} MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(FORMATS)}),
    )
    text = forms.CharField(
        label="Eller klistra in texten",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": 2_000_000}),
        help_text="En punkt på varje rad, med streck eller punkt framför. Rubriker på egna rader.",
    )
    received = forms.CharField(required=False, widget=forms.HiddenInput)
    committee = forms.ModelChoiceField(Committee.objects.none(), label="Nämnd", empty_label="Välj nämnd")
    year = forms.IntegerField(
        label="År", min_value=1971, max_value=2100, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    party = forms.ModelChoiceField(Party.objects.none(), label="Parti")
    title = forms.CharField(
        label="Planens titel", required=False, max_length=200, help_text="Tom: tas ur dokumentet, och kan ändras sedan."
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.user = user
        committees = (
            Committee.objects.worked_by(user).select_related("municipality").order_by("municipality__name", "name")
        )
        self.fields["committee"].queryset = committees  # type: ignore[attr-defined]
        if len(committees) == 1:
            self.fields["committee"].initial = committees[0]
        parties = in_order(Party.objects.all())
        self.fields["party"].queryset = Party.objects.all()  # type: ignore[attr-defined]
        self.fields["party"].choices = [("", "Välj parti"), *((party.pk, party.name) for party in parties)]  # type: ignore[attr-defined]
        self.document: SourceDocument | None = None

    def clean_file(self) -> Any:
        """Refuse what no reader could read, before anything is kept.

        :raises ValidationError: if it is too large, empty or of another format.
        """
        file = self.cleaned_data["file"]
        if not file:
            return None
        suffix = PurePath(file.name).suffix.lower()
        if suffix not in MEDIA_TYPES:
            raise forms.ValidationError(
                f"Filtypen {suffix or file.name} kan inte läsas. Spara dokumentet som PDF, .docx, .odt, .md eller .txt."
            )
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                f"Filen är {file.size / MEGABYTE:.0f} MB. Högst {LARGEST_FILE // MEGABYTE} MB går att ta emot: "
                "spara den med mindre bilder, eller klistra in texten."
            )
        return file

    def clean_text(self) -> str:
        """Give the pasted text; nothing but white space is no text."""
        text: str = self.cleaned_data["text"]
        return text if text.strip() else ""

    def clean(self) -> dict[str, Any]:
        """Make sure that there is one document, and find the one that was received before.

        :raises ValidationError: if there is none, or two.
        """
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("file") and cleaned.get("text"):
            self.add_error("text", "Välj en fil eller klistra in text, inte båda.")
        elif not cleaned.get("file") and not cleaned.get("text") and "file" not in self.errors:
            self.document = _received(cleaned.get("received", ""), self.user)
            if self.document is None:
                self.add_error("file", "Välj en fil, eller klistra in texten nedanför.")
        return cleaned

    def content(self) -> tuple[bytes, str] | None:
        """Give what was sent, and what it is called."""
        if not hasattr(self, "cleaned_data"):
            return None
        if file := self.cleaned_data.get("file"):
            file.seek(0)
            return file.read(), file.name
        if text := self.cleaned_data.get("text"):
            return text.encode(), PASTED
        if self.document:
            return bytes(self.document.content), self.document.name
        return None


def received_token(document: SourceDocument, user: User) -> str:
    """Name a document for the form that comes again, so that nobody has to send it twice, or can name another's."""
    return signing.dumps([document.pk, user.pk], salt=SALT)


def _received(token: str, user: User) -> SourceDocument | None:
    try:
        document, whose = signing.loads(token, salt=SALT, max_age=NAMED_FOR)
    except signing.BadSignature:
        return None
    return SourceDocument.objects.filter(pk=document).first() if whose == user.pk else None


class DraftForm(forms.Form):
    """What a draft is, changed afterwards: whose, of which year, and what it is called."""

    year = ReceiveForm.base_fields["year"]
    party = forms.ModelChoiceField(Party.objects.all(), label="Parti", empty_label=None)
    title = forms.CharField(label="Planens titel", max_length=200)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class ReadingForm(forms.Form):
    """What a person reads out of a goal; only what its words say."""

    kind = forms.ChoiceField(
        label="Slag",
        choices=[(GoalKind.GOAL.value, "Mål"), (GoalKind.ASSIGNMENT.value, "Uppdrag")],
        widget=forms.RadioSelect,
    )
    target_value = forms.DecimalField(
        label="Målvärde", required=False, max_digits=12, decimal_places=2, localize=True, help_text="Bara talet: 80"
    )
    target_unit = forms.CharField(label="Enhet", required=False, max_length=50, help_text="% eller orden efter talet")
    bound = forms.CharField(label="Ord för minst", required=False, max_length=20, help_text="minst, lägst eller högst")
    frequency = forms.CharField(label="Hur ofta", required=False, max_length=100)
    due_words = forms.CharField(
        label="Tid", required=False, max_length=100, help_text="Som det står: senast den 31 december 2026"
    )
    due_on = forms.DateField(
        label="Sista dag", required=False, help_text="Den dag som tiden ovan anger", widget=DayInput
    )
    due_year = forms.IntegerField(label="År", required=False, min_value=1971, max_value=2100)
    responsible = forms.CharField(
        label="Utförare", required=False, max_length=300, help_text="Som det står i texten; flera skiljs med komma"
    )

    def fits(self, goal: Passage) -> bool:
        """Tell whether what was filled in stands in the goal's words, and say beside the field what does not."""
        where = f"{goal.text} {goal.goal_heading}"
        if self.cleaned_data.get("due_on") and not self.cleaned_data.get("due_words"):
            self.add_error("due_words", "Fyll i hur texten anger dagen.")
        for name, value in self.reading().items():
            if name in ("kind", "due_on"):
                continue
            for stated in value if isinstance(value, list) else [value]:
                written = "" if stated is None else str(stated).replace(".", ",")
                if not stands_in(written, where):
                    self.add_error(name, f"”{written}” står inte i målets text. Fyll bara i det som texten säger.")
        return self.is_valid()

    def reading(self) -> dict[str, Any]:
        """Give what was filled in, as a draft keeps it."""
        said = dict(self.cleaned_data)
        value = said["target_value"]
        said["target_value"] = None if value is None else f"{value:f}"
        said["due_on"] = said["due_on"].isoformat() if said.get("due_on") else None
        said["responsible"] = [name.strip() for name in said["responsible"].split(",") if name.strip()]
        return said

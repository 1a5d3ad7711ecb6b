"""What a secretary fills in to arrange topics and issues: names, what to choose, and how goals relate."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from goals.models import Alignment, Goal, Issue, Mention, Topic
from goals.models.issues import Claim
from goals.rearrange import Answers, Question, require_some_of
from parties.models import Committee, Party
from parties.swedish import swedish_key
from parties.text import tidy
from proposals.models import Passage, Proposal
from proposals.typeset import typeset

LONGEST_REASON = 1000
#: How a form says that nothing is to be said of how goals relate.
NOTHING_SAID = "inget"
#: How a form writes that goals are to stand in no issue.
NOWHERE = "ingen"

Choices = list[tuple[str, Any]]


class ArrangeForm(forms.Form):
    """A form that says what its writer saw (``seen``), so that nobody writes past another without knowing."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def refuse(self, error: ValidationError) -> None:
        """Say at the fields that the error names what is wrong, or else at the top."""
        problems = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in problems.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)

    @classmethod
    def typed(cls, data: QueryDict) -> dict[str, Any]:
        """Give all that was filled in, for a fresh form to begin with, but for what was seen."""
        return {
            name: data.getlist(name) if isinstance(field, forms.MultipleChoiceField) else data.get(name, "")
            for name, field in cls.base_fields.items()
            if name != "seen" and name in data
        }


class NameForm(ArrangeForm):
    """The name of a topic or an issue."""

    name = forms.CharField(
        label="Namn",
        help_text="Kort och neutralt.",
        error_messages={"required": "Skriv ett namn."},
    )

    def __init__(self, *args: Any, thing: Topic | Issue, **kwargs: Any):
        """Check the name as that of a topic or an issue, which need not be there yet."""
        super().__init__(*args, **kwargs)
        self.thing = thing
        if thing.pk:
            self.fields["name"].help_text += " Adressen följer namnet, och den gamla leder vidare."
        longest = type(thing)._meta.get_field("name").max_length
        field: Any = self.fields["name"]
        field.max_length = field.widget.attrs["maxlength"] = longest

    def clean_name(self) -> str:
        """Refuse a name that gives no address, or one that is taken."""
        name = tidy(self.cleaned_data["name"])
        copy = type(self.thing)(pk=self.thing.pk, committee_id=self.thing.committee_id)
        try:
            copy.call(name)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return name


class IssueForm(NameForm):
    """The name of an issue, and the topic that it stands under."""

    topic = forms.ModelChoiceField(
        Topic.objects.none(), label="Ämne", empty_label=None, error_messages={"invalid_choice": "Ämnet finns inte."}
    )

    def __init__(self, *args: Any, thing: Issue, **kwargs: Any):
        """Let one choose among the committee's topics."""
        super().__init__(*args, thing=thing, **kwargs)
        topics = Topic.objects.filter(committee=thing.committee_id).order_by("position", "pk")
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]


def goal_choices(goals: Iterable[Goal]) -> Choices:
    """Give goals to choose among: how each is cited, and the party's words."""
    return [(str(goal.pk), _quoted(goal.reference, goal.passage)) for goal in goals]


def text_choices(passages: Iterable[Passage]) -> Choices:
    """Give running text to choose among, with its place in the plan."""
    return [
        (str(passage.pk), _quoted(f"{passage.proposal.party.abbreviation}, {passage.lines}", passage))
        for passage in passages
    ]


def _quoted(cited: str, passage: Passage) -> SafeString:
    words = typeset(passage.text, passage.marks)
    return format_html('<span><strong>{}</strong> <span class="quote">{}</span></span>', cited, words)


def issue_choices(issues: Iterable[Issue]) -> Choices:
    """Give issues to choose among, under their topics."""
    return [
        (str(topic), [(issue.slug, issue.name) for issue in under])
        for topic, under in groupby(issues, key=lambda issue: issue.topic)
    ]


class ChooseGoalsForm(ArrangeForm):
    """Which goals to take out of an issue."""

    goals = forms.MultipleChoiceField(
        label="Mål och uppdrag",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Välj minst ett mål eller uppdrag.", "invalid_choice": "Målet finns inte här."},
    )

    def __init__(self, *args: Any, goals: Sequence[Goal], **kwargs: Any):
        """Let one choose among the goals that stand there."""
        super().__init__(*args, **kwargs)
        self.all_goals = goals
        self.fields["goals"].choices = goal_choices(goals)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Goal]:
        """The goals that were chosen."""
        keys = set(self.cleaned_data["goals"])
        return [goal for goal in self.all_goals if str(goal.pk) in keys]


class SplitForm(ChooseGoalsForm):
    """Which goals, and running text, become an issue of their own, and what it is called."""

    mentions = forms.MultipleChoiceField(
        label="Löptext som ska med",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Löptexten finns inte här."},
    )
    name = forms.CharField(
        label="Den nya frågans namn",
        help_text="Kort och neutralt.",
        error_messages={"required": "Skriv ett namn."},
    )

    def __init__(self, *args: Any, issue: Issue, goals: Sequence[Goal], mentions: Sequence[Mention], **kwargs: Any):
        """Let one choose among what stands in the issue."""
        super().__init__(*args, goals=goals, **kwargs)
        self.issue, self.all_mentions = issue, mentions
        self.fields["mentions"].choices = [  # type: ignore[attr-defined]
            (str(mention.pk), label)
            for mention, (_, label) in zip(mentions, text_choices(mention.passage for mention in mentions), strict=True)
        ]
        if not mentions:
            del self.fields["mentions"]

    def clean_goals(self) -> list[str]:
        """Refuse to take them all."""
        keys: list[str] = self.cleaned_data["goals"]
        try:
            require_some_of(keys, len(self.all_goals))
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return keys

    def clean_name(self) -> str:
        """Refuse a name that gives no address, or one that is taken."""
        name = tidy(self.cleaned_data["name"])
        try:
            Issue(committee_id=self.issue.committee_id).call(name)
        except ValidationError as error:
            raise ValidationError(error.messages) from error
        return name

    @property
    def chosen_mentions(self) -> list[Mention]:
        """The running text that was chosen."""
        keys = set(self.cleaned_data.get("mentions", ()))
        return [mention for mention in self.all_mentions if str(mention.pk) in keys]


class MoveForm(ChooseGoalsForm):
    """Which goals to move, and to which issue, or to none."""

    to = forms.ChoiceField(
        label="Flytta till",
        error_messages={"required": "Välj vart målen ska.", "invalid_choice": "Frågan finns inte."},
    )

    def __init__(self, *args: Any, goals: Sequence[Goal], source: Issue | None, issues: Sequence[Issue], **kwargs: Any):
        """Let one choose among the committee's other issues."""
        super().__init__(*args, goals=goals, **kwargs)
        self.issues = {issue.slug: issue for issue in issues if issue != source}
        nowhere = [(NOWHERE, "Ingen fråga – ordnas senare")] if source else []
        self.fields["to"].choices = [("", "Välj"), *issue_choices(self.issues.values()), *nowhere]  # type: ignore[attr-defined]

    @property
    def target(self) -> Issue | None:
        """The issue to move to, or none."""
        return self.issues.get(self.cleaned_data["to"])


class SplitTopicForm(NameForm):
    """Which issues become a topic of their own, and what it is called."""

    issues = forms.MultipleChoiceField(
        label="Frågor som ska med",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Välj minst en fråga.", "invalid_choice": "Frågan finns inte under ämnet."},
    )
    field_order = ["seen", "issues", "name"]

    def __init__(self, *args: Any, topic: Topic, issues: Sequence[Issue], **kwargs: Any):
        """Let one choose among the topic's issues."""
        super().__init__(*args, thing=Topic(committee_id=topic.committee_id), **kwargs)
        self.all_issues = issues
        self.fields["name"].label = "Det nya ämnets namn"
        self.fields["issues"].choices = [(str(issue.pk), issue.name) for issue in issues]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Issue]:
        """The issues that were chosen."""
        return [issue for issue in self.all_issues if str(issue.pk) in set(self.cleaned_data["issues"])]


class ClaimForm(ArrangeForm):
    """How the goals that parties have on an issue one year relate, and why; or that nothing is said."""

    relation = forms.ChoiceField(
        label="Hur hör målen ihop?",
        choices=[*Alignment.Relation.choices, (NOTHING_SAID, "Inget sagt")],
        widget=forms.RadioSelect,
        error_messages={"required": "Välj hur målen hör ihop, eller att inget sägs."},
    )
    parties = forms.MultipleChoiceField(
        label="Partier som det gäller",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Partiet har inget mål i frågan."},
    )
    reason = forms.CharField(
        label="Skäl",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Neutralt, vad målen har gemensamt. Läsare som frågar varför får se det.",
    )

    def __init__(self, *args: Any, parties: Sequence[Party], before: Sequence[Alignment] = (), **kwargs: Any):
        """Begin with what has been said, where one thing has; of two things, one must choose."""
        relations = {alignment.relation for alignment in before}
        keys = {party.pk for alignment in before for party in alignment.parties.all()}
        initial = {
            "relation": relations.pop() if len(relations) == 1 else "" if relations else NOTHING_SAID,
            "reason": " ".join(dict.fromkeys(alignment.reason for alignment in before)),
            "parties": [party.slug for party in parties if party.pk in keys or not keys],
        }
        kwargs["initial"] = initial | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.all_parties = parties
        self.fields["parties"].choices = [(party.slug, party.name) for party in parties]  # type: ignore[attr-defined]
        if len(parties) == 2:
            del self.fields["parties"]

    def clean(self) -> dict[str, Any]:
        """Ask for two parties and a reason, where something is said."""
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("relation") in Alignment.Relation.values:
            if not tidy(cleaned.get("reason", "")):
                self.add_error("reason", "Skriv ett skäl, eller välj att inget sägs.")
            if "parties" in self.fields and len(cleaned.get("parties", ())) < 2:
                self.add_error("parties", "Välj minst två partier.")
        return cleaned

    @property
    def claim(self) -> Claim | None:
        """What is said; ``None`` is nothing."""
        said = self.cleaned_data
        if said["relation"] == NOTHING_SAID:
            return None
        chosen = said.get("parties") if "parties" in self.fields else None
        parties = [party for party in self.all_parties if chosen is None or party.slug in chosen]
        return Claim(said["relation"], tidy(said["reason"]), parties)


class Asked:
    """The questions that a change raises, each with its form."""

    def __init__(self, questions: Sequence[Question], data: QueryDict | None = None, *, typed: QueryDict | None = None):
        """Fill the forms in with ``data``; or begin them with what was ``typed`` before something changed."""
        self.forms = []
        for question in questions:
            prefix = question.key
            initial = {
                name: typed.getlist(f"{prefix}-{name}") if name == "parties" else typed[f"{prefix}-{name}"]
                for name in ("relation", "parties", "reason")
                if typed is not None and f"{prefix}-{name}" in typed
            }
            form = ClaimForm(data, prefix=prefix, parties=question.parties, before=question.before, initial=initial)
            self.forms.append((question, form))

    @property
    def is_valid(self) -> bool:
        """Tell whether every one is answered; all are looked at."""
        return not [form for _, form in self.forms if not form.is_valid()]

    @property
    def has_errors(self) -> bool:
        """Tell whether something is wrong with an answer that was sent."""
        return any(form.errors for _, form in self.forms)

    @property
    def answers(self) -> Answers:
        """The answers, by the questions' keys."""
        return {question.key: form.claim for question, form in self.forms}


class FindTextForm(forms.Form):
    """Which plan to look for running text in, and what words it has."""

    plan = forms.ChoiceField(label="Plan", required=False)
    q = forms.CharField(label="Ord i texten", required=False, max_length=100)

    def __init__(self, data: QueryDict, *, proposals: Sequence[Proposal]):
        """Let one choose among the committee's plans."""
        super().__init__(data, auto_id="sok-%s")
        self.proposals = {str(proposal.pk): proposal for proposal in proposals}
        names = [(key, f"{each.party.name} {each.plan_year.year}") for key, each in self.proposals.items()]
        self.fields["plan"].choices = names  # type: ignore[attr-defined]

    @property
    def proposal(self) -> Proposal | None:
        """The plan to look in: the chosen one, or the first."""
        self.full_clean()
        chosen = self.proposals.get(self.cleaned_data.get("plan", ""))
        return chosen or next(iter(self.proposals.values()), None)


class AttachForm(ArrangeForm):
    """Which running text to attach."""

    passages = forms.MultipleChoiceField(
        label="Löptext",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Välj minst ett textställe.", "invalid_choice": "Textstället finns inte."},
    )

    def __init__(self, *args: Any, passages: Sequence[Passage], **kwargs: Any):
        """Let one choose among what was found."""
        super().__init__(*args, **kwargs)
        self.all_passages = passages
        self.fields["passages"].choices = text_choices(passages)  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Passage]:
        """The running text that was chosen."""
        return [passage for passage in self.all_passages if str(passage.pk) in set(self.cleaned_data["passages"])]


def plans_of(committee: Committee) -> list[Proposal]:
    """Give a committee's plans to choose among, in order."""
    found = Proposal.objects.filter(plan_year__committee=committee).select_related("party", "plan_year")
    return sorted(found.defer("document"), key=plan_key)


def plan_key(proposal: Proposal) -> tuple[int, tuple[str, str]]:
    """Give the key that puts plans in order: the latest year first, in it by party, as published."""
    return -proposal.plan_year.year, swedish_key(proposal.party.name)

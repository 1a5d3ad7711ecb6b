"""What is recorded of a goal: status, decision, outcome.

Never changed, never deleted: a mistake is corrected by a new record that names the one it replaces. PostgreSQL itself
refuses anything else.
Written through ``Goal.report``, ``Goal.decide`` and ``Goal.measure`` alone.
"""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from django.core.validators import MaxLengthValidator, URLValidator
from django.db import models
from django.db.models import F, Q

from goals.figures import target_words
from goals.models.periods import ReportingPeriod
from parties.audit import AppendOnly
from parties.models import Membership, User
from proposals.models import RaisesEdition

#: Characters; longer than this is a report and belongs in a document that one links to.
LONGEST_COMMENT = 4000
#: What a status or a source may link to.
validate_link = URLValidator(
    schemes=["https", "http"], message="Ange en hel adress som börjar med https:// eller http://"
)


class Status(models.TextChoices):
    """How a goal stands; one scale for every committee (docs/glossary.md)."""

    NOT_STARTED = "not_started", "Ej påbörjat"
    IN_PROGRESS = "in_progress", "Pågår"
    PARTLY = "partly", "Delvis uppnått"
    ACHIEVED = "achieved", "Uppnått"
    NOT_ACHIEVED = "not_achieved", "Ej uppnått"
    DROPPED = "dropped", "Ej längre aktuellt"
    NOT_ASSESSABLE = "not_assessable", "Kan inte bedömas"


#: What the statuses of an assignment (uppdrag) are called where that differs from those of a goal (mål).
ASSIGNMENT_LABELS = {
    Status.PARTLY: "Delvis genomfört",
    Status.ACHIEVED: "Genomfört",
    Status.NOT_ACHIEVED: "Ej genomfört",
    Status.DROPPED: "Avbrutet",
}
NOT_JUDGED = "Ej bedömt"
#: Statuses that say too little without a comment.
NEED_COMMENT = (Status.PARTLY, Status.NOT_ACHIEVED, Status.DROPPED, Status.NOT_ASSESSABLE)
#: Statuses that say that something remains, and those after which nothing remains to be late with.
UNFINISHED = (Status.NOT_STARTED, Status.IN_PROGRESS, Status.PARTLY)
FINISHED = (Status.ACHIEVED, Status.NOT_ACHIEVED, Status.DROPPED)


def status_label(status: str, kind: str) -> str:
    """Name a status as it is called for a kind of goal; the empty status is "Ej bedömt"."""
    if not status:
        return NOT_JUDGED
    found = Status(status)
    return str(ASSIGNMENT_LABELS.get(found, found.label) if kind == "assignment" else found.label)


class RecordQuerySet(models.QuerySet[Any]):
    """Records of one kind."""

    def recorded_by(self, at: datetime.datetime | None) -> Self:
        """Find what was recorded before a moment; ``None`` is now, and everything."""
        return self if at is None else self.filter(recorded_at__lt=at)

    def in_force(self, at: datetime.datetime | None = None) -> Self:
        """Find the records that no later one replaces, and that are no withdrawals, as of a moment."""
        replacements = self.model._base_manager.filter(replaces=models.OuterRef("pk"))
        if at is not None:
            replacements = replacements.filter(recorded_at__lt=at)
        withdrawn = {self.model.CONTENT: self.model._meta.get_field(self.model.CONTENT).get_default()}
        return self.recorded_by(at).filter(~models.Exists(replacements)).exclude(**withdrawn)

    def current(
        self,
        goals: "models.QuerySet[Any]",
        at: datetime.datetime | None = None,
        until: datetime.date | None = None,
    ) -> Self:
        """Find the one record of each goal that says how it stood at a moment.

        ``until`` leaves out what speaks of days after it, whenever that was recorded.
        """
        found = self.in_force(at).filter(goal__in=goals)
        if until is not None:
            found = found.filter(**{f"{self.model.SPEAKS_OF}__lte": until})
        return found.order_by("goal_id", *self.model.LATEST).distinct("goal_id")

    def latest_first(self) -> Self:
        """Give the records in the order that they were written, the latest first."""
        return self.order_by("-recorded_at", "-pk")


class Record(models.Model):
    """One dated statement about one goal, by somebody in a role, that stands for ever.

    ``recorded_at`` is when it was written; among a goal's records of one kind it always grows. ``date`` is the day it
    speaks of. ``key`` is the same for a form that is sent twice, so that it is recorded once. ``reason`` says why it
    ``replaces`` another.
    """

    #: The field that says it; empty in a correction that withdraws what it replaces.
    CONTENT: ClassVar[str]
    #: The day that it speaks of: its own, or the last of the period that it is for.
    SPEAKS_OF: ClassVar[str] = "date"
    #: How to find the one that counts, after the goal.
    LATEST: ClassVar[tuple[str, ...]] = ("-date", "-recorded_at", "-pk")
    #: The address that leads to it on the goal's page: this and its number.
    ANCHOR: ClassVar[str]

    replaces_id: int | None

    # Without an index of its own: each kind has one that begins with it.
    goal = models.ForeignKey("goals.Goal", on_delete=models.PROTECT, db_index=False, verbose_name="mål eller uppdrag")
    date = models.DateField("datum", help_text="Den dag som uppgiften gäller.")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="vem")
    author_role = models.CharField("i rollen", max_length=15, choices=Membership.Role)
    recorded_at = models.DateTimeField("skrivet")
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="rättar"
    )
    reason = models.CharField("varför rättelsen görs", blank=True, max_length=500)
    key = models.UUIDField("nyckel", unique=True, default=uuid.uuid4, editable=False)
    is_example = models.BooleanField("exempel", default=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-recorded_at", "-pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.goal}: {self.headline}"

    @property
    def headline(self) -> str:
        """What it says, in a few words."""
        raise NotImplementedError

    @property
    def is_withdrawal(self) -> bool:
        """Tell whether it takes back what it replaces and puts nothing in its place."""
        return getattr(self, self.CONTENT) in ("", None)

    @property
    def content(self) -> dict[str, Any]:
        """What is said by the fields of its own kind, the period apart."""
        common = {field.name for field in Record._meta.fields} | {"id", "period"}
        return {field.name: getattr(self, field.name) for field in self._meta.fields if field.name not in common}

    def says_the_same(self, other: "Record") -> bool:
        """Tell whether another record says just what this one says."""
        common = ("date", "replaces_id", "reason")
        return self.content == other.content and all(getattr(self, name) == getattr(other, name) for name in common)

    @property
    def anchor(self) -> str:
        """The part of the goal's address after ``#`` that leads to it."""
        return f"{self.ANCHOR}-{self.pk}"

    @property
    def is_correction(self) -> bool:
        """Tell whether it replaces another."""
        return self.replaces_id is not None

    @property
    def words(self) -> str:
        """What it says where its kind is not named beside it."""
        return self.headline

    @property
    def sentence(self) -> str:
        """What it says in one sentence, for a letter or a feed; an example says that it is one."""
        said = f"{self._meta.verbose_name} togs tillbaka" if self.is_withdrawal else self.words
        how = "Rättelse: " if self.is_correction else ""
        comment = getattr(self, "comment", "")
        text = f"{how}{said}{f'. {comment}' if comment else ''}"
        return f"Exempel: {text}" if self.is_example else text

    @property
    def role(self) -> str:
        """Who says so, for readers: the role and not the person."""
        return str(Membership.Role(self.author_role).label)


def _rules(name: str, content: str) -> list[models.BaseConstraint]:
    """Give what holds for every kind of record, by the database's own word."""
    return [
        models.CheckConstraint(
            condition=Q(replaces=None) | ~Q(reason=""),
            name=f"{name}_correction_has_reason",
            violation_error_message="Skriv varför rättelsen görs.",
        ),
        models.CheckConstraint(
            condition=~Q(**{content: ""}) | ~Q(replaces=None), name=f"{name}_only_correction_withdraws"
        ),
    ]


class StatusUpdate(Record):
    """A status update (lägesrapport): one judgement of one goal for one reporting period."""

    CONTENT = "status"
    SPEAKS_OF = "period__ends_on"
    LATEST = ("-period__ends_on", "-recorded_at", "-pk")
    ANCHOR = "lage"

    period = models.ForeignKey(
        ReportingPeriod, on_delete=models.PROTECT, related_name="status_updates", verbose_name="uppföljningsperiod"
    )
    status = models.CharField("status", max_length=20, choices=Status, blank=True, default="")
    comment = models.TextField(
        "kommentar", blank=True, max_length=LONGEST_COMMENT, validators=[MaxLengthValidator(LONGEST_COMMENT)]
    )
    evidence = models.CharField("underlag", blank=True, max_length=500)
    link = models.URLField("länk till underlaget", blank=True, max_length=500, validators=[validate_link])
    reference = models.CharField("diarienummer", blank=True, max_length=50)

    class Meta(Record.Meta):
        verbose_name = "lägesrapport"
        verbose_name_plural = "lägesrapporter"
        default_related_name = "status_updates"
        triggers = [AppendOnly(name="append_only"), RaisesEdition("goal__proposal__plan_year")]
        indexes = [
            models.Index(F("goal"), F("recorded_at").desc(), F("id").desc(), name="status_update_latest"),
            models.Index(F("recorded_at").desc(), F("id").desc(), name="status_update_newest"),
            models.Index(fields=["goal"], condition=Q(is_example=True), name="status_update_example"),
        ]
        constraints = [
            *_rules("status_update", "status"),
            models.CheckConstraint(
                condition=Q(status__in=["", *Status.values]),
                name="status_update_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[status.value for status in NEED_COMMENT]) | ~Q(comment=""),
                name="status_update_has_comment",
                violation_error_message="Skriv en kommentar: den här statusen säger för lite utan.",
            ),
        ]

    @property
    def headline(self) -> str:
        """The status as it is called for the goal's kind."""
        return status_label(self.status, self.goal.kind)


class Decision(Record):
    """A decision (beslut): what the committee decided about a goal. Unknown until recorded."""

    class Outcome(models.TextChoices):
        """What the committee decided."""

        ADOPTED = "adopted", "Antaget"
        PARTLY_ADOPTED = "partly_adopted", "Delvis antaget"
        REJECTED = "rejected", "Avslaget"

    CONTENT = "outcome"
    ANCHOR = "beslut"

    outcome = models.CharField("beslut", max_length=20, choices=Outcome, blank=True, default="")
    due_on = models.DateField("ska vara klart senast", null=True, blank=True, help_text="Om beslutet säger det.")
    reference = models.CharField("paragraf eller diarienummer", blank=True, max_length=100)
    link = models.URLField("länk till protokollet", blank=True, max_length=500, validators=[validate_link])

    class Meta(Record.Meta):
        verbose_name = "beslut"
        verbose_name_plural = "beslut"
        default_related_name = "decisions"
        triggers = [AppendOnly(name="append_only"), RaisesEdition("goal__proposal__plan_year")]
        indexes = [
            models.Index(F("goal"), F("date").desc(), F("recorded_at").desc(), F("id").desc(), name="decision_latest"),
            models.Index(F("recorded_at").desc(), F("id").desc(), name="decision_newest"),
            models.Index(fields=["goal"], condition=Q(is_example=True), name="decision_example"),
        ]
        constraints = [
            *_rules("decision", "outcome"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "adopted", "partly_adopted", "rejected"]), name="decision_outcome_known"
            ),
        ]

    @property
    def headline(self) -> str:
        """What was decided."""
        return str(self.Outcome(self.outcome).label) if self.outcome else "Ej känt"

    @property
    def words(self) -> str:
        """What was decided, and by whom."""
        return f"{self.headline} av nämnden"


class OutcomeValue(Record):
    """An outcome (utfall): what was measured of a goal that states a target, in the target's own unit."""

    CONTENT = "value"
    ANCHOR = "utfall"

    value = models.DecimalField("utfall", max_digits=12, decimal_places=2, null=True, blank=True)
    source = models.CharField("källa", max_length=500, blank=True)
    link = models.URLField("länk till källan", blank=True, max_length=500, validators=[validate_link])

    class Meta(Record.Meta):
        verbose_name = "utfall"
        verbose_name_plural = "utfall"
        default_related_name = "outcome_values"
        triggers = [AppendOnly(name="append_only"), RaisesEdition("goal__proposal__plan_year")]
        indexes = [
            models.Index(F("goal"), F("date").desc(), F("recorded_at").desc(), F("id").desc(), name="outcome_latest"),
            models.Index(F("recorded_at").desc(), F("id").desc(), name="outcome_newest"),
            models.Index(fields=["goal"], condition=Q(is_example=True), name="outcome_example"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(reason=""),
                name="outcome_correction_has_reason",
                violation_error_message="Skriv varför rättelsen görs.",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(replaces=None), name="outcome_only_correction_withdraws"
            ),
            models.CheckConstraint(
                condition=Q(value=None) | ~Q(source=""),
                name="outcome_has_source",
                violation_error_message="Ange källan till värdet.",
            ),
        ]

    @property
    def headline(self) -> str:
        """The value as one writes it: "76 %"."""
        return target_words(self.value, self.goal.target_unit) or "Inget värde"

    @property
    def words(self) -> str:
        """The value, said to be an outcome and no target."""
        return f"Utfall {self.headline}"


#: The kinds of records that there are.
KINDS: Sequence[type[Record]] = (StatusUpdate, Decision, OutcomeValue)

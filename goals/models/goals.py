"""Goals and assignments, and the one way to record what became of them."""

import datetime
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypeVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format

from goals.figures import last_day, target_words
from goals.models.following import announce
from goals.models.issues import Issue
from goals.models.periods import ReportingPeriod
from goals.models.records import Decision, OutcomeValue, Record, StatusUpdate
from parties.audit import audited
from parties.compiled import Given
from parties.models import Committee, Membership, User
from proposals.models import Passage, Proposal, RaisesEdition

AnyRecord = TypeVar("AnyRecord", bound=Record)

#: What a writer saw, where it does not matter.
ANY: Any = object()
#: The years that a text may give as a goal's own; the same as those of plan years.
FIRST_YEAR, LAST_YEAR = 1971, 2100
UNDONE = "Ångrat direkt av den som skrev."
#: What is read of a goal where many are shown: its kind, and what the text says.
AS_STATED = (
    *("kind", "target_value", "target_unit", "target_bound", "due_year", "due_on"),
    *("passage__text", "passage__marks"),
)


class ConflictError(Exception):
    """Somebody else has recorded something of the goal since the writer looked; ``latest`` is what they recorded.

    ``latest`` is ``None`` where what the writer saw is no longer in force.
    """

    def __init__(self, latest: Record | None):
        super().__init__("Någon annan har sparat under tiden.")
        self.latest = latest


class GoalQuerySet(models.QuerySet["Goal"]):
    """Goals."""

    def at(
        self,
        municipality: str | Given,
        committee: str | Given,
        year: int | Given,
        party: str | Given,
        number: int | Given,
    ) -> "GoalQuerySet":
        """Find the goal that an address names, with everything that its page says about where it belongs."""
        return self.select_related(
            "proposal__party",
            "proposal__plan_year__committee__municipality",
            "passage__section",
            "issue__topic",
        ).filter(
            proposal__plan_year__committee__municipality__slug=municipality,
            proposal__plan_year__committee__slug=committee,
            proposal__plan_year__year=year,
            proposal__party__slug=party,
            number=number,
        )

    def standing(self) -> "GoalQuerySet":
        """Find the goals that stand in their plans as they are now; the others were withdrawn by a newer version."""
        return self.filter(withdrawn_in=None)

    def on_issues(self, issues: Iterable[Issue], *, unplaced: bool = False) -> "GoalQuerySet":
        """Find the goals that stand in some issues; ``unplaced`` adds those that stand in none."""
        placed = models.Q(issue__in=issues)
        return self.standing().filter(placed | models.Q(issue=None) if unplaced else placed)

    def not_judged_in(self, period: ReportingPeriod) -> "GoalQuerySet":
        """Find the goals of the period's plan year of which no status in force speaks for the period."""
        judged = StatusUpdate.objects.in_force().filter(period=period, goal=models.OuterRef("pk"))
        return self.standing().filter(~models.Exists(judged), proposal__plan_year=period.plan_year_id)

    def for_comparison(self) -> "models.query.QuerySet[Goal, tuple[Any, ...]]":
        """Give rows of what a comparison shows of each goal, in the order of the plans."""
        return self.order_by("proposal", "number").values_list(
            "pk", "proposal", "issue", "number", *AS_STATED, "passage__sic"
        )

    def with_neighbours(self) -> "GoalQuerySet":
        """Add ``previous_number`` and ``next_number``, of the goals nearest in the plan, or ``None``."""
        others = Goal.objects.standing().filter(proposal=models.OuterRef("proposal")).values("number")
        return self.annotate(
            previous_number=others.filter(number__lt=models.OuterRef("number")).order_by("-number")[:1],
            next_number=others.filter(number__gt=models.OuterRef("number")).order_by("number")[:1],
        )

    def for_queue(self) -> "models.query.QuerySet[Goal, tuple[Any, ...]]":
        """Give rows of what the work queue shows of each goal; the last are its party's."""
        return self.order_by().values_list(
            "pk",
            "number",
            *AS_STATED,
            "issue__name",
            "issue__topic__slug",
            "issue__topic__name",
            "proposal__party",
            "proposal__party__slug",
            "proposal__party__name",
            "proposal__party__abbreviation",
        )

    def for_suggestions(self) -> "GoalQuerySet":
        """Give goals with all that a suggestion of one says of it, but for its issue."""
        return self.select_related("proposal__party", "proposal__plan_year__committee__municipality", "passage")

    def for_summary(self) -> "models.query.QuerySet[Goal, tuple[Any, ...]]":
        """Give rows of what goals are counted by: the goal, topic, issue, party and kind."""
        return self.order_by().values_list("pk", "issue__topic", "issue", "proposal__party", "kind")


@audited
@pgtrigger.register(RaisesEdition("proposal__plan_year"))
class Goal(models.Model):
    """A goal or assignment (mål eller uppdrag): a passage that is a commitment, cited as "V 25".

    What the text states and nothing else: ``target_value`` with ``target_unit`` ("%" or the words after the number)
    and ``target_bound`` (the text's word for at least), ``frequency``, ``due_words`` (when it is to be
    done) and the bodies named as ``responsible``, all in the text's own words; ``due_on`` and ``due_year`` are the last
    day or the year that these name.

    A newer version of the plan may have withdrawn it: it then stays readable, but stands in no comparison.
    """

    class Kind(models.TextChoices):
        """Goal or assignment."""

        GOAL = "goal", "Mål"
        ASSIGNMENT = "assignment", "Uppdrag"

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="goals", verbose_name="plan")
    passage = models.OneToOneField(Passage, on_delete=models.PROTECT, related_name="goal", verbose_name="textställe")
    number = models.PositiveSmallIntegerField("nummer i planen")
    kind = models.CharField("slag", max_length=10, choices=Kind)
    issue = models.ForeignKey(
        Issue, on_delete=models.PROTECT, null=True, blank=True, related_name="goals", verbose_name="fråga"
    )
    withdrawn_in = models.PositiveSmallIntegerField("borttaget i version", null=True, blank=True)
    target_value = models.DecimalField("målvärde", max_digits=12, decimal_places=2, null=True, blank=True)
    target_unit = models.CharField("enhet", max_length=50, blank=True)
    target_bound = models.CharField("ord för minst", max_length=20, blank=True)
    frequency = models.CharField("hur ofta", max_length=100, blank=True)
    due_words = models.CharField("tid enligt texten", max_length=100, blank=True)
    due_on = models.DateField("sista dag enligt texten", null=True, blank=True)
    due_year = models.PositiveSmallIntegerField("år", null=True, blank=True)
    responsible = ArrayField(
        models.CharField(max_length=100), verbose_name="ansvariga enligt texten", default=list, blank=True
    )

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = "mål eller uppdrag"
        verbose_name_plural = "mål och uppdrag"
        ordering = ["proposal", "number"]
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="goal_number_unique")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Give the address of the goal's page."""
        return f"{self.proposal.get_absolute_url()}{self.number}/"

    def clean(self) -> None:
        """Refuse an issue of another committee, and a year that is none.

        :raises ValidationError: if there is one.
        """
        if self.issue and self.issue.committee_id != self.committee.pk:
            raise ValidationError({"issue": "Frågan hör till en annan nämnd."})
        if self.due_year is not None and not FIRST_YEAR <= self.due_year <= LAST_YEAR:
            raise ValidationError({"due_year": f"Ange ett år från {FIRST_YEAR} till {LAST_YEAR}."})

    @property
    def reference(self) -> str:
        """How the goal is cited: "V 25"."""
        return f"{self.proposal.party.abbreviation} {self.number}"

    @property
    def text_due(self) -> datetime.date | None:
        """The last day that the text sets, if it does."""
        return last_day(self.due_on, self.due_year)

    @property
    def target(self) -> str:
        """The target as the text states it, "lägst 80 i medarbetarenkäten", or nothing."""
        return target_words(self.target_value, self.target_unit, self.target_bound)

    @property
    def committee(self) -> Committee:
        """The committee that the goal's plan is for."""
        return self.proposal.plan_year.committee

    def report(
        self, status: str, *, by: User, period: ReportingPeriod, date: datetime.date | None = None, **said: Any
    ) -> StatusUpdate:
        """Record how the goal stands at the end of a reporting period, or on ``date``.

        Further fields of ``StatusUpdate`` are ``comment``, ``evidence``, ``link`` and ``reference``. A correction names
        the update that it ``replaces`` and the ``reason``; its status may be empty, which withdraws. ``seen`` is what
        the writer saw as the period's latest update of the goal (``None``: that there was none); leave it out to
        record whatever others have done. ``key`` makes a form that is sent twice recorded once, and ``at`` is when it
        is written, if not now.

        :raises ValidationError: if a field is not valid, or the period is locked for it; messages are in Swedish.
        :raises ConflictError: if somebody has recorded something since the writer looked.
        :raises PermissionDenied: if ``by`` has no role in the committee that lets it judge.
        """
        with transaction.atomic():
            # The period first, always, so that no two writers wait for each other.
            period = ReportingPeriod.objects.select_for_update(no_key=True).get(pk=period.pk)
            if period.plan_year_id != self.proposal.plan_year_id:
                raise ValueError("The period belongs to another plan year.")
            date = date or min(period.ends_on, timezone.localdate(said.get("at")))
            fields = {"status": status, "period": period, "date": date, **said}
            return self._append(StatusUpdate, by, fields, {"period": period})

    def decide(self, outcome: str, *, by: User, date: datetime.date, **said: Any) -> Decision:
        """Record what the committee decided about the goal on ``date``.

        Further fields of ``Decision`` are ``reference``, ``link`` and ``due_on``; the rest, and what is raised, is as
        for ``report``.
        """
        with transaction.atomic():
            return self._append(Decision, by, {"outcome": outcome, "date": date, **said}, {})

    def measure(self, value: Decimal | None, *, by: User, date: datetime.date, **said: Any) -> OutcomeValue:
        """Record what was measured on ``date`` of a goal that states a target, in the target's unit.

        Further fields of ``OutcomeValue`` are ``source`` and ``link``; the rest, and what is raised, is as for
        ``report``.

        :raises ValidationError: also if the goal states no target.
        """
        if self.target_value is None:
            raise ValidationError("Texten anger inget målvärde att jämföra ett utfall med.")
        with transaction.atomic():
            return self._append(OutcomeValue, by, {"value": value, "date": date, **said}, {})

    def undo(
        self, record: Record, *, by: User, key: uuid.UUID | None = None, at: datetime.datetime | None = None
    ) -> Record:
        """Take a record back by a correction; where it was one itself, what it replaced is said again.

        ``key`` and ``at`` are as for ``report``.

        :raises ValidationError: if its period is locked.
        :raises ConflictError: if somebody has recorded something after it.
        :raises PermissionDenied: if somebody else wrote it; that is corrected with a reason of one's own.
        """
        if record.author_id != by.pk:
            raise PermissionDenied(f"{by} did not write what is to be undone.")
        restored = record.replaces
        said = restored.content if restored else {record.CONTENT: type(record)().content[record.CONTENT]}
        said |= {"replaces": record, "reason": UNDONE, "key": key, "at": at, "seen": record.pk}
        day = restored.date if restored else record.date
        if isinstance(record, StatusUpdate):
            return self.report(by=by, period=record.period, date=day, **said)
        write: Any = self.decide if isinstance(record, Decision) else self.measure
        return write(by=by, date=day, **said)  # type: ignore[no-any-return]

    def _append(self, model: type[AnyRecord], by: User, fields: dict[str, Any], within: dict[str, Any]) -> AnyRecord:
        """Write a record, under a lock on the goal so that the order in which records are written is one order."""
        Goal.objects.select_for_update(no_key=True).only("pk").get(pk=self.pk)
        key, at, seen = fields.pop("key", None), fields.pop("at", None), fields.pop("seen", ANY)
        of_goal: models.QuerySet[AnyRecord] = model._base_manager.filter(goal=self.pk)
        if key and (written := model._base_manager.filter(key=key).select_related("replaced_by").first()):
            # The same form again; or changed and sent again, by one who never saw that the first was taken.
            if hasattr(written, "replaced_by"):
                raise ConflictError(written.replaced_by)
            if written.goal_id == self.pk and written.says_the_same(model(goal=self, **fields)):
                return written
            raise ConflictError(written)
        role = by.role_in(self.committee)
        if role not in Membership.WORKING:
            raise PermissionDenied(f"{by} may not judge the goals of {self.committee}.")
        latest = of_goal.filter(**within).order_by("-recorded_at", "-pk").first()
        if seen is not ANY and seen != (latest.pk if latest else None):
            raise ConflictError(latest)
        now = at or timezone.now()
        if now > timezone.now():
            raise ValueError("A record cannot be written in the future.")
        newest = of_goal.aggregate(newest=models.Max("recorded_at"))["newest"]
        if newest and now <= newest:
            if at:
                raise ValueError("A record cannot be written before one that is written already.")
            now = newest + datetime.timedelta(microseconds=1)  # the clock was set back
        record = model(
            goal=self,
            author=by,
            author_role=role,
            recorded_at=now,
            key=key or uuid.uuid4(),
            is_example=by.is_example,
            **fields,
        )
        self._check(record)
        record.save(force_insert=True)
        announce(record)
        return record

    def _check(self, record: Record) -> None:
        """Refuse a record that is not valid, or that a lock is against."""
        if record.replaces is None and record.is_withdrawal:
            raise ValidationError({record.CONTENT: "Välj ett av alternativen."})
        record.clean_fields(exclude={"goal", "author", "replaces", "period"})
        record.validate_constraints()
        today = timezone.localdate(record.recorded_at)
        if record.date > today:
            raise ValidationError({"date": "Datumet kan inte ligga i framtiden."})
        due_on = getattr(record, "due_on", None)
        if record.date.year < FIRST_YEAR:
            raise ValidationError({"date": f"Ange ett datum från {FIRST_YEAR} eller senare."})
        if due_on and not record.date <= due_on <= datetime.date(LAST_YEAR, 12, 31):
            raise ValidationError({"due_on": "Ange en dag efter beslutet, inom rimlig tid."})
        replaced = record.replaces
        if replaced is not None and (replaced.goal_id != self.pk or type(replaced) is not type(record)):
            raise ValueError("A correction must be of the same goal and of the same kind.")
        kind: Any = type(record)
        if replaced is not None and (other := kind.objects.filter(replaces=replaced.pk).first()):
            raise ConflictError(other)
        period = getattr(record, "period", None)
        if period is None:
            return
        if replaced is not None and getattr(replaced, "period_id", None) != period.pk:
            raise ValueError("A correction must be for the same period.")
        if period.is_locked and (replaced is None or record.date <= period.ends_on):
            raise ValidationError(
                f"{period} är låst. Den tar bara emot rättelser av det som står där, med ett datum efter "
                f"{date_format(period.ends_on)}."
            )

"""Plans on their way in: from a document to what can be published."""

import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone

from parties.models import Committee, Party, User
from proposals.models.documents import SourceDocument
from proposals.models.plans import Proposal
from proposals.reading import Line, ParsedPlan
from proposals.reading.lines import lines_from_json
from proposals.reading.stored import plan_from_json, plan_to_json

#: A reading that has said nothing for this long has come to an end without saying so.
SILENT = datetime.timedelta(seconds=150)


class DraftChangedError(Exception):
    """Somebody else has changed the draft since it was looked at, or it is published already."""


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts."""

    def worked_by(self, user: User | AnonymousUser) -> "DraftQuerySet":
        """Find the drafts of the committees that a user works for."""
        return self.filter(committee__in=Committee.objects.worked_by(user))

    def listed(self) -> "DraftQuerySet":
        """Give drafts with what a list shows of each, the last changed first; their contents are left unread."""
        return (
            self.select_related("committee__municipality", "party", "document", "changed_by")
            .defer("document__content", "lines", "plan_read", "readings", "arrangement")
            .order_by("-changed_at", "-pk")
        )

    def whole(self) -> "DraftQuerySet":
        """Give drafts with all that their pages say about where they belong."""
        return self.select_related("committee__municipality", "party", "document", "changed_by").defer(
            "document__content"
        )


class Draft(models.Model):
    """A plan on its way from a document to a published proposal (utkast).

    ``lines`` is the document as it was read and never changes; ``plan_read`` is what they were taken for, as a person
    has corrected it; ``readings`` what a person has read out of goals, by the key of their block; ``arrangement`` which
    issues they are to stand in. ``revision`` grows with every change, so that nobody writes over what they have not
    seen.
    """

    class State(models.TextChoices):
        """How far the draft has come."""

        READING = "reading", "Läses"
        FAILED = "failed", "Kunde inte läsas"
        OPEN = "open", "Att granska"
        PUBLISHED = "published", "Publicerad"

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="drafts", verbose_name="nämnd")
    year = models.PositiveSmallIntegerField("år", validators=[MinValueValidator(1971), MaxValueValidator(2100)])
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="drafts", verbose_name="parti")
    title = models.CharField("titel", max_length=200, blank=True)
    document = models.ForeignKey(
        SourceDocument, on_delete=models.PROTECT, related_name="drafts", verbose_name="originaldokument"
    )
    state = models.CharField("läge", max_length=10, choices=State, default=State.READING)
    problem = models.CharField("varför det inte gick att läsa", max_length=500, blank=True)
    pages_done = models.PositiveIntegerField("lästa sidor", default=0)
    pages = models.PositiveIntegerField("sidor", default=0)
    heard_at = models.DateTimeField("läsningen hördes av", default=timezone.now)
    lines = models.JSONField("rader", default=list, blank=True)
    plan_read = models.JSONField("vad raderna är", default=dict, blank=True)
    readings = models.JSONField("vad en person har läst ut", default=dict, blank=True)
    arrangement = models.JSONField("ordning efter fråga", default=dict, blank=True)
    revision = models.PositiveIntegerField("ändring", default=1)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="skapad av"
    )
    created_at = models.DateTimeField("skapad", default=timezone.now)
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="ändrad av"
    )
    changed_at = models.DateTimeField("ändrad", default=timezone.now)
    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="drafts", verbose_name="publicerad som"
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = "utkast"
        verbose_name_plural = "utkast"
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "document"],
                condition=~models.Q(state="published"),
                name="draft_of_document_unique",
            )
        ]
        indexes = [models.Index(fields=["committee", "-changed_at"], name="draft_latest")]

    def __str__(self) -> str:
        return f"{self.party}, {self.committee} {self.year}"

    def get_absolute_url(self) -> str:
        """Give the address that leads to the step where the draft is."""
        return reverse("draft", args=[self.pk])

    @cached_property
    def read_lines(self) -> list[Line]:
        """The lines of the document."""
        return lines_from_json(self.lines)

    @cached_property
    def plan(self) -> ParsedPlan:
        """The plan as it is read and corrected now."""
        return plan_from_json(self.plan_read)

    @property
    def is_silent(self) -> bool:
        """Tell whether its reading has ended without saying so."""
        return self.state == self.State.READING and timezone.now() - self.heard_at > SILENT

    def published_before(self) -> Proposal | None:
        """Give the proposal that this draft would be a newer version of, if there is one."""
        return (
            Proposal.objects.filter(
                plan_year__committee=self.committee_id, plan_year__year=self.year, party=self.party_id
            )
            .select_related("party", "plan_year__committee__municipality")
            .first()
        )

    def change(self, *, by: User, seen: int, plan: ParsedPlan | None = None, **fields: Any) -> None:
        """Change what stands in the draft.

        ``seen`` is the revision that the change was made from, and ``plan`` the plan as it is to be.

        :raises DraftChangedError: if the draft has another revision by now, or is not open.
        """
        if plan is not None:
            fields["plan_read"] = plan_to_json(plan)
        fields |= {"changed_by": by, "changed_at": timezone.now()}
        mine = Draft.objects.filter(pk=self.pk, revision=seen, state=self.State.OPEN)
        if not mine.update(**fields, revision=models.F("revision") + 1):
            raise DraftChangedError(str(self))
        self.revision = seen + 1
        for name, value in fields.items():
            setattr(self, name, value)
        self.__dict__.pop("plan", None)

    def discard(self) -> None:
        """Throw the draft away, and its document where nothing else was made from it.

        :raises DraftChangedError: if it is published.
        """
        with transaction.atomic():
            if not Draft.objects.exclude(state=self.State.PUBLISHED).filter(pk=self.pk).delete()[0]:
                raise DraftChangedError(str(self))
            # Whoever receives the same document now has made a draft of it when this goes on.
            SourceDocument.objects.select_for_update().only("pk").filter(pk=self.document_id).first()
            SourceDocument.objects.unused().filter(pk=self.document_id).delete()

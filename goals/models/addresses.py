"""The addresses that topics and issues have had, so that links to them still lead somewhere."""

from typing import TYPE_CHECKING, Any, TypeAlias

import pgtrigger
from django.db import models
from django.db.models import Q

from parties.audit import audited
from parties.models import Committee
from proposals.models import RaisesEdition

if TYPE_CHECKING:
    from goals.models.issues import Issue, Topic

Thing: TypeAlias = "Topic | Issue"


class OldAddressQuerySet(models.QuerySet["OldAddress"]):
    """Addresses that things have had."""

    def topic_at(self, slug: str, municipality: str, committee: str) -> "Topic | None":
        """Find the topic that an address led to before it got another, or that took its place."""
        return self._at(slug, municipality, committee, kind="topic")  # type: ignore[return-value]

    def issue_at(self, slug: str, municipality: str, committee: str) -> "Issue | None":
        """Find the issue that an address led to before it got another, or that took its place."""
        return self._at(slug, municipality, committee, kind="issue")  # type: ignore[return-value]

    def _at(self, slug: str, municipality: str, committee: str, *, kind: str) -> "Issue | Topic | None":
        things: Any = self.model._meta.get_field(kind).related_model
        now = things.objects.filter(committee=models.OuterRef("committee"), slug=models.OuterRef("slug"))
        found = self.select_related(f"{kind}__committee__municipality").filter(
            ~models.Exists(now),
            **{f"{kind}__isnull": False},
            slug=slug,
            committee__slug=committee,
            committee__municipality__slug=municipality,
        )
        return next((row.thing for row in found), None)

    def leave(self, slug: str, thing: Thing) -> None:
        """Let an address that was a thing's own, or of what it took the place of, lead to it from now on."""
        column = str(thing._meta.model_name)
        of_this_kind: dict[str, Any] = {f"{column}__isnull": False}
        self.update_or_create(committee_id=thing.committee_id, slug=slug, **of_this_kind, defaults={column: thing})

    def hand_over(self, gone: Thing, to: Thing) -> None:
        """Let all that leads, or has led, to a thing that goes lead to the one that takes its place."""
        column = str(to._meta.model_name)
        self.filter(**{column: gone}).update(**{column: to})
        self.leave(gone.slug, to)


@audited
@pgtrigger.register(RaisesEdition("committee"))
class OldAddress(models.Model):
    """An address that a topic or an issue has had. It leads to the thing itself, so that no chain of them arises.

    What has an address now goes first: what had it before is found only where nothing new has taken it.
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="+", verbose_name="nämnd")
    slug = models.SlugField("tidigare adress", max_length=150)
    topic = models.ForeignKey(
        "goals.Topic",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="old_addresses",
        verbose_name="ämne",
    )
    issue = models.ForeignKey(
        "goals.Issue",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="old_addresses",
        verbose_name="fråga",
    )

    objects = OldAddressQuerySet.as_manager()

    class Meta:
        verbose_name = "tidigare adress"
        verbose_name_plural = "tidigare adresser"
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "slug"], condition=~Q(topic=None), name="old_topic_address_unique"
            ),
            models.UniqueConstraint(
                fields=["committee", "slug"], condition=~Q(issue=None), name="old_issue_address_unique"
            ),
            models.CheckConstraint(condition=Q(topic=None) ^ Q(issue=None), name="old_address_of_one_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.slug} leder till {self.thing}"

    @property
    def thing(self) -> Thing:
        """The topic or the issue."""
        return self.topic or self.issue  # type: ignore[return-value] # one of them, by old_address_of_one_thing

"""The topics and issues that line up the goals of different parties, and how those on one issue relate."""

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from parties.audit import audited
from parties.models import Committee, Party
from proposals.models import Passage, PlanYear


class TopicQuerySet(models.QuerySet["Topic"]):
    """Topics."""

    def in_use(self) -> "TopicQuerySet":
        """Find the topics that have an issue, in order."""
        return self.filter(models.Exists(Issue.objects.filter(topic=models.OuterRef("pk")))).order_by("position", "pk")


@audited
class Topic(models.Model):
    """A topic (ämne): a heading of the comparison. It lasts over the years."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="topics", verbose_name="nämnd")
    name = models.CharField("namn", max_length=100)
    slug = models.SlugField("adress", max_length=100)
    position = models.PositiveSmallIntegerField("ordning")

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = "ämne"
        verbose_name_plural = "ämnen"
        ordering = ["committee", "position", "pk"]
        constraints = [models.UniqueConstraint(fields=["committee", "slug"], name="topic_slug_unique")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Give the address of the topic's page."""
        return reverse("topic", args=[self.committee.municipality.slug, self.committee.slug, self.slug])


class IssueQuerySet(models.QuerySet["Issue"]):
    """Issues."""

    def of(self, committee: Committee) -> "IssueQuerySet":
        """Find a committee's issues."""
        return self.filter(committee=committee)

    def sharing_topic_with(self, slug: str) -> "IssueQuerySet":
        """Find the issues under the same topic as the one with a slug, itself among them."""
        return self.filter(topic__issues__slug=slug)

    def in_order(self) -> "IssueQuerySet":
        """Give issues with their topics, in the order of the comparison."""
        return self.select_related("topic").order_by("topic__position", "topic_id", "position", "pk")

    def for_suggestions(self) -> "IssueQuerySet":
        """Give issues with all that a suggestion of one says of it."""
        return self.select_related("topic", "committee__municipality")


@audited
class Issue(models.Model):
    """An issue (fråga): what goals from any number of parties are about. It is what lines them up, over the years."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="issues", verbose_name="nämnd")
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="issues", verbose_name="ämne")
    name = models.CharField("namn", max_length=150)
    slug = models.SlugField("adress", max_length=150)
    position = models.PositiveSmallIntegerField("ordning")

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = "fråga"
        verbose_name_plural = "frågor"
        constraints = [models.UniqueConstraint(fields=["committee", "slug"], name="issue_slug_unique")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Give the address of the issue's page."""
        return reverse("issue", args=[self.committee.municipality.slug, self.committee.slug, self.slug])

    def clean(self) -> None:
        """Refuse a topic of another committee.

        :raises ValidationError: if it is.
        """
        if self.topic_id and self.topic.committee_id != self.committee_id:
            raise ValidationError({"topic": "Ämnet hör till en annan nämnd."})


class AlignmentQuerySet(models.QuerySet["Alignment"]):
    """Alignments."""

    def with_parties(self) -> "AlignmentQuerySet":
        """Add ``party_keys``, the keys of the parties whose goals are spoken of."""
        return self.annotate(party_keys=ArrayAgg("parties"))


@audited
class Alignment(models.Model):
    """How the goals that some parties have on an issue one year relate, and why; a neutral reason, no verdict.

    It speaks of ``parties`` and of no others.
    """

    class Relation(models.TextChoices):
        """Whether the goals answer the same question or lie close but ask for different things."""

        SAME = "same", "Samma fråga"
        RELATED = "related", "Närliggande"

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="alignments", verbose_name="fråga")
    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="alignments", verbose_name="planår")
    parties = models.ManyToManyField(Party, related_name="+", verbose_name="partier som det gäller")
    relation = models.CharField("förhållande", max_length=10, choices=Relation)
    reason = models.TextField("skäl")

    objects = AlignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "jämförelse av mål"
        verbose_name_plural = "jämförelser av mål"
        constraints = [models.UniqueConstraint(fields=["issue", "plan_year"], name="alignment_unique")]

    def __str__(self) -> str:
        return f"{self.issue}: {self.get_relation_display()}"

    def clean(self) -> None:
        """Refuse a plan year of another committee than the issue's.

        :raises ValidationError: if it is.
        """
        if self.issue_id and self.plan_year_id and self.issue.committee_id != self.plan_year.committee_id:
            raise ValidationError({"plan_year": "Planåret hör till en annan nämnd än frågan."})


@audited
class AlignedParty(Alignment.parties.through):  # type: ignore[misc, name-defined]
    """One of the parties that an alignment speaks of."""

    class Meta:
        proxy = True
        verbose_name = "parti i jämförelse"
        verbose_name_plural = "partier i jämförelser"

    def __str__(self) -> str:
        return f"{self.party} i {self.alignment}"


@audited
class Mention(models.Model):
    """Running text that speaks of an issue although it is no goal ("Partiet skriver också")."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="mentions", verbose_name="fråga")
    passage = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="mentions", verbose_name="textställe")

    class Meta:
        verbose_name = "omnämnande"
        verbose_name_plural = "omnämnanden"
        constraints = [models.UniqueConstraint(fields=["issue", "passage"], name="mention_unique")]

    def __str__(self) -> str:
        return f"{self.issue}: {self.passage}"

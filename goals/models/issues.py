"""The topics and issues that line up the goals of different parties, and how those on one issue relate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pgtrigger
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.exceptions import ValidationError
from django.db import models, transaction

from goals.models.addresses import OldAddress
from goals.models.arranged import Arranged, lock_arrangement, require_unchanged, version_of
from parties.audit import audited
from parties.models import Committee, Party
from parties.swedish import slug
from proposals.models import Passage, PlanYear, RaisesEdition, keeps_words


class TopicQuerySet(models.QuerySet["Topic"]):
    """Topics."""

    def in_use(self) -> "TopicQuerySet":
        """Find the topics that have an issue, in order."""
        return self.filter(models.Exists(Issue.objects.filter(topic=models.OuterRef("pk")))).order_by("position", "pk")

    def named(self, committee: Committee, name: str) -> "Topic | None":
        """Find a committee's topic by the name that it has or has had."""
        address = slug(name)
        return self.filter(committee=committee, slug=address).first() or OldAddress.objects.topic_at(
            address, committee.municipality.slug, committee.slug
        )

    @transaction.atomic
    def add(self, name: str, *, committee: Committee) -> "Topic":
        """Make a topic, after the committee's others.

        :raises ValidationError: if the name is not valid.
        """
        lock_arrangement(committee.pk)
        topic = Topic(committee=committee)
        topic.put_last()
        topic.call(name)
        topic.save()
        return topic


@audited
@pgtrigger.register(*keeps_words("name"), RaisesEdition("committee"))
class Topic(Arranged):
    """A topic (ämne): a heading of the comparison. It lasts over the years."""

    ANOTHER, THE = "ett ämne", "Ämnet"

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
        return self.url_within(self.committee.get_absolute_url())

    def url_within(self, committee_url: str) -> str:
        """Give the address of the topic's page, by that of its committee."""
        return f"{committee_url}amne/{self.slug}/"

    def siblings(self) -> TopicQuerySet:
        """Give the committee's topics in order."""
        return Topic.objects.filter(committee=self.committee_id).order_by("position", "pk")

    def version(self) -> str:
        """Give a mark of the topic and of which issues stand under it now."""
        return version_of(self.pk, self.name, self.slug, list(self.issues.in_order().values_list("pk", flat=True)))

    @transaction.atomic
    def remove(self, *, seen: str | None = None) -> None:
        """Take away a topic that has no issue and that nobody follows.

        :raises ValidationError: if it has an issue, or if somebody follows it.
        :raises RearrangedError: if somebody has changed it since the writer looked.
        """
        lock_arrangement(self.committee_id)
        self.read_again()
        Topic.objects.select_for_update().get(pk=self.pk)  # nothing is put into it from now on
        require_unchanged(seen, self.version())
        if self.issues.exists():
            raise ValidationError("Ämnet har frågor. Flytta dem till ett annat ämne först.")
        if self.follows.exists():
            raise ValidationError("Någon följer ämnet. Slå ihop det med ett annat ämne, så följer de det i stället.")
        self._take_away()


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

    def named(self, committee: Committee, name: str) -> "Issue | None":
        """Find a committee's issue by the name that it has or has had."""
        address = slug(name)
        return self.filter(committee=committee, slug=address).first() or OldAddress.objects.issue_at(
            address, committee.municipality.slug, committee.slug
        )

    @transaction.atomic
    def add(self, name: str, *, topic: Topic) -> "Issue":
        """Make an issue, after the topic's others.

        :raises ValidationError: if the name is not valid.
        """
        lock_arrangement(topic.committee_id)
        issue = Issue(committee_id=topic.committee_id, topic=topic)
        issue.put_last()
        issue.call(name)
        issue.save()
        return issue


@dataclass(frozen=True, slots=True)
class Claim:
    """What is said of how the goals that some parties have on an issue one year relate."""

    relation: str
    reason: str
    parties: Sequence[Party]


@audited
@pgtrigger.register(*keeps_words("name"), RaisesEdition("committee"))
class Issue(Arranged):
    """An issue (fråga): what goals from any number of parties are about. It is what lines them up, over the years."""

    ANOTHER, THE = "en fråga", "Frågan"

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
        return self.url_within(self.committee.get_absolute_url())

    def url_within(self, committee_url: str) -> str:
        """Give the address of the issue's page, by that of its committee."""
        return f"{committee_url}fraga/{self.slug}/"

    def clean(self) -> None:
        """Refuse a topic of another committee.

        :raises ValidationError: if it is.
        """
        if self.topic_id and self.topic.committee_id != self.committee_id:
            raise ValidationError({"topic": "Ämnet hör till en annan nämnd."})

    def siblings(self) -> IssueQuerySet:
        """Give the topic's issues in order."""
        return Issue.objects.filter(topic=self.topic_id).order_by("position", "pk")

    def version(self) -> str:
        """Give a mark of the issue and of all that stands in it and is said of it now."""
        claims = self.alignments.with_parties().order_by("pk")
        return version_of(
            self.pk,
            self.name,
            self.slug,
            self.topic_id,
            sorted(self.goals.values_list("pk", flat=True)),
            sorted(self.mentions.values_list("passage", flat=True)),
            [(each.plan_year_id, each.relation, each.reason, sorted(each.party_keys)) for each in claims],  # type: ignore[attr-defined]
        )

    @property
    def is_empty(self) -> bool:
        """Tell whether no goal and no running text stands in it."""
        return not self.goals.exists() and not self.mentions.exists()

    @transaction.atomic
    def move(self, topic: Topic, *, seen: str | None = None) -> None:
        """Put the issue under another topic, after those that are there.

        :raises ValidationError: if the topic belongs to another committee.
        :raises RearrangedError: if somebody has changed the issue since the writer looked.
        """
        lock_arrangement(self.committee_id)
        self.read_again()
        require_unchanged(seen, self.version())
        if topic.pk == self.topic_id:
            return
        self.topic = topic
        self.clean()
        self.put_last()
        self.save()

    @transaction.atomic
    def remove(self, *, seen: str | None = None) -> None:
        """Take away an issue that has no goal and no running text.

        :raises ValidationError: if it has any.
        :raises RearrangedError: if somebody has changed it since the writer looked.
        """
        lock_arrangement(self.committee_id)
        self.read_again()
        Issue.objects.select_for_update().get(pk=self.pk)  # nothing is put into it from now on
        require_unchanged(seen, self.version())
        if not self.is_empty:
            raise ValidationError("Frågan har mål eller löptext. Flytta det till en annan fråga först.")
        self.alignments.all().delete()
        self._take_away()

    @transaction.atomic
    def relate(self, plan_year: PlanYear, claim: Claim | None, *, seen: str | None = None) -> None:
        """Say how the goals of some parties relate one year, or that nothing is said.

        :raises ValidationError: if it is said of fewer than two parties with goals there, or without a reason.
        :raises RearrangedError: if somebody has changed the issue since the writer looked.
        """
        lock_arrangement(self.committee_id)
        require_unchanged(seen, self.version())
        if claim is None:
            self.alignments.filter(plan_year=plan_year).delete()
            return
        standing = self.goals.filter(proposal__plan_year=plan_year, withdrawn_in=None)
        having = set(standing.values_list("proposal__party", flat=True))
        if len(claim.parties) < 2 or not having.issuperset(party.pk for party in claim.parties):
            raise ValidationError({"parties": "Välj minst två partier som har mål i frågan."})
        alignment = self.alignments.filter(plan_year=plan_year).first() or Alignment(issue=self, plan_year=plan_year)
        if (alignment.relation, alignment.reason) != (claim.relation, claim.reason):
            alignment.relation, alignment.reason = claim.relation, claim.reason
            alignment.full_clean()
            alignment.save()
        alignment.parties.set(claim.parties)

    @transaction.atomic
    def mention(self, passages: Iterable[Passage], *, seen: str | None = None) -> None:
        """Attach running text that speaks of the issue.

        :raises ValidationError: if a text is a goal, or stands in a plan of another committee.
        :raises RearrangedError: if somebody has changed the issue since the writer looked.
        """
        lock_arrangement(self.committee_id)
        require_unchanged(seen, self.version())
        for passage in passages:
            if not Passage.objects.filter(pk=passage.pk).of_running_text(self.committee_id).exists():
                raise ValidationError("Välj löptext i en av nämndens planer.")
            Mention.objects.get_or_create(issue=self, passage=passage)

    @transaction.atomic
    def forget(self, mention: "Mention", *, seen: str | None = None) -> None:
        """Detach running text.

        :raises RearrangedError: if somebody has changed the issue since the writer looked.
        """
        lock_arrangement(self.committee_id)
        require_unchanged(seen, self.version())
        self.mentions.filter(pk=mention.pk).delete()


class AlignmentQuerySet(models.QuerySet["Alignment"]):
    """Alignments."""

    def with_parties(self) -> "AlignmentQuerySet":
        """Add ``party_keys``, the keys of the parties whose goals are spoken of."""
        return self.annotate(party_keys=ArrayAgg("parties"))


@audited
@pgtrigger.register(RaisesEdition("plan_year"))
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
@pgtrigger.register(RaisesEdition("alignment__plan_year"))
class AlignedParty(Alignment.parties.through):  # type: ignore[misc, name-defined]
    """One of the parties that an alignment speaks of."""

    class Meta:
        proxy = True
        verbose_name = "parti i jämförelse"
        verbose_name_plural = "partier i jämförelser"

    def __str__(self) -> str:
        return f"{self.party} i {self.alignment}"


class MentionQuerySet(models.QuerySet["Mention"]):
    """Mentions."""

    def for_comparison(self) -> "models.QuerySet[Mention, tuple[Any, ...]]":
        """Give rows of what a comparison shows of running text, in the order of the plans."""
        return self.order_by("passage__proposal", "passage__position").values_list(
            "issue",
            "passage__proposal",
            "passage__text",
            "passage__marks",
            "passage__sic",
            "passage__first_line",
            "passage__first_character",
            "passage__last_line",
            "passage__unit",
            "passage__page",
        )


@audited
@pgtrigger.register(RaisesEdition("passage__proposal__plan_year"))
class Mention(models.Model):
    """Running text that speaks of an issue although it is no goal ("Partiet skriver också")."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="mentions", verbose_name="fråga")
    passage = models.ForeignKey(Passage, on_delete=models.PROTECT, related_name="mentions", verbose_name="textställe")

    objects = MentionQuerySet.as_manager()

    class Meta:
        verbose_name = "omnämnande"
        verbose_name_plural = "omnämnanden"
        constraints = [models.UniqueConstraint(fields=["issue", "passage"], name="mention_unique")]

    def __str__(self) -> str:
        return f"{self.issue}: {self.passage}"

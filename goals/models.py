"""WHAT BECAME OF IT: goals and assignments, and the topics and issues that line up those of different parties."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from parties.models import Committee, Party
from proposals.models import Passage, PlanYear, Proposal


class TopicQuerySet(models.QuerySet["Topic"]):
    """Topics."""

    def in_use(self) -> "TopicQuerySet":
        """Find the topics that have an issue, in order."""
        return self.filter(models.Exists(Issue.objects.filter(topic=models.OuterRef("pk")))).order_by("position", "pk")


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


class AlignmentQuerySet(models.QuerySet["Alignment"]):
    """Alignments."""

    def with_parties(self) -> "AlignmentQuerySet":
        """Add ``party_keys``, the keys of the parties whose goals are spoken of."""
        return self.annotate(party_keys=ArrayAgg("parties"))


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


class GoalQuerySet(models.QuerySet["Goal"]):
    """Goals."""

    def at(self, municipality: str, committee: str, year: int, party: str, number: int) -> "GoalQuerySet":
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

    def on_issues(self, issues: Iterable[Issue], *, unplaced: bool = False) -> "GoalQuerySet":
        """Find the goals that stand in some issues; ``unplaced`` adds those that stand in none."""
        placed = models.Q(issue__in=issues)
        return self.filter(placed | models.Q(issue=None) if unplaced else placed)

    def for_comparison(self) -> "models.query.QuerySet[Goal, tuple[Any, ...]]":
        """Give rows of what a comparison shows of each goal, in the order of the plans."""
        return self.order_by("proposal", "number").values_list(
            "pk",
            "proposal",
            "issue",
            "number",
            "kind",
            "target_value",
            "target_unit",
            "target_bound",
            "passage__text",
            "passage__marks",
            "passage__sic",
        )

    def numbers_beside(self, number: int) -> tuple[int | None, int | None]:
        """Give the numbers nearest before and after one, of those that there are."""
        found = self.aggregate(
            before=models.Max("number", filter=models.Q(number__lt=number)),
            after=models.Min("number", filter=models.Q(number__gt=number)),
        )
        return found["before"], found["after"]

    def counted_by_issue(self, plan_year: PlanYear) -> "models.query.QuerySet[Goal, tuple[Any, ...]]":
        """Count a plan year's goals: rows of topic, issue, party, kind and how many."""
        return (
            self.filter(proposal__plan_year=plan_year)
            .order_by()
            .values_list("issue__topic", "issue", "proposal__party", "kind")
            .annotate(count=models.Count("pk"))
        )


class Goal(models.Model):
    """A goal or assignment (mål eller uppdrag): a passage that is a commitment, cited as "V 25".

    What the text states and nothing else: ``target_value`` with ``target_unit`` ("%" or the words after the number)
    and ``target_bound`` (the text's word for at least), ``frequency``, ``due_year`` and the bodies named as
    ``responsible``, all in the text's own words.
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
    target_value = models.DecimalField("målvärde", max_digits=12, decimal_places=2, null=True, blank=True)
    target_unit = models.CharField("enhet", max_length=50, blank=True)
    target_bound = models.CharField("ord för minst", max_length=20, blank=True)
    frequency = models.CharField("hur ofta", max_length=100, blank=True)
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

    @property
    def reference(self) -> str:
        """How the goal is cited: "V 25"."""
        return f"{self.proposal.party.abbreviation} {self.number}"

    @property
    def target(self) -> str:
        """The target as the text states it, "lägst 80 i medarbetarenkäten", or nothing."""
        return target_words(self.target_value, self.target_unit, self.target_bound)


def target_words(value: object, unit: str, bound: str) -> str:
    """Write a target as a text states it: "minst 97 %"; empty where there is no value."""
    if value is None:
        return ""
    number = f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return " ".join(part for part in (bound, number.replace(".", ","), unit) if part).replace(
        " %", "\N{NO-BREAK SPACE}%"
    )

"""WHAT WAS PROMISED: the parties' proposals for a plan year, passage by passage, and the documents they come from."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from parties.audit import audited
from parties.models import Committee, Party
from parties.swedish import swedish_key


class PlanYearQuerySet(models.QuerySet["PlanYear"]):
    """Plan years."""

    def at(self, municipality: str, committee: str, year: int) -> "PlanYearQuerySet":
        """Find the plan year that an address names, with its committee and municipality."""
        return self.select_related("committee__municipality").filter(
            committee__municipality__slug=municipality, committee__slug=committee, year=year
        )

    def published(self) -> "PlanYearQuerySet":
        """Find the plan years that have a plan to show."""
        return self.filter(models.Exists(Proposal.objects.filter(plan_year=models.OuterRef("pk"))))

    def newest_first(self) -> "PlanYearQuerySet":
        """Give the plan years that have a plan to show, the latest year first."""
        return (
            self.published()
            .select_related("committee__municipality")
            .order_by("-year", "committee__municipality__code", "committee__slug")
        )


class PlanYear(models.Model):
    """A plan year (planår): a committee and a year, what proposals and reporting periods hang on."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="plan_years", verbose_name="nämnd")
    year = models.PositiveSmallIntegerField("år", validators=[MinValueValidator(1971), MaxValueValidator(2100)])

    objects = PlanYearQuerySet.as_manager()

    class Meta:
        verbose_name = "planår"
        verbose_name_plural = "planår"
        constraints = [models.UniqueConstraint(fields=["committee", "year"], name="plan_year_unique")]

    def __str__(self) -> str:
        return f"{self.committee}, {self.year}"

    @cached_property
    def address(self) -> tuple[str, str, int]:
        """The parts of the address that every page of the plan year begins with."""
        return self.committee.municipality.slug, self.committee.slug, self.year

    @property
    def compare_url(self) -> str:
        """The address of the comparison of the year's proposals."""
        return reverse("compare", args=self.address)


class SourceDocument(models.Model):
    """A plan's document, byte for byte as it was received."""

    name = models.CharField("filnamn", max_length=255)
    media_type = models.CharField("filtyp", max_length=100)
    content = models.BinaryField("innehåll")
    sha256 = models.CharField("kontrollsumma (SHA-256)", max_length=64, unique=True)

    class Meta:
        verbose_name = "originaldokument"
        verbose_name_plural = "originaldokument"

    def __str__(self) -> str:
        return self.name


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals."""

    def at(self, municipality: str, committee: str, year: int, party: str) -> "ProposalQuerySet":
        """Find the proposal that an address names, with all that its pages say about where it belongs."""
        return (
            self.select_related("party", "plan_year__committee__municipality", "document")
            .defer("document__content")
            .filter(
                plan_year__committee__municipality__slug=municipality,
                plan_year__committee__slug=committee,
                plan_year__year=year,
                party__slug=party,
            )
        )

    def with_goal_counts(self) -> "ProposalQuerySet":
        """Add ``goal_count``, the number of goals and assignments in each proposal."""
        return self.select_related("party").annotate(goal_count=models.Count("goals"))

    def in_order(self) -> list["Proposal"]:
        """Give the proposals in the published order of their parties: by name, in Swedish alphabetical order."""
        return sorted(self.select_related("party"), key=lambda proposal: swedish_key(proposal.party.name))


@audited
class Proposal(models.Model):
    """A party's proposal for the committee's plan of one year (förslag till verksamhetsplan)."""

    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="proposals", verbose_name="planår")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="proposals", verbose_name="parti")
    title = models.CharField("titel", max_length=200)
    document = models.ForeignKey(
        SourceDocument, on_delete=models.PROTECT, related_name="proposals", verbose_name="originaldokument"
    )
    published_at = models.DateTimeField("publicerad", auto_now_add=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "plan"
        verbose_name_plural = "planer"
        constraints = [models.UniqueConstraint(fields=["plan_year", "party"], name="proposal_unique")]

    def __str__(self) -> str:
        return f"{self.party}: {self.title}"

    def get_absolute_url(self) -> str:
        """Give the address of the plan's page."""
        return reverse("plan", args=[*self.plan_year.address, self.party.slug])

    @property
    def original_url(self) -> str:
        """The address of the document as it was received."""
        return reverse("original", args=[*self.plan_year.address, self.party.slug])


class Place(models.Model):
    """Something with a place in the source document: its lines, counted from 1, and those lines as they stand."""

    position = models.PositiveIntegerField("ordning i planen")
    first_line = models.PositiveIntegerField("första rad")
    last_line = models.PositiveIntegerField("sista rad")
    raw = models.TextField("raderna som de står")
    text = models.TextField("text")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def anchor(self) -> str:
        """The part of the address after ``#`` that leads to this place in the plan."""
        return f"rad-{self.first_line}"

    @property
    def lines(self) -> str:
        """The lines as one cites them: "rad 12" or "rad 12–14"."""
        return cited_lines(self.first_line, self.last_line)


def cited_lines(first: int, last: int) -> str:
    """Write lines as one cites them: "rad 12" or "rad 12–14"."""
    return f"rad {first}" if first == last else f"rad {first}–{last}"


class Section(Place):
    """A section (avsnitt): a heading of the plan, under the one it stands under."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="sections", verbose_name="plan")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="överordnat"
    )
    level = models.PositiveSmallIntegerField("nivå")

    class Meta:
        verbose_name = "avsnitt"
        verbose_name_plural = "avsnitt"
        ordering = ["proposal", "position"]
        constraints = [models.UniqueConstraint(fields=["proposal", "position"], name="section_position_unique")]


class PassageQuerySet(models.QuerySet["Passage"]):
    """Passages."""

    def for_plan_page(self, proposal: Proposal) -> "PassageQuerySet":
        """Give a plan's passages in order, each with its goal where it is one: what the plan page shows."""
        return self.filter(proposal=proposal).select_related("goal").order_by("position")

    def of_running_text(self, committee: int) -> "PassageQuerySet":
        """Find the passages in a committee's plans that are neither goals nor cover."""
        return self.filter(proposal__plan_year__committee=committee, kind__in=[Passage.Kind.PROSE, Passage.Kind.POINT])


class Passage(Place):
    """A passage (textställe): one paragraph or bullet of the plan, verbatim.

    ``marks`` holds the text's own emphasis: lists of start, end and kind ("em" or "strong"). ``sic`` holds words that
    are spelled or put as here in the original, and that a reader might take for our mistake.
    """

    class Kind(models.TextChoices):
        """What a passage is in its plan."""

        COVER = "cover", "Försättsblad"
        PROSE = "prose", "Löptext"
        POINT = "point", "Punkt i löptext"
        GOAL = "goal", "Mål eller uppdrag"

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="passages", verbose_name="plan")
    section = models.ForeignKey(
        Section,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="passages",
        verbose_name="avsnitt",
    )
    kind = models.CharField("slag", max_length=10, choices=Kind)
    rule = models.CharField("regel som avgjorde slaget", max_length=50)
    marks = models.JSONField("betoningar", default=list, blank=True)
    sic = models.JSONField("skrivsätt i originalet", default=list, blank=True)

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = "textställe"
        verbose_name_plural = "textställen"
        ordering = ["proposal", "position"]
        constraints = [models.UniqueConstraint(fields=["proposal", "position"], name="passage_position_unique")]

    def get_absolute_url(self) -> str:
        """Give the address of the passage's place in the plan's page."""
        return f"{self.proposal.get_absolute_url()}#{self.anchor}"


class LeftOut(Place):
    """A line of the document that is no part of its text, with the reason."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="left_out", verbose_name="plan")
    reason = models.CharField("orsak", max_length=200)

    class Meta:
        verbose_name = "utelämnad rad"
        verbose_name_plural = "utelämnade rader"
        ordering = ["proposal", "position"]

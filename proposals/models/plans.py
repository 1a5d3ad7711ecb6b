"""Plan years, and the parties' proposals for them."""

from collections.abc import Iterable
from hashlib import sha256

import pgtrigger
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connections, models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from parties.audit import audited
from parties.compiled import Given
from parties.models import Committee, Party
from parties.swedish import swedish_key
from proposals.models.documents import SourceDocument
from proposals.models.editions import RaisesEdition

_YEARS = """
SELECT there_is.year
FROM (SELECT max(year) AS last, min(year) AS first FROM proposals_planyear) AS ends,
    generate_series(last::int, first::int, -1) AS there_is (year)
WHERE EXISTS (SELECT FROM proposals_planyear AS plan_year WHERE plan_year.year = there_is.year)
"""


class PlanYearQuerySet(models.QuerySet["PlanYear"]):
    """Plan years."""

    def at(self, municipality: str | Given, committee: str | Given, year: int | Given) -> "PlanYearQuerySet":
        """Find the plan year that an address names, with its committee and municipality."""
        return self.select_related("committee__municipality").filter(
            committee__municipality__slug=municipality, committee__slug=committee, year=year
        )

    def published(self) -> "PlanYearQuerySet":
        """Find the plan years that have a plan to show."""
        return self.filter(models.Exists(Proposal.objects.filter(plan_year=models.OuterRef("pk"))))

    def years(self) -> list[int]:
        """Give the years that there is any plan year of, the latest first, without looking at every plan year.

        They are those of all plan years, whatever these have been narrowed to.
        """
        with connections[self.db].cursor() as cursor:
            cursor.execute(_YEARS)
            return [year for (year,) in cursor.fetchall()]

    def newest_first(self) -> "PlanYearQuerySet":
        """Give the plan years that have a plan to show, the latest year first."""
        return (
            self.published()
            .select_related("committee__municipality")
            .order_by("-year", "committee__municipality__code", "committee__slug")
        )


@pgtrigger.register(RaisesEdition())
class PlanYear(models.Model):
    """A plan year (planår): a committee and a year, what proposals and reporting periods hang on."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="plan_years", verbose_name="nämnd")
    year = models.PositiveSmallIntegerField("år", validators=[MinValueValidator(1971), MaxValueValidator(2100)])

    objects = PlanYearQuerySet.as_manager()

    class Meta:
        verbose_name = "planår"
        verbose_name_plural = "planår"
        constraints = [models.UniqueConstraint(fields=["committee", "year"], name="plan_year_unique")]
        indexes = [models.Index(F("year").desc(), "committee", name="plan_year_newest")]

    def __str__(self) -> str:
        return f"{self.committee}, {self.year}"

    @cached_property
    def address(self) -> tuple[str, str, int]:
        """The parts of the address that every page of the plan year begins with."""
        return self.committee.municipality.slug, self.committee.slug, self.year

    @cached_property
    def compare_url(self) -> str:
        """The address of the comparison of the year's proposals."""
        return reverse("compare", args=self.address)

    @cached_property
    def overview_url(self) -> str:
        """The address of how the year's goals stand at a stage of the follow-up."""
        return reverse("overview", args=self.address)

    @property
    def reports_url(self) -> str:
        """The address of the list of the year's fixed reports."""
        return reverse("reports", args=self.address)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Proposals."""

    def at(
        self, municipality: str | Given, committee: str | Given, year: int | Given, party: str | Given
    ) -> "ProposalQuerySet":
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
        """Add ``goal_count``, the number of goals and assignments that stand in each proposal."""
        standing = models.Count("goals", filter=models.Q(goals__withdrawn_in=None))
        return self.select_related("party").annotate(goal_count=standing)

    def published_from(self, content: bytes) -> "ProposalQuerySet":
        """Find the proposals that have a document with some content, in the version that applies or an earlier one."""
        checksum = sha256(content).hexdigest()
        return self.filter(
            models.Q(document__sha256=checksum) | models.Q(earlier_versions__document__sha256=checksum)
        ).distinct()

    def in_order(self) -> list["Proposal"]:
        """Give the proposals in the published order of their parties: by name, in Swedish alphabetical order."""
        return in_order_of_parties(self.select_related("party"))


def in_order_of_parties(proposals: "Iterable[Proposal]") -> list["Proposal"]:
    """Put proposals, whose parties are read already, in the published order of those."""
    return sorted(proposals, key=lambda proposal: swedish_key(proposal.party.name))


@audited
@pgtrigger.register(RaisesEdition("plan_year"))
class Proposal(models.Model):
    """A party's proposal for the committee's plan of one year (förslag till verksamhetsplan).

    ``title``, ``document`` and ``published_at`` are those of the version that applies, whose number is ``version``;
    each one before it has an ``EarlierVersion``.
    """

    plan_year = models.ForeignKey(PlanYear, on_delete=models.PROTECT, related_name="proposals", verbose_name="planår")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="proposals", verbose_name="parti")
    title = models.CharField("titel", max_length=200)
    document = models.ForeignKey(
        SourceDocument, on_delete=models.PROTECT, related_name="proposals", verbose_name="originaldokument"
    )
    version = models.PositiveSmallIntegerField("version", default=1)
    published_at = models.DateTimeField("publicerad", default=timezone.now)

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

    def checksums(self) -> set[str]:
        """Give the checksums of the documents of all its versions."""
        of_version = models.Q(pk=self.document_id) | models.Q(pk__in=self.earlier_versions.values("document"))
        return set(SourceDocument.objects.filter(of_version).values_list("sha256", flat=True))

    def url_of(self, version: int) -> str:
        """Give the address of the plan as it was in a version: the plan's own for the one that applies."""
        if version == self.version:
            return self.get_absolute_url()
        return reverse("plan_version", args=[*self.plan_year.address, self.party.slug, version])


@pgtrigger.register(RaisesEdition("proposal__plan_year"))
class EarlierVersion(models.Model):
    """What a proposal was before a newer version was published; its passages stand under its number."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="earlier_versions", verbose_name="plan"
    )
    number = models.PositiveSmallIntegerField("version")
    title = models.CharField("titel", max_length=200)
    document = models.ForeignKey(
        SourceDocument, on_delete=models.PROTECT, related_name="earlier_versions", verbose_name="originaldokument"
    )
    published_at = models.DateTimeField("publicerad")
    replaced_at = models.DateTimeField("ersatt")

    class Meta:
        verbose_name = "tidigare version"
        verbose_name_plural = "tidigare versioner"
        ordering = ["proposal", "number"]
        constraints = [models.UniqueConstraint(fields=["proposal", "number"], name="earlier_version_unique")]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    @property
    def url(self) -> str:
        """The address of the version's page."""
        return self.proposal.url_of(self.number)

    @property
    def original_url(self) -> str:
        """The address of the document as it was received."""
        return reverse(
            "original_version", args=[*self.proposal.plan_year.address, self.proposal.party.slug, self.number]
        )

"""The site map: every public page that has an address of its own."""

from typing import Any

from django.contrib.sitemaps import Sitemap
from django.core.paginator import Page as DjangoPage
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property

from goals.find import all_committees_with_plans, municipalities_with_plans
from goals.models import Goal, Issue, Report, Topic
from parties.models import Committee, Municipality
from proposals.models import PlanYear, Proposal

#: How many addresses a page of the site map has at most.
PAGE = 1000


class KeyPaginator(Paginator):
    """Pages of rows by their keys, so that the last costs what the first does; some may have few rows, or none."""

    def __init__(self, rows: QuerySet[Any], per_page: int):
        super().__init__(rows, per_page)
        self.rows = rows

    @cached_property
    def first(self) -> int:
        """The key that the first page begins with."""
        return self.rows.order_by("pk").values_list("pk", flat=True).first() or 1

    @cached_property
    def num_pages(self) -> int:
        """How many pages there are."""
        last = self.rows.order_by("-pk").values_list("pk", flat=True).first() or 1
        return (last - self.first) // self.per_page + 1

    def page(self, number: int | str) -> "DjangoPage[Any]":
        """Give a page."""
        number = self.validate_number(number)
        begins = self.first + (number - 1) * self.per_page
        return DjangoPage(self.rows.filter(pk__gte=begins, pk__lt=begins + self.per_page), number, self)


class KeyedSitemap(Sitemap):
    """Things that there may be millions of."""

    limit = PAGE

    @property
    def paginator(self) -> KeyPaginator:
        """The pages."""
        rows: Any = self.items()
        return KeyPaginator(rows, self.limit)


class SiteSitemap(Sitemap):
    """Pages of the site itself."""

    def items(self) -> list[str]:
        """Give the names of the pages."""
        return ["start", "search", "changes", "data", "data_dictionary", "api_docs", "about", "accessibility"]

    def location(self, item: str) -> str:
        """Give a page's address."""
        return reverse(item)


class MunicipalitySitemap(Sitemap):
    """Each municipality that has plans."""

    def items(self) -> list[Municipality]:
        """Give the municipalities."""
        return municipalities_with_plans()

    def location(self, item: Municipality) -> str:
        """Give the address of a municipality's page."""
        return reverse("municipality", args=[item.slug])


class CommitteeSitemap(KeyedSitemap):
    """Each committee that has plans."""

    def items(self) -> QuerySet[Committee]:
        """Give the committees."""
        return all_committees_with_plans().select_related("municipality").order_by("pk")


class CompareSitemap(Sitemap):
    """The comparison of each plan year."""

    limit = PAGE

    def items(self) -> QuerySet[PlanYear]:
        """Give the plan years that have a proposal."""
        return PlanYear.objects.newest_first()

    def location(self, item: PlanYear) -> str:
        """Give the address of a plan year's comparison."""
        return item.compare_url


class OverviewSitemap(CompareSitemap):
    """The overview of each plan year."""

    def location(self, item: PlanYear) -> str:
        """Give the address of a plan year's overview."""
        return item.overview_url


class ReportSitemap(KeyedSitemap):
    """Each fixed report."""

    def items(self) -> QuerySet[Report]:
        """Give the reports."""
        return Report.objects.select_related("period__plan_year__committee__municipality").order_by("pk")


class DataSitemap(CompareSitemap):
    """The open data of each plan year."""

    def location(self, item: PlanYear) -> str:
        """Give the address of the page that lists a plan year's files."""
        return reverse("data_year", args=item.address)


class PlanSitemap(KeyedSitemap):
    """Each plan."""

    def items(self) -> QuerySet[Proposal]:
        """Give the proposals."""
        return Proposal.objects.select_related("party", "plan_year__committee__municipality").order_by("pk")


class GoalSitemap(KeyedSitemap):
    """Each goal."""

    def items(self) -> QuerySet[Goal]:
        """Give the goals."""
        return Goal.objects.select_related("proposal__party", "proposal__plan_year__committee__municipality").order_by(
            "pk"
        )


class TopicSitemap(KeyedSitemap):
    """Each topic."""

    def items(self) -> QuerySet[Topic]:
        """Give the topics."""
        return Topic.objects.in_use().select_related("committee__municipality").order_by("pk")


class IssueSitemap(KeyedSitemap):
    """Each issue."""

    def items(self) -> QuerySet[Issue]:
        """Give the issues."""
        return Issue.objects.select_related("committee__municipality").order_by("pk")


SITEMAPS: dict[str, type[Sitemap]] = {
    "sidor": SiteSitemap,
    "kommuner": MunicipalitySitemap,
    "namnder": CommitteeSitemap,
    "jamforelser": CompareSitemap,
    "oversikter": OverviewSitemap,
    "rapporter": ReportSitemap,
    "data": DataSitemap,
    "planer": PlanSitemap,
    "mal": GoalSitemap,
    "amnen": TopicSitemap,
    "fragor": IssueSitemap,
}

"""The site map: every public page that has an address of its own."""

from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.urls import reverse

from goals.models import Goal, Issue, Report, Topic
from proposals.models import PlanYear, Proposal


class SiteSitemap(Sitemap):
    """Pages of the site itself."""

    def items(self) -> list[str]:
        """Give the names of the pages."""
        return ["start", "search", "changes", "data", "data_dictionary", "api_docs", "about", "accessibility"]

    def location(self, item: str) -> str:
        """Give a page's address."""
        return reverse(item)


class CompareSitemap(Sitemap):
    """The comparison of each plan year."""

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


class ReportSitemap(Sitemap):
    """Each fixed report."""

    def items(self) -> QuerySet[Report]:
        """Give the reports."""
        return Report.objects.select_related("period__plan_year__committee__municipality").order_by("pk")


class DataSitemap(CompareSitemap):
    """The open data of each plan year."""

    def location(self, item: PlanYear) -> str:
        """Give the address of the page that lists a plan year's files."""
        return reverse("data_year", args=item.address)


class PlanSitemap(Sitemap):
    """Each plan."""

    def items(self) -> QuerySet[Proposal]:
        """Give the proposals."""
        return Proposal.objects.select_related("party", "plan_year__committee__municipality").order_by("pk")


class GoalSitemap(Sitemap):
    """Each goal."""

    def items(self) -> QuerySet[Goal]:
        """Give the goals."""
        return Goal.objects.select_related("proposal__party", "proposal__plan_year__committee__municipality").order_by(
            "pk"
        )


class TopicSitemap(Sitemap):
    """Each topic."""

    def items(self) -> QuerySet[Topic]:
        """Give the topics."""
        return Topic.objects.in_use().select_related("committee__municipality").order_by("pk")


class IssueSitemap(Sitemap):
    """Each issue."""

    def items(self) -> QuerySet[Issue]:
        """Give the issues."""
        return Issue.objects.select_related("committee__municipality").order_by("pk")


SITEMAPS: dict[str, type[Sitemap]] = {
    "sidor": SiteSitemap,
    "jamforelser": CompareSitemap,
    "oversikter": OverviewSitemap,
    "rapporter": ReportSitemap,
    "data": DataSitemap,
    "planer": PlanSitemap,
    "mal": GoalSitemap,
    "amnen": TopicSitemap,
    "fragor": IssueSitemap,
}

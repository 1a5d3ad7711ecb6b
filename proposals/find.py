"""Find what an address names, or answer with what there is instead."""

from django.db.models import QuerySet

from config.page import Crumb, HelpfulNotFound
from parties.compiled import Given, compiled_once
from parties.models import Committee
from proposals.models import EarlierVersion, PlanYear, Proposal


def find_committee(municipality: str, committee: str) -> Committee:
    """Find a committee.

    :raises HelpfulNotFound: with the plan years that there are, if it does not exist.
    """
    found = (
        Committee.objects.select_related("municipality").filter(municipality__slug=municipality, slug=committee).first()
    )
    if found is None:
        raise HelpfulNotFound(
            f"Vi känner inte till nämnden ”{committee}” i ”{municipality}”.",
            [Crumb(str(year), year.compare_url) for year in PlanYear.objects.newest_first()[:10]],
        )
    return found


@compiled_once
def _plan_years_at() -> "QuerySet[PlanYear]":
    return PlanYear.objects.published().at(Given("municipality"), Given("committee"), Given("year"))


def find_plan_year(municipality: str, committee: str, year: int) -> PlanYear:
    """Find a plan year.

    :raises HelpfulNotFound: with the committee's other years, if it does not exist or has no plan.
    """
    plan_year = next(iter(_plan_years_at(municipality=municipality, committee=committee, year=year)), None)
    if plan_year is None:
        found = find_committee(municipality, committee)
        raise HelpfulNotFound(
            f"Det finns inga planer för {found} år {year}.",
            [
                Crumb(f"Jämför planerna för {other.year}", other.compare_url)
                for other in PlanYear.objects.newest_first().filter(committee=found)
            ],
        )
    return plan_year


@compiled_once
def _proposals_at() -> "QuerySet[Proposal]":
    return Proposal.objects.at(Given("municipality"), Given("committee"), Given("year"), Given("party"))


def find_proposal(municipality: str, committee: str, year: int, party: str) -> Proposal:
    """Find a proposal, without its document's content.

    :raises HelpfulNotFound: with the parties that have a plan for the year, if this one has none.
    """
    found = _proposals_at(municipality=municipality, committee=committee, year=year, party=party)
    proposal = next(iter(found), None)
    if proposal is None:
        plan_year = find_plan_year(municipality, committee, year)
        others = plan_year.proposals.select_related("plan_year__committee__municipality").in_order()
        raise HelpfulNotFound(
            f"Partiet ”{party}” har ingen plan för {plan_year} här.",
            [Crumb(f"{other.party}: {other.title}", other.get_absolute_url()) for other in others],
        )
    return proposal


def find_version(proposal: Proposal, number: int) -> EarlierVersion:
    """Find an earlier version of a proposal, without its document's content.

    :raises HelpfulNotFound: with the version that applies, if it does not exist.
    """
    versions = proposal.earlier_versions.select_related("document").defer("document__content")
    version = versions.filter(number=number).first()
    if version is None:
        raise HelpfulNotFound(
            f"Planen har ingen version {number}. Den senaste är version {proposal.version}.",
            [Crumb(f"{proposal.party}: {proposal.title}", proposal.get_absolute_url())],
        )
    version.proposal = proposal
    return version

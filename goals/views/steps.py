"""The steps from the start page to what a page shows."""

from typing import TypeVar

from django.urls import reverse

from config.page import Crumb
from goals.models import Issue, Topic
from parties.models import Committee
from proposals.models import Proposal

Row = TypeVar("Row", Topic, Issue)


def crumbs_to_committee(committee: Committee) -> list[Crumb]:
    """Give the steps that lead to a committee."""
    return [Crumb("Start", reverse("start")), Crumb(str(committee), committee.get_absolute_url())]


def crumbs_to_proposal(proposal: Proposal) -> list[Crumb]:
    """Give the steps that lead to a plan."""
    plan_year = proposal.plan_year
    return [
        *crumbs_to_committee(plan_year.committee),
        Crumb(f"Jämför {plan_year.year}", plan_year.compare_url),
        Crumb(proposal.party.name, proposal.get_absolute_url()),
    ]


def within(committee: Committee, row: Row) -> Row:
    """Tell a topic or issue which committee it belongs to, which it would otherwise ask the database."""
    row.committee = committee
    return row

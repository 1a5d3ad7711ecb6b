"""Find what an address names, or answer with what there is instead."""

from collections.abc import Sequence

from django.db import models

from config.page import Crumb, HelpfulNotFound
from goals.models import Goal, Issue, OldAddress, Topic
from parties.models import Committee, CommitteeQuerySet, Municipality, Party, in_order
from parties.swedish import swedish_key
from proposals.find import find_committee, find_proposal
from proposals.models import PlanYear, Proposal

#: More municipalities than this are too many for one list of all their committees.
MOST_IN_ONE_LIST = 6


class MovedError(Exception):
    """An address led to this before; ``place`` gives what of the address is another now."""

    def __init__(self, thing: Topic | Issue):
        super().__init__(f"{thing.slug} is its address now.")
        self.place = {str(thing._meta.model_name): thing.slug}


def find_goal(municipality: str, committee: str, year: int, party: str, number: int) -> Goal:
    """Find a goal, with everything that its pages say about where it belongs.

    :raises HelpfulNotFound: with the plan's goals, if it does not exist.
    """
    found = Goal.objects.at(municipality, committee, year, party, number).first()
    if found is None:
        raise no_such_goal(find_proposal(municipality, committee, year, party), number)
    return found


def no_such_goal(proposal: Proposal, number: int) -> HelpfulNotFound:
    """Say that a plan has no goal with a number, and how many it has."""
    count = proposal.goals.standing().count()
    return HelpfulNotFound(
        f"{proposal.party} har inget mål med nummer {number}. Planen har {count} mål och uppdrag.",
        [
            Crumb(f"{proposal.party}: bara mål och uppdrag", f"{proposal.get_absolute_url()}?visa=mal"),
            Crumb(f"Jämför planerna för {proposal.plan_year.year}", proposal.plan_year.compare_url),
        ],
    )


def find_topic(municipality: str, committee: str, topic: str) -> Topic:
    """Find a topic that has an issue, with its committee.

    :raises MovedError: if it has another address now.
    :raises HelpfulNotFound: with the committee's topics, if it does not exist.
    """
    topics = Topic.objects.in_use().select_related("committee__municipality")
    found = topics.filter(committee__municipality__slug=municipality, committee__slug=committee, slug=topic).first()
    if found is None:
        lead_on_to_topic(municipality, committee, topic)
        its_committee = find_committee(municipality, committee)
        raise HelpfulNotFound(
            f"Ämnet ”{topic}” finns inte hos {its_committee}.",
            [Crumb(other.name, other.get_absolute_url()) for other in topics.filter(committee=its_committee)],
        )
    return found


def lead_on_to_topic(municipality: str, committee: str, topic: str) -> None:
    """Tell where a topic is now, if the address has been one's.

    :raises MovedError: if it has.
    """
    if found := OldAddress.objects.topic_at(topic, municipality, committee):
        raise MovedError(found)


def lead_on_to_issue(municipality: str, committee: str, issue: str) -> None:
    """Tell where an issue is now, if the address has been one's.

    :raises MovedError: if it has.
    """
    if found := OldAddress.objects.issue_at(issue, municipality, committee):
        raise MovedError(found)


def parties_with_plans() -> list[Party]:
    """Give the parties that have a plan somewhere, in the published order."""
    return in_order(Party.objects.filter(models.Exists(Proposal.objects.filter(party=models.OuterRef("pk")))))


def municipalities_with_plans() -> list[Municipality]:
    """Give the municipalities that have a plan, in Swedish alphabetical order."""
    having = all_committees_with_plans().filter(municipality=models.OuterRef("pk"))
    return sorted(Municipality.objects.filter(models.Exists(having)), key=lambda each: swedish_key(each.name))


def committees_with_plans(municipalities: Sequence[Municipality], chosen: str) -> list[Committee]:
    """Give the committees that have a plan, in order; where there are several municipalities, those of the chosen one.

    ``chosen`` is a municipality's part of an address.
    """
    committees = all_committees_with_plans().select_related("municipality")
    if len(municipalities) > 1:
        committees = committees.filter(municipality__in=[each for each in municipalities if each.slug == chosen])
    return sorted(committees, key=lambda each: swedish_key(each.name))


def all_committees_with_plans() -> CommitteeQuerySet:
    """Find the committees that have a plan, wherever they are."""
    has_plan = PlanYear.objects.published().filter(committee=models.OuterRef("pk"))
    return Committee.objects.filter(models.Exists(has_plan))

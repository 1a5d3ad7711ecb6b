"""Committees with plans and people, for what is to be broken. All of it invented.

``python -m tests.chaos.furnish 4 16`` makes four committees with sixteen goals each in the database that the
environment names, gives each four secretaries, and tells as JSON where all of it is. Somebody follows every goal.
The editions begin at nought, so that they count nothing but what is written from then on.
"""

import json
import os
import sys
from io import StringIO
from typing import Any

#: The year of the plans, which has begun whenever this is run.
YEAR = 2026
#: How many goals of its committee each secretary judges, alone.
EACH = 4


def make(committees: int, goals: int) -> dict[str, Any]:
    """Make it all, and tell where it is."""
    from goals.models import Follow, ReportingPeriod
    from proposals.models import EditionNumber
    from tests.factories import (
        CommitteeFactory,
        GoalFactory,
        IssueFactory,
        PartyFactory,
        PlanYearFactory,
        ProposalFactory,
        TopicFactory,
        UserFactory,
    )

    follower = UserFactory(email="den-som-foljer@example.org")
    told = []
    for _ in range(committees):
        committee = CommitteeFactory()
        plan_year = PlanYearFactory(committee=committee, year=YEAR)
        ReportingPeriod.objects.make_defaults(plan_year)
        proposal = ProposalFactory(plan_year=plan_year)
        issue = IssueFactory(topic=TopicFactory(committee=committee))
        made = [GoalFactory(proposal=proposal, issue=issue, number=number) for number in range(1, goals + 1)]
        Follow.objects.bulk_create(Follow(user=follower, goal=goal, pace=Follow.Pace.AT_ONCE) for goal in made)
        told.append(
            {
                "committee": committee.pk,
                "party": PartyFactory().pk,
                "address": "/".join(map(str, plan_year.address)),
                "slug": proposal.party.slug,
                "goals": [{"pk": goal.pk, "number": goal.number} for goal in made],
                "sessions": [_signed_in(committee) for _ in range(goals // EACH)],
            }
        )
    EditionNumber.objects.update(number=0)
    return {"committees": told}


def _signed_in(committee: Any) -> str:
    """Make a secretary, and give the key of the session."""
    from django.test import Client

    from tests.factories import MembershipFactory

    client = Client()
    client.force_login(MembershipFactory(committee=committee).user)
    return str(client.cookies["sessionid"].value)


def main(committees: str, goals: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    call_command("migrate", verbosity=0, stdout=StringIO())
    print(json.dumps(make(int(committees), int(goals))))


if __name__ == "__main__":
    main(*sys.argv[1:])

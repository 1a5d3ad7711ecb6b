"""Who can sign in to the site that the browser tests serve. All of them invented, with one password.

``python -m tests.browser.cast`` makes them, and what they are to see, in the database that the environment names: the
real plans with example follow-up, invented plans with none, and drafts of plans that are on their way in.
"""

import os
import sys

PASSWORD = "ett-långt-lösenord-för-prov"  # noqa: S105 - of no account that matters
SECRETARY = "sekreterare@example.org"
SECOND_SECRETARY = "andra-sekreterare@example.org"
OTHER = "annan@example.org"
MEMBER = "ledamot@example.org"
ADMINISTRATOR = "administrator@example.org"


def make() -> None:
    """Give every committee that has plans its people, and one other committee a secretary."""
    from django.contrib.auth.hashers import make_password

    from parties.models import Committee, Membership, User
    from proposals.models import PlanYear
    from tests.factories import CommitteeFactory, MembershipFactory

    role = Membership.Role
    committees = list(Committee.objects.filter(plan_years__in=PlanYear.objects.published()).distinct())
    everyone = (
        (SECRETARY, role.SECRETARY, committees),
        (SECOND_SECRETARY, role.SECRETARY, committees),
        (OTHER, role.SECRETARY, [CommitteeFactory()]),
        (MEMBER, role.MEMBER, committees),
        (ADMINISTRATOR, role.ADMINISTRATOR, committees),
    )
    password = make_password(PASSWORD)  # once for all: it is slow on purpose
    for email, their_role, theirs in everyone:
        user = User.objects.create(email=email, password=password, is_staff=their_role == role.ADMINISTRATOR)
        for committee in theirs:
            MembershipFactory(user=user, committee=committee, role=their_role)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_plans", *sys.argv[1:])
    call_command("load_example", "eskilstuna/socialnamnden/2017", anywhere=True)
    from tests.browser import drafts

    drafts.make()
    make()


if __name__ == "__main__":
    main()

"""Those who sign in in the browser tests can, and are what they are called."""

import pytest
from django.core.management import call_command
from django.test import Client

from parties.models import Committee, Membership, User
from tests.browser import cast
from tests.browser.server import THREE_PARTIES

Role = Membership.Role


@pytest.mark.parametrize(
    ("email", "role"),
    [
        (cast.SECRETARY, Role.SECRETARY),
        (cast.SECOND_SECRETARY, Role.SECRETARY),
        (cast.OTHER, None),
        (cast.MEMBER, Role.MEMBER),
        (cast.ADMINISTRATOR, Role.ADMINISTRATOR),
    ],
)
def test_the_cast_can_sign_in(plans, email, role):
    """Each signs in with the one password, and has the role in both committees that have plans."""
    call_command("load_plans", str(THREE_PARTIES), verbosity=0)
    cast.make()
    assert Client().login(email=email, password=cast.PASSWORD)
    user = User.objects.get(email=email)
    for committee in Committee.objects.filter(
        slug__in=["socialnamnden", "provnamnden"], municipality__code__gte="0484"
    ):
        if committee.plan_years.exists():
            assert user.role_in(committee) == role
    assert user.memberships.exists()

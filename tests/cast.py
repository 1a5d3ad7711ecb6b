"""The fixed cast: who tries each door in the access tests. All of them invented."""

from dataclasses import dataclass, field

from django.test import Client

from parties.models import Committee, Membership, User
from tests.factories import CommitteeFactory, MembershipFactory, UserFactory

Role = Membership.Role

NOBODY = "nobody"
MEMBER = "member"
OTHER = "secretary of another committee"
SECRETARY = "secretary"
ADMINISTRATOR = "administrator"
SUPERUSER = "superuser"
CAST = (NOBODY, MEMBER, OTHER, SECRETARY, ADMINISTRATOR, SUPERUSER)


@dataclass
class Cast:
    """Who there is, by their name in the cast."""

    committee: Committee
    users: dict[str, User] = field(default_factory=dict)

    @classmethod
    def of(cls, committee: Committee) -> "Cast":
        cast = cls(committee)
        for name, role in ((MEMBER, Role.MEMBER), (SECRETARY, Role.SECRETARY), (ADMINISTRATOR, Role.ADMINISTRATOR)):
            cast.users[name] = MembershipFactory(committee=committee, role=role).user
        cast.users[OTHER] = MembershipFactory(committee=CommitteeFactory(), role=Role.SECRETARY).user
        cast.users[SUPERUSER] = UserFactory(is_superuser=True, is_staff=True)
        return cast

    @property
    def secretary(self) -> User:
        return self.users[SECRETARY]

    def client(self, name: str) -> Client:
        client = Client()
        if name != NOBODY:
            client.force_login(self.users[name])
        return client

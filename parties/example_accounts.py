"""Accounts for trying the site. They come with the example follow-up, and what they write is marked as example.

They can be signed in to on the embedded database alone, and only while the site listens to nobody but this machine;
their passwords are then made from the installation's own secret, the same at every start and nowhere else.
"""

import base64
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address

from django.conf import settings

from parties.models import Committee, Membership, User

Role = Membership.Role


@dataclass(frozen=True, slots=True)
class ExampleAccount:
    """One account: a role that the site can be tried in."""

    email: str
    name: str
    role: Membership.Role

    def password(self, secret: str) -> str:
        """Give the password that an installation's secret makes: four groups of letters and digits, 80 bits."""
        digest = hmac.digest(secret.encode(), f"example account {self.email}".encode(), "sha256")
        letters = base64.b32encode(digest).decode().lower()
        return "-".join(letters[start : start + 4] for start in range(0, 16, 4))

    def user_in(self, committees: Iterable[Committee]) -> User:
        """Find or make the account, with its role in some committees; a new one cannot be signed in to.

        :raises ValueError: if somebody's own account has the address.
        """
        user = User.objects.filter(email__iexact=self.email).first()
        if user is None:
            administers = self.role == Role.ADMINISTRATOR
            user = User.objects.create_user(self.email, name=self.name, is_example=True, is_staff=administers)
        if not user.is_example:
            raise ValueError(f"{self.email} is no example account.")
        for committee in committees:
            Membership.objects.get_or_create(user=user, committee=committee, defaults={"role": self.role})
        return user


#: In the order that they are offered; the first one writes the example follow-up.
ACCOUNTS = (
    ExampleAccount("sekreterare@exempel.invalid", "Exempel: nämndsekreterare", Role.SECRETARY),
    ExampleAccount("andra-sekreterare@exempel.invalid", "Exempel: andra nämndsekreteraren", Role.SECRETARY),
    ExampleAccount("ledamot@exempel.invalid", "Exempel: ledamot", Role.MEMBER),
    ExampleAccount("administrator@exempel.invalid", "Exempel: administratör", Role.ADMINISTRATOR),
)


def example_author(committee: Committee) -> User:
    """Give the account that writes a committee's example follow-up; nobody needs to be able to sign in to it."""
    return ACCOUNTS[0].user_in([committee])


def may_be_offered() -> bool:
    """Tell whether example accounts may be signed in to here: see the head of this module."""
    return settings.EMBEDDED and ip_address(settings.HOST).is_loopback


def offer(committees: Iterable[Committee], secret: str) -> dict[ExampleAccount, str]:
    """Open the example accounts of some committees, and give their passwords.

    :raises RuntimeError: where they may not be offered.
    """
    if not may_be_offered():
        raise RuntimeError("Example accounts belong to the embedded database, on this machine alone.")
    committees = list(committees)
    offered: dict[ExampleAccount, str] = {}
    for account in ACCOUNTS:
        user, password = account.user_in(committees), account.password(secret)
        if not user.check_password(password):  # so that a session lives through a restart
            user.set_password(password)
            user.save(update_fields=["password"])
        offered[account] = password
    return offered


def withdraw() -> None:
    """Close every example account, and end its sessions."""
    for user in User.objects.filter(is_example=True):
        if user.has_usable_password():
            user.set_unusable_password()
            user.save(update_fields=["password"])

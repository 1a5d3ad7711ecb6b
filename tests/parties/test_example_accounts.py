"""Example accounts: open on the embedded database of this machine alone, with passwords of the installation's own."""

import re

import pytest
from django.test import Client

from parties.example_accounts import ACCOUNTS, example_author, may_be_offered, offer, withdraw
from parties.models import Committee, Membership, User
from tests.factories import CommitteeFactory, UserFactory

INSTALLATION = "a secret of one installation"


@pytest.fixture
def committee(db: None) -> Committee:
    return CommitteeFactory()


@pytest.fixture(autouse=True)
def embedded(settings) -> None:
    """Take the tests' database for the embedded one, on this machine alone."""
    settings.EMBEDDED = True
    settings.HOST = "127.0.0.1"


def can_sign_in(email: str, password: str) -> bool:
    return Client().login(email=email, password=password)


def test_each_account_can_be_signed_in_to_and_has_its_role(committee):
    """Two secretaries, a member and an administrator; their names and what they write say that they are examples."""
    offered = offer([committee], INSTALLATION)
    assert [account.role.label for account in offered] == [
        "Nämndsekreterare",
        "Nämndsekreterare",
        "Ledamot",
        "Administratör",
    ]
    for account, password in offered.items():
        assert can_sign_in(account.email, password)
        user = User.objects.get(email=account.email)
        assert user.role_in(committee) == account.role
        assert user.is_example
        assert user.name.startswith("Exempel: ")
        assert not user.is_superuser
        assert user.is_staff is (account.role == Membership.Role.ADMINISTRATOR)


def test_passwords_are_the_installations_own():
    """The same secret gives the same readable passwords, one for each account; another secret gives others."""
    ours, others = ([account.password(secret) for account in ACCOUNTS] for secret in (INSTALLATION, "another"))
    assert ours == [account.password(INSTALLATION) for account in ACCOUNTS]
    assert not set(ours) & set(others)
    assert len(set(ours)) == len(ACCOUNTS)
    assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", password) for password in ours)


def test_offered_again_nothing_changes(committee):
    """A second start makes no account, and ends nobody's session; a password that was changed is set back."""
    offered = offer([committee], INSTALLATION)
    before = list(User.objects.order_by("pk").values())
    assert offer([committee], INSTALLATION) == offered
    assert list(User.objects.order_by("pk").values()) == before
    account = ACCOUNTS[0]
    user = User.objects.get(email=account.email)
    user.set_password("något annat")
    user.save()
    offer([committee], INSTALLATION)
    assert can_sign_in(account.email, offered[account])


def test_a_new_committee_gets_the_same_people(committee):
    """One account has its role in every committee that has example follow-up."""
    other = CommitteeFactory()
    offer([committee], INSTALLATION)
    offer([committee, other], INSTALLATION)
    assert User.objects.count() == len(ACCOUNTS)
    assert {account.user_in([]).role_in(other) for account in ACCOUNTS} == set(Membership.Role)


@pytest.mark.parametrize(
    ("embedded", "host", "allowed"),
    [
        (True, "127.0.0.1", True),
        (True, "127.0.0.2", True),
        (True, "::1", True),
        (True, "0.0.0.0", False),  # noqa: S104 - not listened on
        (True, "::", False),
        (True, "192.0.2.1", False),
        (False, "127.0.0.1", False),
    ],
)
def test_none_on_another_database_or_for_others_than_this_machine(committee, settings, embedded, host, allowed):
    """Where the database is not the embedded one, or others can reach the site, no account is opened."""
    settings.EMBEDDED, settings.HOST = embedded, host
    assert may_be_offered() is allowed
    if not allowed:
        with pytest.raises(RuntimeError):
            offer([committee], INSTALLATION)
        assert not User.objects.exists()


def test_withdrawn_accounts_are_closed_at_once(committee):
    """No example account can be signed in to after that, and who is signed in is out; real people notice nothing."""
    own = UserFactory(email="egen@example.org")
    offered = offer([committee], INSTALLATION)
    account, password = next(iter(offered.items()))
    client = Client()
    assert client.login(email=account.email, password=password)
    withdraw()
    assert not can_sign_in(account.email, password)
    assert not client.get("/om/").wsgi_request.user.is_authenticated
    assert User.objects.get(pk=own.pk).has_usable_password()


def test_the_author_of_examples_cannot_be_signed_in_to(committee):
    """Whoever writes the example follow-up has a secretary's role and no password."""
    author = example_author(committee)
    assert author.is_example
    assert author.role_in(committee) == Membership.Role.SECRETARY
    assert not author.has_usable_password()


def test_somebodys_own_account_is_never_taken(committee):
    """An account with the same address that is no example is left alone."""
    UserFactory(email=ACCOUNTS[0].email.upper())
    with pytest.raises(ValueError, match="no example account"):
        offer([committee], INSTALLATION)

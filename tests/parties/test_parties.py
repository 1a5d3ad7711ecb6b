"""Swedish order and addresses, badge colours, users."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from parties.colours import contrast
from parties.models import Municipality, Party, User, in_order
from parties.swedish import slug, swedish_key
from tests.factories import PartyFactory


def test_swedish_order():
    """å, ä and ö come last, in that order; é sorts as e, and case does not matter."""
    words = ["Öja", "Ärla", "Ångsta", "Zinken", "zebra", "Ide", "Idé", "idag", "Aspö"]
    assert sorted(words, key=swedish_key) == [
        "Aspö", "idag", "Ide", "Idé", "zebra", "Zinken", "Ångsta", "Ärla", "Öja",
    ]  # fmt: skip


def test_decomposed_letters_sort_alike():
    """A letter written as two code points sorts as the letter it is."""
    assert sorted(["Z", "A\u030asa"], key=swedish_key) == ["Z", "A\u030asa"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Våld i nära relation och jämställdhet", "vald-i-nara-relation-och-jamstalldhet"),
        ("Östra Göinge", "ostra-goinge"),
        ("A\u030are", "are"),
    ],
)
def test_addresses_are_ascii(name, expected):
    """A Swedish name becomes a readable address."""
    assert slug(name) == expected


def test_published_order_of_parties():
    """Parties stand by name in Swedish alphabetical order."""
    parties = [PartyFactory.build(name=name) for name in ("Öpartiet", "Vänsterpartiet", "Kristdemokraterna", "Åsikten")]
    assert [party.name for party in in_order(parties)] == ["Kristdemokraterna", "Vänsterpartiet", "Åsikten", "Öpartiet"]


def test_contrast():
    """The ratio is WCAG's: 21 for black on white, 1 for a colour on itself."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#DA291C", "#DA291C") == pytest.approx(1)


def test_badge_must_be_readable(db):
    """A badge whose text cannot be read is refused, with what is needed."""
    party = PartyFactory.build(fill="#FFFF00", ink="#FFFFFF")
    with pytest.raises(ValidationError, match="minst 4,5:1"):
        party.full_clean()


@pytest.mark.parametrize("colour", ["red", "#12345", "#GGGGGG", "#123456\n", "url(x)"])
def test_colour_must_be_a_colour(db, colour):
    """Only six hexadecimal digits make a colour, so that nothing else reaches a page."""
    with pytest.raises(ValidationError) as caught:
        Party(name="P", abbreviation="P", slug="p", fill=colour).clean_fields()
    assert "fill" in caught.value.message_dict


@pytest.mark.parametrize(
    ("model", "slug"), [(Municipality, "om"), (Municipality, "static"), (Party, "jamfor"), (Party, "rapport")]
)
def test_addresses_of_the_site_are_taken(db, model, slug):
    """No municipality or party can hide a page of the site."""
    with pytest.raises(ValidationError) as caught:
        model(name="X", slug=slug).clean_fields()
    assert "används" in caught.value.message_dict["slug"][0]


def test_user_signs_in_with_email(db):
    """A user is known by e-mail address, in whatever case it is typed."""
    user = User.objects.create_user("Anna@Example.org", "ett-långt-lösenord")
    assert User.objects.get_by_natural_key("anna@example.org") == user
    assert user.check_password("ett-långt-lösenord")
    assert User.USERNAME_FIELD == "email"


def test_one_user_for_each_address(db):
    """The database refuses a second user whose address differs in case only."""
    User.objects.create_user("anna@example.org")
    with pytest.raises(IntegrityError):
        User.objects.create_user("ANNA@example.org")


def test_user_needs_email(db):
    """A user without an address is refused."""
    with pytest.raises(ValueError, match="e-postadress"):
        User.objects.create_user("")


def test_superuser(db):
    """An administrator of the installation may do everything."""
    user = User.objects.create_superuser("rot@example.org", "ett-långt-lösenord")
    assert user.is_staff
    assert user.is_superuser

"""What views of every room take from a request, and the answers that their forms give."""

from django.http import HttpRequest

from parties.models import User

#: Somebody else has changed it meanwhile; and what was filled in cannot be taken.
CONFLICT, INVALID = 409, 422


def user_of(request: HttpRequest) -> User:
    """Give the user who is signed in."""
    assert isinstance(request.user, User)  # noqa: S101 - the views let nobody else in
    return request.user


def number_of(text: str | None) -> int:
    """Read a number from an address or a form; what is none, or none that we have, is nought."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0

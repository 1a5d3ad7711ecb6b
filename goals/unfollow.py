"""The links in letters that stop them, for whoever has the letter: nobody has to sign in to be left in peace."""

from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.core.signing import TimestampSigner
from django.urls import reverse

from goals.models import Follow
from goals.models.following import FollowQuerySet
from parties.models import User

#: Seconds that a link works: a year.
LASTS = 365 * 24 * 60 * 60

_signer = TimestampSigner(salt="goals.unfollow")
_ALL, _ONE = "allt", "en"


@dataclass(frozen=True, slots=True)
class Stop:
    """What a link stops: one wish of a user's, or all of them."""

    key: int
    is_all: bool

    @classmethod
    def everything(cls, user: User) -> Self:
        """Stop all that a user follows."""
        return cls(user.pk, is_all=True)

    @classmethod
    def one(cls, follow: Follow) -> Self:
        """Stop one thing."""
        return cls(follow.pk, is_all=False)

    @classmethod
    def read(cls, token: str) -> Self:
        """Read a link's token.

        :raises SignatureExpired: if the letter is too old.
        :raises BadSignature: if the token is not one of ours.
        """
        kind, _, key = _signer.unsign(token, max_age=LASTS).partition("-")
        return cls(int(key), is_all=kind == _ALL)

    @property
    def token(self) -> str:
        """The signed form that stands in a link."""
        return _signer.sign(f"{_ALL if self.is_all else _ONE}-{self.key}")

    @property
    def address(self) -> str:
        """The whole address of the link."""
        return f"{settings.SITE_ADDRESS}{reverse('unfollow', args=[self.token])}"

    @property
    def follows(self) -> FollowQuerySet:
        """What is left to stop."""
        return Follow.objects.filter(user=self.key) if self.is_all else Follow.objects.filter(pk=self.key)

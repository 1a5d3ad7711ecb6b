"""What is arranged in a committee: named, given a place among others of its kind, and changed by one person at a time.

Whoever changes how things are arranged takes a lock on the committee first. A change may be given what its writer saw
(``version``, ``order_of``), and is refused where somebody has been there since.
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from goals.models.addresses import OldAddress
from parties.models import Committee
from parties.swedish import slug


class RearrangedError(Exception):
    """Somebody else has changed what the writer looked at since; nothing is written."""


def version_of(*parts: object) -> str:
    """Give a short mark of some things as they are, which is another when any of them is changed."""
    return sha256(repr(parts).encode()).hexdigest()[:20]


def order_of(things: Iterable[models.Model]) -> str:
    """Give a mark of the order that some things stand in."""
    return version_of([thing.pk for thing in things])


def require_unchanged(seen: str | None, now: str) -> None:
    """Refuse a change whose writer saw something else than what is there; ``None`` is one who need not have looked.

    :raises RearrangedError: if so.
    """
    if seen is not None and seen != now:
        raise RearrangedError


def lock_arrangement(committee: int) -> None:
    """Let nobody else arrange a committee's topics and issues until the transaction is over."""
    Committee.objects.select_for_update(no_key=True).only("pk").get(pk=committee)


class Arranged(models.Model):
    """Something with a name and an address of its own within a committee, and a place among others of its kind."""

    #: How messages speak of one that there is already, and of it where it is known.
    ANOTHER, THE = "", ""

    committee_id: int
    name: "models.CharField[str, str]"
    slug: "models.SlugField[str, str]"
    position: "models.PositiveSmallIntegerField[int, int]"

    class Meta:
        abstract = True

    def siblings(self) -> "models.QuerySet[Any]":
        """Give those it stands among, itself with them, in order."""
        raise NotImplementedError

    def version(self) -> str:
        """Give a mark of all that it is and has now."""
        raise NotImplementedError

    def read_again(self) -> None:
        """Read what it is now, under the lock.

        :raises RearrangedError: if it is gone.
        """
        try:
            self.refresh_from_db()
        except type(self).DoesNotExist as gone:
            raise RearrangedError from gone

    def put_last(self) -> None:
        """Give it the place after all others."""
        last = self.siblings().aggregate(last=models.Max("position"))["last"]
        self.position = 0 if last is None else last + 1

    def call(self, name: str) -> None:
        """Give it a name, and the address that follows from the name; nothing is saved.

        :raises ValidationError: if the name gives no address, or one that another has.
        """
        self.name = name
        self.slug = slug(name)[: type(self)._meta.get_field("slug").max_length].strip("-")
        if not self.slug:
            raise ValidationError({"name": "Skriv ett namn med minst en bokstav eller siffra."})
        self.clean_fields(exclude={"committee", "topic", "position"})
        others: models.Manager[Any] = type(self)._default_manager
        other = others.filter(committee=self.committee_id, slug=self.slug).exclude(pk=self.pk).first()
        if other:
            raise ValidationError(
                {"name": f"Nämnden har redan {self.ANOTHER} som heter ”{other}”. Välj ett annat namn."}
            )

    @transaction.atomic
    def rename(self, name: str, *, seen: str | None = None) -> None:
        """Give it another name and address; the address that it had leads here from now on.

        :raises ValidationError: if the name is not valid.
        :raises RearrangedError: if somebody has changed it since the writer looked.
        """
        lock_arrangement(self.committee_id)
        self.read_again()
        require_unchanged(seen, self.version())
        if name == self.name:
            return
        before = self.slug
        self.call(name)
        self.save()
        if before != self.slug:
            OldAddress.objects.leave(before, self)  # type: ignore[arg-type]

    @transaction.atomic
    def step(self, *, up: bool, seen: str | None = None) -> None:
        """Move it one step among its siblings; the first and the last stay.

        :raises RearrangedError: if somebody has changed the order since the writer looked.
        """
        lock_arrangement(self.committee_id)
        self.refresh_from_db()
        row = list(self.siblings())
        require_unchanged(seen, order_of(row))
        here = row.index(self)
        there = here - 1 if up else here + 1
        if not 0 <= there < len(row):
            return
        places = sorted({thing.position for thing in row})
        if len(places) < len(row):  # some shared a place, as those that a file gave may
            places = list(range(len(row)))
        row[here], row[there] = row[there], row[here]
        for place, thing in zip(places, row, strict=True):
            if thing.position != place:
                thing.position = place
                thing.save(update_fields=["position"])
        self.read_again()

    def _take_away(self) -> None:
        """Delete it, with the addresses that led to it."""
        self.old_addresses.all().delete()  # type: ignore[attr-defined]
        self.delete()

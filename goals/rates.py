"""How often one may ask for data: so many at once, and then at an even pace.

Each process counts for itself and in memory, so that no reading waits for a write.
"""

import math
import weakref
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, ip_address, ip_network
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

#: How many questions an address may ask in a minute, and at once after a pause.
PER_MINUTE = 300
AT_ONCE = 150
#: How many questions a file counts for.
FILE = 5
#: How many files a process sends at a time. Whoever reads slowly holds a thread of it, and it has two more than these
#: (``manage.py run``), so that pages are always answered.
SENT_AT_ONCE = 3
#: Seconds after which one who came when so many were being sent may come again.
PAUSE = 20

_places = BoundedSemaphore(SENT_AT_ONCE)


class Pace(BaseThrottle):
    """Keeps each address to a pace. What is kept of it is one moment: when all that it has asked for is paid off."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def allow_request(self, request: HttpRequest) -> bool:
        """Tell whether one more question may be answered now."""
        self.seconds = seconds_to_wait(request)
        return not self.seconds

    def wait(self) -> float:
        """Give the seconds after which the one that was refused may be asked again."""
        return math.ceil(self.seconds)


def seconds_to_wait(request: HttpRequest, cost: int = 1) -> float:
    """Count a question, unless it comes too soon; then give the seconds to wait."""
    if not settings.PACE:
        return 0.0
    key = f"pace:{whose(BaseThrottle().get_ident(request) or '')}"
    now = monotonic()  # which nobody sets: after a clock was set back, everyone would wait until it had caught up
    paid: float = max(caches["rates"].get(key, 0.0), now)
    after = paid + cost * 60 / PER_MINUTE
    longest = AT_ONCE * 60 / PER_MINUTE
    if after - now > longest:
        return after - now - longest
    caches["rates"].set(key, after, timeout=math.ceil(longest) + 1)
    return 0.0


def whose(address: str) -> str:
    """Give the network that an address is counted as: itself, but of IPv6 the half that one customer is given."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:50]
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False).network_address)


class Place:
    """A place among the files that are being sent, which is given back once, at the latest when nobody has it."""

    def __init__(self) -> None:
        self.give_back = weakref.finalize(self, _places.release)

    @classmethod
    def take(cls) -> "Place | None":
        """Take a place, if there is one."""
        return cls() if _places.acquire(blocking=False) else None

    def keep_for(self, parts: Iterable[bytes]) -> "Sending":
        """Keep the place until these parts of a file are sent, or nobody reads them any more."""
        return Sending(self, parts)


class Sending:
    """The parts of a file that has a place. Who sends it closes it, also where the reader has gone."""

    def __init__(self, place: Place, parts: Iterable[bytes]):
        self.place, self.parts = place, iter(parts)

    def __iter__(self) -> Iterator[bytes]:
        return self.parts

    def close(self) -> Any:
        """Give the place back."""
        return self.place.give_back()

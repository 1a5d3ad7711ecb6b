"""What is measured, one round of each in turn, so that a machine that is busy with other things slows all alike."""

import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPResponse
from math import ceil
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

from tests.bench.site import Site, Writers
from tests.bench.wrk import CONNECTIONS, NothingMeasuredError, Round, read, write

if TYPE_CHECKING:
    from proposals.models import PlanYear

#: What everything is measured against.
STATIC = "Static file, nginx"
EMPTY = "Empty view, one query"
COMPARE = "Compare, kept"
FRONT = "Compare, nginx in front"
#: The longest round, in seconds.
LONGEST = 20
#: How a browser asks.
BROWSER = {"Accept-Encoding": "gzip, deflate, br"}


@dataclass
class Case:
    """Something that is measured, and what each round gave; ``kept`` says that it is the first one that is slow."""

    name: str
    ask: Callable[[int], Round]
    kept: bool = False
    rounds: list[Round] = field(default_factory=list)

    def measure(self, seconds: int) -> Round:
        """Measure one round, a longer one where nothing was answered in time."""
        try:
            return self.ask(seconds)
        except NothingMeasuredError:
            if seconds >= LONGEST:
                raise
            return self.measure(3 * seconds)

    @property
    def per_second(self) -> float:
        return median(each.per_second for each in self.rounds)

    @property
    def p50(self) -> float:
        return median(each.p50 for each in self.rounds)

    @property
    def p99(self) -> float:
        return median(each.p99 for each in self.rounds)

    @property
    def errors(self) -> int:
        return sum(each.errors for each in self.rounds)

    def of(self, other: "Case") -> float:
        """Give how many times as many requests per second as another case, at the median of the rounds of both."""
        pairs = zip(self.rounds, other.rounds, strict=True)
        return median(own.per_second / theirs.per_second for own, theirs in pairs)


def measure(site: Site, plan_year: "PlanYear", rounds: int, seconds: int) -> list[Case]:
    """Measure everything of a plan year."""
    cases = list(_cases(site, plan_year))
    for at in range(rounds):
        print(f"{plan_year}: round {at + 1} of {rounds}", file=sys.stderr)
        # What the round before has written about is made anew before anything is measured.
        for case in cases:
            if case.kept:
                case.measure(1)
        for case in cases:
            case.rounds.append(case.measure(seconds))
    return cases


def _cases(site: Site, plan_year: "PlanYear") -> Iterator[Case]:
    """Give what is measured; what writes is the last."""
    from tests.bench.urls import OUTERMOST

    compare = plan_year.compare_url
    goal = plan_year.proposals.in_order()[0].get_absolute_url() + "25/"
    search = "/sok/?q=provplatser"
    municipality, committee, year = plan_year.address
    data = f"/data/{municipality}/{committee}/{year}/mal.csv"

    def static(seconds: int, address: str) -> Round:
        _, body = fetch(site.cached + compare)
        return read(address + site.static("compare.bin", body), seconds, BROWSER)

    def not_changed(seconds: int, address: str) -> Round:
        tag, _ = fetch(address + compare)
        is_not_changed(address + compare, tag)
        return read(address + compare, seconds, {**BROWSER, "If-None-Match": tag})

    yield Case(STATIC, partial(static, address=site.front))
    yield Case("Static file, nginx with TLS", partial(static, address=site.front_tls))
    yield _read(EMPTY, f"{site.uncached}/tom/")
    yield _read("Empty view before all middleware, one query", site.uncached + OUTERMOST)
    yield _read(COMPARE, site.cached + compare, kept=True)
    yield Case("Compare, not changed (304)", partial(not_changed, address=site.cached))
    yield _read("Compare, made each time", site.uncached + compare)
    yield _read(FRONT, site.front + compare)
    yield Case("Compare, nginx in front, not changed (304)", partial(not_changed, address=site.front))
    yield _read("Compare, nginx in front with TLS", site.front_tls + compare)
    for name, path in (("Goal", goal), ("Search", search)):
        yield _read(f"{name}, kept", site.cached + path, kept=True)
        yield _read(f"{name}, made each time", site.uncached + path)
        yield _read(f"{name}, nginx in front", site.front + path)
    yield _read("API, a page of goals", f"{site.cached}/api/v1/mal")
    yield _read("CSV of the goals", site.cached + data)
    yield _read("/halsa/", f"{site.cached}/halsa/")
    writers = Writers.of(plan_year, site.folder, CONNECTIONS)
    yield Case("Status report, written", lambda seconds: write(site.cached, seconds, writers.begin()))


def _read(name: str, address: str, *, kept: bool = False) -> Case:
    def ask(seconds: int) -> Round:
        # Where one answer takes long, all that ask at a time must have had two.
        least = ceil(2 * CONNECTIONS * min(seconds_for(address), seconds_for(address)))
        return read(address, min(max(seconds, least), LONGEST), BROWSER)

    return Case(name, ask, kept)


def fetch(address: str) -> tuple[str, bytes]:
    """Get a page as a browser does: its ETag and its content, compressed as it comes."""
    with _ask(address, BROWSER) as answer:
        return answer.headers.get("ETag", '""'), answer.read()


def is_not_changed(address: str, tag: str) -> None:
    """Make sure that who has a page already is not sent it again, of which wrk does not tell.

    :raises RuntimeError: if it is sent.
    """
    try:
        _ask(address, {**BROWSER, "If-None-Match": tag}).close()
    except urllib.error.HTTPError as answer:
        with answer:
            if answer.code == 304:
                return
            raise
    raise RuntimeError(f"{address} was sent again to who has it.")


def _ask(address: str, headers: dict[str, str]) -> HTTPResponse:
    # The certificate is our own, and names another host than this machine.
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    answer: HTTPResponse = urllib.request.urlopen(
        urllib.request.Request(address, headers=headers), timeout=60, context=trusting
    )
    return answer


def seconds_for(address: str) -> float:
    """Tell how long it takes to get a page."""
    began = perf_counter()
    fetch(address)
    return perf_counter() - began

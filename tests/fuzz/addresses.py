"""Every address of the site, from the URLconf itself, filled in with what there is and with what there is not."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import strategies as st

from tests.fuzz.values import anything, raw

PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")

#: What stands in the other places of addresses.
OTHERS = {
    "kind": ("status", "beslut", "utfall"),
    "version": ("1", "2"),
    "end": ("pdf", "docx", "xlsx"),
    "name": ("mal", "lagesrapporter", "beslut", "allt"),
    "form": ("csv", "json", "xlsx"),
    "section": ("mal", "planer", "amnen"),
    "provider_id": ("kommun",),
    "app_label": ("parties", "goals", "proposals"),
    "content_type_id": ("1", "9"),
    "model": ("goal",),
    **dict.fromkeys(("token", "uidb36", "id", "url", "rest"), ("1", "x")),
}


@dataclass(frozen=True, slots=True)
class Address:
    """An address by its name, with the places that are to be filled in."""

    name: str
    route: str

    @property
    def places(self) -> list[str]:
        return [place for _, place in PLACE.findall(self.route)]

    def filled(self, values: dict[str, str]) -> str:
        return "/" + PLACE.sub(lambda found: values.get(found[2], "1"), self.route)


def every_address() -> list[Address]:
    """Give every address of the URLconf, the administration's too."""
    return [address for address in _below(get_resolver(), "") if "<" not in PLACE.sub("", address.route)]


def _below(resolver: URLResolver, above: str) -> list[Address]:
    found: list[Address] = []
    for pattern in resolver.url_patterns:
        route = above + _route(pattern)
        if isinstance(pattern, URLResolver):
            found += _below(pattern, route)
        else:
            found.append(Address(pattern.name or route, route))
    return found


def _route(pattern: URLPattern | URLResolver) -> str:
    written = str(pattern.pattern)
    if written.startswith(("^", "(?P")):  # of Django's own: the administration's last one takes whatever is left
        return "<path:url>" if "url" in written else ""
    return written


@cache
def _of_the_site() -> list[dict[str, str]]:
    """Give what stands in addresses together: plans with their goals, topics, issues and periods."""
    from goals.models import Goal, Issue, ReportingPeriod, Topic
    from parties.models import User
    from proposals.models import Draft, Proposal

    found = []
    drafts = [str(key) for key in Draft.objects.values_list("pk", flat=True)] or ["1"]
    for place, proposal in enumerate(Proposal.objects.select_related("plan_year__committee__municipality", "party")):
        municipality, committee, year = proposal.plan_year.address
        goals = list(Goal.objects.filter(proposal=proposal)[:12])
        issues = list(Issue.objects.filter(committee=proposal.plan_year.committee)[:12])
        topics = list(Topic.objects.filter(committee=proposal.plan_year.committee)[:6])
        periods = list(ReportingPeriod.objects.filter(plan_year=proposal.plan_year))
        for turn in range(12):
            plan = {
                "municipality": municipality,
                "committee": committee,
                "year": str(year),
                "party": proposal.party.slug,
                "number": str(goals[turn % len(goals)].number) if goals else "1",
                "issue": issues[turn % len(issues)].slug if issues else "x",
                "topic": topics[turn % len(topics)].slug if topics else "x",
                "period": periods[turn % len(periods)].slug if periods else "delar",
                "pk": drafts[(place + turn) % len(drafts)],
            }
            others = {place: choices[turn % len(choices)] for place, choices in OTHERS.items()}
            found.append({**others, "key": str(turn), "object_id": str(1 + turn), **plan})
    # The keys that the API and the administration know rows by.
    for values, user in zip(found, User.objects.all(), strict=False):
        values["object_id"] = str(user.pk)
    return found


@st.composite
def addresses(draw: Any, address: Address) -> str:
    """Fill an address in, most often with what belongs together, and sometimes with anything."""
    values = dict(draw(st.sampled_from(_of_the_site())))
    if address.places and draw(st.integers(0, 5)) == 0:
        place = draw(st.sampled_from(address.places))
        values[place] = quote(draw(anything)[:400], safe="") if draw(st.booleans()) else draw(raw).decode()
    path = address.filled(values)
    if draw(st.integers(0, 40)) == 0:
        path = draw(
            st.sampled_from(("/" + path, path.rstrip("/"), path + "x.css", path + "%2f", path.upper(), path + ";x"))
        )
    return path

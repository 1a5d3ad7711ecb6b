"""Who may open what: every address of the site, tried by everyone in the fixed cast.

A new view without a row here fails, and so does a row whose view is gone.
"""

from datetime import date

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from goals.models import Decision, Goal, ReportingPeriod, StatusUpdate
from tests.cast import CAST, MEMBER, NOBODY, OTHER, Cast
from tests.conftest import BASE, YEAR

#: What each in the cast gets, in the order of the cast: nobody, member, other secretary, secretary, administrator,
#: superuser.
OPEN = (200,) * 6
LEADS = (301,) * 6
#: Those who work for the committee; who is signed out is led to sign in, and for others there is no such page.
WORKERS = (302, 404, 404, 200, 200, 200)

#: The address to try for each name, and what is answered.
DOORS: dict[str, tuple[str, tuple[int, ...]]] = {
    "start": ("/", OPEN),
    "committee": (f"{BASE}/", OPEN),
    "plan_year": (f"{YEAR}/", LEADS),
    "compare": (f"{YEAR}/jamfor/", OPEN),
    "plan": (f"{YEAR}/v/", OPEN),
    "original": (f"{YEAR}/v/original/", OPEN),
    "goal": (f"{YEAR}/v/25/", OPEN),
    "topic": (f"{BASE}/amne/barn-och-unga/", OPEN),
    "issue": (f"{BASE}/fraga/faltassistenter/", OPEN),
    "decide": (f"{YEAR}/v/25/beslut/", WORKERS),
    "measure": (f"{YEAR}/kd/14/utfall/", WORKERS),
    "correct": (f"{YEAR}/v/25/ratta/beslut/{{decision}}/", WORKERS),
    "work": ("/arbete/", (302, 404, 404, 302, 302, 302)),
    "queue": (f"/arbete{YEAR}/delar/", WORKERS),
    "judge": (f"/arbete{YEAR}/delar/v/25/", WORKERS),
    "undo": (f"/arbete{YEAR}/delar/v/25/angra/", (405,) * 6),
    "batch": (f"/arbete{YEAR}/delar/samla/?mal=all", (302, 404, 404, 302, 302, 302)),
    "periods": (f"/arbete{YEAR}/perioder/", WORKERS),
    "change_period": (f"/arbete{YEAR}/perioder/delar/", WORKERS),
    "lock_period": (f"/arbete{YEAR}/perioder/delar/las/", (405,) * 6),
    "about": ("/om/", OPEN),
    "accessibility": ("/tillganglighet/", OPEN),
    "robots": ("/robots.txt", OPEN),
    "favicon": ("/favicon.ico", (302,) * 6),
    "sitemap": ("/sitemap.xml", OPEN),
    "django.contrib.sitemaps.views.sitemap": ("/sitemap-mal.xml", OPEN),
}


def is_for_workers(name: str) -> bool:
    """Tell whether an address is for those alone who work for the committee, and takes forms."""
    _, answers = DOORS[name]
    return (answers == WORKERS and name != "queue") or name in ("undo", "lock_period", "batch")


def names(patterns: list[URLPattern | URLResolver]) -> set[str]:
    found: set[str] = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":  # tests/config/test_admin.py goes through it page by page
                found |= names(pattern.url_patterns)
        else:
            found.add(str(pattern.name))
    return found


def test_every_address_has_a_door():
    """Every address is tried below, and nothing that is not there."""
    assert names(get_resolver().url_patterns) == set(DOORS)


@pytest.mark.parametrize("name", DOORS)
def test_access(cast: Cast, name: str):
    """Each in the cast gets what the table says."""
    address, expected = DOORS[name]
    decision = Goal.objects.get(proposal__party__slug="v", number=25).decide(
        "adopted", by=cast.secretary, date=date(2017, 1, 20)
    )
    address = address.format(decision=decision.pk)
    answers = tuple(cast.client(who).get(address).status_code for who in CAST)
    assert answers == expected


@pytest.mark.parametrize("name", [name for name, (address, _) in DOORS.items() if is_for_workers(name)])
@pytest.mark.parametrize("who", [NOBODY, MEMBER, OTHER])
def test_nobody_else_writes(cast: Cast, name: str, who: str):
    """Who does not work for the committee is led to sign in or finds no such page, and nothing is written."""
    address = DOORS[name][0].format(decision=1)
    response = cast.client(who).post(address, {"status": "achieved", "outcome": "adopted", "mal": "1", "rapport": "1"})
    assert response.status_code == (302 if who == NOBODY else 404)
    assert not StatusUpdate.objects.exists()
    assert not Decision.objects.exists()
    assert not ReportingPeriod.objects.exclude(locked_at=None).exists()


@pytest.mark.parametrize("name", [name for name, (_, answers) in DOORS.items() if answers[0] == 200])
def test_readers_get_no_cookie(cast: Cast, name: str):
    """Who reads without signing in is given nothing to keep."""
    assert not cast.client(NOBODY).get(DOORS[name][0]).cookies

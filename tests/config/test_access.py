"""Who may open what: every address of the site, tried by everyone in the fixed cast.

A new view without a row here fails, and so does a row whose view is gone.
"""

from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.cast import CAST, NOBODY, Cast
from tests.conftest import BASE, YEAR

#: What each in the cast gets, in the order of the cast: nobody, member, other secretary, secretary, administrator,
#: superuser.
OPEN = (200,) * 6
LEADS = (301,) * 6
#: For those who judge the committee's goals.
WORKING = (302, 404, 404, 200, 200, 200)

#: The address to try for each name, and what is answered.
DOORS: dict[str, tuple[str, tuple[int, ...]]] = {
    "start": ("/", OPEN),
    "committee": (f"{BASE}/", OPEN),
    "plan_year": (f"{YEAR}/", LEADS),
    "compare": (f"{YEAR}/jamfor/", OPEN),
    "plan": (f"{YEAR}/v/", OPEN),
    "original": (f"{YEAR}/v/original/", OPEN),
    "goal": (f"{YEAR}/v/25/", OPEN),
    "goal_log": (f"{YEAR}/v/25/logg/", WORKING),
    "topic": (f"{BASE}/amne/barn-och-unga/", OPEN),
    "issue": (f"{BASE}/fraga/faltassistenter/", OPEN),
    "about": ("/om/", OPEN),
    "accessibility": ("/tillganglighet/", OPEN),
    "robots": ("/robots.txt", OPEN),
    "favicon": ("/favicon.ico", (302,) * 6),
    "sitemap": ("/sitemap.xml", OPEN),
    "django.contrib.sitemaps.views.sitemap": ("/sitemap-mal.xml", OPEN),
}


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
def test_access(cast: Cast, name: str, settings: Any):
    """Each in the cast gets what the table says."""
    settings.LOGIN_URL = "/logga-in/"
    address, expected = DOORS[name]
    answers = tuple(cast.client(who).get(address).status_code for who in CAST)
    assert answers == expected


@pytest.mark.parametrize("name", [name for name, (_, answers) in DOORS.items() if answers[0] == 200])
def test_readers_get_no_cookie(cast: Cast, name: str):
    """Who reads without signing in is given nothing to keep."""
    assert not cast.client(NOBODY).get(DOORS[name][0]).cookies

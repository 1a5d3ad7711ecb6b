"""What of the site is copied: what links without a query lead to, and the few queries that are navigation.

Everything else needs a server or an account. Links to it are kept, and lead to the living site.
"""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from django.urls import Resolver404, resolve

#: Where the copying begins; the rest is found by following links.
BEGINNINGS = ("/", "/sitemap.xml", "/robots.txt")

#: What needs a server or an account, whatever links there are to it.
LIVING = ("/admin/", "/api/", "/arbete/", "/folj/", "/konto/", "/logga-in/", "/logga-ut/", "/sok/")

#: For the names of pages, the parts of a query that lead to a page of their own: only links make them, so they end.
NAVIGATION: Mapping[str, frozenset[str]] = {
    "compare": frozenset({"amne", "parti"}),
    "plan": frozenset({"visa"}),
    "plan_version": frozenset({"visa"}),
    "changes": frozenset({"fore"}),
    "overview": frozenset({"period", "mot"}),
    "overview_goals": frozenset({"period", "mot", "parti", "amne", "status", "beslut", "urval"}),
    "django.contrib.sitemaps.views.sitemap": frozenset({"p"}),
}


def is_copied(address: str) -> bool:
    """Tell whether an address of the site (path and query) becomes a file."""
    path, _, query = address.partition("?")
    if path.startswith(LIVING):
        return False
    if not query:
        return True
    try:
        name = resolve(path).view_name
    except Resolver404:
        return False
    asked = {name for name, _ in parse_qsl(query, keep_blank_values=True)}
    return asked <= NAVIGATION.get(name, frozenset())

"""Chromium's contexts, each a browser of its own, lent to one test after the other.

To make one takes half a second of the processor's time, which is more than most tests use it for.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

#: What each is made with, unless something else is asked for.
USUAL: dict[str, Any] = {"locale": "sv-SE", "viewport": {"width": 1280, "height": 900}}


class Contexts:
    """Those that have been made, by what they were made with, and are not lent to anyone."""

    def __init__(self, browser: Browser):
        self.browser = browser
        self.free: dict[str, list[BrowserContext]] = {}

    def close(self) -> None:
        for contexts in self.free.values():
            for context in contexts:
                context.close()

    @contextmanager
    def lent(self) -> Iterator["Lent"]:
        """Lend as many as are wanted until this ends; whoever has them next finds nothing in them."""
        lent = Lent(self)
        try:
            yield lent
        finally:
            for key, context in lent.contexts:
                _empty(context)
                self.free.setdefault(key, []).append(context)


class Lent:
    """What a test has borrowed."""

    def __init__(self, kept: Contexts):
        self.kept = kept
        self.contexts: list[tuple[str, BrowserContext]] = []

    def context(self, *, scripts: bool = True, cookies: Sequence[Any] = ()) -> BrowserContext:
        """Give one that nobody else has, with scripts or without, and with cookies in it."""
        how = {**USUAL, "java_script_enabled": scripts}
        free = self.kept.free.setdefault(key := repr(how), [])
        context = free.pop() if free else self._new(how)
        self.contexts.append((key, context))
        if cookies:
            context.add_cookies(cookies)
        return context

    def _new(self, how: dict[str, Any]) -> BrowserContext:
        """Make one, with an empty page that stays: without any its process ends, and each page would begin one anew."""
        context = self.kept.browser.new_context(**how)
        context.new_page()
        return context

    def page(self, *, scripts: bool = True, cookies: Sequence[Any] = ()) -> Page:
        """Open a page in one."""
        return self.context(scripts=scripts, cookies=cookies).new_page()


def _empty(context: BrowserContext) -> None:
    """Close all pages but the first, with what hangs on them, and take away what they have left.

    Chromium itself is asked, and not the pages' scripts, which may wait for something.
    """
    for page in context.pages[1:]:
        place = urlsplit(page.url)
        if place.scheme in ("http", "https"):
            what = {"origin": f"{place.scheme}://{place.netloc}", "storageTypes": "all"}
            context.new_cdp_session(page).send("Storage.clearDataForOrigin", what)
        page.close()
    context.clear_cookies()
    context.clear_permissions()

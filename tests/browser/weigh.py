"""Weighs pages in a real browser: what a first view and a repeated one take over the wire.

``make weigh`` prints the table that stands in docs/weight.md.
"""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import find, launch_arguments

YEAR = "/eskilstuna/socialnamnden/2017"
PAGES = {
    "Start": "/",
    "Compare": f"{YEAR}/jamfor/",
    "Plan (V)": f"{YEAR}/v/",
    "Goal (V 25)": f"{YEAR}/v/25/",
    "Topic": "/eskilstuna/socialnamnden/amne/barn-och-unga/",
}

#: Counts how much the page moved while it loaded (Cumulative Layout Shift).
SHIFT = """
window.shift = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
"""


@dataclass(frozen=True)
class Weight:
    """Bytes over the wire with headers, requests, and layout shift of a first view; bytes of a repeated one."""

    first: int
    requests: int
    repeated: int
    shift: float


def weigh(browser: Browser, address: str) -> Weight:
    """Load a page twice in a fresh context, as a reader who comes back does, and count what came over the wire."""
    context = browser.new_context(viewport={"width": 412, "height": 823})
    page = context.new_page()
    page.add_init_script(SHIFT)
    client = context.new_cdp_session(page)
    client.send("Network.enable")
    sizes: list[int] = []
    client.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    first, requests = sum(sizes), len(sizes)
    shift = float(page.evaluate("window.shift"))
    sizes.clear()
    page.goto("about:blank")
    page.goto(address, wait_until="networkidle")
    repeated = sum(sizes)
    context.close()
    return Weight(first, requests, repeated, shift)


@dataclass(frozen=True)
class Styles:
    """The style sheets of a page, in bytes before they are compressed, and how much of that it has use for."""

    size: int
    used: int


def styles_of(browser: Browser, address: str) -> Styles:
    """Ask Chromium which rules it has applied to a page: on a phone, on a wide window, in dark, and on paper."""
    context = browser.new_context()
    page = context.new_page()
    client = context.new_cdp_session(page)
    lengths: dict[str, int] = {}

    def added(event: dict[str, Any]) -> None:
        lengths[event["header"]["styleSheetId"]] = int(event["header"]["length"])

    client.on("CSS.styleSheetAdded", added)
    for command in ("DOM.enable", "CSS.enable", "CSS.startRuleUsageTracking"):
        client.send(command)
    for width, scheme, media in ((360, "light", "screen"), (1280, "light", "screen"), (1280, "dark", "print")):
        page.set_viewport_size({"width": width, "height": 823})
        page.emulate_media(color_scheme=scheme, media=media)  # type: ignore[arg-type]
        if media == "screen" and width == 360:
            page.goto(address, wait_until="networkidle")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    rules = client.send("CSS.stopRuleUsageTracking")["ruleUsage"]
    ours = [rule for rule in rules if rule["used"] and rule["styleSheetId"] in lengths]
    used = {(rule["styleSheetId"], rule["startOffset"], rule["endOffset"]) for rule in ours}
    context.close()
    return Styles(sum(lengths.values()), int(sum(end - start for _, start, end in used)))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded

    if embedded.is_needed(["weigh"]):
        embedded.start()
    from tests.browser.server import served

    with (
        tempfile.TemporaryDirectory() as folder,
        served("weigh_namndkollen", Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find(), args=launch_arguments())
        print(f"Chromium {browser.version}\n")
        print("| page | first view | requests | repeated view | layout shift | style sheets, of which used |")
        print("|---|---|---|---|---|---|")
        for name, path in PAGES.items():
            weight, styles = weigh(browser, site + path), styles_of(browser, site + path)
            print(
                f"| {name} | {weight.first / 1000:.1f} kB | {weight.requests} | {weight.repeated / 1000:.1f} kB "
                f"| {weight.shift:.3f} | {styles.size / 1000:.1f} kB, {100 * styles.used / styles.size:.0f} % |"
            )
        browser.close()


if __name__ == "__main__":
    main()

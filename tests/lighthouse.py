"""Lets Lighthouse judge the pages that most readers come to, as on a phone, and weighs them.

``make lighthouse`` prints the table that stands in docs/weight.md, and fails if a bound is missed. Lighthouse is
fetched once, from npm, into the user's cache.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.chromium import find, launch_arguments
from tests.browser.weigh import YEAR, Weight, weigh

#: The newest that runs on Node.js 20; 13 wants 22.
VERSION = "12.8.2"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "namndkollen" / f"lighthouse-{VERSION}"
HELP = (
    "Fel: Node.js och npm behövs. Installera dem "
    "(Debian och Ubuntu: apt-get install nodejs npm; macOS: brew install node)."
)

PAGES = {
    "Start": "/",
    "Compare": f"{YEAR}/jamfor/",
    "Goal (V 25)": f"{YEAR}/v/25/",
    "Plan (V)": f"{YEAR}/v/",
}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
#: What each page may take at most: milliseconds, the share of the window that moves, and bytes.
PAINTED, BLOCKED, MOVED = 1_500, 50, 0.02
FIRST, REPEATED = 110_000, 20_000
#: How often each page is judged; the median stands. One run on a busy machine says little of speed.
RUNS = 3
#: How often it may fail to judge at all.
TRIES = 3


@dataclass(frozen=True)
class Judgement:
    """What Lighthouse says of a page: scores of 100, largest paint, blocking, layout shift, and what it objects to."""

    scores: tuple[int, ...]
    painted: float
    blocked: float
    moved: float
    objections: tuple[str, ...]

    @classmethod
    def of(cls, report: dict[str, Any]) -> "Judgement":
        """Read it out of a report."""
        audits = report["audits"]
        objections = tuple(
            f"{category}: {audits[reference['id']]['title']} ({audits[reference['id']].get('displayValue') or 'no'})"
            for category in CATEGORIES
            for reference in report["categories"][category]["auditRefs"]
            if reference["weight"] and (audits[reference["id"]]["score"] or 0) < 1
            if audits[reference["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
        )
        return cls(
            tuple(round(100 * (report["categories"][category]["score"] or 0)) for category in CATEGORIES),
            audits["largest-contentful-paint"]["numericValue"],
            audits["total-blocking-time"]["numericValue"],
            audits["cumulative-layout-shift"]["numericValue"],
            objections,
        )

    def misses(self) -> list[str]:
        """Say which bounds are missed."""
        return [
            *(f"{name} {score}" for name, score in zip(CATEGORIES, self.scores, strict=True) if score < 100),
            *([f"largest paint {self.painted:.0f} ms"] if self.painted > PAINTED else []),
            *([f"blocking {self.blocked:.0f} ms"] if self.blocked > BLOCKED else []),
            *([f"layout shift {self.moved:.3f}"] if self.moved > MOVED else []),
        ]


def program() -> Path:
    """Give the path of Lighthouse, which is fetched if it is not there.

    It is fetched without what else its packages would run, and leaves no list of where they came from.
    """
    if not (shutil.which("node") and shutil.which("npm")):
        sys.exit(HELP)
    main = CACHE / "node_modules/lighthouse/cli/index.js"
    if not main.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        quiet = ("--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        fetched = subprocess.run(
            ["npm", "install", "--prefix", str(CACHE), *quiet, f"lighthouse@{VERSION}"], check=False
        )
        if fetched.returncode or not main.exists():
            sys.exit(f"Fel: Lighthouse {VERSION} kunde inte hämtas från npm.")
    return main


def judge(address: str, folder: Path) -> Judgement:
    """Let Lighthouse open a page in a fresh Chromium, as a phone with a slow connection."""
    out = folder / "report.json"
    flags = " ".join(["--headless=new", *launch_arguments()])
    command = ["node", str(program()), address, "--quiet", "--output=json", f"--output-path={out}"]
    only = [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}"]
    environment = {**os.environ, "CHROME_PATH": str(find())}
    for left in reversed(range(TRIES)):
        # It loses the beginning of its own recording now and then, and asks to be run again.
        if not subprocess.run([*command, *only], env=environment, check=not left, timeout=300).returncode:
            break
    return Judgement.of(json.loads(out.read_text()))


def median(judgements: list[Judgement]) -> Judgement:
    """Give the middle of several judgements, figure for figure, and all that any of them objects to."""
    return Judgement(
        tuple(round(statistics.median(scores)) for scores in zip(*(each.scores for each in judgements), strict=True)),
        *(statistics.median(getattr(each, name) for each in judgements) for name in ("painted", "blocked", "moved")),
        tuple(dict.fromkeys(objection for each in judgements for objection in each.objections)),
    )


def row(name: str, judgement: Judgement, weight: Weight) -> str:
    """Give a page's row of the table."""
    figures = (
        *judgement.scores,
        f"{judgement.painted / 1000:.2f} s",
        f"{judgement.blocked:.0f} ms",
        f"{judgement.moved:.3f}",
        f"{weight.first / 1000:.1f} kB",
        f"{weight.repeated / 1000:.1f} kB",
    )
    return f"| {name} | {' | '.join(map(str, figures))} |"


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    program()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded

    if embedded.is_needed(["lighthouse"]):
        embedded.start()
    from tests.browser.server import served

    missed = []
    with (
        tempfile.TemporaryDirectory() as folder,
        served("lighthouse_namndkollen", Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=find(), args=launch_arguments())
        print(f"Lighthouse {VERSION}, Chromium {browser.version}, median of {runs}\n")
        print(
            "| page | performance | accessibility | best practices | SEO | largest paint | blocking | layout shift ",
            end="",
        )
        print("| first view | repeated view |")
        print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
        for name, path in PAGES.items():
            judgement = median([judge(site + path, Path(folder)) for _ in range(runs)])
            weight = weigh(browser, site + path)
            print(row(name, judgement, weight), flush=True)
            too_heavy = [f"first view {weight.first} bytes"] if weight.first > FIRST else []
            too_heavy += [f"repeated view {weight.repeated} bytes"] if weight.repeated > REPEATED else []
            missed += [f"{name}: {what}" for what in (*judgement.misses(), *too_heavy)]
            for objection in judgement.objections:
                print(f"{name}: {objection}", file=sys.stderr, flush=True)
        browser.close()
    if missed:
        sys.exit("Missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()

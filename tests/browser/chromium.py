"""Finds the Chromium that the browser tests drive, or installs Debian's, or says what to install.

``python -m tests.browser.chromium`` is run by ``make test`` before the tests.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "brave-browser")
MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
HELP = (
    "Fel: ingen Chromium hittades, och den kunde inte installeras. Installera Chromium eller Google Chrome "
    "(Debian och Ubuntu: apt-get install chromium), eller ange en med CHROMIUM=/sökväg/till/chromium."
)


def find() -> str | None:
    """Give the path of a Chromium: the one that CHROMIUM names, or one in the usual places."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    in_path = next(filter(None, map(shutil.which, NAMES)), None)
    return in_path or next((path for path in MAC_APPLICATIONS if Path(path).exists()), None)


def launch_arguments() -> list[str]:
    """Give the arguments that Chromium needs here: no sandbox for root, and no talk with the world."""
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return [*quiet, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else quiet


def install() -> bool:
    """Install Debian's package, where that can be done; tell whether it was tried and went well."""
    if os.environ.get("CHROMIUM") or not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"])
    return all(
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
        for command in commands
    )


def main() -> None:
    if not find() and not (install() and find()):
        sys.exit(HELP)


if __name__ == "__main__":
    main()

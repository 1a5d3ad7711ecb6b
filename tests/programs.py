"""Finds the programs that tests and measurements need, or installs Debian's, or says what to install.

LibreOffice, for Excel and Word files, and pdftotext, which people open our files with; nginx, which is to stand in
front of the site; wrk, which asks for pages faster than a site can answer. ``python -m tests.programs`` is run by
``make test`` before the tests, and with the names of programs by what needs others.
"""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

#: Each program by its name, and Debian's packages that have it.
PACKAGES = {
    "soffice": ("libreoffice-calc-nogui", "libreoffice-writer-nogui"),
    "pdftotext": ("poppler-utils",),
    "nginx": ("nginx",),
    "wrk": ("wrk",),
}
#: What the tests need; the others are for measuring.
FOR_TESTS = ("soffice", "pdftotext", "nginx")
#: Where Debian keeps programs of the system's, which are not on everybody's path.
SYSTEM = "/usr/sbin"
MAC_OFFICE = "/Applications/LibreOffice.app/Contents/MacOS/soffice"
HELP = (
    "Fel: {missing} hittades inte, och kunde inte installeras. Installera "
    "(Debian och Ubuntu: apt-get install {packages}; "
    "macOS: brew install poppler nginx wrk, och brew install --cask libreoffice)."
)


def find(name: str) -> str | None:
    """Give the path of a program."""
    mac = MAC_OFFICE if name == "soffice" and Path(MAC_OFFICE).exists() else None
    return shutil.which(name) or shutil.which(name, path=SYSTEM) or mac


def missing(names: Iterable[str]) -> list[str]:
    """Name the programs that are not there."""
    return [name for name in names if not find(name)]


def install(names: list[str]) -> None:
    """Install Debian's packages, where that can be done."""
    if not names or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    packages = [package for name in names for package in PACKAGES[name]]
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([*command, "-qq"], env=environment, stdout=subprocess.DEVNULL, check=False)


def convert(files: list[Path], to: str, folder: Path) -> None:
    """Let LibreOffice open files and save each in another format, in one run, with a profile of its own."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(find("soffice")), profile, "--headless", "--convert-to", to, "--outdir", str(folder)]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=90)


def sheets(file: Path, folder: Path) -> dict[str, list[list[str]]]:
    """Give the rows of each sheet of an Excel file, as LibreOffice shows them."""
    # Every sheet is written to a file of its own: comma, quote, UTF-8, from the first row, as shown.
    convert([file], "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", folder)
    found = {}
    for path in folder.glob(f"{file.stem}-*.csv"):
        with path.open(encoding="utf-8", newline="") as text:
            found[path.stem.removeprefix(f"{file.stem}-")] = list(csv.reader(text))
    return found


def pdf_text(file: Path) -> str:
    """Give the text that pdftotext finds in a PDF, in the order of reading."""
    command = [str(find("pdftotext")), "-enc", "UTF-8", str(file), "-"]
    return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()


def require(names: Sequence[str]) -> None:
    """Find these programs, or install them, or end with what to install."""
    install(missing(names))
    if still := missing(names):
        packages = " ".join(package for name in still for package in PACKAGES[name])
        sys.exit(HELP.format(missing=" och ".join(still), packages=packages))


if __name__ == "__main__":
    require(sys.argv[1:] or FOR_TESTS)

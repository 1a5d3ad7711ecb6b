"""Runs wrk, which asks for a page over as many connections as one says, as often as it is answered."""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.programs import find

HERE = Path(__file__).parent
#: How many readers ask at a time.
CONNECTIONS = 16


class NothingMeasuredError(Exception):
    """No request was answered, or wrk did not run; the message has what it said."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round gave: requests per second, milliseconds at the median and the 99th percentile, and errors."""

    per_second: float
    p50: float
    p99: float
    errors: int


def read(address: str, seconds: int, headers: Mapping[str, str]) -> Round:
    """Ask for a page."""
    named = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    return _wrk(["-t1", f"-d{seconds}s", *named, "-s", str(HERE / "read.lua"), address])


def write(address: str, seconds: int, writers: Path) -> Round:
    """Report statuses; the file has a line for each connection: the path, the session, and the latest record."""
    return _wrk([f"-t{CONNECTIONS}", f"-d{seconds}s", "-s", str(HERE / "write.lua"), address, "--", str(writers)])


def _wrk(arguments: list[str]) -> Round:
    # A page of thousands of goals that is made each time takes longer than wrk waits by itself.
    command = [str(find("wrk")), f"-c{CONNECTIONS}", "--timeout", "60s", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return measured(done.stdout + done.stderr)


def measured(said: str) -> Round:
    """Read what our scripts let wrk say.

    :raises NothingMeasuredError: if it does not say it, or not a single request was answered.
    """
    found = re.search(r"^measured (\d+) (\d+) (\d+) (\d+) (\d+)$", said, re.MULTILINE)
    requests, duration, p50, p99, errors = map(int, found.groups()) if found else (0, 0, 0, 0, 0)
    if not requests or not duration:
        raise NothingMeasuredError(f"wrk measured nothing: {said.strip()[-500:]}")
    return Round(requests * 1e6 / duration, p50 / 1000, p99 / 1000, errors)

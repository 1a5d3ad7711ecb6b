"""What the site answered, counted, and how to ask again for what it could not answer."""

import re
import shlex
from collections import Counter
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import monotonic

#: What the log says of a fault, also of one that the answer says nothing of: config/log.py writes its lines.
FAULT = re.compile(rb'Traceback \(most recent call last\)|panicked at|"level": "(?:ERROR|CRITICAL)"|"error": "')
#: What Django refuses with 400, because it is not safe, it logs as an error; it is none of ours.
REFUSED = b'"logger": "django.security.'
#: Where each request is said to come from: a place of its own. Hypothesis makes chance repeat itself.
PLACES = (f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}" for number in count(1))
#: Longer than this, in seconds, is told of, and is no failure: the machine may be busy.
SLOW = 5


def faults(said: bytes) -> list[bytes]:
    """Give the lines of the log that tell of a fault."""
    return [line for line in said.splitlines() if FAULT.search(line) and REFUSED not in line]


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as it was sent."""

    name: str
    role: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None

    def again(self) -> str:
        """Give the command that sends it again, for who is signed in as the role."""
        parts = ["curl", "-i", "-X", self.method]
        for header, value in self.headers.items():
            shown = "sessionid=…; csrftoken=…" if header == "Cookie" and self.role else value
            parts += ["-H", f"{header}: {shown}"]
        if self.body is not None:
            parts += ["--data-binary", "$" + repr(self.body[:2000])[1:]]
        return " ".join(part if part.startswith("$'") else shlex.quote(part) for part in [*parts, "SITE" + self.path])


@dataclass(slots=True)
class Answers:
    """The answers so far."""

    log: Path
    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    slowest: dict[str, float] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    read_to: int = 0
    began: float = field(default_factory=monotonic)

    def take(self, request: Request, status: int, seconds: float, wrong: str = "") -> None:
        """Count an answer, and look in the server's log for what it says of it."""
        self.counts["no answer" if status == 0 else f"{status // 100}xx"] += 1
        self.statuses[request.name, status] += 1
        if seconds > SLOW:
            self.slowest[request.name] = max(seconds, self.slowest.get(request.name, 0))
        said = self._new_in_log()
        if status >= 500 or status == 0 or wrong or faults(said):
            last = (said.strip().splitlines() or [b""])[-1].decode(errors="replace")[:200]
            why = f"{request.name}: {wrong or status} {last}"
            if why not in self.failures:
                as_whom = request.role or "nobody"
                self.failures[why] = (
                    f"{why}\n  as {as_whom}: {request.again()}\n{said.decode(errors='replace')[-3000:]}"
                )
                print(f"FAILED {self.failures[why]}", flush=True)

    def _new_in_log(self) -> bytes:
        if self.log.stat().st_size == self.read_to:
            return b""
        with self.log.open("rb") as file:
            file.seek(self.read_to)
            said = file.read()
            self.read_to = file.tell()
        return said

    @property
    def is_well(self) -> bool:
        """Tell whether nothing broke, and pages and forms were answered at all."""
        met = {name.endswith(" (form)") for name, status in self.statuses if 200 <= status < 400}
        return not self.failures and met == {True, False}

    def summary(self) -> str:
        """Tell how it went."""
        total = sum(self.counts.values())
        never = sorted({name for name, _ in self.statuses} - {name for name, status in self.statuses if status < 400})
        lines = [f"{total} requests in {monotonic() - self.began:.0f} s: {dict(sorted(self.counts.items()))}"]
        asked = len({name for name, _ in self.statuses})
        lines.append(f"{asked} addresses and forms; never answered below 400: {', '.join(never) or 'none'}")
        if self.slowest:
            lines.append(
                "slower than 5 s: " + ", ".join(f"{name} {seconds:.0f} s" for name, seconds in self.slowest.items())
            )
        lines.append(f"{len(self.failures)} failures")
        return "\n".join(lines)

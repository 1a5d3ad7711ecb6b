"""What was tried and what came of it, as a table for docs/faults.md."""

from collections.abc import Sequence
from dataclasses import dataclass, field

HEAD = "| fault | what was done | acknowledged | lost | doubled | half done | answers again after | seen meanwhile |"


def seconds(times: list[float]) -> str:
    """Write times: the shortest and the longest."""
    if not times:
        return "–"
    shortest, longest = f"{min(times):.1f}", f"{max(times):.1f}"
    return f"{longest} s" if shortest == longest else f"{shortest}–{longest} s"


@dataclass
class Row:
    """A fault, how often and in the middle of what, and what came of it. ``broken`` is what must not be.

    What could not be ``tried`` is a row too, since nobody knows what would have come of it.
    """

    fault: str
    done: str
    acknowledged: int | None = None
    lost: int | None = None
    doubled: int | None = None
    back: list[float] = field(default_factory=list)
    seen: str = ""
    broken: list[str] = field(default_factory=list)
    tried: bool = True

    @property
    def is_well(self) -> bool:
        return not (self.lost or self.doubled or self.broken)

    def acknowledge(self, status: int) -> None:
        """Count what was sent again and acknowledged; whatever else was answered breaks a promise."""
        if status == 302:
            self.acknowledged = (self.acknowledged or 0) + 1
        else:
            self.broken.append(f"sent again: {status or 'no answer'}")

    def __str__(self) -> str:
        cells = (
            self.fault,
            self.done,
            *("–" if count is None else f"{count:,}" for count in (self.acknowledged, self.lost, self.doubled)),
            "; ".join(self.broken) or ("0" if self.tried else "–"),
            seconds(self.back),
            self.seen or "–",
        )
        return f"| {' | '.join(cells)} |"


def summary(rows: Sequence[Row]) -> str:
    """Count what came of it all."""
    untried, ill = sum(not row.tried for row in rows), sum(not row.is_well for row in rows)
    return f"{len(rows)} rows: {len(rows) - untried - ill} well, {ill} not well, {untried} not tried"

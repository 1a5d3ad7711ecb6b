"""The table of what was measured, for people, and its place in a document."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.cases import COMPARE, EMPTY, FRONT, STATIC, Case

BEGIN, END = "<!-- make bench -->", "<!-- /make bench -->"

#: What is promised: which case, of which other, the least share of its requests per second, and the most goals in a
#: plan year for which it is. Of pages that are much larger than usual the bytes take the time, and nginx sends its own
#: files with fewer copies.
PROMISED = ((COMPARE, EMPTY, 0.9, 1000), (FRONT, STATIC, 0.8, 100))


def table(cases: Sequence[Case]) -> Iterator[str]:
    """Give the lines of a table of all cases, as shares of what they are measured against."""
    static, empty = (named(cases, name) for name in (STATIC, EMPTY))
    yield "| what | requests/s | p50 ms | p99 ms | of the static file | of the empty view |"
    yield "|---|--:|--:|--:|--:|--:|"
    for case in cases:
        errors = f" **{case.errors} errors**" if case.errors else ""
        yield (
            f"| {case.name}{errors} | {case.per_second:,.0f} | {case.p50:.2f} | {case.p99:.2f} "
            f"| {case.of(static):.3f} | {case.of(empty):.2f} |"
        )


def promises(cases: Sequence[Case], goals: int) -> Iterator[tuple[str, bool]]:
    """Tell of each thing that is promised of a plan year with so many goals how it is, and whether it is kept."""
    for name, other, least, most in PROMISED:
        if goals > most:
            continue
        share = named(cases, name).of(named(cases, other))
        kept = share >= least
        yield (
            f"{name}: {share:.2f} of {other[0].lower()}{other[1:]} (at least {least}: {'yes' if kept else 'NO'})",
            kept,
        )


def named(cases: Sequence[Case], name: str) -> Case:
    """Find a case."""
    return next(case for case in cases if case.name == name)


def write_between(path: Path, lines: Sequence[str], command: str = "bench") -> None:
    """Put what a command says in the place of the lines between its two marks in a document.

    :raises ValueError: if it has not got the marks.
    """
    text = path.read_text(encoding="utf-8")
    marks = [mark.replace("bench", command) for mark in (BEGIN, END)]
    before, begin, rest = text.partition(marks[0])
    _, end, after = rest.partition(marks[1])
    if not (begin and end):
        raise ValueError(f"{path} has not got the lines {marks[0]} and {marks[1]}.")
    path.write_text("\n".join([f"{before}{begin}", *lines, f"{end}{after}"]), encoding="utf-8")

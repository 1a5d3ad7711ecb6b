"""The review of a draft: what was found beside the document it was found in, line for line. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString

from proposals.models.drafts import Draft
from proposals.models.places import cited_lines
from proposals.reading import (
    Confidence,
    GoalKind,
    Heading,
    LeftOut,
    Line,
    ParsedPlan,
    Passage,
    PassageKind,
    Stated,
    Style,
    stated,
)
from proposals.reading.edit import BY_PERSON, coverage, cuts, key_of
from proposals.reading.rules import explain
from proposals.typeset import typeset

#: What a block is called, by what it is.
NAMES = {"heading": "Rubrik", "text": "Löptext", "goal": "Mål", "left_out": "Utelämnat", "blank": "Tomma rader"}
#: How sure the rules are of a goal, in Swedish.
SURENESS = {Confidence.CERTAIN: "säkert", Confidence.LIKELY: "troligt", Confidence.DOUBTFUL: "osäkert"}
KIND_NAMES = {GoalKind.GOAL: "Mål", GoalKind.ASSIGNMENT: "Uppdrag"}


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where a block may be parted: the character, and the words that would come after."""

    at: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Row:
    """A block beside its lines. ``why`` says by which rule it is what it is, ``doubts`` why a person should look.

    ``sureness`` says how sure the rules are of a goal.
    """

    key: str
    what: str
    name: str
    number: int | None
    html: SafeString
    cited: str
    page: int | None
    lines: tuple[Line, ...]
    why: str
    doubts: tuple[str, ...]
    is_doubtful: bool
    sureness: str
    level: int | None
    read_out: tuple[str, ...]
    cuts: tuple[Cut, ...]

    @property
    def says_the_same(self) -> bool:
        """Tell whether the block's words are its lines just as they stand, so that they need not be shown twice."""
        return len(self.lines) == 1 and self.lines[0].text == self.lines[0].raw.strip()


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """The blocks that begin on a page, and the places of their lines on it; ``number`` is ``None`` without pages."""

    number: int | None
    rows: tuple[Row, ...]

    @property
    def boxes(self) -> Iterator[tuple[Row, Line]]:
        """Each line that has a place on the page, with its block."""
        return ((row, line) for row in self.rows for line in row.lines if line.box and line.page == self.number)


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of lines that became the same thing, for the bar: where it begins and how wide it is, in thousandths."""

    what: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Covered:
    """How many lines became one thing."""

    what: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Review:
    """A draft as it is reviewed."""

    pages: tuple[PageOfRows, ...]
    doubtful: tuple[Row, ...]
    segments: tuple[Segment, ...]
    covered: tuple[Covered, ...]
    line_count: int
    unexplained: int
    goal_count: int


def review(draft: Draft, *, doubtful_only: bool = False, open_key: str = "") -> Review:
    """Arrange what was found in a draft's document beside the document."""
    lines, plan = draft.read_lines, draft.plan
    unit = "paragraph" if draft.document.has_paragraphs else "line"
    rows = [_row(block, lines, unit, draft.readings, open_key) for block in plan.blocks]
    doubtful = tuple(row for row in rows if row.is_doubtful)
    shown = [row for row in rows if row.is_doubtful or row.key == open_key] if doubtful_only else rows
    covered = coverage(plan, lines)
    counts = Counter(covered)
    return Review(
        pages=tuple(PageOfRows(page, tuple(found)) for page, found in groupby(shown, key=lambda row: row.page)),
        doubtful=doubtful,
        segments=tuple(_segments(covered)),
        covered=tuple(Covered(what, name, counts[what]) for what, name in NAMES.items() if counts[what]),
        line_count=len(lines),
        unexplained=counts[""],
        goal_count=len(plan.goals),
    )


def read_out(goal: Passage, readings: Mapping[str, Mapping[str, Any]]) -> Stated:
    """Give what is read out of a goal: by the rules, and before them by a person."""
    found = stated(goal.text, goal.goal_heading)
    said = readings.get(key_of(goal), {})
    said = {name: value for name, value in said.items() if name != "number"}
    if "kind" in said:
        said["kind"] = GoalKind(said["kind"])
    if said.get("target_value"):
        said["target_value"] = Decimal(said["target_value"])
    if said.get("due_on"):
        said["due_on"] = date.fromisoformat(said["due_on"])
    if "responsible" in said:
        said["responsible"] = tuple(said["responsible"])
    return replace(found, **said)


def next_doubtful(plan: ParsedPlan, key: str) -> str:
    """Give the key of the first doubtful block from a place on, or of the last one before; where none is left, the key.

    Where the doubtful ones alone are shown, what a person has just decided is gone, and this is where they go on.
    """
    keys = [key_of(block) for block in plan.blocks]
    doubtful = [at for at, block in enumerate(plan.blocks) if _is_doubtful(block)]
    place = keys.index(key) if key in keys else 0
    after = next((at for at in doubtful if at >= place), doubtful[-1] if doubtful else place)
    return keys[after]


def _is_doubtful(block: Heading | Passage | LeftOut) -> bool:
    return isinstance(block, Passage) and block.confidence is Confidence.DOUBTFUL


def _row(
    block: Heading | Passage | LeftOut,
    lines: Sequence[Line],
    unit: str,
    readings: Mapping[str, Mapping[str, Any]],
    open_key: str,
) -> Row:
    key = key_of(block)
    own = tuple(
        line
        for line in lines[block.first - 1 : block.last]
        if line.style is not Style.BLANK and (isinstance(block, LeftOut) or not line.left_out)
    )
    name, why, doubts, said = _told(block, readings)
    parted = cuts(block, lines) if key == open_key else []
    passage = block if isinstance(block, Passage) else None
    return Row(
        key=key,
        what=_what(block),
        name=name,
        number=passage.number if passage else None,
        html=typeset(block.text, [[mark.start, mark.end, mark.kind] for mark in passage.marks] if passage else ()),
        cited=cited_lines(block.first, block.last, unit, block.page),
        page=block.page,
        lines=own,
        why=why,
        doubts=doubts,
        sureness=SURENESS[passage.confidence] if passage and passage.kind is PassageKind.GOAL else "",
        is_doubtful=_is_doubtful(block),
        level=block.level if isinstance(block, Heading) else None,
        read_out=said,
        cuts=tuple(Cut(at, _last_words(block.text[:at]), _first_words(block.text[at:])) for at in parted),
    )


def _what(block: Heading | Passage | LeftOut) -> str:
    if isinstance(block, Heading):
        return "heading"
    if isinstance(block, LeftOut):
        return "left_out"
    return "goal" if block.kind is PassageKind.GOAL else "text"


def _told(
    block: Heading | Passage | LeftOut, readings: Mapping[str, Mapping[str, Any]]
) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """Say what a block is called, why it is that, what is doubtful, and what was read out of it."""
    if isinstance(block, Heading):
        return "Rubrik", "", (), ()
    if isinstance(block, LeftOut):
        return "Utelämnat", block.reason, (), ()
    if block.kind is not PassageKind.GOAL:
        name = {PassageKind.COVER: "Försättsblad", PassageKind.POINT: "Punkt i löptext"}.get(block.kind, "Löptext")
        return name, explanation(block), block.doubts, ()
    found = read_out(block, readings)
    target = " ".join(
        part
        for part in (found.bound, str(found.target_value).replace(".", ",") if found.target_value is not None else "")
        if part
    )
    said = (
        f"Målvärde: {target} {found.target_unit}".strip() if found.target_value is not None else "",
        f"Tid: {found.due_words}" if found.due_words else "",
        f"Hur ofta: {found.frequency}" if found.frequency else "",
        f"År: {found.due_year}" if found.due_year and not found.due_words else "",
        f"Utförare: {', '.join(found.responsible)}" if found.responsible else "",
    )
    return KIND_NAMES[found.kind], explanation(block), block.doubts, tuple(filter(None, said))


def explanation(passage: Passage) -> str:
    """Say in Swedish why a passage was taken for what it is."""
    if passage.rule == BY_PERSON:
        return "Bestämt av den som granskade"
    return explain(passage.rule, passage.goal_heading)


def _segments(covered: Sequence[str]) -> Iterator[Segment]:
    at = 0
    for what, run in groupby(covered):
        length = len(list(run))
        yield Segment(what or "unexplained", 1000 * at / len(covered), 1000 * length / len(covered))
        at += length


def _first_words(text: str) -> str:
    return " ".join(text.split()[:6])


def _last_words(text: str) -> str:
    return " ".join(text.split()[-6:])

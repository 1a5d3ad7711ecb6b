"""From lines to a plan: headings, passages and goals, with every line accounted for.

The rules are few and stated where they stand. Each passage remembers the rule that made it what it is, so that a
person can be told why a line was taken for a goal.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from proposals.reading.lines import Line, Mark, Style


class Confidence(Enum):
    """How sure the rules are of what a passage is; a person looks at the doubtful ones first."""

    CERTAIN = "certain"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"


class PassageKind(Enum):
    """What a passage is in its plan."""

    COVER = "cover"
    PROSE = "prose"
    POINT = "point"
    GOAL = "goal"


@dataclass(frozen=True, slots=True)
class GoalHeading:
    """A heading whose bullets are goals: its name, the pattern that knows it, and an example."""

    name: str
    pattern: re.Pattern[str]
    example: str


#: Headings whose bullets are goals, compared without case and without a closing colon.
GOAL_HEADINGS = (
    GoalHeading("mål-och-uppdrag", re.compile(r"mål och uppdrag"), "Mål och uppdrag:"),
    GoalHeading("uppdrag-till", re.compile(r"uppdrag till \w+"), "Uppdrag till förvaltningen"),
)

#: The longest line that is taken for a heading where the format marks none; the longest in known plans is 38.
LONGEST_HEADING = 80

_FINISHED = re.compile(r"[.!?:;…][\"”’»)\]]*$")
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines that belong together: ``first`` to ``last``, counted from 1, and ``raw`` exactly as it stands.

    Where a person has parted a line, ``start`` is the character of the first line's text that the block begins at, and
    ``end`` the one of the last line's text that it ends before. ``page`` is the page that it begins on.
    """

    first: int
    last: int
    raw: str
    text: str
    start: int = field(default=0, kw_only=True)
    end: int | None = field(default=None, kw_only=True)
    page: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Heading(Block):
    """A heading (avsnittsrubrik).

    ``level`` is 1 for the uppermost.
    """

    level: int


@dataclass(frozen=True, slots=True)
class Passage(Block):
    """A paragraph or bullet (textställe).

    ``number`` counts the goals of the plan from 1, in the document's order. ``goal_heading`` is the heading that makes
    the passage a goal. ``doubts`` are the reasons, in Swedish, why a person should look: not a goal after all, or a
    goal after all.
    """

    kind: PassageKind
    marks: tuple[Mark, ...]
    rule: str
    number: int | None = None
    goal_heading: str = ""
    confidence: Confidence = Confidence.CERTAIN
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut(Block):
    """A line that is no part of the text, with the reason in Swedish."""

    reason: str


@dataclass(frozen=True, slots=True)
class ParsedPlan:
    """A plan as it was read: its blocks in the order of the document, and how many lines the document has."""

    blocks: tuple[Heading | Passage | LeftOut, ...]
    line_count: int

    @property
    def goals(self) -> list[Passage]:
        """The passages that are goals, in order."""
        return [block for block in self.blocks if isinstance(block, Passage) and block.kind is PassageKind.GOAL]

    def goal_lists(self) -> list[int]:
        """Count the goals under each heading that has any, in order."""
        counts: list[int] = []
        fresh = True
        for block in self.blocks:
            if isinstance(block, Heading):
                fresh = True
            elif isinstance(block, Passage) and block.kind is PassageKind.GOAL:
                if fresh:
                    counts.append(0)
                counts[-1] += 1
                fresh = False
        return counts


@dataclass(slots=True)
class _Draft:
    """A block on its way: what the format said of it, and its lines."""

    style: Style
    lines: list[Line]
    level: int | None = None

    @property
    def first(self) -> int:
        return self.lines[0].number

    @property
    def last(self) -> int:
        return self.lines[-1].number

    @property
    def ending(self) -> str:
        """The text of the last line, which tells whether the block has come to an end."""
        return self.lines[-1].text

    def joined(self) -> tuple[str, tuple[Mark, ...]]:
        """Join the lines to one text, and move their marks along."""
        pieces: list[str] = []
        marks: list[Mark] = []
        length = 0
        before: Line | None = None
        for line in (line for line in self.lines if line.style is not Style.BLANK and not line.left_out):
            gap = "" if before is None or before.hyphenated or not before.text else "\n" if before.breaks else " "
            marks += [mark.moved(length + len(gap)) for mark in line.marks]
            pieces += [gap, line.text]
            length += len(gap) + len(line.text)
            before = line
        return "".join(pieces), tuple(marks)


def parse(lines: Sequence[Line]) -> ParsedPlan:
    """Find the headings, passages and goals of a document.

    A document with no list under a heading of :data:`GOAL_HEADINGS` gives a plan without goals, never a guess.
    """
    kept = [line for line in lines if not line.left_out]
    drafts = _whole_again(_grouped(kept), lines)
    marked = any(draft.style is Style.HEADING for draft in drafts)
    if not marked:
        drafts = _with_headings_found(drafts)
    blocks = [*_blocks(drafts, _cover_length(drafts, marked), lines), *_left_out(drafts, lines)]
    return ParsedPlan(tuple(sorted(blocks, key=lambda block: block.first)), len(lines))


def goal_heading(text: str) -> GoalHeading | None:
    """Give the rule that makes the bullets under a heading goals, if there is one."""
    plain = text.strip().rstrip(":").strip().casefold()
    return next((rule for rule in GOAL_HEADINGS if rule.pattern.fullmatch(plain)), None)


def _grouped(lines: Sequence[Line]) -> list[_Draft]:
    """Put together lines that belong to one block: a paragraph, a bullet with its continuation, a heading."""
    drafts: list[_Draft] = []
    before = Style.BLANK
    for line in lines:
        if drafts and _goes_on(drafts[-1], line, before):
            drafts[-1].lines.append(line)
        elif line.style is not Style.BLANK:
            drafts.append(_Draft(line.style, [line], line.level))
        before = line.style
    return drafts


def _goes_on(draft: _Draft, line: Line, before: Style) -> bool:
    """Tell whether a line belongs to the block before it; ``before`` is the style of the line right above."""
    if line.style is Style.CONTINUATION:
        return True
    if before is Style.BLANK:
        return False
    if line.style is Style.TEXT:
        return draft.style is Style.TEXT
    # The second line of an underlined heading carries no mark of its own.
    return (
        line.style is Style.HEADING
        and draft.style is Style.HEADING
        and line.level == draft.level
        and not line.raw.lstrip().startswith("#")
    )


def _whole_again(drafts: list[_Draft], lines: Sequence[Line]) -> list[_Draft]:
    """Join what a page break cut in two: a text that does not end, followed by one that begins in lower case."""
    joined: list[_Draft] = []
    for draft in drafts:
        if joined and _was_cut(joined[-1], draft):
            joined[-1].lines += lines[joined[-1].last : draft.last]
        else:
            joined.append(draft)
    return joined


def _was_cut(before: _Draft, after: _Draft) -> bool:
    return (
        after.style is Style.TEXT
        and before.style in (Style.TEXT, Style.BULLET)
        and not _FINISHED.search(before.ending)
        and after.lines[0].text[:1].islower()
    )


def _with_headings_found(drafts: list[_Draft]) -> list[_Draft]:
    """Find the headings of a document whose format marks none.

    A heading is one short line that begins with a capital or a digit, is no sentence, and has text after it. All get
    level 1; the headings that follow right under a goal heading, each with bullets only, belong to it and get level 2.
    """
    found = list(drafts)
    for place, (draft, after) in enumerate(itertools.pairwise(drafts)):
        if after.style is not Style.RULE and _may_be_heading(draft):
            found[place] = replace(draft, style=Style.HEADING, level=1)
    under_goals = False
    for place, draft in enumerate(found):
        if draft.style is Style.TEXT:
            under_goals = False
        elif draft.style is Style.HEADING:
            has_bullets = place + 1 < len(found) and found[place + 1].style is Style.BULLET
            if under_goals and has_bullets:
                found[place] = replace(draft, level=2)
            else:
                under_goals = goal_heading(draft.joined()[0]) is not None and not has_bullets
    return found


def _may_be_heading(draft: _Draft) -> bool:
    text = draft.lines[0].text
    return (
        draft.style is Style.TEXT
        and len(draft.lines) == 1
        and len(text) <= LONGEST_HEADING
        and (text[:1].isupper() or text[:1].isdigit())
        and not _SENTENCE_END.search(text)
        and not text.endswith((",", ";"))
    )


def _cover_length(drafts: list[_Draft], marked: bool) -> int:
    """Count the blocks of the cover: what stands before the headings that lead to the first running text.

    Where the format marks no headings, one heading leads to the text, for nothing tells two levels apart.
    """
    length = next((place for place, draft in enumerate(drafts) if _is_running_text(draft)), 0)
    found = False
    while length and drafts[length - 1].style in (Style.HEADING, Style.RULE) and (marked or not found):
        length -= 1
        found = drafts[length].style is Style.HEADING
    return length


def _is_running_text(draft: _Draft) -> bool:
    return draft.style is Style.BULLET or (draft.style is Style.TEXT and bool(_SENTENCE_END.search(draft.ending)))


def _blocks(drafts: list[_Draft], cover_length: int, lines: Sequence[Line]) -> Iterator[Heading | Passage | LeftOut]:
    """Turn drafts into what they are: headings, passages, numbered goals, and lines left out."""
    goal_headings: list[tuple[int, GoalHeading, str]] = []
    number = 0
    for place, draft in enumerate(drafts):
        text, marks = draft.joined()
        raw = "\n".join(line.raw for line in lines[draft.first - 1 : draft.last])
        where = (draft.first, draft.last, raw, text)
        if draft.style is Style.RULE:
            yield LeftOut(*where, reason=_why_left_out(draft, drafts[place - 1] if place else None))
        elif place < cover_length:
            yield Passage(*where, PassageKind.COVER, marks, rule="försättsblad")
        elif draft.style is Style.HEADING:
            level = draft.level or 1
            own = goal_heading(text)
            goal_headings = [above for above in goal_headings if above[0] < level]
            if own:
                goal_headings.append((level, own, text))
            yield Heading(*where, level)
        elif draft.style is Style.BULLET and goal_headings:
            number += 1
            _, rule, heading = goal_headings[-1]
            yield Passage(*where, PassageKind.GOAL, marks, rule.name, number, heading)
        elif draft.style is Style.BULLET:
            yield Passage(*where, PassageKind.POINT, marks, rule="punkt-utan-målrubrik")
        else:
            yield Passage(*where, PassageKind.PROSE, marks, rule="löptext")


def _left_out(drafts: Sequence[_Draft], lines: Sequence[Line]) -> Iterator[LeftOut]:
    """Give the lines that the reader left out, but for those inside a block that goes on over a page's end."""
    covered = {number for draft in drafts for number in range(draft.first, draft.last + 1)}
    for line in lines:
        if line.left_out and line.number not in covered:
            yield LeftOut(line.number, line.number, line.raw, line.text, reason=line.left_out, page=line.page)


def _why_left_out(draft: _Draft, before: _Draft | None) -> str:
    """Say in Swedish why a line that carries no text is no passage."""
    text = draft.lines[0].text
    if set(text) <= set("=-") and before and before.style is Style.HEADING and before.last == draft.first - 1:
        return "understrykning av en rubrik"
    if len(text) <= 1 or text.rstrip(".)").isdigit():
        return "punkt utan text"
    return "skiljelinje" if not any(letter.isalnum() for letter in text) else "tecken utan text"

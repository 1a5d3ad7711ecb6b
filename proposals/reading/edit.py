"""Correct what was read: a person says what a passage is, parts it or joins it with the next. The words never change.

Pure functions from a plan to a plan. A block is named by its key, the place where it begins: "12", or "12-40" where a
person has parted line 12 at its 40th character.
"""

import bisect
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum

from proposals.reading.lines import Line, Mark, Style
from proposals.reading.parse import Block, Heading, LeftOut, ParsedPlan, Passage
from proposals.reading.rules import Confidence, PassageKind

AnyBlock = Heading | Passage | LeftOut

#: The rule of what a person has decided.
BY_PERSON = "bestämt-av-person"


class EditError(ValueError):
    """What was asked for cannot be done to the plan; the message says in Swedish why."""


class Role(Enum):
    """What a person may say that a block is."""

    GOAL = "goal"
    TEXT = "text"
    HEADING = "heading"
    LEFT_OUT = "left_out"


def key_of(block: Block) -> str:
    """Give a block's key."""
    return f"{block.first}-{block.start}" if block.start else str(block.first)


def become(plan: ParsedPlan, lines: Sequence[Line], key: str, role: Role) -> ParsedPlan:
    """Say what a block is.

    :raises EditError: if there is no such block.
    """
    place = _place(plan, key)
    block = plan.blocks[place]
    where = {name: getattr(block, name) for name in ("first", "last", "raw", "text", "start", "end", "page")}
    changed: AnyBlock
    if role is Role.HEADING:
        changed = Heading(**where, level=_level_above(plan.blocks[:place]))
    elif role is Role.LEFT_OUT:
        changed = LeftOut(**where, reason="utelämnat av den som granskade")
    else:
        marks = block.marks if isinstance(block, Passage) else ()
        kind = PassageKind.GOAL if role is Role.GOAL else _kind_of_text(lines[block.first - 1])
        changed = Passage(**where, kind=kind, marks=marks, rule=BY_PERSON)
    return _renumbered(plan, [*plan.blocks[:place], changed, *plan.blocks[place + 1 :]])


def confirm(plan: ParsedPlan, key: str) -> ParsedPlan:
    """Say that a passage is what the rules took it for.

    :raises EditError: if there is no such passage.
    """
    place = _place(plan, key)
    block = plan.blocks[place]
    if not isinstance(block, Passage):
        raise EditError("Bara textställen har något att bekräfta.")
    sure = replace(block, confidence=Confidence.CERTAIN, doubts=())
    return ParsedPlan((*plan.blocks[:place], sure, *plan.blocks[place + 1 :]), plan.line_count)


def split(plan: ParsedPlan, lines: Sequence[Line], key: str, at: int) -> ParsedPlan:
    """Part a block before the character ``at`` of its text; both parts are what the whole was.

    :raises EditError: if there is no such block, or nothing would be left of a part.
    """
    place = _place(plan, key)
    block = plan.blocks[place]
    before, after = block.text[:at].rstrip(), block.text[at:].lstrip()
    if not 0 < at < len(block.text) or not before or not after:
        raise EditError("Dela stället mitt i texten, så att det blir något kvar på båda sidor.")
    begins = len(block.text) - len(after)
    own = _own_lines(block, lines)
    last, last_at = _locate(block, own, len(before) - 1)
    first, first_at = _locate(block, own, begins)
    one: AnyBlock = replace(
        block,
        text=before,
        last=last.number,
        end=last_at + 1 if last is first else None,
        raw=_raw(own, block.first, last.number),
    )
    two: AnyBlock = replace(
        block,
        text=after,
        first=first.number,
        start=first_at,
        page=first.page,
        raw=_raw(own, first.number, block.last),
    )
    if isinstance(one, Passage) and isinstance(two, Passage):
        one = replace(one, marks=_clipped(one.marks, 0, len(before)))
        two = replace(two, marks=_clipped(two.marks, begins, len(block.text)))
    return _renumbered(plan, [*plan.blocks[:place], one, two, *plan.blocks[place + 1 :]])


def merge(plan: ParsedPlan, lines: Sequence[Line], key: str) -> ParsedPlan:
    """Join a block with the next one that has text; the whole is what the first was.

    Lines that were left out between them come after the whole.

    :raises EditError: if there is no such block, or none after it.
    """
    place = _place(plan, key)
    block = plan.blocks[place]
    following = next(
        (at for at in range(place + 1, len(plan.blocks)) if not isinstance(plan.blocks[at], LeftOut)), None
    )
    if following is None or isinstance(block, LeftOut):
        raise EditError("Det finns inget ställe efter det här att slå ihop det med.")
    other = plan.blocks[following]
    gap = _gap(block, other, lines)
    joined: AnyBlock = replace(
        block,
        text=f"{block.text}{gap}{other.text}",
        last=other.last,
        end=other.end,
        raw=block.raw if other.last == block.last else f"{block.raw}\n{other.raw}",
    )
    if isinstance(joined, Passage):
        moved = other.marks if isinstance(other, Passage) else ()
        steps = len(block.text) + len(gap)
        joined = replace(joined, marks=(*joined.marks, *(mark.moved(steps) for mark in moved)))
    between = plan.blocks[place + 1 : following]
    return _renumbered(plan, [*plan.blocks[:place], joined, *between, *plan.blocks[following + 1 :]])


def cuts(block: Block, lines: Sequence[Line]) -> list[int]:
    """Give the characters of a block's text before which one may part it: where a line or a sentence begins."""
    found = set(_starts(block, _own_lines(block, lines)))
    text = block.text
    for at, sign in enumerate(text[:-1]):
        if (sign in ".!?:;" and text[at + 1].isspace()) or sign == "\n":
            found.add(at + 1 + len(text[at + 1 :]) - len(text[at + 1 :].lstrip()))
    return sorted(at for at in found if text[:at].strip() and text[at:].strip())


def coverage(plan: ParsedPlan, lines: Sequence[Line]) -> list[str]:
    """Say of each line what it became: "heading", "goal", "text", "left_out" or "blank"; "" if nothing says it."""
    found = ["blank" if line.style is Style.BLANK else "" for line in lines]
    for block in plan.blocks:
        for number in range(block.first, block.last + 1):
            own_line = isinstance(block, LeftOut) or not lines[number - 1].left_out
            if own_line and found[number - 1] != "blank" and found[number - 1] != "goal":
                found[number - 1] = _covered_as(block)
    return found


def _covered_as(block: AnyBlock) -> str:
    if isinstance(block, Heading):
        return "heading"
    if isinstance(block, LeftOut):
        return "left_out"
    return "goal" if block.kind is PassageKind.GOAL else "text"


def _place(plan: ParsedPlan, key: str) -> int:
    place = next((at for at, block in enumerate(plan.blocks) if key_of(block) == key), None)
    if place is None:
        raise EditError("Stället finns inte längre så som det såg ut. Titta på hur det ser ut nu.")
    return place


def _own_lines(block: Block, lines: Sequence[Line]) -> list[Line]:
    """Give the lines that have a block's text."""
    found = [
        line for line in lines[block.first - 1 : block.last] if line.style is not Style.BLANK and not line.left_out
    ]
    return found or list(lines[block.first - 1 : block.last])


def _starts(block: Block, own: Iterable[Line]) -> list[int]:
    """Give the character of a block's text at which each of its lines begins."""
    starts: list[int] = []
    reached = 0
    for line in own:
        piece = line.text[_begins(block, line) :]
        at = block.text.find(piece[:40], reached) if piece.strip() else -1
        starts.append(reached if at < 0 else at)
        reached = starts[-1] + (len(piece) if at >= 0 else 0)
    return starts


def _begins(block: Block, line: Line) -> int:
    """Give the character of a line's text at which the block begins on it."""
    start = block.start if line.number == block.first else 0
    return len(line.text) - len(line.text[start:].lstrip())


def _locate(block: Block, own: Sequence[Line], at: int) -> tuple[Line, int]:
    """Find the line, and the character of its text, that a character of the block's text comes from."""
    starts = _starts(block, own)
    place = max(0, bisect.bisect_right(starts, at) - 1)
    return own[place], at - starts[place] + _begins(block, own[place])


def _raw(own: Iterable[Line], first: int, last: int) -> str:
    return "\n".join(line.raw for line in own if first <= line.number <= last)


def _clipped(marks: Iterable[Mark], start: int, end: int) -> tuple[Mark, ...]:
    """Keep what of the marks lies within a part of a text, counted from where the part begins."""
    inside = (Mark(max(mark.start, start) - start, min(mark.end, end) - start, mark.kind) for mark in marks)
    return tuple(mark for mark in inside if mark.end > mark.start)


def _gap(block: Block, other: Block, lines: Sequence[Line]) -> str:
    """Give what stands between the texts of two blocks."""
    line = lines[block.last - 1]
    if other.start and other.first == block.last:
        return line.text[block.end or 0 : other.start] or " "
    if line.hyphenated:
        return ""
    return "\n" if line.breaks or lines[other.first - 1].style is Style.BULLET else " "


def _kind_of_text(line: Line) -> PassageKind:
    return PassageKind.POINT if line.style is Style.BULLET else PassageKind.PROSE


def _level_above(blocks: Sequence[AnyBlock]) -> int:
    """Give the level of the last heading, which a new one is likely to have too."""
    return next((block.level for block in reversed(blocks) if isinstance(block, Heading)), 1)


def _renumbered(plan: ParsedPlan, blocks: Iterable[AnyBlock]) -> ParsedPlan:
    """Count the goals from 1 in order, and tell those that a person made which heading they stand under."""
    number, heading = 0, ""
    found: list[AnyBlock] = []
    for block in blocks:
        shown = block
        if isinstance(block, Heading):
            heading = block.text
        elif isinstance(block, Passage) and block.kind is PassageKind.GOAL:
            number += 1
            shown = replace(block, number=number, goal_heading=block.goal_heading or heading)
        elif isinstance(block, Passage) and block.number:
            shown = replace(block, number=None, goal_heading="")
        found.append(shown)
    return ParsedPlan(tuple(found), plan.line_count)

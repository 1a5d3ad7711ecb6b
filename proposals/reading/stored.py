"""A plan that was read, as JSON and back, so that a person's corrections can be kept."""

from typing import Any

from proposals.reading.lines import Mark
from proposals.reading.parse import Block, Heading, LeftOut, ParsedPlan, Passage
from proposals.reading.rules import Confidence, PassageKind

HEADING, LEFT_OUT = "heading", "left_out"


def plan_to_json(plan: ParsedPlan) -> dict[str, Any]:
    """Give a plan as what JSON can hold."""
    return {"line_count": plan.line_count, "blocks": [_block_to_json(block) for block in plan.blocks]}


def plan_from_json(stored: dict[str, Any]) -> ParsedPlan:
    """Give the plan that ``plan_to_json`` made something of."""
    return ParsedPlan(tuple(map(_block_from_json, stored["blocks"])), stored["line_count"])


def _block_to_json(block: Block) -> dict[str, Any]:
    stored: dict[str, Any] = {"first": block.first, "last": block.last, "raw": block.raw, "text": block.text}
    if block.start:
        stored["start"] = block.start
    if block.end is not None:
        stored["end"] = block.end
    if block.page:
        stored["page"] = block.page
    if isinstance(block, Heading):
        return {"is": HEADING, **stored, "level": block.level}
    if isinstance(block, LeftOut):
        return {"is": LEFT_OUT, **stored, "reason": block.reason}
    assert isinstance(block, Passage)  # noqa: S101 - there are no other blocks
    return {
        "is": block.kind.value,
        **stored,
        "marks": [[mark.start, mark.end, mark.kind] for mark in block.marks],
        "rule": block.rule,
        "number": block.number,
        "goal_heading": block.goal_heading,
        "confidence": block.confidence.value,
        "doubts": list(block.doubts),
    }


def _block_from_json(stored: dict[str, Any]) -> Heading | Passage | LeftOut:
    where = {name: stored[name] for name in ("first", "last", "raw", "text", "start", "end", "page") if name in stored}
    if stored["is"] == HEADING:
        return Heading(**where, level=stored["level"])
    if stored["is"] == LEFT_OUT:
        return LeftOut(**where, reason=stored["reason"])
    return Passage(
        **where,
        kind=PassageKind(stored["is"]),
        marks=tuple(Mark(*mark) for mark in stored["marks"]),
        rule=stored["rule"],
        number=stored["number"],
        goal_heading=stored["goal_heading"],
        confidence=Confidence(stored["confidence"]),
        doubts=tuple(stored["doubts"]),
    )

"""Reading plans: pure functions from bytes to lines, and from lines to headings, passages and goals.

Nothing here knows Django or the database, so that the same code serves the command line, the import and the tests.
"""

from proposals.reading.isolated import page_images_isolated, read_isolated
from proposals.reading.lines import (
    Box,
    Line,
    Mark,
    Style,
    UnreadableDocumentError,
    lines_from_json,
    lines_to_json,
)
from proposals.reading.parse import Block, Heading, LeftOut, ParsedPlan, Passage, parse
from proposals.reading.read import read
from proposals.reading.rules import RULES, Confidence, PassageKind, Rule, explain
from proposals.reading.stated import GoalKind, Stated, stated

__all__ = [
    "RULES",
    "Block",
    "Box",
    "Confidence",
    "GoalKind",
    "Heading",
    "LeftOut",
    "Line",
    "Mark",
    "ParsedPlan",
    "Passage",
    "PassageKind",
    "Rule",
    "Stated",
    "Style",
    "UnreadableDocumentError",
    "explain",
    "lines_from_json",
    "lines_to_json",
    "page_images_isolated",
    "parse",
    "read",
    "read_isolated",
    "stated",
]

"""The two real plans read the same from every format."""

from functools import cache
from pathlib import Path

import pytest

from proposals.reading import Heading, Line, ParsedPlan, Passage, Style, parse, read
from tests.conftest import KD_FILE, V_FILE

SEEDS = Path(__file__).resolve().parents[1] / "documents/seeds"
SOURCES = {"v": V_FILE, "kd": KD_FILE}
NAMES = [f"{party}{name}" for party in SOURCES for name in (".docx", ".odt", ".pdf", "-two-columns.pdf")]


@cache
def lines_of(path: Path) -> list[Line]:
    return read(path.read_bytes(), path.name)


@cache
def plan_of(path: Path) -> ParsedPlan:
    return parse(lines_of(path))


def source_of(name: str) -> Path:
    return SOURCES[name.replace(".", "-").partition("-")[0]]


def headings(plan: ParsedPlan) -> list[tuple[str, int]]:
    found = [(block.text, block.level) for block in plan.blocks if isinstance(block, Heading)]
    levels = sorted({level for _, level in found})
    return [(text, levels.index(level)) for text, level in found]


@pytest.mark.parametrize("name", NAMES)
def test_goals_have_the_same_texts_as_in_the_text_file(name):
    """51 and 27 goals, word for word, under the same headings, in every format."""
    expected, plan = plan_of(source_of(name)), plan_of(SEEDS / name)
    assert [goal.text for goal in plan.goals] == [goal.text for goal in expected.goals]
    assert plan.goal_lists() == expected.goal_lists()
    assert [goal.goal_heading for goal in plan.goals] == [goal.goal_heading for goal in expected.goals]
    assert len(plan.goals) == {V_FILE: 51, KD_FILE: 27}[source_of(name)]


@pytest.mark.parametrize("name", NAMES)
def test_sections_are_the_same_as_in_the_text_file(name):
    """The headings stand in the same order, one below the other in the same way."""
    assert headings(plan_of(SEEDS / name)) == headings(plan_of(source_of(name)))


def emphasised(block: Passage) -> list[tuple[str, str]]:
    """Give the emphasised words, put together again where a line or page parted them."""
    found: list[tuple[str, int, int]] = []
    for kind in ("em", "strong"):
        for mark in sorted((mark for mark in block.marks if mark.kind == kind), key=lambda mark: mark.start):
            if found and found[-1][0] == kind and mark.start - found[-1][2] <= 1:
                found[-1] = (kind, found[-1][1], mark.end)
            else:
                found.append((kind, mark.start, mark.end))
    return [(kind, block.text[start:end].replace("\n", " ")) for kind, start, end in found]


@pytest.mark.parametrize("name", NAMES)
def test_running_text_is_the_same_as_in_the_text_file(name):
    """Every passage has the same words and the same emphasis; no line, column or page parts one."""
    passages = [
        [
            (block.kind, block.text.replace("\n", " "), emphasised(block))
            for block in plan.blocks
            if isinstance(block, Passage)
        ]
        for plan in (plan_of(SEEDS / name), plan_of(source_of(name)))
    ]
    assert passages[0] == passages[1]


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_numbered_and_say_where_they_stand(name):
    """Lines count from 1; those of a PDF have a page and a place on it, and what runs along the pages is left out."""
    lines = lines_of(SEEDS / name)
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    if name.endswith(".pdf"):
        shown = [line for line in lines if line.style is not Style.BLANK]
        pages = {line.page for line in shown}
        assert pages == set(range(1, len(pages) + 1))
        assert all(
            line.box and 0 <= line.box.left < line.box.right <= 1000 and 0 <= line.box.top < line.box.bottom <= 1000
            for line in shown
        )
        for reason in ("sidhuvud", "sidnummer"):
            assert [line.page for line in shown if line.left_out == reason] == sorted(pages)

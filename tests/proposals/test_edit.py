"""Correcting what was read: what a block is and where it ends may change, its words never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposals.reading import Confidence, Heading, LeftOut, Line, ParsedPlan, Passage, PassageKind, parse, read
from proposals.reading.edit import EditError, Role, become, confirm, coverage, cuts, key_of, merge, split
from tests.conftest import KD_FILE, V_FILE

TEXT = """# Plan

## Bakgrund

Vi har mycket kvar att göra. Det tar tid.
Men vi ger oss inte.

- Ett streck som är löptext

## Mål och uppdrag

- Fler **lekplatser** ska byggas. De ska vara öppna för alla.
- Biblioteket ska ha öppet på söndagar
"""


@pytest.fixture
def lines() -> list[Line]:
    return read(TEXT.encode(), "plan.md")


@pytest.fixture
def plan(lines: list[Line]) -> ParsedPlan:
    return parse(lines)


def words(plan: ParsedPlan) -> str:
    return "".join("".join(block.text.split()) for block in plan.blocks)


def block_at(plan: ParsedPlan, key: str) -> Heading | Passage | LeftOut:
    (found,) = [block for block in plan.blocks if key_of(block) == key]
    return found


def goals(plan: ParsedPlan) -> list[tuple[int | None, str]]:
    return [(goal.number, goal.text) for goal in plan.goals]


def test_a_passage_becomes_a_goal(plan, lines):
    """What a person marks is a goal, certain, numbered in the document's order, under the heading it stands under."""
    changed = become(plan, lines, "8", Role.GOAL)
    assert [number for number, _ in goals(changed)] == [1, 2, 3]
    first = changed.goals[0]
    assert (first.text, first.goal_heading, first.confidence) == (
        "Ett streck som är löptext",
        "Bakgrund",
        Confidence.CERTAIN,
    )


def test_a_goal_becomes_text_again(plan, lines):
    """A bullet that is no goal is a point; the numbers close up."""
    changed = become(plan, lines, "12", Role.TEXT)
    assert block_at(changed, "12").kind is PassageKind.POINT
    assert goals(changed) == [(1, "Biblioteket ska ha öppet på söndagar")]


def test_a_passage_becomes_a_heading_and_nothing(plan, lines):
    """A heading gets the level of the one above; what is left out says who left it out."""
    changed = become(become(plan, lines, "5", Role.HEADING), lines, "8", Role.LEFT_OUT)
    assert block_at(changed, "5").level == 2
    assert isinstance(block_at(changed, "8"), LeftOut)
    assert "granskade" in block_at(changed, "8").reason
    assert isinstance(block_at(become(changed, lines, "8", Role.TEXT), "8"), Passage)


def test_a_goal_is_parted_at_a_sentence(plan, lines):
    """Both parts are goals; the second has a key of its own, and the emphasis stays on its words."""
    goal = block_at(plan, "12")
    at = goal.text.index("De ska")
    changed = split(plan, lines, "12", at)
    assert [text for _, text in goals(changed)][:2] == ["Fler lekplatser ska byggas.", "De ska vara öppna för alla."]
    first, second = block_at(changed, "12"), block_at(changed, f"12-{at}")
    assert [first.text[mark.start : mark.end] for mark in first.marks] == ["lekplatser"]
    assert second.marks == ()
    assert merge(changed, lines, "12").blocks == plan.blocks


def test_a_paragraph_is_parted_where_a_line_begins(plan, lines):
    """A part that begins a line is named by the line alone."""
    paragraph = block_at(plan, "5")
    changed = split(plan, lines, "5", paragraph.text.index("Men"))
    assert (block_at(changed, "5").last, block_at(changed, "6").text) == (5, "Men vi ger oss inte.")
    assert merge(changed, lines, "5").blocks == plan.blocks


def test_three_parts(plan, lines):
    """A part may be parted again."""
    paragraph = block_at(plan, "5")
    changed = split(plan, lines, "5", paragraph.text.index("Det tar"))
    (second,) = [block for block in changed.blocks if block.first == 5 and block.start]
    changed = split(changed, lines, key_of(second), second.text.index("Men"))
    assert [block.text for block in changed.blocks if block.first in (5, 6)] == [
        "Vi har mycket kvar att göra.",
        "Det tar tid.",
        "Men vi ger oss inte.",
    ]


def test_where_one_may_part(plan, lines):
    """A block may be parted where a line or a sentence begins, and nowhere else."""
    paragraph = block_at(plan, "5")
    assert [paragraph.text[at:][:3] for at in cuts(paragraph, lines)] == ["Det", "Men"]


def test_what_was_left_out_is_not_lost_when_its_neighbours_join(plan, lines):
    """A line left out between two that are joined stays, after them."""
    parted = split(plan, lines, "5", block_at(plan, "5").text.index("Men"))
    without = become(parted, lines, "6", Role.LEFT_OUT)
    joined = merge(without, lines, "5")
    assert words(joined).count("Menvigerossinte.") == 1
    assert isinstance(block_at(joined, "6"), LeftOut)


@pytest.mark.parametrize("at", [0, -5, 10_000])
def test_nothing_is_parted_at_its_ends(plan, lines, at):
    """Parts without text are refused."""
    with pytest.raises(EditError, match="mitt i texten"):
        split(plan, lines, "5", at)


def test_what_is_not_there(plan, lines):
    """A key that is gone, since somebody joined or parted, is told as that."""
    for change in (
        lambda: become(plan, lines, "99", Role.GOAL),
        lambda: split(plan, lines, "5-3", 4),
        lambda: merge(plan, lines, "x"),
        lambda: confirm(plan, "99"),
    ):
        with pytest.raises(EditError, match="finns inte längre"):
            change()
    with pytest.raises(EditError, match="inget ställe efter"):
        merge(plan, lines, "13")
    with pytest.raises(EditError, match="textställen"):
        confirm(plan, "1")


def test_confirming(plan, lines):
    """What a person has confirmed is certain and has no doubts left."""
    confirmed = block_at(confirm(plan, "8"), "8")
    assert (confirmed.confidence, confirmed.doubts, confirmed.kind) == (Confidence.CERTAIN, (), PassageKind.POINT)


def test_every_line_is_covered(plan, lines):
    """Each line of a plan is heading, goal, text, left out or blank."""
    assert coverage(plan, lines)[:6] == ["heading", "blank", "heading", "blank", "text", "text"]
    assert "" not in coverage(plan, lines)


@given(data=st.data())
def test_no_word_is_lost_or_changed(data):
    """Whatever a person does, in whatever order, the words of the document stay, and so does every line's account."""
    file = data.draw(st.sampled_from([KD_FILE, V_FILE]))
    lines = read(file.read_bytes(), file.name)
    plan = parse(lines)
    before = words(plan)
    for _ in range(data.draw(st.integers(1, 8))):
        block = data.draw(st.sampled_from(plan.blocks))
        key = key_of(block)
        what = data.draw(st.sampled_from(["become", "split", "merge"]))
        try:
            if what == "become":
                plan = become(plan, lines, key, data.draw(st.sampled_from(Role)))
            elif what == "split":
                plan = split(plan, lines, key, data.draw(st.integers(0, len(block.text))))
            else:
                plan = merge(plan, lines, key)
        except EditError:
            continue
        assert [goal.number for goal in plan.goals] == list(range(1, len(plan.goals) + 1))
        assert len({key_of(block) for block in plan.blocks}) == len(plan.blocks)
        assert "" not in coverage(plan, lines)
        for block in plan.blocks:
            for mark in getattr(block, "marks", ()):
                assert 0 <= mark.start < mark.end <= len(block.text)
    assert sorted(words(plan)) == sorted(before)

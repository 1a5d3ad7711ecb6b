"""The parser on lines that no reader need ever give, and on the shapes that lists have."""

import re
import sys
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from proposals.reading import (
    Confidence,
    Heading,
    LeftOut,
    Line,
    Mark,
    ParsedPlan,
    Passage,
    PassageKind,
    Style,
    parse,
    read,
)
from proposals.reading.lines import Cell

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "Mål och uppdrag",
            "3.2 Vi vill:",
            "Bakgrund",
            "Innehåll",
            "Inledning ........ 3",
            "Inledning",
            "Därför vill vi:",
            "Partiet yrkar",
            "att nämnden öppnar en fritidsbank",
            "1. Bygg fler",
            "2. Bygg om",
            "§ 3 Riv",
            "4) Väx",
            "•",
            "-",
            "o",
            "– Nej, säger hon.",
            "• Öppna",
            "Läs mer på exempel.example",
            "slutar med kolon:",
            "och går vidare",
            "Slut.",
        ]
    ),
)


@st.composite
def documents(draw: st.DrawFn) -> list[Line]:
    """Draw any list of lines that a reader could give, and many that none does."""
    lines = []
    for number in range(1, draw(st.integers(0, 30)) + 1):
        style = draw(st.sampled_from(Style))
        text = "" if style is Style.BLANK else draw(TEXTS)
        places = sorted(draw(st.lists(st.integers(0, len(text)), max_size=2)))
        marks = (Mark(places[0], places[1], draw(st.sampled_from(["em", "strong"]))),) if len(places) == 2 else ()
        line = Line(
            number,
            raw=f"  {text} [{number}]" if style is not Style.BLANK else "",
            text=text,
            style=style,
            level=draw(st.integers(1, 6)) if style is Style.HEADING else None,
            marks=marks,
            breaks=draw(st.booleans()),
            hyphenated=draw(st.booleans()),
            indent=draw(st.integers(0, 3)),
            page=draw(st.one_of(st.none(), st.integers(1, 5))),
            cell=draw(st.one_of(st.none(), st.builds(Cell, *[st.integers(1, 2)] * 3))) if text else None,
            left_out=draw(st.sampled_from(["", "", "", "sidnummer"])) if style is not Style.BLANK else "",
        )
        lines.append(line)
    return lines


@given(documents())
@example(
    [Line(1, "-", "-", Style.TEXT), Line(2, "x", "x", Style.TEXT, left_out="sidfot"), Line(3, "y", "y", Style.TEXT)]
)
def test_any_lines_give_a_plan_that_accounts_for_each_once(lines):
    """Whatever lines come, each that is not blank stands in exactly one block, and the plan is whole."""
    plan = parse(lines)
    check_accounted_for(lines, plan)
    assert [goal.number for goal in plan.goals] == list(range(1, len(plan.goals) + 1))
    for block in plan.blocks:
        assert block.page == lines[block.first - 1].page
        assert 0 <= block.start <= len(lines[block.first - 1].text)
        if isinstance(block, Passage):
            assert all(0 <= mark.start < mark.end <= len(block.text) for mark in block.marks)
            assert (block.number is not None) == (block.kind is PassageKind.GOAL)
            assert block.confidence is Confidence.CERTAIN or block.doubts or block.confidence is not Confidence.DOUBTFUL


def check_accounted_for(lines: list[Line], plan: ParsedPlan) -> None:
    covered: dict[int, LeftOut | Passage | Heading] = {}
    for block in plan.blocks:
        assert block.raw == "\n".join(line.raw for line in lines[block.first - 1 : block.last])
        for number in range(block.first, block.last + 1):
            assert number not in covered, f"line {number} stands in two blocks"
            covered[number] = block
    for line in lines:
        if line.left_out:
            assert covered[line.number] == LeftOut(
                line.number, line.number, line.raw, line.text, page=line.page, reason=line.left_out
            )
        elif line.style is not Style.BLANK:
            assert line.number in covered, f"line {line.number} is lost"
    assert [block.first for block in plan.blocks] == sorted(block.first for block in plan.blocks)


@given(documents())
def test_no_word_is_lost_or_added(lines):
    """The letters of all blocks are those of the lines, but for the marks and numbers of lists."""
    plan = parse(lines)
    for block in plan.blocks:
        own = [line for line in lines[block.first - 1 : block.last] if line.style is not Style.BLANK]
        read_text = "".join(line.text for line in own)[block.start :]
        if isinstance(block, LeftOut):
            continue
        assert re.sub(r"\s", "", block.text) == re.sub(r"\s", "", read_text)


def steps(lines: list[Line]) -> int:
    """Count the calls of functions that parsing takes."""
    return calls(lambda: parse(lines))


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions that some work takes: a measure that no other program disturbs."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(trace)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "text",
    [
        "Mål och uppdrag\n- Starta\n",
        "Rad\n\n",
        "- punkt\n  - under\n",
        "1. a\n2. b\n",
        "•\n",
        "att göra\n",
        "Innehåll\nInledning ..... 3\n",
        "oavslutad text\n\noch mer\n\n",
        "- punkt:\n",
    ],
)
def test_work_is_in_proportion_to_the_document(text):
    """Ten times the lines take about ten times the work, whatever the lines are."""
    few, many = (read((text * times).encode(), "plan.txt") for times in (50, 500))
    assert steps(many) < 13 * steps(few)


def test_long_lines_cannot_hold_the_rules_up():
    """Lines made to trip patterns are read in steps that do not grow with what the pattern could try."""
    for nasty in (
        "vi vill " * 50_000,
        "mål " * 50_000,
        "a" * 500_000,
        "1." * 100_000,
        ". " * 100_000,
        "att, " * 50_000,
    ):
        for text in (nasty, nasty + ":", f"- {nasty}", f"Mål\n\n- {nasty}\n"):
            lines = [Line(n, raw, raw.removeprefix("- "), style_of(raw)) for n, raw in enumerate(text.split("\n"), 1)]
            assert parse(lines).line_count == len(lines)


def style_of(raw: str) -> Style:
    return Style.BULLET if raw.startswith("- ") else Style.TEXT if raw else Style.BLANK


# The shapes that lists have


def goals(text: str, name: str = "plan.md") -> list[str]:
    return [goal.text for goal in parse(read(text.encode(), name)).goals]


def passages(text: str, name: str = "plan.md") -> list[Passage]:
    return [block for block in parse(read(text.encode(), name)).blocks if isinstance(block, Passage)]


def test_a_bullet_alone_on_its_line_takes_the_text_after_it():
    """A mark that stands alone belongs to the text on the next line, with a blank line between or not."""
    found = parse(read("Mål och uppdrag\n\n•\nÖppna en fritidsbank\n•\n\nBygg fler\n".encode(), "plan.txt")).goals
    assert [(goal.text, goal.doubts) for goal in found] == [("Öppna en fritidsbank", ()), ("Bygg fler", ())]


def test_numbers_are_no_part_of_the_goal():
    """A numbered proposal begins after its number, and the block says where."""
    texts = ["Våra förslag", "", "1) Öppna en fritidsbank.", "2) Bygg fler bänkar."]
    plan = parse(
        [Line(number, text, text, Style.TEXT if text else Style.BLANK) for number, text in enumerate(texts, 1)]
    )
    assert [(goal.text, goal.start) for goal in plan.goals] == [("Öppna en fritidsbank.", 3), ("Bygg fler bänkar.", 3)]


def test_a_list_counts_on_where_a_reader_lost_it():
    """A number that follows on that of the item before begins an item, even where the reader took it for its text."""
    lines = [
        Line(1, "Våra förslag", "Våra förslag", Style.HEADING, 1),
        Line(2, "1. Öppna en fritidsbank.", "Öppna en fritidsbank.", Style.BULLET),
        Line(3, "2. Bygg fler", "2. Bygg fler", Style.CONTINUATION),
        Line(4, "bänkar.", "bänkar.", Style.CONTINUATION),
        Line(5, "", "", Style.BLANK),
        Line(6, "3. Starta ett kafé.", "3. Starta ett kafé.", Style.TEXT),
    ]
    assert [goal.text for goal in parse(lines).goals] == [
        "Öppna en fritidsbank.",
        "Bygg fler bänkar.",
        "Starta ett kafé.",
    ]


def test_numbers_of_headings_make_no_goals():
    """Headings with numbers are headings, whatever follows on them."""
    text = "1. Inledning\n\nHär är text.\n\n2. Mål och uppdrag\n\n- Öppna en fritidsbank\n\n3. Ekonomi\n\nMer text.\n"
    plan = parse(read(text.encode(), "plan.txt"))
    assert [block.text for block in plan.blocks if isinstance(block, Heading)] == [
        "1. Inledning",
        "2. Mål och uppdrag",
        "3. Ekonomi",
    ]
    assert len(plan.goals) == 1


def test_years_and_dates_number_nothing():
    """A line that happens to begin with a number is text."""
    assert goals("Vi vill\n\n2026 blir ett bra år.\n12. maj är en dag.\n", "plan.txt") == []


def test_sub_items_of_a_complete_item_belong_to_it_and_are_doubtful():
    """A person may part a goal whose sub-items are goals of their own."""
    (goal,) = parse(read("# Mål\n\n- Rusta upp parkerna\n  - bänkar\n  - lampor\n".encode(), "plan.md")).goals
    assert goal.text == "Rusta upp parkerna\nbänkar\nlampor"
    assert (goal.confidence, goal.doubts) == (
        Confidence.DOUBTFUL,
        ("Punkten har underpunkter som kanske är egna mål",),
    )


def test_sub_items_of_an_item_with_a_colon_are_goals():
    """An item that ends with a colon leads in to its sub-items and is no goal itself."""
    plan = parse(
        read("# Mål\n\n- Vi vill:\n  - öppna en fritidsbank\n  - bygga fler\n- Rusta upp parken\n".encode(), "plan.md")
    )
    assert [(goal.text, goal.goal_heading) for goal in plan.goals] == [
        ("öppna en fritidsbank", "Vi vill:"),
        ("bygga fler", "Vi vill:"),
        ("Rusta upp parken", "Mål"),
    ]


def test_a_sentence_makes_goals_of_the_list_right_after_it_only():
    """The next list is no goals, and says that it might be."""
    found = passages("# Unga\n\nDärför vill vi:\n\n- öppna en fritidsbank\n\nSå är det.\n\n- bygga fler\n")
    assert [(item.kind, item.confidence) for item in found if "b" in item.text and item.text[0] in "öb"] == [
        (PassageKind.GOAL, Confidence.CERTAIN),
        (PassageKind.POINT, Confidence.DOUBTFUL),
    ]


def test_lists_under_a_sub_heading_that_speaks_of_something_else_are_no_goals():
    """A goal heading reaches over its sub-headings, but not over background, sources and the like."""
    assert goals("# Våra mål\n\n## Unga\n\n- Öppna\n\n## Bakgrund\n\n- Köerna är långa\n\n## Äldre\n\n- Bygg\n") == [
        "Öppna",
        "Bygg",
    ]


def test_headings_that_all_look_alike_belong_to_an_empty_goal_heading_above_them():
    """Where a goal heading has nothing of its own, those right after it that have only a list each stand under it."""
    text = "# Tro\n\nText.\n\n# Mål och uppdrag\n\n# Unga\n\n- Öppna parken\n- Bygg fler\n\n# Äldre\n\n- Anställ fler\n"
    for after in (
        "# Skola\n\nSå är det.\n\n- Köer\n\n",
        "# Skola\n\n- Köer\n\nSå är det.\n\n",
        "# Källor\n\n- En rapport\n\n",
    ):
        plan = parse(read(f"{text}\n{after}# Fakta\n\n- Många\n".encode(), "plan.md"))
        assert [(goal.text, goal.confidence) for goal in plan.goals] == [
            ("Öppna parken", Confidence.LIKELY),
            ("Bygg fler", Confidence.LIKELY),
            ("Anställ fler", Confidence.LIKELY),
        ]
        headings = [(block.level, block.text) for block in plan.blocks if isinstance(block, Heading)]
        assert headings[1:4] == [(1, "Mål och uppdrag"), (2, "Unga"), (2, "Äldre")]
        assert {level for level, _ in headings[4:]} == {1}


@pytest.mark.parametrize(
    "between", ["Text.\n\n", "- Öppna\n\n", "## Unga\n\n- Öppna\n\n", "# Unga\n\n", "# Unga\n\nText.\n\n- Köer\n\n"]
)
def test_a_goal_heading_with_something_of_its_own_takes_no_others(between):
    """After text, a list or a sub-heading of its own, a heading that looks like the goal heading ends it."""
    assert "Många" not in goals(f"# Mål och uppdrag\n\n{between}# Fakta\n\n- Många\n")


def test_numbers_tell_what_stands_below_a_goal_heading_in_plain_text():
    """Under "3 Mål" stands "3.1 Unga", but not "4 Fakta"."""
    text = "1 Tro\n\nSå är det.\n\n3 Mål\n\n3.1 Unga\n\n- Öppna fler\n\n4 Fakta\n\n- Många\n"
    assert goals(text, "plan.txt") == ["Öppna fler"]


def test_a_list_after_text_under_a_sub_heading_is_doubtful():
    """Text between a goal heading and a list may have changed what the list is."""
    (goal,) = parse(read("# Mål\n\n## Unga\n\nI stan bor många unga.\n\n- Fler bänkar\n".encode(), "plan.md")).goals
    assert goal.confidence is Confidence.DOUBTFUL
    assert goal.doubts == ("Listan står efter text under en underrubrik till ”Mål”",)


def test_a_sentence_on_what_there_is_makes_no_goals():
    """Under a goal heading a list of what there is is no goals, and doubtful; elsewhere it is plainly none."""
    found = passages("# Mål\n\nI dag finns:\n\n- en fritidsbank\n\n# Unga\n\nI dag finns:\n\n- en park\n")
    assert [(item.text, item.rule, bool(item.doubts)) for item in found if item.kind is PassageKind.POINT] == [
        ("en fritidsbank", "inledning-utan-mål", True),
        ("en park", "punkt-utan-målrubrik", False),
    ]


def test_what_somebody_says_is_no_goal():
    """A reply with a dash under a goal heading is no goal, and a person is asked to look."""
    found = passages("# Mål\n\n– Vi behöver fler, säger en granne.\n\n- Fler bänkar\n".replace("– ", "- "))
    assert [(item.kind, item.rule) for item in found] == [(PassageKind.POINT, "citat"), (PassageKind.GOAL, "mål")]


def test_dashes_within_a_sentence_begin_nothing():
    """A sentence that goes over two lines at a dash is one paragraph."""
    found = passages("# Vi vill\n\nVi vill ha en kommun\n– hela kommunen –\nsom lever.\n")
    assert [item.text for item in found] == ["Vi vill ha en kommun – hela kommunen – som lever."]


def test_a_table_of_contents_is_left_out_once_and_whole():
    """Contents make no headings and no goals; each of their lines is left out with the reason."""
    contents = "Innehåll\n\nInledning ..... 2\nMål och uppdrag ..... 3"
    text = f"Plan\n\n{contents}\n\nInledning\n\nText här.\n\nMål och uppdrag\n\n- Öppna\n"
    plan = parse(read(text.encode(), "plan.txt"))
    left_out = [block for block in plan.blocks if isinstance(block, LeftOut)]
    assert {block.reason for block in left_out} == {"innehållsförteckning"}
    assert [block.first for block in left_out] == [3, 5, 6]
    assert [block.text for block in plan.blocks if isinstance(block, Heading)] == ["Inledning", "Mål och uppdrag"]


def test_contents_without_page_numbers_are_known_by_their_headings():
    """A list under "Innehåll" whose words come back as headings is contents."""
    text = "# Innehåll\n\n- Inledning\n- Vi vill\n\n# Inledning\n\nText.\n\n# Vi vill\n\n- Öppna\n"
    plan = parse(read(text.encode(), "plan.md"))
    assert [block.first for block in plan.blocks if isinstance(block, LeftOut)] == [1, 3, 4]
    assert [goal.text for goal in plan.goals] == ["Öppna"]


def test_lines_left_out_end_no_list():
    """A page number in the middle of a list neither parts it nor becomes part of it."""
    lines = [
        Line(1, "Mål", "Mål", Style.HEADING, 1, page=1),
        Line(2, "• Öppna", "Öppna", Style.BULLET, page=1),
        Line(3, "1", "1", Style.TEXT, left_out="sidnummer", page=1),
        Line(4, "• Bygg", "Bygg", Style.BULLET, page=2),
    ]
    plan = parse(lines)
    assert [(goal.text, goal.page) for goal in plan.goals] == [("Öppna", 1), ("Bygg", 2)]
    assert plan.blocks[2] == LeftOut(3, 3, "1", "1", page=1, reason="sidnummer")


def test_a_hyphenated_word_is_whole_again():
    """A word that goes on on the next line is joined without a gap, and its marks stay on it."""
    lines = [
        Line(
            1, "• Öppna en fritids-", "Öppna en fritids", Style.BULLET, hyphenated=True, marks=(Mark(9, 16, "strong"),)
        ),
        Line(2, "bank", "bank", Style.CONTINUATION, marks=(Mark(0, 4, "strong"),)),
    ]
    (passage,) = parse(lines).blocks
    assert passage.text == "Öppna en fritidsbank"
    assert [passage.text[mark.start : mark.end] for mark in passage.marks] == ["fritids", "bank"]


def test_bold_lines_are_headings_where_nothing_else_marks_them():
    """A document in which nothing but bold type marks headings has those headings, and no other short lines."""
    text = "**Inledning**\n\nText här.\n\nAnna skrev\n\n**Det här vill vi**\n\n- Öppna\n"
    plan = parse(read(text.encode(), "plan.md"))
    assert [block.text for block in plan.blocks if isinstance(block, Heading)] == ["Inledning", "Det här vill vi"]
    assert len(plan.goals) == 1


def test_paragraphs_with_a_bold_lead_under_a_goal_heading_are_doubtful_goals():
    """Without bullets, several paragraphs in a row that begin in bold are taken for goals, never as certain."""
    plan = parse(read("# Våra mål\n\n**Unga.** Öppna.\n\n**Äldre.** Bygg.\n\nSå blir det.\n".encode(), "plan.md"))
    assert [(goal.text, goal.confidence) for goal in plan.goals] == [
        ("Unga. Öppna.", Confidence.DOUBTFUL),
        ("Äldre. Bygg.", Confidence.DOUBTFUL),
    ]


def test_a_heading_right_above_its_text_is_parted_from_it():
    """Text pasted without blank lines still has its headings, where a line is far shorter than those below it."""
    below = "I Provköping bor det många unga som saknar något att göra."
    text = f"Mål och uppdrag\nVi vill mycket.\n- Öppna\n\nUnga\n{below}\n"
    found = [block.text for block in parse(read(text.encode(), "plan.txt")).blocks if isinstance(block, Heading)]
    assert found == ["Mål och uppdrag", "Unga"]


def test_a_line_in_an_item_that_may_be_a_heading_is_doubtful():
    """A heading that no blank line parts from the list above it ends up in a goal, and a person is asked to look."""
    goals = parse(read("Mål\n\n- Öppna mer\n- Bygg fler\nÄldre\n- Starta nytt\n".encode(), "plan.txt")).goals
    assert [(goal.text, bool(goal.doubts)) for goal in goals] == [
        ("Öppna mer", False),
        ("Bygg fler Äldre", True),
        ("Starta nytt", False),
    ]


def test_a_list_that_has_lost_its_marks_is_neither_headings_nor_goals():
    """Lines under a goal heading that are worded as goals stay text, and a person is asked to look."""
    text = "Unga\n\nDe är många.\n\nDet här vill vi\n\nÖppna en fritidsbank\n\nStarta ett kafé\n\nSlut.\n"
    plan = parse(read(text.encode(), "plan.txt"))
    assert plan.goals == []
    assert [(type(block).__name__, getattr(block, "confidence", None)) for block in plan.blocks[2:]] == [
        ("Heading", None),
        ("Passage", Confidence.DOUBTFUL),
        ("Passage", Confidence.DOUBTFUL),
        ("Passage", Confidence.CERTAIN),
    ]


def test_a_pull_quote_ends_no_goals():
    """A sentence in large type on a page is text, and the list goes on being goals after it."""
    lines = [
        Line(1, "Mål", "Mål", Style.HEADING, 1, page=1),
        Line(2, "• Öppna mer", "Öppna mer", Style.BULLET, page=1),
        Line(3, "”Jag kom för kaffet.”", "”Jag kom för kaffet.”", Style.HEADING, 1, page=1),
        Line(4, "• Bygg fler", "Bygg fler", Style.BULLET, page=1),
    ]
    plan = parse(lines)
    assert [goal.text for goal in plan.goals] == ["Öppna mer", "Bygg fler"]
    assert isinstance(plan.blocks[2], Passage)

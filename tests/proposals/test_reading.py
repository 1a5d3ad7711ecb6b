"""Reading the two real plans, and the traps in them."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposals.reading import (
    Heading,
    LeftOut,
    ParsedPlan,
    Passage,
    PassageKind,
    Style,
    UnreadableDocumentError,
    parse,
    read,
)
from tests.conftest import KD_FILE, V_FILE

FILES = {"V": V_FILE, "KD": KD_FILE}


@pytest.fixture(scope="module", params=FILES)
def party(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def plan_of(party: str) -> ParsedPlan:
    return parse(read(FILES[party].read_bytes(), FILES[party].name))


def source_lines(party: str) -> list[str]:
    return FILES[party].read_text(encoding="utf-8").split("\n")


def headings(plan: ParsedPlan) -> list[Heading]:
    return [block for block in plan.blocks if isinstance(block, Heading)]


def passage_starting(plan: ParsedPlan, start: str) -> Passage:
    (found,) = [block for block in plan.blocks if isinstance(block, Passage) and block.text.startswith(start)]
    return found


@pytest.mark.parametrize(("party", "lists"), [("V", [2, 16, 22, 3, 8]), ("KD", [11, 6, 10])])
def test_lists_of_goals(party, lists):
    """V has 51 goals in five lists, KD 27 in three."""
    plan = plan_of(party)
    assert plan.goal_lists() == lists
    assert [goal.number for goal in plan.goals] == list(range(1, sum(lists) + 1))


def test_joining_the_blocks_gives_back_the_document(party):
    """Every line stands in exactly one block or is blank, and the raw lines are those of the file."""
    source = source_lines(party)
    rebuilt = [""] * len(source)
    for block in plan_of(party).blocks:
        for step, raw in enumerate(block.raw.split("\n")):
            assert rebuilt[block.first - 1 + step] == "", f"line {block.first + step} stands in two blocks"
            rebuilt[block.first - 1 + step] = raw
    assert "\n".join(rebuilt) == "\n".join(source)


def test_goal_texts_are_their_source_lines_without_markup(party):
    """A goal's text is its line with the bullet and emphasis marks taken off, and nothing else changed."""
    source = source_lines(party)
    for goal in plan_of(party).goals:
        assert goal.first == goal.last
        assert goal.text == re.sub(r"^- |\*", "", source[goal.first - 1]).strip()


def test_dash_under_an_ordinary_heading_is_no_goal():
    """The dash line under "Sveriges bästa arbetsgivare" has no goal heading above it, so it is prose."""
    assert passage_starting(plan_of("V"), "Ett hållbart arbetsliv betyder").kind is PassageKind.POINT


@pytest.mark.parametrize(
    ("start", "lines", "joined"),
    [
        ("Eskilstuna kommun har stora", (59, 61), "Det går att göra kortsiktiga"),
        ("Vänsterpartiet är ett feministiskt", (96, 98), "vem får vad, på vilka villkor och varför, i all"),
        ("Kommunen har under en lång tid", (177, 179), "kompetens och rekryteringsbehov."),
    ],
)
def test_paragraphs_cut_by_a_page_break_are_whole(start, lines, joined):
    """A paragraph that a page break cut in two is one passage, and knows all its lines."""
    passage = passage_starting(plan_of("V"), start)
    assert (passage.first, passage.last) == lines
    assert joined in passage.text


def test_emphasis_survives_a_page_break():
    """Italics on both sides of a page break mark the same words in the joined text."""
    passage = passage_starting(plan_of("V"), "Vänsterpartiet är ett feministiskt")
    assert [passage.text[mark.start : mark.end] for mark in passage.marks] == [
        "vem får vad, på vilka",
        "villkor och varför",
    ]


@pytest.mark.parametrize(("party", "before", "after"), [("V", 36, 37), ("KD", 21, 22)])
def test_lists_cut_by_a_page_break_are_whole(party, before, after):
    """A blank line inside a list parts no lists: numbering goes on."""
    goals = plan_of(party).goals
    assert goals[after - 1].first - goals[before - 1].last == 2


def test_headings_without_marks_are_found():
    """KD's plain text marks no heading; all seven are found, and those under "Mål och uppdrag" stand below it."""
    assert [(heading.text, heading.level) for heading in headings(plan_of("KD"))] == [
        ("Socialt ansvar för våra medmänniskor", 1),
        ("Sociala insatser för ungdomar", 1),
        ("Missbrukarvård", 1),
        ("Mål och uppdrag", 1),
        ("Vård och sociala tjänster", 2),
        ("Brukare och medarbetare", 2),
        ("Uppdrag till förvaltningen", 2),
    ]


def test_headings_in_every_combination_of_bold_and_italic():
    """V marks its headings in bold, italics, both or neither; the words come out the same."""
    texts = [heading.text for heading in headings(plan_of("V"))]
    assert texts.count("Mål och uppdrag:") == 4
    assert texts.count("Mål och uppdrag") == 1
    assert "Bostad till alla" in texts
    assert not any("*" in text for text in texts)


def test_cover(party):
    """What stands before the text is cover, not headings."""
    cover = [block.text for block in plan_of(party).blocks if getattr(block, "kind", None) is PassageKind.COVER]
    assert cover[-1] == {"V": "Vänsterpartiet gör skillnad", "KD": "Verksamhetsplan"}[party]


def test_stray_marks_and_misspellings_stay():
    """Nothing in a goal is corrected."""
    goals = plan_of("V").goals
    assert goals[35].text == "Kolloverksamheten ska fortsätta utvecklas”"
    assert goals[10].text == "Ta fram en handlingsplan fram för att motverka psykisk ohälsa hos tjejer"


def test_carriage_returns_and_byte_order_mark():
    """A file saved on Windows reads as the same plan."""
    content = b"\xef\xbb\xbf" + KD_FILE.read_bytes().replace(b"\n", b"\r\n")
    assert parse(read(content, "plan.txt")) == plan_of("KD")


@pytest.mark.parametrize(
    ("content", "name", "line", "words"),
    [
        (b"", "plan.md", 1, "tomt"),
        (b"\n \n\n", "plan.txt", 1, "tomt"),
        ("Rad ett\nMål\n".encode() + "åäö".encode("latin-1"), "plan.txt", 3, "UTF-8"),
        (b"ett\r\ntv\xff\r\n", "plan.md", 2, "UTF-8"),
        (b"ett\n\0\n", "plan.txt", 2, "nolltecken"),
        (b"hej", "plan.pdf", 1, ".pdf"),
        (b"hej", "plan", 1, "plan"),
    ],
)
def test_bad_documents_say_what_is_wrong_and_where(content, name, line, words):
    """A document that cannot be read gives one line in Swedish and the line number."""
    with pytest.raises(UnreadableDocumentError) as caught:
        read(content, name)
    assert caught.value.line == line
    assert words in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("name", ["plan.md", "plan.txt"])
def test_bullets_without_a_goal_heading_are_no_goals(name):
    """A document with no list under a goal heading has no goals; nothing is guessed."""
    plan = parse(read("Inledning\n\nDet här är text.\n\n- en punkt\n- en till\n".encode(), name))
    assert plan.goals == []
    assert [block.kind for block in plan.blocks if isinstance(block, Passage)][-1] is PassageKind.POINT


def test_dividing_lines_are_left_out_with_a_reason():
    """A line that only divides is no text, and says why it was left out."""
    plan = parse(read(b"# Plan\n\nText som slutar.\n\n---\n\nMer text.\n", "plan.md"))
    (left_out,) = [block for block in plan.blocks if isinstance(block, LeftOut)]
    assert (left_out.first, left_out.reason) == (5, "skiljelinje")


@pytest.mark.parametrize(
    "text",
    [
        "a `b\nc` d\ne",
        "[vår plan](https://exempel.se\n'titel') nu.\nsista",
        "![a\nb](x) c\nd",
        "<https://exempel.se>\nslut",
    ],
)
def test_marks_that_are_no_plans_own_stay(text):
    """Code, links and images are characters like any others in a plan, and never move a line."""
    (passage,) = parse(read(text.encode(), "plan.md")).blocks
    assert (passage.first, passage.last) == (1, text.count("\n") + 1)
    assert passage.text == text.replace("\n", " ")


def test_reading_takes_time_in_proportion():
    """A document of many short lines is read without going through it again for each: it would take minutes."""
    for text in ("abc\n\n" * 9_999, "abc\n" * 19_999):
        started = time.process_time()
        assert parse(read(text.encode(), "plan.txt")).line_count >= 19_998
        assert time.process_time() - started < 5


def test_underlined_headings_keep_their_underline_accounted_for():
    """A heading underlined in Markdown is a heading, and its underline is a line of its own that is left out."""
    plan = parse(read("Mål och uppdrag\n===\n\n- Göra något\n".encode(), "plan.md"))
    assert [type(block).__name__ for block in plan.blocks] == ["Heading", "LeftOut", "Passage"]
    assert plan.blocks[1].reason == "understrykning av en rubrik"
    assert len(plan.goals) == 1


def test_html_in_a_document_is_text():
    """Angle brackets are the party's words like any others."""
    plan = parse(read("Mål och uppdrag\n\n- Stoppa <script>alert(1)</script> &amp; mer\n".encode(), "plan.txt"))
    assert plan.goals[0].text == "Stoppa <script>alert(1)</script> &amp; mer"


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
LINES = st.one_of(
    WORDS,
    st.sampled_from(["", "", "Mål och uppdrag:", "# Mål och uppdrag", "- punkt", "  - under", "---", "slut.", "* *x*"]),
    st.builds("- {}".format, WORDS),
    st.builds("## {}".format, WORDS),
)


@pytest.mark.parametrize("name", ["plan.md", "plan.txt"])
@given(lines=st.lists(LINES, max_size=25))
def test_every_line_of_any_document_is_accounted_for(name, lines):
    """Whatever stands in a document, each line that is not blank belongs to exactly one block, as it stands."""
    text = "\n".join(lines)
    try:
        read_lines = read(text.encode(), name)
    except UnreadableDocumentError:
        return
    plan = parse(read_lines)
    covered: dict[int, str] = {}
    for block in plan.blocks:
        for step, raw in enumerate(block.raw.split("\n")):
            assert block.first + step not in covered
            covered[block.first + step] = raw
    for line in read_lines:
        if line.style is not Style.BLANK:
            assert covered[line.number] == line.raw

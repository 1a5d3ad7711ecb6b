"""Goals in the cells of tables: which columns hold them, and what makes one doubtful."""

from dataclasses import replace

import pytest
from reportlab.lib import colors
from reportlab.platypus import Paragraph, Table, TableStyle

from proposals.reading import (
    Confidence,
    Heading,
    Line,
    ParsedPlan,
    Passage,
    PassageKind,
    Style,
    lines_from_json,
    lines_to_json,
    parse,
    read,
)
from proposals.reading.lines import Cell
from proposals.reading.tables import CUT, LOOKS_BACK, MAY_BE_OTHER, SHARED
from tests.documents.broken import opendocument, word
from tests.proposals.test_layouts_of_formats import BODY, BOLD, TEXT, flowed
from tests.proposals.test_parse import check_accounted_for, steps


def table(document: str) -> list[Line]:
    """Give the lines of a table that has a row on each line and "¦" before each cell; a blank cell has none."""
    found: list[Line] = []
    for row, cells in enumerate(document.split("\n"), start=1):
        for column, text in enumerate(cells.removeprefix("¦").split("¦"), start=1):
            if text := text.strip():
                found.append(Line(2 * len(found) + 1, text, text, Style.TEXT, cell=Cell(1, row, column)))
    return [line for cell in found for line in (cell, Line(cell.number + 1, "", "", Style.BLANK))]


def plan(document: str, heading: str = "") -> ParsedPlan:
    return renumbered(*([heading_line(heading)] if heading else []), *table(document))


def heading_line(text: str) -> Line:
    return Line(1, text, text, Style.HEADING, 1)


def renumbered(*lines: Line) -> ParsedPlan:
    """Parse lines that come from several places, each accounted for once."""
    numbered = [replace(line, number=number) for number, line in enumerate(lines, start=1)]
    parsed = parse(numbered)
    check_accounted_for(numbered, parsed)
    return parsed


def goals(document: str, heading: str = "") -> list[str]:
    return [goal.text for goal in plan(document, heading).goals]


def test_the_cells_under_a_goal_heading_are_goals():
    """Each cell below "Mål" is a likely goal, whose heading is the column's; the other cells are text."""
    found = plan(
        "¦ Mål: ¦ Åtgärder ¦ Ansvarig\n¦ Öppna fler parker ¦ köpa mark ¦ Nämnden\n¦ bygga om torget ¦ ¦ Nämnden"
    )
    assert [(goal.text, goal.goal_heading, goal.confidence) for goal in found.goals] == [
        ("Öppna fler parker", "Mål", Confidence.LIKELY),
        ("bygga om torget", "Mål", Confidence.LIKELY),
    ]
    others = [block.text for block in found.blocks if isinstance(block, Passage) and block.kind is PassageKind.PROSE]
    assert others == ["Mål:", "Åtgärder", "Ansvarig", "köpa mark", "Nämnden", "Nämnden"]
    assert not any(isinstance(block, Heading) for block in found.blocks)


@pytest.mark.parametrize(
    "document",
    [
        "¦ Nyckeltal ¦ Mål 2026\n¦ Köer till förskolan ¦ 12 dagar\n¦ Andel nöjda föräldrar ¦ 90 %",
        "¦ Område ¦ Ansvarig\n¦ Öppna fler parker ¦ Nämnden",
        "¦ Mål\n¦ Öppna fler parker",
        "¦ Öppna fler parker ¦ Mål och uppdrag\n¦ Mål ¦ Öppna fler parker",
    ],
    ids=["figures", "no name", "one column", "a name that stands below"],
)
def test_tables_without_a_column_of_worded_goals_have_none(document):
    """Figures under "Mål 2026" are no goals, nor is a table whose first row does not name a column of them."""
    found = goals(document)
    assert found in ([], ["Öppna fler parker"][: document.count("uppdrag")])


def test_a_figure_or_a_dash_among_goals_is_none():
    """A cell with a single word or less stands for nothing that is to be done."""
    assert goals("¦ Nr ¦ Mål\n¦ 1 ¦ Öppna fler parker\n¦ 2 ¦ –\n¦ 3 ¦ Se ovan\n¦ 4 ¦ 2. Bygga om torget") == [
        "Öppna fler parker", "Se ovan", "Bygga om torget"
    ]  # fmt: skip


def test_what_makes_a_cell_doubtful():
    """A table that looks back, a column of measures, and a cell with several paragraphs are for a person to look at."""
    looking_back = plan("¦ Mål ¦ Utfall\n¦ Öppna fler parker ¦ Två parker").goals
    assert [(goal.confidence, goal.doubts) for goal in looking_back] == [(Confidence.DOUBTFUL, (LOOKS_BACK,))]
    measures = plan("¦ Åtgärder ¦ Ansvarig\n¦ Öppna fler parker ¦ Nämnden").goals
    assert [(goal.confidence, goal.doubts) for goal in measures] == [(Confidence.DOUBTFUL, (MAY_BE_OTHER,))]
    lines = table("¦ Mål ¦ Ansvarig\n¦ Öppna fler parker ¦ Nämnden")
    blank, cell = lines[1], lines[4]
    shared = renumbered(*lines[:5], blank, replace(cell, raw="Var då?", text="I var stadsdel"), *lines[5:]).goals
    assert [(goal.text, goal.doubts) for goal in shared] == [(cell.text, (SHARED,)), ("I var stadsdel", (SHARED,))]


def test_only_the_list_counts_in_a_cell_with_a_list():
    """A cell's bullets are its goals, not what leads in to them; bullets of other columns are none."""
    lines = table("¦ Uppdrag ¦ Ansvarig\n¦ Vi vill detta: ¦ Nämnden\n¦ Öppna fler parker ¦ Hela nämnden")
    item = replace(lines[4], text="Bygga om torget", style=Style.BULLET)
    listed = replace(lines[6], text="Hela den nya nämnden", style=Style.BULLET)
    found = renumbered(heading_line("Våra mål"), *lines[:5], item, lines[5], listed, *lines[7:])
    assert [goal.text for goal in found.goals] == ["Bygga om torget", "Öppna fler parker"]


def test_a_table_below_a_heading_on_background_has_no_goals():
    """The heading above decides, as it does for lists."""
    document = "¦ Mål ¦ Ansvarig\n¦ Öppna fler parker ¦ Nämnden"
    assert goals(document, "Resultat 2025") == []
    below = renumbered(heading_line("Bakgrund"), replace(heading_line("Våra mål"), level=2), *table(document))
    assert [goal.text for goal in below.goals] == ["Öppna fler parker"]
    assert goals(document, "En grön stad") == ["Öppna fler parker"]


def test_cells_are_never_joined():
    """A text that does not end goes on in lower case, but not in another cell."""
    found = plan("¦ Mål ¦ Ansvarig\n¦ Öppna fler parker i ¦ nämnden\n¦ bygga om torget ¦ nämnden")
    assert [goal.text for goal in found.goals] == ["Öppna fler parker i", "bygga om torget"]


def test_a_table_goes_on_over_a_page():
    """On the next page the columns are the same without their names; a cell that is cut is doubtful, its rest none."""
    lines = [replace(line, page=1) for line in table("¦ Mål ¦ Ansvarig\n¦ Öppna fler parker i ¦ Nämnden")]
    rest = table("¦ Hela den stora stad ¦ Alla\n¦ Bygga om torget ¦ Nämnden")
    for text, doubts in (("hela den stora staden", (CUT,)), ("Hela staden blir grön", ())):
        after = [replace(line, page=2, cell=line.cell and replace(line.cell, table=2)) for line in rest]
        after[0] = replace(after[0], raw=text, text=text)
        found = renumbered(*lines, *after).goals
        assert found[0].doubts == doubts
        assert [goal.text for goal in found[1:]] == ([] if doubts else [text]) + ["Bygga om torget"]
        third = [replace(line, page=4) for line in after]
        assert len(renumbered(*lines, *third).goals) == 1


def cells(content: bytes, name: str) -> list[tuple[str, tuple[int, int, int] | None]]:
    return [
        (line.text, line.cell and (line.cell.table, line.cell.row, line.cell.column))
        for line in read(content, name)
        if line.text
    ]


PLACES = [
    ("Plan", None),
    ("Mål", (1, 1, 1)),
    ("Ansvarig", (1, 1, 3)),
    ("Över hela raden", None),
    ("Bygga om", (1, 3, 1)),
    ("Snart", (1, 3, 2)),
    ("Nämnden", (1, 3, 3)),
]


def test_word_says_which_cell_a_line_stands_in():
    """Columns are counted with those that a cell stretches over; a cell alone in its row is none."""

    def cell(text: str, span: int = 1) -> str:
        return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'

    rows = (
        cell("Mål", 2) + cell("Ansvarig"),
        cell("Över hela raden", 3),
        cell("Bygga om") + cell("Snart") + cell("Nämnden"),
    )
    body = "<w:p><w:r><w:t>Plan</w:t></w:r></w:p><w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    assert cells(word(body), "plan.docx") == PLACES


def test_opendocument_says_which_cell_a_line_stands_in():
    """Covered and repeated cells are counted."""

    def cell(text: str, covered: int = 0) -> str:
        rest = f'<table:covered-table-cell table:number-columns-repeated="{covered}"/>' if covered else ""
        return f"<table:table-cell><text:p>{text}</text:p></table:table-cell>{rest}"

    rows = (
        cell("Mål", 1) + cell("Ansvarig"),
        cell("Över hela raden", 2),
        cell("Bygga om") + cell("Snart") + cell("Nämnden"),
    )
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    assert cells(opendocument(f"<text:p>Plan</text:p><table:table>{body}</table:table>"), "plan.odt") == PLACES


def test_a_pdf_says_which_cell_a_line_stands_in():
    """The lines around cells tell; a name in bold is no heading there, and a table is counted on over the pages."""
    drawn = Table(
        [[Paragraph("Mål", BOLD), "", "Ansvarig"], ["Över hela raden", "", ""], ["Bygga om", "Snart", "Nämnden"]],
        colWidths=[160, 100, 100],
        style=TableStyle(
            [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("SPAN", (0, 0), (1, 0)), ("SPAN", (0, 1), (2, 1))]
        ),
    )
    content = flowed(Paragraph("Plan", BODY), drawn, Paragraph(TEXT, BODY))
    assert cells(content, "plan.pdf")[: len(PLACES)] == PLACES
    lines = read(content, "plan.pdf")
    assert all(line.style is not Style.HEADING for line in lines)
    assert lines_from_json(lines_to_json(lines)) == lines


@pytest.mark.parametrize(
    "row", ["¦ Öppna fler parker ¦ Nämnden", "¦ Mål ¦ Mål och uppdrag ¦ Uppdrag", "¦ 1. Öppna ¦ x"]
)
def test_work_is_in_proportion_to_the_table(row):
    """Ten times the rows, or the columns, take about ten times the work."""
    few, many = (table("\n".join(["¦ Mål ¦ Ansvarig", *[row] * times])) for times in (40, 400))
    assert steps(many) < 13 * steps(few)
    few, many = (table("\n".join([f"¦ {'Mål ¦ ' * times}Slut", row * times])) for times in (40, 400))
    assert steps(many) < 13 * steps(few)

"""Measures how much of what plans say is found: whether each goal comes out of each document word for word.

Each document has a file beside it that says which goals and headings stand in it, made from its source by hand and
never from what the parser finds. A goal counts as found only where its text is exactly right, but for blanks; goals
are compared in order, so that one in the wrong place is both missed and invented. The lenient figure also counts goals
that have nearly the right text.

The documents that are held out were read when the rules were done; no rule was made for them.
"""

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from proposals.manifest import PLANS
from proposals.reading import Heading, ParsedPlan, UnreadableDocumentError, parse, read
from tests.evaluation import FAILED

DOCUMENTS = Path(__file__).resolve().parents[1] / "documents"
LAYOUTS = DOCUMENTS / "layouts"
SEEDS = DOCUMENTS / "seeds"
#: The two real plans as text, which other tests hold to the original line by line.
REAL = {
    "kd": PLANS / "eskilstuna-socialnamnden-2017/kristdemokraterna-socialnamnden-2017.txt",
    "v": PLANS / "eskilstuna-socialnamnden-2017/vansterpartiet-socialnamnden-2017.md",
}
#: What both precision and recall are to reach.
ENOUGH = 0.98
#: How alike two texts are to be for the lenient figure.
NEARLY = 0.9


@dataclass(frozen=True)
class Expected:
    """What stands in a document: goals and headings in order, and the cover's lines, which may be headings or not."""

    path: Path
    shape: str
    held_out: bool
    goals: list[str]
    headings: list[str]
    cover: list[str]


@dataclass(frozen=True)
class Score:
    """What was found of what was expected."""

    expected: int
    found: int
    right: int
    missed: list[str]
    invented: list[str]

    @property
    def precision(self) -> float:
        """How much of what was found is right; all of it where nothing was."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """How much of what is there was found; all of it where nothing is."""
        return self.right / self.expected if self.expected else 1.0

    @property
    def is_whole(self) -> bool:
        """Whether all was found, and nothing else."""
        return self.right == self.found == self.expected


@dataclass(frozen=True)
class Result:
    """How one document was read."""

    document: Expected
    goals: Score
    headings: Score
    error: str = ""


def layouts() -> list[Expected]:
    """Give the documents of invented parties."""
    return [load(path) for path in sorted(LAYOUTS.glob("*.toml"))]


def seeds() -> list[Expected]:
    """Give the two real plans in every other format, each to be read as its text file is."""
    return [
        _as_text_file(path, REAL[path.stem.partition("-")[0]])
        for path in sorted(SEEDS.iterdir())
        if path.suffix in (".docx", ".odt", ".pdf")
    ]


def _as_text_file(path: Path, text_file: Path) -> Expected:
    plan = parse(read(text_file.read_bytes(), text_file.name))
    headings = [block.text for block in plan.blocks if isinstance(block, Heading)]
    return Expected(path, "", False, [goal.text for goal in plan.goals], headings, [])


def load(path: Path) -> Expected:
    """Read what is to be found in a document."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return Expected(path.parent / content.pop("file"), **content)


def evaluate(document: Expected) -> Result:
    """Read a document and compare what was found with what is there."""
    plan, error = ParsedPlan((), 0), ""
    try:
        plan = parse(read(document.path.read_bytes(), document.path.name))
    except UnreadableDocumentError as problem:
        error = problem.message
    cover = {_plain(text) for text in document.cover}
    found = [block.text for block in plan.blocks if isinstance(block, Heading) and _plain(block.text) not in cover]
    return Result(
        document, compare(document.goals, [goal.text for goal in plan.goals]), compare(document.headings, found), error
    )


def compare(expected: Sequence[str], found: Sequence[str]) -> Score:
    """Compare two lists of texts in order, blanks apart."""
    wanted, got = [_plain(text) for text in expected], [_plain(text) for text in found]
    blocks = SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks()
    right_wanted = {place for block in blocks for place in range(block.a, block.a + block.size)}
    right_got = {place for block in blocks for place in range(block.b, block.b + block.size)}
    return Score(
        len(wanted),
        len(got),
        len(right_wanted),
        [text for place, text in enumerate(wanted) if place not in right_wanted],
        [text for place, text in enumerate(got) if place not in right_got],
    )


def total(scores: Iterable[Score]) -> Score:
    """Add scores up."""
    every = list(scores)
    return Score(
        sum(score.expected for score in every),
        sum(score.found for score in every),
        sum(score.right for score in every),
        [text for score in every for text in score.missed],
        [text for score in every for text in score.invented],
    )


def nearly_right(score: Score) -> int:
    """Count the goals that were found with exactly or nearly the right text."""
    left = list(score.invented)
    count = score.right
    for text in score.missed:
        match = next((other for other in left if SequenceMatcher(None, text, other).ratio() >= NEARLY), None)
        if match is not None:
            left.remove(match)
            count += 1
    return count


def _plain(text: str) -> str:
    return " ".join(text.split())


# What is printed


def report() -> Iterator[str]:
    """Say how each document was read, and what of it fails; the real plans are to be read as their text files are."""
    real = "The two real plans in other formats"
    groups = {
        "Layouts": [document for document in layouts() if not document.held_out],
        "Held out: no rule was made for these": [document for document in layouts() if document.held_out],
        real: seeds(),
    }
    every: list[Result] = []
    for title, documents in groups.items():
        results = [evaluate(document) for document in documents]
        every += results
        yield f"\n{title}"
        yield f"  {'document':42} {'goals':>9} {'precision':>9} {'recall':>7} {'headings':>9}"
        for result in results:
            yield from _rows(result)
        yield _row("together", total(r.goals for r in results), total(r.headings for r in results))
        goals = total(result.goals for result in results)
        if min(goals.precision, goals.recall) < ENOUGH:
            yield f"{FAILED}precision {goals.precision:.3f} and recall {goals.recall:.3f}, {ENOUGH} is asked for"
        for result in results if title == real else ():
            if not (result.goals.is_whole and result.headings.is_whole):
                yield f"{FAILED}{result.document.path.name} has not the goals and headings of its text file"
    goals = total(result.goals for result in every)
    yield "\n" + _row("all documents", goals, total(result.headings for result in every))
    yield f"  with nearly the right text: {nearly_right(goals)} of {goals.expected}"


def _rows(result: Result) -> Iterator[str]:
    yield _row(result.document.path.name, result.goals, result.headings)
    if result.error:
        yield f"      not read: {result.error}"
    for label, texts in (
        ("missed", result.goals.missed),
        ("invented", result.goals.invented),
        ("heading missed", result.headings.missed),
        ("heading invented", result.headings.invented),
    ):
        for text in texts:
            yield f"      {label}: {text[:150]}"


def _row(name: str, goals: Score, headings: Score) -> str:
    return (
        f"  {name:42} {goals.right:>4}/{goals.expected:<4} {goals.precision:>9.3f} {goals.recall:>7.3f}"
        f" {headings.right:>4}/{headings.expected:<4}"
    )

"""Plans as files that people and programs exchange: JSON with everything, CSV with a row for each block.

docs/plan-files.md describes both. What is written is read back to the same; nothing here asks the database.
"""

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from hashlib import sha256
from typing import Any

from proposals.reading import (
    GoalKind,
    Heading,
    LeftOut,
    Line,
    Mark,
    ParsedPlan,
    Passage,
    PassageKind,
    Style,
    UnreadableDocumentError,
)
from proposals.reading.edit import key_of
from proposals.reading.limits import LARGEST_FILE, LONGEST_LINE, MOST_LINES

FORMAT, VERSION = "namndkollen-plan", 1
HEADING, LEFT_OUT, GOAL = "heading", "left_out", PassageKind.GOAL.value
KINDS = {HEADING, LEFT_OUT, *(kind.value for kind in PassageKind)}
#: What parts several values in one cell.
BETWEEN = " | "
#: What a spreadsheet would take for the beginning of a formula, and our own mark for it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


@dataclass(slots=True)
class BlockRecord:
    """One block of a plan: a heading, a passage, a goal or something left out, with all that is known of it."""

    kind_of_block: str
    first_line: int
    last_line: int
    raw: str
    text: str
    first_character: int = 0
    page: int | None = None
    level: int | None = None
    reason: str = ""
    rule: str = ""
    marks: list[list[Any]] = field(default_factory=list)
    sic: list[str] = field(default_factory=list)
    number: int | None = None
    kind: str = ""
    target_value: str = ""
    target_unit: str = ""
    target_bound: str = ""
    frequency: str = ""
    due_year: int | None = None
    due_words: str = ""
    due_on: str = ""
    responsible: list[str] = field(default_factory=list)
    issues: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    relation: str = ""
    relation_reason: str = ""


@dataclass(slots=True)
class PlanRecord:
    """A plan as a file has it: whose it is, its document if the file has it, and its blocks in order."""

    municipality: str
    municipality_code: str
    committee: str
    year: int
    party: str
    party_abbreviation: str
    title: str
    plan_version: int
    document_name: str
    document_sha256: str
    document: bytes | None = None
    blocks: list[BlockRecord] = field(default_factory=list)

    def lines(self) -> list[Line]:
        """Give the lines that the blocks have; those between them are blank."""
        count = max((block.last_line for block in self.blocks), default=0)
        lines = [Line(number, "", "", Style.BLANK) for number in range(1, count + 1)]
        for block in self.blocks:
            raws = block.raw.split("\n")
            style = Style.BULLET if block.kind_of_block in (GOAL, PassageKind.POINT.value) else Style.TEXT
            reason = block.reason if block.kind_of_block == LEFT_OUT else ""
            alone = len(raws) == 1
            for number, raw in enumerate(raws[: block.last_line - block.first_line + 1], start=block.first_line):
                if lines[number - 1].style is Style.BLANK:
                    text = block.text if alone and not block.first_character else raw.strip()
                    lines[number - 1] = Line(number, raw, text, style, page=block.page, left_out=reason)
        return lines

    def plan(self) -> ParsedPlan:
        """Give the plan that the blocks are."""
        count = max((block.last_line for block in self.blocks), default=0)
        found: list[Heading | Passage | LeftOut] = []
        heading, number = "", 0
        for block in self.blocks:
            where: dict[str, Any] = {
                "first": block.first_line,
                "last": block.last_line,
                "raw": block.raw,
                "text": block.text,
                "start": block.first_character,
                "page": block.page,
            }
            if block.kind_of_block == HEADING:
                heading = block.text
                found.append(Heading(**where, level=block.level or 1))
            elif block.kind_of_block == LEFT_OUT:
                found.append(LeftOut(**where, reason=block.reason))
            else:
                kind = PassageKind(block.kind_of_block)
                is_goal = kind is PassageKind.GOAL
                number += is_goal
                found.append(
                    Passage(
                        **where,
                        kind=kind,
                        marks=tuple(Mark(*mark) for mark in block.marks),
                        rule=block.rule,
                        number=number if is_goal else None,
                        goal_heading=heading if is_goal else "",
                    )
                )
        return ParsedPlan(tuple(found), count)

    def readings(self) -> dict[str, Any]:
        """Give what is read out of the goals, by the keys of their blocks, and the words that stand so, by line."""
        blocks = zip(self.plan().blocks, self.blocks, strict=True)
        found: dict[str, Any] = {
            key_of(block): {
                "kind": record.kind,
                "target_value": record.target_value or None,
                "target_unit": record.target_unit,
                "bound": record.target_bound,
                "frequency": record.frequency,
                "due_year": record.due_year,
                "due_words": record.due_words,
                "due_on": record.due_on or None,
                "responsible": record.responsible,
                "number": record.number,
            }
            for block, record in blocks
            if record.kind_of_block == GOAL
        }
        sic = {str(record.first_line): record.sic for record in self.blocks if record.sic}
        return {**found, "sic": sic} if sic else found

    def arrangement(self) -> dict[str, Any]:
        """Give how goals and passages are arranged, as a draft keeps it, by the names of issues and topics."""
        goals: dict[str, str] = {}
        prose: dict[str, list[str]] = {}
        new_issues: dict[str, str] = {}
        relations: dict[str, list[str]] = {}
        for block, record in zip(self.plan().blocks, self.blocks, strict=True):
            references = [f"+{name}" for name in record.issues]
            new_issues |= {
                name: f"+{topic}" for name, topic in zip(record.issues, record.topics, strict=False) if topic
            }
            if record.kind_of_block == GOAL and references:
                goals[key_of(block)] = references[0]
                if record.relation:
                    relations[references[0]] = [record.relation, record.relation_reason]
            elif references:
                prose[key_of(block)] = references
        return {"goals": goals, "prose": prose, "new_issues": new_issues, "relations": relations}


_OF_PLAN = [each.name for each in fields(PlanRecord) if each.name not in ("document", "blocks")]
_OF_BLOCK = [each.name for each in fields(BlockRecord)]
_NUMBERS = {"first_line", "last_line", "first_character", "page", "level", "number", "due_year"}
_LISTS = {"sic", "responsible", "issues", "topics"}
#: The highest of the numbers that count goals, pages and years, and the longest of the words that are ours.
_HIGHEST = 32_767
_LONGEST = {"rule": 50, "reason": 200}
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_TARGET = re.compile(r"(?:-?\d{1,10}(?:\.\d{1,2})?)?", re.ASCII)
COLUMNS = [*_OF_PLAN, *_OF_BLOCK]


def to_json(plan: PlanRecord) -> str:
    """Write a plan as JSON, with its document."""
    about: dict[str, Any] = {name: getattr(plan, name) for name in _OF_PLAN}
    content = base64.b64encode(plan.document).decode() if plan.document is not None else None
    blocks = [asdict(block) for block in plan.blocks]
    whole = {"format": FORMAT, "version": VERSION, **about, "document": content, "blocks": blocks}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def from_json(text: str) -> PlanRecord:
    """Read a plan that ``to_json`` wrote.

    :raises UnreadableDocumentError: if it is something else, or a field is missing or wrong.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableDocumentError("filen är inte giltig JSON") from error
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise UnreadableDocumentError("filen är ingen plan från Nämndkollen; fältet format saknas")
    if whole.get("version") != VERSION:
        raise UnreadableDocumentError(f"filen har version {whole.get('version')}; bara version {VERSION} kan läsas")
    rows = whole.get("blocks")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnreadableDocumentError("fältet blocks ska vara en lista")
    plan = _plan(whole, [_block(row, number) for number, row in enumerate(rows, start=1)])
    if (content := whole.get("document")) is not None:
        plan.document = _document(content, plan.document_sha256)
    return plan


def to_csv(plan: PlanRecord) -> str:
    """Write a plan as CSV, a row for each block; the document itself has no place there."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    about = [cell(getattr(plan, name)) for name in _OF_PLAN]
    for block in plan.blocks:
        row = [json.dumps(block.marks) if name == "marks" else cell(getattr(block, name)) for name in _OF_BLOCK]
        writer.writerow([*about, *row])
    return out.getvalue()


def from_csv(text: str) -> PlanRecord:
    """Read a plan that ``to_csv`` wrote, also with a semicolon between the cells as Swedish spreadsheets save it.

    :raises UnreadableDocumentError: if a column is missing, or a cell is wrong; with the row's number.
    """
    head = text.partition("\n")[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = next(rows, [])
        if missing := [name for name in COLUMNS if name not in columns]:
            raise UnreadableDocumentError(f"kolumnen {missing[0]} saknas; filen är ingen plan från Nämndkollen")
        about: dict[str, Any] = {}
        blocks = []
        for number, cells in enumerate(rows, start=2):
            if len(cells) != len(columns):
                raise UnreadableDocumentError(f"rad {number} har {len(cells)} celler i stället för {len(columns)}")
            row = dict(zip(columns, map(uncell, cells), strict=True))
            about = about or {name: row[name] for name in _OF_PLAN}
            blocks.append(_block(_from_cells(row, number), number))
    except csv.Error as error:
        raise UnreadableDocumentError("filen är inte giltig CSV") from error
    if not blocks:
        raise UnreadableDocumentError("filen har inga rader under rubrikraden")
    for name in ("year", "plan_version"):
        about[name] = _whole_number(about[name], name, 2)
    return _plan(about, blocks)


READERS: Mapping[str, Callable[[str], PlanRecord]] = {".json": from_json, ".csv": from_csv}


def cell(value: Any) -> str:
    """Write a value as a cell that no spreadsheet takes for a formula."""
    written = "" if value is None else joined(value) if isinstance(value, list) else str(value)
    return f"'{written}" if written.startswith(_FORMULA) else written


def joined(values: list[str]) -> str:
    """Write several values in one cell; as JSON where one of them has what parts them."""
    joined = BETWEEN.join(values)
    if joined.startswith("[") or parted(joined) != values:
        return json.dumps(values, ensure_ascii=False)
    return joined


def parted(cell: str) -> list[str]:
    """Read several values that ``cell`` wrote in one cell.

    :raises TypeError: if the cell is JSON and no list; ``ValueError`` if it looks like JSON and is none.
    """
    if not cell.startswith("["):
        return cell.split(BETWEEN) if cell else []
    found = json.loads(cell)
    if not isinstance(found, list):
        raise TypeError(cell)
    return found


def uncell(cell: str) -> str:
    """Read a cell as ``cell`` wrote it, without the mark against formulas."""
    return cell.removeprefix("'") if cell.startswith(tuple(f"'{sign}" for sign in _FORMULA)) else cell


def _from_cells(row: Mapping[str, str], number: int) -> dict[str, Any]:
    found: dict[str, Any] = {name: row[name] for name in _OF_BLOCK}
    for name in _NUMBERS:
        found[name] = _whole_number(row[name], name, number) if row[name] else None
    found["first_character"] = found["first_character"] or 0
    for name in ("marks", *sorted(_LISTS)):
        try:
            found[name] = json.loads(row[name] or "[]") if name == "marks" else parted(row[name])
        except (ValueError, TypeError, RecursionError) as error:
            raise UnreadableDocumentError(f"rad {number}: {name} är inte giltig JSON") from error
    return found


def _whole_number(text: str, name: str, row: int) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise UnreadableDocumentError(f"rad {row}: {name} ska vara ett heltal")
    return int(text)


def _plan(about: Mapping[str, Any], blocks: list[BlockRecord]) -> PlanRecord:
    for name in _OF_PLAN:
        wanted = int if name in ("year", "plan_version") else str
        if type(about.get(name)) is not wanted or (wanted is str and not _is_text(about[name])):
            raise UnreadableDocumentError(f"fältet {name} saknas eller har fel slags värde")
    if not blocks:
        raise UnreadableDocumentError("planen är tom")
    _check_order(blocks)
    return PlanRecord(**{name: about[name] for name in _OF_PLAN}, blocks=blocks)


def _check_order(blocks: list[BlockRecord]) -> None:
    """Make sure that each block has a place of its own, and that no goal's number stands twice."""
    places = [(block.first_line, block.first_character) for block in blocks]
    if len(set(places)) < len(places):
        raise UnreadableDocumentError("två block börjar på samma ställe")
    numbers = [block.number for block in blocks if block.kind_of_block == GOAL]
    if None in numbers or len(set(numbers)) < len(numbers):
        raise UnreadableDocumentError("varje mål behöver ett eget nummer")


def _block(row: Mapping[str, Any], number: int) -> BlockRecord:
    """Take a block, each field of the kind that it is to be.

    :raises UnreadableDocumentError: if one is not; with the block's number.
    """

    def wrong(name: str) -> UnreadableDocumentError:
        return UnreadableDocumentError(f"block {number}: {name} saknas eller har fel slags värde")

    found: dict[str, Any] = {}
    for name in _OF_BLOCK:
        value = row.get(name)
        if name in _NUMBERS:
            lowest, highest = (0, LONGEST_LINE) if name == "first_character" else (1, _HIGHEST)
            if value is not None and (type(value) is not int or not lowest <= value <= highest):
                raise wrong(name)
        elif name in _LISTS:
            if not isinstance(value, list) or not all(map(_is_text, value)):
                raise wrong(name)
        elif name != "marks" and not (_is_text(value) and len(str(value)) <= _LONGEST.get(name, LARGEST_FILE)):
            raise wrong(name)
        found[name] = value
    block = BlockRecord(**found)
    if block.kind_of_block not in KINDS:
        raise wrong("kind_of_block")
    if not block.first_line or not block.last_line or not block.first_line <= block.last_line <= MOST_LINES:
        raise wrong("first_line och last_line")
    if block.first_character is None:
        raise wrong("first_character")
    if block.kind_of_block == GOAL and block.kind not in {kind.value for kind in GoalKind}:
        raise wrong("kind")
    if block.due_on and not _is_day(block.due_on):
        raise wrong("due_on")
    if not _TARGET.fullmatch(block.target_value):
        raise wrong("target_value")
    if not _are_marks(block.marks, len(block.text)):
        raise wrong("marks")
    return block


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_text(value: Any) -> bool:
    """Tell whether a value is a text that can be kept."""
    return isinstance(value, str) and not _NO_TEXT.search(value)


def _are_marks(marks: Any, length: int) -> bool:
    return isinstance(marks, list) and all(
        isinstance(mark, list)
        and len(mark) == 3
        and type(mark[0]) is int
        and type(mark[1]) is int
        and 0 <= mark[0] < mark[1] <= length
        and mark[2] in ("em", "strong")
        for mark in marks
    )


def _document(content: Any, checksum: str) -> bytes:
    try:
        document = base64.b64decode(content, validate=True)
    except (TypeError, ValueError) as error:
        raise UnreadableDocumentError("fältet document är inte base64") from error
    if sha256(document).hexdigest() != checksum:
        raise UnreadableDocumentError("dokumentet i filen stämmer inte med sin kontrollsumma")
    return document

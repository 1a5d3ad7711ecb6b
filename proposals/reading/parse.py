"""From lines to a plan: headings, passages and goals, with every line accounted for.

What makes a passage a goal is stated in :mod:`proposals.reading.rules`; here is where in a document the rules apply.
Each passage remembers the rule that made it what it is, so that a person can be told why a line was taken for a goal.

The work goes in steps, each over the whole document once: lines that are no text are set aside, the others are put
together to drafts of blocks, headings that the format does not mark are found, and the drafts become blocks.
"""

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from proposals.reading import rules
from proposals.reading.lines import Line, Mark, Style
from proposals.reading.rules import HEADING_NUMBER, LONGEST_HEADING, Confidence, PassageKind, Rule, goal_heading

_FINISHED = re.compile(r"[.!?:;…][\"”’»)\]]*$")
_SENTENCE_END = re.compile(r"[.!?…][\"”’»)\]]*$")
# Marks that a list may have and that a reader did not know, Wingdings' own characters among them.
_GLYPHS = r"[-–—•▪▫◦‣⁃·*●○■□►▶➢➤✓✔»→\uf0a7\uf0b7\uf0d8\uf0fc\uf076]"
#: Marks that also stand within sentences.
_ALSO_DASHES = "-–—*·»→o"
_GLYPH_ALONE = re.compile(rf"{_GLYPHS}|o")
_GLYPH = re.compile(rf"(?:{_GLYPHS}|o\t)\s{{1,8}}(?=\S)")
_ORDINAL = re.compile(
    r"(?P<label>§ ?|(?:förslag|mål|uppdrag|punkt|åtagande) )?(?P<number>\d{1,3})(?P<end>[.):]?)\s{1,8}(?=\S)",
    re.IGNORECASE,
)
_THAT = re.compile(r"att\s", re.IGNORECASE)
_ASKS = re.compile(
    r"(?::|\b(?:yrkar|yrkas|föreslår|föreslås|hemställer|beslutar?)(?: (?:därför|att|vi|nämnden))?)$", re.IGNORECASE
)
_CONTENTS = re.compile(r"innehåll(?:sförteckning)?:?", re.IGNORECASE)
_DOTTED = re.compile(r"(?:\s?[.…·_]){3,}\s*\d{1,3}$")
_PAGE_NUMBER = re.compile(r"\S\s{1,20}\d{1,3}$")
#: A line of contents is no longer than this.
_LONGEST_ENTRY = 150
#: A line shorter than this share of the longest below it was not broken because it was full.
_SHORT_BESIDE = 0.6
#: Goals longer than this are doubtful: a paragraph, or several goals.
_LONG_ITEM = 800

CONTENTS = "innehållsförteckning"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of lines that belong together: ``first`` to ``last``, counted from 1, and ``raw`` exactly as it stands.

    ``start`` is the character of the first line's text that the block begins at: 0, but where a number or mark of a
    list was taken off or a person has parted a line; ``end`` is the one of the last line's text that it ends before.
    ``page`` is the page that it begins on.
    """

    first: int
    last: int
    raw: str
    text: str
    start: int = field(default=0, kw_only=True)
    end: int | None = field(default=None, kw_only=True)
    page: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Heading(Block):
    """A heading (avsnittsrubrik).

    ``level`` is 1 for the uppermost.
    """

    level: int


@dataclass(frozen=True, slots=True)
class Passage(Block):
    """A paragraph or bullet (textställe).

    ``number`` counts the goals of the plan from 1, in the document's order. ``goal_heading`` is the heading or the
    lead-in sentence that makes the passage a goal. ``doubts`` are the reasons, in Swedish, why a person should look:
    not a goal after all, or a goal after all.
    """

    kind: PassageKind
    marks: tuple[Mark, ...]
    rule: str
    number: int | None = None
    goal_heading: str = ""
    confidence: Confidence = Confidence.CERTAIN
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut(Block):
    """A line that is no part of the text, with the reason in Swedish."""

    reason: str


@dataclass(frozen=True, slots=True)
class ParsedPlan:
    """A plan as it was read: its blocks in the order of the document, and how many lines the document has."""

    blocks: tuple[Heading | Passage | LeftOut, ...]
    line_count: int

    @property
    def goals(self) -> list[Passage]:
        """The passages that are goals, in order."""
        return [block for block in self.blocks if isinstance(block, Passage) and block.kind is PassageKind.GOAL]

    def goal_lists(self) -> list[int]:
        """Count the goals under each heading that has any, in order."""
        counts: list[int] = []
        fresh = True
        for block in self.blocks:
            if isinstance(block, Heading):
                fresh = True
            elif isinstance(block, Passage) and block.kind is PassageKind.GOAL:
                if fresh:
                    counts.append(0)
                counts[-1] += 1
                fresh = False
        return counts


@dataclass(slots=True)
class _Draft:
    """A block on its way: what it seems to be, and its lines.

    ``skip`` is how many characters of the first line are a list's mark or number; ``ordinal`` is that number, with
    what stands around it, where it is not settled yet whether it numbers an item or a heading. ``indent`` is how deep
    an item stands. ``found`` says that the rules made it a heading, ``cut`` that it may go on from the block before.
    ``under`` is the item that leads in to it, and ``parts`` are the places in ``lines`` where a sub-item begins.
    """

    style: Style
    lines: list[Line]
    level: int | None = None
    skip: int = 0
    ordinal: tuple[str, int] | None = None
    indent: int = 0
    found: bool = False
    cut: bool = False
    leads_sub_items: bool = False
    under: "_Draft | None" = None
    parts: set[int] = field(default_factory=set)

    @property
    def first(self) -> int:
        return self.lines[0].number

    @property
    def last(self) -> int:
        return self.lines[-1].number

    @property
    def ending(self) -> str:
        """The text of the last line, which tells whether the block has come to an end."""
        return self.lines[-1].text

    @property
    def begins(self) -> str:
        """The text of the first line, without the mark or number of a list."""
        return self.lines[0].text[self.skip :]

    @property
    def is_one_line(self) -> bool:
        return len(self.lines) == 1

    @property
    def is_empty(self) -> bool:
        """Whether it has no text, as a bullet that stands alone on its line."""
        return not any(line.text[self.skip * (line is self.lines[0]) :].strip() for line in self.lines)

    @property
    def is_bold(self) -> bool:
        """Whether all of its first line is bold."""
        text = self.lines[0].text
        bold = sum(mark.end - mark.start for mark in self.lines[0].marks if mark.kind == "strong")
        return bool(text.strip()) and bold >= len(text.strip())

    def joined(self) -> tuple[str, tuple[Mark, ...]]:
        """Join the lines to one text, and move their marks along."""
        pieces: list[str] = []
        marks: list[Mark] = []
        length = 0
        before: Line | None = None
        parted = False
        for place, line in enumerate(self.lines):
            parted = parted or place in self.parts
            skip = self.skip if place == 0 else 0
            if line.style is Style.BLANK or not line.text[skip:]:
                continue
            gap = "" if before is None else "\n" if parted else _gap(before)
            length += len(gap)
            marks += _within(line, skip, length)
            pieces += [gap, line.text[skip:]]
            length += len(line.text) - skip
            before, parted = line, False
        return "".join(pieces), tuple(marks)


def _gap(before: Line) -> str:
    """Give what stands between a line and the next of the same block."""
    return "\n" if before.breaks else "" if before.hyphenated else " "


def _within(line: Line, skip: int, steps: int) -> Iterator[Mark]:
    """Give a line's marks where they stand in the joined text, without what is skipped or lies outside."""
    for mark in line.marks:
        start, end = max(mark.start, skip), min(mark.end, len(line.text))
        if start < end:
            yield Mark(start, end, mark.kind).moved(steps - skip)


def parse(lines: Sequence[Line]) -> ParsedPlan:
    """Find the headings, passages and goals of a document.

    A document with no list under a heading or sentence of :mod:`proposals.reading.rules` gives a plan without goals,
    never a guess.
    """
    aside = _set_aside(lines)
    grouping = _Grouping(lines, sorted(aside))
    drafts = grouping.drafts()
    _settle_ordinals(drafts)
    drafts = grouping.whole_again(drafts)
    drafts = grouping.with_sub_items(drafts)
    drafts = _with_headings_parted(drafts)
    marked = _find_headings(drafts)
    blocks = [*_left_out(lines, aside), *_Walk(lines, drafts, _cover_length(drafts, marked)).blocks()]
    return ParsedPlan(tuple(sorted(blocks, key=lambda block: block.first)), len(lines))


# Lines that are no text


def _set_aside(lines: Sequence[Line]) -> dict[int, str]:
    """Give the numbers of the lines that are no part of the text, each with the reason."""
    aside = {line.number: line.left_out for line in lines if line.left_out}
    text_lines = [line for line in lines if not line.left_out and line.style is not Style.BLANK]
    aside.update(dict.fromkeys(_contents(text_lines), CONTENTS))
    return aside


def _contents(lines: list[Line]) -> Iterator[int]:
    """Find tables of contents: what follows on the heading "Innehåll", and lines whose dots lead to a page number.

    Without a page number a line counts only where its words come back later, as the heading that they point at.
    """
    last_seen = {_as_entry(line.text): place for place, line in enumerate(lines)}
    inside = False
    for place, line in enumerate(lines):
        text = line.text.strip()
        if len(text) <= _LONGEST_ENTRY and _CONTENTS.fullmatch(text):
            inside = place + 1 < len(lines) and _is_entry(lines, place + 1, last_seen)
            if inside:
                yield line.number
        elif inside and (_is_entry(lines, place, last_seen) or _goes_on_to_entry(lines, place)):
            yield line.number
        else:
            inside = False
            if _is_dotted(line) and _has_dotted_neighbour(lines, place):
                yield line.number


def _as_entry(text: str) -> str:
    """Give a line's words for comparing: no case, no number before it."""
    plain = " ".join(text[: 2 * _LONGEST_ENTRY].split()).rstrip(":").casefold()
    return HEADING_NUMBER.sub("", plain, count=1)


def _is_entry(lines: list[Line], place: int, last_seen: dict[str, int]) -> bool:
    line = lines[place]
    if len(line.text) > _LONGEST_ENTRY:
        return False
    comes_back = last_seen.get(_as_entry(line.text), place) > place
    return comes_back or bool(line.style is not Style.HEADING and _PAGE_NUMBER.search(line.text)) or _is_dotted(line)


def _goes_on_to_entry(lines: list[Line], place: int) -> bool:
    """Tell whether a line is the first of two of one entry: the next one ends it with dots and a number."""
    return place + 1 < len(lines) and lines[place].style is not Style.HEADING and _is_dotted(lines[place + 1])


def _is_dotted(line: Line) -> bool:
    return len(line.text) <= 2 * _LONGEST_ENTRY and bool(_DOTTED.search(line.text))


def _has_dotted_neighbour(lines: list[Line], place: int) -> bool:
    return any(0 <= near < len(lines) and _is_dotted(lines[near]) for near in (place - 1, place + 1))


def _left_out(lines: Sequence[Line], aside: dict[int, str]) -> Iterator[LeftOut]:
    for line in lines:
        if line.number in aside:
            yield LeftOut(line.number, line.number, line.raw, line.text, page=line.page, reason=aside[line.number])


# From lines to drafts


class _Grouping:
    """Puts lines together that belong to one block: a paragraph, a bullet with its continuation, a heading.

    No block may reach over a line that was set aside: there it is parted, and a person is told.
    """

    def __init__(self, lines: Sequence[Line], aside: list[int]):
        self.lines = lines
        self.aside = aside
        self.aside_set = frozenset(aside)

    def drafts(self) -> list[_Draft]:
        """Group the lines of the document."""
        drafts: list[_Draft] = []
        blank = True
        for line in self.lines:
            if line.number in self.aside_set:
                continue
            if line.style is Style.BLANK:
                blank = True
                continue
            before = drafts[-1] if drafts else None
            fresh = self._begins_item(line, before, blank)
            if fresh:
                drafts.append(fresh)
            elif before and self._goes_on(before, line, blank) and self._reaches(before, line.number):
                self._add(before, line, blank)
            else:
                drafts.append(self._draft(line, before))
            blank = False
        return drafts

    def _reaches(self, draft: _Draft, number: int) -> bool:
        """Tell whether a draft can go on to a line: nothing between was set aside."""
        return bisect_right(self.aside, number) == bisect_right(self.aside, draft.last)

    def _add(self, draft: _Draft, line: Line, blank: bool) -> None:
        """Let a draft go on with a line; a paragraph of its own within an item begins on a line of its own."""
        draft.lines += self.lines[draft.last : line.number - 1]
        if blank and line.style is Style.CONTINUATION and not draft.is_empty:
            draft.parts.add(len(draft.lines))
        draft.lines.append(line)

    def _draft(self, line: Line, before: _Draft | None) -> _Draft:
        style = Style.TEXT if line.style is Style.CONTINUATION else line.style
        cut = bool(
            before
            and style is Style.TEXT
            and before.style in (Style.TEXT, Style.BULLET)
            and not self._reaches(before, line.number)
            and (before.lines[-1].hyphenated or _reads_on(before.ending, line.text))
        )
        ordinal = _ordinal_taken_off(line) if style is Style.BULLET else None
        return _Draft(style, [line], line.level, ordinal=ordinal, indent=line.indent, cut=cut)

    def _begins_item(self, line: Line, before: _Draft | None, blank: bool) -> _Draft | None:
        """Give a new draft where a line begins an item by its own words: a lone mark, a number, "att"."""
        if line.style not in (Style.TEXT, Style.CONTINUATION):
            return None
        text = line.text
        if _GLYPH_ALONE.fullmatch(text.strip()):
            return _Draft(Style.BULLET, [line], skip=len(text), indent=line.indent)
        glyph = _GLYPH.match(text)
        if glyph and (text[0] not in _ALSO_DASHES or self._may_begin_list(before, blank)):
            return _Draft(Style.BULLET, [line], skip=glyph.end(), indent=line.indent)
        if before and before.lines[-1].hyphenated and not blank:
            return None
        if number := _ORDINAL.match(text):
            return self._numbered(line, number, before, blank)
        if _THAT.match(text) and before and self._may_begin_that(before, blank):
            return _Draft(Style.BULLET, [line], indent=line.indent)
        if before and not blank and before.style in (Style.TEXT, Style.BULLET) and goal_heading(text):
            noun = not rules.lead_in(text) and not text[:1].islower()
            return _Draft(Style.TEXT, [line]) if noun and _FINISHED.search(before.ending) else None
        return None

    @staticmethod
    def _may_begin_list(before: _Draft | None, blank: bool) -> bool:
        """Tell whether a dash begins an item here, and does not stand within a sentence that goes over two lines."""
        return (
            before is None
            or blank
            or before.style in (Style.HEADING, Style.RULE)
            or before.ending.endswith(":")
            or (before.style is Style.BULLET and before.skip > 0)
        )

    def _numbered(self, line: Line, number: re.Match[str], before: _Draft | None, blank: bool) -> _Draft | None:
        """Give a draft for a line that begins with a number, where it may number an item."""
        if not (number["label"] or number["end"]):
            return None
        kind, ordinal = _counted(number)
        follows = before is not None and before.ordinal == (kind, ordinal - 1)
        apart = before is None or blank or before.style not in (Style.TEXT, Style.BULLET) or before.ending.endswith(":")
        if not (follows or (apart and line.style is Style.TEXT)):
            return None
        return _Draft(Style.TEXT, [line], skip=number.end(), ordinal=(kind, ordinal), indent=line.indent)

    @staticmethod
    def _may_begin_that(before: _Draft, blank: bool) -> bool:
        """Tell whether "att" begins a clause of a motion here: after "yrkar", or after another such clause."""
        if before.style is Style.BULLET and _THAT.match(before.begins):
            return blank or bool(re.search(r"(?:[,;.]|\boch|\bsamt)$", before.ending))
        return before.style is Style.TEXT and bool(_ASKS.search(before.ending[-200:]))

    def _goes_on(self, draft: _Draft, line: Line, blank: bool) -> bool:
        """Tell whether a line belongs to the block before it; ``blank`` says that a blank line stands between."""
        if line.style in (Style.TEXT, Style.CONTINUATION) and draft.style is Style.BULLET and draft.is_empty:
            return True
        if line.style is Style.CONTINUATION:
            return draft.style in (Style.TEXT, Style.BULLET) or (draft.style is Style.HEADING and not blank)
        if blank:
            return False
        if line.style is Style.TEXT:
            return draft.style is Style.TEXT or (draft.style is Style.BULLET and draft.skip > 0)
        # The second line of an underlined heading carries no mark of its own.
        return (
            line.style is Style.HEADING
            and draft.style is Style.HEADING
            and line.level == draft.level
            and not line.raw.lstrip().startswith("#")
        )

    def whole_again(self, drafts: list[_Draft]) -> list[_Draft]:
        """Join what a page break cut in two: a text that does not end, followed by one that begins in lower case."""
        joined: list[_Draft] = []
        for draft in drafts:
            if joined and _was_cut(joined[-1], draft) and self._reaches(joined[-1], draft.first):
                joined[-1].lines += self.lines[joined[-1].last : draft.last]
            else:
                joined.append(draft)
        return joined

    def with_sub_items(self, drafts: list[_Draft]) -> list[_Draft]:
        """Settle what sub-items are: goals of their own under an item that ends with a colon, else part of the item."""
        settled: list[_Draft] = []
        above: list[_Draft] = []
        for draft in drafts:
            if draft.style is not Style.BULLET:
                above = []
                settled.append(draft)
                continue
            above = [item for item in above if item.indent < draft.indent]
            owner = above[-1] if above else None
            if owner and owner.ending.rstrip().endswith(":") and not owner.parts:
                owner.leads_sub_items, draft.under = True, owner
            elif owner and settled[-1] is owner and self._reaches(owner, draft.first):
                owner.lines += self.lines[owner.last : draft.first - 1]
                owner.parts.add(len(owner.lines))
                owner.lines += draft.lines
                continue
            elif owner:
                draft.under = owner.under
            above.append(draft)
            settled.append(draft)
        return settled


def _counted(number: re.Match[str]) -> tuple[str, int]:
    """Give what stands around a number, which a list has alike for all its items, and the number."""
    return f"{(number['label'] or '').strip().casefold()}{number['end']}", int(number["number"])


def _ordinal_taken_off(line: Line) -> tuple[str, int] | None:
    """Give the number that a reader has taken off an item, so that the list can count on where the reader lost it."""
    number = _ORDINAL.match(line.raw.strip()[:_LONGEST_ENTRY])
    return _counted(number) if number and not line.text.startswith(number[0].strip()) else None


def _reads_on(ending: str, beginning: str) -> bool:
    return not _FINISHED.search(ending[-20:]) and beginning[:1].islower()


def _was_cut(before: _Draft, after: _Draft) -> bool:
    return (
        after.style is Style.TEXT
        and before.style in (Style.TEXT, Style.BULLET)
        and (before.lines[-1].hyphenated or _reads_on(before.ending, after.lines[0].text))
    )


def _settle_ordinals(drafts: list[_Draft]) -> None:
    """Settle what the numbers at the beginnings of lines are.

    They number items where the next number follows right on the item, or the item stands alone in its list; else they
    stay part of a text or heading.
    """
    run: list[_Draft] = []
    opener: _Draft | None = None
    before: _Draft | None = None
    for draft in drafts:
        if run and draft.style is Style.BULLET and draft.ordinal is None:
            continue
        if draft.ordinal is None:
            _settle_run(run, opener)
            run, before = [], draft
        elif run and run[-1].ordinal == (draft.ordinal[0], draft.ordinal[1] - 1):
            run.append(draft)
        else:
            _settle_run(run, opener)
            opener = run[-1] if run else before
            run = [draft]
    _settle_run(run, opener)


def _settle_run(run: list[_Draft], opener: _Draft | None) -> None:
    headings = any(goal_heading(draft.begins) or rules.is_other_heading(draft.begins) for draft in run)
    alone = len(run) == 1 and not (opener and _opens_list(opener) and _SENTENCE_END.search(run[0].ending[-20:]))
    for draft in run:
        if draft.style is Style.BULLET:
            continue
        if headings or alone:
            draft.skip = 0
        else:
            draft.style = Style.BULLET


def _opens_list(draft: _Draft) -> bool:
    return draft.ending.endswith(":") or (draft.is_one_line and goal_heading(draft.ending) is not None)


# Headings that the format does not mark


def _with_headings_parted(drafts: list[_Draft]) -> list[_Draft]:
    """Part a heading from the text right below it, where no blank line does and the format marks no headings."""
    if any(draft.style is Style.HEADING for draft in drafts):
        return drafts
    parted: list[_Draft] = []
    for draft in drafts:
        if _begins_with_heading(draft):
            parted += [replace(draft, lines=draft.lines[:1]), _Draft(Style.TEXT, draft.lines[1:])]
        else:
            parted.append(draft)
    return parted


def _begins_with_heading(draft: _Draft) -> bool:
    """Tell whether a paragraph's first line is far shorter than its others, as no line that was broken is."""
    if draft.style is not Style.TEXT or draft.is_one_line or not _is_short_title(draft.lines[0].text):
        return False
    longest = max(len(line.text) for line in draft.lines[1:])
    begins = draft.lines[1].text[:1].isupper() and not draft.lines[0].breaks and not draft.lines[0].hyphenated
    return begins and (len(draft.begins) < _SHORT_BESIDE * longest or goal_heading(draft.begins) is not None)


def _find_headings(drafts: list[_Draft]) -> bool:
    """Find the headings that the format does not mark; tell whether it marks them, or bold type does.

    Where nothing marks headings, one is a short line that begins with a capital or a digit, is no sentence, and has
    text after it. Where headings are marked, a bold line of its own is one as well, below the marked ones, and so is
    the name of a goal heading right above a list.
    """
    pairs = list(itertools.pairwise(drafts))
    bold = [
        draft for draft, after in pairs if after.style is not Style.RULE and _may_be_heading(draft) and draft.is_bold
    ]
    marked = any(draft.style is Style.HEADING for draft in drafts) or len(bold) > 1
    above = 0
    for place, (draft, after) in enumerate(pairs):
        if draft.style is Style.HEADING:
            above = draft.level or 1
        elif after.style is Style.RULE or not _may_be_heading(draft):
            continue
        elif draft.is_bold and marked:
            _make_heading(draft, above + 1)
        elif not marked and not _is_lead_in(draft, after) and not _is_bare_item(drafts, place):
            _make_heading(draft, 1)
        elif after.style is Style.BULLET and goal_heading(draft.begins) and not _is_lead_in(draft, after):
            _make_heading(draft, above + 2 if bold else above + 1)
    _number_levels(drafts)
    _put_below_goal_headings(drafts)
    return marked


def _is_bare_item(drafts: list[_Draft], place: int) -> bool:
    """Tell whether a line is worded as a goal and stands beside another such: a list that has lost its marks."""
    near = [drafts[other] for other in (place - 1, place + 1) if 0 <= other < len(drafts)]
    return rules.may_be_goal(drafts[place].begins) and any(
        draft.style is not Style.BULLET and draft.is_one_line and rules.may_be_goal(draft.begins) for draft in near
    )


def _make_heading(draft: _Draft, level: int) -> None:
    draft.style, draft.level, draft.found = Style.HEADING, level, True


def _number_levels(drafts: list[_Draft]) -> None:
    """Let the numbers of found headings say their levels: "3.2" stands below "3"; one without stands below both."""
    found = [draft for draft in drafts if draft.found and not draft.is_bold]
    depths = [_depth(draft.begins) for draft in found]
    if sum(depth > 0 for depth in depths) < 2:
        return
    above = 0
    for draft, depth in zip(found, depths, strict=True):
        above = depth or above
        draft.level = depth or above + 1


def _depth(text: str) -> int:
    number = HEADING_NUMBER.match(text)
    return number["number"].count(".") + 1 if number else 0


def _put_below_goal_headings(drafts: list[_Draft]) -> None:
    """Put found headings that follow right under a goal heading, each with bullets only, one level below it."""
    owner: _Draft | None = None
    for place, draft in enumerate(drafts):
        if draft.style is Style.TEXT:
            owner = None
        elif draft.style is Style.HEADING:
            has_bullets = place + 1 < len(drafts) and drafts[place + 1].style is Style.BULLET
            if owner and draft.found and draft.level == owner.level and has_bullets:
                draft.level = (owner.level or 1) + 1
            elif not (owner and (draft.level or 1) > (owner.level or 1)):
                owner = draft if draft.found and goal_heading(draft.begins) and not has_bullets else None


def _may_be_heading(draft: _Draft) -> bool:
    return draft.style is Style.TEXT and draft.is_one_line and _is_short_title(draft.lines[0].text)


def _is_short_title(text: str) -> bool:
    return (
        len(text) <= LONGEST_HEADING
        and (text[:1].isupper() or text[:1].isdigit())
        and (not _SENTENCE_END.search(text) or goal_heading(text) is not None)
        and not text.endswith((",", ";"))
    )


#: A line before a list with a verb in it is a sentence, not a heading.
_VERB = re.compile(
    r"\b(?:är|var|har|finns|ska|vill|kan|gör|gäller|ser|arbetar|föreslår|följer|behöver|blir|säger|ingår)\b",
    re.IGNORECASE,
)


def _is_lead_in(draft: _Draft, after: _Draft) -> bool:
    """Tell whether a line ending with a colon, or with "att", is a sentence that leads in to the list after it."""
    text = draft.lines[0].text.rstrip()
    if draft.is_bold or after.style is not Style.BULLET or not re.search(r":$|\batt$|\.\.\.$|…$", text):
        return False
    return bool(_VERB.search(text)) or len(text.split()) > 4 or rules.lead_in(text) is not None


def _cover_length(drafts: list[_Draft], marked: bool) -> int:
    """Count the blocks of the cover: what stands before the headings that lead to the first running text.

    Where the format marks no headings, one heading leads to the text, for nothing tells two levels apart.
    """
    length = next((place for place, draft in enumerate(drafts) if _is_running_text(draft)), 0)
    if length and drafts[length].style is Style.BULLET and drafts[length - 1].ending.endswith(":"):
        length -= drafts[length - 1].style is Style.TEXT
    found = False
    while length and drafts[length - 1].style in (Style.HEADING, Style.RULE) and (marked or not found):
        length -= 1
        found = drafts[length].style is Style.HEADING
    return length


def _is_running_text(draft: _Draft) -> bool:
    return draft.style is Style.BULLET or (
        draft.style is Style.TEXT and bool(_SENTENCE_END.search(draft.ending[-20:]) or rules.lead_in(draft.ending))
    )


# From drafts to blocks


@dataclass(frozen=True, slots=True)
class _Scope:
    """A heading that decides what the lists below it are; without a rule, they are no goals."""

    level: int
    heading: str
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What a list's items are, and why."""

    rule: Rule
    confidence: Confidence
    doubts: tuple[str, ...] = ()
    heading: str = ""


class _Walk:
    """Turns drafts into what they are, one by one, remembering the headings above and the sentence before."""

    def __init__(self, lines: Sequence[Line], drafts: list[_Draft], cover_length: int):
        self.lines = lines
        self.drafts = drafts
        self.cover_length = cover_length
        self.scopes: list[_Scope] = []
        self.level = 0
        self.verdict: _Verdict | None = None
        self.prose_since_heading = False
        self.number = 0

    def blocks(self) -> Iterator[Heading | Passage | LeftOut]:
        """Give the blocks, in order."""
        for place, draft in enumerate(self.drafts):
            before = self.drafts[place - 1] if place else None
            if draft.style is Style.RULE or draft.is_empty:
                yield self._left_out(draft, before)
            elif draft.style is Style.HEADING and place >= self.cover_length:
                yield self._heading(draft)
            elif place < self.cover_length:
                yield self._passage(draft, _Verdict(rules.COVER, Confidence.CERTAIN))
            elif draft.style is Style.BULLET:
                after = self.drafts[place + 1] if place + 1 < len(self.drafts) else None
                yield self._item(draft, before, has_next=bool(after and after.style is Style.BULLET))
            else:
                yield self._prose(place, draft)

    def _where(self, draft: _Draft) -> tuple[int, int, str]:
        raw = "\n".join(line.raw for line in self.lines[draft.first - 1 : draft.last])
        return draft.first, draft.last, raw

    def _left_out(self, draft: _Draft, before: _Draft | None) -> LeftOut:
        text = draft.joined()[0] or draft.lines[0].text
        reason = _why_left_out(draft, before)
        return LeftOut(*self._where(draft), text, page=draft.lines[0].page, reason=reason)

    def _heading(self, draft: _Draft) -> Heading:
        text, _ = draft.joined()
        level = draft.level or 1
        self.scopes = [scope for scope in self.scopes if scope.level < level]
        own = goal_heading(text) or _as_goal_heading(text)
        if own or (self.scopes and rules.is_other_heading(text)):
            self.scopes.append(_Scope(level, text, own))
        self.level, self.verdict, self.prose_since_heading = level, None, False
        return Heading(*self._where(draft), text, level, page=draft.lines[0].page)

    def _prose(self, place: int, draft: _Draft) -> Passage:
        self.verdict = None
        scope = self.scopes[-1] if self.scopes else None
        if scope and scope.rule and scope.level == self.level and self._is_bold_item(place):
            heading = scope.heading
            doubt = "Stycket har ingen punkt framför sig"
            return self._passage(draft, _Verdict(rules.BOLD_LEAD, Confidence.DOUBTFUL, (doubt,), heading))
        self.prose_since_heading = True
        doubts = list(_prose_doubts(draft, scope))
        return self._passage(draft, _Verdict(rules.PROSE, _sure(doubts), tuple(doubts)))

    def _is_bold_item(self, place: int) -> bool:
        """Tell whether a paragraph is one of several in a row that each begin with some words in bold."""
        near = [self.drafts[other] for other in (place - 1, place + 1) if 0 <= other < len(self.drafts)]
        return _has_bold_lead(self.drafts[place]) and any(_has_bold_lead(draft) for draft in near)

    def _item(self, draft: _Draft, before: _Draft | None, *, has_next: bool) -> Passage:
        if self.verdict is None:
            self.verdict = self._list_verdict(before)
        return self._passage(draft, self._item_verdict(draft, self.verdict, has_next=has_next))

    def _list_verdict(self, before: _Draft | None) -> _Verdict:
        """Settle what the items of a list are, from the headings above it and the sentence right before."""
        scope = self.scopes[-1] if self.scopes else None
        sentence = before.joined()[0] if before and before.style is Style.TEXT else ""
        leads = rules.lead_in(sentence) if sentence else None
        said = rules.last_sentence(sentence)
        if leads and leads.kind is PassageKind.GOAL and not (scope and scope.rule):
            why = [f"Listan står under rubriken ”{scope.heading}”"] if scope else []
            return _Verdict(leads, leads.confidence.at_most(_sure(why)), tuple(why), said)
        if leads is rules.OTHER_LEAD_IN:
            return _Verdict(leads, leads.confidence, (f"Meningen före listan, ”{said}”, lovar inget",))
        if scope and scope.rule:
            doubts = self._scope_doubts(scope)
            confidence = scope.rule.confidence.at_most(_sure(doubts))
            if self.prose_since_heading and not leads and not doubts and not sentence.endswith(":"):
                confidence = confidence.at_most(Confidence.LIKELY)
            return _Verdict(scope.rule, confidence, doubts, scope.heading)
        if scope:
            return _Verdict(rules.OTHER_HEADING, rules.OTHER_HEADING.confidence)
        return _Verdict(rules.PLAIN_ITEM, rules.PLAIN_ITEM.confidence)

    def _scope_doubts(self, scope: _Scope) -> tuple[str, ...]:
        """Say why a list may not be what its heading says: one after text under a sub-heading may be something else."""
        doubts = []
        if scope.rule and scope.rule.confidence is Confidence.DOUBTFUL:
            doubts.append(f"Rubriken ”{scope.heading}” kan också stå över annat än mål")
        if self.level > scope.level and self.prose_since_heading:
            doubts.append(f"Listan står efter text under en underrubrik till ”{scope.heading}”")
        return tuple(doubts)

    def _item_verdict(self, draft: _Draft, verdict: _Verdict, *, has_next: bool) -> _Verdict:
        text, _ = draft.joined()
        if verdict.rule.kind is not PassageKind.GOAL:
            return _doubtful_point(text, verdict)
        if draft.leads_sub_items or (text.endswith(":") and has_next):
            return _Verdict(rules.LEADING_ITEM, rules.LEADING_ITEM.confidence)
        if rules.is_quote(text):
            return _Verdict(rules.QUOTE, Confidence.DOUBTFUL, ("Raden ser ut som ett citat",))
        if rules.is_reference(text):
            return _Verdict(rules.REFERENCE, rules.REFERENCE.confidence)
        rule, heading, doubts = verdict.rule, verdict.heading, [*verdict.doubts, *_item_doubts(draft, text)]
        if draft.under:
            rule, heading = rules.SUB_ITEM_OF_LEAD, draft.under.joined()[0]
        confidence = verdict.confidence.at_most(rule.confidence).at_most(_sure(doubts))
        return _Verdict(rule, confidence, tuple(doubts), heading)

    def _passage(self, draft: _Draft, verdict: _Verdict) -> Passage:
        text, marks = draft.joined()
        is_goal = verdict.rule.kind is PassageKind.GOAL
        self.number += is_goal
        return Passage(
            *self._where(draft),
            text,
            verdict.rule.kind,
            marks,
            verdict.rule.name,
            self.number if is_goal else None,
            verdict.heading if is_goal else "",
            verdict.confidence,
            verdict.doubts,
            start=draft.skip,
            page=draft.lines[0].page,
        )


def _as_goal_heading(text: str) -> Rule | None:
    """Give the rule of a heading that is a sentence leading in to a list: "För personalen vill vi:"."""
    rule = rules.lead_in(text) if text.endswith(":") else None
    return rule if rule and rule.kind is PassageKind.GOAL else None


def _sure(doubts: Sequence[str]) -> Confidence:
    return Confidence.DOUBTFUL if doubts else Confidence.CERTAIN


def _doubtful_point(text: str, verdict: _Verdict) -> _Verdict:
    """Say of an item that is no goal whether it may be one after all."""
    if rules.is_reference(text):
        return _Verdict(rules.REFERENCE, rules.REFERENCE.confidence)
    if verdict.rule is rules.PLAIN_ITEM and rules.may_be_goal(text):
        return _Verdict(
            rules.MAYBE_ITEM, Confidence.DOUBTFUL, ("Punkten är skriven som ett mål, men ingen rubrik säger det",)
        )
    return verdict


def _prose_doubts(draft: _Draft, scope: _Scope | None) -> Iterator[str]:
    """Say why a paragraph may be something else."""
    if draft.cut:
        yield "Texten fortsätter kanske textstället före en utelämnad rad"
    if scope and scope.rule and len(draft.begins) <= _LONGEST_ENTRY and rules.may_be_goal(draft.begins):
        yield f"Stycket kan vara ett mål utan punkttecken, under ”{scope.heading}”"


def _item_doubts(draft: _Draft, text: str) -> Iterator[str]:
    """Say why a goal may be none, or more than one."""
    if draft.parts and any(draft.lines[place].style is Style.BULLET for place in draft.parts):
        yield "Punkten har underpunkter som kanske är egna mål"
    if any(_may_be_glued_heading(before, line) for before, line in itertools.pairwise(draft.lines)):
        yield "Punkten går vidare på en rad som kan vara en rubrik"
    if text.rstrip().endswith("?"):
        yield "Punkten är en fråga"
    if len(text.split()) == 1:
        yield "Punkten är ett enda ord"
    if len(text) > _LONG_ITEM:
        yield "Punkten är lång som ett stycke"


def _may_be_glued_heading(before: Line, line: Line) -> bool:
    """Tell whether a line that goes on an item may be a heading that no blank line parts from the list."""
    return (
        line.style is Style.CONTINUATION
        and line.page is None
        and line.raw[:1].isupper()
        and before.style is not Style.BLANK
        and not before.breaks
        and not before.hyphenated
        and _is_short_title(line.text)
    )


def _has_bold_lead(draft: _Draft) -> bool:
    return (
        draft.style is Style.TEXT
        and not draft.is_bold
        and any(mark.kind == "strong" and mark.start == 0 for mark in draft.lines[0].marks)
    )


def _why_left_out(draft: _Draft, before: _Draft | None) -> str:
    """Say in Swedish why a line that carries no text is no passage."""
    text = draft.lines[0].text.strip()
    if draft.style is not Style.RULE:
        return "punkt utan text" if draft.style is Style.BULLET else "rad utan text"
    if set(text) <= set("=-") and before and before.style is Style.HEADING and before.last == draft.first - 1:
        return "understrykning av en rubrik"
    if len(text) <= 1 or text.rstrip(".)").isdigit():
        return "punkt utan text"
    return "skiljelinje" if not any(letter.isalnum() for letter in text) else "tecken utan text"

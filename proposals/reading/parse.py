"""From lines to a plan: headings, passages and goals, with every line accounted for.

What makes a passage a goal is stated in :mod:`proposals.reading.rules`; here is where in a document the rules apply.
Each passage remembers the rule that made it what it is, so that a person can be told why a line was taken for a goal.

The work goes in steps, each over the whole document once: lines that are no text are set aside, the others are put
together to pieces of blocks, headings that the format does not mark are found, and the pieces become blocks.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from proposals.reading import rules
from proposals.reading.contents import contents
from proposals.reading.grouping import Grouping, settle_ordinals
from proposals.reading.headings import cover_length, find_headings, is_short_title, with_headings_parted
from proposals.reading.lines import Line, Mark, Style
from proposals.reading.pieces import Piece
from proposals.reading.rules import Confidence, PassageKind, Rule, goal_heading
from proposals.reading.tables import settle_tables

CONTENTS = "innehållsförteckning"
#: Goals longer than this are doubtful: a paragraph, or several goals.
_LONG_ITEM = 800
#: Running text longer than this is no item that has lost its mark.
_SHORT_TEXT = 150


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


def parse(lines: Sequence[Line]) -> ParsedPlan:
    """Find the headings, passages and goals of a document.

    A document with no list under a heading or sentence of :mod:`proposals.reading.rules` gives a plan without goals,
    never a guess.
    """
    aside = set_aside(lines)
    grouping = Grouping(lines, sorted(aside))
    pieces = grouping.pieces()
    settle_ordinals(pieces)
    pieces = grouping.whole_again(pieces)
    pieces = grouping.with_sub_items(pieces)
    settle_tables(pieces)
    pieces = with_headings_parted(pieces)
    marked = find_headings(pieces)
    blocks = [*_left_out(lines, aside), *_Walk(lines, pieces, cover_length(pieces, marked)).blocks()]
    return ParsedPlan(tuple(sorted(blocks, key=lambda block: block.first)), len(lines))


def set_aside(lines: Sequence[Line]) -> dict[int, str]:
    """Give the numbers of the lines that are no part of the text, each with the reason."""
    aside = {line.number: line.left_out for line in lines if line.left_out}
    text_lines = [line for line in lines if not line.left_out and line.style is not Style.BLANK]
    aside.update(dict.fromkeys(contents(text_lines), CONTENTS))
    return aside


def _left_out(lines: Sequence[Line], aside: dict[int, str]) -> Iterator[LeftOut]:
    for line in lines:
        if line.number in aside:
            yield LeftOut(line.number, line.number, line.raw, line.text, page=line.page, reason=aside[line.number])


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
    """Turns pieces into what they are, one by one, remembering the headings above and the sentence before."""

    def __init__(self, lines: Sequence[Line], pieces: list[Piece], cover_length: int):
        self.lines = lines
        self.pieces = pieces
        self.cover_length = cover_length
        self.scopes: list[_Scope] = []
        self.level = 0
        self.put_below = False
        self.other_level: int | None = None
        self.verdict: _Verdict | None = None
        self.prose_since_heading = False
        self.number = 0

    def blocks(self) -> Iterator[Heading | Passage | LeftOut]:
        """Give the blocks, in order."""
        for place, piece in enumerate(self.pieces):
            before = self.pieces[place - 1] if place else None
            if piece.style is Style.RULE or piece.is_empty:
                yield self._left_out(piece, before)
            elif piece.style is Style.HEADING and place >= self.cover_length:
                yield self._heading(piece)
            elif place < self.cover_length:
                yield self._passage(piece, _Verdict(rules.COVER, Confidence.CERTAIN))
            elif piece.in_goal_table and piece.style is Style.BULLET:
                yield self._cell(piece)
            elif piece.style is Style.BULLET:
                after = self.pieces[place + 1] if place + 1 < len(self.pieces) else None
                yield self._item(piece, before, has_next=bool(after and after.style is Style.BULLET))
            else:
                yield self._prose(place, piece)

    def _where(self, piece: Piece) -> tuple[int, int, str]:
        raw = "\n".join(line.raw for line in self.lines[piece.first - 1 : piece.last])
        return piece.first, piece.last, raw

    def _left_out(self, piece: Piece, before: Piece | None) -> LeftOut:
        text = piece.joined()[0] or piece.lines[0].text
        reason = _why_left_out(piece, before)
        return LeftOut(*self._where(piece), text, page=piece.lines[0].page, reason=reason)

    def _heading(self, piece: Piece) -> Heading:
        text, _ = piece.joined()
        level = piece.level or 1
        self.scopes = [scope for scope in self.scopes if scope.level < level]
        own = goal_heading(text) or _as_goal_heading(text)
        if own or self.other_level is None or level <= self.other_level:
            self.other_level = level if not own and rules.is_other_heading(text) else None
        if own or (self.scopes and rules.is_other_heading(text)):
            self.scopes.append(_Scope(level, text, own))
        self.level, self.verdict, self.prose_since_heading = level, None, False
        self.put_below = piece.put_below
        return Heading(*self._where(piece), text, level, page=piece.lines[0].page)

    def _prose(self, place: int, piece: Piece) -> Passage:
        self.verdict = None
        scope = self.scopes[-1] if self.scopes else None
        if scope and scope.rule and scope.level == self.level and self._is_bold_item(place):
            heading = scope.heading
            doubt = "Stycket har ingen punkt framför sig"
            return self._passage(piece, _Verdict(rules.BOLD_LEAD, Confidence.DOUBTFUL, (doubt,), heading))
        self.prose_since_heading = True
        doubts = list(_prose_doubts(piece, scope))
        return self._passage(piece, _Verdict(rules.PROSE, _sure(doubts), tuple(doubts)))

    def _is_bold_item(self, place: int) -> bool:
        """Tell whether a paragraph is one of several in a row that each begin with some words in bold."""
        near = [self.pieces[other] for other in (place - 1, place + 1) if 0 <= other < len(self.pieces)]
        return _has_bold_lead(self.pieces[place]) and any(_has_bold_lead(piece) for piece in near)

    def _item(self, piece: Piece, before: Piece | None, *, has_next: bool) -> Passage:
        if self.verdict is None:
            self.verdict = self._list_verdict(before)
        return self._passage(piece, self._item_verdict(piece, self.verdict, has_next=has_next))

    def _cell(self, piece: Piece) -> Passage:
        """Settle what an item in a table with a column of goals is; above it may stand that this is the background."""
        self.verdict = None
        text, _ = piece.joined()
        column = piece.column_of_goals
        if column is None:
            return self._passage(piece, _Verdict(rules.PLAIN_ITEM, rules.PLAIN_ITEM.confidence))
        if self.other_level is not None:
            return self._passage(piece, _Verdict(rules.OTHER_HEADING, rules.OTHER_HEADING.confidence))
        doubts = (*column.doubts, *_item_doubts(piece, text))
        confidence = rules.TABLE_CELL.confidence.at_most(_sure(doubts))
        return self._passage(piece, _Verdict(rules.TABLE_CELL, confidence, doubts, column.heading))

    def _list_verdict(self, before: Piece | None) -> _Verdict:
        """Settle what the items of a list are, from the headings above it and the sentence right before."""
        scope = self.scopes[-1] if self.scopes else None
        sentence = before.joined()[0] if before and before.style is Style.TEXT else ""
        leads = rules.lead_in(sentence) if sentence else None
        said = rules.last_sentence(sentence)
        if leads and leads.kind is PassageKind.GOAL and not (scope and scope.rule):
            why = [f"Listan står under rubriken ”{scope.heading}”"] if scope else []
            return _Verdict(leads, leads.confidence.at_most(_sure(why)), tuple(why), said)
        if leads is rules.OTHER_LEAD_IN and scope and scope.rule:
            return _Verdict(leads, leads.confidence, (f"Meningen före listan säger inte att mål följer: ”{said}”",))
        if scope and scope.rule:
            doubts = self._scope_doubts(scope)
            confidence = scope.rule.confidence.at_most(_sure(doubts))
            after_prose = self.prose_since_heading and not leads and not doubts and not sentence.endswith(":")
            if after_prose or (self.put_below and self.level > scope.level):
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

    def _item_verdict(self, piece: Piece, verdict: _Verdict, *, has_next: bool) -> _Verdict:
        text, _ = piece.joined()
        if verdict.rule.kind is not PassageKind.GOAL:
            return _doubtful_point(text, verdict)
        if piece.leads_sub_items or (text.endswith(":") and has_next):
            return _Verdict(rules.LEADING_ITEM, rules.LEADING_ITEM.confidence)
        if rules.is_quote(text):
            return _Verdict(rules.QUOTE, Confidence.DOUBTFUL, ("Raden ser ut som ett citat",))
        if rules.is_reference(text):
            return _Verdict(rules.REFERENCE, rules.REFERENCE.confidence)
        rule, heading, doubts = verdict.rule, verdict.heading, [*verdict.doubts, *_item_doubts(piece, text)]
        if piece.under:
            rule, heading = rules.SUB_ITEM_OF_LEAD, piece.under.joined()[0]
        confidence = verdict.confidence.at_most(rule.confidence).at_most(_sure(doubts))
        return _Verdict(rule, confidence, tuple(doubts), heading)

    def _passage(self, piece: Piece, verdict: _Verdict) -> Passage:
        text, marks = piece.joined()
        is_goal = verdict.rule.kind is PassageKind.GOAL
        self.number += is_goal
        return Passage(
            *self._where(piece),
            text,
            verdict.rule.kind,
            marks,
            verdict.rule.name,
            self.number if is_goal else None,
            verdict.heading if is_goal else "",
            verdict.confidence,
            verdict.doubts,
            start=piece.skip,
            page=piece.lines[0].page,
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


def _prose_doubts(piece: Piece, scope: _Scope | None) -> Iterator[str]:
    """Say why a paragraph may be something else."""
    if piece.cut:
        before = "cellen på sidan före" if piece.cell else "textstället före en utelämnad rad"
        yield f"Texten fortsätter kanske {before}"
    if (
        scope
        and scope.rule
        and not piece.in_goal_table
        and len(piece.begins) <= _SHORT_TEXT
        and rules.may_be_goal(piece.begins)
    ):
        yield f"Stycket kan vara ett mål utan punkttecken, under ”{scope.heading}”"


def _item_doubts(piece: Piece, text: str) -> Iterator[str]:
    """Say why a goal may be none, or more than one."""
    if piece.parts and any(piece.lines[place].style is Style.BULLET for place in piece.parts):
        yield "Punkten har underpunkter som kanske är egna mål"
    lines = piece.lines if piece.begins.strip() else piece.lines[1:]
    if any(_may_be_glued_heading(before, line) for before, line in itertools.pairwise(lines)):
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
        and is_short_title(line.text)
    )


def _has_bold_lead(piece: Piece) -> bool:
    return (
        piece.style is Style.TEXT
        and not piece.in_goal_table
        and not piece.is_bold
        and any(mark.kind == "strong" and mark.start == 0 for mark in piece.lines[0].marks)
    )


def _why_left_out(piece: Piece, before: Piece | None) -> str:
    """Say in Swedish why a line that carries no text is no passage."""
    text = piece.lines[0].text.strip()
    if piece.style is not Style.RULE:
        return "punkt utan text" if piece.style is Style.BULLET else "rad utan text"
    if set(text) <= set("=-") and before and before.style is Style.HEADING and before.last == piece.first - 1:
        return "understrykning av en rubrik"
    if len(text) <= 1 or text.rstrip(".)").isdigit():
        return "punkt utan text"
    return "skiljelinje" if not any(letter.isalnum() for letter in text) else "tecken utan text"

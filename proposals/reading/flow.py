"""From pages of glyphs to the lines of a document: headings, lists and paragraphs, rejoined over columns and pages."""

import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from proposals.reading.characters import clean, is_lone_bullet, number_at_start
from proposals.reading.layout import Glyph, Region, Strip, marker_length, regions_of_page, rows_of
from proposals.reading.lines import Box, Line, Style
from proposals.reading.ruled import Table

#: A line at a page's edge that comes back on so large a part of the pages runs along them.
RUNNING_PART = 0.4
#: How many lines at the top and at the bottom of a page may run along the pages.
RUNNING_DEPTH = 3
#: The longest heading, in characters, where the type is larger, and where it is only bold.
LONGEST_LARGE_HEADING = 200
LONGEST_BOLD_HEADING = 120

#: No word is longer than this.
LONGEST_WORD = 100

PICTURE = "sidan är en bild utan text"

_PAGE_NUMBER = re.compile(r"^\W*(?:sid(?:a|an)?\.?\s*)?\d{1,4}\s*(?:(?:av|\(|/|\|)\s*\d{1,4}\)?)?\W*$", re.IGNORECASE)
_FINISHED = re.compile(r"[.!?:;…][\"”’»)\]]*\d{0,2}$")
_HYPHEN_END = re.compile(r"(?P<stem>[\w/&-]*\w)[-\u2010\u2011\u00ad]$")
# In justified text a hyphen may be set apart from the word that it parts.
_HYPHEN_APART = re.compile(r"(?P<stem>\w+) [-\u2010\u00ad]$")
_FIRST_WORD = re.compile(r"[\w-]*\w")
#: After these a hyphen stands for a part that two words share: "barn- och ungdomsvården".
_SHARING = frozenset({"och", "eller", "samt", "respektive", "till", "men", "som", "resp"})


@dataclass(slots=True)
class Page:
    """A page: its number from 1, its size in points, its glyphs, and its tables.

    ``is_picture`` says that it is one large image without any text, which is lost to a reader of text.
    """

    number: int
    width: float
    height: float
    glyphs: list[Glyph]
    tables: list[Table] = field(default_factory=list)
    is_picture: bool = False


@dataclass(slots=True)
class _Block:
    """A paragraph, heading or bullet on its way, with where its lines begin."""

    style: Style
    lines: list[Strip]
    region: Region
    key: tuple[float, bool] = (0.0, False)
    skipped: int = 0
    left: float = 0.0
    text_left: float = 0.0
    level: int | None = None
    indent: int = 0
    broken: set[int] = field(default_factory=set)

    @property
    def last(self) -> Strip:
        """The last line so far."""
        return self.lines[-1]

    def move(self, steps: float) -> None:
        """Count from the edge of another column, which stands some points to the right of this one's."""
        self.left += steps
        self.text_left += steps


def lines_of_pages(pages: Sequence[Page]) -> list[Line]:
    """Read pages: what runs along them is left out, and given after the paragraph that goes on over a page's end."""
    rows = {page.number: rows_of(page.glyphs, page.number) for page in pages}
    running = _running(pages, rows)
    regions: list[Region] = []
    numbers = itertools.count(1)
    for page in pages:
        own = [row for row in rows[page.number] if id(row) not in running]
        regions += regions_of_page(own, page.tables, numbers)
    blocks = _with_numbered_lists(_Paragraphs(regions).blocks())
    _set_levels(blocks)
    _set_indents(blocks)
    left_out = [(row, running[id(row)]) for page in pages for row in rows[page.number] if id(row) in running]
    left_out += [(_whole_page(page), PICTURE) for page in pages if page.is_picture]
    sizes = {page.number: (page.width, page.height) for page in pages}
    return list(_numbered(_written(blocks, left_out, _vocabulary(blocks)), sizes))


def _whole_page(page: Page) -> Strip:
    """Give a strip without text that stands for all of a page."""
    return Strip([Glyph("\u00a0", 0.0, page.width, 0.9 * page.height, 0.9 * page.height)], page.number)


def _running(pages: Sequence[Page], rows: dict[int, list[Strip]]) -> dict[int, str]:
    """Find the headers, footers and page numbers, by the id of their rows, with what they are."""
    recurring = _recurring(pages, rows)
    found: dict[int, str] = {}
    for page in pages:
        own = rows[page.number]
        for outwards, reason in ((own, "sidhuvud"), (own[::-1], "sidfot")):
            edge: list[Strip] = []
            for row, inwards in itertools.pairwise(outwards[: RUNNING_DEPTH + 1]):
                is_number = bool(_PAGE_NUMBER.match(row.text)) and not 0.12 < row.base / page.height < 0.88
                if id(row) not in recurring and not is_number:
                    break
                edge.append(row)
                # What runs along the pages stands apart from the text.
                if is_number or abs(inwards.base - row.base) > 1.6 * max(row.size, inwards.size):
                    found |= {id(one): "sidnummer" if _PAGE_NUMBER.match(one.text) else reason for one in edge}
    return found


def _recurring(pages: Sequence[Page], rows: dict[int, list[Strip]]) -> set[int]:
    """Find the rows near the edges of pages that come back at the same place on many, but for their digits."""
    places: dict[tuple[bool, str], list[tuple[Strip, float]]] = defaultdict(list)
    for page in pages:
        own = rows[page.number]
        for is_top, some in ((True, own[:RUNNING_DEPTH]), (False, own[-RUNNING_DEPTH:])):
            for row in some:
                place = row.base / page.height
                if (place < 0.5) is is_top:
                    places[is_top, re.sub(r"\d+", "#", row.text)].append((row, place))
    least = 2 if len(pages) <= 4 else max(3, math.ceil(RUNNING_PART * len(pages)))
    found: set[int] = set()
    for seen in places.values():
        middle = median(place for _, place in seen)
        near = [row for row, place in seen if abs(place - middle) < 0.01]
        if len({row.page for row in near}) >= least:
            found |= {id(row) for row in near}
    return found


class _Paragraphs:
    """Puts the lines of regions together to headings, bullets and paragraphs."""

    def __init__(self, regions: Sequence[Region]):
        self.regions = regions
        lines = [line for region in regions for line in region.lines]
        sizes: Counter[float] = Counter()
        strong = 0
        for line in lines:
            sizes[_rounded(line.size)] += len(line.glyphs)
            strong += sum(glyph.strong for glyph in line.glyphs)
        self.body = sizes.most_common(1)[0][0] if sizes else 10.0
        self.mostly_bold = strong > 0.5 * sizes.total()
        self.leading = self._leading()
        self.margins = self._margins()

    def _leading(self) -> dict[float, float]:
        """Find how far apart the lines of a paragraph stand, for each type size."""
        steps: dict[float, list[float]] = defaultdict(list)
        for region in self.regions:
            for before, line in itertools.pairwise(region.lines):
                step = line.base - before.base
                if _rounded(before.size) == _rounded(line.size) and 0.8 * line.size < step < 2.2 * line.size:
                    steps[_rounded(line.size)].append(step)
        return {size: sorted(some)[len(some) // 4] for size, some in steps.items()}

    def _margins(self) -> dict[tuple[tuple[int, int], int], float]:
        """Find the left edge of each column, on pages to the left and to the right."""
        lefts: dict[tuple[tuple[int, int], int], list[float]] = defaultdict(list)
        for region in self.regions:
            lefts[region.column, region.lines[0].page % 2] += [line.left for line in region.lines]
        return {key: sorted(some)[len(some) // 50] for key, some in lefts.items()}

    def margin(self, region: Region) -> float:
        """Give the left edge of the column that a region stands in."""
        return min(region.left, self.margins[region.column, region.lines[0].page % 2])

    def step(self, line: Strip) -> float:
        """Give how far apart lines of this size stand."""
        return self.leading.get(_rounded(line.size), 1.2 * line.size)

    def blocks(self) -> list[_Block]:
        """Walk the lines."""
        blocks: list[_Block] = []
        for region in self.regions:
            for place, line in enumerate(region.lines):
                own = blocks[-1] if blocks else None
                after = region.lines[place + 1] if place + 1 < len(region.lines) else None
                block = self._begun(line, after, region)
                if own is None or not self._goes_on(own, block, line, region, first=place == 0):
                    blocks.append(block)
                else:
                    if own.region is not region:
                        own.move(self.margin(region) - self.margin(own.region))
                    own.lines.append(line)
                    own.region = region
        return blocks

    def _begun(self, line: Strip, after: Strip | None, region: Region) -> _Block:
        """Begin the block that a line would be if nothing stood above it."""
        text = line.text
        skipped = marker_length(text) or _hollow_bullet(line)
        if skipped:
            style = Style.BULLET
            raw = clean(line.raw)
            skipped += len(raw) - len(raw.lstrip())
        else:
            style = Style.HEADING if self._is_heading(line, after, region) else Style.TEXT
        key = (_rounded(line.size), _is_strong(line))
        return _Block(style, [line], region, key, skipped, line.left, line.text_left(skipped) if skipped else line.left)

    def _is_heading(self, line: Strip, after: Strip | None, region: Region) -> bool:
        size, strong = _rounded(line.size), _is_strong(line)
        text = line.text
        if not any(letter.isalpha() for letter in text):
            return False
        if size >= self.body + 1 and size >= 1.09 * self.body:
            return len(text) <= LONGEST_LARGE_HEADING
        if not strong or self.mostly_bold or region.cell or size < self.body - 0.5 or len(text) > LONGEST_BOLD_HEADING:
            return False
        if text.endswith((".", ",", ";", "!")):
            return False
        runs_on = (
            after is not None
            and not _is_strong(after)
            and after.base - line.base <= 1.25 * self.step(line)
            and not self._would_fit(line, after, region)
            and not marker_length(after.text)
        )
        return not runs_on

    def _would_fit(self, line: Strip, after: Strip, region: Region) -> bool:
        """Tell whether the next line's first word had room on a line, so that somebody ended the line there."""
        word: list[Glyph] = []
        for piece, glyph in after.pieces():
            if word and piece.startswith(" "):
                break
            word.append(glyph)
        width = word[-1].right - word[0].left
        return line.right + 0.25 * line.size + width <= region.right - 1.5 * line.size

    def _goes_on(self, own: _Block, block: _Block, line: Strip, region: Region, *, first: bool) -> bool:
        """Tell whether a line belongs to the block before it."""
        if block.style is Style.BULLET:
            return not (first and region.fresh) and self._is_dash_in_prose(own, line, region, first=first)
        if first and region.fresh:
            return False
        if own.style is Style.HEADING or block.style is Style.HEADING:
            return self._heading_goes_on(own, block, line, first=first)
        if abs(_rounded(own.last.size) - _rounded(line.size)) > 1 and len(own.last.text) > 2:
            return False
        if first:
            return self._goes_on_over(own, line, region)
        if line.base - own.last.base > 1.25 * self.step(line) + 0.5:
            return False
        if own.style is Style.BULLET:
            return self._bullet_goes_on(own, line, region)
        return self._paragraph_goes_on(own, line, region)

    def _is_dash_in_prose(self, own: _Block, line: Strip, region: Region, *, first: bool) -> bool:
        """Tell whether a dash that a line begins with stands inside a sentence that goes on."""
        moved = self.margin(region) - self.margin(own.region)
        place = own.text_left if own.style is Style.BULLET else own.last.left
        return (
            own.style is not Style.HEADING
            and line.text[:1] in "–—-"
            and abs(line.left - place - moved) < 3
            and (first or line.base - own.last.base <= 1.25 * self.step(line) + 0.5)
            and not _FINISHED.search(own.last.text)
            and not is_lone_bullet(own.last.text)
            and not self._would_fit(own.last, line, own.region)
        )

    def _heading_goes_on(self, own: _Block, block: _Block, line: Strip, *, first: bool) -> bool:
        return (
            not first
            and own.style is block.style
            and own.key == block.key
            and line.base - own.last.base <= 1.5 * line.size
            and sum(len(one.glyphs) for one in own.lines) + len(line.glyphs) <= LONGEST_LARGE_HEADING
        )

    def _bullet_goes_on(self, own: _Block, line: Strip, region: Region) -> bool:
        if line.left >= own.text_left - 3:
            return True
        hangs = len(own.lines) > 1 and own.last.left >= own.text_left - 3
        if hangs or line.left < own.left - 3:
            return False
        return not self._would_fit(own.last, line, region) and not _begins_anew(own.last, line)

    def _paragraph_goes_on(self, own: _Block, line: Strip, region: Region) -> bool:
        fits = self._would_fit(own.last, line, region)
        hangs = own.last.left > own.left + 3 and line.left < own.last.left - 3
        if hangs or (number_at_start(line.text) and _FINISHED.search(own.last.text)):
            return False
        if line.left > own.last.left + 0.8 * line.size and (len(own.lines) > 1 or fits) and own.last.left < line.left:
            return not _begins_anew(own.last, line) and not fits
        if not fits:
            return True
        if line.text[:1].islower() and not _FINISHED.search(own.last.text):
            own.broken.add(len(own.lines) - 1)
            return True
        return False

    def _goes_on_over(self, own: _Block, line: Strip, region: Region) -> bool:
        """Tell whether a block goes on at the top of the next column or page."""
        before = own.last
        finished = bool(_FINISHED.search(before.text))
        fits = self._would_fit(before, line, own.region)
        offset = line.left - self.margin(region)
        if own.style is Style.BULLET:
            hanging = own.text_left - own.left
            in_place = abs(offset - (own.text_left - self.margin(own.region))) < 3
            return (in_place and hanging > 3) or (not finished and line.text[:1].islower())
        if not finished:
            return not fits or line.text[:1].islower()
        return not fits and offset < 3 and before.page != 0


def _hollow_bullet(line: Strip) -> int:
    """Count the characters of the bullet that Word draws with the letter o, its text standing apart from it."""
    glyphs = line.glyphs
    return 2 if len(glyphs) > 1 and glyphs[0].text == "o" and glyphs[1].left - glyphs[0].right > line.size / 2 else 0


def _begins_anew(before: Strip, line: Strip) -> bool:
    return bool(_FINISHED.search(before.text)) and not line.text[:1].islower()


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _is_strong(line: Strip) -> bool:
    letters = [glyph for glyph in line.glyphs if glyph.text.isalnum()]
    return bool(letters) and all(glyph.strong for glyph in letters)


def _with_numbered_lists(blocks: list[_Block]) -> list[_Block]:
    """Take paragraphs that count on ("1.", "2.") for the items of a list."""
    before: tuple[_Block, int, str, int] | None = None
    for block in blocks:
        numeral = number_at_start(clean(block.lines[0].raw)) if block.style is Style.TEXT else None
        if numeral:
            number, end, length = numeral
            if before and (number, end) == (before[1] + 1, before[2]):
                for item, skipped in ((before[0], before[3]), (block, length)):
                    item.style, item.skipped = Style.BULLET, skipped
            before = (block, number, end, length)
        else:
            before = None
    return blocks


def _set_levels(blocks: Iterable[_Block]) -> None:
    """Give each heading its level: larger type stands above smaller, and larger above bold."""
    headings = [block for block in blocks if block.style is Style.HEADING]
    sizes = sorted({block.key[0] for block in headings}, reverse=True)
    for block in headings:
        block.level = sizes.index(block.key[0]) + 1


def _set_indents(blocks: Iterable[_Block]) -> None:
    """Say how deep each bullet stands among those around it."""
    depths: list[float] = []
    for block in blocks:
        if block.style is not Style.BULLET:
            depths = []
            continue
        place = block.lines[0].left - block.region.left
        while depths and depths[-1] > place + 3:
            depths.pop()
        if not depths or depths[-1] < place - 3:
            depths.append(place)
        block.indent = len(depths) - 1


def _vocabulary(blocks: Iterable[_Block]) -> Counter[str]:
    """Count the words that stand whole on a line, to tell a word's own hyphen from one that parts it."""
    words: Counter[str] = Counter()
    for block in blocks:
        for line in block.lines:
            words.update(word.casefold() for word in re.findall(r"[\w-]*\w", line.text)[1:-1])
    return words


def _rejoined(text: str, after: str, words: Counter[str]) -> tuple[str, bool]:
    """Tell how a line goes on on the next: its text, without a hyphen that only parts a word, and whether it joins."""
    if text.endswith("/") and after[:1].isalnum():
        return text, True
    if re.search(r"\d[–-]$", text) and after[:1].isdigit():
        return text, True
    following = _FIRST_WORD.match(after)
    ending = text[-LONGEST_WORD:]
    apart = _HYPHEN_APART.search(ending)
    if apart and following and f"{apart['stem']}{following[0]}".casefold() in words:
        stem = apart["stem"].casefold()
        return (text, False) if words[stem] else (text[: apart.end("stem") - len(ending)], True)
    parted = _HYPHEN_END.search(ending)
    if not parted or not following:
        return text, False
    stem, rest = parted["stem"], following[0]
    if rest.casefold() in _SHARING:
        return text, False
    if f"{stem}{rest}".casefold() in words and not words[f"{stem}-{rest}".casefold()]:
        return text[:-1], True
    part = stem.rpartition("-")[2]
    own_hyphen = (
        bool(words[f"{stem}-{rest}".casefold()])
        or not rest[0].islower()
        or len(part) == 1
        or part.isupper()
        or any(letter.isdigit() for letter in part)
    )
    return (text, True) if own_hyphen else (text[:-1], True)


def _written(
    blocks: Sequence[_Block], left_out: Sequence[tuple[Strip, str]], words: Counter[str]
) -> Iterator[tuple[Line, Strip | None]]:
    """Write the lines of blocks, parted by blank ones, and those that are left out where no paragraph is cut."""
    waiting = list(left_out)
    before: _Block | None = None
    for block in blocks:
        page = block.lines[0].page
        due = [entry for entry in waiting if entry[0].page < page or (entry[0].page == page and entry[1] == "sidhuvud")]
        waiting = waiting[len(due) :] if waiting[: len(due)] == due else [e for e in waiting if e not in due]
        if before and not (before.style is block.style is Style.BULLET):
            yield Line(0, "", "", Style.BLANK), None
        for strip, reason in due:
            yield Line(0, strip.raw, strip.text, Style.TEXT, left_out=reason), strip
        yield from _lines_of(block, words)
        before = block
    for strip, reason in waiting:
        yield Line(0, strip.raw, strip.text, Style.TEXT, left_out=reason), strip


def _lines_of(block: _Block, words: Counter[str]) -> Iterator[tuple[Line, Strip | None]]:
    for place, strip in enumerate(block.lines):
        text, marks = strip.text_and_marks(block.skipped if place == 0 else 0)
        hyphenated = False
        if place + 1 < len(block.lines):
            text, hyphenated = _rejoined(text, block.lines[place + 1].text, words)
        line = Line(
            0,
            strip.raw,
            text,
            block.style if place == 0 else Style.CONTINUATION,
            block.level if place == 0 else None,
            tuple(replace(mark, end=min(mark.end, len(text))) for mark in marks if mark.start < len(text)),
            breaks=place in block.broken,
            hyphenated=hyphenated,
            indent=block.indent if place == 0 else 0,
            cell=block.region.cell,
        )
        yield line, strip


def _numbered(lines: Iterable[tuple[Line, Strip | None]], sizes: dict[int, tuple[float, float]]) -> Iterator[Line]:
    """Give the lines their numbers, and say where on its page each stands."""
    for number, (line, strip) in enumerate(lines, start=1):
        if strip is None:
            yield replace(line, number=number)
            continue
        width, height = sizes[strip.page]
        left, right = _thousandths(strip.left, strip.right, width)
        top, bottom = _thousandths(strip.top, strip.bottom, height)
        yield replace(line, number=number, page=strip.page, box=Box(left, top, right, bottom))


def _thousandths(start: float, end: float, whole: float) -> tuple[int, int]:
    """Give two places in thousandths of a whole, at least one apart."""
    first = min(max(int(start / whole * 1000), 0), 999)
    return first, min(max(math.ceil(end / whole * 1000), first + 1), 1000)

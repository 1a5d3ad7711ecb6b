"""Make the two real plans in every format that can be read: `python -m tests.documents.seeds.make`.

The text files state the words. Their headings, lists and emphasis get real styles in one flat OpenDocument text for
each plan, which LibreOffice (`soffice`, 7.4 when these were made) then turns into .odt, .docx and PDF. The PDF is made
twice, with one column and with two. All have page numbers, a running header, Swedish hyphenation (Debian's package
`hyphen-sv`) and the fonts Liberation Serif and Sans. The results are kept, so that tests need no LibreOffice.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from proposals.reading import Heading, Line, Mark, PassageKind, Style, parse, read

HERE = Path(__file__).resolve().parent
PLANS = HERE.parents[2] / "proposals/plans/eskilstuna-socialnamnden-2017"
SOURCES = {"v": "vansterpartiet-socialnamnden-2017.md", "kd": "kristdemokraterna-socialnamnden-2017.txt"}
HEADERS = {"v": "Vänsterpartiet Eskilstuna", "kd": "Kristdemokraterna i Eskilstuna"}

NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in {
        "office": "office",
        "style": "style",
        "text": "text",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
    }.items()
)
SIZES = {1: 20, 2: 16, 3: 13, 4: 12}


def heading_styles(fonts: str) -> str:
    """Give the styles of the headings, each smaller than the one above."""
    return "".join(
        f'<style:style style:name="Heading_20_{level}" style:display-name="Heading {level}" style:family="paragraph" '
        f'style:parent-style-name="Standard" style:next-style-name="Text_20_body" '
        f'style:default-outline-level="{level}">'
        f'<style:paragraph-properties fo:margin-top="0.5cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always" '
        f'fo:text-align="start"/>'
        f'<style:text-properties style:font-name="{fonts}" fo:font-size="{size}pt" fo:font-weight="bold" '
        f'fo:hyphenate="false"/></style:style>'
        for level, size in SIZES.items()
    )


def list_style(bullet: str) -> str:
    """Give the style of the lists, with bullets that hang in the margin."""
    levels = "".join(
        f'<text:list-level-style-bullet text:level="{level}" text:bullet-char="{bullet}">'
        f'<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">'
        f'<style:list-level-label-alignment text:label-followed-by="listtab" '
        f'text:list-tab-stop-position="{level * 0.6}cm" fo:text-indent="-0.6cm" fo:margin-left="{level * 0.6}cm"/>'
        f'</style:list-level-properties><style:text-properties style:font-name="OpenSymbol"/>'
        f"</text:list-level-style-bullet>"
        for level in (1, 2, 3)
    )
    return f'<text:list-style style:name="L1">{levels}</text:list-style>'


def flat_document(lines: list[Line], header: str, *, columns: int, bullet: str, headings: dict[int, int]) -> str:
    """Write a flat OpenDocument text of some lines; ``headings`` are the levels of the lines that are headings."""
    size = 11 if columns == 1 else 10
    body, cover = body_of(lines, headings)
    section = f'<text:section text:style-name="Sect1" text:name="Text">{body}</text:section>' if columns > 1 else body
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {NAMESPACES} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text">
<office:font-face-decls>
<style:font-face style:name="Liberation Serif" svg:font-family="'Liberation Serif'"/>
<style:font-face style:name="Liberation Sans" svg:font-family="'Liberation Sans'"/>
<style:font-face style:name="OpenSymbol" svg:font-family="OpenSymbol" style:font-charset="x-symbol"/>
</office:font-face-decls>
<office:styles>
<style:default-style style:family="paragraph"><style:paragraph-properties fo:hyphenation-ladder-count="no-limit"/>
<style:text-properties style:font-name="Liberation Serif" fo:font-size="{size}pt" fo:language="sv" fo:country="SE"
 fo:hyphenate="true" fo:hyphenation-remain-char-count="2" fo:hyphenation-push-char-count="2"/></style:default-style>
<style:style style:name="Standard" style:family="paragraph"/>
<style:style style:name="Text_20_body" style:display-name="Text body" style:family="paragraph"
 style:parent-style-name="Standard"><style:paragraph-properties fo:margin-top="0cm" fo:margin-bottom="0.25cm"
 fo:line-height="115%" fo:text-align="justify" fo:orphans="2" fo:widows="2"/></style:style>
{heading_styles("Liberation Sans")}
<style:style style:name="Header" style:family="paragraph" style:parent-style-name="Standard">
<style:text-properties fo:font-size="9pt"/></style:style>
<style:style style:name="Footer" style:family="paragraph" style:parent-style-name="Standard">
<style:paragraph-properties fo:text-align="center"/><style:text-properties fo:font-size="9pt"/></style:style>
</office:styles>
<office:automatic-styles>
<style:style style:name="Cover" style:family="paragraph" style:parent-style-name="Standard">
<style:paragraph-properties fo:text-align="center" fo:margin-top="1cm"/></style:style>
<style:style style:name="CoverHeading" style:family="paragraph" style:parent-style-name="Heading_20_1">
<style:paragraph-properties fo:text-align="center" fo:margin-top="1cm"/></style:style>
<style:style style:name="Start" style:family="paragraph" style:parent-style-name="Heading_20_1">
<style:paragraph-properties fo:break-before="page"/></style:style>
<style:style style:name="Item" style:family="paragraph" style:parent-style-name="Text_20_body"
 style:list-style-name="L1"><style:paragraph-properties fo:margin-bottom="0.1cm"/></style:style>
<style:style style:name="strong" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="em" style:family="text"><style:text-properties fo:font-style="italic"/></style:style>
<style:style style:name="Sect1" style:family="section"><style:section-properties text:dont-balance-text-columns="true">
<style:columns fo:column-count="2" fo:column-gap="0.8cm"><style:column style:rel-width="1*" fo:start-indent="0cm"
 fo:end-indent="0.4cm"/><style:column style:rel-width="1*" fo:start-indent="0.4cm" fo:end-indent="0cm"/></style:columns>
</style:section-properties></style:style>
{list_style(bullet)}
<style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"
 fo:margin-top="1.5cm" fo:margin-bottom="1.5cm" fo:margin-left="2.2cm" fo:margin-right="2.2cm"/>
<style:header-style><style:header-footer-properties fo:margin-bottom="0.7cm"/></style:header-style>
<style:footer-style><style:header-footer-properties fo:margin-top="0.7cm"/></style:footer-style></style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm1">
<style:header><text:p text:style-name="Header">{escape(header)}</text:p></style:header>
<style:footer><text:p text:style-name="Footer">Sida <text:page-number text:select-page="current">1</text:page-number>
 av <text:page-count>1</text:page-count></text:p></style:footer></style:master-page></office:master-styles>
<office:body><office:text>{cover}{section}</office:text></office:body>
</office:document>
"""


def body_of(lines: list[Line], headings: dict[int, int]) -> tuple[str, str]:
    """Write the paragraphs and lists, and those of the cover, which ends where the first heading stands."""
    start = min(headings)
    written: list[str] = []
    cover: list[str] = []
    item_open = False
    paragraph: list[Line] = []
    for line in [*lines, Line(len(lines) + 1, "", "", Style.BLANK)]:
        if paragraph and not (line.style is Style.TEXT and line.number not in headings):
            text = "<text:line-break/>".join(styled(one) for one in paragraph)
            name = "Cover" if paragraph[0].number < start else "Text_20_body"
            (cover if paragraph[0].number < start else written).append(
                f'<text:p text:style-name="{name}">{text}</text:p>'
            )
            paragraph = []
        if line.style is Style.BULLET and not item_open:
            written.append('<text:list text:style-name="L1">')
        elif item_open and line.style is not Style.BULLET:
            written.append("</text:list>")
        item_open = line.style is Style.BULLET
        if line.style is Style.BULLET:
            written.append(f'<text:list-item><text:p text:style-name="Item">{styled(line)}</text:p></text:list-item>')
        elif line.number in headings or line.style is Style.HEADING:
            level = headings.get(line.number) or line.level or 1
            name = "Start" if line.number == start else f"Heading_20_{level}"
            (cover if line.number < start else written).append(
                f'<text:h text:style-name="{name if line.number >= start else "CoverHeading"}" '
                f'text:outline-level="{level}">{styled(line, heading=True)}</text:h>'
            )
        elif line.style is Style.TEXT:
            paragraph.append(line)
    return "".join(written), "".join(cover)


def styled(line: Line, *, heading: bool = False) -> str:
    """Write a line's text with its emphasis; a heading has its own."""
    edges = {0, len(line.text), *(edge for mark in line.marks for edge in (mark.start, mark.end))}
    pieces = []
    for start, end in zip(sorted(edges)[:-1], sorted(edges)[1:], strict=True):
        piece = escape(line.text[start:end])
        for mark in line.marks:
            if covers(mark, start, end) and not (heading and mark.kind == "strong"):
                piece = f'<text:span text:style-name="{mark.kind}">{piece}</text:span>'
        pieces.append(piece)
    return "".join(pieces)


def covers(mark: Mark, start: int, end: int) -> bool:
    """Tell whether a mark is on all of some characters."""
    return mark.start <= start and end <= mark.end


def convert(source: Path, kind: str, profile: Path) -> Path:
    """Let LibreOffice turn a document into another kind."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", kind,
         "--outdir", str(source.parent), str(source)],
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=180,
    )  # fmt: skip
    return source.with_suffix(f".{kind}")


def make(party: str, folder: Path, profile: Path) -> None:
    """Make one plan in every format."""
    source = PLANS / SOURCES[party]
    lines = read(source.read_bytes(), source.name)
    plan = parse(lines)
    headings = {block.first: block.level for block in plan.blocks if isinstance(block, Heading)}
    cover = [block for block in plan.blocks if getattr(block, "kind", None) is PassageKind.COVER]
    assert cover[-1].last < min(headings)
    for columns, bullet, kinds in ((1, "•", ("odt", "docx", "pdf")), (2, "\ue00a", ("pdf",))):
        name = f"{party}-two-columns" if columns == 2 else party
        flat = folder / f"{name}.fodt"
        flat.write_text(
            flat_document(lines, HEADERS[party], columns=columns, bullet=bullet, headings=headings), encoding="utf-8"
        )
        for kind in kinds:
            made = convert(flat, kind, profile)
            (HERE / made.name).write_bytes(made.read_bytes())
            print(f"{made.name}: {made.stat().st_size // 1000} kB", file=sys.stderr)


def main() -> None:
    """Make both plans."""
    with tempfile.TemporaryDirectory() as folder:
        for party in SOURCES:
            make(party, Path(folder), Path(folder) / "profile")


if __name__ == "__main__":
    main()

"""What holds for any page, wherever it stands: accessible, never too wide, large enough to touch."""

from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: Axe, and how it is asked here. A page that has it from the start needs not be given it.
AXE = AXE_SCRIPT + Path(__file__).with_name("looks.js").read_text()
#: Each look at a page: its colour scheme, whether the system chooses the colours, and its width; then whether all rules
#: are asked, or those of colour alone. Those of one width follow each other, as a page takes long to get another.
LOOKS = (
    ("light", "none", 1280, True),
    ("dark", "active", 1280, False),
    ("dark", "none", 1280, False),
    ("light", "none", 768, True),
    ("light", "none", 320, True),
    ("dark", "none", 320, False),
)
#: The looks of texts that axe has been asked about, on whichever page.
LOOKED: list[int] = []


def unfold(page: Page) -> None:
    """Open everything that is folded, so that it is looked at too."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


def widen(page: Page, width: int) -> None:
    """Give a page another width, unless it has it."""
    size = {"width": width, "height": 900}
    if page.viewport_size != size:
        page.set_viewport_size(size)  # type: ignore[arg-type]


def axe_finds_nothing(page: Page, *, every_colour: bool = False) -> None:
    """Axe has no complaint in light, dark and forced colours, with everything unfolded.

    All rules are asked in light, at each width where something is shown that was not shown before; those of colour in
    every scheme, of what has not looked so before on any page, or once of everything. Nothing that is drawn alike is
    asked about again, which would be most of the work: what a list says of 78 goals it says in the same few colours.
    """
    unfold(page)
    if not page.evaluate("'askAxe' in window"):
        page.evaluate(f"{AXE}\nnull")  # a function at the end would be called
    for number, (scheme, forced, width, all_rules) in enumerate(LOOKS):
        page.emulate_media(color_scheme=scheme, forced_colors=forced)
        widen(page, width)
        how = {"all": all_rules, "everyColour": every_colour and number == 0, "looked": LOOKED}
        found = page.evaluate("how => askAxe(how)", how)
        LOOKED.extend(found["looked"])
        assert found["kept"] or (number and not found["asked"]), "axe did not look at anything"
        assert not found["wrong"], f"{page.url} in {scheme}, forced colours {forced}, at {width} px: {found['wrong']}"
    page.emulate_media(color_scheme="light", forced_colors="none")


def nothing_is_too_wide(page: Page) -> None:
    """Nothing needs sideways scrolling at 320 px, nor with text at twice its size, and no word is cut off."""
    unfold(page)
    for width, percent in ((320, 100), (640, 200), (1280, 200)):
        widen(page, width)
        page.evaluate("percent => { document.documentElement.style.fontSize = `${1.125 * percent}%` }", percent)
        wide = page.evaluate(
            """() => [...document.querySelectorAll('body *')].filter((element) => {
                const box = element.getBoundingClientRect();
                const scrolled = element.closest('.scroll, .skip, .hidden, .sprite');
                return !scrolled && box.width && (box.right > innerWidth + 1 || box.left < -1);
            }).map((element) => element.outerHTML.slice(0, 120))"""
        )
        assert not wide, f"{page.url} at {width} px with text at {percent} %: {wide}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.documentElement.style.fontSize = ''")


def targets_are_large_enough(page: Page) -> None:
    """On a phone, every link and control outside running text is at least 24 px high (WCAG 2.2, 2.5.8)."""
    unfold(page)
    page.set_viewport_size({"width": 360, "height": 780})
    small = page.evaluate(
        """() => [...document.querySelectorAll('a, button, select, input, summary')].filter((element) => {
            const box = element.getBoundingClientRect();
            const inText = element.closest('.lede, .text p, .notice p, dd, .note, caption, .help');
            const label = element.closest('label') ?? element.parentElement;
            const labelled = ['radio', 'checkbox'].includes(element.type) && label.getBoundingClientRect().height >= 24;
            const shortcut = element.closest('.skip, [aria-hidden=true]'); // what they do can be done elsewhere
            return box.width && !inText && !shortcut && box.height < 23.5 && !labelled;
        }).map((element) => element.outerHTML.slice(0, 120))"""
    )
    assert not small, f"{page.url}: {small}"


def everything_holds(page: Page, *, every_colour: bool = False) -> None:
    """All of it, for the page as it is now."""
    axe_finds_nothing(page, every_colour=every_colour)
    nothing_is_too_wide(page)
    targets_are_large_enough(page)

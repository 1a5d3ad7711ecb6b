"""What holds for any page, wherever it stands: accessible, never too wide, large enough to touch."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

WIDTHS = (320, 768, 1280)
#: The rules that a colour scheme can make a difference to.
OF_COLOUR = ["color-contrast", "link-in-text-block"]
#: Colour schemes, whether the system chooses the colours, which rules to ask (none: all), and at which widths.
SCHEMES = (
    ("light", "none", None, WIDTHS),
    ("dark", "none", OF_COLOUR, (320, 1280)),
    ("dark", "active", OF_COLOUR, (1280,)),
)


def unfold(page: Page) -> None:
    """Open everything that is folded, so that it is looked at too."""
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


def axe_finds_nothing(page: Page) -> None:
    """Axe has no complaint in light, dark and forced colours, with everything unfolded.

    All rules are asked in light, at every width; in the other schemes those of colour, which see a difference, and at
    the widths where other things are shown.
    """
    unfold(page)
    page.evaluate(AXE_SCRIPT)
    for scheme, forced, rules, widths in SCHEMES:
        page.emulate_media(color_scheme=scheme, forced_colors=forced)
        options = {"resultTypes": ["violations"]} | ({"runOnly": {"type": "rule", "values": rules}} if rules else {})
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            found = page.evaluate("options => axe.run(document, options)", options)
            assert found["passes"], "axe did not look at anything"
            problems = [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]]
            assert not problems, f"{page.url} in {scheme}, forced colours {forced}, at {width} px: {problems}"
    page.emulate_media(color_scheme="light", forced_colors="none")


def nothing_is_too_wide(page: Page) -> None:
    """Nothing needs sideways scrolling at 320 px, nor with text at twice its size, and no word is cut off."""
    unfold(page)
    for width, percent in ((320, 100), (1280, 200), (640, 200)):
        page.set_viewport_size({"width": width, "height": 900})
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


def everything_holds(page: Page) -> None:
    """All of it, for the page as it is now."""
    axe_finds_nothing(page)
    nothing_is_too_wide(page)
    targets_are_large_enough(page)

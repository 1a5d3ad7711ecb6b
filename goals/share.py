"""What one shares a page with: its address, an e-mail, and the code that shows it on another site. Pure."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.html import format_html
from django.utils.safestring import SafeString

#: How high the frame is, in pixels: a question of two parties fits, and a party's standing on a phone; what does not
#: can be scrolled.
HEIGHT_OF_ISSUE = 560
HEIGHT_OF_PARTY = 640


@dataclass(frozen=True, slots=True)
class Embed:
    """A view that other sites may frame: what it shows ("frågan", "partiets läge"), its whole address, and its size."""

    what: str
    title: str
    address: str
    height: int

    @property
    def code(self) -> SafeString:
        """The HTML that one puts into a page. The browser fetches the view when a reader comes near it."""
        return format_html(
            '<iframe src="{}" title="{}" width="100%" height="{}" loading="lazy" style="border:0"></iframe>',
            self.address,
            self.title,
            self.height,
        )


@dataclass(frozen=True, slots=True)
class Share:
    """A page to share: its whole address, what it is called, and what of it can be embedded, if anything."""

    address: str
    title: str
    embed: Embed | None = None

    @property
    def mailto(self) -> str:
        """A letter with the address in it, which the reader's own program sends to whom the reader likes."""
        return f"mailto:?subject={quote(self.title)}&body={quote(self.address)}"

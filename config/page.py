"""What the head of a page says about it, and the answers to addresses that lead nowhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step on the way from the start page: its name and its address."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page's title, description and the steps that lead to it; the last step is the page itself."""

    title: str
    description: str
    crumbs: Sequence[Crumb] = ()

    @property
    def address(self) -> str:
        """The page's own address, whatever way one has written it; empty where no steps lead to the page."""
        return self.crumbs[-1].url if self.crumbs else ""

    def breadcrumb_data(self, request: HttpRequest) -> str:
        """Give the steps as schema.org JSON-LD, safe to stand inside a script element."""
        data: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "name": crumb.name,
                    "item": request.build_absolute_uri(crumb.url),
                }
                for position, crumb in enumerate(self.crumbs, start=1)
            ],
        }
        text = json.dumps(data, ensure_ascii=False)
        return text.replace("&", "\\u0026").replace("<", "\\u003C").replace(">", "\\u003E")


class HtmxRequest(HttpRequest):
    """A request as the htmx middleware hands it on."""

    htmx: HtmxDetails


class HelpfulNotFound(Http404):
    """There is no such page, and this is what there is instead: a message in Swedish and links."""

    def __init__(self, message: str, links: Sequence[Crumb] = ()):
        super().__init__(message)
        self.message = message
        self.links = links

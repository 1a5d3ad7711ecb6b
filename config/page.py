"""What the head of a page says about it, and the answers to addresses that lead nowhere."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django_htmx.middleware import HtmxDetails


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step on the way from the start page: its name and its address."""

    name: str
    url: str


class Local(str):
    """A path on this site within a page's data, which is made a whole address when the page is shown."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page's title, description and the steps that lead to it; the last step is the page itself.

    ``data`` is what the page tells programs of its subject: schema.org objects, without their ``@context``.
    """

    title: str
    description: str
    crumbs: Sequence[Crumb] = ()
    data: Sequence[Mapping[str, Any]] = ()

    @property
    def address(self) -> str:
        """The page's own address, whatever way one has written it; empty where no steps lead to the page."""
        return self.crumbs[-1].url if self.crumbs else ""

    def linked_data(self, request: HttpRequest) -> str:
        """Give the steps and the page's own data as schema.org JSON-LD, safe to stand inside a script element.

        Empty where there is neither.
        """
        things = [*([self._steps(request)] if self.crumbs else ()), *(_made_whole(each, request) for each in self.data)]
        if not things:
            return ""
        whole = things[0] if len(things) == 1 else {"@graph": things}
        text = json.dumps({"@context": "https://schema.org", **whole}, ensure_ascii=False)
        return text.replace("&", "\\u0026").replace("<", "\\u003C").replace(">", "\\u003E")

    def _steps(self, request: HttpRequest) -> dict[str, Any]:
        return {
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


def _made_whole(value: Any, request: HttpRequest) -> Any:
    """Make the paths in a page's data whole addresses."""
    if isinstance(value, Mapping):
        return {name: _made_whole(each, request) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_made_whole(each, request) for each in value]
    return request.build_absolute_uri(value) if isinstance(value, Local) else value


class HtmxRequest(HttpRequest):
    """A request as the htmx middleware hands it on."""

    htmx: HtmxDetails


class HelpfulNotFound(Http404):
    """There is no such page, and this is what there is instead: a message in Swedish and links."""

    def __init__(self, message: str, links: Sequence[Crumb] = ()):
        super().__init__(message)
        self.message = message
        self.links = links

"""Tags that every template has: what the head of a page needs, and numbers as Swedes write them."""

from django import template
from django.template.context import RequestContext
from django.utils.safestring import SafeString, mark_safe

from config.page import Page

register = template.Library()


@register.simple_tag(takes_context=True)
def linked_data(context: RequestContext) -> SafeString:
    """Give the page's steps, and what it tells programs of its subject, as JSON-LD; empty where there is nothing."""
    page, request = context.get("page"), context.get("request")
    data: str = page.linked_data(request) if isinstance(page, Page) and request else ""
    return mark_safe(data)  # noqa: S308 - Page.linked_data escapes what HTML could take for a tag


@register.simple_tag(takes_context=True)
def absolute(context: RequestContext, address: str) -> str:
    """Give the whole address of a path on this site."""
    url: str = context["request"].build_absolute_uri(address)
    return url


@register.filter
def counted(count: int, words: str) -> str:
    """Write a count with its word in singular or plural: ``{{ 2|counted:"fråga,frågor" }}`` gives "2 frågor"."""
    one, many = words.split(",")
    return f"{count}\N{NO-BREAK SPACE}{one if count == 1 else many}"

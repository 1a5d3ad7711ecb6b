"""Tags that every template has: what the head of a page needs, and numbers as Swedes write them."""

from django import template
from django.template.context import RequestContext
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def breadcrumb_data(context: RequestContext) -> SafeString:
    """Give the page's breadcrumbs as JSON-LD."""
    data: str = context["page"].breadcrumb_data(context["request"])
    return mark_safe(data)  # noqa: S308 - Page.breadcrumb_data escapes what HTML could take for a tag


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

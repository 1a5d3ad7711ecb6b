"""A choice among hundreds, written at once."""

from typing import Any

from django import forms
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """A list to choose from as Django's own is, but not made of a template for each option.

    With every municipality of Sweden in it, that took longer than the rest of a page.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """Write the list; its choices are in no groups."""
        chosen = set(self.format_value(value))
        options = (
            (option, SafeString(" selected" if str(option) in chosen else ""), label) for option, label in self.choices
        )
        return format_html(
            '<select name="{}"{}>{}\n</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            format_html_join("", '\n  <option value="{}"{}>{}</option>', options),
        )

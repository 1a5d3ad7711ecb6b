"""Fields of forms as browsers show them best."""

from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class DayInput(forms.DateInput):
    """A day, as browsers let one pick it."""

    input_type = "date"

    def __init__(self) -> None:
        """Write the day as browsers want it."""
        super().__init__(format="%Y-%m-%d")


class LongSelect(forms.Select):
    """A choice in one list that may be long.

    Django renders a template for each option: the municipalities of Sweden took longer than the rest of their page.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Write the list as Django does, without its templates."""
        chosen = self.format_value(value)
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((word, SafeString(" selected") if str(word) in chosen else "", label) for word, label in self.choices),
        )
        attributes = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, attributes, options)

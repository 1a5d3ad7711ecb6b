"""Fields of forms as browsers show them best."""

from django import forms
from django.test.html import parse_html

from parties.widgets import LongSelect

CHOICES = [("", "Alla <partier>"), ("v", "Vänsterpartiet"), ('"', "Citat & <b>"), (7, "Sju")]


def test_a_long_list_is_written_as_django_writes_a_short_one():
    """The same list comes of both, whatever is chosen and whatever the words have in them."""

    class Form(forms.Form):
        long = forms.ChoiceField(choices=CHOICES, required=False, widget=LongSelect)
        short = forms.ChoiceField(choices=CHOICES, required=False)

    for chosen in ("", "v", '"', "7", "strunt", "<b>"):
        form = Form({"long": chosen, "short": chosen}, use_required_attribute=False)
        long, short = (str(form[name]).replace(name, "NAME") for name in ("long", "short"))
        assert parse_html(long) == parse_html(short)
        assert "<b>" not in long

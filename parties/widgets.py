"""Fields of forms as browsers show them best."""

from django import forms


class DayInput(forms.DateInput):
    """A day, as browsers let one pick it."""

    input_type = "date"

    def __init__(self) -> None:
        """Write the day as browsers want it."""
        super().__init__(format="%Y-%m-%d")

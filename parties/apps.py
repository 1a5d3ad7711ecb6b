"""WHO: municipalities, committees, parties and the people who sign in."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """The lowest room of the house: it imports neither of the other two."""

    name = "parties"
    verbose_name = "Partier och nämnder"

"""WHAT WAS PROMISED: plan years, the parties' proposals, and the documents they come from."""

from django.apps import AppConfig


class ProposalsConfig(AppConfig):
    """The middle room: it imports from ``parties`` only."""

    name = "proposals"
    verbose_name = "Planer"

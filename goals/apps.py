"""WHAT BECAME OF IT: goals, the topics and issues that line them up, and their follow-up."""

from django.apps import AppConfig


class GoalsConfig(AppConfig):
    """The upper room: it imports from ``proposals`` and ``parties``."""

    name = "goals"
    verbose_name = "Mål och uppföljning"

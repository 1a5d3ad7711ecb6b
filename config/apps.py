"""The whole site: settings, addresses, pages that belong to no room, and the command that runs it."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Gives the site's commands and template tags their place."""

    name = "config"

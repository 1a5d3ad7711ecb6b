"""The whole site: settings, addresses, pages that belong to no room, and the command that runs it."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin


class SiteConfig(AppConfig):
    """Gives the site's commands and template tags their place."""

    name = "config"
    default = True


class AdminConfig(admin.AdminConfig):
    """Puts our own administration, which is signed in to as the rest of the site is, in the place of Django's."""

    default = False
    default_site = "config.admin.Administration"

"""The administration: Django's own, in Swedish, signed in to as the rest of the site is."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse


class Administration(admin.AdminSite):
    """Django's administration, without a door of its own."""

    site_header = "Nämndkollen: administration"
    site_title = "Nämndkollen"
    index_title = "Administration"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the site's own sign-in, with its limits and its second step."""
        return redirect_to_login(request.GET.get("next", ""))

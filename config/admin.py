"""The administration: Django's own, in Swedish, signed in to as the rest of the site is."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from parties.administration import may_administer

#: Whose models the administration shows. What libraries keep is theirs: tokens and second steps are nobody's reading.
ROOMS = ("parties", "proposals", "goals")


class Administration(admin.AdminSite):
    """Django's administration, without a door of its own, and without what libraries would put in it."""

    site_header = "Nämndkollen: administration"
    site_title = "Nämndkollen"
    index_title = "Administration"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin] | None = None,
        **options: Any,
    ) -> None:
        """Take our own models, and no others."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [model for model in models if model._meta.app_label in ROOMS]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in who administers the installation, or a committee; ``is_staff`` opens nothing."""
        return may_administer(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the site's own sign-in, with its limits and its second step.

        :raises PermissionDenied: if one is signed in already, which signing in once more would not help.
        """
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", ""))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """Lead to the site's own page, with its limits and its letter."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        """Lead to the site's own page, which has told that it is done."""
        return redirect("account")

"""The own account, and what django-allauth's views need to answer as our other pages do."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.mfa.recovery_codes.views import download_recovery_codes
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from config.page import Crumb, Page
from parties.access import View, signed_in, take_typed
from parties.forms import OwnPartyForm
from parties.requests import INVALID, user_of
from parties.signing_in import municipal_login

logger = logging.getLogger(__name__)

DESCRIPTION = "Inloggning för dem som arbetar med uppföljningen i Nämndkollen."


def framed(view: View, title: str, *, of_account: bool = False) -> View:
    """Give a view of django-allauth's what our pages have: a title, 422 for a form that is wrong, no copies kept."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if isinstance(response, SimpleTemplateResponse):
            context = response.context_data or {}
            page = _page(request, title, of_account=of_account)
            response.context_data = {"page": page, "municipal_login": municipal_login(), **context}
            if request.method == "POST" and "form" in context and context["form"].errors:
                response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response

    return answer


def _page(request: HttpRequest, title: str, *, of_account: bool) -> Page:
    above = [Crumb("Start", reverse("start"))]
    if of_account:
        above.append(Crumb("Mitt konto", reverse("account")))
    return Page(title, DESCRIPTION, [*above, Crumb(title, request.path)])


@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """Show one's own account: who one is here, and what can be changed; and keep which party is one's own."""
    user = user_of(request)
    form = OwnPartyForm(request.POST if request.method == "POST" else None, instance=user)
    if request.method == "POST" and form.is_valid():
        party = form.save().own_party
        messages.success(request, f"Sparat. Ditt parti är {party}." if party else "Sparat. Inget parti är ditt.")
        return redirect("account")
    if kept := take_typed(request):
        form.initial = {"own_party": kept.get("own_party")}
    memberships = user.memberships.select_related("committee__municipality")
    context = {
        "form": form,
        "page": _page(request, "Mitt konto", of_account=False),
        "memberships": memberships.order_by("committee__municipality__name", "committee__name"),
        "has_second_step": is_mfa_enabled(user),
        "administers": user.administers_a_committee,
    }
    return render(request, "parties/account.html", context, status=INVALID if form.errors else HTTPStatus.OK)


@never_cache
@require_POST
def stay_signed_in(request: HttpRequest) -> HttpResponse:
    """Prolong the session, as every request does, for someone who has read or written for long.

    :raises PermissionDenied: if the session has ended.
    """
    if not request.user.is_authenticated:
        raise PermissionDenied
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def recovery_codes_file(request: HttpRequest) -> HttpResponse:
    """Give the codes kept in reserve as a file with a Swedish name."""
    response: HttpResponse = download_recovery_codes(request)
    if response.has_header("Content-Disposition"):
        response["Content-Disposition"] = 'attachment; filename="reservkoder-namndkollen.txt"'
    return response


def second_step(view: View) -> View:
    """Let a form without its code be a form with an empty one; django-allauth takes it for a security key's."""

    @wraps(view)
    def with_code(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and "code" not in request.POST:
            typed = request.POST.copy()
            typed["code"] = ""
            request.POST = typed  # type: ignore[assignment]
        return view(request, *args, **kwargs)

    return with_code


def go_to_municipality(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the municipality's own login; who merely opens the address signs in on our page."""
    if request.method != "POST":
        return redirect("account_login")
    return _or_error(openid_connect.login, request, provider_id)


def back_from_municipality(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Sign in whoever the municipality's own login vouches for."""
    return _or_error(openid_connect.callback, request, provider_id)


def _or_error(view: Callable[..., HttpResponse], request: HttpRequest, provider_id: str) -> HttpResponse:
    """Say that it did not work where the municipality's server is away or talks nonsense: no fault of ours."""
    try:
        return view(request, provider_id)
    except (OSError, KeyError, TypeError, ValueError) as error:
        logger.warning("The OpenID Connect server gave no usable answer: %r", error)
        return redirect("socialaccount_login_error")

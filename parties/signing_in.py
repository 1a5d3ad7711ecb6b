"""How people sign in: what we want otherwise than django-allauth has it."""

import base64
import hmac
import logging
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base.constants import AuthError, AuthProcess
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe

from config.page import Page
from parties.models import User

logger = logging.getLogger(__name__)

TOO_MANY = "För många misslyckade försök. Vänta fem minuter och försök sedan igen."
WRONG_CODE = "Koden stämmer inte. Den byts var trettionde sekund och kan bara användas en gång: vänta på nästa."

#: What a secret begins with that is kept encrypted.
ENCRYPTED = "fernet:"


def municipal_login() -> dict[str, str] | None:
    """Give the municipality's own login, by name and address, if there is one."""
    apps: list[Any] = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    for app in apps:
        return {"name": app["name"], "url": reverse("openid_connect_login", args=[app["provider_id"]])}
    return None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator; nobody makes one for oneself."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "E-postadressen eller lösenordet stämmer inte.",
        "enter_current_password": "Det är inte det lösenord som du har nu.",
        "incorrect_password": "Lösenordet stämmer inte.",
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse to make an account."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer with pages, whatever is asked for: there is one way in."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Lead only to our own pages, not to other names that the installation answers to."""
        host = self.request.get_host()
        return url_has_allowed_host_and_scheme(url, allowed_hosts={host}, require_https=self.request.is_secure())

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead those who work for a committee to their work, and others to the start page."""
        try:
            return reverse("work" if request.user.works else "start")  # type: ignore[union-attr]
        except NoReverseMatch:
            return reverse("start")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to the account once the password is changed."""
        return reverse("account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Let the link in the e-mail lead to the site's own address, not to whatever host the request named."""
        user, _, token = key.partition("-")
        return f"{settings.SITE_ADDRESS}{reverse('account_reset_password_from_key', args=[user, token])}"

    def set_password(self, user: User, password: str) -> None:
        """Set a password, and forget the failed attempts with the one before."""
        super().set_password(user, password)
        self._delete_login_attempts_cached_email(context.request, email=user.email)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count an attempt for the account from here, and for the account from anywhere, which is allowed more.

        Else anybody could keep the owner out by failing on purpose; and who guesses from many places is stopped too.

        :raises ValidationError: if there have been too many.
        """
        super().pre_authenticate(request, **credentials)
        self._from_anywhere = ratelimit.consume(request, **_anywhere(credentials))
        if not self._from_anywhere:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        super()._rollback_login_failed_rl_usage()
        self._from_anywhere.rollback()

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        super()._delete_login_attempts_cached_email(request, **credentials)
        ratelimit.clear(request, **_anywhere(credentials))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # django-allauth counts each host name of the site for itself, which would give a guesser more attempts.
        return f"{_email(credentials)} {ratelimit.get_ip(request)}"


def _email(credentials: dict[str, Any]) -> str:
    email: str = credentials.get("email", "")
    return email.lower()


def _anywhere(credentials: dict[str, Any]) -> dict[str, str]:
    """Give what an account's attempts are counted by, wherever they come from."""
    return {"app": "allauth.account", "action": "login_failed_anywhere", "key": _email(credentials)}


def _cipher() -> Fernet:
    key = hmac.digest(settings.SECRET_KEY.encode(), b"the secrets of the second step", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second step: a code from an app, or one of the codes kept in reserve."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": WRONG_CODE}

    def encrypt(self, text: str) -> str:
        """Keep a secret so that who reads the database alone, or a copy of it, cannot make codes from it."""
        return f"{ENCRYPTED}{_cipher().encrypt(text.encode()).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """Read a secret; those that were kept before they were encrypted are read as they stand.

        One that was encrypted with another SECRET_KEY makes no code that is right: an administrator then takes the
        second step away, and it is chosen anew.
        """
        if not encrypted_text.startswith(ENCRYPTED):
            return encrypted_text
        try:
            return _cipher().decrypt(encrypted_text.removeprefix(ENCRYPTED)).decode()
        except InvalidToken:
            logger.warning("A second step was encrypted with another SECRET_KEY, and so cannot be used.")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def build_totp_svg(self, url: str) -> SafeString:
        """Draw the QR code so that it can stand in the page itself, which our content security policy asks for."""
        drawing: str = super().build_totp_svg(url)
        return mark_safe(drawing[drawing.index("<svg") :])  # noqa: S308 - the drawing has squares and no text


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The municipality's own login leads to an account that an administrator has made, and makes none.

    It is found by an e-mail address that the municipality has verified, and from then on by the municipality's own
    identity for the person.
    """

    def authenticate_by_email(self, sociallogin: Any) -> tuple[User, str] | None:
        """Find the account that has the verified address.

        The address is not handed on: with it, django-allauth would take away a password that an administrator gave,
        as it does where anyone may make an account in another's name.
        """
        # Some send the text "false", which is true.
        verified = [address.email.lower() for address in sociallogin.email_addresses if address.verified is True]
        user = User.objects.filter(email__in=verified).first()
        return (user, "") if user else None

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Connect the account that was found, and do nothing else than sign in."""
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise ImmediateHttpResponse(redirect("account"))
        if sociallogin.is_existing and sociallogin.user.is_active and sociallogin.account._state.adding:
            sociallogin.connect(request, sociallogin.user)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse to make an account, and say so.

        :raises ImmediateHttpResponse: always, with the page that says so.
        """
        page = Page("Du har inget konto här", "Inloggningen lyckades, men det finns inget konto.")
        context = {"page": page, "email": sociallogin.user.email}
        raise ImmediateHttpResponse(render(request, "socialaccount/no_account.html", context, status=403))

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: str = "", exception: Exception | None = None, **more: Any
    ) -> None:
        """Lead to the page that says that it did not work, and leave word of why.

        :raises ImmediateHttpResponse: unless the person went back on one's own.
        """
        if error != AuthError.CANCELLED:
            logger.warning("OpenID Connect signed nobody in: %r", exception or request.GET.get("error", error))
            raise ImmediateHttpResponse(redirect("socialaccount_login_error"))

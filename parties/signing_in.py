"""How people sign in: what we want otherwise than django-allauth has it."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by an administrator; nobody makes one for oneself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse to make an account."""
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The municipality's own login leads to an account that an administrator has made, and makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Refuse to make an account."""
        return False

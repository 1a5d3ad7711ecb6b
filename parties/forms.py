"""The forms of signing in, as django-allauth has them, with our words; and what one chooses for oneself."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as second_step
from allauth.mfa.totp import forms as totp
from django.forms import Form, ModelForm

from parties.models import Party, User, in_order

WHAT_IS_GOOD = (
    "Minst tolv tecken. Flera ord efter varandra går bra. Välj inte ett vanligt lösenord, bara siffror eller något som "
    "liknar ditt namn eller din e-postadress."
)
UNLIKE = "Lösenorden är inte lika. Skriv samma lösenord båda gångerna."


class OwnPartyForm(ModelForm):
    """Which party's goals the overview sets apart."""

    class Meta:
        model = User
        fields = ("own_party",)
        labels = {"own_party": "Mitt parti"}
        help_texts = {
            "own_party": "Översikten visar först vad som har hänt med partiets mål och uppdrag. Bara du ser ditt val."
        }
        error_messages = {"own_party": {"invalid_choice": "Partiet finns inte. Välj ett av dem som står här."}}

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        parties = [(party.pk, party.name) for party in in_order(Party.objects.all())]
        self.fields["own_party"].choices = [("", "Inget parti"), *parties]  # type: ignore[attr-defined]

    def save(self, commit: bool = True) -> User:
        """Keep the choice, and touch nothing else of the account."""
        user: User = self.instance
        user.save(update_fields=["own_party"])
        return user


def name_fields(form: Form, **labels: str) -> None:
    """Name fields above them and not inside, where a name disappears as one types."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)


class _NewPassword:
    """A new password, written twice."""

    def __init__(self: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name_fields(self, password1="Nytt lösenord", password2="Nytt lösenord en gång till")
        self.fields["password1"].help_text = WHAT_IS_GOOD

    def clean(self: Any) -> Any:
        """Say in our words that the two are not the same."""
        cleaned = super().clean()  # type: ignore[misc]
        if self.has_error("password2") and not self.has_error("password2", "required"):
            self.errors["password2"] = self.error_class([UNLIKE])
        return cleaned


class LoginForm(account.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name_fields(self, login="E-postadress", password="Lösenord")  # noqa: S106
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ResetPasswordForm(account.ResetPasswordForm):  # type: ignore[misc]
    """The address to send a link to."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name_fields(self, email="E-postadress")


class ResetPasswordKeyForm(_NewPassword, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, for who has come by the link."""


class LinkForm(account.UserTokenForm):  # type: ignore[misc]
    """What a link to a new password has in it."""

    def clean(self) -> dict[str, Any]:
        """Refuse a link whose parts are blank, which django-allauth takes for parts that are there."""
        cleaned: dict[str, Any] = self.cleaned_data if self.errors else super().clean()
        return cleaned


class SetPasswordForm(_NewPassword, account.SetPasswordForm):  # type: ignore[misc]
    """A first password, for an account without one."""


class ChangePasswordForm(_NewPassword, account.ChangePasswordForm):  # type: ignore[misc]
    """A new password, for who knows the one before."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name_fields(self, oldpassword="Lösenordet du har nu")


class ReauthenticateForm(account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name_fields(self, password="Lösenord")  # noqa: S106


class _Code:
    """A code, from an app or from the reserve."""

    label = "Kod från appen, eller en reservkod"

    def __init__(self: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        name_fields(self, code=self.label)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AuthenticateForm(_Code, second_step.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class SecondStepAgainForm(_Code, second_step.ReauthenticateForm):  # type: ignore[misc]
    """The second step once more."""


class ActivateTOTPForm(_Code, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code from a new app."""

    label = "Koden som appen visar"

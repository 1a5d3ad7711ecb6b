"""Addresses of signing in and of what a person changes about the own account; most views are django-allauth's.

The names are those that django-allauth looks its pages up by.
"""

from allauth.account import views as allauth
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as municipal
from django.urls import path
from django.views.generic import RedirectView

from parties import views
from parties.views import framed

urlpatterns = [
    path("logga-in/", framed(allauth.login, "Logga in"), name="account_login"),
    path(
        "logga-in/kod/",
        framed(views.second_step(second_step.authenticate), "Skriv din kod"),
        name="mfa_authenticate",
    ),
    path("logga-ut/", framed(allauth.logout, "Logga ut"), name="account_logout"),
    path("konto/", views.account, name="account"),
    path("konto/fortsatt/", views.stay_signed_in, name="stay_signed_in"),
    path("konto/nytt/", framed(allauth.signup, "Så får du ett konto"), name="account_signup"),
    path("konto/avstangt/", framed(allauth.account_inactive, "Kontot är avstängt"), name="account_inactive"),
    path(
        "konto/bekrafta/",
        framed(allauth.reauthenticate, "Bekräfta att det är du", of_account=True),
        name="account_reauthenticate",
    ),
    path(
        "konto/bekrafta/kod/",
        framed(second_step.reauthenticate, "Bekräfta att det är du", of_account=True),
        name="mfa_reauthenticate",
    ),
    path(
        "konto/losenord/",
        framed(allauth.password_change, "Byt lösenord", of_account=True),
        name="account_change_password",
    ),
    path(
        "konto/losenord/forsta/",
        framed(allauth.password_set, "Välj ett lösenord", of_account=True),
        name="account_set_password",
    ),
    path("konto/losenord/glomt/", framed(allauth.password_reset, "Glömt lösenordet"), name="account_reset_password"),
    path(
        "konto/losenord/glomt/skickat/",
        framed(allauth.password_reset_done, "Titta i din e-post"),
        name="account_reset_password_done",
    ),
    path(
        "konto/losenord/nytt/klart/",
        framed(allauth.password_reset_from_key_done, "Lösenordet är bytt"),
        name="account_reset_password_from_key_done",
    ),
    path(
        "konto/losenord/nytt/<uidb36>/<key>/",
        framed(allauth.password_reset_from_key, "Välj ett nytt lösenord"),
        name="account_reset_password_from_key",
    ),
    path("konto/tva-steg/", framed(second_step.index, "Inloggning i två steg", of_account=True), name="mfa_index"),
    path(
        "konto/tva-steg/app/",
        framed(totp.activate_totp, "Koppla en app", of_account=True),
        name="mfa_activate_totp",
    ),
    path(
        "konto/tva-steg/app/bort/",
        framed(totp.deactivate_totp, "Stäng av inloggning i två steg", of_account=True),
        name="mfa_deactivate_totp",
    ),
    path(
        "konto/tva-steg/reservkoder/",
        framed(recovery_codes.view_recovery_codes, "Reservkoder", of_account=True),
        name="mfa_view_recovery_codes",
    ),
    path(
        "konto/tva-steg/reservkoder/nya/",
        framed(recovery_codes.generate_recovery_codes, "Byt reservkoder", of_account=True),
        name="mfa_generate_recovery_codes",
    ),
    path("konto/tva-steg/reservkoder/fil/", views.recovery_codes_file, name="mfa_download_recovery_codes"),
    path(
        "konto/kommun/avbrutet/",
        framed(municipal.login_cancelled, "Du avbröt inloggningen"),
        name="socialaccount_login_cancelled",
    ),
    path(
        "konto/kommun/fel/",
        framed(municipal.login_error, "Inloggningen gick inte att slutföra"),
        name="socialaccount_login_error",
    ),
    # Nobody makes an account or a connection for oneself, but django-allauth knows these pages by name.
    path("konto/kommun/nytt/", RedirectView.as_view(pattern_name="account_signup"), name="socialaccount_signup"),
    path("konto/kommun/", RedirectView.as_view(pattern_name="account"), name="socialaccount_connections"),
    path("konto/<slug:provider_id>/logga-in/", views.go_to_municipality, name="openid_connect_login"),
    path("konto/<slug:provider_id>/tillbaka/", views.back_from_municipality, name="openid_connect_callback"),
]

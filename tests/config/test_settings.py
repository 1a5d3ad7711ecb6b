"""Settings come from the environment, fail loudly on a bad value, and are safe unless asked to be otherwise."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN = {"DATABASE_URL": "postgresql://u:p@db.example:5433/n", "SECRET_KEY": "x" * 50}
NAMES = ["DEBUG", "EMBEDDED", "HTTPS", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE", "HOST"]
SHOW = f"import json; from config import settings as s; print(json.dumps({{n: getattr(s, n) for n in {NAMES}}}))"


def settings(code: str = SHOW, **environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a process of their own, with nothing but the given environment."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "VIRTUAL_ENV") if key in os.environ}
    return subprocess.run(
        [sys.executable, "-c", code], env={**kept, **environment}, cwd=ROOT, capture_output=True, text=True, check=False
    )


def values(**environment: str) -> dict[str, object]:
    done = settings(**environment)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_safe_by_default():
    """Unasked, DEBUG is off and only this machine is listened to."""
    found = values()
    assert (found["DEBUG"], found["HOST"], found["EMBEDDED"]) == (False, "127.0.0.1", True)


def test_an_installation_of_ones_own_is_https_only():
    """With a database of one's own, pages and cookies go over HTTPS, unless that is switched off."""
    found = values(**OWN)
    assert found["SECURE_SSL_REDIRECT"]
    assert found["SESSION_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert not values(**OWN, HTTPS="off")["SECURE_SSL_REDIRECT"]


def test_a_trusted_proxy_tells_whose_attempts_are_counted():
    """Behind a trusted web server the reader's address is counted; otherwise nothing that a request says of it."""
    code = "import json; from config import settings; print(json.dumps([settings.ALLAUTH_TRUSTED_PROXY_COUNT]))"
    assert settings(code, **OWN).stdout.strip() == "[0]"
    assert settings(code, **OWN, TRUST_PROXY="on").stdout.strip() == "[1]"


def test_the_municipal_login_is_there_when_it_is_named():
    """With a server named there is a login by it, with proof that it is the same browser; without, there is none."""
    code = "from config import settings; print(settings.SOCIALACCOUNT_PROVIDERS['openid_connect']['APPS'])"
    assert settings(code).stdout.strip() == "[]"
    given = {"OIDC_SERVER": "https://id.example", "OIDC_CLIENT_ID": "n", "OIDC_CLIENT_SECRET": "s"}
    assert "'oauth_pkce_enabled': True" in settings(code, **given).stdout


def test_a_replica_is_connected_to_as_the_first_server_is():
    """It has the same ends to what is waited for and keeps its connections, but is given up sooner."""
    code = (
        "import json; from config import settings; chosen = settings.DATABASES['replica1'];"
        "print(json.dumps([chosen[name] for name in ('ENGINE', 'HOST', 'CONN_MAX_AGE', 'CONN_HEALTH_CHECKS')]"
        " + [chosen['OPTIONS'][name] for name in ('connect_timeout', 'keepalives_idle')]))"
    )
    found = json.loads(settings(code, **OWN, REPLICA_URLS="postgresql://u:p@copy.example/n").stdout)
    assert found == ["config.postgres", "copy.example", 600, True, 2, 30]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DATABASE_URL": OWN["DATABASE_URL"]}, "SECRET_KEY"),
        ({"DATABASE_URL": "sqlite:///db.sqlite3", "SECRET_KEY": "x" * 32}, "DATABASE_URL"),
        ({"DATABASE_URL": "strunt", "SECRET_KEY": "x" * 32}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://u@h:port/n", "SECRET_KEY": "x" * 32}, "DATABASE_URL"),
        ({"DATABASE_URL": OWN["DATABASE_URL"], "SECRET_KEY": "kort"}, "SECRET_KEY"),
        ({"HOST": "min dator"}, "HOST"),
        ({"ALLOWED_HOSTS": "http://a.se"}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": ",,"}, "ALLOWED_HOSTS"),
        ({"DEBUG": "kanske"}, "DEBUG"),
        ({"PORT": "åttatusen"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "65536"}, "PORT"),
        ({"WORKERS": "0"}, "WORKERS"),
        ({"WORKERS": "många"}, "WORKERS"),
        ({"HTTPS": "ja"}, "HTTPS"),
        ({"TRUST_PROXY": "?"}, "TRUST_PROXY"),
        ({"EXAMPLE": "kanske"}, "EXAMPLE"),
        ({**OWN, "EXAMPLE": "yes"}, "EXAMPLE"),
        ({"CONTACT_EMAIL": "ingen adress"}, "CONTACT_EMAIL"),
        ({"SESSION_MINUTES": "9"}, "SESSION_MINUTES"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
        ({"LOG_LEVEL": "DEBUG"}, "LOG_LEVEL"),
        ({"OIDC_SERVER": "https://id.example"}, "OIDC_CLIENT_ID"),
        (
            {**OWN, "OIDC_SERVER": "http://id.example", "OIDC_CLIENT_ID": "n", "OIDC_CLIENT_SECRET": "s"},
            "OIDC_SERVER",
        ),
    ],
)
def test_bad_values_stop_the_start(environment, words):
    """A value that makes no sense stops everything, and the last line names the variable."""
    done = settings(**environment)
    assert done.returncode != 0
    assert words in done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "url", ["postgresql://u:hem/ligt@h/n", "postgresql://u:hem:ligt@h:port/n", "mysql://u:hemligt@h/n"]
)
def test_a_bad_address_is_not_repeated(url):
    """What is wrong with the database's address is said without the password that may be what is wrong with it."""
    done = settings(DATABASE_URL=url, SECRET_KEY="x" * 32)
    assert done.returncode != 0
    assert "hem" not in done.stderr
    assert "ligt" not in done.stderr


def test_the_log_is_for_programs_in_an_installation_of_ones_own():
    """With a database of one's own each request has a line of JSON; to try it one wants to see faults alone."""
    code = "from config import settings as s; print(s.LOG_FORMAT, s.LOG_LEVEL)"
    assert settings(code).stdout.strip() == "plain WARNING"
    assert settings(code, **OWN).stdout.strip() == "json INFO"
    assert settings(code, **OWN, LOG_FORMAT="plain", LOG_LEVEL="ERROR").stdout.strip() == "plain ERROR"


def test_examples_are_for_the_embedded_database():
    """Example data comes by itself with the embedded database, unless one says no, and never with another."""
    code = "from config import settings; print(settings.EXAMPLE)"
    environments: tuple[dict[str, str], ...] = ({}, {"EXAMPLE": "no"}, OWN)
    assert [settings(code, **each).stdout.strip() for each in environments] == ["True", "False", "False"]


def test_hosts_may_be_listed_with_spaces():
    """A space after a comma is no part of a name."""
    code = "from config import settings; print(settings.ALLOWED_HOSTS)"
    assert settings(code, ALLOWED_HOSTS="a.se, b.se").stdout.strip() == "['a.se', 'b.se']"


def test_importing_settings_starts_nothing(tmp_path):
    """Importing the settings, and setting Django up, leaves no server and no files behind."""
    code = "import django; django.setup(); import os; print(os.listdir(os.environ['DATA_DIR']))"
    done = settings(code, DATA_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="config.settings")
    assert done.stdout.strip() == "[]", done.stderr

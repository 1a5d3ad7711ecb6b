"""All settings, read from the environment; a bad value stops the start with a message that names it.

docs/running.md lists every variable. Safe by default: DEBUG is off unless asked for, and as soon as the database is
not the embedded one a secret key must be given and pages are served over HTTPS only.
"""

import re
import secrets
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

from config import embedded, secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = embedded.DATA_DIR

env = Env()

# Where it runs

DEBUG = env.bool("DEBUG", False)
DATABASE_URL = env.str("DATABASE_URL", "")
EMBEDDED = not DATABASE_URL
EXAMPLE = env.bool("EXAMPLE", EMBEDDED)
if EXAMPLE and not EMBEDDED:
    raise ImproperlyConfigured("EXAMPLE must be off with DATABASE_URL: example data is for the embedded database only.")
try:
    HOST = str(ip_address(env.str("HOST", "127.0.0.1").replace("localhost", "127.0.0.1")))
except ValueError as error:
    raise ImproperlyConfigured("HOST must be an IP address to listen on, such as 127.0.0.1 or 0.0.0.0.") from error
PORT = env.int("PORT", 8000, validate=validate.Range(min=1, max=65535))
WORKERS = env.int("WORKERS", 2, validate=validate.Range(min=1, max=256))
ALLOWED_HOSTS = [name.strip() for name in env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])]
if not ALLOWED_HOSTS or not all(re.fullmatch(r"\.?[\w.-]+|\[[\da-fA-F:]+\]|\*", name) for name in ALLOWED_HOSTS):
    raise ImproperlyConfigured("ALLOWED_HOSTS must be host names with commas between, without http:// or ports.")
HTTPS = env.bool("HTTPS", not (DEBUG or EMBEDDED))

LEAST_SECRET = 32
SECRET_KEY = env.str("SECRET_KEY", "").strip()
if not SECRET_KEY:
    if not (DEBUG or EMBEDDED):
        raise ImproperlyConfigured("SECRET_KEY must be set when DATABASE_URL names a database and DEBUG is off.")
    # The embedded installation keeps one for itself, so that a restart signs nobody out.
    SECRET_KEY = (secret_key.kept() if EMBEDDED else "") or secrets.token_urlsafe(50)
if len(SECRET_KEY) < LEAST_SECRET:
    raise ImproperlyConfigured(f"SECRET_KEY must have at least {LEAST_SECRET} characters, chosen at random.")

# Who answers for the site; the pages say so where it is not known yet.
OPERATOR = env.str("OPERATOR", "")
CONTACT_EMAIL = env.str("CONTACT_EMAIL", "", validate=validate.Email() if env.str("CONTACT_EMAIL", "") else None)

INSTALLED_APPS = [
    "config",
    "config.apps.AdminConfig",
    "goals",
    "proposals",
    "parties",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "template_partials.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "config.request_id.numbered",
    "config.headers.safe",
    "config.health.health_first",
    "config.log.logged",
    "config.page_cache.PageCache",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "config.middleware.open_data",
    "django.middleware.http.ConditionalGetMiddleware",
    "config.middleware.known_methods_only",
    "config.middleware.plain_text_only",
    "config.middleware.not_too_large",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.private_when_signed_in",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.request_id.HistoryWithRequestId",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

_loaders: list[Any] = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
if not DEBUG:
    _loaders = [("django.template.loaders.cached.Loader", _loaders)]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("template_partials.loader.Loader", _loaders)],
            "builtins": ["template_partials.templatetags.partials", "config.templatetags.page"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "parties.access.may_work",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database

if EMBEDDED:
    _database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "postgres",
        "HOST": embedded.socket_dir(),
    }
else:
    try:
        _database = dict(dj_database_url.parse(DATABASE_URL))
    except ValueError:
        # What it says may quote a part of the password.
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:port/name.") from None
    if _database.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql://; PostgreSQL is the only database.")
# How long a request may wait for the database before it says so; nought is for ever. Commands take the time they need.
DATABASE_CONNECT_SECONDS = env.int("DATABASE_CONNECT_SECONDS", 3, validate=validate.Range(min=2, max=60))
DATABASE_STATEMENT_SECONDS = env.int("DATABASE_STATEMENT_SECONDS", 10, validate=validate.Range(min=0, max=3600))
DATABASE_LOCK_SECONDS = env.int("DATABASE_LOCK_SECONDS", 5, validate=validate.Range(min=0, max=3600))
DATABASE_IDLE_SECONDS = env.int("DATABASE_IDLE_SECONDS", 60, validate=validate.Range(min=0, max=3600))
# Off where PgBouncer lends a connection for one transaction at a time: there the role has the limits.
DATABASE_SETS_LIMITS = env.bool("DATABASE_SETS_LIMITS", True)
_database |= {
    "ENGINE": "config.postgres",
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    # A network that is gone is noticed by commands too, which wait for statements as long as they take.
    "OPTIONS": {
        "connect_timeout": DATABASE_CONNECT_SECONDS,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        **_database.get("OPTIONS", {}),
    },
}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Read replicas (config.replicas), which readers' pages are read from

REPLICA_MAX_LAG = env.float("REPLICA_MAX_LAG", 2.0, validate=validate.Range(min=0.1, max=60))
REPLICAS = []
_urls: list[str] = env.list("REPLICA_URLS", [])
for _number, _url in enumerate(_urls, start=1):
    try:
        _replica: dict[str, Any] = dict(dj_database_url.parse(_url.strip()))
    except ValueError:
        raise ImproperlyConfigured("REPLICA_URLS must be addresses like DATABASE_URL, with commas between.") from None
    if EMBEDDED or _replica.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured("REPLICA_URLS must start with postgresql://, and DATABASE_URL must be set too.")
    # One that is down must not keep readers waiting.
    _options = {**_database["OPTIONS"], "connect_timeout": 2, **_replica.get("OPTIONS", {})}
    DATABASES[f"replica{_number}"] = {
        **_database,
        **{name: _replica[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")},
        "OPTIONS": _options,
        "TEST": {"MIRROR": "default"},
    }
    REPLICAS.append(f"replica{_number}")
if REPLICAS:
    DATABASE_ROUTERS = ["config.replicas.Router"]
    # Before all that reads for an answer, and after what says that the process is alive, which asks nobody.
    MIDDLEWARE.insert(MIDDLEWARE.index("config.page_cache.PageCache"), "config.replicas.ReadFromReplicas")

# What has to be the same in every process: the counts that guessing is limited by. Kept in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # How often each address reads the data and the API. Each process counts for itself, so that no reading writes.
    "rates": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "rates",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# Public pages as they were sent (config/page_cache.py): the memory of each process for them, and for how long a web
# server in front may hold one without asking.
PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", 0 if DEBUG else 64, validate=validate.Range(min=0, max=65536))
FRONT_SECONDS = env.int("FRONT_SECONDS", 1, validate=validate.Range(min=0, max=60))

# Signing in: by e-mail address and password, a second step for those who choose it, or the municipality's own login

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# A session lasts as long after the latest page, and no longer than the browser stays open.
SESSION_COOKIE_AGE = 60 * env.int("SESSION_MINUTES", 120, validate=validate.Range(min=10, max=720))
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

ACCOUNT_ADAPTER = "parties.signing_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = str
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
# Django's own looks only at the user; django-allauth's keeps a list of addresses, old ones too, to sign in by.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
ACCOUNT_FORMS = {
    "login": "parties.forms.LoginForm",
    "reset_password": "parties.forms.ResetPasswordForm",
    "reset_password_from_key": "parties.forms.ResetPasswordKeyForm",
    "user_token": "parties.forms.LinkForm",
    "change_password": "parties.forms.ChangePasswordForm",
    "set_password": "parties.forms.SetPasswordForm",
    "reauthenticate": "parties.forms.ReauthenticateForm",
}
# Failed attempts for one account: five in five minutes from one address is django-allauth's; this is from all of them.
ACCOUNT_RATE_LIMITS = {"login_failed_anywhere": "50/h/key"}
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
MFA_ADAPTER = "parties.signing_in.MFAAdapter"
MFA_FORMS = {
    "authenticate": "parties.forms.AuthenticateForm",
    "reauthenticate": "parties.forms.SecondStepAgainForm",
    "activate_totp": "parties.forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Nämndkollen"
MFA_TOTP_TOLERANCE = 1

SOCIALACCOUNT_ADAPTER = "parties.signing_in.SocialAccountAdapter"
OIDC_SERVER = env.str("OIDC_SERVER", "")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", "")
_oidc = {
    "client_id": env.str("OIDC_CLIENT_ID", ""),
    "secret": OIDC_CLIENT_SECRET,
    "name": env.str("OIDC_NAME", "kommunens inloggning"),
}
if OIDC_SERVER and not (_oidc["client_id"] and _oidc["secret"]):
    raise ImproperlyConfigured("OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set when OIDC_SERVER is.")
if OIDC_SERVER and urlsplit(OIDC_SERVER).scheme != "https" and not DEBUG and not EMBEDDED:
    raise ImproperlyConfigured("OIDC_SERVER must be an https:// address.")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {**_oidc, "provider_id": "kommun", "settings": {"server_url": OIDC_SERVER, "oauth_pkce_enabled": True}}
        ]
        if OIDC_SERVER
        else []
    }
}

# E-mail is printed where no server is named

EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587, validate=validate.Range(min=1, max=65535))
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Nämndkollen <namndkollen@localhost>")
# Where links in e-mails lead, which no request tells.
SITE_ADDRESS = env.str("SITE_ADDRESS", f"http://{ALLOWED_HOSTS[0].lstrip('.*')}:{PORT}").rstrip("/")
if urlsplit(SITE_ADDRESS).scheme not in ("http", "https") or not urlsplit(SITE_ADDRESS).hostname:
    raise ImproperlyConfigured("SITE_ADDRESS must be the site's address, such as https://namndkollen.example.")

# Every change that a person makes is kept (parties.audit)

PGHISTORY_MIDDLEWARE_METHODS = ("POST",)

# Language and time

LANGUAGE_CODE = "sv"
TIME_ZONE = "Europe/Stockholm"
USE_I18N = True
USE_TZ = True

# Static files: compressed and named by their content once, by collectstatic.

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# Our own pages are the only ones that use our fonts.
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Safety

# A long plan is arranged in one form, with some fields for each of its goals and paragraphs.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
TRUST_PROXY = env.bool("TRUST_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
# Whose attempts to sign in are counted: the reader's own address, which the web server in front adds last.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if TRUST_PROXY else 0
# The same of those who read the data.
NINJA_NUM_PROXIES = 1 if TRUST_PROXY else 0
# Whether each address is kept to a pace in the data, the API and the search (goals.rates); off to measure or to attack.
PACE = env.bool("PACE", True)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# Our scripts read the token where the form has it.
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    # A municipality's other sites under the same domain are not ours to bind to HTTPS, least of all for good.
    "security.W005",
    "security.W021",
]

CSRF_FAILURE_VIEW = "config.views.csrf_failure"
_oidc_origin = [f"{urlsplit(OIDC_SERVER).scheme}://{urlsplit(OIDC_SERVER).netloc}"] if OIDC_SERVER else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *_oidc_origin],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# What is asked and what goes wrong is said on standard error, where a service manager keeps it. There is no DEBUG: what
# libraries say there has passwords in it.

LOG_FORMAT = env.str("LOG_FORMAT", "plain" if EMBEDDED else "json", validate=validate.OneOf(["plain", "json"]))
LOG_LEVEL = env.str(
    "LOG_LEVEL", "WARNING" if EMBEDDED else "INFO", validate=validate.OneOf(["INFO", "WARNING", "ERROR"])
)
_formatters = {"plain": {"()": "config.log.Plain"}, "json": {"()": "config.log.AsJson"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "config.request_id.WithRequestId"}},
    "formatters": _formatters,
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Each request has a line of its own already; here is what went wrong.
        "django.request": {"level": "ERROR"},
        # Robots ask by made-up names all the time, and are answered 400.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
# The same of what the server itself has to say.
SERVER_LOGGING = {
    "formatters": _formatters,
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "loggers": {"_granian": {"handlers": ["console"], "propagate": False}},
}

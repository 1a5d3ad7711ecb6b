"""Starts the embedded PostgreSQL before pytest-django reads the settings, unless DATABASE_URL names another one."""

import os
import secrets
import sys

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    from config import embedded

    # What one has set for an installation of one's own must not change what the tests see.
    for name in (
        *("DEBUG", "EXAMPLE", "ALLOWED_HOSTS", "OPERATOR", "CONTACT_EMAIL", "TRUST_PROXY", "HOST", "PORT"),
        *("SITE_ADDRESS", "SESSION_MINUTES", "OIDC_SERVER", "EMAIL_HOST", "LOG_FORMAT", "LOG_LEVEL"),
        *("PACE", "REPLICA_URLS"),
    ):
        os.environ.pop(name, None)
    # What has been compiled once is not compiled again by each of the many processes that are started.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # The page cache asks once more for each page; the tests of it and the browser have it.
    os.environ.update(HTTPS="off", PAGE_CACHE_MB="0", SECRET_KEY=secrets.token_urlsafe(50))
    # What tests write is of no use to anyone who pulls the plug, so nothing waits for the disk.
    os.environ["PGOPTIONS"] = "-c synchronous_commit=off"
    if embedded.is_needed(["test"]):
        embedded.start()

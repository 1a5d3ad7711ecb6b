"""nginx with the configuration of docs/deploy, before the real site, and before one that does as it is told."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.browser.server import TWO_PARTIES, database, free_port, serving
from tests.deploy.reader import Reader
from tests.deploy.stub import Stub, stub
from tests.nginx import NAME, Front, in_front

#: Makes the two plans, and people who can sign in (tests/browser/cast.py).
PREPARE = f"""
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("load_plans", {str(TWO_PARTIES)!r}, verbosity=0)
from tests.browser import cast
cast.make()
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """Serve the two plans with granian over HTTPS only, behind nginx, as an installation does."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    with database("deploy_namndkollen") as url:
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "PORT": str(port),
            "WORKERS": "1",
            "HTTPS": "on",
            "TRUST_PROXY": "on",
            "ALLOWED_HOSTS": NAME,
            "SITE_ADDRESS": f"https://{NAME}",
            "EXAMPLE": "off",
            "PAGE_CACHE_MB": "64",
        }
        shutil.copytree(settings.STATIC_ROOT, folder / "static")
        with serving(environment, PREPARE), in_front(folder, port, folder / "static") as front:
            yield front


@pytest.fixture
def reader(site: Front) -> Reader:
    """Give somebody who reads the real site."""
    return Reader(site)


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stub, Front]]:
    """Run nginx in front of a site that answers what it is told to."""
    with stub() as behind, in_front(tmp_path_factory.mktemp("told"), behind.port, Path(settings.STATIC_ROOT)) as front:
        yield behind, front


@pytest.fixture
def nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Front]]:
    """Run nginx in front of a port where nothing answers, and give the port."""
    port = free_port()
    with in_front(tmp_path_factory.mktemp("nobody"), port, Path(settings.STATIC_ROOT)) as front:
        yield port, front

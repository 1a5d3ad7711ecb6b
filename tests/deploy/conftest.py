"""nginx with the configuration of docs/deploy, before the real site, and before one that does as it is told."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests import databases
from tests.browser.server import database, free_port, serving
from tests.conftest import shared_folder
from tests.deploy.reader import Reader
from tests.deploy.stub import Stub, stub
from tests.nginx import NAME, Front, in_front

#: Makes people who can sign in (tests/browser/cast.py).
PREPARE = """
from tests.browser import cast
cast.make()
"""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: pytest.FixtureRequest) -> Iterator[Front]:
    """Serve the two plans with granian over HTTPS only, behind nginx, as an installation does."""
    folder, port = tmp_path_factory.mktemp("site"), free_port()
    with django_db_blocker.unblock():
        template = databases.with_plans(shared_folder(tmp_path_factory))
    with database("deploy_namndkollen", template) as url:
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

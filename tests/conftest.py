"""What every test may ask for."""

from io import StringIO

import pytest
from django.core.management import call_command

from proposals.manifest import PLANS
from proposals.models import PlanYear, Proposal

SEEDS = PLANS / "eskilstuna-socialnamnden-2017"
V_FILE = SEEDS / "vansterpartiet-socialnamnden-2017.md"
KD_FILE = SEEDS / "kristdemokraterna-socialnamnden-2017.txt"
BASE = "/eskilstuna/socialnamnden"
YEAR = f"{BASE}/2017"


@pytest.fixture(scope="session", autouse=True)
def static_files(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Collect the static files as production does, into a folder of this session's."""
    from django.conf import settings

    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture
def plans(db: None) -> PlanYear:
    """Load the two real plans as `manage.py load_plans` does."""
    call_command("load_plans", verbosity=0, stdout=StringIO())
    return PlanYear.objects.get()


@pytest.fixture
def v(plans: PlanYear) -> Proposal:
    return plans.proposals.get(party__slug="v")


@pytest.fixture
def kd(plans: PlanYear) -> Proposal:
    return plans.proposals.get(party__slug="kd")

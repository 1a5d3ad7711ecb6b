"""What docs/deploy holds is what the site has: commands, settings and folders."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

DEPLOY = Path(__file__).resolve().parents[2] / "docs/deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
RUNNING = (DEPLOY.parent / "running.md").read_text(encoding="utf-8")


def lines(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_runs_a_command_that_there_is(unit: Path):
    """Each runs one of our commands as the site's own user, with settings from a file that running.md names."""
    (command,) = re.findall(r"manage\.py (\w+)", lines(unit, "ExecStart")[0])
    assert command in get_commands()
    assert lines(unit, "User") == ["namndkollen"]
    (settings,) = lines(unit, "EnvironmentFile")
    assert settings.removeprefix("/etc/namndkollen/") in RUNNING
    assert lines(unit, "WorkingDirectory") == ["/srv/namndkollen"]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_may_do_no_more_than_it_must(unit: Path):
    """Each is shut in: no new rights, nothing to write but its own, no more memory than said."""
    assert (lines(unit, "NoNewPrivileges"), lines(unit, "ProtectSystem"), lines(unit, "PrivateTmp")) == (
        ["yes"],
        ["strict"],
        ["yes"],
    )
    assert lines(unit, "CapabilityBoundingSet") == [""]
    assert lines(unit, "MemoryMax")


def test_every_timer_has_its_service_and_is_told_of():
    """A timer starts the service of the same name, and running.md switches it on."""
    names = {timer.stem for timer in DEPLOY.glob("*.timer")}
    assert names == {unit.stem for unit in SERVICES if "@" not in unit.name}
    (listed,) = re.findall(r"namndkollen-\{([\w,]+)\}\.timer", RUNNING)
    assert names == {f"namndkollen-{name}" for name in listed.split(",")}

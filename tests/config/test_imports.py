"""The house keeps its order: imports go one way."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "parties": {"parties"},
    "proposals": {"proposals", "parties"},
    "goals": {"goals", "proposals", "parties"},
}
#: What every room may use of the site: it imports from none of them.
COMMON = {"config.page"}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: name the module in full"
            yield node.module or ""


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_go_one_way(room):
    """`parties` knows neither of the others, `proposals` not `goals`."""
    rooms = {*MAY_IMPORT, "config"}
    for path in (ROOT / room).rglob("*.py"):
        for module in imported(path):
            if module.partition(".")[0] in rooms and module not in COMMON:
                assert module.partition(".")[0] in MAY_IMPORT[room], f"{path} imports {module}"


def test_what_rooms_share_imports_from_none():
    """What every room may use does not lead back to a room."""
    for module in COMMON:
        for name in imported(ROOT / f"{module.replace('.', '/')}.py"):
            assert name.partition(".")[0] not in MAY_IMPORT


def test_reading_knows_no_django():
    """Reading documents is pure, so that it can be tested and reused without a database."""
    for path in (ROOT / "proposals/reading").rglob("*.py"):
        assert not [module for module in imported(path) if module.startswith("django")]

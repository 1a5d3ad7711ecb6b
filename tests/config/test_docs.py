"""The docs say what is true: settings, pages, commands and files."""

import ast
import re
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def rows(path: str) -> list[list[str]]:
    """Give the cells of the rows of a document's tables, without their heads."""
    lines = [line for line in (ROOT / path).read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


#: How the code reads a variable.
READS = r"env\.\w+|os\.environ\.get"


def settings_read() -> dict[str, str]:
    """Give the variables that the code reads, with the default as the table would say it, or nothing if it depends."""
    read = {}
    for path in ("config/settings.py", "config/embedded.py"):
        for call in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and re.fullmatch(READS, ast.unparse(call.func))):
                continue
            name, *defaults = call.args
            if isinstance(name, ast.Constant):  # not the socket, which processes of ours tell each other of
                literal = defaults and isinstance(defaults[0], (ast.Constant, ast.List))
                read[name.value] = as_told(ast.literal_eval(defaults[0])) if literal else ""
    return read


def as_told(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    if isinstance(default, list):
        return f"`{','.join(default)}`" if default else "empty"
    return f"`{default}`" if default != "" else ""


def test_every_setting_is_in_the_table():
    """docs/running.md names exactly the variables that the code reads, with their defaults where those are fixed."""
    told = {row[0].strip("`"): row[1] for row in rows("docs/running.md")}
    read = settings_read()
    assert set(told) == set(read)
    wrong = {name: told[name] for name, default in read.items() if default and told[name] != default}
    assert wrong == {}
    assert [name for name, default in told.items() if not default] == []


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> dict[str, str]:
    found: dict[str, str] = {}
    for pattern in patterns:
        address = before + re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", str(pattern.pattern))
        if isinstance(pattern, URLResolver) and pattern.app_name == "admin":
            found[address] = "admin:index"  # Django's own pages under it are its own
        elif isinstance(pattern, URLResolver):
            found |= addresses(pattern.url_patterns, address)
        else:
            found[address] = str(pattern.name)
    return found


def test_every_page_is_in_the_table():
    """docs/pages.md lists exactly the addresses that there are, with their names."""
    listed = {row[0].strip("`"): row[1].strip("`") for row in rows("docs/pages.md")}
    assert listed == addresses(get_resolver().url_patterns)


def test_views_and_templates_in_the_table_exist():
    """The views and templates that docs/pages.md names are there."""
    from importlib import import_module

    for row in rows("docs/pages.md"):
        if row[2].startswith("`"):
            module, _, view = row[2].strip("`").rpartition(".")
            assert callable(getattr(import_module(module), view))
        for template in re.findall(r"`([\w/]+\.html)", row[4]):
            assert (ROOT / "templates" / template).exists()


def test_make_targets_exist():
    """Every `make` target that the docs name is in the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for path in DOCS for target in re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text(), re.M)}
    assert {"run", "test"} <= named
    assert named <= targets


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(path: Path):
    """Every relative link in the docs leads to a file."""
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


def test_named_files_exist():
    """Every file of the project that the docs name in code type is there."""
    for path in DOCS:
        for name in re.findall(r"`((?:config|parties|proposals|goals|static|tests|docs)/[\w/.-]*)`", path.read_text()):
            if name.endswith(".html"):
                continue  # a template, named from its own folder
            assert (ROOT / name).exists(), f"{path.name}: {name}"

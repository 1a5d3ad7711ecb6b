"""The manifest of a plan year: what stands beside the documents in a folder of ``proposals/plans/``.

``manifest.toml`` names the municipality, the committee, the year and one proposal for each party, with what a person
has read out of its goals. ``topics.toml`` groups the goals into topics and issues. docs/adding-a-plan.md shows both.
Reading them is pure: no database.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from parties.swedish import slug
from proposals.reading import GoalKind

#: What a person may read out of a goal beside its kind, and how it is written.
READABLE_TYPES: dict[str, type | tuple[type, ...]] = {
    "target_value": (int, float),
    "target_unit": str,
    "bound": str,
    "frequency": str,
    "due_year": int,
    "responsible": list,
}
READABLE = set(READABLE_TYPES)

PLANS = Path(__file__).resolve().parent / "plans"


class ManifestError(ValueError):
    """A manifest is wrong; the message is one line in Swedish that names the file and what to do."""


@dataclass(frozen=True, slots=True)
class ProposalEntry:
    """One party's proposal: its party's fields, title and file, and a person's reading of its goals.

    ``kinds`` gives the kind of goals by number; ``stated`` gives other fields by number where the reading differs
    from what the rules find; ``sic`` gives words by line that stand so in the original.
    """

    party: Mapping[str, str]
    title: str
    path: Path
    kinds: Mapping[int, GoalKind]
    stated: Mapping[int, Mapping[str, Any]]
    sic: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """One issue: which goals stand in it, by the parties' abbreviations, and how they relate."""

    name: str
    goals: Mapping[str, tuple[int, ...]]
    prose: Mapping[str, tuple[str, ...]]
    relation: str
    reason: str


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """One topic with its issues, in order."""

    name: str
    issues: tuple[IssueEntry, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A plan year: where, when, whose plans, and how their goals are grouped."""

    path: Path
    municipality: Mapping[str, str]
    committee: Mapping[str, str]
    year: int
    proposals: tuple[ProposalEntry, ...]
    topics: tuple[TopicEntry, ...]


def find_manifests(folder: Path = PLANS) -> list[Path]:
    """Give the folders that have a manifest, in the order of their names."""
    return sorted(path.parent for path in folder.glob("*/manifest.toml"))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest and the topics of a folder.

    :raises ManifestError: if a file is missing or not TOML, or a field is missing or of the wrong kind.
    """
    path = folder / "manifest.toml"
    table = _read_toml(path)
    topics_path = folder / "topics.toml"
    topics = _read_toml(topics_path) if topics_path.exists() else {}
    try:
        return Manifest(
            path=path,
            municipality=_texts(table["municipality"], required={"name", "code"}),
            committee=_texts(table["committee"], required={"name"}),
            year=_number(table["year"]),
            proposals=tuple(_proposal(folder, entry) for entry in _tables(table["proposal"])),
            topics=_topics(topics),
        )
    except KeyError as error:
        raise ManifestError(f"{path}: fältet {error} saknas") from error
    except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise ManifestError(f"{path}: ett fält har fel slags värde ({one_line(error)})") from error


def one_line(words: object) -> str:
    """Give a message as one line."""
    return " ".join(str(words).split())


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise ManifestError(f"{path}: filen kan inte läsas ({error.strerror})") from error
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{path}: filen är inte giltig TOML ({one_line(error)})") from error


def _text(value: object) -> str:
    """Take a text of one line, without signs that no text has."""
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"{value!r} ska vara text inom citattecken")
    if any(ord(sign) < ord(" ") for sign in value):
        raise ValueError(f"{value!r} har radbrytningar eller styrtecken")
    return value


def _number(value: object) -> int:
    """Take a whole number that a database can hold."""
    if type(value) is not int or not 0 <= value < 2**31:
        raise TypeError(f"{value!r} ska vara ett heltal")
    return value


def _numbers(values: object) -> list[int]:
    """Take a list of whole numbers."""
    if not isinstance(values, list):
        raise TypeError(f"{values!r} ska vara en lista med heltal")
    return [_number(value) for value in values]


def _tables(values: object) -> list[Mapping[str, Any]]:
    """Take a list of tables, with at least one."""
    if not isinstance(values, list) or not values or not all(isinstance(value, dict) for value in values):
        raise TypeError(f"{values!r} ska vara en eller flera tabeller")
    return values


def _texts(table: Mapping[str, Any], *, required: set[str], allowed: frozenset[str] = frozenset()) -> dict[str, str]:
    """Take a table of texts, with the fields that it must have and no others than it may."""
    for name in sorted(required):
        table[name]
    if unknown := set(table) - required - allowed:
        raise ValueError(f"fältet {min(unknown)} finns inte")
    return {name: _text(value) for name, value in table.items()}


def _proposal(folder: Path, entry: Mapping[str, Any]) -> ProposalEntry:
    goals, assignments = (_numbers(entry.get(name, [])) for name in ("goals", "assignments"))
    if twice := {number for number in goals + assignments if (goals + assignments).count(number) > 1}:
        raise ValueError(f"mål {min(twice)} står mer än en gång i goals och assignments")
    sic: dict[int, tuple[str, ...]] = {}
    for word in entry.get("sic", []):
        sic[_number(word["line"])] = (*sic.get(word["line"], ()), _text(word["text"]))
    return ProposalEntry(
        party=_texts(entry["party"], required={"name", "abbreviation"}, allowed=frozenset({"slug", "fill", "ink"})),
        title=_text(entry["title"]),
        path=folder / _text(entry["file"]),
        kinds=dict.fromkeys(goals, GoalKind.GOAL) | dict.fromkeys(assignments, GoalKind.ASSIGNMENT),
        stated={_number(reading["number"]): _reading(reading) for reading in entry.get("reading", [])},
        sic=sic,
    )


def _reading(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Take a person's reading of a goal: the fields of what a text may state, and no others."""
    reading = {name: value for name, value in entry.items() if name != "number"}
    if unknown := set(reading) - READABLE:
        raise ValueError(f"reading kan inte ha fältet {min(unknown)}")
    if not all(isinstance(value, READABLE_TYPES[name]) for name, value in reading.items()):
        raise TypeError(f"reading för mål {entry['number']}")
    if "target_value" in reading:
        reading["target_value"] = Decimal(str(reading["target_value"]))
    if "responsible" in reading:
        reading["responsible"] = tuple(map(_text, reading["responsible"]))
    if reading.get("due_year") == 0:
        reading["due_year"] = None
    return reading


def _topics(table: Mapping[str, Any]) -> tuple[TopicEntry, ...]:
    topics = tuple(_topic(entry) for entry in table.get("topic", []))
    issues = [issue.name for topic in topics for issue in topic.issues]
    for names in ([topic.name for topic in topics], issues):
        addresses = [slug(name) for name in names]
        for name, address in zip(names, addresses, strict=True):
            if not address:
                raise ValueError(f"namnet ”{name}” behöver en bokstav eller siffra")
            if addresses.count(address) > 1:
                raise ValueError(f"två namn ger samma adress som ”{name}”")
    return topics


def _topic(entry: Mapping[str, Any]) -> TopicEntry:
    return TopicEntry(name=_text(entry["name"]), issues=tuple(_issue(issue) for issue in _tables(entry["issue"])))


def _issue(entry: Mapping[str, Any]) -> IssueEntry:
    return IssueEntry(
        name=_text(entry["name"]),
        goals={party: tuple(_numbers(numbers)) for party, numbers in entry.get("goals", {}).items()},
        prose={party: tuple(map(_text, starts)) for party, starts in entry.get("prose", {}).items()},
        relation=_text(entry["relation"]) if "relation" in entry else "",
        reason=_text(entry["reason"]) if "reason" in entry else "",
    )

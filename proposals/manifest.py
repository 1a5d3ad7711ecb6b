"""The manifest of a plan year: what stands beside the documents in a folder of ``proposals/plans/``.

``manifest.toml`` names the municipality, the committee, the year and one proposal for each party, with what a person
has read out of its goals. ``topics.toml`` groups the goals into topics and issues. docs/adding-a-plan.md shows both.
Reading them is pure: no database.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proposals.reading import GoalKind

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
            municipality=_texts(table["municipality"], "name", "code"),
            committee=_texts(table["committee"], "name"),
            year=int(table["year"]),
            proposals=tuple(_proposal(folder, entry) for entry in table["proposal"]),
            topics=tuple(_topic(entry) for entry in topics.get("topic", [])),
        )
    except KeyError as error:
        raise ManifestError(f"{path}: fältet {error} saknas") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise ManifestError(f"{path}: ett fält har fel slags värde ({error})") from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise ManifestError(f"{path}: filen kan inte läsas ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: filen är inte giltig TOML ({error})") from error


def _texts(table: Mapping[str, Any], *required: str) -> dict[str, str]:
    """Check that a table holds texts, and at least the required ones."""
    for name in required:
        table[name]
    for name, value in table.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} ska vara text inom citattecken")
    return dict(table)


def _proposal(folder: Path, entry: Mapping[str, Any]) -> ProposalEntry:
    kinds = {int(number): GoalKind.GOAL for number in entry.get("goals", [])}
    kinds |= {int(number): GoalKind.ASSIGNMENT for number in entry.get("assignments", [])}
    sic: dict[int, tuple[str, ...]] = {}
    for word in entry.get("sic", []):
        sic[int(word["line"])] = (*sic.get(int(word["line"]), ()), str(word["text"]))
    return ProposalEntry(
        party=_texts(entry["party"], "name", "abbreviation"),
        title=str(entry["title"]),
        path=folder / str(entry["file"]),
        kinds=kinds,
        stated={int(reading["number"]): dict(reading) for reading in entry.get("reading", [])},
        sic=sic,
    )


def _topic(entry: Mapping[str, Any]) -> TopicEntry:
    return TopicEntry(
        name=str(entry["name"]),
        issues=tuple(
            IssueEntry(
                name=str(issue["name"]),
                goals={party: tuple(numbers) for party, numbers in issue.get("goals", {}).items()},
                prose={party: tuple(starts) for party, starts in issue.get("prose", {}).items()},
                relation=str(issue.get("relation", "")),
                reason=str(issue.get("reason", "")),
            )
            for issue in entry["issue"]
        ),
    )

"""How a draft's goals are to be arranged when it is published: in which issues, and what goes on from before."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from goals.models import Issue
from parties.models import Committee
from parties.swedish import slug
from parties.text import tidy

#: What begins a reference to something that is to be made; a reference to what exists is its number.
NEW = "+"


@dataclass(slots=True)
class Arrangement:
    """How a draft is arranged, by the keys of its blocks.

    ``goals`` gives each goal's issue and ``prose`` the issues that a passage speaks of, as references: the number of an
    issue, or "+" and the name of one that is to be made. ``new_issues`` gives the topic of each of those, by name, as a
    reference likewise. ``relations`` says how the goals in an issue relate, by reference: the relation and the reason.
    ``continues`` gives, for a newer version of a plan, the number of the goal that goes on, or ``None`` for a new one;
    what is not named there goes on where the text says so.
    """

    goals: dict[str, str] = field(default_factory=dict)
    prose: dict[str, list[str]] = field(default_factory=dict)
    new_issues: dict[str, str] = field(default_factory=dict)
    relations: dict[str, tuple[str, str]] = field(default_factory=dict)
    continues: dict[str, int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any], issues: Iterable[Issue]) -> "Arrangement":
        """Read an arrangement as it was kept.

        References to issues that are gone since are left out, and to a new one that somebody has made meanwhile are
        references to that.
        """
        by_slug = {issue.slug: str(issue.pk) for issue in issues}
        known = set(by_slug.values())

        def now(reference: str) -> str:
            if reference.startswith(NEW):
                return by_slug.get(slug(reference.removeprefix(NEW)), reference)
            return reference if reference in known else ""

        kept = cls(**{each.name: stored[each.name] for each in fields(cls) if each.name in stored})
        kept.goals = {key: now(at) for key, at in kept.goals.items() if now(at) or not at}
        kept.prose = {key: [now(at) for at in found if now(at)] for key, found in kept.prose.items()}
        kept.relations = {now(at): (said[0], said[1]) for at, said in kept.relations.items() if now(at)}
        return kept

    def stored(self) -> dict[str, Any]:
        """Give the arrangement as what JSON can hold, without new issues that nothing stands in."""
        used = self.references()
        kept = asdict(self)
        kept["new_issues"] = {name: topic for name, topic in self.new_issues.items() if f"{NEW}{name}" in used}
        kept["relations"] = {at: list(said) for at, said in self.relations.items() if at in used}
        return kept

    def references(self) -> set[str]:
        """Give the issues that something is to stand in."""
        return {*filter(None, self.goals.values()), *(at for found in self.prose.values() for at in found)}


def reference_to(written: str, committee: Committee, issues: Iterable[Issue]) -> str:
    """Give the reference to the issue that a person names: one that exists, however it is spelled, or a new one.

    ``issues`` are those of the committee; others are asked for by the names that they have had.
    """
    name = tidy(written)
    if not name:
        return ""
    address = slug(name)
    same = next((issue for issue in issues if issue.slug == address), None) or Issue.objects.named(committee, name)
    return str(same.pk) if same else f"{NEW}{name}"

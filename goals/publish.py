"""Publish a plan that was read: proposal, sections, passages and goals, in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from goals.models import Goal
from parties.models import Party
from proposals.models import LeftOut, Passage, PlanYear, Proposal, Section, SourceDocument
from proposals.reading import GoalKind, Heading, ParsedPlan, Stated, stated
from proposals.reading import LeftOut as ParsedLeftOut
from proposals.reading import Passage as ParsedPassage

MEDIA_TYPES = {".md": "text/markdown", ".txt": "text/plain"}


class AlreadyPublishedError(Exception):
    """The party has a published plan for the year already."""


class ReadingError(ValueError):
    """A person's reading of a plan does not fit the plan; the message says in Swedish where."""


@transaction.atomic
def publish(
    plan: ParsedPlan,
    *,
    content: bytes,
    name: str,
    plan_year: PlanYear,
    party: Party,
    title: str,
    kinds: Mapping[int, GoalKind] | None = None,
    readings: Mapping[int, Mapping[str, Any]] | None = None,
    sic: Mapping[int, Iterable[str]] | None = None,
) -> Proposal:
    """Publish a plan as a party's proposal for a plan year.

    ``kinds`` and ``readings`` are a person's reading of goals by number, and go before what the rules find; ``sic``
    names, by line, words that stand so in the original.

    :raises AlreadyPublishedError: if the party has a proposal for the year.
    :raises ReadingError: if a reading names a goal, line or word that the plan does not have.
    """
    if Proposal.objects.filter(plan_year=plan_year, party=party).exists():
        raise AlreadyPublishedError(f"{party} har redan en publicerad plan för {plan_year}")
    document, _ = SourceDocument.objects.get_or_create(
        sha256=sha256(content).hexdigest(),
        defaults={
            "name": PurePath(name).name,
            "media_type": MEDIA_TYPES[PurePath(name).suffix.lower()],
            "content": content,
        },
    )
    proposal = Proposal(plan_year=plan_year, party=party, title=title, document=document)
    _check(proposal, "plan_year", "party", "document")
    proposal.save()
    passages = _write_places(proposal, plan, _sic_by_line(plan, sic or {}))
    readings = _complete_readings(plan, kinds or {}, readings or {})
    Goal.objects.bulk_create(
        _goal(proposal, passage, parsed, readings.get(parsed.number or 0, {}))
        for passage, parsed in passages
        if parsed.number
    )
    return proposal


def _write_places(
    proposal: Proposal, plan: ParsedPlan, sic: Mapping[int, list[str]]
) -> list[tuple[Passage, ParsedPassage]]:
    """Write sections, passages and left-out lines, each with its place in the document."""
    above: list[Section] = []
    passages: list[tuple[Passage, ParsedPassage]] = []
    left_out: list[LeftOut] = []
    for position, block in enumerate(plan.blocks):
        place: dict[str, Any] = {
            "proposal": proposal,
            "position": position,
            "first_line": block.first,
            "last_line": block.last,
            "raw": block.raw,
            "text": block.text,
        }
        if isinstance(block, Heading):
            above = [section for section in above if section.level < block.level]
            parent = above[-1] if above else None
            above.append(Section.objects.create(**place, level=block.level, parent=parent))
        elif isinstance(block, ParsedLeftOut):
            left_out.append(LeftOut(**place, reason=block.reason))
        else:
            passage = Passage(
                **place,
                section=above[-1] if above else None,
                kind=block.kind.value,
                rule=block.rule,
                marks=[[mark.start, mark.end, mark.kind] for mark in block.marks],
                sic=sic.get(block.first, []),
            )
            passages.append((passage, block))
    Passage.objects.bulk_create(passage for passage, _ in passages)
    LeftOut.objects.bulk_create(left_out)
    return passages


def _sic_by_line(plan: ParsedPlan, sic: Mapping[int, Iterable[str]]) -> dict[int, list[str]]:
    """Give the words to mark by the first line of the passage they stand in."""
    found: dict[int, list[str]] = {}
    for line, words in sic.items():
        block = next((block for block in plan.blocks if block.first <= line <= block.last), None)
        for word in words:
            if not isinstance(block, ParsedPassage) or word not in block.text:
                raise ReadingError(
                    f"rad {line}: orden ”{word}” som ska märkas med [sic] står inte i ett textställe där"
                )
            found.setdefault(block.first, []).append(word)
    return found


def _complete_readings(
    plan: ParsedPlan, kinds: Mapping[int, GoalKind], readings: Mapping[int, Mapping[str, Any]]
) -> dict[int, dict[str, Any]]:
    """Put a person's readings together, and refuse those of goals that the plan does not have."""
    numbers = {goal.number for goal in plan.goals}
    for number in (*kinds, *readings):
        if number not in numbers:
            raise ReadingError(f"mål {number} finns inte i planen, som har {len(numbers)} mål")
    return {
        number: {**readings.get(number, {}), **({"kind": kinds[number]} if number in kinds else {})}
        for number in {*kinds, *readings}
    }


def _goal(proposal: Proposal, passage: Passage, parsed: ParsedPassage, reading: Mapping[str, Any]) -> Goal:
    heading = parsed.goal_heading
    found = _corrected(stated(parsed.text, heading), reading, where=f"{parsed.text} {heading}")
    goal = Goal(
        proposal=proposal,
        passage=passage,
        number=parsed.number or 0,
        kind=found.kind.value,
        target_value=found.target_value,
        target_unit=found.target_unit,
        target_bound=found.bound,
        frequency=found.frequency,
        due_year=found.due_year,
        responsible=list(found.responsible),
    )
    _check(goal, "proposal", "passage", "issue")
    return goal


def _check(row: models.Model, *relations: str) -> None:
    """Make sure that a row's own fields are valid; asking the database about its relations is its own business."""
    try:
        row.clean_fields(exclude=relations)
    except ValidationError as error:
        raise ReadingError(f"{row}: {' '.join(error.messages)}") from error


def _corrected(found: Stated, reading: Mapping[str, Any], *, where: str) -> Stated:
    """Let a person's reading go before the rules, but never beyond what the text states.

    An empty value takes away what the rules found.
    """
    for field, value in reading.items():
        for stated_value in value if isinstance(value, list | tuple) else [value]:
            written = "" if stated_value is None else str(stated_value).replace(".", ",")
            if field != "kind" and written not in where:
                raise ReadingError(f"”{written}” är läst ur målet ”{where[:60]}…” men står inte i det")
    return replace(found, **reading)

"""Publish a plan that was read: proposal, sections, passages and goals, in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from django.db import transaction

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
    proposal = Proposal.objects.create(plan_year=plan_year, party=party, title=title, document=document)
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
            if block is None or word not in block.text:
                raise ReadingError(f"rad {line}: orden ”{word}” som ska märkas med [sic] står inte där")
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
    heading = passage.section.text if passage.section else ""
    found = _corrected(stated(parsed.text, heading), reading, where=f"{parsed.text} {heading}")
    return Goal(
        proposal=proposal,
        passage=passage,
        number=parsed.number or 0,
        kind=found.kind.value,
        target_value=found.target_value,
        target_unit=found.target_unit,
        target_bound=found.at_least,
        frequency=found.frequency,
        due_year=found.due_year,
        responsible=list(found.responsible),
    )


def _corrected(found: Stated, reading: Mapping[str, Any], *, where: str) -> Stated:
    """Let a person's reading go before the rules, but never beyond what the text states."""
    if "kind" in reading:
        found = replace(found, kind=reading["kind"])
    if "responsible" in reading:
        for body in reading["responsible"]:
            if body not in where:
                raise ReadingError(f"”{body}” är angiven som ansvarig men nämns inte i målet ”{where[:60]}…”")
        found = replace(found, responsible=tuple(reading["responsible"]))
    return found

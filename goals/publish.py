"""Publish a plan that was read: proposal, sections, passages and goals, in one transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from goals.models import EarlierWording, Goal, Mention
from parties.models import Party
from proposals.models import EarlierVersion, LeftOut, Passage, PlanYear, Proposal, Section, SourceDocument
from proposals.models.places import Place
from proposals.reading import GoalKind, Heading, ParsedPlan, Stated, stated
from proposals.reading import LeftOut as ParsedLeftOut
from proposals.reading import Passage as ParsedPassage
from proposals.reading.stated import stands_in


class AlreadyPublishedError(Exception):
    """The party has a published plan for the year already, or the version was published meanwhile."""


class ReadingError(ValueError):
    """A person's reading of a plan does not fit the plan; the message says in Swedish where."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A person's reading of a plan: what goes before what the rules find.

    ``kinds`` and ``stated`` are by goal number; ``sic`` names, by line, words that stand so in the original.
    ``numbers`` gives goals other numbers than their order in the document, where they had others before.
    """

    kinds: Mapping[int, GoalKind] = field(default_factory=dict)
    stated: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    sic: Mapping[int, Iterable[str]] = field(default_factory=dict)
    numbers: Mapping[int, int] = field(default_factory=dict)


AS_READ = Reading()
#: What of a goal is read out of its words.
READ_OUT = (
    *("kind", "target_value", "target_unit", "target_bound", "frequency"),
    *("due_year", "due_words", "due_on", "responsible"),
)


@transaction.atomic
def publish(
    plan: ParsedPlan,
    *,
    document: SourceDocument,
    plan_year: PlanYear,
    party: Party,
    title: str,
    reading: Reading = AS_READ,
) -> Proposal:
    """Publish a plan as a party's proposal for a plan year.

    :raises AlreadyPublishedError: if the party has a proposal for the year.
    :raises ReadingError: if a reading names a goal, line or word that the plan does not have.
    """
    if Proposal.objects.filter(plan_year=plan_year, party=party).exists():
        raise AlreadyPublishedError(f"{party} har redan en publicerad plan för {plan_year}")
    proposal = Proposal(plan_year=plan_year, party=party, title=title, document=document)
    _check(proposal, "plan_year", "party", "document")
    proposal.save()
    goals = _goals(proposal, plan, reading)
    for goal in goals:
        goal.number = reading.numbers.get(goal.number, goal.number)
    Goal.objects.bulk_create(goals)
    return proposal


@transaction.atomic
def publish_version(
    plan: ParsedPlan,
    proposal: Proposal,
    *,
    document: SourceDocument,
    title: str,
    continues: Mapping[int, int],
    reading: Reading = AS_READ,
) -> Proposal:
    """Publish a plan as a newer version of a party's proposal.

    ``continues`` names the goals that go on, by their number in the new document: such a goal keeps its own number,
    and with it its address, its history and its issue. The others are new and get numbers after the highest there is.
    A goal that goes on in none is withdrawn, and stays readable. What said which running text speaks of which issue
    ends with the old text; whoever publishes says it anew.

    :raises AlreadyPublishedError: if another version has been published since ``proposal`` was read.
    :raises ReadingError: if a reading or ``continues`` names what is not there, or one goal twice.
    """
    seen = proposal.version
    proposal = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    if proposal.version != seen:
        raise AlreadyPublishedError(f"version {proposal.version} av planen publicerades under tiden")
    existing = {goal.number: goal for goal in proposal.goals.select_related("passage")}
    _check_continues(plan, existing, continues)
    now = timezone.now()
    EarlierVersion.objects.create(
        proposal=proposal,
        number=proposal.version,
        title=proposal.title,
        document=proposal.document,
        published_at=proposal.published_at,
        replaced_at=now,
    )
    proposal.version, proposal.title, proposal.document, proposal.published_at = seen + 1, title, document, now
    _check(proposal, "plan_year", "party", "document")
    proposal.save()
    Mention.objects.filter(passage__proposal=proposal).delete()
    free = max(existing, default=0)
    for goal in _goals(proposal, plan, reading):
        if goal.number in continues:
            _go_on(existing.pop(continues[goal.number]), goal)
        else:
            free += 1
            goal.number = free
            goal.save()
    gone = [goal.pk for goal in existing.values() if goal.withdrawn_in is None]
    Goal.objects.filter(pk__in=gone).update(withdrawn_in=proposal.version)
    return proposal


def _check_continues(plan: ParsedPlan, existing: Mapping[int, Goal], continues: Mapping[int, int]) -> None:
    numbers = {goal.number for goal in plan.goals}
    for number, kept in continues.items():
        if number not in numbers or kept not in existing:
            raise ReadingError(f"mål {number} kan inte fortsätta mål {kept}: det finns inte")
    if len(set(continues.values())) < len(continues):
        raise ReadingError("två mål kan inte fortsätta samma tidigare mål")


def _go_on(goal: Goal, worded: Goal) -> None:
    """Let a goal go on in new words, and remember the old ones."""
    EarlierWording.objects.create(goal=goal, passage=goal.passage)
    goal.passage = worded.passage
    goal.withdrawn_in = None
    for name in READ_OUT:
        setattr(goal, name, getattr(worded, name))
    goal.save()


def _goals(proposal: Proposal, plan: ParsedPlan, reading: Reading) -> list[Goal]:
    """Write the places of a plan, and give its goals, numbered as in the document and not saved yet."""
    passages = _write_places(proposal, plan, _sic_by_place(plan, reading.sic))
    readings = _complete_readings(plan, reading)
    return [
        _goal(proposal, passage, parsed, readings.get(parsed.number or 0, {}))
        for passage, parsed in passages
        if parsed.number
    ]


def _write_places(
    proposal: Proposal, plan: ParsedPlan, sic: Mapping[tuple[int, int], list[str]]
) -> list[tuple[Passage, ParsedPassage]]:
    """Write sections, passages and left-out lines, each with its place in the document."""
    above: list[Section] = []
    passages: list[tuple[Passage, ParsedPassage]] = []
    left_out: list[LeftOut] = []
    unit = Place.Unit.PARAGRAPH if proposal.document.has_paragraphs else Place.Unit.LINE
    for position, block in enumerate(plan.blocks):
        place: dict[str, Any] = {
            "proposal": proposal,
            "version": proposal.version,
            "position": position,
            "first_line": block.first,
            "last_line": block.last,
            "first_character": block.start,
            "page": block.page,
            "unit": unit,
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
                sic=sic.get((block.first, block.start), []),
            )
            passages.append((passage, block))
    Passage.objects.bulk_create(passage for passage, _ in passages)
    LeftOut.objects.bulk_create(left_out)
    return passages


def _sic_by_place(plan: ParsedPlan, sic: Mapping[int, Iterable[str]]) -> dict[tuple[int, int], list[str]]:
    """Give the words to mark by where the passage that they stand in begins."""
    found: dict[tuple[int, int], list[str]] = {}
    for line, words in sic.items():
        there = [
            block for block in plan.blocks if isinstance(block, ParsedPassage) and block.first <= line <= block.last
        ]
        for word in words:
            block = next((block for block in there if word in block.text), None)
            if block is None:
                raise ReadingError(
                    f"rad {line}: orden ”{word}” som ska märkas med [sic] står inte i ett textställe där"
                )
            found.setdefault((block.first, block.start), []).append(word)
    return found


def _complete_readings(plan: ParsedPlan, reading: Reading) -> dict[int, dict[str, Any]]:
    """Put a person's readings together, and refuse those of goals that the plan does not have."""
    numbers = {goal.number for goal in plan.goals}
    for number in (*reading.kinds, *reading.stated):
        if number not in numbers:
            raise ReadingError(f"mål {number} finns inte i planen, som har {len(numbers)} mål")
    return {
        number: {
            **reading.stated.get(number, {}),
            **({"kind": reading.kinds[number]} if number in reading.kinds else {}),
        }
        for number in {*reading.kinds, *reading.stated}
    }


def _goal(proposal: Proposal, passage: Passage, parsed: ParsedPassage, reading: Mapping[str, Any]) -> Goal:
    heading = parsed.goal_heading
    found = corrected(stated(parsed.text, heading), reading, where=f"{parsed.text} {heading}")
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
        due_words=found.due_words,
        due_on=found.due_on,
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


def corrected(found: Stated, reading: Mapping[str, Any], *, where: str) -> Stated:
    """Let a person's reading go before the rules, but never beyond what the text states.

    An empty value takes away what the rules found. A last day is what the words of it come to, and no words itself.

    :raises ReadingError: if a value does not stand in ``where``, the goal's text and the heading above it.
    """
    for name, value in reading.items():
        for stated_value in value if isinstance(value, list | tuple) else [value]:
            written = "" if stated_value is None else str(stated_value).replace(".", ",")
            if name not in ("kind", "due_on") and not stands_in(written, where):
                raise ReadingError(f"”{written}” är läst ur målet ”{where[:60]}…” men står inte i det")
    return replace(found, **reading)

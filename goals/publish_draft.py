"""Publish a draft: the plan, its goals, new topics and issues and what stands in them, in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from goals.continuity import suggest_continues
from goals.draft_arrangement import NEW, Arrangement
from goals.models import Alignment, Goal, Issue, Mention, ReportingPeriod, Topic
from goals.models.arranged import lock_arrangement
from goals.models.issues import Claim
from goals.publish import AlreadyPublishedError, Reading, ReadingError, publish, publish_version
from parties.models import Committee, Party, User
from proposals.models import Draft, DraftChangedError, PlanYear, Proposal
from proposals.reading import GoalKind, Passage, PassageKind
from proposals.reading.edit import key_of


class NotReadyError(ValueError):
    """A draft cannot be published as it is; the message says in Swedish what to do."""


class OvertakenError(NotReadyError):
    """Another version of the plan has been published since the draft was compared with the one there was."""


@transaction.atomic
def publish_draft(draft: Draft, *, by: User | None, seen: int, after: int | None = None) -> Proposal:
    """Publish a draft as a party's proposal, or as a newer version of the one that it has.

    ``seen`` is the revision that a person has looked at, and ``after`` the version of the plan that it was compared
    with, 0 for none; leave it out to publish whatever there is. One draft of a committee is published at a time, and
    nobody arranges its issues meanwhile.

    :raises AlreadyPublishedError: if the draft is published already, or another version was meanwhile.
    :raises DraftChangedError: if somebody has changed or discarded the draft since it was looked at.
    :raises NotReadyError: if something in it has to be mended first.
    """
    lock_arrangement(draft.committee_id)
    found = Draft.objects.select_for_update(no_key=True, of=("self",)).whole().filter(pk=draft.pk).first()
    if found is None:
        raise DraftChangedError(str(draft))
    draft = found
    if draft.state == Draft.State.PUBLISHED:
        raise AlreadyPublishedError("utkastet är redan publicerat")
    if draft.state != Draft.State.OPEN or draft.revision != seen:
        raise DraftChangedError(str(draft))
    before = draft.published_before()
    if after is not None and after != (before.version if before else 0):
        raise OvertakenError(
            "En annan version av planen har publicerats. Se efter i steget Kontrollera vad som ändras."
        )
    arrangement = arrangement_of(draft, before, list(draft.committee.issues.all()))
    try:
        proposal = _publish_plan(draft, before, arrangement)
        _arrange(draft, proposal, arrangement)
    except ValidationError as error:
        raise NotReadyError(" ".join(error.messages)) from error
    except ReadingError as error:
        raise NotReadyError(f"Det som lästs ut ur ett mål stämmer inte med texten: {error}.") from error
    draft.state, draft.proposal, draft.changed_by = Draft.State.PUBLISHED, proposal, by
    draft.revision += 1
    draft.save(update_fields=["state", "proposal", "changed_by", "revision"])
    return proposal


@contextmanager
def published_for_a_moment(draft: Draft) -> Iterator[Proposal]:
    """Give the proposal as it would be if the draft were published, and undo it all afterwards.

    The same code as publishes, so that what is shown beforehand is what comes.
    """
    with transaction.atomic():
        yield publish_draft(draft, by=None, seen=draft.revision)
        transaction.set_rollback(True)


def arrangement_of(draft: Draft, before: Proposal | None, issues: Sequence[Issue]) -> Arrangement:
    """Give how a draft is arranged now.

    What goes on from the published version stands where it stood, and running text with the same words speaks of what
    it spoke of, unless a person has said otherwise.
    """
    arrangement = Arrangement.of(draft.arrangement, issues)
    if before is None:
        return arrangement
    stood = dict(before.goals.exclude(issue=None).values_list("number", "issue"))
    for key, number in continues_of(draft, arrangement, before).items():
        if key not in arrangement.goals and number in stood:
            arrangement.goals[key] = str(stood[number])
    spoke_of: dict[str, list[str]] = {}
    of_version = Mention.objects.filter(passage__proposal=before, passage__version=before.version)
    for text, issue in of_version.order_by("pk").values_list("passage__text", "issue"):
        spoke_of.setdefault(" ".join(text.split()), []).append(str(issue))
    for block in draft.plan.blocks:
        same = spoke_of.get(" ".join(block.text.split()))
        if same and isinstance(block, Passage) and block.kind is not PassageKind.GOAL:
            arrangement.prose.setdefault(key_of(block), same)
    return arrangement


def continues_of(draft: Draft, arrangement: Arrangement, before: Proposal | None) -> dict[str, int | None]:
    """Give the number of the published goal that each goal of a draft continues, ``None`` for new ones.

    What a person has said goes first; the rest is where the words are the same or much alike.
    """
    if before is None:
        return {}
    texts = {key_of(goal): goal.text for goal in draft.plan.goals}
    published = goal_texts(before)
    # What was said of a plan that the draft was taken for before is nothing said of this one.
    numbers = {None, *before.goals.values_list("number", flat=True)}
    said = {key: number for key, number in arrangement.continues.items() if key in texts and number in numbers}
    taken = {number for number in said.values() if number is not None}
    free = {number: text for number, text in published.items() if number not in taken}
    suggested = suggest_continues(free, {key: text for key, text in texts.items() if key not in said})
    return {key: said[key] if key in said else suggested.get(key) for key in texts}


def goal_texts(proposal: Proposal) -> dict[int, str]:
    """Give the words of the goals that stand in a proposal, by number."""
    return dict(proposal.goals.standing().order_by("number").values_list("number", "passage__text"))


def _publish_plan(draft: Draft, before: Proposal | None, arrangement: Arrangement) -> Proposal:
    plan_year = _plan_year(draft.committee, draft.year)
    title = draft.title.strip() or f"Plan för {draft.year}"
    reading = reading_of(draft)
    if before is None:
        return publish(
            draft.plan, document=draft.document, plan_year=plan_year, party=draft.party, title=title, reading=reading
        )
    continues = continues_of(draft, arrangement, before)
    numbers = {key_of(goal): goal.number for goal in draft.plan.goals}
    return publish_version(
        draft.plan,
        before,
        document=draft.document,
        title=title,
        reading=reading,
        continues={numbers[key] or 0: number for key, number in continues.items() if number is not None},
    )


def _plan_year(committee: Committee, year: int) -> PlanYear:
    plan_year = committee.plan_years.filter(year=year).first()
    if plan_year is None:
        plan_year = PlanYear(committee=committee, year=year)
        plan_year.full_clean()
        plan_year.save()
    ReportingPeriod.objects.make_defaults(plan_year)
    return plan_year


def reading_of(draft: Draft) -> Reading:
    """Give what a person has read out of a draft's goals."""
    kinds: dict[int, GoalKind] = {}
    found: dict[int, Mapping[str, Any]] = {}
    numbers: dict[int, int] = {}
    for goal in draft.plan.goals:
        said = dict(draft.readings.get(key_of(goal), {}))
        number = goal.number or 0
        if "number" in said:
            numbers[number] = said.pop("number")
        if "kind" in said:
            kinds[number] = GoalKind(said.pop("kind"))
        if said.get("due_on"):
            said["due_on"] = date.fromisoformat(said["due_on"])
        if said.get("target_value"):
            said["target_value"] = Decimal(said["target_value"])
        if said:
            found[number] = said
    if len({numbers.get(goal.number or 0, goal.number) for goal in draft.plan.goals}) < len(draft.plan.goals):
        numbers = {}  # a person has marked more goals than the file had numbers for
    # A person may have parted or left out what a word stood in.
    texts = [block for block in draft.plan.blocks if isinstance(block, Passage)]
    sic = {
        int(line): [word for word in words if any(_has(block, int(line), word) for block in texts)]
        for line, words in draft.readings.get("sic", {}).items()
    }
    return Reading(kinds, found, sic, numbers)


def _has(block: Passage, line: int, word: str) -> bool:
    return block.first <= line <= block.last and word in block.text


def _arrange(draft: Draft, proposal: Proposal, arrangement: Arrangement) -> None:
    """Put the goals and passages of what was just published in their issues."""
    issues = _issues(draft.committee, arrangement)
    places = {
        passage.anchor.removeprefix("rad-"): passage for passage in proposal.passages.filter(version=proposal.version)
    }
    for block in draft.plan.blocks:
        key = key_of(block)
        if not isinstance(block, Passage):
            continue
        if block.kind is PassageKind.GOAL:
            Goal.objects.filter(passage=places[key]).update(issue=issues.get(arrangement.goals.get(key, "")))
        else:
            for reference in arrangement.prose.get(key, ()):
                if reference in issues:
                    Mention.objects.get_or_create(issue=issues[reference], passage=places[key])
    for reference, (relation, reason) in arrangement.relations.items():
        if reference in issues:
            _relate(issues[reference], proposal.plan_year, relation, reason)
    _end_relations(proposal)


def _end_relations(proposal: Proposal) -> None:
    """Take back what was said of a party's goals on issues where it has none any more."""
    standing = Goal.objects.standing().filter(proposal=proposal, issue=models.OuterRef("issue"))
    Alignment.objects.filter(~models.Exists(standing), plan_year=proposal.plan_year, parties=proposal.party).delete()


def _issues(committee: Committee, arrangement: Arrangement) -> dict[str, Issue]:
    """Find or make the issues that an arrangement speaks of, by their references."""
    used = arrangement.references()
    existing = {str(issue.pk): issue for issue in committee.issues.all()}
    found = {reference: existing[reference] for reference in used if reference in existing}
    for reference in sorted(used - set(found)):
        name = reference.removeprefix(NEW)
        where = arrangement.new_issues.get(name, "")
        if not where:
            raise NotReadyError(f"Den nya frågan ”{name}” behöver ett ämne. Välj det i steget Ordna.")
        topic = _topic(committee, where)
        found[reference] = Issue.objects.named(committee, name) or Issue.objects.add(name, topic=topic)
    return found


def _topic(committee: Committee, reference: str) -> Topic:
    if not reference.startswith(NEW):
        topic = committee.topics.filter(pk=int(reference)).first()
        if topic is None:
            raise NotReadyError("Ett ämne som valts i steget Ordna finns inte längre. Välj ett annat.")
        return topic
    name = reference.removeprefix(NEW)
    return Topic.objects.named(committee, name) or Topic.objects.add(name, committee=committee)


def _relate(issue: Issue, plan_year: PlanYear, relation: str, reason: str) -> None:
    """Say how the goals of all who have some on an issue relate; of fewer than two parties there is nothing to say."""
    parties = Party.objects.filter(
        proposals__plan_year=plan_year, proposals__goals__issue=issue, proposals__goals__withdrawn_in=None
    ).distinct()
    if len(parties) >= 2 and reason.strip():
        issue.relate(plan_year, Claim(relation, reason.strip(), list(parties)))

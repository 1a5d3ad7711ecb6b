"""Place goals in issues, and attach running text: what lines the parties' plans up."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from goals.models import Alignment, Goal, Issue, Mention, Topic
from goals.models.arranged import lock_arrangement
from parties.models import Committee, Party
from parties.swedish import slug
from proposals.manifest import IssueEntry, ManifestError, TopicEntry
from proposals.models import Passage, PlanYear, Proposal

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def place(topics: Sequence[TopicEntry], plan_year: PlanYear, proposals: Mapping[str, Proposal], path: Path) -> None:
    """Place the goals of newly published proposals, given by their parties' abbreviations.

    ``path`` is the file that the topics were read from. Topics and issues that exist are used as they are, also those
    that have been renamed or merged since the file was written. How the goals of an issue relate is set anew where one
    of the new proposals has goals on it, and what the file names is still all that stands there. Nothing else is
    changed, so that what a person has arranged since stays.

    :raises ManifestError: if a goal stands in no issue or in two, if an issue names a goal or a text that is not
        there, or if it relates goals of fewer than two parties.
    """
    _require_each_once(topics, proposals, path)
    committee = plan_year.committee
    lock_arrangement(committee.pk)
    placed: list[tuple[IssueEntry, Issue]] = []
    for topic_position, topic_entry in enumerate(topics):
        for position, entry in enumerate(topic_entry.issues):
            if _concerns(entry, proposals):
                issue = Issue.objects.named(committee, entry.name) or checked(
                    Issue(
                        committee=committee,
                        topic=_topic(committee, topic_entry, topic_position, path),
                        slug=slug(entry.name),
                        name=entry.name,
                        position=position,
                    ),
                    path,
                )
                _place_issue(entry, issue, proposals, path)
                placed.append((entry, issue))
    for entry, issue in placed:
        if entry.relation:
            _check_relation(entry, path)
            if any(entry.goals.get(party) for party in proposals) and _is_all(entry, issue, plan_year):
                _align(entry, issue, plan_year)


def _concerns(entry: IssueEntry, parties: Iterable[str]) -> bool:
    return any(party in entry.goals or party in entry.prose for party in parties)


def _topic(committee: Committee, entry: TopicEntry, position: int, path: Path) -> Topic:
    address = slug(entry.name)
    return Topic.objects.named(committee, entry.name) or checked(
        Topic(committee=committee, slug=address, name=entry.name, position=position), path
    )


def _place_issue(entry: IssueEntry, issue: Issue, proposals: Mapping[str, Proposal], path: Path) -> None:
    for party, numbers in entry.goals.items():
        if party in proposals:
            Goal.objects.filter(proposal=proposals[party], number__in=numbers).update(issue=issue)
    for party, starts in entry.prose.items():
        if party in proposals:
            for start in starts:
                passage = _passage_starting(proposals[party], start, entry.name, path)
                Mention.objects.get_or_create(issue=issue, passage=passage)


def _check_relation(entry: IssueEntry, path: Path) -> None:
    if entry.relation not in Alignment.Relation.values:
        known = " eller ".join(Alignment.Relation.values)
        raise ManifestError(f"{path}: frågan ”{entry.name}” har relation ”{entry.relation}”; ange {known}")
    if sum(map(bool, entry.goals.values())) < 2 or not entry.reason:
        raise ManifestError(f"{path}: frågan ”{entry.name}” har en relation men inte två partiers mål och ett skäl")


def _is_all(entry: IssueEntry, issue: Issue, plan_year: PlanYear) -> bool:
    """Tell whether the goals that a relation in a file speaks of are all that its parties have on the issue now.

    A person may have moved some since the file was written, or merged the issue with another.
    """
    there: dict[str, set[int]] = {}
    goals = Goal.objects.standing().filter(issue=issue, proposal__plan_year=plan_year)
    for party, number in goals.values_list("proposal__party__abbreviation", "number"):
        there.setdefault(party, set()).add(number)
    loaded = plan_year.proposals.values_list("party__abbreviation", flat=True)
    return all(there.get(party, set()) == set(entry.goals.get(party, ())) for party in loaded if entry.goals.get(party))


def _align(entry: IssueEntry, issue: Issue, plan_year: PlanYear) -> None:
    alignment, _ = Alignment.objects.update_or_create(
        issue=issue,
        plan_year=plan_year,
        defaults={"relation": entry.relation, "reason": entry.reason},
    )
    having_goals = [party for party, numbers in entry.goals.items() if numbers]
    alignment.parties.set(Party.objects.filter(proposals__plan_year=plan_year, abbreviation__in=having_goals))


def _passage_starting(proposal: Proposal, start: str, issue: str, path: Path) -> Passage:
    found = list(
        proposal.passages.filter(text__startswith=start).exclude(kind__in=[Passage.Kind.GOAL, Passage.Kind.COVER])[:2]
    )
    if len(found) != 1:
        how_many = "inget textställe" if not found else "flera textställen"
        raise ManifestError(f"{path}: frågan ”{issue}”: {how_many} hos {proposal.party} börjar ”{start}”")
    return found[0]


def _require_each_once(topics: Sequence[TopicEntry], proposals: Mapping[str, Proposal], path: Path) -> None:
    """Make sure that every goal of the new proposals stands in exactly one issue, and no other does."""
    entries = [issue for topic in topics for issue in topic.issues]
    for party, proposal in proposals.items():
        placed = [number for entry in entries for number in entry.goals.get(party, ())]
        existing = set(proposal.goals.values_list("number", flat=True))
        for problem, numbers in (
            ("står i ingen fråga", existing - set(placed)),
            ("finns inte i planen", set(placed) - existing),
            ("står i mer än en fråga", {number for number in placed if placed.count(number) > 1}),
        ):
            if numbers:
                listed = ", ".join(f"{party} {number}" for number in sorted(numbers))
                raise ManifestError(f"{path}: {listed} {problem}")


def checked(row: Row, path: Path) -> Row:
    """Validate and save a row that a file describes.

    :raises ManifestError: if a field is not valid.
    """
    try:
        row.full_clean()
    except ValidationError as error:
        raise ManifestError(f"{path}: {' '.join(error.messages)}") from error
    row.save()
    return row

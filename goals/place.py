"""Place goals in issues, and attach running text: what lines the parties' plans up."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from goals.models import Alignment, Goal, Issue, Mention, Topic
from parties.models import Party
from parties.swedish import slug
from proposals.manifest import IssueEntry, ManifestError, TopicEntry
from proposals.models import Passage, PlanYear, Proposal

Row = TypeVar("Row", bound=models.Model)


@transaction.atomic
def place(topics: Sequence[TopicEntry], plan_year: PlanYear, proposals: Mapping[str, Proposal], path: Path) -> None:
    """Place the goals of newly published proposals, given by their parties' abbreviations.

    ``path`` is the file that the topics were read from. Topics and issues that exist are used as they are. How the
    goals of an issue relate is set anew where one of the new proposals has goals on it. Nothing else is changed, so
    that what a person has arranged since stays.

    :raises ManifestError: if a goal stands in no issue or in two, if an issue names a goal or a text that is not
        there, or if it relates goals of fewer than two parties.
    """
    _require_each_once(topics, proposals, path)
    committee = plan_year.committee
    for topic_position, topic_entry in enumerate(topics):
        if not any(_concerns(issue, proposals) for issue in topic_entry.issues):
            continue
        topic_slug = slug(topic_entry.name)
        topic = committee.topics.filter(slug=topic_slug).first() or checked(
            Topic(committee=committee, slug=topic_slug, name=topic_entry.name, position=topic_position), path
        )
        for position, entry in enumerate(topic_entry.issues):
            if _concerns(entry, proposals):
                issue = _issue(topic, entry, position, path)
                _place_issue(entry, issue, plan_year, proposals, path)


def _concerns(entry: IssueEntry, parties: Iterable[str]) -> bool:
    return any(party in entry.goals or party in entry.prose for party in parties)


def _issue(topic: Topic, entry: IssueEntry, position: int, path: Path) -> Issue:
    issue_slug = slug(entry.name)
    return topic.committee.issues.filter(slug=issue_slug).first() or checked(
        Issue(committee=topic.committee, topic=topic, slug=issue_slug, name=entry.name, position=position), path
    )


def _place_issue(
    entry: IssueEntry, issue: Issue, plan_year: PlanYear, proposals: Mapping[str, Proposal], path: Path
) -> None:
    for party, numbers in entry.goals.items():
        if party in proposals:
            Goal.objects.filter(proposal=proposals[party], number__in=numbers).update(issue=issue)
    for party, starts in entry.prose.items():
        if party in proposals:
            for start in starts:
                passage = _passage_starting(proposals[party], start, entry.name, path)
                Mention.objects.get_or_create(issue=issue, passage=passage)
    if entry.relation:
        _check_relation(entry, path)
        if any(entry.goals.get(party) for party in proposals):
            _align(entry, issue, plan_year)


def _check_relation(entry: IssueEntry, path: Path) -> None:
    if entry.relation not in Alignment.Relation.values:
        known = " eller ".join(Alignment.Relation.values)
        raise ManifestError(f"{path}: frågan ”{entry.name}” har relation ”{entry.relation}”; ange {known}")
    if sum(map(bool, entry.goals.values())) < 2 or not entry.reason:
        raise ManifestError(f"{path}: frågan ”{entry.name}” har en relation men inte två partiers mål och ett skäl")


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

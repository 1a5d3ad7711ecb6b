"""Merge and split topics and issues, and move goals between issues.

What is said of how goals relate is said of the goals that stood there. Where those change, it is asked anew
(``Question``), or falls away when fewer than two parties are left; nothing is ever said that nobody has said.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import models, transaction

from goals.models import Alignment, Follow, Goal, Issue, Mention, Notice, OldAddress, RearrangedError, Topic
from goals.models.arranged import lock_arrangement, require_unchanged, version_of
from goals.models.goals import GoalQuerySet
from goals.models.issues import Claim
from parties.models import Party, in_order
from proposals.models import PlanYear

#: What was answered to each question, by its key; ``None`` is that nothing is to be said.
Answers = Mapping[str, Claim | None]


@dataclass(frozen=True, slots=True)
class Question:
    """A year in which it has to be said anew how the goals on an issue relate, or that nothing is said.

    ``issue`` is ``None`` for one that is to be made. ``parties`` have goals there afterwards; ``before`` is what has
    been said.
    """

    issue: Issue | None
    plan_year: PlanYear
    parties: Sequence[Party]
    before: Sequence[Alignment]

    @property
    def key(self) -> str:
        """What names the question in a form."""
        return f"{self.issue.pk if self.issue else 'ny'}-{self.plan_year.pk}"


@dataclass(slots=True)
class Effects:
    """What moving some goals does to what is said of how goals relate.

    ``fallen`` falls away, since fewer than two of its parties have goals there any more; ``carried`` goes along to the
    issue that the goals go to.
    """

    questions: list[Question] = field(default_factory=list)
    fallen: list[Alignment] = field(default_factory=list)
    carried: list[Alignment] = field(default_factory=list)


_ByYear = dict[PlanYear, set[Party]]


def effects_of(goals: Collection[Goal], source: Issue | None, target: Issue | None, *, making: bool = False) -> Effects:
    """Tell what it does to what is said, to move goals from one issue to another.

    ``making`` says that the target is an issue that is to be made; else ``None`` is no issue at all.
    """
    found = Effects()
    moved = _parties_by_year(Goal.objects.filter(pk__in=[goal.pk for goal in goals]))
    left = _parties_by_year(source.goals.exclude(pk__in=[goal.pk for goal in goals])) if source else {}
    there = _parties_by_year(target.goals.all()) if target else {}
    said_at_source, said_at_target = _said(source), _said(target)
    for year in sorted({*moved, *said_at_source}, key=lambda each: -each.year):
        moving, ours, theirs = moved.get(year, set()), said_at_source.get(year), said_at_target.get(year)
        if ours and _speaks_of(ours, moving):
            _ask(found, source, left.get(year, set()), [ours])
        after = there.get(year, set()) | moving
        if theirs and _speaks_of(theirs, moving):
            _ask(found, target, after, [theirs])
        elif making and ours and _speaks_of(ours, moving) and len(after) > 1:
            _ask(found, None, after, [ours])
    return found


def effects_of_merging(issue: Issue, into: Issue) -> Effects:
    """Tell what it does to what is said, to merge an issue into another."""
    found = Effects()
    coming, there = _parties_by_year(issue.goals.all()), _parties_by_year(into.goals.all())
    said_here, said_there = _said(issue), _said(into)
    for year in sorted({*coming, *said_here}, key=lambda each: -each.year):
        moving, ours, theirs = coming.get(year, set()), said_here.get(year), said_there.get(year)
        before = [each for each in (theirs, ours) if each]
        after = there.get(year, set()) | moving
        meet = [(theirs, moving), (ours, there.get(year, set()))]
        if len(after) < 2 or len(before) == 2 or any(said and _speaks_of(said, others) for said, others in meet):
            _ask(found, into, after, before)
        elif ours:
            found.carried.append(ours)
    return found


def _ask(found: Effects, issue: Issue | None, parties: set[Party], before: list[Alignment]) -> None:
    """Ask what is to be said of an issue, where two parties have goals there; else let what was said fall away."""
    if len(parties) < 2:
        found.fallen += before
    elif before:
        found.questions.append(Question(issue, before[0].plan_year, in_order(parties), before))


def _speaks_of(said: Alignment, parties: set[Party]) -> bool:
    return not parties.isdisjoint(said.parties.all())


def _said(issue: Issue | None) -> dict[PlanYear, Alignment]:
    if issue is None:
        return {}
    found = issue.alignments.select_related("issue", "plan_year__committee__municipality").prefetch_related("parties")
    return {alignment.plan_year: alignment for alignment in found}


def _parties_by_year(goals: GoalQuerySet) -> _ByYear:
    found: _ByYear = {}
    for goal in goals.standing().select_related("proposal__party", "proposal__plan_year__committee__municipality"):
        found.setdefault(goal.proposal.plan_year, set()).add(goal.proposal.party)
    return found


def versions(*issues: Issue | None) -> str:
    """Give a mark of all that stands in some issues now."""
    return version_of(*(issue.version() if issue else "" for issue in issues))


@transaction.atomic
def merge_issues(issue: Issue, into: Issue, answers: Answers, *, seen: str | None = None) -> None:
    """Let one issue go up in another: its goals, running text, what is said of them, and its addresses.

    :raises ValidationError: if they are one and the same, or of different committees.
    :raises RearrangedError: if somebody has changed either since the writer looked.
    """
    _require_two(issue, into)
    lock_arrangement(issue.committee_id)
    _read_for_merging(issue, into)
    require_unchanged(seen, versions(issue, into))
    effects = effects_of_merging(issue, into)
    for goal in issue.goals.all():
        _place(goal, into)
    for mention in issue.mentions.all():
        _move_mention(mention, into)
    for alignment in effects.carried:
        alignment.issue = into
        alignment.save()
    _say(effects, answers)
    issue.alignments.all().delete()
    OldAddress.objects.hand_over(issue, into)
    issue.delete()


@transaction.atomic
def split_issue(
    issue: Issue,
    name: str,
    *,
    goals: Collection[Goal],
    mentions: Collection[Mention] = (),
    answers: Answers,
    seen: str | None = None,
) -> Issue:
    """Let some of an issue's goals, and running text, become an issue of their own, last under the topic.

    :raises ValidationError: if the name is not valid, or if no goal goes, or none stays.
    :raises RearrangedError: if somebody has changed the issue since the writer looked.
    """
    lock_arrangement(issue.committee_id)
    issue.read_again()
    require_unchanged(seen, versions(issue, None))
    require_some_of(goals, issue.goals.count())
    effects = effects_of(goals, issue, None, making=True)
    new = Issue.objects.add(name, topic=issue.topic)
    for goal in _of(issue, goals):
        _place(goal, new)
    for mention in issue.mentions.filter(pk__in=[mention.pk for mention in mentions]):
        _move_mention(mention, new)
    _say(effects, answers, new=new)
    return new


@transaction.atomic
def move_goals(
    goals: Collection[Goal], source: Issue | None, to: Issue | None, answers: Answers, *, seen: str | None = None
) -> None:
    """Move goals from an issue, or from none, to another, or to none.

    :raises ValidationError: if it is to where they are, or to another committee's issue.
    :raises RearrangedError: if somebody has changed either issue since the writer looked, or moved the goals.
    """
    issue = source or to
    if source == to or issue is None:
        raise ValidationError("Målen står redan där.")
    if source and to:
        _require_two(source, to)
    lock_arrangement(issue.committee_id)
    for each in (source, to):
        if each:
            each.read_again()
    require_unchanged(seen, versions(source, to))
    effects = effects_of(goals, source, to)
    for goal in _of(source, goals):
        if goal.committee.pk != issue.committee_id:
            raise ValidationError("Målet hör till en annan nämnd.")
        _place(goal, to)
    _say(effects, answers)


@transaction.atomic
def merge_topics(topic: Topic, into: Topic, *, seen: str | None = None) -> None:
    """Let one topic go up in another: its issues, those who follow it, and its addresses.

    :raises ValidationError: if they are one and the same, or of different committees.
    :raises RearrangedError: if somebody has changed either since the writer looked.
    """
    _require_two(topic, into)
    lock_arrangement(topic.committee_id)
    _read_for_merging(topic, into)
    require_unchanged(seen, version_of(topic.version(), into.version()))
    for issue in topic.issues.order_by("position", "pk"):
        issue.move(into)
    _move_follows(topic, into)
    OldAddress.objects.hand_over(topic, into)
    topic.delete()


@transaction.atomic
def split_topic(topic: Topic, name: str, *, issues: Collection[Issue], seen: str | None = None) -> Topic:
    """Let some of a topic's issues become a topic of their own, the last one; who follows it follows both.

    :raises ValidationError: if the name is not valid, or if no issue goes, or none stays.
    :raises RearrangedError: if somebody has changed the topic since the writer looked.
    """
    lock_arrangement(topic.committee_id)
    topic.read_again()
    require_unchanged(seen, topic.version())
    chosen = topic.issues.filter(pk__in=[issue.pk for issue in issues]).order_by("position", "pk")
    if not 0 < len(chosen) < topic.issues.count():
        raise ValidationError({"issues": "Välj minst en fråga, och låt minst en stå kvar."})
    new = Topic.objects.add(name, committee=topic.committee)
    for issue in chosen:
        issue.move(new)
    for follow in topic.follows.select_related("user"):
        Follow.objects.start(follow.user, new, follow.pace)
    return new


def require_some_of(goals: Collection[object], count: int) -> None:
    """Refuse to take no goals out of an issue, or all of them.

    :raises ValidationError: if so.
    """
    if not goals:
        raise ValidationError({"goals": "Välj minst ett mål eller uppdrag."})
    if len(goals) >= count:
        raise ValidationError({"goals": "Låt minst ett mål stå kvar. Ska alla med räcker det att byta namn på frågan."})


def _require_two(thing: Topic | Issue, other: Topic | Issue) -> None:
    if thing.pk == other.pk:
        raise ValidationError("Välj en annan att slå ihop med.")
    if thing.committee_id != other.committee_id:
        raise ValidationError(f"{thing.THE} ”{other}” hör till en annan nämnd.")


def _read_for_merging(gone: Topic | Issue, into: Topic | Issue) -> None:
    """Read both anew, and let nobody hang anything on the one that goes."""
    for thing in (gone, into):
        thing.read_again()
    type(gone)._default_manager.select_for_update().get(pk=gone.pk)


def _of(source: Issue | None, goals: Collection[Goal]) -> "models.QuerySet[Goal]":
    """Give goals as they are now, all of which must still stand where they stood.

    :raises RearrangedError: if one does not.
    """
    found = Goal.objects.select_related("proposal__plan_year__committee").filter(
        pk__in=[goal.pk for goal in goals], issue=source
    )
    if len(found) != len(goals):
        raise RearrangedError
    return found


def _place(goal: Goal, issue: Issue | None) -> None:
    goal.issue = issue
    goal.save(update_fields=["issue"])


def _move_mention(mention: Mention, to: Issue) -> None:
    if to.mentions.filter(passage=mention.passage_id).exists():
        mention.delete()
    else:
        mention.issue = to
        mention.save()


def _say(effects: Effects, answers: Answers, *, new: Issue | None = None) -> None:
    """Take back what no longer holds, and say what was answered.

    :raises RearrangedError: if there is a question that the writer was not asked.
    """
    for alignment in effects.fallen:
        alignment.delete()
    for question in effects.questions:
        if question.key not in answers:
            raise RearrangedError
        issue = question.issue or new
        if issue is None:
            raise ValueError("There is nothing to say it of.")
        issue.relate(question.plan_year, answers[question.key])


def _move_follows(topic: Topic, into: Topic) -> None:
    """Let those who follow a topic follow another; who does already is told as soon as either wish says.

    What they have yet to be told goes along.
    """
    for follow in topic.follows.select_for_update().select_related("user"):
        already = into.follows.filter(user=follow.user).first()
        if already is None:
            follow.topic = into
            follow.save()
            continue
        if Follow.Pace.AT_ONCE in (follow.pace, already.pace):
            already.pace = Follow.Pace.AT_ONCE
            already.save()
        told = Notice.objects.filter(follow=already).values("key")
        follow.notices.exclude(key__in=told).update(follow=already)
        follow.delete()

"""A committee's topics and issues as those see them who arrange them. Read in four queries, whatever their number."""

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count

from goals.models import Goal, Issue, Topic
from goals.models.arranged import order_of
from parties.models import Committee


@dataclass(frozen=True, slots=True)
class IssueLine:
    """An issue in the list, with how much stands in it."""

    issue: Issue
    goals: int
    mentions: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic in the list, with its issues; ``seen`` is a mark of their order."""

    topic: Topic
    issues: tuple[IssueLine, ...]
    seen: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """All of a committee's topics and issues, in order; ``seen`` is a mark of the topics' order."""

    topics: tuple[TopicLine, ...]
    unplaced: int
    seen: str

    @property
    def issue_count(self) -> int:
        """How many issues there are."""
        return sum(len(line.issues) for line in self.topics)


def load_arrangement(committee: Committee) -> Arrangement:
    """Read a committee's topics and issues, those that are empty too."""
    topics = list(committee.topics.order_by("position", "pk"))
    issues = Issue.objects.of(committee).in_order()
    goals = dict(issues.order_by().annotate(count=Count("goals")).values_list("pk", "count"))
    counted = issues.annotate(mention_count=Count("mentions"))
    under = {topic: list(of_topic) for topic, of_topic in groupby(counted, key=lambda issue: issue.topic_id)}
    lines = []
    for topic in topics:
        topic.committee = committee
        row = under.get(topic.pk, [])
        for issue in row:
            issue.committee = committee
        lines.append(
            TopicLine(
                topic,
                tuple(
                    IssueLine(issue, goals[issue.pk], issue.mention_count, issue == row[0], issue == row[-1])
                    for issue in row
                ),
                order_of(row),
                topic == topics[0],
                topic == topics[-1],
            )
        )
    unplaced = Goal.objects.filter(issue=None, proposal__plan_year__committee=committee).count()
    return Arrangement(tuple(lines), unplaced, order_of(topics))

"""How a plan year's goals stand at a stage of the follow-up, and how they stood at an earlier one.

A stage is the end of a reporting period, or a day. The overview, the report and what is said of their figures all read
this, so that they agree.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format

from goals.as_of import AsOf
from goals.material import GoalRow, load_goals, proposals_of
from goals.models import Decision, Goal, Issue, OutcomeValue, ReportingPeriod, StatusUpdate, Topic
from goals.standing import NOTHING_SAID, Chip, Standing, chip, load_standings
from parties.models import Membership, Party
from proposals.models import PlanYear, Proposal


@dataclass(frozen=True, slots=True)
class Stage:
    """The end of a period, with all that has been written of it since; or a day, as things stood at its end."""

    name: str
    as_of: AsOf
    period: ReportingPeriod | None = None

    @classmethod
    def of_period(cls, period: ReportingPeriod, at: AsOf | None = None) -> "Stage":
        """Give the end of a period, with what has been written of it up to now, or to the end of a day."""
        return cls(period.name, AsOf(day=at.day if at else None, until=period.ends_on), period)

    @classmethod
    def of_day(cls, as_of: AsOf) -> "Stage":
        """Give a day, or now."""
        return cls(date_format(as_of.date), as_of)

    @property
    def last_day(self) -> datetime.date:
        """The day that it describes."""
        return self.as_of.date


def latest_ended(periods: Iterable[ReportingPeriod], on: datetime.date) -> ReportingPeriod | None:
    """Give the period that has ended last by a day; before any has, the first; ``None`` where there are none."""
    in_order = sorted(periods, key=lambda period: period.ends_on)
    ended = [period for period in in_order if period.ends_on <= on]
    return next(iter(ended[-1:] or in_order[:1]), None)


def period_before(periods: Iterable[ReportingPeriod], period: ReportingPeriod) -> ReportingPeriod | None:
    """Give the period that ends next before another, if there is one."""
    earlier = [each for each in periods if each.ends_on < period.ends_on]
    return max(earlier, key=lambda each: each.ends_on, default=None)


@dataclass(frozen=True, slots=True)
class Said:
    """What was said beside a status, a decision or an outcome: all of it empty where nothing was.

    ``source`` is what it rests on (a status's evidence, an outcome's source), ``reference`` the number under which that
    or a decision is registered, ``period`` the key of the period that a status is for, and ``author_role`` in what role
    it was written.
    """

    date: datetime.date | None = None
    comment: str = ""
    source: str = ""
    link: str = ""
    reference: str = ""
    period: int | None = None
    author_role: str = ""

    @property
    def role(self) -> str:
        """Who says so, for readers: the role and not the person; empty where nothing is said."""
        return str(Membership.Role(self.author_role).label) if self.author_role else ""


NOT_SAID = Said()


@dataclass(frozen=True, slots=True)
class FollowedGoal:
    """A goal as a stage finds it. ``before`` is how it stood at the earlier stage; without one, as if nothing was said.

    ``judged`` tells whether it has been judged for the stage's own period; at a day, whether it has been judged at all.
    """

    row: GoalRow
    topic: Topic | None
    issue: Issue | None
    before: Standing
    status: Said
    decision: Said
    outcome: Said
    judged: bool

    @property
    def standing(self) -> Standing:
        """How it stands."""
        return self.row.standing

    @property
    def party(self) -> Party:
        """The party whose goal it is."""
        return self.row.party

    @property
    def chip_before(self) -> Chip:
        """The earlier status as a reader sees it."""
        return chip(self.before.status, self.row.kind)

    @property
    def is_changed(self) -> bool:
        """Tell whether its status is another than at the earlier stage."""
        return self.standing.status != self.before.status


@dataclass(frozen=True, slots=True)
class Followed:
    """A plan year's goals at a stage, in the order of their topics, issues, parties and numbers."""

    plan_year: PlanYear
    stage: Stage
    before: Stage | None
    proposals: tuple[Proposal, ...]
    topics: tuple[Topic, ...]
    goals: tuple[FollowedGoal, ...]

    @property
    def parties(self) -> tuple[Party, ...]:
        """The parties that have a plan, in the published order."""
        return tuple(proposal.party for proposal in self.proposals)

    @property
    def shows_example(self) -> bool:
        """Tell whether something of how a goal stands, or stood, is invented for demonstration."""
        return any(goal.standing.is_example or goal.before.is_example for goal in self.goals)


def load_followed(plan_year: PlanYear, stage: Stage, before: Stage | None = None) -> Followed:
    """Read a plan year's goals at a stage, and how they stood at an earlier one, in at most eight queries.

    Goals that no one has put in an issue come last; ``topics`` has those that have a goal.
    """
    by_pk = proposals_of([plan_year])
    proposals = tuple(proposal for _, proposal, _ in by_pk.values())
    issues = tuple(Issue.objects.of(plan_year.committee).in_order())
    rows = load_goals(by_pk, issues, stage.as_of, unplaced=True)[plan_year.pk]
    goals = Goal.objects.on_issues(issues, unplaced=True).filter(proposal__in=by_pk)
    earlier = load_standings(goals, before.as_of.moment, before.as_of.until) if before else {}
    statuses, decisions, outcomes = (_said(kind, goals, stage.as_of) for kind in (StatusUpdate, Decision, OutcomeValue))

    def followed(row: GoalRow, issue: Issue | None) -> FollowedGoal:
        status = statuses.get(row.pk, NOT_SAID)
        judged = status.period == stage.period.pk if stage.period else bool(row.standing.status)
        return FollowedGoal(
            row,
            issue.topic if issue else None,
            issue,
            earlier.get(row.pk, NOTHING_SAID),
            status,
            decisions.get(row.pk, NOT_SAID),
            outcomes.get(row.pk, NOT_SAID),
            judged,
        )

    in_order = [
        (row, issue)
        for issue in (*issues, None)
        for proposal in proposals
        for row in rows[issue.pk if issue else None][proposal.party_id]
    ]
    topics = dict.fromkeys(issue.topic for _, issue in in_order if issue)
    for topic in topics:
        topic.committee = plan_year.committee
    return Followed(
        plan_year,
        stage,
        before,
        proposals,
        tuple(topics),
        tuple(followed(row, issue) for row, issue in in_order),
    )


#: What is read of each kind of record beside what ``Standing`` has: the field for each part of ``Said``.
_SAID: Mapping[Any, Mapping[str, str]] = {
    StatusUpdate: {
        **{"comment": "comment", "source": "evidence", "link": "link"},
        **{"reference": "reference", "period": "period_id"},
    },
    Decision: {"link": "link", "reference": "reference"},
    OutcomeValue: {"source": "source", "link": "link"},
}


def _said(kind: Any, goals: Any, as_of: AsOf) -> dict[int, Said]:
    names = {**_SAID[kind], "author_role": "author_role"}
    records = kind.objects.current(goals.order_by().values("pk"), as_of.moment, as_of.until)
    return {
        goal: Said(date=date, **dict(zip(names, values, strict=True)))
        for goal, date, *values in records.values_list("goal_id", "date", *names.values())
    }

"""Example follow-up: invented, so that a newcomer sees the product alive, and marked as invented wherever it is shown.

``invent`` decides what happens to each goal, from a seed and nothing else: the same seed, the same records. Every party
is dealt the same cards, so that none looks better than another. ``load`` writes it down, by the goals' own methods.
"""

import datetime
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from random import Random
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from goals.models import Decision, Goal, Record, ReportingPeriod, Status
from goals.models.records import FINISHED, KINDS, NEED_COMMENT
from parties.models import Committee, User
from proposals.models import PlanYear

#: A seed by which both goals and assignments of the first plans get every status.
DEFAULT_SEED = 115

NOT_STARTED, IN_PROGRESS, PARTLY = Status.NOT_STARTED, Status.IN_PROGRESS, Status.PARTLY
ACHIEVED, NOT_ACHIEVED, DROPPED = Status.ACHIEVED, Status.NOT_ACHIEVED, Status.DROPPED
NOT_ASSESSABLE = Status.NOT_ASSESSABLE
ADOPTED, PARTLY_ADOPTED, REJECTED = Decision.Outcome.ADOPTED, Decision.Outcome.PARTLY_ADOPTED, Decision.Outcome.REJECTED

#: How long before the end of the first period the committee decides, and how long after its report the short time
#: that some decisions give runs out.
DECIDED_BEFORE = datetime.timedelta(days=90)
SHORT_TIME = datetime.timedelta(days=30)
#: A period's follow-up is told only when all of it lies in the past.
MARGIN = datetime.timedelta(days=7)
#: What a measured value is of the target, at the end of the first period and of the second, and where it is reached.
ON_THE_WAY = (Decimal("0.88"), Decimal("0.95"))
REACHED = Decimal("1.02")


@dataclass(frozen=True, slots=True)
class Card:
    """What happens to one goal: its status in the first period and the second, and what was decided.

    ``due`` is the time that the decision gives: "short", which has run out, or "year". ``slip`` is the wrong word that
    was written first: a status that needs no comment, for the first period, or an outcome. It was ``undone`` at once,
    or else corrected later.
    """

    first: str = ""
    second: str = ""
    decision: str = ""
    due: str = ""
    slip: str = ""
    undone: bool = False

    @property
    def is_never_late(self) -> bool:
        """Tell whether no due date can make the goal late in the end."""
        return (self.second or self.first) in FINISHED or self.decision == REJECTED


#: The cards that every party is dealt, from the first one and round again. They are mixed so that a party with few
#: goals gets much the same as one with many. Eight in 26 are left to judge in the second period.
DECK = (
    Card(IN_PROGRESS, ACHIEVED, ADOPTED, due="year"),
    Card(IN_PROGRESS, IN_PROGRESS, ADOPTED),
    Card(NOT_STARTED, IN_PROGRESS, ADOPTED),
    Card(IN_PROGRESS, PARTLY, PARTLY_ADOPTED),
    Card(NOT_STARTED, NOT_ACHIEVED),
    Card(IN_PROGRESS),
    Card(NOT_STARTED, DROPPED, REJECTED),
    Card(IN_PROGRESS, ACHIEVED, ADOPTED, slip=PARTLY_ADOPTED),
    Card(NOT_STARTED, NOT_STARTED, slip=ACHIEVED, undone=True),
    Card(NOT_ASSESSABLE, IN_PROGRESS, PARTLY_ADOPTED),
    Card(NOT_STARTED),
    Card(IN_PROGRESS, PARTLY, slip=NOT_STARTED),
    Card(IN_PROGRESS, ACHIEVED, ADOPTED),
    Card(IN_PROGRESS),
    Card(NOT_ASSESSABLE, NOT_ASSESSABLE),
    Card(NOT_STARTED, NOT_STARTED, REJECTED),
    Card(PARTLY, "", PARTLY_ADOPTED),
    Card(IN_PROGRESS, IN_PROGRESS, ADOPTED, due="short"),
    Card(ACHIEVED),
    Card(PARTLY, ACHIEVED, ADOPTED, due="year"),
    Card(NOT_STARTED, "", REJECTED),
    Card(IN_PROGRESS, NOT_ACHIEVED, ADOPTED),
    Card(),
    Card(IN_PROGRESS, DROPPED),
    Card("", IN_PROGRESS),
    Card(IN_PROGRESS),
)

COMMENTS: Mapping[str, Sequence[str]] = {
    NOT_STARTED: (
        "Exempel: Arbetet har inte börjat.",
        "Exempel: Inget är gjort än. Ett första möte är inbokat till nästa månad.",
    ),
    IN_PROGRESS: (
        "Exempel: Pågår enligt planeringen.",
        "Exempel: Arbetet är i gång. En tidsplan finns och följs.",
        "Exempel: En arbetsgrupp har träffats två gånger och delat upp arbetet. Nästa steg är ett förslag som "
        "verksamheten får lämna synpunkter på.",
        "Exempel: Så här kan en längre kommentar se ut. Arbetet började med att gå igenom hur det ser ut i dag. Det "
        "tog längre tid än väntat, eftersom underlaget fanns på flera ställen och behövde stämmas av. Därefter "
        "gjordes en plan med tre steg. Det första steget är klart, det andra pågår och det tredje börjar längre fram. "
        "Tidsplanen håller, men den har inget utrymme för mer som drar ut på tiden. Vid nästa uppföljning går det "
        "att säga om allt hinner bli klart under året.",
    ),
    PARTLY: (
        "Exempel: Två av tre delar är klara.",
        "Exempel: Det mesta är på plats. En del återstår, och den är svårare att bli klar med än vad som var tänkt.",
    ),
    ACHIEVED: (
        "Exempel: Klart.",
        "Exempel: Allt som skulle göras är gjort, och resultatet är redovisat.",
        "Exempel: Klart tidigare än planerat. Det som återstår hör till det vanliga arbetet och följs inte upp här.",
    ),
    NOT_ACHIEVED: (
        "Exempel: Det blev inte av under perioden.",
        "Exempel: Försöket gav inte det som var tänkt. Orsakerna är sammanställda, så att nästa försök kan göras "
        "på ett annat sätt.",
    ),
    DROPPED: (
        "Exempel: Behovet finns inte längre.",
        "Exempel: Arbetet har lagts ned, eftersom samma sak görs på ett annat sätt.",
    ),
    NOT_ASSESSABLE: (
        "Exempel: Det finns inget underlag att bedöma efter.",
        "Exempel: Formuleringen går att läsa på flera sätt, och det är inte bestämt vad som ska mätas.",
    ),
}
EVIDENCE = (
    "Exempel: påhittad minnesanteckning",
    "Exempel: påhittad sammanställning från verksamheten",
    "Exempel: påhittad delrapport, avsnittet om läget vid periodens slut",
)
SOURCES = ("Exempel: påhittat värde, inte hämtat ur någon mätning", "Exempel: påhittad enkät")
REASONS = (
    "Exempel: Uppgiften hade skrivits på fel rad.",
    "Exempel: Underlaget var ett äldre än det som gäller.",
)


class ExampleError(Exception):
    """No example follow-up can be loaded; the message says in Swedish why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One record of a goal: the goal's method that writes it, with what.

    ``corrects`` names the method's argument that takes the goal's record just before, if it takes it.
    """

    goal: Goal
    method: str
    said: Mapping[str, Any]
    corrects: str = ""

    @property
    def at(self) -> datetime.datetime:
        """When it is written."""
        at: datetime.datetime = self.said["at"]
        return at


def load(plan_year: PlanYear, *, by: User, seed: int = DEFAULT_SEED) -> list[Record]:
    """Write example follow-up of a plan year in the name of an example account.

    :raises ExampleError: if anything is recorded of the plan year already, or no period of it is over.
    """
    if has_records(plan_year):
        raise ExampleError(f"{plan_year} har redan uppföljning. Påhittad blandas aldrig med riktig, så inget ändras.")
    periods = [
        period
        for period in plan_year.periods.order_by("ends_on")[:2]
        if period.due_on + MARGIN < timezone.localdate() and not period.is_locked
    ]
    if not periods:
        raise ExampleError(f"{plan_year} har ingen öppen uppföljningsperiod som är över, så det finns inget att visa.")
    goals = (
        Goal.objects.standing()
        .filter(proposal__plan_year=plan_year)
        .select_related("proposal__party", "proposal__plan_year__committee__municipality")
    )
    steps = sorted(invent(plan_year, list(goals), periods, seed), key=lambda step: step.at)
    written: list[Record] = []
    latest: dict[Goal, Record] = {}
    with transaction.atomic():
        for step in steps:
            said = dict(step.said)
            if step.corrects:
                said[step.corrects] = latest[step.goal]
            latest[step.goal] = getattr(step.goal, step.method)(by=by, **said)
            written.append(latest[step.goal])
    return written


def has_records(plan_year: PlanYear, **which: bool) -> bool:
    """Tell whether anything is recorded of a plan year's goals; ``is_example`` asks for invented or real alone."""
    return any(kind.objects.filter(goal__proposal__plan_year=plan_year, **which).exists() for kind in KINDS)


def committees_with_example() -> "models.QuerySet[Committee]":
    """Find the committees that have example follow-up."""
    invented = models.Q()
    for kind in KINDS:
        of_committee = kind.objects.filter(is_example=True, goal__proposal__plan_year__committee=models.OuterRef("pk"))
        invented |= models.Q(models.Exists(of_committee))
    return Committee.objects.filter(invented)


def invent(plan_year: PlanYear, goals: Sequence[Goal], periods: Sequence[ReportingPeriod], seed: int) -> Iterator[Step]:
    """Decide everything that is recorded of a plan year's goals, each goal's steps in order."""
    committee = plan_year.committee
    name = f"{seed}/{committee.municipality.code}/{committee.slug}/{plan_year.year}"
    hands: dict[str, list[Goal]] = {}
    for goal in sorted(goals, key=lambda goal: (goal.proposal.party.slug, goal.number)):
        hands.setdefault(goal.proposal.party.slug, []).append(goal)
    for party, hand in hands.items():
        for goal, card in deal(hand, Random(f"{name}/{party}")):  # noqa: S311 - no secret
            yield from tell(card, goal, periods, Random(f"{name}/{party}/{goal.number}"))  # noqa: S311 - no secret


def deal(goals: Sequence[Goal], random: Random) -> Iterator[tuple[Goal, Card]]:
    """Give each of a party's goals a card.

    Goals whose text names a year get cards that are never late, as far as there are any: else the party that names
    more years would look later than others by what is invented here.
    """
    cards = [DECK[number % len(DECK)] for number in range(len(goals))]
    mixed = random.sample(goals, len(goals))
    for goal in sorted(mixed, key=lambda goal: goal.text_due is None):
        card = next((card for card in cards if card.is_never_late or not goal.text_due), cards[0])
        cards.remove(card)
        yield goal, card


def tell(card: Card, goal: Goal, periods: Sequence[ReportingPeriod], random: Random) -> Iterator[Step]:
    """Tell what a card means for a goal, step by step."""
    pen = _Pen(goal, random)
    if card.decision:
        yield from _decide(pen, card, periods[0])
    for period, status, share in zip(periods, (card.first, card.second), ON_THE_WAY, strict=False):
        if status:
            yield from _judge(pen, card, period, status, slipped=period is periods[0] and card.slip in Status)
            if goal.target_value is not None:
                pen.later(minutes=3)
                value = _value(goal.target_value, goal.target_unit, status, share)
                yield pen.step("measure", value=value, date=period.ends_on, source=random.choice(SOURCES))


class _Pen:
    """Writes a goal's steps, each later than the one before."""

    def __init__(self, goal: Goal, random: Random):
        self.goal = goal
        self.random = random
        self.now = datetime.datetime.min.replace(tzinfo=datetime.UTC)

    def wait(self, after: datetime.date, until: datetime.date) -> None:
        """Let it be some time within office hours on a day after one, until another."""
        day = after + datetime.timedelta(days=self.random.randint(1, max(1, (until - after).days)))
        time = datetime.time(self.random.randint(8, 15), self.random.randint(0, 59), self.random.randint(0, 59))
        there = datetime.datetime.combine(day, time, timezone.get_default_timezone())
        self.now = max(there, self.now + datetime.timedelta(minutes=1))

    def later(self, **much: int) -> None:
        """Let some time go."""
        self.now += datetime.timedelta(**much)

    def step(self, method: str, corrects: str = "", **said: Any) -> Step:
        """Write a step now, with a key of its own."""
        key = uuid.UUID(int=self.random.getrandbits(128), version=4)
        return Step(self.goal, method, said | {"at": self.now, "key": key}, corrects)


def _decide(pen: _Pen, card: Card, first: ReportingPeriod) -> Iterator[Step]:
    met = first.ends_on - DECIDED_BEFORE
    year_end = datetime.date(pen.goal.proposal.plan_year.year, 12, 31)
    due = {"short": first.due_on + SHORT_TIME, "year": year_end}.get(card.due)
    said: dict[str, Any] = {"date": met, "due_on": due, "reference": f"Exempel § {pen.random.randint(1, 40)}"}
    pen.wait(met, met + MARGIN)
    if card.slip in Decision.Outcome:
        yield pen.step("decide", outcome=card.slip, **said)
        pen.later(days=2)
        yield pen.step("decide", "replaces", outcome=card.decision, reason=pen.random.choice(REASONS), **said)
    else:
        yield pen.step("decide", outcome=card.decision, **said)


def _judge(pen: _Pen, card: Card, period: ReportingPeriod, status: str, *, slipped: bool) -> Iterator[Step]:
    said: dict[str, Any] = {"period": period, "status": status, **_words(status, period, pen.random)}
    pen.wait(period.ends_on, period.due_on)
    if slipped:
        yield pen.step("report", period=period, status=card.slip)
    if slipped and card.undone:
        pen.later(minutes=1)
        yield pen.step("undo", "record")
        pen.later(minutes=2)
        yield pen.step("report", **said)
    elif slipped:
        pen.later(days=1)
        yield pen.step("report", "replaces", reason=pen.random.choice(REASONS), **said)
    else:
        yield pen.step("report", **said)


def _words(status: str, period: ReportingPeriod, random: Random) -> dict[str, str]:
    """Give what a status update says beside its status; not every one says all, as in real life."""
    if status not in NEED_COMMENT and random.random() < 0.3:
        return {}
    said = {"comment": random.choice(COMMENTS[status])}
    if status != NOT_STARTED and random.random() < 0.5:
        said["evidence"] = random.choice(EVIDENCE)
        said["reference"] = f"Exempel {period.ends_on.year}/{random.randint(1, 99)}"
    return said


def _value(target: Decimal, unit: str, status: str, share: Decimal) -> Decimal:
    """Give a whole number that fits the status: at the target or past it if that is reached, else short of it."""
    if status != ACHIEVED:
        return (target * share).to_integral_value(ROUND_FLOOR)
    value = (target * REACHED).to_integral_value(ROUND_CEILING)
    return min(value, Decimal(100)) if unit == "%" else value

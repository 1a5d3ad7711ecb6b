"""Invented plan years of any size, for measuring: two parties' plans, lined up, with follow-up marked as example.

Written in bulk, and not as the site itself writes: 7,800 goals take some seconds. The parties are invented, their texts
are put together from a few words, and the same size always gives the same rows.
"""

import datetime
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from itertools import count, cycle, islice
from random import Random
from typing import Any

from django.db import transaction

from goals.example import COMMENTS, DECK, EVIDENCE, SOURCES, Card
from goals.models import (
    Alignment,
    Decision,
    Goal,
    Issue,
    Mention,
    OutcomeValue,
    Record,
    ReportingPeriod,
    StatusUpdate,
    Topic,
)
from parties.models import Committee, Membership, Municipality, Party, User
from proposals.models import Passage, PlanYear, Proposal, Section, SourceDocument

YEAR = 2017
MUNICIPALITY = ("Exempelköping", "exempelkoping", "9999")
PARTIES = (("Exempelpartiet A", "EA", "#7A0019", "#FFFFFF"), ("Exempelpartiet B", "EB", "#12406B", "#FFFFFF"))
#: Of the real plans of 2017: goals to an issue, issues to a topic, goals to a section, and how long texts are.
GOALS_TO_ISSUE, ISSUES_TO_TOPIC, GOALS_TO_SECTION = 2.4, 4, 4
GOAL_LENGTH, PROSE_LENGTH, REASON_LENGTH = (40, 190), (200, 850), (100, 220)
#: Every so many goals state a target or name a year, and every so many texts have emphasis or a misspelling.
TARGETED, DATED, MARKED, MISSPELT = 13, 6, 35, 6

_DO = ["Öka", "Minska", "Utveckla", "Inför", "Se över", "Stärk", "Pröva", "Samordna", "Säkra", "Följ upp"]
_WHAT = [
    "påhittade insatser",
    "antalet provplatser",
    "tiden för exempelmöten",
    "exempelverksamheten",
    "arbetet mot provtid",
]
_WHERE = [
    "i Provdalen",
    "vid Exempelån",
    "på Påhittade torget",
    "i alla provområden",
    "hos Exempelhuset",
    "i Provköping",
]
_WHY = [
    "så att fler provas",
    "med tydliga exempel",
    "utan längre väntan",
    "i samarbete med andra",
    "under hela provåret",
]


@dataclass
class _Maker:
    """Makes one plan year; ``random`` decides all that varies, and each list of rows is written at once."""

    plan_year: PlanYear
    author: User
    random: Random
    clock: Iterator[datetime.datetime] = field(init=False)

    def __post_init__(self) -> None:
        first = datetime.datetime(YEAR, 3, 1, 8, tzinfo=datetime.UTC)
        self.clock = (first + datetime.timedelta(seconds=10 * step) for step in count())

    def words(self, shortest: int, longest: int) -> str:
        """Put sentences together, about as long as asked for."""
        wanted, said = self.random.randint(shortest, longest), ""
        while len(said) < wanted:
            choices = (self.random.choice(part) for part in (_DO, _WHAT, _WHERE, _WHY))
            said = f"{said} {' '.join(choices)}.".lstrip()
        return said[:wanted].rstrip(" .,")

    def proposals(self, parties: Sequence[Party]) -> list[Proposal]:
        """Make a plan for each party, with a document that is none."""
        documents = []
        for party in parties:
            content = f"Påhittad plan för mätning: {party}, {self.plan_year}".encode()
            document, _ = SourceDocument.objects.get_or_create(
                sha256=sha256(content).hexdigest(),
                defaults={"name": f"{party.slug}.txt", "media_type": "text/plain", "content": content},
            )
            documents.append(document)
        return Proposal.objects.bulk_create(
            Proposal(plan_year=self.plan_year, party=party, title=f"Påhittad plan från {party}", document=document)
            for party, document in zip(parties, documents, strict=True)
        )

    def issues(self, goals: int) -> list[Issue]:
        """Make issues under topics, enough for so many goals."""
        committee = self.plan_year.committee
        issues = max(1, round(goals / GOALS_TO_ISSUE))
        topics = Topic.objects.bulk_create(
            Topic(committee=committee, name=f"Påhittat ämne {at}", slug=f"pahittat-amne-{at}", position=at)
            for at in range(1, 1 + max(1, issues // ISSUES_TO_TOPIC))
        )
        return Issue.objects.bulk_create(
            Issue(
                committee=committee,
                topic=topics[(at - 1) * len(topics) // issues],
                name=f"Påhittad fråga {at} om {self.random.choice(_WHAT)}",
                slug=f"pahittad-fraga-{at}",
                position=at,
            )
            for at in range(1, 1 + issues)
        )

    def passages(self, proposal: Proposal, goals: int) -> list[Passage]:
        """Make a plan's sections and passages; the first ``goals`` given are its goals, the rest is running text."""
        sections = Section.objects.bulk_create(
            Section(
                proposal=proposal,
                text=f"Påhittat avsnitt {at}",
                raw=f"## Påhittat avsnitt {at}",
                level=1 + at % 3,
                **_place(at * (GOALS_TO_SECTION + 2)),
            )
            for at in range(-(-goals // GOALS_TO_SECTION))
        )
        found: list[Passage] = []
        for at, section in enumerate(sections):
            here = section.position
            number = at * GOALS_TO_SECTION
            points = [
                self.passage(section, here + 2 + step, Passage.Kind.GOAL)
                for step in range(min(GOALS_TO_SECTION, goals - number))
            ]
            found += [self.passage(section, here + 1, Passage.Kind.PROSE), *points]
        return sorted(Passage.objects.bulk_create(found), key=lambda each: (each.kind != "goal", each.position))

    def passage(self, section: Section, position: int, kind: Passage.Kind) -> Passage:
        """Make a passage, not written yet."""
        is_goal = kind == Passage.Kind.GOAL
        text = self.words(*(GOAL_LENGTH if is_goal else PROSE_LENGTH))
        return Passage(
            proposal=section.proposal,
            section=section,
            kind=kind,
            rule="prov",
            text=text,
            raw=f"- {text}" if is_goal else text,
            marks=[[0, text.index(" "), "strong"]] if position % MARKED == 0 else [],
            sic=[text.split(" ")[1]] if position % MISSPELT == 0 else [],
            **_place(position),
        )

    def goals(self, proposal: Proposal, goals: int, issues: Sequence[Issue]) -> list[Goal]:
        """Make a plan's goals, spread over the issues, and attach its running text to some of them."""
        passages = self.passages(proposal, goals)
        made = Goal.objects.bulk_create(
            Goal(
                proposal=proposal,
                passage=passage,
                number=number,
                kind=Goal.Kind.ASSIGNMENT if number % 5 < 2 else Goal.Kind.GOAL,
                issue=issue,
                due_year=YEAR if number % DATED == 0 else None,
                **_target(number),
            )
            for number, (passage, issue) in enumerate(
                zip(passages[:goals], self.random.choices(issues, k=goals), strict=True), start=1
            )
        )
        Mention.objects.bulk_create(
            Mention(issue=self.random.choice(issues), passage=passage) for passage in passages[goals:]
        )
        return made

    def align(self, goals: Sequence[Goal]) -> None:
        """Say of half of the issues that more than one party has goals on how those relate."""
        having: dict[Issue, set[Party]] = {}
        for goal in goals:
            if goal.issue:
                having.setdefault(goal.issue, set()).add(goal.proposal.party)
        shared = [issue for issue, parties in having.items() if len(parties) > 1][::2]
        alignments = Alignment.objects.bulk_create(
            Alignment(issue=issue, plan_year=self.plan_year, relation=relation, reason=self.words(*REASON_LENGTH))
            for issue, relation in zip(shared, cycle(Alignment.Relation.values), strict=False)
        )
        through = Alignment.parties.through
        through.objects.bulk_create(
            through(alignment=each, party=party) for each in alignments for party in having[each.issue]
        )

    def follow_up(self, goals: Sequence[Goal]) -> None:
        """Record of each goal what one of the example's cards says, with its corrections."""
        ReportingPeriod.objects.make_defaults(self.plan_year)
        periods = list(self.plan_year.periods.order_by("ends_on"))
        cards = list(islice(cycle(DECK), len(goals)))
        self.random.shuffle(cards)
        slips: list[StatusUpdate] = []
        updates: list[StatusUpdate] = []
        for goal, card in zip(goals, cards, strict=True):
            for period, status in zip(periods, (card.first, card.second), strict=False):
                if status:
                    self.judge(goal, card, period, status, slips, updates)
        StatusUpdate.objects.bulk_create(slips)
        StatusUpdate.objects.bulk_create(updates)
        Decision.objects.bulk_create(
            self.record(
                Decision,
                goal,
                datetime.date(YEAR, 2, 1),
                outcome=card.decision,
                due_on=datetime.date(YEAR, 9, 1) if card.due == "short" else None,
            )
            for goal, card in zip(goals, cards, strict=True)
            if card.decision
        )
        OutcomeValue.objects.bulk_create(
            self.record(OutcomeValue, goal, period.ends_on, value=goal.target_value - 3, source=SOURCES[0])
            for goal in goals
            if goal.target_value is not None
            for period in periods[:2]
        )

    def judge(
        self,
        goal: Goal,
        card: Card,
        period: ReportingPeriod,
        status: str,
        slips: list[StatusUpdate],
        updates: list[StatusUpdate],
    ) -> None:
        """Judge a goal for a period; a slip of the card's comes first, and is corrected."""
        said = {"period": period, "comment": self.random.choice(COMMENTS[status]), "evidence": EVIDENCE[0]}
        correction = {}
        if period.name == "Tertial 1" and card.slip in COMMENTS:
            slips.append(self.record(StatusUpdate, goal, period.ends_on, **said | {"status": card.slip}))
            correction = {"replaces": slips[-1], "reason": "Exempel: fel rad."}
        updates.append(self.record(StatusUpdate, goal, period.ends_on, status=status, **said, **correction))

    def record(self, kind: type[Record], goal: Goal, date: datetime.date, **said: Any) -> Any:
        """Make a record of a goal, not written yet."""
        return kind(
            goal=goal,
            date=date,
            author=self.author,
            author_role=Membership.Role.SECRETARY,
            recorded_at=next(self.clock),
            key=uuid.UUID(int=self.random.getrandbits(128), version=4),
            is_example=True,
            **said,
        )


@transaction.atomic
def make_plan_year(goals: int) -> PlanYear:
    """Make a plan year of so many goals, with a committee of its own, whose secretary is ``secretary``.

    The addresses of its pages begin with ``/exempelkoping/exempelnamnden-<goals>/2017/``.
    """
    name, address, code = MUNICIPALITY
    municipality, _ = Municipality.objects.get_or_create(code=code, defaults={"name": name, "slug": address})
    parties = [
        Party.objects.get_or_create(
            slug=short.lower(), defaults={"name": party, "abbreviation": short, "fill": fill, "ink": ink}
        )[0]
        for party, short, fill, ink in PARTIES
    ]
    committee = Committee.objects.create(
        municipality=municipality, name=f"Exempelnämnden {goals}", slug=f"exempelnamnden-{goals}"
    )
    plan_year = PlanYear.objects.create(committee=committee, year=YEAR)
    author = secretary()
    Membership.objects.create(user=author, committee=committee, role=Membership.Role.SECRETARY)
    maker = _Maker(plan_year, author, Random(goals))
    issues = maker.issues(goals)
    # Two thirds to the first party, as in the real plans.
    shares = (goals - goals // 3, goals // 3)
    made = [
        goal
        for proposal, share in zip(maker.proposals(parties), shares, strict=True)
        for goal in maker.goals(proposal, share, issues)
    ]
    maker.align(made)
    maker.follow_up(made)
    return plan_year


def secretary() -> User:
    """Give the invented secretary of all invented committees, who has no password."""
    user, _ = User.objects.get_or_create(
        email="matning@exempel.invalid", defaults={"name": "Påhittad för mätning", "is_example": True}
    )
    return user


def _place(line: int) -> dict[str, Any]:
    """Give the place of what stands on a line of its own."""
    return {"position": line, "first_line": line + 1, "last_line": line + 1}


def _target(number: int) -> dict[str, Any]:
    """Give the target of a goal, if it states one."""
    if number % TARGETED:
        return {}
    return {"target_value": Decimal(80 + number % 20), "target_unit": "%", "target_bound": "minst"}

"""Sweden, made up: rows for every table that has many, as text for COPY.

The numbers of all rows follow from the sizes and the seed, so that parts can be written at the same time. What is
written in a year stands together on disk, as it would: plans year by year, and records as they were made, so that what
was recorded of one goal lies far apart.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from itertools import accumulate

from parties.swedish import slug
from tests.scale.vocabulary import Vocabulary

#: The rows of each table, as lines of COPY.
Rows = dict[str, list[str]]

NULL = "\\N"
TOPICS, ISSUES = 10, 6
SECTIONS = 6
#: Name, month and day of the end, and which month the report is due, the year after for the last.
PERIODS = (("Tertial 1", "tertial-1", 4, 30, 5), ("Delår", "delar", 8, 31, 9), ("Helår", "helar", 12, 31, 1))
COMMITTEES = ("barn", "omsorg", "bygge", "fritid", "arbete", "miljö")
STATUSES = ("not_started", "in_progress", "partly", "achieved", "not_achieved", "not_assessable")
NEED_COMMENT = ("partly", "not_achieved", "not_assessable")
OUTCOMES = ("adopted", "partly_adopted", "rejected")
#: After this day nothing is recorded.
TODAY = date(2026, 10, 15)

#: What is copied, in the order that one row needs another, and the columns of it.
COLUMNS = {
    "parties_party": "id name abbreviation slug fill ink",
    "parties_municipality": "id name code slug",
    "parties_committee": "id name slug municipality_id",
    "parties_user": "id password is_superuser email name is_active is_staff joined_at is_example",
    "parties_membership": "id role committee_id user_id",
    "proposals_planyear": "id year committee_id",
    "goals_reportingperiod": "id name slug ends_on due_on locked_at plan_year_id",
    "goals_topic": "id name slug position committee_id",
    "goals_issue": "id name slug position committee_id topic_id",
    "proposals_sourcedocument": "id name media_type content sha256 received_at",
    "proposals_proposal": "id title published_at party_id plan_year_id document_id version",
    "proposals_section": "id position first_line last_line first_character unit version raw text level proposal_id",
    "proposals_passage": "id position first_line last_line first_character unit version raw text kind rule marks sic "
    "proposal_id section_id",
    "proposals_leftout": "id position first_line last_line first_character unit version raw text reason proposal_id",
    "goals_goal": "id number kind target_value target_unit target_bound frequency due_words due_year responsible "
    "passage_id proposal_id issue_id",
    "goals_mention": "id issue_id passage_id",
    "goals_alignment": "id relation reason plan_year_id issue_id",
    "goals_alignment_parties": "id alignment_id party_id",
    "goals_statusupdate": "id date author_role recorded_at reason key is_example status comment evidence link "
    "reference author_id goal_id period_id replaces_id",
    "goals_decision": "id date author_role recorded_at reason key is_example outcome due_on reference link author_id "
    "goal_id replaces_id",
    "goals_outcomevalue": "id date author_role recorded_at reason key is_example value source link author_id goal_id "
    "replaces_id",
    "goals_follow": "id pace goal_id topic_id user_id",
}


@dataclass(frozen=True)
class Size:
    """How much there is."""

    municipalities: int = 290
    committees: int = 6
    parties: int = 8
    years: tuple[int, ...] = (2023, 2024, 2025, 2026)
    goals: int = 60
    prose: int = 25
    seed: int = 1

    @classmethod
    def share(cls, share: float) -> "Size":
        """Give a part of Sweden: fewer municipalities, each of them whole."""
        return cls(municipalities=max(1, round(290 * share)))

    @property
    def all_committees(self) -> int:
        return self.municipalities * self.committees

    @property
    def all_plans(self) -> int:
        return self.all_committees * len(self.years) * self.parties


class Sweden:
    """Writes the rows of a size."""

    def __init__(self, size: Size, vocabulary: Vocabulary):
        self.size, self.vocabulary = size, vocabulary
        rng = random.Random(f"{size.seed}-counts")
        #: How many goals and pieces of running text each plan has; the first number of each, less one.
        self.goals = [rng.randint(size.goals * 2 // 3, size.goals * 4 // 3) for _ in range(size.all_plans)]
        self.prose = [rng.randint(size.prose * 3 // 5, size.prose * 7 // 5) for _ in range(size.all_plans)]
        self.before_goals = [0, *accumulate(self.goals)]
        self.before_prose = [0, *accumulate(self.prose)]

    # Numbers

    def committee(self, municipality: int, committee: int) -> int:
        return municipality * self.size.committees + committee + 1

    def plan_year(self, year: int, committee: int) -> int:
        return year * self.size.all_committees + committee

    def plans(self, year: int, committee: int) -> range:
        """Give the places of a plan year's plans, counted from nought in the order that they were published."""
        first = (self.plan_year(year, committee) - 1) * self.size.parties
        return range(first, first + self.size.parties)

    def goal_number(self, plan: int, number: int) -> int:
        return self.before_goals[plan] + number

    @staticmethod
    def is_assignment(goal: int) -> bool:
        return goal * 2654435761 % 1000 < 300

    @staticmethod
    def percent(goal: int) -> int | None:
        """Give the target that a goal states, if it does."""
        drawn = goal * 40503 % 1000
        return 50 + drawn % 50 if drawn < 100 else None

    # Rows

    def frame(self) -> Rows:
        """Write what there is one of for a committee or for all: the parties, the places, topics and periods."""
        rows: Rows = defaultdict(list)
        size = self.size
        rng = random.Random(f"{size.seed}-frame")
        for party in range(1, size.parties + 1):
            letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[party - 1]
            fill = f"#{20 + party * 9:02X}{90 - party * 6:02X}{40 + party * 5:02X}"
            self._add(
                rows,
                "parties_party",
                party,
                f"Exempelpartiet {letter}",
                f"X{letter}",
                f"x{letter.lower()}",
                fill,
                "#FFFFFF",
            )
        topic = issue = period = 0
        for municipality in range(size.municipalities):
            at = f"exempelkommun-{municipality + 1}"
            name = f"Exempelkommun {municipality + 1}"
            self._add(rows, "parties_municipality", municipality + 1, name, f"{5001 + municipality}", at)
            for place in range(size.committees):
                committee = self.committee(municipality, place)
                of = f"Exempelnämnden för {COMMITTEES[place]}"
                self._add(rows, "parties_committee", committee, of, slug(of), municipality + 1)
                mail = f"sekreterare-{committee}@example.org"
                self._add(rows, "parties_user", committee, "!", "f", mail, "", "t", "f", "2023-01-01", "f")
                self._add(rows, "parties_membership", committee, "secretary", committee, committee)
                for first in range(TOPICS):
                    topic += 1
                    name = f"Exempelämne {first + 1} {self.vocabulary.some(rng, 1)[0]}"
                    self._add(rows, "goals_topic", topic, name, slug(name), first, committee)
                    for second in range(ISSUES):
                        issue += 1
                        name = (
                            f"Exempelfråga {first * ISSUES + second + 1} {' och '.join(self.vocabulary.some(rng, 2))}"
                        )
                        self._add(rows, "goals_issue", issue, name, slug(name), second, committee, topic)
        for place, year in enumerate(size.years):
            for committee in range(1, size.all_committees + 1):
                plan_year = self.plan_year(place, committee)
                self._add(rows, "proposals_planyear", plan_year, year, committee)
                for name, at, month, day, due in PERIODS:
                    period += 1
                    ends, due_on = date(year, month, day), date(year + (due == 1), due, 30)
                    locked = f"{due_on}T12:00:00Z" if year < size.years[-1] else NULL
                    self._add(rows, "goals_reportingperiod", period, name, at, ends, due_on, locked, plan_year)
        for follow in range(1, size.all_committees + 1):  # somebody follows a goal in each committee
            goal = self.goal_number(self.plans(len(size.years) - 1, follow)[0], 1)
            self._add(rows, "goals_follow", follow, "weekly", goal, NULL, follow)
        return rows

    def published(self, year: int, municipality: int) -> Rows:
        """Write a year's plans of a municipality."""
        rows: Rows = defaultdict(list)
        for place in range(self.size.committees):
            committee = self.committee(municipality, place)
            rng = random.Random(f"{self.size.seed}-plans-{year}-{committee}")
            had: dict[int, list[int]] = defaultdict(list)
            for party, plan in enumerate(self.plans(year, committee), start=1):
                for issue in self._plan(rows, rng, plan, year, committee, party):
                    had[issue].append(party)
            plan_year = self.plan_year(year, committee)
            for issue, parties in sorted(had.items()):
                spoken = sorted(set(parties))
                if len(spoken) > 1 and rng.random() < 0.25:
                    number = (plan_year - 1) * TOPICS * ISSUES + (issue - 1) % (TOPICS * ISSUES) + 1
                    relation = rng.choice(("same", "related"))
                    reason = f"Exempel: alla talar om {rng.choice(self.vocabulary.pieces)}."
                    self._add(rows, "goals_alignment", number, relation, reason, plan_year, issue)
                    for party in spoken:
                        key = (number - 1) * self.size.parties + party
                        self._add(rows, "goals_alignment_parties", key, number, party)
        return rows

    def _plan(self, rows: Rows, rng: random.Random, plan: int, year: int, committee: int, party: int) -> Iterator[int]:
        """Write a plan, and give the issues that its goals stand in."""
        number = plan + 1
        goals, prose = self.goals[plan], self.prose[plan]
        passage = self.before_goals[plan] + self.before_prose[plan]
        first_issue = (committee - 1) * TOPICS * ISSUES + 1
        lines: list[str] = []
        position = goal = 0
        left_prose = prose
        on = f"{self.size.years[year] - 1}-11-{1 + committee % 28:02}T{8 + party:02}:{plan % 60:02}:00Z"

        def place(version_text: str, bullet: str) -> tuple[object, ...]:
            nonlocal position
            position += 1
            lines.append(bullet + version_text)
            return position, position, position, 0, "line", 1, bullet + version_text, version_text

        for part in range(SECTIONS):
            section = plan * SECTIONS + part + 1
            heading = f"Exempelavsnitt {part + 1} {rng.choice(self.vocabulary.pieces)}"
            self._add(rows, "proposals_section", section, *place(heading, "## "), 2, number)
            for _ in range(prose // SECTIONS if part < SECTIONS - 1 else left_prose):
                left_prose -= 1
                passage += 1
                row = place(self.vocabulary.prose(rng), "")
                self._add(rows, "proposals_passage", passage, *row, "prose", "exempel", "[]", "[]", number, section)
                if rng.random() < 0.05:
                    self._add(rows, "goals_mention", passage, first_issue + rng.randrange(TOPICS * ISSUES), passage)
            until = goals * (part + 1) // SECTIONS
            while goal < until:
                goal += 1
                passage += 1
                key = self.goal_number(plan, goal)
                percent = self.percent(key)
                row = place(self.vocabulary.goal(rng, percent), "- ")
                self._add(rows, "proposals_passage", passage, *row, "goal", "exempel", "[]", "[]", number, section)
                issue = first_issue + rng.randrange(TOPICS * ISSUES) if rng.random() < 0.85 else None
                target = (percent, "%", "minst") if percent is not None else (NULL, "", "")
                due = ("", NULL) if goal % 7 else (f"senast {self.size.years[year]}", self.size.years[year])
                kind = "assignment" if self.is_assignment(key) else "goal"
                self._add(rows, "goals_goal", key, goal, kind, *target, "", *due, "{}", passage, number, issue or NULL)
                if issue:
                    yield issue
        for left in (1, 2):
            row = place(f"Exempelsida {left}", "")
            self._add(rows, "proposals_leftout", plan * 2 + left, *row, "Sidfot", number)
        content = "\n".join(lines).encode() + str(number).encode()
        name = f"exempelplan-{number}.md"
        checksum = sha256(content).hexdigest()
        self._add(
            rows, "proposals_sourcedocument", number, name, "text/markdown", f"\\\\x{content.hex()}", checksum, on
        )
        title = f"Exempelplan {self.size.years[year]} nummer {number}"
        self._add(rows, "proposals_proposal", number, title, on, party, self.plan_year(year, committee), number, 1)

    def recorded(self, year: int, period: int, municipality: int) -> Rows:
        """Write what a municipality recorded after a period: how its goals stood, and what was decided and measured."""
        rows: Rows = defaultdict(list)
        calendar_year = self.size.years[year]
        _, _, month, day, _ = PERIODS[period]
        ends = date(calendar_year, month, day)
        if ends + timedelta(days=30) > TODAY:
            return rows
        # Of the latest period that has ended, some goals are left to judge.
        judged = 0.7 if ends + timedelta(days=60) > TODAY else 0.97
        for place in range(self.size.committees):
            committee = self.committee(municipality, place)
            rng = random.Random(f"{self.size.seed}-records-{year}-{period}-{committee}")
            at = datetime(ends.year, ends.month, ends.day, 9, tzinfo=UTC) + timedelta(
                days=rng.randint(1, 21), minutes=rng.randint(0, 480)
            )
            number = (self.plan_year(year, committee) - 1) * len(PERIODS) + period + 1
            for plan in self.plans(year, committee):
                for goal in range(self.before_goals[plan] + 1, self.before_goals[plan + 1] + 1):
                    at += timedelta(seconds=rng.random() * 3)
                    self._goal(rows, rng, goal, committee, number, ends, at, period, judged)
        return rows

    def _goal(
        self,
        rows: Rows,
        rng: random.Random,
        goal: int,
        committee: int,
        period: int,
        ends: date,
        at: datetime,
        part: int,
        judged: float,
    ) -> None:
        drawn = rng.random()
        by = "secretary"
        if drawn < judged:
            key = (goal * len(PERIODS) + part) * 2
            status, comment = self._judgement(rng)
            self._add(
                *(rows, "goals_statusupdate", key, ends, by, f"{at.isoformat()}", "", _key(rng), "f", status, comment),
                *("", "", "", committee, goal, period, NULL),
            )
            if drawn < 0.08:  # said again, as a correction
                status, comment = self._judgement(rng)
                later = (at + timedelta(days=2)).isoformat()
                self._add(
                    *(rows, "goals_statusupdate", key + 1, ends, by, f"{later}", "Exempel: nya uppgifter.", _key(rng)),
                    *("f", status, comment, "", "", "", committee, goal, period, key),
                )
        if part == 0 and drawn > 0.5:
            outcome = rng.choice(OUTCOMES)
            self._add(
                *(rows, "goals_decision", goal, f"{ends.year}-02-15", by, f"{at.isoformat()}", "", _key(rng), "f"),
                *(outcome, NULL, f"§ {goal % 90}", "", committee, goal, NULL),
            )
        if part > 0 and (percent := self.percent(goal)) is not None:
            self._add(
                *(rows, "goals_outcomevalue", goal * 2 + part, ends, by, f"{at.isoformat()}", "", _key(rng), "f"),
                *(max(0, percent - rng.randint(-5, 20)), "Exempelenkäten", "", committee, goal, NULL),
            )

    def _judgement(self, rng: random.Random) -> tuple[str, str]:
        status = rng.choice(STATUSES)
        wants = status in NEED_COMMENT or rng.random() < 0.3
        return status, f"Exempel: {rng.choice(self.vocabulary.pieces)}." if wants else ""

    @staticmethod
    def _add(rows: Rows, table: str, *values: object) -> None:
        rows[table].append("\t".join(map(str, values)))

    @cached_property
    def words(self) -> list[str]:
        """The words, the commonest first."""
        return self.vocabulary.words


def _key(rng: random.Random) -> str:
    return f"{rng.getrandbits(128):032x}"

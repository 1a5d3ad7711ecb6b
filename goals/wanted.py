"""What a reader asks of the overview: stages, one's own party, and which goals a number or a list is of; pure.

A number is counted under a ``Wanted``, and its list is asked for with the same, so that they cannot differ.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from goals.followed import FollowedGoal, Stage
from goals.models import Decision, Topic
from goals.models.records import FINISHED
from parties.models import Party
from proposals.models import PlanYear

#: How an address writes goals that stand in no issue, and so in no topic; no topic's own address has a full stop.
NO_TOPIC = "utan.amne"
#: How an address writes that no party is one's own, whatever is saved in the profile.
NO_PARTY = "inget"
#: How an address writes that the lists are to show all parties, also where one is one's own.
ALL = "alla"


class Pick(NamedTuple):
    """A way to pick goals: what is said of them, and how to tell. ``{at}`` and ``{at_before}`` name the stages."""

    words: str
    picks: Callable[[FollowedGoal], bool]
    needs_before: bool = False


def _stands_still(goal: FollowedGoal) -> bool:
    return goal.judged and not goal.is_changed and goal.standing.status not in ("", *FINISHED)


CHANGED, NOT_JUDGED, STILL, LATE = "andrade", "ej-bedomda", "oforandrade", "forsenade"
DECIDED, TARGETED, MEASURED = "beslutade", "med-malvarde", "med-utfall"
PICKS: Mapping[str, Pick] = {
    CHANGED: Pick("med annan status än {at_before}", lambda goal: goal.is_changed, needs_before=True),
    NOT_JUDGED: Pick("inte bedömda {at}", lambda goal: not goal.judged),
    STILL: Pick("bedömda, med samma status som {at_before} och inte avslutade", _stands_still, needs_before=True),
    LATE: Pick("försenade, eller datumet har passerat", lambda goal: bool(goal.row.lateness)),
    DECIDED: Pick("med känt beslut", lambda goal: bool(goal.standing.decision)),
    TARGETED: Pick("med målvärde i texten", lambda goal: goal.row.target_value is not None),
    MEASURED: Pick(
        "med målvärde och utfall",
        lambda goal: goal.row.target_value is not None and goal.standing.outcome is not None,
    ),
}


class Wanted(NamedTuple):
    """Which goals are asked for, in the words of the address; an empty word asks for all."""

    party: str = ""
    topic: str = ""
    status: str = ""
    decision: str = ""
    pick: str = ""

    @classmethod
    def by(cls, goal: FollowedGoal, picks: Iterable[str]) -> "list[Wanted]":
        """Give everything that a goal is counted under."""
        topic = topic_word(goal.topic)
        found = [cls(topic=topic, pick=pick) for pick in picks]
        for party in ("", goal.party.slug):
            found += [cls(party), cls(party, topic)]
            found += [cls(party, status=goal.row.status_word), cls(party, decision=goal.row.decision_word)]
            found += [cls(party, pick=pick) for pick in picks]
        return found

    def wants(self, goal: FollowedGoal) -> bool:
        """Tell whether a goal is one of those."""
        has = (goal.party.slug, topic_word(goal.topic), goal.row.status_word, goal.row.decision_word)
        return all(word in ("", its) for word, its in zip(self, has, strict=False)) and (
            not self.pick or PICKS[self.pick].picks(goal)
        )

    @property
    def query(self) -> list[tuple[str, str]]:
        """What an address asks for it with."""
        names = ("parti", "amne", "status", "beslut", "urval")
        return [(name, word) for name, word in zip(names, self, strict=True) if word]


def topic_word(topic: Topic | None) -> str:
    """Give a topic's word in an address."""
    return topic.slug if topic else NO_TOPIC


def topic_name(topic: Topic | None) -> str:
    """Name a topic, or what stands in none yet."""
    return topic.name if topic else "Ännu inte ordnade efter fråga"


def decision_name(decision: str) -> str:
    """Name a decision; "Ej känt" where there is none."""
    return str(Decision.Outcome(decision).label) if decision else "Ej känt"


@dataclass(frozen=True)
class Asked:
    """What a reader asks for: a stage, an earlier one beside it, and which party is the reader's own.

    ``own_word`` is what the address says of that; it says nothing where the profile does. ``shows_all`` lists all
    parties' goals although one is the own.
    """

    plan_year: PlanYear
    stage: Stage
    before: Stage | None
    own: Party | None = None
    own_word: str = ""
    shows_all: bool = False

    @property
    def listed(self) -> Party | None:
        """The party whose goals alone are listed, if there is one."""
        return None if self.shows_all else self.own

    @property
    def query(self) -> list[tuple[str, str]]:
        """What an address asks for it with; the stages always, so that a link shows the same tomorrow."""
        pairs = [("period", self.stage.period.slug)] if self.stage.period else [("per", f"{self.stage.last_day}")]
        if self.before:
            period = self.before.period
            pairs.append(("mot", period.slug if period else f"{self.before.last_day}"))
        if self.own_word:
            pairs.append(("mitt", self.own_word))
        return [*pairs, ("visa", ALL)] if self.shows_all else pairs

    def address(self, **changes: Any) -> str:
        """Give the address of this overview with changes."""
        return f"{self.plan_year.overview_url}?{urlencode(replace(self, **changes).query)}"

    @cached_property
    def _goals_address(self) -> str:
        return f"{self.plan_year.overview_url}mal/?{urlencode(replace(self, shows_all=False).query)}"

    def list_address(self, wanted: Wanted) -> str:
        """Give the address of the list of some goals."""
        return f"{self._goals_address}&{urlencode(wanted.query)}" if any(wanted) else self._goals_address

    @property
    def at(self) -> str:
        """The stage within a sentence: "vid Delår", "den 30 september 2017"."""
        return _at(self.stage)

    @property
    def at_before(self) -> str:
        """The earlier stage within a sentence, if there is one."""
        return _at(self.before) if self.before else ""

    @property
    def is_going_on(self) -> bool:
        """Tell whether the stage's period has not ended yet."""
        return self.stage.period is not None and self.stage.last_day < self.stage.period.ends_on

    def words(self, pick: str) -> str:
        """Say how goals are picked."""
        return PICKS[pick].words.format(at=self.at, at_before=self.at_before)


def _at(stage: Stage) -> str:
    return f"vid {stage.name}" if stage.period else f"den {stage.name}"

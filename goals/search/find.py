"""Search: what a query finds among goals, running text, issues and topics, with all that a page shows of each hit."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.safestring import SafeString

from goals.models import Goal, Issue, Topic
from goals.search.effort import how_to_look
from goals.search.excerpt import excerpt
from goals.search.hits import Narrowing, find_goals, find_names, find_prose, find_referred
from goals.search.meaning import Meaning, Row, understand
from goals.search.query import Query
from goals.search.weighing import After, Hits
from goals.standing import NOTHING_SAID, Chip, Standing, chip, load_standings
from parties.models import Party
from proposals.models import Passage

#: How many of each kind are shown where all kinds are, and of one kind on a page of its own.
FIRST, PAGE = 5, 20

GOALS, PROSE, NAMES = "goals", "prose", "names"
KINDS = (NAMES, GOALS, PROSE)


@dataclass(frozen=True, slots=True)
class GoalFound:
    """A goal that was found."""

    goal: Goal
    html: SafeString
    standing: Standing
    today: datetime.date
    weight: int

    @property
    def party(self) -> Party:
        """The party whose goal it is."""
        return self.goal.proposal.party

    @property
    def url(self) -> str:
        """The address of its page."""
        return self.goal.get_absolute_url()

    @property
    def chip(self) -> Chip:
        """How it stands."""
        return chip(self.standing.status, self.goal.kind)

    @property
    def lateness(self) -> str:
        """Whether it is late."""
        return self.standing.lateness(self.goal.text_due, self.today)

    @property
    def reference(self) -> str:
        """How one names the hit: "V 25"."""
        return self.goal.reference


@dataclass(frozen=True, slots=True)
class ProseFound:
    """Running text that was found."""

    passage: Passage
    html: SafeString
    weight: int

    @property
    def party(self) -> Party:
        """The party whose text it is."""
        return self.passage.proposal.party

    @property
    def url(self) -> str:
        """The address of its place in the plan."""
        return self.passage.get_absolute_url()

    @property
    def reference(self) -> str:
        """How one names the hit: "KD rad 39"."""
        return f"{self.party.abbreviation} rad {self.passage.first_line}"


@dataclass(frozen=True, slots=True)
class NameFound:
    """An issue or a topic that was found by its name."""

    thing: Issue | Topic
    html: SafeString
    weight: int

    @property
    def kind(self) -> str:
        """What it is: "Fråga" or "Ämne"."""
        return str(self.thing._meta.verbose_name).capitalize()

    @property
    def topic(self) -> Topic | None:
        """The topic that an issue stands under."""
        return self.thing.topic if isinstance(self.thing, Issue) else None

    @property
    def url(self) -> str:
        """The address of its page."""
        return self.thing.get_absolute_url()

    @property
    def reference(self) -> str:
        """How one names the hit: "fråga Fältassistenter"."""
        return f"{self.thing._meta.verbose_name} {self.thing.name}"


Line = GoalFound | ProseFound | NameFound


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind that are shown, best first; ``after`` is the key that the next page follows on."""

    kind: str
    lines: Sequence[Line]
    count: int = 0
    is_capped: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found. ``is_partial`` says that few have every word, and that others with some of them follow."""

    meaning: Meaning
    groups: Sequence[Group] = ()
    is_partial: bool = False
    is_reference: bool = False

    @property
    def query(self) -> Query:
        """What was looked for."""
        return self.meaning.query

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no hit at all, on whatever page."""
        return not any(group.count for group in self.groups)

    @property
    def total(self) -> int:
        """How many hits there are, as far as they were counted."""
        return sum(group.count for group in self.groups)

    @property
    def is_capped(self) -> bool:
        """Tell whether there are more than were counted."""
        return any(group.is_capped for group in self.groups)

    @property
    def best(self) -> list[Line]:
        """The hits that are shown as one list of all kinds, best first."""
        return sorted((line for group in self.groups for line in group.lines), key=lambda line: -line.weight)

    @property
    def shows_example(self) -> bool:
        """Tell whether something of how a goal stands is invented for demonstration."""
        return any(line.standing.is_example for line in self.best if isinstance(line, GoalFound))


def search(
    query: Query,
    narrowing: Narrowing = Narrowing(),  # noqa: B008 - immutable
    *,
    kinds: Iterable[str] = KINDS,
    page: int = FIRST,
    after: After | None = None,
) -> Found:
    """Find what answers a query, in a number of database queries that neither the hits nor the plans change."""
    kinds = [kind for kind in KINDS if kind in kinds]
    if not query.parts:
        return Found(Meaning(query, (), ()))
    if GOALS in kinds and query.reference:
        referred = find_referred(query.reference, narrowing, page=page, after=after)
        if referred.count:
            meaning = Meaning(query, (), ())
            return Found(meaning, _groups({GOALS: referred}, []), is_reference=True)
    meaning = understand(query)
    is_partial = False
    hits = _find(meaning, narrowing, kinds, page, after, every_part=True)
    if len(meaning.parts) > 1 and sum(each.count for each in hits.values()) < FIRST:
        is_partial = True
        hits = _find(meaning, narrowing, kinds, page, after, every_part=False)
    return Found(meaning, _groups(hits, meaning.rows()), is_partial)


def _find(
    meaning: Meaning, narrowing: Narrowing, kinds: Iterable[str], page: int, after: After | None, *, every_part: bool
) -> dict[str, Hits]:
    found: dict[str, Hits] = {}
    among_texts: dict[str, Callable[..., Hits]] = {GOALS: find_goals, PROSE: find_prose}
    looking = None
    for kind in kinds:
        if kind == NAMES:
            wanted = meaning.wanted(every_part=every_part)
            found[kind] = find_names(meaning, narrowing, wanted, page=page, after=after)
            continue
        looking = looking or how_to_look(meaning, every_part=every_part, place=narrowing.in_place())
        found[kind] = among_texts[kind](meaning, narrowing, looking, page=page, after=after)
    return found


def _groups(hits: dict[str, Hits], rows: list[Row]) -> list[Group]:
    read: dict[str, Callable[[Hits, list[Row]], list[Line]]] = {GOALS: _goals, PROSE: _prose, NAMES: _names}
    return [
        Group(kind, read[kind](each, rows), each.count, each.is_capped, each.hits[-1].key if each.has_more else "")
        for kind, each in hits.items()
    ]


_OF_PLAN = ("proposal__party", "proposal__plan_year__committee__municipality")


def _goals(hits: Hits, rows: list[Row]) -> list[Line]:
    wanted = Goal.objects.filter(passage__in=[hit.owner for hit in hits.hits])
    goals = {goal.passage_id: goal for goal in wanted.select_related(*_OF_PLAN, "passage", "issue__topic")}
    standings = load_standings(wanted)
    today = timezone.localdate()
    return [
        GoalFound(
            goal,
            excerpt(goal.passage.text, goal.passage.marks, rows),
            standings.get(goal.pk, NOTHING_SAID),
            today,
            hit.weight,
        )
        for hit in hits.hits
        if (goal := goals.get(hit.owner))
    ]


def _prose(hits: Hits, rows: list[Row]) -> list[Line]:
    passages = Passage.objects.select_related(*_OF_PLAN, "section").in_bulk([hit.owner for hit in hits.hits])
    return [
        ProseFound(passage, excerpt(passage.text, passage.marks, rows), hit.weight)
        for hit in hits.hits
        if (passage := passages.get(hit.owner))
    ]


def _names(hits: Hits, rows: list[Row]) -> list[Line]:
    issues = Issue.objects.select_related("topic", "committee__municipality").in_bulk(
        [hit.owner for hit in hits.hits if not hit.id % 2]
    )
    topics = Topic.objects.select_related("committee__municipality").in_bulk(
        [hit.owner for hit in hits.hits if hit.id % 2]
    )
    found: list[Line] = []
    for hit in hits.hits:
        thing = topics.get(hit.owner) if hit.id % 2 else issues.get(hit.owner)
        if thing:
            found.append(NameFound(thing, excerpt(thing.name, (), rows), hit.weight))
    return found

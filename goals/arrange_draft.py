"""The import's third step: the goals and passages of a draft, what is suggested for each, and how they are placed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from goals.draft_arrangement import NEW, Arrangement, reference_to
from goals.models import Alignment, Goal, Issue, Topic
from goals.suggest import Asked, SimilarGoal, SuggestedIssue, suggest
from parties.swedish import slug
from parties.text import tidy
from proposals.models import Draft, PlanYear
from proposals.reading import Passage, PassageKind
from proposals.reading.edit import key_of

#: Running text shorter than this, in characters, says too little to speak of an issue.
SHORTEST_PROSE = 40
#: The longest name of an issue, as its model has it.
LONGEST_NAME = 150


@dataclass(frozen=True, slots=True)
class GoalToPlace:
    """A goal of a draft, the issue that it is to stand in, and the issues that are suggested."""

    key: str
    number: int
    text: str
    heading: str
    issue: str
    suggested: tuple[SuggestedIssue, ...]
    similar: tuple[SimilarGoal, ...]


@dataclass(frozen=True, slots=True)
class ProseToPlace:
    """A passage of running text, the issues that it is to be attached to, and those suggested."""

    key: str
    text: str
    issues: tuple[tuple[str, str], ...]
    suggested: tuple[SuggestedIssue, ...]


@dataclass(frozen=True, slots=True)
class NewIssue:
    """An issue that is to be made, and the topic that it is to stand under: one that exists, or a new one's name."""

    name: str
    topic: int | None
    new_topic: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """An issue where the draft's goals meet those of other parties, and what is said of how they relate."""

    reference: str
    name: str
    own: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    relation: str
    reason: str
    already: Alignment | None


@dataclass(frozen=True, slots=True)
class ArrangeDraft:
    """A draft as it is arranged: its goals, or else its running text.

    ``goal_count`` and ``placed`` count all goals, and ``prose_count`` the passages that may speak of an issue.
    """

    goal_count: int
    placed: int
    prose_count: int
    goals: tuple[GoalToPlace, ...]
    prose: tuple[ProseToPlace, ...]
    new_issues: tuple[NewIssue, ...]
    meetings: tuple[Meeting, ...]
    issues: tuple[Issue, ...]
    topics: tuple[Topic, ...]

    @property
    def suggested_only(self) -> int:
        """How many goals have none, and a strong suggestion."""
        return sum(not goal.issue and any(issue.is_strong for issue in goal.suggested) for goal in self.goals)


def load(
    draft: Draft, arrangement: Arrangement, issues: Sequence[Issue], *, running_text: bool = False
) -> ArrangeDraft:
    """Read what the third step shows of a draft, arranged in some way: its goals, or its running text."""
    names = _names(arrangement, issues)
    every_goal = draft.plan.goals
    every_passage = [block for block in draft.plan.blocks if isinstance(block, Passage) and _may_speak_of(block)]
    goals, prose = ([], every_passage) if running_text else (every_goal, [])
    plan_year = PlanYear(committee=draft.committee, year=draft.year)
    asked = [Asked(goal.text, goal.goal_heading) for goal in goals] + [Asked(passage.text) for passage in prose]
    found = suggest(asked, plan_year, draft.party)
    return ArrangeDraft(
        goal_count=len(every_goal),
        placed=sum(arrangement.goals.get(key_of(goal), "") in names for goal in every_goal),
        prose_count=len(every_passage),
        goals=tuple(
            GoalToPlace(
                key=key_of(goal),
                number=goal.number or 0,
                text=goal.text,
                heading=goal.goal_heading,
                issue=names.get(arrangement.goals.get(key_of(goal), ""), ""),
                suggested=suggestions.issues,
                similar=suggestions.goals,
            )
            for goal, suggestions in zip(goals, found[: len(goals)], strict=True)
        ),
        prose=tuple(
            ProseToPlace(
                key=key_of(passage),
                text=passage.text,
                issues=tuple((at, names[at]) for at in arrangement.prose.get(key_of(passage), ()) if at in names),
                suggested=suggestions.issues,
            )
            for passage, suggestions in zip(prose, found[len(goals) :], strict=True)
        ),
        new_issues=tuple(_new_issues(arrangement)),
        meetings=() if running_text else tuple(_meetings(draft, arrangement, names)),
        issues=tuple(issues),
        topics=tuple(draft.committee.topics.order_by("position", "pk")),
    )


def arranged_from(data: QueryDict, draft: Draft, arrangement: Arrangement, issues: Sequence[Issue]) -> Arrangement:
    """Give an arrangement with what a person has filled in on the page; what the page did not ask stays as it was."""
    new = replace(
        arrangement,
        goals=dict(arrangement.goals),
        prose={key: list(found) for key, found in arrangement.prose.items()},
        new_issues=dict(arrangement.new_issues),
        relations=dict(arrangement.relations),
    )
    for block in draft.plan.blocks:
        key = key_of(block)
        if f"fraga-{key}" in data:
            new.goals[key] = reference_to(data.get(f"fraga-{key}", ""), draft.committee, issues)
        if f"stycke-{key}" in data:
            stays = [at for at in new.prose.get(key, ()) if at not in data.getlist(f"bort-{key}")]
            added = reference_to(data.get(f"stycke-{key}", ""), draft.committee, issues)
            new.prose[key] = list(dict.fromkeys([*stays, added] if added else stays))
    if "valj" in data:
        _choose(data.get("valj", ""), draft, new, issues)
    topics = {str(key) for key in draft.committee.topics.values_list("pk", flat=True)} if "ny" in data else set()
    # The fields beside each hidden name are numbered as the names come.
    for at, name in enumerate(data.getlist("ny")):
        topic = data.get(f"amne-{at}", "")
        written = tidy(data.get(f"nyttamne-{at}", ""))
        new.new_issues[tidy(name)] = f"{NEW}{written}" if written else topic if topic in topics else ""
    for at, reference in enumerate(data.getlist("rel")):
        relation, reason = data.get(f"relation-{at}", ""), tidy(data.get(f"skal-{at}", ""))
        if relation not in Alignment.Relation.values:
            relation = ""
        if relation or reason:
            new.relations[reference] = (relation, reason)
        else:
            new.relations.pop(reference, None)
    for name in (at.removeprefix(NEW) for at in new.references() if at.startswith(NEW)):
        new.new_issues.setdefault(name, "")
    return new


def problems_of(arrangement: Arrangement) -> list[str]:
    """Say what in an arrangement has to be mended before it can be used."""
    found = []
    for name in sorted(at.removeprefix(NEW) for at in arrangement.references() if at.startswith(NEW)):
        if not slug(name):
            found.append(f"Frågan ”{name}” behöver ett namn med minst en bokstav eller siffra.")
        elif len(name) > LONGEST_NAME:
            found.append(f"Frågan ”{name[:40]}…” har ett för långt namn. Högst {LONGEST_NAME} tecken.")
        elif not arrangement.new_issues.get(name):
            found.append(f"Den nya frågan ”{name}” behöver ett ämne.")
        elif not slug(arrangement.new_issues[name]):
            found.append(f"Ämnet för ”{name}” behöver ett namn med minst en bokstav eller siffra.")
    for relation, reason in arrangement.relations.values():
        if bool(relation) != bool(reason):
            found.append("Säg både hur målen förhåller sig och varför, eller inget av det.")
    return found


def _names(arrangement: Arrangement, issues: Iterable[Issue]) -> Mapping[str, str]:
    names = {str(issue.pk): issue.name for issue in issues}
    return names | {at: at.removeprefix(NEW) for at in arrangement.references() if at.startswith(NEW)}


def _may_speak_of(passage: Passage) -> bool:
    return passage.kind in (PassageKind.PROSE, PassageKind.POINT) and len(passage.text) >= SHORTEST_PROSE


def _new_issues(arrangement: Arrangement) -> Iterable[NewIssue]:
    for reference in sorted(arrangement.references()):
        if reference.startswith(NEW):
            name = reference.removeprefix(NEW)
            topic = arrangement.new_issues.get(name, "")
            is_new = topic.startswith(NEW)
            yield NewIssue(
                name,
                int(topic) if topic.isdecimal() else None,
                topic.removeprefix(NEW) if is_new else "",
            )


def _meetings(draft: Draft, arrangement: Arrangement, names: Mapping[str, str]) -> Iterable[Meeting]:
    """Give the issues where the draft's goals meet other parties' of the same year."""
    own: dict[str, list[str]] = {}
    for block in draft.plan.goals:
        own.setdefault(arrangement.goals.get(key_of(block), ""), []).append(block.text)
    of_year = {"proposal__plan_year__committee": draft.committee, "proposal__plan_year__year": draft.year}
    others: dict[str, list[tuple[str, str]]] = {}
    existing = [int(at) for at in own if at.isdecimal()]
    for goal in (
        Goal.objects.standing()
        .filter(issue__in=existing, **of_year)
        .exclude(proposal__party=draft.party)
        .select_related("proposal__party", "passage")
        .order_by("proposal", "number")
    ):
        others.setdefault(str(goal.issue_id), []).append((goal.reference, goal.passage.text))
    alignments = {
        str(alignment.issue_id): alignment
        for alignment in Alignment.objects.filter(
            issue__in=existing, plan_year__committee=draft.committee, plan_year__year=draft.year
        )
    }
    for reference, theirs in others.items():
        relation, reason = arrangement.relations.get(reference, ("", ""))
        yield Meeting(
            reference,
            names[reference],
            tuple(own[reference]),
            tuple(theirs),
            relation,
            reason,
            alignments.get(reference),
        )


def _choose(chosen: str, draft: Draft, arrangement: Arrangement, issues: Iterable[Issue]) -> None:
    """Take a suggestion: "12:7" puts the goal or attaches the passage that begins on line 12 to the issue 7."""
    key, _, issue = chosen.partition(":")
    if not any(str(each.pk) == issue for each in issues):
        return
    block = next((block for block in draft.plan.blocks if key_of(block) == key), None)
    if isinstance(block, Passage) and block.kind is PassageKind.GOAL:
        arrangement.goals[key] = issue
    elif block is not None:
        arrangement.prose[key] = list(dict.fromkeys([*arrangement.prose.get(key, ()), issue]))

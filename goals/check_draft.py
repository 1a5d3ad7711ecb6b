"""The import's fourth step: what a draft has in it, what a person should look at, and the page that it becomes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from goals.arrange_draft import problems_of
from goals.comparison import Comparison, Look, Selection, compare
from goals.continuity import Change, Continuity, compare_versions
from goals.draft_arrangement import NEW, Arrangement
from goals.material import Material
from goals.models import Alignment, Issue, Mention
from goals.publish_draft import continues_of, goal_texts, published_for_a_moment
from goals.suggest import possible_duplicates
from proposals.models import Draft, Proposal
from proposals.reading import Confidence, GoalKind, Passage, PassageKind
from proposals.reading.edit import coverage, key_of
from proposals.reading.remit import other_bodies
from proposals.review import read_out


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a person should look at before publishing, and where it is mended."""

    message: str
    url: str
    where: str
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of something."""

    count: int
    what: str


def counts_of(draft: Draft, arrangement: Arrangement) -> list[Count]:
    """Count what will be published."""
    plan = draft.plan
    kinds = Counter(read_out(goal, draft.readings).kind for goal in plan.goals)
    references = arrangement.references()
    passages = [block for block in plan.blocks if isinstance(block, Passage) and block.kind is not PassageKind.GOAL]
    keys = {key_of(goal) for goal in plan.goals}
    return [
        Count(kinds[GoalKind.GOAL], "mål"),
        Count(kinds[GoalKind.ASSIGNMENT], "uppdrag"),
        Count(len(passages), "textställen utanför listorna"),
        Count(len({at for key, at in arrangement.goals.items() if at and key in keys}), "frågor med mål ur planen"),
        Count(sum(at.startswith(NEW) for at in references), "nya frågor"),
        Count(sum(map(len, arrangement.prose.values())), "stycken kopplade till frågor"),
    ]


def stops_of(draft: Draft, arrangement: Arrangement) -> Iterator[Warned]:
    """Say what has to be mended before a draft can be published."""
    for problem in problems_of(arrangement):
        yield Warned(problem, f"{reverse('draft_arrange', args=[draft.pk])}#nya", "Ordna", stops=True)
    missed = coverage(draft.plan, draft.read_lines).count("")
    if missed:
        review = reverse("draft_review", args=[draft.pk])
        yield Warned(f"{missed} rader är inte förklarade.", review, "Granska", stops=True)


def warnings_of(draft: Draft, arrangement: Arrangement) -> Iterator[Warned]:
    """Say what a person should look at; what stops a draft from being published first."""
    names = ("draft_file", "draft_review", "draft_arrange")
    of_file, review, arrange = (reverse(name, args=[draft.pk]) for name in names)
    plan = draft.plan
    yield from stops_of(draft, arrangement)
    if not plan.goals:
        yield Warned(
            "Inget i dokumentet är markerat som mål eller uppdrag. Planen blir läsbar men har inget att följa upp.",
            review,
            "Granska",
        )
    words = " ".join(block.text for block in plan.blocks).casefold()
    if draft.party.name.casefold() not in words:
        yield Warned(f"Dokumentet nämner inte {draft.party.name}. Är det rätt parti?", of_file, "Fil")
    if str(draft.year) not in words:
        yield Warned(f"Dokumentet nämner inte {draft.year}. Är det rätt år?", of_file, "Fil")
    doubtful = [goal for goal in plan.goals if goal.confidence is Confidence.DOUBTFUL]
    if doubtful:
        yield Warned(f"Osäkert och inte bekräftat: {_goals(doubtful).lower()}.", f"{review}?visa=osakra", "Granska")
    unplaced = [goal for goal in plan.goals if not arrangement.goals.get(key_of(goal))]
    if unplaced:
        yield Warned(
            f"{_goals(unplaced)} står inte i någon fråga. De visas sist i jämförelsen.",
            f"{arrange}#mal-{key_of(unplaced[0])}",
            "Ordna",
        )
    for pair in possible_duplicates([goal.text for goal in plan.goals]):
        one, other = plan.goals[pair.first], plan.goals[pair.second]
        yield Warned(
            f"Mål {one.number} och {other.number} kan vara samma: {pair.named_words}. Båda publiceras som de står.",
            f"{review}#b-{key_of(one)}",
            "Granska",
        )
    for goal in plan.goals:
        for body in other_bodies(goal.text, draft.committee.name):
            yield Warned(
                f"Mål {goal.number}: {body.warning}. Ligger det utanför nämndens område?",
                f"{review}#b-{key_of(goal)}",
                "Granska",
            )


def version_of(draft: Draft, arrangement: Arrangement, before: Proposal) -> list[Continuity]:
    """Say what the draft does to each goal of the plan that it is a newer version of."""
    texts = {key_of(goal): goal.text for goal in draft.plan.goals}
    continues = continues_of(draft, arrangement, before)
    published = goal_texts(before)
    withdrawn = dict(
        before.goals.filter(number__in=[number for number in continues.values() if number is not None])
        .exclude(number__in=published)
        .values_list("number", "passage__text")
    )
    return [
        row
        for row in compare_versions({**published, **withdrawn}, texts, continues)
        if row.change is not Change.WITHDRAWN or row.number in published
    ]


def warnings_of_version(
    draft: Draft, arrangement: Arrangement, before: Proposal, rows: list[Continuity]
) -> Iterator[Warned]:
    """Say what of the things that are said around the published version may not hold for the new one."""
    arrange = reverse("draft_arrange", args=[draft.pk])
    reworded = {row.key for row in rows if row.change is Change.REWORDED}
    stands_in = {at for key, at in arrangement.goals.items() if key in {row.key for row in rows}}
    rewritten_in = {at for key, at in arrangement.goals.items() if key in reworded}
    said = Alignment.objects.filter(plan_year=before.plan_year_id, parties=draft.party).select_related("issue")
    for alignment in said:
        reference = str(alignment.issue_id)
        if reference not in stands_in:
            yield Warned(
                f"Det som sägs om {alignment.issue.name} faller bort, för {draft.party.name} har inga mål där längre.",
                arrange,
                "Ordna",
            )
        elif reference in rewritten_in and reference not in arrangement.relations:
            yield Warned(
                f"Mål i {alignment.issue.name} har ny ordalydelse. Stämmer det som sägs än? ”{alignment.reason}”",
                arrange,
                "Ordna",
            )
    texts = {" ".join(block.text.split()) for block in draft.plan.blocks}
    for mention in Mention.objects.filter(passage__proposal=before).select_related("issue", "passage"):
        if " ".join(mention.passage.text.split()) not in texts:
            yield Warned(
                f"Löptexten ”{mention.passage.text[:60]}…” finns inte kvar, så {mention.issue.name} förlorar den.",
                f"{arrange}?del=loptext",
                "Ordna",
            )


@dataclass(frozen=True, slots=True)
class Preview:
    """The comparison as it will be: the part of it that the draft has something in."""

    comparison: Comparison
    hidden: int


def preview_of(draft: Draft) -> Preview:
    """Give the comparison as it would be if the draft were published; nothing is written.

    :raises NotReadyError: if the draft cannot be published.
    """
    with published_for_a_moment(draft) as proposal:
        plan_year = proposal.plan_year
        issues = list(Issue.objects.of(draft.committee).in_order())
        material = Material.load(plan_year, issues, unplaced=True)
        everything = compare(material, Selection(material.parties), Look(heading=5, linked=False))
        own = [party.pk for party in material.parties].index(draft.party_id)
        topics = []
        shown = 0
        for topic in everything.topics:
            rows = tuple(row for row in topic.issues if row.columns[own].goals or row.columns[own].prose)
            shown += len(rows)
            if rows:
                topics.append(type(topic)(topic.topic, topic.url, rows))
        total = sum(len(topic.issues) for topic in everything.topics)
    return Preview(Comparison(everything.voices, tuple(topics), everything.counts), total - shown)


def _goals(goals: list[Passage]) -> str:
    numbers = ", ".join(str(goal.number) for goal in goals[:8])
    more = f" och {len(goals) - 8} till" if len(goals) > 8 else ""
    return f"Mål {numbers}{more}"

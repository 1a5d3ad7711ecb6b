"""What a report says, arranged once and for all as plain data: the page and every file is made from this alone.

The words stand in it too, of statuses and of the method, so that a fixed report says the same when the words of the
code are others.
"""

import datetime
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from goals.followed import Followed, FollowedGoal, Stage, load_followed, period_before
from goals.models import Decision, Goal, ReportDraft
from goals.models.reports import Order, Part
from goals.report.text import blocks
from goals.standing import COMMON_LABELS, DECISION_ADDRESSES, STATUS_ADDRESSES, Chip
from proposals.models import Proposal, SourceDocument

#: The version of the form of what follows; a page that shows a snapshot looks at it.
FORM = 1
UNPLACED = "Ännu inte ordnade efter fråga"
UNKNOWN = "Ej känt"
LATE = "Försenade, eller med ett datum som har passerat"

Snapshot = dict[str, Any]


def canonical(snapshot: Snapshot) -> bytes:
    """Give the one way in which a snapshot is written, so that its checksum says whether it is the same."""
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def load_snapshot(draft: ReportDraft) -> Snapshot:
    """Read what a draft reports as things stand now, in ten queries whatever the number of goals."""
    period = draft.period
    periods = list(period.plan_year.periods.all())
    before = period_before(periods, period)
    followed = load_followed(period.plan_year, Stage.of_period(period), Stage.of_period(before) if before else None)
    documents = SourceDocument.objects.defer("content").in_bulk([each.document_id for each in followed.proposals])
    names = {each.pk: each.name for each in periods}
    return compose(followed, draft, documents, names)


def compose(
    followed: Followed,
    draft: ReportDraft,
    documents: Mapping[int, SourceDocument],
    periods: Mapping[int, str],
) -> Snapshot:
    """Arrange what a report says, from what was read; that it is fixed, and how, is said of it later."""
    period = draft.period
    parts = [part for part in Part.values if part in draft.parts]
    goals = [_goal(goal, followed, parts, periods) for goal in followed.goals]
    committee = followed.plan_year.committee
    return {
        "form": FORM,
        "municipality": committee.municipality.name,
        "committee": committee.name,
        "title": f"Uppföljning av partiernas mål och uppdrag, {period}",
        "year": followed.plan_year.year,
        "period": {
            "name": period.name,
            "ends_on": period.ends_on.isoformat(),
            "is_locked": period.is_locked,
            "as_of": _last_day(followed).isoformat(),
        },
        "before": {"name": followed.before.name, "ends_on": followed.before.last_day.isoformat()}
        if followed.before
        else None,
        "site": settings.SITE_ADDRESS,
        "address": f"{reverse('report', args=[*followed.plan_year.address, period.slug])}",
        "is_example": followed.shows_example,
        "parts": parts,
        "introduction": blocks(draft.introduction),
        "proposal": blocks(draft.proposal),
        "parties": [
            {
                "name": party.name,
                "abbreviation": party.abbreviation,
                "fill": party.fill,
                "ink": party.ink,
                "badge_width": party.badge_width,
            }
            for party in followed.parties
        ],
        "counts": _counts(followed),
        "changed": [
            at
            for at, goal in enumerate(followed.goals)
            if followed.before and goal.is_changed and Part.CHANGED in parts
        ],
        "not_judged": [at for at, goal in enumerate(followed.goals) if not goal.judged],
        "late": [at for at, goal in enumerate(followed.goals) if goal.row.lateness],
        "sections": _sections(followed, draft.order) if Part.GOALS in parts else [],
        "goals": goals,
        "method": _method(followed, parts),
        "sources": [_source(each, documents[each.document_id]) for each in followed.proposals],
    }


def _goal(goal: FollowedGoal, followed: Followed, parts: Sequence[str], periods: Mapping[int, str]) -> dict[str, Any]:
    """Give what a report says of one goal, without the parts that were left out."""
    row, standing = goal.row, goal.standing
    said: dict[str, Any] = {
        "reference": row.reference,
        "number": row.number,
        "party": followed.parties.index(goal.party),
        "kind": row.kind_name,
        "text": row.text,
        "marks": row.marks,
        "sic": row.sic,
        "topic": goal.topic.name if goal.topic else "",
        "issue": goal.issue.name if goal.issue else "",
        "address": row.url,
        "status": _chip(row.chip),
        "status_on": _day(standing.status_date),
        "status_period": periods.get(goal.status.period or 0, ""),
        "before": _chip(goal.chip_before),
        "is_changed": goal.is_changed,
        "is_judged": goal.judged,
        "lateness": row.lateness,
        "decision": standing.decision_label,
        "decision_on": _day(standing.decision_date),
        "due_on": _day(standing.due_on),
        "is_example": standing.is_example,
    }
    if Part.COMMENTS in parts:
        said["comment"] = goal.status.comment
    if Part.EVIDENCE in parts:
        said["evidence"] = _evidence(goal)
    if Part.OUTCOMES in parts:
        said |= {
            "target": row.target,
            "outcome": row.outcome,
            "outcome_value": None if standing.outcome is None else float(standing.outcome),
            "outcome_on": _day(standing.outcome_date),
        }
    return said


def _evidence(goal: FollowedGoal) -> list[dict[str, str]]:
    """Give what the status, the decision and the outcome rest on, each with what it is of."""
    found = (
        ("Underlag", goal.status),
        ("Underlag till beslutet", goal.decision),
        ("Underlag till utfallet", goal.outcome),
    )
    return [
        {"of": of, "source": said.source, "reference": said.reference, "link": said.link}
        for of, said in found
        if said.source or said.reference or said.link
    ]


def _chip(chip: Chip) -> dict[str, str]:
    return {"shape": chip.shape, "label": chip.label}


def _last_day(followed: Followed) -> datetime.date:
    """Give the day that the report describes: the period's last, or today if that has not come."""
    return min(followed.stage.last_day, timezone.localdate())


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None


def _counts(followed: Followed) -> dict[str, Any]:
    """Count the goals of each party: by kind, status, decision, and what a reader asks for first."""
    statuses = {
        status: {"shape": STATUS_ADDRESSES[status], "label": COMMON_LABELS[status]}
        for status in (*[*STATUS_ADDRESSES][1:], "")
    }
    decisions = {
        decision: {"label": str(Decision.Outcome(decision).label) if decision else UNKNOWN}
        for decision in (*[*DECISION_ADDRESSES][1:], "")
    }
    changed = {True: {"label": "Ny status sedan förra perioden"}}
    kinds = {str(kind): {"label": str(kind.label)} for kind in Goal.Kind}
    return {
        "all": _table(followed, {True: {"label": "Mål och uppdrag"}}, lambda goal: True)[0],
        "kinds": _table(followed, kinds, lambda goal: goal.row.kind),
        "statuses": _table(followed, statuses, lambda goal: goal.standing.status),
        "decisions": _table(followed, decisions, lambda goal: goal.standing.decision),
        "changed": _table(followed, changed, lambda goal: goal.is_changed)[0] if followed.before else None,
        "not_judged": _table(followed, {False: {"label": "Inte bedömda i perioden"}}, lambda goal: goal.judged)[0],
        "late": _table(followed, {True: {"label": LATE}}, lambda goal: bool(goal.row.lateness))[0],
    }


def _table(
    followed: Followed, rows: Mapping[Any, Mapping[str, str]], of: Callable[[FollowedGoal], Any]
) -> list[dict[str, Any]]:
    """Count, for each thing that ``rows`` names, the goals of each party that have it, in the order of the parties."""
    found = Counter((of(goal), goal.party.pk) for goal in followed.goals)
    counts = {value: [found[value, party.pk] for party in followed.parties] for value in rows}
    return [{**said, "by_party": counts[value], "total": sum(counts[value])} for value, said in rows.items()]


def _sections(followed: Followed, order: str) -> list[dict[str, Any]]:
    """Gather the goals, by their places in the list of all: topics with their parties, or parties with their topics."""
    topics = [*(topic.name for topic in followed.topics), UNPLACED]
    by_topic = {topic.pk: at for at, topic in enumerate(followed.topics)}
    places: dict[tuple[int, int], list[int]] = {}
    for at, goal in enumerate(followed.goals):
        topic = by_topic[goal.topic.pk] if goal.topic else len(topics) - 1
        places.setdefault((topic, followed.parties.index(goal.party)), []).append(at)
    outer, inner = (1, 0) if order == Order.PARTY else (0, 1)
    names = (topics, [party.name for party in followed.parties])

    def group(key: tuple[int, int]) -> dict[str, Any]:
        return {"name": names[inner][key[inner]], "party": key[1], "goals": places[key]}

    return [
        {
            "name": name,
            "party": at if outer == 1 else None,
            "groups": [group(key) for key in sorted(places, key=lambda key: key[inner]) if key[outer] == at],
        }
        for at, name in enumerate(names[outer])
        if any(key[outer] == at for key in places)
    ]


def _method(followed: Followed, parts: Iterable[str]) -> list[str]:
    """Say how the report came about and how it is to be read."""
    return [*_rules(followed), *_left_out(parts)]


def _rules(followed: Followed) -> Iterator[str]:
    last = date_format(followed.stage.period.ends_on if followed.stage.period else followed.stage.last_day)
    yield (
        f"Rapporten visar läget i {followed.stage.name}, som slutar {last}. Varje lägesrapport hör till en period. "
        "Den som skrevs efter periodens slut, men om perioden, är med; det som gäller senare dagar är det inte."
    )
    yield (
        "Målen och uppdragen är partiernas egna förslag, ord för ord ur deras planer, med stavfel och allt. Statusen, "
        "kommentarerna och besluten är nämndens. De skrivs av nämndsekreteraren eller administratören och ändras "
        "aldrig i efterhand: en rättelse är en ny uppgift."
    )
    yield (
        "Ej bedömt betyder att ingen har bedömt målet, inte att inget har gjorts. Ett mål som inte är bedömt i "
        "perioden visas med den status som det senast fick, och räknas med den i tabellen. Alla sådana mål räknas upp."
    )
    yield (
        "Status och beslut är två saker. Beslutet är vad nämnden sade om partiets förslag. Ej känt betyder att inget "
        "beslut är inlagt."
    )
    yield (
        "Försenat är ett mål vars datum har gått ut och som inte är slutfört. Har ingen bedömt det sedan dess står det "
        "bara att datumet har passerat. Det som nämnden har avslagit är aldrig försenat."
    )
    yield (
        "Partierna står i bokstavsordning efter sina namn, med samma regler för alla. Antalet mål säger inget om hur "
        "mycket de väger, och därför räknas inga procent eller poäng."
    )
    if followed.before:
        yield (
            f"Det som har ändrats är de mål vars status är en annan än vid slutet av {followed.before.name}, "
            f"{date_format(followed.before.last_day)}."
        )
    else:
        yield "Det finns ingen tidigare period i planåret att jämföra med."


def _left_out(parts: Iterable[str]) -> Iterator[str]:
    names = [f"”{part.label[0].lower()}{part.label[1:]}”" for part in Part if part not in parts]
    if names:
        yield f"Den som skrev rapporten har valt att inte ta med {', '.join(names)}."


def _source(proposal: Proposal, document: SourceDocument) -> dict[str, Any]:
    """Give a plan that the goals come from, with what tells its document from another."""
    address = reverse("original_version", args=[*proposal.plan_year.address, proposal.party.slug, proposal.version])
    return {
        "party": proposal.party.name,
        "title": proposal.title,
        "version": proposal.version,
        "name": document.name,
        "sha256": document.sha256,
        "address": address,
    }

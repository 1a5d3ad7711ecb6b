"""Merging and splitting topics and issues, and moving goals: chosen, shown with what it does, and only then written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from config.page import Crumb
from goals.arrange_forms import Asked, MoveForm, SplitForm, SplitTopicForm, plan_key
from goals.models import Goal, Issue, Mention, RearrangedError, Topic
from goals.models.arranged import version_of
from goals.rearrange import (
    Answers,
    Effects,
    effects_of,
    effects_of_merging,
    merge_issues,
    merge_topics,
    move_goals,
    split_issue,
    split_topic,
    versions,
)
from goals.views.arrange import (
    address_of,
    find_own_committee,
    find_own_issue,
    find_own_topic,
    mentions_of,
    own_address,
    show,
)
from goals.views.moved import leads_on
from parties.access import signed_in, take_typed
from parties.models import Committee
from parties.requests import CONFLICT, INVALID

#: What the last button of a preview says: all the others only look.
SAVE = "spara"


@signed_in
@leads_on
def merge_issue(request: HttpRequest, municipality: str, committee: str, issue: str) -> HttpResponse:
    """Let an issue go up in another: choose it, see what happens and answer what is asked, and then confirm."""
    found = find_own_committee(request, municipality, committee)
    its_issue = find_own_issue(found, issue)
    others = [other for other in _issues(found) if other != its_issue]
    into = next((other for other in others if other.slug == request.GET.get("med")), None)
    if into is None:
        groups = [(topic.name, list(under)) for topic, under in groupby(others, key=lambda other: other.topic)]
        return _choose_other(request, found, its_issue, groups)
    status, seen = 200, versions(its_issue, into)
    effects = effects_of_merging(its_issue, into)
    asked = Asked(effects.questions, request.POST if request.method == "POST" else None, typed=_kept(request))
    if request.method == "POST":
        status = INVALID
        try:
            if request.POST.get("seen") != seen:
                raise RearrangedError
            if asked.is_valid:
                merge_issues(its_issue, into, asked.answers, seen=seen)
                messages.success(request, f"”{its_issue}” är nu en del av ”{into}”. Den gamla adressen leder dit.")
                return HttpResponseRedirect(f"{address_of(found)}#fraga-{into.pk}")
        except RearrangedError:
            status = CONFLICT
            its_issue = find_own_issue(found, issue)
            effects, seen = effects_of_merging(its_issue, into), versions(its_issue, into)
            asked = Asked(effects.questions, typed=request.POST)
    context = {
        "thing": its_issue,
        "into": into,
        "seen": seen,
        "goals": _goals(its_issue),
        "mentions": mentions_of(its_issue),
        "effects": effects,
        "asked": asked,
        "swapped": f"{_address('merge_issue', found, into.slug)}?med={its_issue.slug}",
        "again": request.path,
        "conflict": status == CONFLICT,
    }
    return show(request, found, "merge", _merging(its_issue), [_crumb(its_issue)], status=status, **context)


@signed_in
@leads_on
def merge_topic(request: HttpRequest, municipality: str, committee: str, topic: str) -> HttpResponse:
    """Let a topic go up in another: choose it, see what happens, and then confirm."""
    found = find_own_committee(request, municipality, committee)
    its_topic = find_own_topic(found, topic)
    others = list(found.topics.exclude(pk=its_topic.pk).order_by("position", "pk"))
    into = next((other for other in others if other.slug == request.GET.get("med")), None)
    if into is None:
        return _choose_other(request, found, its_topic, [("", others)])
    status, seen = 200, version_of(its_topic.version(), into.version())
    if request.method == "POST":
        try:
            merge_topics(its_topic, into, seen=request.POST.get("seen", ""))
        except RearrangedError:
            status = CONFLICT
            seen = version_of(its_topic.version(), into.version())
        else:
            messages.success(request, f"”{its_topic}” är nu en del av ”{into}”. Den gamla adressen leder dit.")
            return HttpResponseRedirect(f"{address_of(found)}#amne-{into.pk}")
    context = {
        "thing": its_topic,
        "into": into,
        "seen": seen,
        "issues": list(its_topic.issues.order_by("position", "pk")),
        "followers": its_topic.follows.count(),
        "swapped": f"{_address('merge_topic', found, into.slug)}?med={its_topic.slug}",
        "again": request.path,
        "conflict": status == CONFLICT,
    }
    return show(request, found, "merge", _merging(its_topic), [_crumb(its_topic)], status=status, **context)


def _choose_other(
    request: HttpRequest, committee: Committee, thing: Topic | Issue, groups: Sequence[tuple[str, Sequence[Any]]]
) -> HttpResponse:
    """Let one choose what to merge with; an address that names what is not there is told so."""
    asked = request.GET.get("med", "")
    context = {
        "thing": thing,
        "groups": groups,
        "problem": f"”{asked}” finns inte att slå ihop med. Välj i listan." if asked else "",
    }
    status = INVALID if asked else 200
    return show(request, committee, "merge_with", _merging(thing), [_crumb(thing)], status=status, **context)


@signed_in
@leads_on
def split_topic_view(request: HttpRequest, municipality: str, committee: str, topic: str) -> HttpResponse:
    """Let some of a topic's issues become a topic of their own: choose them, see what happens, and then confirm."""
    found = find_own_committee(request, municipality, committee)
    its_topic = find_own_topic(found, topic)
    issues = list(its_topic.issues.order_by("position", "pk"))
    status, seen = 200, its_topic.version()
    typed = _kept(request)
    form = SplitTopicForm(
        request.POST or None,
        topic=its_topic,
        issues=issues,
        initial={"seen": seen, **(SplitTopicForm.typed(typed) if typed else {})},
    )
    chosen: list[Issue] = []
    if request.method == "POST":
        status = INVALID
        try:
            if request.POST.get("seen") != seen:
                raise RearrangedError
            if form.is_valid():
                if len(form.chosen) == len(issues):
                    raise ValidationError({"issues": "Låt minst en fråga stå kvar."})
                if request.POST.get("steg") == SAVE:
                    new = split_topic(its_topic, form.cleaned_data["name"], issues=form.chosen, seen=seen)
                    messages.success(request, f"Ämnet ”{new}” finns nu, sist i listan.")
                    return HttpResponseRedirect(f"{address_of(found)}#amne-{new.pk}")
                if request.POST.get("steg") != "valj":
                    status, chosen = 200, form.chosen
        except RearrangedError:
            status = CONFLICT
            now = {"seen": its_topic.version(), **SplitTopicForm.typed(request.POST)}
            form = SplitTopicForm(topic=its_topic, issues=issues, initial=now)
        except ValidationError as error:
            form.refuse(error)
        if request.POST.get("steg") == "valj" and status == INVALID and not form.errors:
            status = 200
    context = {
        "thing": its_topic,
        "form": form,
        "chosen": chosen,
        "sent": _sent(request),
        "followers": its_topic.follows.count(),
        "count": len(issues),
        "conflict": status == CONFLICT,
    }
    template = "split_topic" if chosen else "choose"
    context["lede"] = "Frågorna som du väljer blir ett eget ämne. Den som följer ämnet följer båda."
    return show(request, found, template, f"Dela {its_topic}", [_crumb(its_topic)], status=status, **context)


@dataclass(frozen=True, slots=True)
class Moving:
    """What a form asks to be moved: which goals and running text, and where to."""

    goals: list[Goal]
    mentions: list[Mention]
    target: Issue | None
    name: str
    effects: Effects
    write: Callable[[Answers, str], Issue | None]


@signed_in
@leads_on
def split_issue_view(request: HttpRequest, municipality: str, committee: str, issue: str) -> HttpResponse:
    """Let some of an issue's goals become an issue of their own: choose them, see what happens, and then confirm."""
    found = find_own_committee(request, municipality, committee)
    its_issue = find_own_issue(found, issue)

    def make(data: QueryDict | None, **initial: Any) -> SplitForm:
        goals, mentions = _goals(its_issue), mentions_of(its_issue)
        return SplitForm(data, issue=its_issue, goals=goals, mentions=mentions, initial=initial)

    def read(form: SplitForm) -> Moving:
        name, goals, mentions = form.cleaned_data["name"], form.chosen, form.chosen_mentions

        def write(answers: Answers, seen: str) -> Issue:
            return split_issue(its_issue, name, goals=goals, mentions=mentions, answers=answers, seen=seen)

        return Moving(goals, mentions, None, name, effects_of(goals, its_issue, None, making=True), write)

    lede = "Målen som du väljer blir en egen fråga i samma ämne. Partiernas ord ändras inte, bara var de står."
    return _move(request, found, its_issue, f"Dela {its_issue}", lede, make, read)


@signed_in
@leads_on
def move_goals_view(request: HttpRequest, municipality: str, committee: str, issue: str) -> HttpResponse:
    """Move goals from an issue to another, or to none: choose them, see what happens, and then confirm."""
    found = find_own_committee(request, municipality, committee)
    its_issue = find_own_issue(found, issue)
    lede = "Målen som du väljer hamnar i en annan fråga. Partiernas ord ändras inte, bara var de står."
    return _move_goals(request, found, its_issue, f"Flytta mål från {its_issue}", lede)


@signed_in
def place_goals(request: HttpRequest, municipality: str, committee: str) -> HttpResponse:
    """Place goals that stand in no issue: choose them, see what happens, and then confirm."""
    found = find_own_committee(request, municipality, committee)
    lede = "De här målen står inte i någon fråga. I jämförelsen står de sist."
    return _move_goals(request, found, None, "Mål utan fråga", lede)


def _move_goals(
    request: HttpRequest, committee: Committee, source: Issue | None, title: str, lede: str
) -> HttpResponse:
    def make(data: QueryDict | None, **initial: Any) -> MoveForm:
        goals = _goals(source, committee)
        return MoveForm(data, goals=goals, source=source, issues=_issues(committee), initial=initial)

    def read(form: MoveForm) -> Moving:
        goals, target = form.chosen, form.target

        def write(answers: Answers, seen: str) -> Issue | None:
            move_goals(goals, source, target, answers, seen=seen)
            return target or source

        name = target.name if target else ""
        return Moving(goals, [], target, name, effects_of(goals, source, target), write)

    return _move(request, committee, source, title, lede, make, read)


def _move(
    request: HttpRequest,
    committee: Committee,
    source: Issue | None,
    title: str,
    lede: str,
    make: Callable[..., Any],
    read: Callable[[Any], Moving],
) -> HttpResponse:
    """Let one choose, show what happens with what has to be answered, and write it when it is confirmed.

    ``seen`` is what stood there when one chose; ``agreed`` is all that is concerned, when it was shown what happens.
    """
    steps = [_crumb(source)] if source else []
    context: dict[str, Any] = {"thing": source, "lede": lede, "conflict": False}

    def choose(form: Any, status: int) -> HttpResponse:
        everything = {**context, "form": form, "conflict": status == CONFLICT}
        return show(request, committee, "choose", title, steps, status=status, **everything)

    seen = _standing(source, committee)
    if request.method != "POST":
        typed = _kept(request)
        return choose(make(None, **{"seen": seen, **(_typed(make, typed) if typed else {})}), 200)
    if request.POST.get("seen") != seen:
        return choose(make(None, **{**_typed(make, request.POST), "seen": seen}), CONFLICT)
    form = make(request.POST)
    if not form.is_valid():
        return choose(form, INVALID)
    step = request.POST.get("steg", "")
    if step == "valj":
        return choose(form, 200)
    moving = read(form)
    agreed, status = versions(source, moving.target), 200
    asked = Asked(moving.effects.questions, request.POST if step == SAVE else None)
    if step == SAVE:
        status = INVALID
        try:
            if request.POST.get("agreed") != agreed:
                raise RearrangedError
            if asked.is_valid:
                to = moving.write(asked.answers, agreed)
                messages.success(request, _told(moving, to))
                return HttpResponseRedirect(own_address(to) if to else address_of(committee))
        except RearrangedError:
            if _standing(source, committee) != seen:
                return choose(
                    make(None, **{**_typed(make, request.POST), "seen": _standing(source, committee)}), CONFLICT
                )
            moving, status = read(form), CONFLICT
            agreed = versions(source, moving.target)
            asked = Asked(moving.effects.questions, typed=request.POST)
        except ValidationError as error:
            form.refuse(error)
            return choose(form, INVALID)
    everything = {
        **context,
        "moving": moving,
        "asked": asked,
        "agreed": agreed,
        "sent": _sent(request),
        "conflict": status == CONFLICT,
        "is_new": not moving.target and bool(moving.name),
        "is_claimless": _is_claimless(moving),
    }
    return show(request, committee, "confirm", title, steps, status=status, **everything)


def _is_claimless(moving: Moving) -> bool:
    """Tell whether goals of several parties come together of which nothing is said."""
    parties = {goal.proposal.party_id for goal in moving.goals}
    return bool(moving.name) and not moving.effects.questions and (len(parties) > 1 or moving.target is not None)


def _told(moving: Moving, to: Issue | None) -> str:
    goals = ", ".join(goal.reference for goal in moving.goals)
    if not moving.name:
        return f"Sparat: {goals} står inte i någon fråga."
    return f"Sparat: {goals} står nu i ”{to}”."


def _standing(source: Issue | None, committee: Committee) -> str:
    """Give a mark of what stands in an issue, or in none, now."""
    return version_of(source.version() if source else "", [goal.pk for goal in _goals(source, committee)])


def _typed(make: Callable[..., Any], data: QueryDict) -> dict[str, Any]:
    typed: dict[str, Any] = make(None).typed(data)
    return typed


def _kept(request: HttpRequest) -> QueryDict | None:
    """Give what somebody typed here before the session ended."""
    return take_typed(request)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Give what was chosen, for the preview's form to send along."""
    names = ("seen", "goals", "mentions", "issues", "name", "to")
    return [(name, value) for name in names for value in request.POST.getlist(name)]


def _goals(issue: Issue | None, committee: Committee | None = None) -> list[Goal]:
    """Give the goals that stand in an issue, or in none of a committee's, by year and plan."""
    goals = Goal.objects.select_related("passage", "proposal__party", "proposal__plan_year__committee")
    goals = goals.filter(issue=issue)
    if issue is None:
        goals = goals.filter(proposal__plan_year__committee=committee)
    return sorted(goals, key=lambda goal: (*plan_key(goal.proposal), goal.number))


def _issues(committee: Committee) -> list[Issue]:
    return list(Issue.objects.of(committee).in_order().select_related("topic", "committee__municipality"))


def _address(name: str, committee: Committee, slug: str) -> str:
    return reverse(name, args=[committee.municipality.slug, committee.slug, slug])


def _merging(thing: Topic | Issue) -> str:
    return f"Slå ihop {thing}"


def _crumb(thing: Topic | Issue) -> Crumb:
    return Crumb(f"Ändra {thing}", own_address(thing))

"""Arranging a committee's topics and issues: the list with their order, names, and all that stands in an issue."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config.page import Crumb, Page
from goals import audit
from goals.arrange_forms import AttachForm, ClaimForm, FindTextForm, IssueForm, NameForm, plan_key, plans_of
from goals.arrangement import load_arrangement
from goals.as_of import NOW
from goals.comparison import Look
from goals.find import lead_on_to_issue, lead_on_to_topic
from goals.models import Issue, Mention, RearrangedError, Topic
from goals.views.moved import leads_on
from goals.views.steps import within
from goals.views.topics import years_with
from parties.access import signed_in, take_typed
from parties.models import Committee, in_order
from parties.requests import CONFLICT, INVALID, number_of, user_of
from proposals.models import Passage, PlanYear

#: How many changes stand on a page of the log.
CHANGES = 100
#: How many passages are shown to choose among.
PASSAGES = 40


@require_safe
@signed_in
def arrange_topics(request: HttpRequest, municipality: str, committee: str) -> HttpResponse:
    """List all topics and issues in order, with the ways to change them."""
    return _list(request, find_own_committee(request, municipality, committee))


@signed_in
def step(request: HttpRequest, municipality: str, committee: str) -> HttpResponse:
    """Move a topic or an issue one step; whoever only looks is led to the list."""
    found = find_own_committee(request, municipality, committee)
    if request.method != "POST":
        return HttpResponseRedirect(address_of(found))
    kind, _, rest = request.POST.get("flytta", "").partition("-")
    key, _, way = rest.partition("-")
    things: Any = {"amne": found.topics, "fraga": found.issues}.get(kind)
    thing = things.filter(pk=number_of(key)).first() if things else None
    if thing is None or way not in ("upp", "ned"):
        if things and way in ("upp", "ned"):
            return _list(request, found, status=CONFLICT)
        raise Http404
    seen = request.POST.get(f"ordning-{thing.topic_id}" if kind == "fraga" else "ordning", "")
    try:
        thing.step(up=way == "upp", seen=seen)
    except RearrangedError:
        return _list(request, found, status=CONFLICT)
    row = list(thing.siblings())
    # The same button, so that it can be pressed again; at the end of the row, the other one.
    at_end = thing == (row[0] if way == "upp" else row[-1])
    button = {"upp": "ned", "ned": "upp"}[way] if at_end else way
    return HttpResponseRedirect(f"{address_of(found)}#{kind}-{thing.pk}-{button}")


@signed_in
def new_topic(request: HttpRequest, municipality: str, committee: str) -> HttpResponse:
    """Make a topic."""
    found = find_own_committee(request, municipality, committee)
    form = NameForm(request.POST or None, thing=Topic(committee=found), initial=_kept(request, NameForm))
    if request.method == "POST" and form.is_valid():
        try:
            topic = Topic.objects.add(form.cleaned_data["name"], committee=found)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"Ämnet ”{topic}” finns nu. Det syns för läsare när det har en fråga.")
            return HttpResponseRedirect(f"{address_of(found)}#amne-{topic.pk}")
    return _named(request, found, form, "Nytt ämne", "Det hamnar sist. Flytta det sedan dit det ska.")


@signed_in
@leads_on
def new_issue(request: HttpRequest, municipality: str, committee: str, topic: str) -> HttpResponse:
    """Make an issue under a topic."""
    found = find_own_committee(request, municipality, committee)
    its_topic = find_own_topic(found, topic)
    form = NameForm(request.POST or None, thing=Issue(committee=found), initial=_kept(request, NameForm))
    if request.method == "POST" and form.is_valid():
        try:
            issue = Issue.objects.add(form.cleaned_data["name"], topic=its_topic)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"Frågan ”{issue}” finns nu. Flytta mål till den från den fråga där de står.")
            return HttpResponseRedirect(f"{address_of(found)}#fraga-{issue.pk}")
    return _named(
        request, found, form, f"Ny fråga i {its_topic}", "Den hamnar sist under ämnet.", kicker=str(its_topic)
    )


@signed_in
@leads_on
def edit_topic(request: HttpRequest, municipality: str, committee: str, topic: str) -> HttpResponse:
    """Give a topic another name."""
    found = find_own_committee(request, municipality, committee)
    its_topic = find_own_topic(found, topic)
    status, seen = 200, its_topic.version()
    form = NameForm(
        request.POST or None,
        thing=its_topic,
        initial={"name": its_topic.name, "seen": seen, **_kept(request, NameForm)},
    )
    if request.method == "POST":
        status = INVALID
        try:
            if request.POST.get("seen") != seen:
                raise RearrangedError
            if form.is_valid():
                its_topic.rename(form.cleaned_data["name"], seen=seen)
                messages.success(request, f"Sparat: ämnet heter ”{its_topic}”.")
                return HttpResponseRedirect(f"{address_of(found)}#amne-{its_topic.pk}")
        except RearrangedError:
            status = CONFLICT
        except ValidationError as error:
            form.refuse(error)
        its_topic = find_own_topic(found, topic)
        if status == CONFLICT:
            now = {"seen": its_topic.version(), "name": its_topic.name}
            form = NameForm(thing=its_topic, initial={**now, **NameForm.typed(request.POST)})
    context = {
        "form": form,
        "thing": its_topic,
        "seen": its_topic.version(),
        "issues": list(its_topic.issues.order_by("position", "pk")),
        "followers": its_topic.follows.count(),
        "conflict": status == CONFLICT,
    }
    return show(request, found, "topic", f"Ändra {its_topic}", [], status=status, **context)


@signed_in
@leads_on
def edit_issue(request: HttpRequest, municipality: str, committee: str, issue: str) -> HttpResponse:
    """Give an issue another name or topic, and show all that stands in it with the ways to change it."""
    found = find_own_committee(request, municipality, committee)
    its_issue = find_own_issue(found, issue)
    status, seen = 200, its_issue.version()
    now: dict[str, Any] = {"name": its_issue.name, "topic": its_issue.topic_id, "seen": seen}
    form = IssueForm(request.POST or None, thing=its_issue, initial={**now, **_kept(request, IssueForm)})
    if request.method == "POST":
        status = INVALID
        try:
            if request.POST.get("seen") != seen:
                raise RearrangedError
            if form.is_valid():
                with transaction.atomic():
                    its_issue.rename(form.cleaned_data["name"], seen=seen)
                    its_issue.move(form.cleaned_data["topic"])
                messages.success(request, f"Sparat: frågan ”{its_issue}” i ämnet ”{its_issue.topic}”.")
                return HttpResponseRedirect(f"{address_of(found)}#fraga-{its_issue.pk}")
        except RearrangedError:
            status = CONFLICT
        except ValidationError as error:
            form.refuse(error)
        its_issue = find_own_issue(found, issue)
        if status == CONFLICT:
            now = {"seen": its_issue.version(), "name": its_issue.name, "topic": its_issue.topic_id}
            form = IssueForm(thing=its_issue, initial={**now, **IssueForm.typed(request.POST)})
    years = years_with(found, [its_issue], NOW, Look(heading=3))
    context = {
        "form": form,
        "thing": its_issue,
        "seen": its_issue.version(),
        "years": [(year, year.rows[0], sum(bool(column.goals) for column in year.rows[0].columns)) for year in years],
        "is_empty": its_issue.is_empty,
        "goal_count": its_issue.goals.count(),
        "shows_example": any(year.shows_example for year in years),
        "conflict": status == CONFLICT,
    }
    return show(request, found, "issue", f"Ändra {its_issue}", [], status=status, **context)


@signed_in
@leads_on
def remove_topic(request: HttpRequest, municipality: str, committee: str, topic: str) -> HttpResponse:
    """Take away a topic that is empty; whoever only looks is led to it."""
    found = find_own_committee(request, municipality, committee)
    return _remove(request, found, find_own_topic(found, topic))


@signed_in
@leads_on
def remove_issue(request: HttpRequest, municipality: str, committee: str, issue: str) -> HttpResponse:
    """Take away an issue that is empty; whoever only looks is led to it."""
    found = find_own_committee(request, municipality, committee)
    return _remove(request, found, find_own_issue(found, issue))


def _remove(request: HttpRequest, committee: Committee, thing: Topic | Issue) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseRedirect(own_address(thing))
    try:
        thing.remove(seen=request.POST.get("seen", ""))
    except RearrangedError:
        messages.warning(request, "Inget togs bort: någon annan har ändrat här under tiden. Så här står det nu.")
        return HttpResponseRedirect(own_address(thing))
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return HttpResponseRedirect(own_address(thing))
    messages.success(
        request,
        f"{thing.THE} ”{thing}” är borttagen." if isinstance(thing, Issue) else f"Ämnet ”{thing}” är borttaget.",
    )
    return HttpResponseRedirect(address_of(committee))


@signed_in
@leads_on
def relate_goals(request: HttpRequest, municipality: str, committee: str, issue: str, year: int) -> HttpResponse:
    """Say how the goals on an issue relate one year, and why; or that nothing is said."""
    found = find_own_committee(request, municipality, committee)
    its_issue = find_own_issue(found, issue)
    plan_year = PlanYear.objects.at(municipality, committee, year).first()
    goals = its_issue.goals.standing().filter(proposal__plan_year=plan_year).select_related("proposal__party")
    parties = in_order({goal.proposal.party for goal in goals})
    if plan_year is None or len(parties) < 2:
        raise Http404
    before = list(its_issue.alignments.filter(plan_year=plan_year).prefetch_related("parties"))
    status, seen = 200, its_issue.version()
    form = ClaimForm(
        request.POST or None, parties=parties, before=before, initial={"seen": seen, **_kept(request, ClaimForm)}
    )
    if request.method == "POST":
        status = INVALID
        try:
            if request.POST.get("seen") != seen:
                raise RearrangedError
            if form.is_valid():
                its_issue.relate(plan_year, form.claim, seen=seen)
                messages.success(request, "Sparat." if form.claim else "Sparat: inget sägs om hur målen hör ihop.")
                return HttpResponseRedirect(own_address(its_issue))
        except RearrangedError:
            status = CONFLICT
            now = {"seen": its_issue.version(), **ClaimForm.typed(request.POST)}
            form = ClaimForm(parties=parties, before=before, initial=now)
        except ValidationError as error:
            form.refuse(error)
    years = years_with(found, [its_issue], NOW, Look(heading=2))
    found_year = next(each for each in years if each.plan_year == plan_year)
    context = {
        "form": form,
        "thing": its_issue,
        "row": found_year.rows[0],
        "shows_example": found_year.shows_example,
        "plan_year": plan_year,
        "before": before,
        "conflict": status == CONFLICT,
    }
    title = f"Hur hör målen ihop {year}?"
    return show(request, found, "relate", title, [_crumb(its_issue)], status=status, **context)


@signed_in
@leads_on
def edit_mentions(request: HttpRequest, municipality: str, committee: str, issue: str) -> HttpResponse:
    """Attach running text that speaks of an issue, and detach it."""
    found = find_own_committee(request, municipality, committee)
    its_issue = find_own_issue(found, issue)
    status, seen = 200, its_issue.version()
    finding = FindTextForm(request.GET, proposals=plans_of(found))
    passages = _passages(its_issue, finding)
    form = AttachForm(request.POST if "koppla" in request.POST else None, passages=passages, initial={"seen": seen})
    mentions = mentions_of(its_issue)
    if request.method == "POST":
        status = INVALID
        detached = next((each for each in mentions if str(each.pk) == request.POST.get("ta-bort")), None)
        try:
            if request.POST.get("seen") != seen:
                raise RearrangedError
            if detached:
                its_issue.forget(detached, seen=seen)
            elif form.is_valid():
                its_issue.mention(form.chosen, seen=seen)
            if detached or form.is_valid():
                messages.success(request, "Sparat.")
                return HttpResponseRedirect(request.get_full_path())
        except RearrangedError:
            status = CONFLICT
            form = AttachForm(
                passages=passages, initial={"seen": its_issue.version(), **AttachForm.typed(request.POST)}
            )
        except ValidationError as error:
            form.refuse(error)
    context = {
        "form": form,
        "finding": finding,
        "thing": its_issue,
        "seen": its_issue.version(),
        "mentions": mentions,
        "most": PASSAGES,
        "conflict": status == CONFLICT,
    }
    return show(request, found, "text", f"Löptext om {its_issue}", [_crumb(its_issue)], status=status, **context)


def mentions_of(issue: Issue) -> list[Mention]:
    """Give the running text that is attached to an issue, by year and plan."""
    mentions = issue.mentions.select_related("passage__proposal__party", "passage__proposal__plan_year")
    return sorted(mentions, key=lambda each: (*plan_key(each.passage.proposal), each.passage.position))


def _passages(issue: Issue, finding: FindTextForm) -> list[Passage]:
    """Give the running text of the plan that is looked in, with every word that is looked for."""
    proposal = finding.proposal
    if proposal is None:
        return []
    found = proposal.passages.of_running_text(issue.committee_id).exclude(mentions__issue=issue)
    for word in finding.cleaned_data.get("q", "").split():
        found = found.filter(text__icontains=word)
    passages = list(found.order_by("position")[:PASSAGES])
    for passage in passages:
        passage.proposal = proposal
    return passages


@require_safe
@signed_in
def arrangement_log(request: HttpRequest, municipality: str, committee: str) -> HttpResponse:
    """Show how topics and issues have been changed: who, when, from what and to what."""
    found = find_own_committee(request, municipality, committee)
    at = min(max(1, number_of(request.GET.get("sida"))), 1000)
    changes = audit.of_arrangement(found, before=(at - 1) * CHANGES, most=CHANGES + 1)
    context: dict[str, Any] = {
        "changes": changes[:CHANGES],
        "newer": at - 1,
        "older": at + 1 if len(changes) > CHANGES else 0,
    }
    return show(request, found, "log", "Ändringslogg för ämnen och frågor", [], **context)


def find_own_committee(request: HttpRequest, municipality: str, committee: str) -> Committee:
    """Find a committee whose topics and issues the user may arrange.

    :raises Http404: if there is none; others' are as if there were none.
    """
    found = (
        Committee.objects.worked_by(user_of(request))
        .select_related("municipality")
        .filter(municipality__slug=municipality, slug=committee)
        .first()
    )
    if found is None:
        raise Http404
    return found


def find_own_topic(committee: Committee, slug: str) -> Topic:
    """Find a topic of a committee's, with issues or without.

    :raises MovedError: if it has another address now.
    :raises Http404: if there is none.
    """
    found = committee.topics.filter(slug=slug).first()
    if found is None:
        lead_on_to_topic(committee.municipality.slug, committee.slug, slug)
        raise Http404
    return within(committee, found)


def find_own_issue(committee: Committee, slug: str) -> Issue:
    """Find an issue of a committee's.

    :raises MovedError: if it has another address now.
    :raises Http404: if there is none.
    """
    found = committee.issues.select_related("topic").filter(slug=slug).first()
    if found is None:
        lead_on_to_issue(committee.municipality.slug, committee.slug, slug)
        raise Http404
    return within(committee, found)


def address_of(committee: Committee) -> str:
    """Give the address of the list."""
    return reverse("arrange_topics", args=[committee.municipality.slug, committee.slug])


def own_address(thing: Topic | Issue) -> str:
    """Give the address where a topic or an issue is changed."""
    committee = thing.committee
    name = "edit_topic" if isinstance(thing, Topic) else "edit_issue"
    return reverse(name, args=[committee.municipality.slug, committee.slug, thing.slug])


def show(
    request: HttpRequest,
    committee: Committee,
    template: str,
    title: str,
    steps: Sequence[Crumb],
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """Show one of the pages for arranging, with the steps that lead there from the list."""
    crumbs = [Crumb("Arbete", reverse("work")), Crumb("Ämnen och frågor", address_of(committee))]
    page = Page(title, title, [*crumbs, *steps, Crumb(title, request.path)] if template != "list" else crumbs)
    everything = {"page": page, "committee": committee, "list_url": address_of(committee), **context}
    return render(request, f"goals/arrange/{template}.html", everything, status=status)


def _crumb(thing: Topic | Issue) -> Crumb:
    return Crumb(f"Ändra {thing}", own_address(thing))


def _list(request: HttpRequest, committee: Committee, *, status: int = 200) -> HttpResponse:
    arrangement = load_arrangement(committee)
    title = "Ämnen och frågor"
    return show(
        request, committee, "list", title, [], status=status, arrangement=arrangement, conflict=status == CONFLICT
    )


def _named(
    request: HttpRequest, committee: Committee, form: NameForm, title: str, lede: str, *, kicker: str = ""
) -> HttpResponse:
    context = {"form": form, "lede": lede, "kicker": kicker}
    return show(request, committee, "name", title, [], status=INVALID if form.errors else 200, **context)


def _kept(request: HttpRequest, form: type[Any]) -> dict[str, Any]:
    """Give what somebody typed here before the session ended, with what they had seen."""
    kept = take_typed(request)
    return {**form.typed(kept), **({"seen": kept["seen"]} if "seen" in kept else {})} if kept else {}

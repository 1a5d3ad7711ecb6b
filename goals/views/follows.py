"""Following goals and topics by e-mail: what one follows, how soon to be told, and how to stop."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.core.signing import BadSignature, SignatureExpired
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from config.page import Crumb, HelpfulNotFound, Page
from goals.find import find_goal, find_topic
from goals.forms import FollowForm
from goals.models import Follow, Goal, Topic
from goals.unfollow import Stop
from goals.views.moved import leads_on
from goals.views.steps import crumbs_to_committee, crumbs_to_proposal
from parties.access import signed_in, take_typed
from parties.models import User


@signed_in
@require_safe
def follows(request: HttpRequest) -> HttpResponse:
    """Show all that a user follows, with the ways to change it."""
    page = Page(
        "Det jag följer",
        "Mål och ämnen som du får e-post om.",
        [Crumb("Start", reverse("start")), Crumb("Det jag följer", reverse("follows"))],
    )
    found = Follow.objects.of(_user(request)).with_things()
    return render(request, "goals/follows.html", {"page": page, "follows": list(found)})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def follow_goal(
    request: HttpRequest, municipality: str, committee: str, year: int, party: str, number: int
) -> HttpResponse:
    """Follow a goal, change how soon to be told of it, or stop."""
    goal = find_goal(municipality, committee, year, party, number)
    name = f"{goal.get_kind_display()} {goal.reference}"
    return _follow(request, goal, [*crumbs_to_proposal(goal.proposal), Crumb(name, goal.get_absolute_url())])


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@leads_on
def follow_topic(request: HttpRequest, municipality: str, committee: str, topic: str) -> HttpResponse:
    """Follow all goals under a topic, change how soon to be told of them, or stop."""
    found = find_topic(municipality, committee, topic)
    crumbs = [*crumbs_to_committee(found.committee), Crumb(found.name, found.get_absolute_url())]
    return _follow(request, found, crumbs)


def _follow(request: HttpRequest, thing: Goal | Topic, crumbs: list[Crumb]) -> HttpResponse:
    user, address = _user(request), thing.get_absolute_url()
    form = FollowForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        done = HttpResponseRedirect(reverse("follows") if "list" in request.POST else f"{address}#folj")
        if "stop" in request.POST:
            Follow.objects.of(user, thing).delete()
            return done
        if form.is_valid():
            Follow.objects.start(user, thing, form.cleaned_data["pace"])
            return done
    context = {
        "page": Page(f"Följ {thing}", "Få e-post när något nytt skrivs.", [*crumbs, Crumb("Följ", f"{address}folj/")]),
        **follow_context(user, thing),
    }
    if form.is_bound:
        return render(request, "goals/follow.html", {**context, "follow_form": form}, status=422)
    if typed := take_typed(request):
        context["follow_form"] = FollowForm(initial={"pace": typed.get("pace")})
    return render(request, "goals/follow.html", context)


def follow_context(user: User | AnonymousUser, thing: Goal | Topic) -> dict[str, object]:
    """Give what ``goals/_follow.html`` shows by a goal or a topic: one query, and none for who has not signed in."""
    if not isinstance(user, User):
        return {"follow_thing": thing}
    follow = Follow.objects.of(user, thing).first()
    pace = follow.pace if follow else Follow.Pace.WEEKLY
    return {"follow_thing": thing, "follow": follow, "follow_form": FollowForm(initial={"pace": pace})}


@csrf_exempt  # a mail program that stops the letters at one click has no token (RFC 8058); ours is in the address
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a letter's link stops, and stop it when asked to; opening the link stops nothing."""
    try:
        stop = Stop.read(token)
    except SignatureExpired as error:
        raise _no_such_link("Länken är för gammal för att användas.") from error
    except BadSignature as error:
        raise _no_such_link("Länken är inte hel. Kopiera hela länken från brevet.") from error
    found = list(stop.follows.with_things())
    if request.method == "POST":
        stop.follows.delete()
    page = Page("Sluta följa", "Sluta få e-post om det du följer.")
    context = {"page": page, "follows": found, "is_all": stop.is_all, "is_done": request.method == "POST" or not found}
    return render(request, "goals/unfollow.html", context)


def _no_such_link(why: str) -> HelpfulNotFound:
    return HelpfulNotFound(
        f"{why} Du kan också logga in och sluta följa där.", [Crumb("Det jag följer", reverse("follows"))]
    )


def _user(request: HttpRequest) -> User:
    """Give who is signed in; ``signed_in`` has let nobody else in."""
    return cast(User, request.user)

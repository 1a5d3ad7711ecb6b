"""Who may enter: pages for those who are signed in, and the text that somebody typed before a session ended.

Which things a person may touch is asked of the querysets (``Committee.objects.worked_by``); others' things are not
found, as if there were none.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]

#: Where the session keeps what was typed.
TYPED = "typed"
#: More than this, in characters, is not what a person types into our forms.
MOST_TYPED = 50_000
#: What is never kept, besides passwords: codes, and what belongs to the form and not to who typed.
NEVER_KEPT = {"csrfmiddlewaretoken", "code"}

SIGN_IN = "Du var utloggad när du sparade, så inget sparades. Det du skrev finns kvar när du har loggat in."
KEPT = "Du var utloggad när du sparade, så inget sparades. Det du skrev finns kvar: kontrollera det och spara igen."
TOO_OLD = "Sidan hade blivit för gammal, så inget sparades. Det du skrev finns kvar: kontrollera det och spara igen."
LOST = "Inget sparades, och det du skrev var för långt för att finnas kvar. Gå tillbaka i webbläsaren och kopiera det."


def signed_in(view: View) -> View:
    """Let only those in who are signed in; others sign in first, and what they typed waits for them."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST" and keep_typed(request, KEPT):
            messages.warning(request, SIGN_IN)
        return _elsewhere(request, redirect_to_login(request.get_full_path()))

    guarded.keeps_typed = True  # type: ignore[attr-defined]
    return guarded


def keep_typed(request: HttpRequest, why: str) -> bool:
    """Keep what was typed into a form that could not be saved, for the page at the same address to show again.

    :returns: whether it could be kept.
    """
    typed = {
        name: values
        for name, values in request.POST.lists()
        if name not in NEVER_KEPT and "password" not in name.lower()
    }
    if sum(len(name) + sum(map(len, values)) for name, values in typed.items()) > MOST_TYPED:
        messages.error(request, LOST)
        return False
    request.session[TYPED] = {"path": request.path, "typed": typed, "why": why}
    return True


def take_typed(request: HttpRequest) -> QueryDict | None:
    """Give back what was typed into the form at this address, once, and say why it was not saved."""
    kept = request.session.get(TYPED) if request.method == "GET" else None
    if not kept or kept["path"] != request.path:
        return None
    del request.session[TYPED]
    messages.warning(request, kept["why"])
    typed = QueryDict(mutable=True)
    for name, values in kept["typed"].items():
        typed.setlist(name, values)
    return typed


def form_too_old(request: HttpRequest) -> HttpResponse | None:
    """Answer a form of our own whose token is no longer valid, so that nothing typed is lost.

    Only a form for those who are signed in, and only a browser that says that the form was ours, is believed.
    """
    keeps_typed = request.resolver_match and getattr(request.resolver_match.func, "keeps_typed", False)
    if not keeps_typed or not is_from_our_own_page(request):
        return None
    keep_typed(request, TOO_OLD)
    return _elsewhere(request, HttpResponseRedirect(request.get_full_path()))


def is_from_our_own_page(request: HttpRequest) -> bool:
    """Tell whether the browser says that a form was on a page of ours."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _elsewhere(request: HttpRequest, redirect: HttpResponse) -> HttpResponse:
    """Let htmx load the whole page that we lead to; a part of it has no place in the page that asked."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": redirect["Location"]})
    return redirect


def may_work(request: HttpRequest) -> dict[str, bool]:
    """Tell every page whether to show the way to the work queue; asked of the database for who is signed in alone."""
    user = getattr(request, "user", None)
    return {"may_work": bool(user and user.is_authenticated and user.works)}

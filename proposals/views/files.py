"""The import's first step: which drafts there are, receiving a document, and waiting while it is read."""

import time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from config.page import Crumb, HtmxRequest, Page
from parties.access import signed_in, take_typed
from parties.models import Committee, User
from parties.requests import CONFLICT, INVALID, user_of
from proposals.draft_steps import find_draft, frame, where_it_is
from proposals.import_forms import DraftForm, ReceiveForm, received_token
from proposals.intake import alone_in_waiting, receive, start_reading
from proposals.models import Draft, DraftChangedError, PageImage, Proposal, SourceDocument
from proposals.views import original

#: How long to wait for a short document before its reader is shown that it is being read, in seconds.
PATIENCE = 2.5


@signed_in
def start(request: HttpRequest) -> HttpResponse:
    """List the drafts that there are, and receive a document for a new one."""
    user = user_of(request)
    if not Committee.objects.worked_by(user).exists():
        raise Http404
    if request.method != "POST":
        kept = take_typed(request)
        return _start_page(request, ReceiveForm(user=user, initial=kept.dict() if kept else None))
    form = ReceiveForm(request.POST, request.FILES, user=user)
    if not form.is_valid():
        return _start_page(request, _with_document_kept(form, request, user), status=INVALID)
    content, name = form.content() or (b"", "")
    chosen = form.cleaned_data
    published = _published_from(content, chosen["committee"])
    if published:
        messages.info(request, "Det här dokumentet är redan publicerat. Du ser planen här.")
        return HttpResponseRedirect(published.get_absolute_url())
    draft, is_new = receive(
        content,
        name,
        committee=chosen["committee"],
        year=chosen["year"],
        party=chosen["party"],
        title=chosen["title"],
        by=user,
    )
    if not is_new:
        messages.info(request, "Det finns redan ett utkast av samma dokument. Du fortsätter i det.")
        return HttpResponseRedirect(where_it_is(draft))
    start_reading(draft)
    _wait_a_moment(draft)
    if draft.state == Draft.State.FAILED:
        form.add_error("text" if chosen["text"] else "file", f"{capfirst(draft.problem)}.")
        draft.discard()
        return _start_page(request, form, status=INVALID)
    return HttpResponseRedirect(where_it_is(draft))


@signed_in
@require_safe
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the step where a draft is."""
    return HttpResponseRedirect(where_it_is(find_draft(request.user, pk)))


@signed_in
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a draft was made from, and change whose it is and what it is called."""
    found = find_draft(request.user, pk)
    if found.state == Draft.State.PUBLISHED:
        return HttpResponseRedirect(where_it_is(found))
    said = {"year": found.year, "party": found.party_id, "title": found.title, "seen": found.revision}
    form = DraftForm(request.POST or None, initial=said)
    conflict = False
    if request.method == "POST" and form.is_valid():
        changed = dict(form.cleaned_data)
        seen = changed.pop("seen")
        try:
            found.change(by=user_of(request), seen=seen, **changed)
        except DraftChangedError:
            conflict = True
            found.refresh_from_db()
            form = DraftForm(initial={**said, **changed, "seen": found.revision})
        else:
            messages.success(request, "Sparat.")
            return HttpResponseRedirect(reverse("draft_review", args=[pk]))
    context = {**frame(found, "draft_file"), "form": form, "conflict": conflict, "before": found.published_before()}
    status = CONFLICT if conflict else INVALID if form.errors else 200
    return render(request, "proposals/import/file.html", context, status=status)


@signed_in
def reading(request: HtmxRequest, pk: int) -> HttpResponse:
    """Show how far the reading of a draft's document has come; sending the form reads it again."""
    found = find_draft(request.user, pk)
    if found.state in (Draft.State.OPEN, Draft.State.PUBLISHED):
        if request.htmx:
            return HttpResponse(headers={"HX-Redirect": where_it_is(found)})
        return HttpResponseRedirect(where_it_is(found))
    if request.method == "POST":
        if found.state == Draft.State.FAILED or found.is_silent:
            start_reading(found)
            _wait_a_moment(found)
        return HttpResponseRedirect(where_it_is(found))
    if request.htmx and (found.state == Draft.State.FAILED or found.is_silent):
        return HttpResponse(headers={"HX-Refresh": "true"})  # heading, title and focus are to say it too
    template = "proposals/import/reading.html#progress" if request.htmx else "proposals/import/reading.html"
    return render(request, template, frame(found, "draft_reading"))


@signed_in
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to throw a draft away, and do so; what is published is not touched."""
    found = find_draft(request.user, pk)
    if found.state == Draft.State.PUBLISHED:
        return HttpResponseRedirect(where_it_is(found))
    if request.method == "POST":
        try:
            found.discard()
        except DraftChangedError:  # a colleague has discarded it, or published it, meanwhile
            return HttpResponseRedirect(reverse("draft", args=[pk]))
        messages.success(request, f"Utkastet för {found} är borttaget.")
        return HttpResponseRedirect(reverse("import"))
    return render(request, "proposals/import/discard.html", frame(found, "draft_discard"))


@signed_in
@require_safe
def page_image(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Send what a page of a draft's document looks like; what was read in the document is left unread."""
    found = find_draft(request.user, pk, whole=False)
    image = PageImage.objects.filter(document=found.document_id, page=number).first()
    if image is None:
        raise Http404
    response = HttpResponse(bytes(image.content), content_type="image/png")
    response["Content-Security-Policy"] = original.ONLY_SHOWN
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@signed_in
@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft's document as it was received, to be saved."""
    found = find_draft(request.user, pk, whole=False)
    return original.send(found.document_id, inline=False)


def _start_page(request: HttpRequest, form: ReceiveForm, status: int = 200) -> HttpResponse:
    page = Page(
        "Läs in planer",
        "Läs in ett partis plan: från dokument till publicerad.",
        [Crumb("Arbete", reverse("work")), Crumb("Läs in planer", reverse("import"))],
    )
    drafts = Draft.objects.worked_by(request.user).exclude(state=Draft.State.PUBLISHED).listed()
    context = {"page": page, "form": form, "drafts": drafts}
    return render(request, "proposals/import/start.html", context, status=status)


def _with_document_kept(form: ReceiveForm, request: HttpRequest, user: User) -> ReceiveForm:
    """Keep a document that was right although something else was not, so that it need not be chosen again."""
    content = form.content()
    if content is None or form.has_error("file") or form.has_error("text"):
        return form
    data = request.POST.copy()
    kept = SourceDocument.objects.keep(*content)
    data["received"], data["text"] = received_token(kept, user), ""
    again = ReceiveForm(data, user=user)
    again.is_valid()
    return again


def _published_from(content: bytes, committee: Committee) -> Proposal | None:
    """Find the proposal of a committee that a document was published as."""
    found = Proposal.objects.published_from(content).filter(plan_year__committee=committee)
    return found.select_related("plan_year__committee__municipality", "party").first()


def _wait_a_moment(draft: Draft) -> None:
    """Wait for a short document, so that its reader comes straight to what was found.

    One at a time does so: whoever waits keeps a process of the site from answering others.
    """
    until = time.monotonic() + PATIENCE
    with alone_in_waiting() as alone:
        while alone and draft.state == Draft.State.READING and time.monotonic() < until:
            time.sleep(0.05)
            draft.refresh_from_db(fields=["state", "problem"])

"""The import's last three steps: arranging a draft's goals, checking what it becomes, and publishing it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from goals.arrange_draft import arranged_from, load, problems_of
from goals.check_draft import Preview, counts_of, preview_of, stops_of, version_of, warnings_of, warnings_of_version
from goals.continuity import Change, count_changes
from goals.draft_arrangement import Arrangement
from goals.models import Alignment, Issue
from goals.publish import AlreadyPublishedError
from goals.publish_draft import NotReadyError, OvertakenError, arrangement_of, goal_texts, publish_draft
from parties.access import signed_in, take_typed
from parties.requests import CONFLICT, INVALID, number_of, user_of
from proposals.draft_steps import find_draft, frame, where_it_is
from proposals.models import Draft, DraftChangedError, Proposal
from proposals.reading.edit import key_of

#: How an address asks for the running text instead of the goals.
RUNNING_TEXT = "loptext"
CHANGED = "Någon annan har ändrat utkastet under tiden. Det du valt står kvar här: titta på det och spara igen."


@signed_in
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft's goals in issues, attach running text, and say how goals that meet relate."""
    draft = find_draft(request.user, pk)
    if draft.state != Draft.State.OPEN:
        return HttpResponseRedirect(where_it_is(draft))
    issues = list(Issue.objects.of(draft.committee).in_order())
    arrangement = arrangement_of(draft, draft.published_before(), issues)
    if request.method != "POST":
        typed = take_typed(request)
        if typed:
            arrangement = arranged_from(typed, draft, arrangement, issues)
        return _arrange_page(request, draft, arrangement, issues)
    arrangement = arranged_from(request.POST, draft, arrangement, issues)
    try:
        draft.change(by=user_of(request), seen=number_of(request.POST.get("sett")), arrangement=arrangement.stored())
    except DraftChangedError:
        draft = find_draft(request.user, pk)
        return _arrange_page(request, draft, arrangement, issues, conflict=True, status=CONFLICT)
    here = f"{reverse('draft_arrange', args=[pk])}{f'?{request.GET.urlencode()}' if request.GET else ''}"
    chosen = request.POST.get("valj", "").partition(":")[0]
    if chosen in {key_of(block) for block in draft.plan.blocks}:
        return HttpResponseRedirect(f"{here}#mal-{chosen}")
    if "vidare" not in request.POST:
        messages.success(request, "Sparat.")
        return HttpResponseRedirect(here)
    if problems := problems_of(arrangement):
        return _arrange_page(request, draft, arrangement, issues, problems=problems, status=INVALID)
    return HttpResponseRedirect(reverse("draft_check", args=[pk]))


@signed_in
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a draft has in it, what to look at, what a new version changes, and the comparison as it will be."""
    draft = find_draft(request.user, pk)
    if draft.state != Draft.State.OPEN:
        return HttpResponseRedirect(where_it_is(draft))
    issues = list(Issue.objects.of(draft.committee).in_order())
    before = draft.published_before()
    arrangement = arrangement_of(draft, before, issues)
    if request.method == "POST" and before:
        return _say_what_goes_on(request, draft, arrangement, before)
    rows = version_of(draft, arrangement, before) if before else []
    warnings = [
        *warnings_of(draft, arrangement),
        *(warnings_of_version(draft, arrangement, before, rows) if before else []),
    ]
    preview, problem = _preview(draft)
    context = {
        **frame(draft, "draft_check"),
        "counts": counts_of(draft, arrangement),
        "warnings": warnings,
        "before": before,
        "changes": count_changes(rows),
        "rows": [row for row in rows if row.change is not Change.UNCHANGED],
        "numbers": sorted(goal_texts(before)) if before else [],
        "withdrawn": Change.WITHDRAWN,
        "preview": preview,
        "problem": problem,
    }
    return render(request, "goals/import/check.html", context)


@signed_in
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether to publish a draft, and publish it: all of it, or nothing."""
    draft = find_draft(request.user, pk)
    if draft.state != Draft.State.OPEN:
        return HttpResponseRedirect(where_it_is(draft))
    issues = list(Issue.objects.of(draft.committee).in_order())
    before = draft.published_before()
    problem, status = "", 200
    if request.method == "POST":
        try:
            said = request.POST
            proposal = publish_draft(
                draft, by=user_of(request), seen=number_of(said.get("sett")), after=number_of(said.get("efter"))
            )
        except OvertakenError as error:
            problem, status = str(error), CONFLICT
            before = draft.published_before()
        except NotReadyError as error:
            problem, status = str(error), INVALID
        except DraftChangedError:
            problem, status = "Någon annan har ändrat utkastet. Titta på det igen innan du publicerar.", CONFLICT
            draft = find_draft(request.user, pk)
        except AlreadyPublishedError:
            messages.info(request, "Planen är redan publicerad.")
            return HttpResponseRedirect(where_it_is(find_draft(request.user, pk)))
        else:
            messages.success(request, f"Publicerad: {proposal.party}, {proposal.plan_year}.")
            return HttpResponseRedirect(proposal.get_absolute_url())
    arrangement = arrangement_of(draft, before, issues)
    context = {
        **frame(draft, "draft_publish"),
        "counts": counts_of(draft, arrangement),
        "stops": list(stops_of(draft, arrangement)),
        "before": before,
        "problem": problem,
    }
    return render(request, "goals/import/publish.html", context, status=status)


def _arrange_page(
    request: HttpRequest,
    draft: Draft,
    arrangement: Arrangement,
    issues: list[Issue],
    *,
    problems: list[str] | None = None,
    conflict: bool = False,
    status: int = 200,
) -> HttpResponse:
    running_text = request.GET.get("del") == RUNNING_TEXT
    context = {
        **frame(draft, "draft_arrange"),
        "arranged": load(draft, arrangement, issues, running_text=running_text),
        "running_text": running_text,
        "relations": Alignment.Relation.choices,
        "fill_in": request.GET.get("forslag") == "starka",
        "missing_only": request.GET.get("visa") == "utan",
        "problems": problems or [],
        "conflict": CHANGED if conflict else "",
    }
    return render(request, "goals/import/arrange.html", context, status=status)


def _say_what_goes_on(request: HttpRequest, draft: Draft, arrangement: Arrangement, before: Proposal) -> HttpResponse:
    """Keep what a person says of which goals go on."""
    for goal_key in map(key_of, draft.plan.goals):
        if f"fortsatter-{goal_key}" in request.POST:
            arrangement.continues[goal_key] = number_of(request.POST[f"fortsatter-{goal_key}"]) or None
    said = [number for number in arrangement.continues.values() if number is not None]
    here = reverse("draft_check", args=[draft.pk])
    if not set(said) <= set(before.goals.values_list("number", flat=True)):
        messages.error(request, "Planen har inget mål med det numret. Inget sparades.")
        return HttpResponseRedirect(here)
    if len(set(said)) < len(said):
        messages.error(request, "Två mål kan inte fortsätta samma tidigare mål. Inget sparades.")
        return HttpResponseRedirect(here)
    try:
        draft.change(by=user_of(request), seen=number_of(request.POST.get("sett")), arrangement=arrangement.stored())
    except DraftChangedError:
        messages.error(request, "Någon annan har ändrat utkastet under tiden. Inget sparades: gör om ändringen.")
    else:
        messages.success(request, "Sparat.")
    return HttpResponseRedirect(here)


def _preview(draft: Draft) -> tuple[Preview | None, str]:
    try:
        return preview_of(draft), ""
    except (NotReadyError, DraftChangedError, AlreadyPublishedError) as error:
        return None, str(error)

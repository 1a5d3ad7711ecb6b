"""The import's second step: what was found beside the document, and correcting it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from parties.access import signed_in, take_typed
from parties.requests import CONFLICT, INVALID, number_of, user_of
from proposals.draft_steps import find_draft, frame, where_it_is
from proposals.import_forms import ReadingForm
from proposals.models import Draft, DraftChangedError, PageImage
from proposals.reading import ParsedPlan, Passage, parse
from proposals.reading.edit import EditError, Role, become, confirm, key_of, merge, split
from proposals.review import PageOfRows, next_doubtful, read_out
from proposals.review import review as review_of

#: How an address asks for the doubtful ones alone.
DOUBTFUL = "osakra"
#: What the buttons ask for that only says what a block is.
ROLES = {"mal": Role.GOAL, "text": Role.TEXT, "rubrik": Role.HEADING, "utelamna": Role.LEFT_OUT}


@signed_in
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was found beside the document; sending the form corrects one thing of it."""
    draft = find_draft(request.user, pk)
    if draft.state != Draft.State.OPEN:
        return HttpResponseRedirect(where_it_is(draft))
    if request.method != "POST":
        take_typed(request)
        return _page(request, draft)
    what, _, key = request.POST.get("gor", "").partition(":")
    try:
        opened = _correct(request, draft, what, key)
    except EditError as error:
        return _page(request, draft, problem=str(error), status=INVALID)
    except DraftChangedError:
        draft = find_draft(request.user, pk)
        problem = "Någon annan har ändrat utkastet under tiden. Titta på hur det ser ut nu, och gör om ändringen."
        return _page(request, draft, problem=problem, status=CONFLICT)
    query = request.GET.copy()
    query.pop("oppen", None)
    address = reverse("draft_review", args=[pk])
    if query.get("visa") == DOUBTFUL:
        opened = next_doubtful(draft.plan, opened)
    return HttpResponseRedirect(f"{address}{f'?{query.urlencode()}' if query else ''}#b-{opened}")


@signed_in
def reading(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show what is read out of a goal, and change it; only what stands in its words is taken."""
    draft = find_draft(request.user, pk)
    goal = next((goal for goal in draft.plan.goals if key_of(goal) == key), None) if draft.plan_read else None
    if draft.state != Draft.State.OPEN or goal is None:
        return HttpResponseRedirect(where_it_is(draft))
    typed = take_typed(request)
    form = ReadingForm(request.POST or typed or None, initial=_filled_in(goal, draft))
    conflict = False
    if request.method == "POST" and form.is_valid() and form.fits(goal):
        readings = {**draft.readings, key: {**draft.readings.get(key, {}), **form.reading()}}
        try:
            draft.change(by=user_of(request), seen=number_of(request.POST.get("sett")), readings=readings)
        except DraftChangedError:
            conflict = True
            draft = find_draft(request.user, pk)
        else:
            return HttpResponseRedirect(f"{reverse('draft_review', args=[pk])}#b-{key}")
    context = {**frame(draft, "draft_review"), "form": form, "goal": goal, "key": key, "conflict": conflict}
    status = CONFLICT if conflict else INVALID if request.method == "POST" else 200
    return render(request, "proposals/import/reading_out.html", context, status=status)


def _correct(request: HttpRequest, draft: Draft, what: str, key: str) -> str:
    """Make the correction that a button asks for, and give the key of the block to show."""
    plan, lines = draft.plan, draft.read_lines
    changed: ParsedPlan
    if what in ROLES:
        changed = become(plan, lines, key, ROLES[what])
    elif what == "bekrafta":
        changed = confirm(plan, key)
    elif what == "dela":
        key, _, at = key.partition(":")
        changed = split(plan, lines, key, int(at) if at.isdecimal() and len(at) < 9 else 0)
    elif what == "slaihop":
        changed = merge(plan, lines, key)
    elif what == "borja-om":
        changed, key = parse(lines), key_of(plan.blocks[0])
        draft.change(by=user_of(request), seen=number_of(request.POST.get("sett")), plan=changed, readings={})
        return key
    else:
        raise EditError("Knappen gick inte att förstå. Ladda om sidan och försök igen.")
    draft.change(by=user_of(request), seen=number_of(request.POST.get("sett")), plan=changed)
    return key


def _filled_in(goal: Passage, draft: Draft) -> dict[str, Any]:
    found = read_out(goal, draft.readings)
    return {
        "kind": found.kind.value,
        "target_value": found.target_value,
        "target_unit": found.target_unit,
        "bound": found.bound,
        "frequency": found.frequency,
        "due_year": found.due_year,
        "due_words": found.due_words,
        "due_on": found.due_on,
        "responsible": ", ".join(found.responsible),
    }


def _page(request: HttpRequest, draft: Draft, problem: str = "", status: int = 200) -> HttpResponse:
    opened = request.GET.get("oppen", "")
    doubtful_only = request.GET.get("visa") == DOUBTFUL
    pictures = set(PageImage.objects.filter(document=draft.document_id).values_list("page", flat=True))
    found = review_of(draft, doubtful_only=doubtful_only, open_key=opened)
    context = {
        **frame(draft, "draft_review"),
        "review": found,
        "pages": _with_places(found.pages),
        "opened": opened,
        "doubtful_only": doubtful_only,
        "problem": problem,
        "has_images": bool(pictures),
        "pictures": pictures,
    }
    return render(request, "proposals/import/review.html", context, status=status)


def _with_places(pages: tuple[PageOfRows, ...]) -> list[tuple[PageOfRows, list[dict[str, Any]]]]:
    """Give each page with the rectangles of its blocks' lines, as SVG takes them."""
    return [
        (
            page,
            [
                {
                    "key": row.key,
                    "what": row.what,
                    "x": line.box.left,
                    "y": line.box.top,
                    "width": line.box.right - line.box.left,
                    "height": line.box.bottom - line.box.top,
                }
                for row, line in page.boxes
                if line.box
            ],
        )
        for page in pages
    ]

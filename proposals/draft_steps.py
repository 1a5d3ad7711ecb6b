"""The five steps of the import, and finding the draft that a page of it is about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.urls import reverse

from config.page import Crumb, Page
from parties.models import User
from proposals.models import Draft

#: The steps in order: the name of their address, and what they are called.
STEPS = {
    "draft_file": "Fil",
    "draft_review": "Granska",
    "draft_arrange": "Ordna",
    "draft_check": "Kontrollera",
    "draft_publish": "Publicera",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step as a page shows it: its number, what it is called, and its address if one may go there."""

    number: int
    name: str
    url: str
    is_current: bool


def find_draft(user: User | AnonymousUser, pk: int, *, whole: bool = True) -> Draft:
    """Find a draft that a user works with; its contents, which may be large, are only read with the ``whole``.

    :raises Http404: if there is none; others' drafts are as if there were none.
    """
    drafts = Draft.objects.worked_by(user)
    draft = (drafts.whole() if whole else drafts.listed()).filter(pk=pk).first()
    if draft is None:
        raise Http404
    return draft


def where_it_is(draft: Draft) -> str:
    """Give the address of the step where a draft is."""
    if draft.state == Draft.State.PUBLISHED and draft.proposal:
        return draft.proposal.get_absolute_url()
    if draft.state != Draft.State.OPEN:
        return reverse("draft_reading", args=[draft.pk])
    return reverse("draft_arrange" if draft.arrangement else "draft_review", args=[draft.pk])


def frame(draft: Draft, current: str) -> Mapping[str, Any]:
    """Give what every step's page shows: its title, the steps, and the draft."""
    is_open = draft.state == Draft.State.OPEN
    steps = [
        Step(
            number,
            called,
            reverse(name, args=[draft.pk]) if is_open or name == "draft_file" else "",
            name == current,
        )
        for number, (name, called) in enumerate(STEPS.items(), start=1)
    ]
    called = STEPS.get(current, "Läser dokumentet")
    page = Page(
        f"{called}: {draft.party}, {draft.committee} {draft.year}",
        "Läs in en plan: från dokument till publicerad.",
        [
            Crumb("Arbete", reverse("work")),
            Crumb("Läs in planer", reverse("import")),
            Crumb(f"{draft.party}, {draft.committee} {draft.year}", reverse(current, args=[draft.pk])),
        ],
    )
    place = list(STEPS).index(current) if current in STEPS else 0
    return {
        "page": page,
        "draft": draft,
        "party": draft.party,
        "steps": steps,
        "previous_step": steps[place - 1] if place else None,
        "next_step": steps[place + 1] if place + 1 < len(steps) else None,
    }

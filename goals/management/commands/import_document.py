"""``manage.py import_document``: read a party's plan from a document into a draft, and publish it if asked to.

The same reading, drafts and publishing as the import on the site. Exit codes: 0 when it is done, 1 if something that
was asked for does not exist or does not fit, 2 for wrong usage, 3 if the document cannot be read, 4 if it has no goals
and was not published for that reason, 5 if it is read in already.
"""

import json
from argparse import ArgumentParser
from pathlib import Path, PurePath
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from goals.publish import AlreadyPublishedError
from goals.publish_draft import NotReadyError, publish_draft
from parties.models import Committee, Party
from proposals.intake import read_draft, receive
from proposals.models import MEDIA_TYPES, Draft, Proposal
from proposals.reading import Heading, LeftOut
from proposals.reading.edit import coverage, key_of
from proposals.reading.limits import LARGEST_FILE
from proposals.review import explanation, read_out

UNREADABLE, NO_GOALS, ALREADY = 3, 4, 5


class Command(BaseCommand):
    help = "Läs in ett partis plan från ett dokument till ett utkast, att granska och publicera på webbplatsen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=f"dokumentet ({', '.join(sorted(MEDIA_TYPES))})")
        parser.add_argument("--party", required=True, help="partiets förkortning, som KD")
        parser.add_argument("--committee", required=True, help="nämndens adress, som eskilstuna/socialnamnden")
        parser.add_argument("--year", required=True, type=int, help="planens år")
        parser.add_argument("--title", default="", help="planens titel (annars tas den ur dokumentet)")
        parser.add_argument("--publish", action="store_true", help="publicera utan granskning")
        parser.add_argument("--dry-run", action="store_true", help="visa vad som hittas, skriv inget")
        parser.add_argument("--json", action="store_true", help="skriv vad som hittades som JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        committee, party = find_committee(options["committee"]), find_party(options["party"])
        if not 1971 <= options["year"] <= 2100:
            raise CommandError("Ange ett år mellan 1971 och 2100.")
        content = read_file(options["file"])
        if Proposal.objects.published_from(content).filter(plan_year__committee=committee).exists():
            raise CommandError("Dokumentet är redan publicerat.", returncode=ALREADY)
        try:
            with transaction.atomic():
                self.take_in(content, committee, party, options)
        except _DryRunError:
            if not options["json"]:
                self.stdout.write("Provkörning: inget har skrivits.")

    def take_in(self, content: bytes, committee: Committee, party: Party, options: dict[str, Any]) -> None:
        """Read the document into a draft, tell what was found, and publish it if asked to."""
        draft, is_new = receive(
            content,
            options["file"].name,
            committee=committee,
            year=options["year"],
            party=party,
            by=None,
            title=options["title"],
        )
        if not is_new:
            raise CommandError(f"Det finns redan ett utkast av dokumentet: nummer {draft.pk}.", returncode=ALREADY)
        read_draft(draft, self.progress)
        draft = Draft.objects.whole().get(pk=draft.pk)
        if draft.state != Draft.State.OPEN:
            raise CommandError(f"{options['file']}: {draft.problem}", returncode=UNREADABLE)
        proposal = self.publish(draft) if options["publish"] else None
        found = found_in(draft)
        found["draft"] = None if options["dry_run"] else draft.pk
        found["published_as"] = proposal.get_absolute_url() if proposal and not options["dry_run"] else None
        self.tell(found, as_json=options["json"])
        if options["dry_run"]:
            raise _DryRunError

    def publish(self, draft: Draft) -> Proposal:
        """Publish the draft as it was read.

        :raises CommandError: if it has no goals, or cannot be published.
        """
        if not draft.plan.goals:
            raise CommandError(
                "Inga mål hittades, så inget publicerades. Läs in dokumentet utan --publish och granska det.",
                returncode=NO_GOALS,
            )
        try:
            return publish_draft(draft, by=None, seen=draft.revision)
        except NotReadyError as error:
            raise CommandError(str(error)) from error
        except AlreadyPublishedError as error:
            raise CommandError(str(error), returncode=ALREADY) from error

    def progress(self, done: int, total: int) -> None:
        """Tell how many pages are read, beside what is written."""
        self.stderr.write(f"{done} av {total} sidor", self.style.NOTICE)

    def tell(self, found: dict[str, Any], *, as_json: bool) -> None:
        """Write what was found."""
        if as_json:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
            return
        self.stdout.write(f"{found['title']}: {len(found['goals'])} mål och uppdrag, {len(found['headings'])} rubriker")
        for goal in found["goals"]:
            doubt = f"  OSÄKERT: {'. '.join(goal['doubts'])}" if goal["doubts"] else ""
            self.stdout.write(f"{goal['number']:>4}  {goal['kind']}  {goal['text']}{doubt}")
        self.stdout.write(f"{found['lines']} rader: {found['left_out']} utelämnade, {found['unexplained']} oförklarade")
        if not found["goals"]:
            self.stdout.write("Inga mål hittades: dokumentet har ingen lista under en rubrik som ”Mål och uppdrag”.")
        if found["draft"] and not found["published_as"]:
            self.stdout.write(f"Utkast {found['draft']}: granska och publicera det under /arbete/import/")
        if found["published_as"]:
            self.stdout.write(f"Publicerad: {found['published_as']}")


class _DryRunError(Exception):
    """Nothing is to be kept."""


def found_in(draft: Draft) -> dict[str, Any]:
    """Give what was found in a draft's document, as JSON can hold it."""
    plan, lines = draft.plan, draft.read_lines
    goals = []
    for goal in plan.goals:
        said = read_out(goal, draft.readings)
        goals.append(
            {
                "number": goal.number,
                "key": key_of(goal),
                "kind": said.kind.value,
                "text": goal.text,
                "first_line": goal.first,
                "last_line": goal.last,
                "page": goal.page,
                "heading": goal.goal_heading,
                "why": explanation(goal),
                "confidence": goal.confidence.value,
                "doubts": list(goal.doubts),
                "target_value": None if said.target_value is None else str(said.target_value),
                "target_unit": said.target_unit,
                "target_bound": said.bound,
                "frequency": said.frequency,
                "due_year": said.due_year,
                "due_words": said.due_words,
                "due_on": said.due_on.isoformat() if said.due_on else None,
                "responsible": list(said.responsible),
            }
        )
    return {
        "file": draft.document.name,
        "sha256": draft.document.sha256,
        "title": draft.title,
        "lines": len(lines),
        "left_out": sum(isinstance(block, LeftOut) for block in plan.blocks),
        "unexplained": coverage(plan, lines).count(""),
        "headings": [block.text for block in plan.blocks if isinstance(block, Heading)],
        "goals": goals,
    }


def find_committee(address: str) -> Committee:
    """Find a committee by its address.

    :raises CommandError: with those that there are, if it does not exist.
    """
    municipality, _, slug = address.strip("/").partition("/")
    committees = Committee.objects.select_related("municipality")
    found = committees.filter(municipality__slug=municipality, slug=slug).first()
    if found is None:
        known = ", ".join(sorted(f"{each.municipality.slug}/{each.slug}" for each in committees)) or "ingen än"
        raise CommandError(f"Nämnden ”{address}” finns inte. De som finns: {known}.")
    return found


def find_party(abbreviation: str) -> Party:
    """Find a party by its abbreviation, however it is written.

    :raises CommandError: with those that there are, if it does not exist.
    """
    found = Party.objects.filter(abbreviation__iexact=abbreviation).first()
    if found is None:
        known = ", ".join(sorted(Party.objects.values_list("abbreviation", flat=True))) or "inget än"
        raise CommandError(f"Partiet ”{abbreviation}” finns inte. De som finns: {known}. Lägg till det i /admin/.")
    return found


def read_file(path: Path) -> bytes:
    """Read a document.

    :raises CommandError: if it is not there, is too large, or of a format that is not read.
    """
    if PurePath(path).suffix.lower() not in MEDIA_TYPES:
        known = ", ".join(sorted(MEDIA_TYPES))
        raise CommandError(f"{path}: filtypen kan inte läsas; använd {known}", returncode=UNREADABLE)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise CommandError(f"{path}: filen är för stor; högst {LARGEST_FILE} byte", returncode=UNREADABLE)
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: filen kan inte läsas ({error.strerror})", returncode=UNREADABLE) from error

"""``manage.py load_plans``: read the plans that stand in the repository, or in folders of your own.

Idempotent: a plan that is loaded already is left as it is. Atomic: if anything is wrong, nothing is written.
"""

from argparse import ArgumentParser
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from goals.models import Issue, ReportingPeriod
from goals.place import checked, place
from goals.publish import Reading, ReadingError, publish
from parties.models import Committee, Municipality, Party
from parties.swedish import slug
from proposals.manifest import Manifest, ManifestError, ProposalEntry, find_manifests, read_manifest
from proposals.models import PlanYear, Proposal, SourceDocument
from proposals.reading import ParsedPlan, UnreadableDocumentError, parse, read


class Command(BaseCommand):
    help = "Läs in partiernas planer. En plan som redan är inläst lämnas som den är."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folder",
            nargs="*",
            type=Path,
            help="mapp med manifest.toml (utan mapp: alla i proposals/plans/)",
        )
        parser.add_argument("--dry-run", action="store_true", help="visa vad som skulle läsas in, skriv inget")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                for folder in options["folder"] or find_manifests():
                    self.load(read_manifest(folder))
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except ManifestError as error:
            raise CommandError(str(error)) from error
        if options["dry_run"]:
            self.stdout.write("Provkörning: inget har skrivits.")

    def load(self, manifest: Manifest) -> None:
        plan_year = find_or_make_plan_year(manifest)
        ReportingPeriod.objects.make_defaults(plan_year)
        fresh: dict[str, Proposal] = {}
        for entry in manifest.proposals:
            content, plan = read_plan(entry)
            party = find_or_make_party(manifest, entry)
            existing = Proposal.objects.filter(plan_year=plan_year, party=party).first()
            if existing is None:
                fresh[entry.party["abbreviation"]] = publish_entry(entry, content, plan, plan_year, party)
            elif sha256(content).hexdigest() not in existing.checksums():
                raise ManifestError(
                    f"{entry.path}: {party} har redan en plan för {plan_year} med annat innehåll; inget ändras"
                )
            lists = ", ".join(str(count) for count in plan.goal_lists())
            already = "" if existing is None else " (redan inläst)"
            self.stdout.write(
                f"{party} – {plan_year}: {len(plan.goals)} mål och uppdrag i {len(plan.goal_lists())} listor "
                f"({lists}){already}"
            )
        if fresh and manifest.topics:
            place(manifest.topics, plan_year, fresh, manifest.path.with_name("topics.toml"))
            issues = Issue.objects.filter(goals__proposal__plan_year=plan_year).distinct()
            topics = issues.values("topic").distinct().count()
            self.stdout.write(f"{plan_year}: {issues.count()} frågor i {topics} ämnen")


def read_plan(entry: ProposalEntry) -> tuple[bytes, ParsedPlan]:
    """Read a proposal's document.

    :raises ManifestError: if it cannot be read, or has no goals; the message names the file and the line.
    """
    try:
        content = entry.path.read_bytes()
        plan = parse(read(content, entry.path.name))
    except OSError as error:
        raise ManifestError(f"{entry.path}: filen kan inte läsas ({error.strerror})") from error
    except UnreadableDocumentError as error:
        raise ManifestError(f"{entry.path}, rad {error.line}: {error.message}") from error
    if not plan.goals:
        raise ManifestError(
            f"{entry.path}, rad 1–{plan.line_count}: inga mål hittades; "
            "mål är punkter under en rubrik som ”Mål och uppdrag”"
        )
    return content, plan


def publish_entry(
    entry: ProposalEntry, content: bytes, plan: ParsedPlan, plan_year: PlanYear, party: Party
) -> Proposal:
    """Publish a proposal as its manifest says.

    :raises ManifestError: if the manifest's reading does not fit the document.
    """
    try:
        return publish(
            plan,
            document=SourceDocument.objects.keep(content, entry.path.name),
            plan_year=plan_year,
            party=party,
            title=entry.title,
            reading=Reading(entry.kinds, entry.stated, entry.sic),
        )
    except ReadingError as error:
        raise ManifestError(f"{entry.path}: {error}") from error


def find_or_make_plan_year(manifest: Manifest) -> PlanYear:
    """Find the plan year of a manifest, or make it with its municipality and committee.

    :raises ManifestError: if the municipality's code belongs to another municipality, or a field is not valid.
    """
    name, code = manifest.municipality["name"], manifest.municipality["code"]
    municipality = Municipality.objects.filter(code=code).first() or checked(
        Municipality(slug=slug(name), **manifest.municipality), manifest.path
    )
    if municipality.name != name:
        raise ManifestError(f"{manifest.path}: kommunkoden {code} hör till {municipality}, inte till {name}")
    committee_slug = slug(manifest.committee["name"])
    committee = municipality.committees.filter(slug=committee_slug).first() or checked(
        Committee(municipality=municipality, slug=committee_slug, **manifest.committee), manifest.path
    )
    return committee.plan_years.filter(year=manifest.year).first() or checked(
        PlanYear(committee=committee, year=manifest.year), manifest.path
    )


def find_or_make_party(manifest: Manifest, entry: ProposalEntry) -> Party:
    """Find the party of a proposal, or make it.

    :raises ManifestError: if another party has the address that the abbreviation gives, or a field is not valid.
    """
    party_slug = entry.party.get("slug") or slug(entry.party["abbreviation"])
    party = Party.objects.filter(slug=party_slug).first() or checked(
        Party(**{**entry.party, "slug": party_slug}), manifest.path
    )
    if party.name != entry.party["name"]:
        raise ManifestError(
            f"{manifest.path}: adressen ”{party_slug}” hör till {party}; ge {entry.party['name']} en egen med slug"
        )
    return party

"""What pages tell programs of their subjects, in schema.org's words (https://schema.org).

Only what the parties and the municipality are and have written: never how a goal stands, which may be an example.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse

from config.page import Local
from goals.data.files import MEDIA_TYPES, DataFile
from goals.data.writers import LICENCE
from goals.models import Goal
from parties.models import Committee
from proposals.models import PlanYear, Proposal

Thing = dict[str, Any]


def website() -> Thing:
    """Tell what the site is, and how it is searched."""
    target = {"@type": "EntryPoint", "urlTemplate": f"{settings.SITE_ADDRESS}/sok/?q={{search_term_string}}"}
    return {
        "@type": "WebSite",
        "name": "Nämndkollen",
        "url": Local(reverse("start")),
        "inLanguage": "sv",
        "potentialAction": {
            "@type": "SearchAction",
            "target": target,
            "query-input": "required name=search_term_string",
        },
    }


def organisation(committee: Committee) -> Thing:
    """Tell which committee of which municipality it is."""
    municipality = committee.municipality
    return {
        "@type": "GovernmentOrganization",
        "name": committee.name,
        "url": Local(committee.get_absolute_url()),
        "parentOrganization": {
            "@type": "GovernmentOrganization",
            "name": municipality.name,
            "identifier": {"@type": "PropertyValue", "propertyID": "SCB kommunkod", "value": municipality.code},
        },
    }


def work(proposal: Proposal) -> Thing:
    """Tell whose plan it is, and for which committee and year."""
    return {
        "@type": "CreativeWork",
        "name": proposal.title,
        "url": Local(proposal.get_absolute_url()),
        "inLanguage": "sv",
        "author": {"@type": "PoliticalParty", "name": proposal.party.name},
        "about": organisation(proposal.plan_year.committee),
        "temporalCoverage": str(proposal.plan_year.year),
        "version": proposal.version,
        "encoding": {"@type": "MediaObject", "contentUrl": Local(proposal.original_url)},
    }


def quotation(goal: Goal) -> Thing:
    """Tell a goal's words, and which plan they stand in."""
    return {
        "@type": "Quotation",
        "text": goal.passage.text,
        "identifier": goal.reference,
        "url": Local(goal.get_absolute_url()),
        "inLanguage": "sv",
        "creator": {"@type": "PoliticalParty", "name": goal.proposal.party.name},
        "isPartOf": {
            "@type": "CreativeWork",
            "name": goal.proposal.title,
            "url": Local(goal.proposal.get_absolute_url()),
        },
    }


def comparison_page(plan_year: PlanYear, proposals: Sequence[Proposal]) -> Thing:
    """Tell which plans are compared."""
    return {
        "@type": "CollectionPage",
        "name": f"Jämförelse av partiernas planer för {plan_year}",
        "url": Local(plan_year.compare_url),
        "about": organisation(plan_year.committee),
        "hasPart": [
            {
                "@type": "CreativeWork",
                "name": proposal.title,
                "author": {"@type": "PoliticalParty", "name": proposal.party.name},
                "url": Local(proposal.get_absolute_url()),
            }
            for proposal in proposals
        ],
    }


def dataset(plan_year: PlanYear | None, files: Sequence[DataFile]) -> Thing:
    """Tell what data there is of a plan year, or in all, and where it is downloaded."""
    here = reverse("data_year", args=plan_year.address) if plan_year else reverse("data")
    found: Thing = {
        "@type": "Dataset",
        "name": f"Nämndkollen: öppna data för {plan_year}" if plan_year else "Nämndkollen: öppna data",
        "description": (
            "Partiernas mål och uppdrag för en kommunal nämnd, ord för ord, "
            "med nämndens lägesrapporter, beslut och utfall för varje mål."
        ),
        "url": Local(here),
        "inLanguage": "sv",
        "license": LICENCE,
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.file_name,
                "encodingFormat": MEDIA_TYPES[file.form].partition(";")[0],
                "contentUrl": Local(file.url),
            }
            for file in files
        ],
    }
    if settings.OPERATOR:
        found["publisher"] = {"@type": "Organization", "name": settings.OPERATOR}
    if plan_year:
        found |= {"temporalCoverage": str(plan_year.year), "about": organisation(plan_year.committee)}
    return found

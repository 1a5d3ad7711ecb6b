"""Municipalities, committees and parties as Popolo (https://www.popoloproject.com), which civic programs read."""

from typing import Any

from goals.data.shared import whole
from parties.models import Committee, Municipality, Party, in_order


def popolo() -> dict[str, Any]:
    """Give the organisations that there are: of people nothing is published."""
    municipalities = [_municipality(each) for each in Municipality.objects.order_by("code")]
    committees = Committee.objects.select_related("municipality").order_by("municipality__code", "slug")
    return {
        "organizations": [
            *municipalities,
            *(_committee(each) for each in committees),
            *(_party(each) for each in in_order(Party.objects.all())),
        ],
    }


def _municipality(municipality: Municipality) -> dict[str, Any]:
    return {
        "id": f"kommun/{municipality.code}",
        "name": municipality.name,
        "classification": "municipality",
        "identifiers": [{"scheme": "SCB kommunkod", "identifier": municipality.code}],
    }


def _committee(committee: Committee) -> dict[str, Any]:
    return {
        "id": f"namnd/{committee.municipality.slug}/{committee.slug}",
        "name": committee.name,
        "classification": "committee",
        "parent_id": f"kommun/{committee.municipality.code}",
        "links": [{"note": "Nämndkollen", "url": whole(committee.get_absolute_url())}],
    }


def _party(party: Party) -> dict[str, Any]:
    return {
        "id": f"parti/{party.slug}",
        "name": party.name,
        "classification": "party",
        "other_names": [{"name": party.abbreviation, "note": "förkortning"}],
    }

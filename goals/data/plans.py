"""Tables of who there is and what was promised: municipalities, committees, parties, plan years, plans, their text."""

import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q

from goals.data.columns import Column, Kind, Table, Voice
from goals.data.shared import (
    at_address,
    equal,
    json_list,
    of_committee,
    of_municipality,
    of_party,
    of_year,
    pair,
    whole,
)
from goals.models import Mention
from parties.models import Committee, Municipality, Party
from proposals.models import Passage, PlanYear, Proposal
from proposals.models.places import anchor

Moment = datetime.datetime | None


def plan_path(municipality: str, committee: str, year: int, party: str) -> str:
    """Give the address of a plan's page."""
    return f"/{municipality}/{committee}/{year}/{party}/"


def address_of(plan_year: str) -> tuple[str, str, str]:
    """Give what the address of a plan year is read from; ``plan_year`` leads to it."""
    return (
        f"{plan_year}committee__municipality__slug",
        f"{plan_year}committee__slug",
        f"{plan_year}year",
    )


MUNICIPALITIES = Table(
    "kommuner",
    "Kommuner",
    "En rad för varje kommun.",
    (
        *of_municipality(""),
        Column(
            "municipality_address",
            Kind.TEXT,
            "Kommunens del av adresserna på webbplatsen.",
            "eskilstuna",
            reads=("slug",),
        ),
    ),
    lambda at: Municipality.objects.all(),
    lambda year: Q(pk=year.committee.municipality_id),
)

COMMITTEES = Table(
    "namnder",
    "Nämnder",
    "En rad för varje nämnd.",
    (
        *of_municipality("municipality__"),
        Column(
            "committee_address",
            Kind.TEXT,
            "Nämndens adress på webbplatsen.",
            "eskilstuna/socialnamnden",
            reads=("municipality__slug", "slug"),
            make=pair,
            within=at_address(""),
            width=28,
        ),
        Column("committee", Kind.TEXT, "Nämndens namn.", "Socialnämnden", reads=("name",), width=24),
        Column(
            "url",
            Kind.LINK,
            "Nämndens sida.",
            "https://namndkollen.example/eskilstuna/socialnamnden/",
            reads=("municipality__slug", "slug"),
            make=lambda *parts: whole(f"/{'/'.join(parts)}/"),
            width=40,
        ),
    ),
    lambda at: Committee.objects.all(),
    lambda year: Q(pk=year.committee_id),
)

PARTIES = Table(
    "partier",
    "Partier",
    "En rad för varje parti.",
    (
        Column(
            "party_abbreviation",
            Kind.TEXT,
            "Partiets förkortning.",
            "V",
            reads=("abbreviation",),
            within=equal("abbreviation"),
        ),
        Column("party", Kind.TEXT, "Partiets namn.", "Vänsterpartiet", reads=("name",), width=28),
        Column("party_address", Kind.TEXT, "Partiets del av adresserna på webbplatsen.", "v", reads=("slug",)),
    ),
    lambda at: Party.objects.all(),
    lambda year: Q(models.Exists(Proposal.objects.filter(plan_year=year, party=OuterRef("pk")))),
)

PLAN_YEARS = Table(
    "planar",
    "Planår",
    "En rad för varje nämnd och år som det finns planer för.",
    (
        *of_committee("committee"),
        Column("year", Kind.INTEGER, "Planåret: det år som planerna gäller.", 2017, within=equal("year"), width=8),
        Column(
            "url",
            Kind.LINK,
            "Jämförelsen av årets planer.",
            "https://namndkollen.example/eskilstuna/socialnamnden/2017/jamfor/",
            reads=address_of(""),
            make=lambda municipality, committee, year: whole(f"/{municipality}/{committee}/{year}/jamfor/"),
            width=50,
        ),
    ),
    lambda at: PlanYear.objects.published(),
    lambda year: Q(pk=year.pk),
)

PROPOSALS = Table(
    "planer",
    "Planer",
    "En rad för varje partis plan, i den version som gäller.",
    (
        *of_year("plan_year"),
        *of_party("party"),
        Column("title", Kind.TEXT, "Planens titel.", "Förslag till verksamhetsplan 2017", Voice.PARTY, width=50),
        Column(
            "plan_version", Kind.INTEGER, "Vilken version av planen det är, från 1.", 1, reads=("version",), width=8
        ),
        Column(
            "published_at",
            Kind.MOMENT,
            "När versionen lades ut här.",
            datetime.datetime(2017, 1, 2, 9, tzinfo=datetime.UTC),
            width=20,
        ),
        Column(
            "document_name", Kind.TEXT, "Originaldokumentets filnamn.", "plan.pdf", reads=("document__name",), width=40
        ),
        Column(
            "document_sha256",
            Kind.TEXT,
            "Originaldokumentets kontrollsumma (SHA-256).",
            "0" * 64,
            reads=("document__sha256",),
            width=20,
        ),
        Column(
            "document_url",
            Kind.LINK,
            "Originaldokumentet, byte för byte som det kom.",
            "https://namndkollen.example/eskilstuna/socialnamnden/2017/v/original/",
            reads=(*address_of("plan_year__"), "party__slug"),
            make=lambda *parts: whole(f"{plan_path(*parts)}original/"),
            width=50,
        ),
        Column(
            "url",
            Kind.LINK,
            "Planens sida.",
            "https://namndkollen.example/eskilstuna/socialnamnden/2017/v/",
            reads=(*address_of("plan_year__"), "party__slug"),
            make=lambda *parts: whole(plan_path(*parts)),
            width=50,
        ),
    ),
    lambda at: Proposal.objects.all(),
    lambda year: Q(plan_year=year),
)


def _passages(at: Moment) -> "models.QuerySet[Any]":
    """Find the passages of the versions that apply, each with the issues that it speaks of."""
    mentions = Mention.objects.filter(passage=OuterRef("pk")).order_by("pk")
    return Passage.objects.filter(version=F("proposal__version")).annotate(
        mentioned=ArraySubquery(mentions.values("issue__name")),
        mentioned_topics=ArraySubquery(mentions.values("issue__topic__name")),
    )


def _with_goals_own(own: str | None, mentioned: list[str]) -> list[str]:
    return [own] if own else mentioned


PASSAGES = Table(
    "textstallen",
    "Textställen",
    "En rad för varje stycke och punkt i planerna, i den version som gäller: mål, uppdrag och löptext.",
    (
        *of_year("proposal__plan_year"),
        *of_party("proposal__party"),
        Column("plan_version", Kind.INTEGER, "Planens version.", 1, reads=("version",), width=8),
        Column(
            "kind_of_block",
            Kind.TEXT,
            "Vad stycket är i planen.",
            "prose",
            reads=("kind",),
            choices=dict(Passage.Kind.choices),
            within=equal("kind"),
            width=10,
        ),
        Column(
            "number",
            Kind.INTEGER,
            "Målets nummer, om stycket är ett mål eller uppdrag.",
            25,
            reads=("goal__number",),
            width=8,
        ),
        Column(
            "section",
            Kind.TEXT,
            "Rubriken som stycket står under.",
            "Barn och unga",
            Voice.PARTY,
            reads=("section__text",),
            make=lambda heading: heading or "",
            width=28,
        ),
        *(
            Column(name, Kind.INTEGER, meaning, 12, unit=unit, width=8)
            for name, meaning, unit in (
                ("first_line", "Första raden i originaldokumentet.", "rad, eller stycke i Word"),
                ("last_line", "Sista raden i originaldokumentet.", "rad, eller stycke i Word"),
                ("page", "Sidan som det börjar på, om dokumentet har sidor.", "sida"),
            )
        ),
        Column(
            "text",
            Kind.TEXT,
            "Styckets text, ord för ord.",
            "Fler fältassistenter ska anställas.",
            Voice.PARTY,
            width=80,
        ),
        Column(
            "sic",
            Kind.LIST,
            "Ord som står så i originalet, och som annars kan tas för vårt fel.",
            ["fältasistenter"],
            make=json_list,
        ),
        Column(
            "issues",
            Kind.LIST,
            "Frågorna som stycket handlar om, så som Nämndkollen har ordnat dem.",
            ["Fältassistenter"],
            reads=("goal__issue__name", "mentioned"),
            make=_with_goals_own,
            width=30,
        ),
        Column(
            "topics",
            Kind.LIST,
            "Ämnena som frågorna hör till, i samma ordning.",
            ["Barn och unga"],
            reads=("goal__issue__topic__name", "mentioned_topics"),
            make=_with_goals_own,
            width=24,
        ),
        Column(
            "url",
            Kind.LINK,
            "Stället på planens sida.",
            "https://namndkollen.example/eskilstuna/socialnamnden/2017/v/#rad-12",
            reads=(*address_of("proposal__plan_year__"), "proposal__party__slug", "first_line", "first_character"),
            make=lambda *parts: whole(f"{plan_path(*parts[:4])}#{anchor(*parts[4:])}"),
            width=50,
        ),
    ),
    _passages,
    lambda year: Q(proposal__plan_year=year),
)

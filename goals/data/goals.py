"""The table of goals, with the parties' words and with what was said last of how each went."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, JSONObject

from goals.data.columns import Column, Kind, Table, Voice
from goals.data.plans import Moment, address_of, plan_path
from goals.data.shared import (
    day,
    equal,
    json_list,
    number,
    of_party,
    of_year,
    said,
    whole,
)
from goals.models import Alignment, Decision, Goal, OutcomeValue, Status, StatusUpdate
from goals.models.records import status_label

_URL = "https://namndkollen.example/eskilstuna/socialnamnden/"


def _goals(at: Moment) -> "models.QuerySet[Any]":
    """Find the goals, each with what was said of it last and how it relates to the others on its issue.

    Each of these is one row as JSON, from an index, so that the goals come in one query that holds nothing.
    """

    def latest(model: Any, **fields: Any) -> Subquery:
        current = model.objects.in_force(at).filter(goal=OuterRef("pk")).order_by(*model.LATEST)
        return Subquery(current.values(said=JSONObject(**fields, exempel="is_example"))[:1])

    related = Alignment.objects.filter(issue=OuterRef("issue"), plan_year=OuterRef("proposal__plan_year"))
    return Goal.objects.annotate(
        latest_status=latest(
            StatusUpdate, status="status", period="period__slug", date="date", comment="comment", kind="goal__kind"
        ),
        latest_decision=latest(Decision, outcome="outcome", date="date", due_on="due_on"),
        latest_outcome=latest(OutcomeValue, value=Cast("value", TextField()), date="date"),
        related=Subquery(related.values(said=JSONObject(relation="relation", reason="reason"))[:1]),
    )


def _is_example(*records: Any) -> bool:
    return any((record or {}).get("exempel") for record in records)


def _status_name(record: Any, kind: str) -> str:
    return status_label((record or {}).get("status", ""), kind)


def _by_status(value: str) -> Q:
    return Q(latest_status__status=value) if value else Q(latest_status__isnull=True)


def _by_decision(value: str) -> Q:
    return Q(latest_decision__outcome=value) if value else Q(latest_decision__isnull=True)


def _one(value: str | None) -> list[str]:
    return [value] if value else []


_FROM_STATUS = ("latest_status",)
_FROM_DECISION = ("latest_decision",)
_FROM_OUTCOME = ("latest_outcome",)

GOALS = Table(
    "mal",
    "Mål och uppdrag",
    "En rad för varje mål och uppdrag, med partiets ord och med det senaste som sagts om hur det gått. "
    "Mål som en senare version av planen har tagit bort finns kvar, med versionens nummer i withdrawn_in.",
    (
        *of_year("proposal__plan_year"),
        *of_party("proposal__party"),
        Column("plan_version", Kind.INTEGER, "Planens version.", 1, reads=("proposal__version",), width=8),
        Column(
            "number",
            Kind.INTEGER,
            "Målets nummer i planen. Numret är alltid detsamma, också i en senare version.",
            25,
            within=equal("number"),
            width=8,
        ),
        Column(
            "kind",
            Kind.TEXT,
            "Mål eller uppdrag.",
            "goal",
            choices=dict(Goal.Kind.choices),
            within=equal("kind"),
            width=11,
        ),
        Column(
            "text",
            Kind.TEXT,
            "Målets text, ord för ord.",
            "Fler fältassistenter ska anställas.",
            Voice.PARTY,
            reads=("passage__text",),
            width=80,
        ),
        *(
            Column(name, Kind.INTEGER, meaning, 12, reads=(f"passage__{name}",), unit=unit, width=8)
            for name, meaning, unit in (
                ("first_line", "Första raden i originaldokumentet.", "rad, eller stycke i Word"),
                ("last_line", "Sista raden i originaldokumentet.", "rad, eller stycke i Word"),
                ("page", "Sidan som målet börjar på, om dokumentet har sidor.", "sida"),
            )
        ),
        Column(
            "sic",
            Kind.LIST,
            "Ord som står så i originalet, och som annars kan tas för vårt fel.",
            ["fältasistenter"],
            reads=("passage__sic",),
            make=json_list,
        ),
        Column(
            "target_value",
            Kind.NUMBER,
            "Målvärdet som texten anger. Tomt om den inte anger något.",
            Decimal("97"),
            Voice.PARTY,
            unit="enligt target_unit",
        ),
        Column("target_unit", Kind.TEXT, "Målvärdets enhet, med textens egna ord.", "%", Voice.PARTY),
        Column("target_bound", Kind.TEXT, "Textens ord för minst eller högst.", "minst", Voice.PARTY),
        Column("frequency", Kind.TEXT, "Hur ofta, med textens egna ord.", "varje år", Voice.PARTY),
        Column("due_words", Kind.TEXT, "När det ska vara klart, med textens egna ord.", "under 2017", Voice.PARTY),
        Column("due_on", Kind.DATE, "Sista dagen, om texten anger en dag.", datetime.date(2017, 12, 31), Voice.PARTY),
        Column("due_year", Kind.INTEGER, "Året, om texten bara anger ett år.", 2017, Voice.PARTY, width=8),
        Column(
            "responsible",
            Kind.LIST,
            "Vem som ska göra det, med textens egna ord.",
            ["socialnämnden"],
            Voice.PARTY,
            width=24,
        ),
        Column(
            "issues",
            Kind.LIST,
            "Frågan som målet hör till, så som Nämndkollen har ordnat målen. Högst en.",
            ["Fältassistenter"],
            reads=("issue__name",),
            make=_one,
            within=equal("issue__name"),
            width=30,
        ),
        Column(
            "topics",
            Kind.LIST,
            "Ämnet som frågan hör till. Högst ett.",
            ["Barn och unga"],
            reads=("issue__topic__name",),
            make=_one,
            within=equal("issue__topic__name"),
            width=24,
        ),
        Column(
            "relation",
            Kind.TEXT,
            "Hur partiernas mål i frågan förhåller sig det året.",
            "same",
            reads=("related",),
            make=said("relation"),
            choices=dict(Alignment.Relation.choices),
        ),
        Column(
            "relation_reason",
            Kind.TEXT,
            "Skälet till det.",
            "Båda vill ha fler.",
            reads=("related",),
            make=said("reason"),
            width=40,
        ),
        Column(
            "withdrawn_in",
            Kind.INTEGER,
            "Versionen av planen som tog bort målet. Tomt för mål som gäller; räkna bara dem.",
            2,
            Voice.PARTY,
            width=8,
        ),
        Column(
            "status",
            Kind.TEXT,
            "Senaste status. Tomt betyder att ingen har bedömt målet, inte att inget har gjorts.",
            "partly",
            Voice.COMMITTEE,
            reads=_FROM_STATUS,
            make=said("status"),
            choices={"": "Ej bedömt", **dict(Status.choices)},
            within=_by_status,
        ),
        Column(
            "status_name",
            Kind.TEXT,
            "Statusen med ord, så som den heter för ett mål respektive ett uppdrag.",
            "Delvis uppnått",
            Voice.COMMITTEE,
            reads=("latest_status", "kind"),
            make=_status_name,
            width=20,
        ),
        Column(
            "status_period",
            Kind.TEXT,
            "Perioden som statusen gäller; se perioder.",
            "delar",
            Voice.COMMITTEE,
            reads=_FROM_STATUS,
            make=said("period"),
        ),
        Column(
            "status_date",
            Kind.DATE,
            "Dagen som statusen gäller.",
            datetime.date(2017, 8, 31),
            Voice.COMMITTEE,
            reads=_FROM_STATUS,
            make=said("date", parse=day),
        ),
        Column(
            "status_comment",
            Kind.TEXT,
            "Kommentaren till statusen.",
            "Två av tre grupper är i gång.",
            Voice.COMMITTEE,
            reads=_FROM_STATUS,
            make=said("comment"),
            width=50,
        ),
        Column(
            "decision",
            Kind.TEXT,
            "Vad nämnden beslutade om målet. Tomt betyder att beslutet inte är känt.",
            "adopted",
            Voice.COMMITTEE,
            reads=_FROM_DECISION,
            make=said("outcome"),
            choices={"": "Ej känt", **dict(Decision.Outcome.choices)},
            within=_by_decision,
        ),
        Column(
            "decision_date",
            Kind.DATE,
            "Beslutets dag.",
            datetime.date(2017, 1, 20),
            Voice.COMMITTEE,
            reads=_FROM_DECISION,
            make=said("date", parse=day),
        ),
        Column(
            "decision_due_on",
            Kind.DATE,
            "Dagen då det ska vara klart enligt beslutet. Den går före textens egen.",
            datetime.date(2017, 12, 31),
            Voice.COMMITTEE,
            reads=_FROM_DECISION,
            make=said("due_on", parse=day),
        ),
        Column(
            "outcome",
            Kind.NUMBER,
            "Det senast uppmätta värdet.",
            Decimal("95.5"),
            Voice.COMMITTEE,
            reads=_FROM_OUTCOME,
            make=said("value", parse=number),
            unit="enligt target_unit",
        ),
        Column(
            "outcome_date",
            Kind.DATE,
            "Dagen då värdet mättes.",
            datetime.date(2017, 8, 31),
            Voice.COMMITTEE,
            reads=_FROM_OUTCOME,
            make=said("date", parse=day),
        ),
        Column(
            "exempel",
            Kind.BOOLEAN,
            "Om något av status, beslut och utfall i raden är påhittat för att visa hur webbplatsen fungerar.",
            False,
            Voice.COMMITTEE,
            reads=("latest_status", "latest_decision", "latest_outcome"),
            make=_is_example,
            width=9,
        ),
        Column(
            "url",
            Kind.LINK,
            "Målets sida.",
            f"{_URL}2017/v/25/",
            reads=(*address_of("proposal__plan_year__"), "proposal__party__slug", "number"),
            make=lambda *parts: whole(f"{plan_path(*parts[:4])}{parts[4]}/"),
            width=50,
        ),
    ),
    _goals,
    lambda year: Q(proposal__plan_year=year),
    has_history=True,
    has_example=True,
)

"""Tables of what was recorded: periods, status updates, decisions and outcomes, corrections with them."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery

from goals.data.columns import Column, Kind, Table, Voice
from goals.data.plans import Moment, address_of, plan_path
from goals.data.shared import EXAMPLE, equal, of_party, of_year, whole
from goals.models import Decision, Goal, OutcomeValue, ReportingPeriod, Status, StatusUpdate
from goals.models.records import status_label
from parties.models import Membership

_DAY = datetime.date(2017, 8, 31)
_MOMENT = datetime.datetime(2017, 9, 12, 8, 30, tzinfo=datetime.UTC)
_KEY = "8c9d4a52-6f0e-4b0e-9a51-2f3b6c7d8e90"

PERIODS = Table(
    "perioder",
    "Uppföljningsperioder",
    "En rad för varje period som nämnden följer upp.",
    (
        *of_year("plan_year"),
        Column(
            "period", Kind.TEXT, "Periodens del av adressen. Med den känns perioden igen.", "delar", reads=("slug",)
        ),
        Column("period_name", Kind.TEXT, "Periodens namn.", "Delår", reads=("name",), voice=Voice.COMMITTEE),
        Column("ends_on", Kind.DATE, "Periodens sista dag, som lägesrapporterna beskriver.", _DAY, Voice.COMMITTEE),
        Column(
            "due_on", Kind.DATE, "Dagen då uppföljningen ska vara klar.", datetime.date(2017, 9, 30), Voice.COMMITTEE
        ),
        Column(
            "locked_at",
            Kind.MOMENT,
            "När perioden låstes. Tomt så länge den tar emot lägesrapporter.",
            _MOMENT,
            Voice.COMMITTEE,
            width=20,
        ),
    ),
    lambda at: ReportingPeriod.objects.all(),
    lambda year: Q(plan_year=year),
)


def _recorded(model: Any) -> Callable[[Moment], "models.QuerySet[Any]"]:
    """Give what finds all records of a kind written before a moment, and which of them were replaced by then."""

    def find(at: Moment) -> "models.QuerySet[Any]":
        replacements = model._base_manager.filter(replaces=OuterRef("pk"))
        if at is not None:
            replacements = replacements.filter(recorded_at__lt=at)
        # By its key, and not whether there is one: for that the database may read all replacements there are at once.
        found: models.QuerySet[Any] = model.objects.recorded_by(at).annotate(
            replaced_by_key=Subquery(replacements.values("pk")[:1])
        )
        return found

    return find


def _goal_columns() -> tuple[Column, ...]:
    """Give the columns that say which goal a record speaks of."""
    return (
        Column(
            "key",
            Kind.TEXT,
            "Uppgiftens egen nyckel. Den är alltid densamma; samma uppgift skrivs aldrig in två gånger.",
            _KEY,
            make=str,
            within=equal("key"),
            width=38,
        ),
        *of_year("goal__proposal__plan_year"),
        *of_party("goal__proposal__party"),
        Column(
            "number",
            Kind.INTEGER,
            "Målets nummer i planen.",
            25,
            reads=("goal__number",),
            within=equal("goal__number"),
            width=8,
        ),
        Column(
            "kind",
            Kind.TEXT,
            "Mål eller uppdrag.",
            "goal",
            reads=("goal__kind",),
            choices=dict(Goal.Kind.choices),
            width=11,
        ),
    )


def _record_columns(model: Any) -> tuple[Column, ...]:
    """Give the columns that every kind of record ends with."""
    return (
        Column(
            "role",
            Kind.TEXT,
            "Rollen hos den som skrev. Personens namn publiceras inte.",
            "secretary",
            Voice.COMMITTEE,
            reads=("author_role",),
            choices=dict(Membership.Role.choices),
        ),
        Column("recorded_at", Kind.MOMENT, "När uppgiften skrevs.", _MOMENT, width=20),
        Column(
            "replaces",
            Kind.TEXT,
            "Nyckeln till uppgiften som den här rättar. Tomt om den inte är en rättelse.",
            _KEY,
            reads=("replaces__key",),
            make=lambda key: str(key) if key else "",
            width=38,
        ),
        Column("reason", Kind.TEXT, "Varför rättelsen gjordes.", "Fel rad.", Voice.COMMITTEE, width=30),
        Column(
            "in_force",
            Kind.BOOLEAN,
            "Om uppgiften gäller: att ingen senare har rättat den, och att den inte själv tar tillbaka något.",
            True,
            reads=("replaced_by_key", model.CONTENT),
            make=lambda replaced, content: replaced is None and content not in ("", None),
            width=9,
        ),
        EXAMPLE,
        Column(
            "url",
            Kind.LINK,
            "Målets sida, med hela historiken.",
            "https://namndkollen.example/eskilstuna/socialnamnden/2017/v/25/",
            reads=(*address_of("goal__proposal__plan_year__"), "goal__proposal__party__slug", "goal__number"),
            make=lambda *parts: whole(f"{plan_path(*parts[:4])}{parts[4]}/"),
            width=50,
        ),
    )


def _link(meaning: str) -> Column:
    return Column("link", Kind.LINK, meaning, "https://www.kommunen.example/protokoll", Voice.COMMITTEE, width=40)


def _reference(meaning: str) -> Column:
    return Column("reference", Kind.TEXT, meaning, "SOC/2017:12", Voice.COMMITTEE, width=18)


def _of_year(year: Any) -> Q:
    return Q(goal__proposal__plan_year=year)


STATUS_UPDATES = Table(
    "lagesrapporter",
    "Lägesrapporter",
    "En rad för varje lägesrapport som skrivits, också de som senare rättats. Inget tas bort.",
    (
        *_goal_columns(),
        Column(
            "period",
            Kind.TEXT,
            "Perioden; se perioder.",
            "delar",
            Voice.COMMITTEE,
            reads=("period__slug",),
            within=equal("period__slug"),
        ),
        Column("date", Kind.DATE, "Dagen som rapporten beskriver.", _DAY, Voice.COMMITTEE),
        Column(
            "status",
            Kind.TEXT,
            "Status. Tom i en rättelse som bara tar tillbaka.",
            "partly",
            Voice.COMMITTEE,
            choices={"": "Ej bedömt", **dict(Status.choices)},
            within=equal("status"),
        ),
        Column(
            "status_name",
            Kind.TEXT,
            "Statusen med ord, så som den heter för ett mål respektive ett uppdrag.",
            "Delvis uppnått",
            Voice.COMMITTEE,
            reads=("status", "goal__kind"),
            make=status_label,
            width=20,
        ),
        Column("comment", Kind.TEXT, "Kommentaren.", "Två av tre grupper är i gång.", Voice.COMMITTEE, width=60),
        Column("evidence", Kind.TEXT, "Underlaget.", "Delårsrapport 2017, sidan 14", Voice.COMMITTEE, width=40),
        _link("Länk till underlaget."),
        _reference("Underlagets diarienummer."),
        *_record_columns(StatusUpdate),
    ),
    _recorded(StatusUpdate),
    _of_year,
    has_history=True,
    has_example=True,
)

DECISIONS = Table(
    "beslut",
    "Beslut",
    "En rad för varje beslut av nämnden om ett mål som lagts in, också de som senare rättats.",
    (
        *_goal_columns(),
        Column("date", Kind.DATE, "Beslutets dag.", datetime.date(2017, 1, 20), Voice.COMMITTEE),
        Column(
            "outcome",
            Kind.TEXT,
            "Vad nämnden beslutade. Tomt i en rättelse som bara tar tillbaka.",
            "adopted",
            Voice.COMMITTEE,
            choices={"": "Ej känt", **dict(Decision.Outcome.choices)},
            within=equal("outcome"),
        ),
        Column(
            "due_on", Kind.DATE, "När det ska vara klart enligt beslutet.", datetime.date(2017, 12, 31), Voice.COMMITTEE
        ),
        _reference("Paragraf eller diarienummer."),
        _link("Länk till protokollet."),
        *_record_columns(Decision),
    ),
    _recorded(Decision),
    _of_year,
    has_history=True,
    has_example=True,
)

OUTCOMES = Table(
    "utfall",
    "Utfall",
    "En rad för varje värde som mätts för ett mål med målvärde, också de som senare rättats.",
    (
        *_goal_columns(),
        Column("date", Kind.DATE, "Dagen då värdet mättes.", _DAY, Voice.COMMITTEE),
        Column(
            "value",
            Kind.NUMBER,
            "Värdet. Tomt i en rättelse som bara tar tillbaka.",
            Decimal("95.5"),
            Voice.COMMITTEE,
            unit="enligt unit",
        ),
        Column(
            "unit", Kind.TEXT, "Målvärdets enhet, med textens egna ord.", "%", Voice.PARTY, reads=("goal__target_unit",)
        ),
        Column("source", Kind.TEXT, "Källan till värdet.", "Brukarundersökning 2017", Voice.COMMITTEE, width=40),
        _link("Länk till källan."),
        *_record_columns(OutcomeValue),
    ),
    _recorded(OutcomeValue),
    _of_year,
    has_history=True,
    has_example=True,
)

#: The tables whose rows have a key of their own, and can be read in again.
RECORDED = (STATUS_UPDATES, DECISIONS, OUTCOMES)

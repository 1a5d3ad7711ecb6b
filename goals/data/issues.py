"""Tables of what lines goals up: topics, issues, and how the goals on an issue relate."""

from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, F, OuterRef, Q

from goals.data.columns import Column, Kind, Table
from goals.data.shared import equal, of_committee, of_year, text, whole
from goals.models import Alignment, Goal, Issue, Mention, Topic
from parties.swedish import swedish_key

_URL = "https://namndkollen.example/eskilstuna/socialnamnden/"

TOPICS = Table(
    "amnen",
    "Ämnen",
    "En rad för varje ämne som en nämnds frågor är ordnade under.",
    (
        *of_committee("committee"),
        Column("topic", Kind.TEXT, "Ämnets namn.", "Barn och unga", reads=("name",), width=30),
        Column("topic_address", Kind.TEXT, "Ämnets del av adressen.", "barn-och-unga", reads=("slug",), width=30),
        Column("position", Kind.INTEGER, "Ämnets plats i ordningen.", 0, width=8),
        Column(
            "url",
            Kind.LINK,
            "Ämnets sida.",
            f"{_URL}amne/barn-och-unga/",
            reads=("committee__municipality__slug", "committee__slug", "slug"),
            make=lambda *parts: whole("/{}/{}/amne/{}/".format(*parts)),
            width=50,
        ),
    ),
    lambda at: Topic.objects.all(),
    lambda year: Q(committee=year.committee_id),
)


def _spoken_of(year: Any) -> Q:
    """Give the condition that an issue has a goal or running text of a plan year."""
    goals = Goal.objects.filter(issue=OuterRef("pk"), proposal__plan_year=year)
    mentions = Mention.objects.filter(issue=OuterRef("pk"), passage__proposal__plan_year=year)
    return Q(committee=year.committee_id) & (Q(Exists(goals)) | Q(Exists(mentions)))


ISSUES = Table(
    "fragor",
    "Frågor",
    "En rad för varje fråga. En fråga är det som ställer olika partiers mål bredvid varandra, över åren.",
    (
        *of_committee("committee"),
        Column("issue", Kind.TEXT, "Frågans namn.", "Fältassistenter", reads=("name",), within=equal("name"), width=40),
        Column("issue_address", Kind.TEXT, "Frågans del av adressen.", "faltassistenter", reads=("slug",), width=40),
        Column(
            "topic",
            Kind.TEXT,
            "Ämnet som frågan hör till.",
            "Barn och unga",
            reads=("topic__name",),
            within=equal("topic__name"),
            width=30,
        ),
        Column("position", Kind.INTEGER, "Frågans plats i ämnet.", 0, width=8),
        Column(
            "url",
            Kind.LINK,
            "Frågans sida.",
            f"{_URL}fraga/faltassistenter/",
            reads=("committee__municipality__slug", "committee__slug", "slug"),
            make=lambda *parts: whole("/{}/{}/fraga/{}/".format(*parts)),
            width=50,
        ),
    ),
    lambda at: Issue.objects.all(),
    _spoken_of,
)


def _in_order(abbreviations: list[str], names: list[str]) -> list[str]:
    """Give parties' abbreviations in the published order of the parties."""
    return [short for _, short in sorted(zip(names, abbreviations, strict=True), key=lambda pair: swedish_key(pair[0]))]


ALIGNMENTS = Table(
    "jamforelser",
    "Jämförelser av mål",
    "En rad för varje fråga och år där det är sagt hur partiernas mål förhåller sig, och varför.",
    (
        *of_year("plan_year"),
        Column("issue", Kind.TEXT, "Frågans namn.", "Fältassistenter", reads=("issue__name",), width=40),
        Column(
            "parties",
            Kind.LIST,
            "Partierna vars mål det gäller, förkortade.",
            ["KD", "V"],
            reads=("abbreviations", "party_names"),
            make=_in_order,
        ),
        Column("relation", Kind.TEXT, "Förhållandet.", "same", choices=dict(Alignment.Relation.choices), make=text),
        Column("relation_reason", Kind.TEXT, "Skälet.", "Båda vill ha fler.", reads=("reason",), width=60),
    ),
    lambda at: Alignment.objects.annotate(
        abbreviations=ArrayAgg(F("parties__abbreviation"), order_by="parties__pk"),
        party_names=ArrayAgg(F("parties__name"), order_by="parties__pk"),
    ),
    lambda year: Q(plan_year=year),
)

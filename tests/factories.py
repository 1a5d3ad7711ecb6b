"""Invented rows for tests. Nothing here is shown to anyone."""

from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from goals import models as goals
from parties import models as parties
from proposals import models as proposals
from proposals.reading import parse, read
from proposals.reading.lines import lines_to_json
from proposals.reading.stored import plan_to_json


class MunicipalityFactory(DjangoModelFactory):
    class Meta:
        model = parties.Municipality

    name = factory.Sequence(lambda n: f"Provköping {n:05}")
    slug = factory.Sequence(lambda n: f"provkoping-{n}")
    code = factory.Sequence(lambda n: f"{3000 + n % 7000}")  # four digits, however many the tests make


class CommitteeFactory(DjangoModelFactory):
    class Meta:
        model = parties.Committee

    municipality = factory.SubFactory(MunicipalityFactory)
    name = "Provnämnden"
    slug = "provnamnden"


class PartyFactory(DjangoModelFactory):
    class Meta:
        model = parties.Party

    name = factory.Sequence(lambda n: f"Provpartiet {n:05}")
    abbreviation = factory.Sequence(lambda n: f"P{n}")
    slug = factory.LazyAttribute(lambda party: party.abbreviation.lower())


class PlanYearFactory(DjangoModelFactory):
    class Meta:
        model = proposals.PlanYear

    committee = factory.SubFactory(CommitteeFactory)
    year = 2026


class SourceDocumentFactory(DjangoModelFactory):
    class Meta:
        model = proposals.SourceDocument

    name = "plan.txt"
    media_type = "text/plain"
    content = b"Prov"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")


class ProposalFactory(DjangoModelFactory):
    class Meta:
        model = proposals.Proposal

    plan_year = factory.SubFactory(PlanYearFactory)
    party = factory.SubFactory(PartyFactory)
    title = "Provplan"
    document = factory.SubFactory(SourceDocumentFactory)


class SectionFactory(DjangoModelFactory):
    class Meta:
        model = proposals.Section

    proposal = factory.SubFactory(ProposalFactory)
    # Behind everything that a loaded plan has.
    position = factory.Sequence(lambda n: 10_000 + n)
    first_line = factory.SelfAttribute("position")
    last_line = factory.SelfAttribute("first_line")
    text = "Mål och uppdrag"
    raw = factory.SelfAttribute("text")
    level = 1


class PassageFactory(DjangoModelFactory):
    class Meta:
        model = proposals.Passage

    proposal = factory.SubFactory(ProposalFactory)
    # Behind everything that a loaded plan has.
    position = factory.Sequence(lambda n: 10_000 + n)
    first_line = factory.SelfAttribute("position")
    last_line = factory.SelfAttribute("first_line")
    text = factory.Sequence(lambda n: f"Provtext {n:05} om något som ska göras")
    raw = factory.LazyAttribute(lambda passage: f"- {passage.text}")
    kind = proposals.Passage.Kind.PROSE
    rule = "prov"


class PageImageFactory(DjangoModelFactory):
    class Meta:
        model = proposals.PageImage

    document = factory.SubFactory(SourceDocumentFactory)
    page = 1
    content = b"PNG"


class DraftFactory(DjangoModelFactory):
    class Meta:
        model = proposals.Draft
        exclude = ["text", "found"]

    #: The document's words, as Markdown.
    text = "# Mål och uppdrag\n\n- Öppna ett sommarkafé vid ån\n- Fler parker i alla stadsdelar\n"
    found = factory.LazyAttribute(lambda draft: read(draft.text.encode(), "plan.md"))
    committee = factory.SubFactory(CommitteeFactory)
    year = 2017
    party = factory.SubFactory(PartyFactory)
    title = "Provplan"
    document = factory.SubFactory(SourceDocumentFactory)
    state = proposals.Draft.State.OPEN
    lines = factory.LazyAttribute(lambda draft: lines_to_json(draft.found))
    plan_read = factory.LazyAttribute(lambda draft: plan_to_json(parse(draft.found)))


class TopicFactory(DjangoModelFactory):
    class Meta:
        model = goals.Topic

    committee = factory.SubFactory(CommitteeFactory)
    name = factory.Sequence(lambda n: f"Provämne {n:05}")
    slug = factory.Sequence(lambda n: f"provamne-{n}")
    position = factory.Sequence(lambda n: n)


class IssueFactory(DjangoModelFactory):
    class Meta:
        model = goals.Issue

    topic = factory.SubFactory(TopicFactory)
    committee = factory.SelfAttribute("topic.committee")
    name = factory.Sequence(lambda n: f"Provfråga {n:05}")
    slug = factory.Sequence(lambda n: f"provfraga-{n}")
    position = factory.Sequence(lambda n: n)


class GoalFactory(DjangoModelFactory):
    class Meta:
        model = goals.Goal

    proposal = factory.SubFactory(ProposalFactory)
    passage = factory.SubFactory(
        PassageFactory, proposal=factory.SelfAttribute("..proposal"), kind=proposals.Passage.Kind.GOAL
    )
    number = factory.Sequence(lambda n: n + 1)
    kind = goals.Goal.Kind.GOAL
    issue = None


class UserFactory(DjangoModelFactory):
    class Meta:
        model = parties.User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    password = factory.django.Password("ett-långt-lösenord")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = parties.Membership

    user = factory.SubFactory(UserFactory)
    committee = factory.SubFactory(CommitteeFactory)
    role = parties.Membership.Role.SECRETARY


class PeriodFactory(DjangoModelFactory):
    class Meta:
        model = goals.ReportingPeriod

    plan_year = factory.SubFactory(PlanYearFactory)
    name = factory.Sequence(lambda n: f"Provperiod {n:05}")
    slug = factory.Sequence(lambda n: f"provperiod-{n}")
    ends_on = factory.LazyAttributeSequence(lambda period, n: date(period.plan_year.year, 1, 1) + timedelta(days=n))
    due_on = factory.SelfAttribute("ends_on")

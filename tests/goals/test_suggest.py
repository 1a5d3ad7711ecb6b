"""Suggestions: which goals and issues a text of a new plan may belong with, and the words that say so."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goals.models import Goal, Issue, Mention
from goals.suggest import LONGEST, MOST, STRONG, Asked, Suggestions, possible_duplicates, suggest
from parties.models import Party
from proposals.models import Passage, PlanYear, Proposal
from tests.evaluation import FAILED, alignment
from tests.factories import (
    GoalFactory,
    IssueFactory,
    PartyFactory,
    PassageFactory,
    PlanYearFactory,
    ProposalFactory,
    TopicFactory,
)

FIELD_WORKERS = "Anställa fler fältassistenter i bostadsområdena"


@pytest.fixture
def plan_year(db: None) -> PlanYear:
    return PlanYearFactory(year=2026)


@pytest.fixture
def newcomer(db: None) -> Party:
    """Give the party whose plan is being imported."""
    return PartyFactory(abbreviation="NY", name="Nya provpartiet")


def goal(text: str, plan_year: PlanYear, party: Party | None = None, issue: Issue | None = None, **said: int) -> Goal:
    """Publish a goal that says ``text``."""
    found = Proposal.objects.filter(plan_year=plan_year, party=party).first() if party else None
    proposal = found or ProposalFactory(plan_year=plan_year, party=party or PartyFactory())
    passage = PassageFactory(proposal=proposal, kind=Passage.Kind.GOAL, text=text)
    return GoalFactory(proposal=proposal, passage=passage, issue=issue, **said)


def issue(plan_year: PlanYear, name: str = "Zebror") -> Issue:
    return IssueFactory(topic=TopicFactory(committee=plan_year.committee), name=name)


def one(text: str, plan_year: PlanYear, party: Party | None = None) -> Suggestions:
    """Ask about a single text."""
    return suggest([Asked(text)], plan_year, party)[0]


def test_the_two_real_plans_find_each_other(plans):
    """Of the eight pairs that a person called the same question, at least seven are found among the first three."""
    found = alignment.measure()
    assert len(found.of("same")) == 8
    assert found.found("same") >= 7
    missed = [(pair.one, pair.other) for pair in found.of("same") if not pair.is_found]
    assert missed in ([], [("V 9", "KD 13")])
    assert found.goals.among >= 40
    assert found.goals.asked == 53
    assert found.prose.among >= 20
    assert found.prose.asked == 28


def test_the_report_has_the_rank_of_every_pair(plans):
    """What `make eval-import` prints names each pair, found or not, and the totals."""
    said = [line.strip() for line in alignment.lines_of(alignment.measure())]
    assert "same: 7 of 8 pairs found" in said
    assert "missed V 9 – KD 13: no word in common; no word in common" in said
    assert "found  V 25 – KD 11: 1; 1" in said
    assert not any(line.startswith(FAILED) for line in said)


def test_the_report_fails_where_too_few_pairs_are_found():
    """Six of the pairs called the same are one too few; what is only related does not count."""
    ranks = {found: (alignment.Rank(1, found), alignment.Rank(None, False)) for found in (True, False)}
    same = [alignment.Pair("same", "V 1", "KD 1", ranks[place < 6]) for place in range(8)]
    related = [alignment.Pair("related", "V 1", "KD 2", ranks[True])] * 2
    none = alignment.Issues(0, 0, 0)
    said = list(alignment.lines_of(alignment.Alignment(same + related, none, none, 0, 0)))
    assert said[-1] == f"{FAILED}6 of the pairs called the same are found, 7 are asked for"


def test_a_suggestion_names_the_words_as_they_stand(plan_year, newcomer):
    """The words that matched are given as the text has them, with å, ä and ö, and lower case."""
    theirs = goal("Fältassistenterna ska bli fler och arbeta uppsökande", plan_year, number=11)
    suggested = one(FIELD_WORKERS, plan_year, newcomer).goals[0]
    assert suggested.goal == theirs
    assert suggested.reference == f"{theirs.proposal.party.abbreviation} 11"
    assert set(suggested.named_words.split(", ")) == {"fältassistenter", "fler"}
    assert {(word.here, word.there) for word in suggested.words} == {
        ("fältassistenter", "Fältassistenterna"),
        ("fler", "fler"),
    }


def test_near_words_are_shown_as_a_pair(plan_year, newcomer):
    """A compound that begins as another word does is near it, and both are named; å, ä and ö are letters."""
    goal("Plan efter avslutad familjehemsplacering", plan_year)
    goal("Kön till äldreboendeplatser", plan_year)
    homes, elderly = suggest([Asked("Stöd åt familjehem"), Asked("Fler äldreboenden")], plan_year, newcomer)
    assert homes.goals[0].named_words == "familjehem ~ familjehemsplacering"
    assert elderly.goals[0].named_words == "äldreboenden ~ äldreboendeplatser"


def test_words_that_begin_otherwise_are_not_near(plan_year, newcomer):
    """Sharing letters is not enough: attractive is not active."""
    goal("Attraktiv arbetsgivare", plan_year)
    assert one("Aktiv fritid", plan_year, newcomer) == Suggestions()


def test_stop_words_and_numbers_do_not_count(plan_year, newcomer):
    """Texts that share only small words and figures are not alike."""
    goal("Det ska vara så att 80 % av alla är det 2026", plan_year)
    assert one("År 2026 ska vi inte ha det så att 80 % är", plan_year, newcomer) == Suggestions()


def test_words_that_many_texts_have_do_not_count(plan_year, newcomer):
    """A word that more than a quarter of the texts have says nothing."""
    for name in ("Bibliotek", "Simhall", "Museum", "Lekplats", "Idrottshall", "Ridhus", "Konsthall", "Badplats"):
        goal(f"{name} i kommunen", plan_year)
    assert one("Kommunen", plan_year, newcomer) == Suggestions()
    assert len(one("Simhall i kommunen", plan_year, newcomer).goals) == 1


def test_nothing_is_suggested_where_nothing_is_like_it(plan_year, newcomer):
    """A text that shares no word gets no suggestion."""
    goal("Fler simhallar", plan_year)
    assert one("Utökad färdtjänst kvällstid", plan_year, newcomer) == Suggestions()


def test_an_empty_committee_suggests_nothing(plan_year, newcomer):
    """The first plan of a committee meets an empty list."""
    assert suggest([Asked(FIELD_WORKERS), Asked("")], plan_year, newcomer) == [Suggestions(), Suggestions()]


def test_no_texts_no_suggestions(plan_year):
    """A plan without goals asks nothing of the database."""
    assert suggest([], plan_year) == []
    assert possible_duplicates([]) == []


def test_other_committees_are_never_suggested(plan_year, newcomer):
    """Goals, passages and issues of another committee stay there."""
    elsewhere = PlanYearFactory(year=2026)
    theirs = goal(FIELD_WORKERS, elsewhere, issue=issue(elsewhere, "Fältassistenter"))
    PassageFactory(proposal=theirs.proposal, text=FIELD_WORKERS)
    assert one(FIELD_WORKERS, plan_year, newcomer) == Suggestions()


def test_the_party_is_not_suggested_to_itself(plan_year, newcomer):
    """Neither the plan of the same year, nor as a similar goal one of another year."""
    goal(FIELD_WORKERS, plan_year, newcomer, issue(plan_year))
    assert one(FIELD_WORKERS, plan_year, newcomer) == Suggestions()
    assert one(FIELD_WORKERS, plan_year).goals


def test_last_years_goal_tells_the_issue(plan_year, newcomer):
    """The party's own goal of an earlier year suggests its issue, and goes before another party's that is less like."""
    last_year = PlanYearFactory(committee=plan_year.committee, year=2025)
    mine, other = issue(plan_year, "Zebror"), issue(plan_year, "Giraffer")
    goal(FIELD_WORKERS, last_year, newcomer, mine, number=7)
    goal("Fler fältassistenter nattetid", plan_year, issue=other)
    suggested = one(FIELD_WORKERS, plan_year, newcomer)
    assert [found.issue for found in suggested.issues] == [mine, other]
    assert suggested.issues[0].reason.startswith("Liknar NY 7 (2025): ")
    assert suggested.issues[0].is_strong
    assert [found.issue for found in suggested.goals] == [other]


def test_the_same_goal_of_several_years_is_suggested_once(plan_year, newcomer):
    """Of a party's goals on one issue those of one year are shown: this year's, where it is as like."""
    party, its = PartyFactory(), issue(plan_year)
    for year in (2024, 2025):
        goal(FIELD_WORKERS, PlanYearFactory(committee=plan_year.committee, year=year), party, its)
    now = goal(FIELD_WORKERS, plan_year, party, its)
    assert [similar.goal for similar in one(FIELD_WORKERS, plan_year, newcomer).goals] == [now]


def test_running_text_suggests_the_issues_that_it_is_attached_to(plan_year, newcomer):
    """A passage of another plan is suggested with its place, and speaks for its issues."""
    theirs = issue(plan_year)
    passage = PassageFactory(
        proposal=ProposalFactory(plan_year=plan_year, party__abbreviation="AP"),
        text="Vi vill se fältassistenter i alla bostadsområden.",
        first_line=12,
    )
    Mention.objects.create(issue=theirs, passage=passage)
    suggested = one(FIELD_WORKERS, plan_year, newcomer)
    assert [(found.passage, found.reference, found.issues) for found in suggested.passages] == [
        (passage, "AP, rad 12", (theirs,))
    ]
    assert suggested.issues[0].reason.startswith("Liknar AP, rad 12: ")
    assert suggested.goals == ()


def test_the_name_of_an_issue_speaks_for_it(plan_year, newcomer):
    """An issue whose name shares a word with the text is suggested, though no goal is like it."""
    issue(plan_year, "Fältassistenter")
    assert one(FIELD_WORKERS, plan_year, newcomer).issues[0].reason == "Frågan heter ”Fältassistenter”: fältassistenter"


def test_a_neighbour_strengthens_but_makes_nothing_alone(plan_year, newcomer):
    """Under one heading a goal gains from the next one's likeness, if it shares a word itself."""
    goal("Kvinnojourens arbete mot våld får fler platser", plan_year)
    for name in ("Bibliotek", "Simhall", "Museum", "Lekplats", "Idrottshall", "Ridhus", "Konsthall", "Badplats"):
        goal(f"{name} byggs", plan_year)
    weak, near = "Mansmottagningen utvecklas och platserna görs kända", "Kvinnojourens arbete mot våld stärks"
    alone = one(weak, plan_year, newcomer).goals[0].score
    together = suggest([Asked(weak, "Mål"), Asked(near, "Mål"), Asked("Stadspark", "Mål")], plan_year, newcomer)
    apart = suggest([Asked(weak, "Mål"), Asked(near, "Uppdrag")], plan_year, newcomer)
    assert together[0].goals[0].score > alone + 0.1
    assert apart[0].goals[0].score < alone + 0.1
    assert together[2] == Suggestions()


def test_the_best_come_first_and_no_more_than_three(plan_year, newcomer):
    """The likest goal is first, strong likeness is told from weak, and the rest are left out."""
    goal("Fler fältassistenter", plan_year)
    same = goal(FIELD_WORKERS, plan_year)
    for place in ("parken", "skolan"):
        goal(f"Fältassistenter i {place}", plan_year)
    found = one(FIELD_WORKERS, plan_year, newcomer).goals
    assert len(found) == MOST
    assert found[0].goal == same
    assert found[0].score == pytest.approx(1, abs=0.001)
    assert found[0].strength == "Stark likhet"
    scores = [similar.score for similar in found]
    assert scores == sorted(scores, reverse=True)
    assert [similar.is_strong for similar in found] == [score >= STRONG for score in scores]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "och det är",
        "100 % _ \\ ' \" ''; --",
        "%s %(texts)s {} $1 :id",
        "& | ! <-> :* ( )",
        "\u202etsevrä\u202c \u00ad \ufeff",
        "💶" * 50,
        "ord" * LONGEST,
        "fältassistenter " * LONGEST,
        "a-" * LONGEST,
        "http://exempel.se/a?b=c <p>x</p> a@b.se /etc/x 1e5 -3,5",
    ],
    ids=lambda text: text[:12],
)
def test_any_text_is_taken(plan_year, newcomer, text):
    """Quotes, wildcards, operators, endless words and nothing at all are texts like others, here and there."""
    goal("Fältassistenter", plan_year)
    goal(text or "-", plan_year)
    assert len(suggest([Asked(text), Asked("Fältassistenter")], plan_year, newcomer)) == 2
    possible_duplicates([text, text])


@pytest.mark.parametrize("texts", [1, 60])
def test_the_number_of_queries_is_the_same_for_any_number_of_texts(plan_year, newcomer, texts):
    """Nine: the ranking in a transaction of its own, four that look up what it leads to, and the words."""
    names = [f"{chr(97 + number % 26)}{chr(97 + number // 26)}stadsparken" for number in range(texts)]
    for name in names:
        theirs = goal(f"Rusta upp {name}", plan_year, issue=issue(plan_year))
        passage = PassageFactory(proposal=theirs.proposal, text=f"Vi besöker {name}")
        Mention.objects.create(issue=theirs.issue, passage=passage)
    with CaptureQueriesContext(connection) as queries:
        found = suggest([Asked(name) for name in names], plan_year, newcomer)
        for suggestions in found:
            for similar in suggestions.goals:
                assert similar.goal.get_absolute_url()
                assert similar.goal.proposal.party.name
                assert similar.issue.topic.name
                assert similar.issue.get_absolute_url()
            for similar in suggestions.passages:
                assert similar.passage.get_absolute_url()
                assert similar.issues[0].topic.name
    assert len(found) == texts
    assert all(suggestions.goals and suggestions.passages for suggestions in found)
    assert len(queries) == 9


def test_a_thousand_texts_take_bounded_time(plans):
    """A plan ten times as long as any known is answered while one waits."""
    texts = list(Passage.objects.values_list("text", flat=True))
    asked = [Asked(texts[number % len(texts)]) for number in range(1_000)]
    began = time.monotonic()
    assert len(suggest(asked, plans)) == 1_000
    assert time.monotonic() - began < 30


def test_duplicates_within_a_real_plan(plans):
    """In the real plans V 26 and V 35 say the same, and KD 14 and 15 are one sentence of two measures; no others."""
    found = {}
    for party in ("v", "kd"):
        texts = list(
            Goal.objects.filter(proposal__party__slug=party).order_by("number").values_list("passage__text", flat=True)
        )
        found[party] = [(pair.first + 1, pair.second + 1, pair.named_words) for pair in possible_duplicates(texts)]
    assert [pair[:2] for pair in found["v"]] == [(26, 35)]
    assert set(found["v"][0][2].split(", ")) == {"familjecentral", "fröslunda", "startas"}
    assert [pair[:2] for pair in found["kd"]] == [(14, 15)]


def test_duplicates_are_told_once(db):
    """Each pair is told once, the earlier first; what is unlike is not told."""
    found = possible_duplicates(["Bygg en simhall", "Fler fältassistenter", "bygg en simhall!"])
    assert [(pair.first, pair.second) for pair in found] == [(0, 2)]
    assert found[0].score == pytest.approx(1, abs=0.001)

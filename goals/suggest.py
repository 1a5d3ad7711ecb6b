"""Suggest which goals and issues a text belongs with, from the words that it shares with what is there.

Nothing is placed here: a person looks at a suggestion, and at the words that it rests on. Two texts are alike by the
words that they share, each weighed by how rare it is among the committee's texts; docs/decisions/0021 says what else
was tried. Words are compared as PostgreSQL's Swedish full text stems them, and near ones by their trigrams, so that
"familjehem" meets "familjehemsplacering".
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from goals.models import Goal, Issue, Mention
from parties.models import Party
from proposals.models import Passage, PlanYear

#: How alike two texts are, from 0 to 1 (a little more where neighbours agree), to be suggested at all, and strongly.
LEAST, STRONG = 0.1, 0.2
#: How alike two goals of one plan are where they may be the same one twice.
DUPLICATE = 0.6
#: How many of each kind are suggested, and of how many the issues are taken.
MOST, CONSIDERED = 3, 10
#: How much of a neighbour's likeness counts: goals that stand together in a plan are mostly of one issue.
NEIGHBOUR = 0.5
#: How many of the shared words are named.
NAMED = 5
#: How long the database may take, in milliseconds.
LONGEST_WAIT = 10_000
#: How many characters of a text are looked at; the longest paragraph of a known plan has 2,200.
LONGEST = 20_000

#: Words that bind a plan together and say nothing of its subject, which PostgreSQL's list of stop words lacks.
_BINDING = ["bör", "fram", "gör", "måst", "samt", "ska", "skall", "ta", "vill", "även"]
_WORD = re.compile(r"\w+(?:-\w+)*")

# Each text becomes its lexemes, without numbers and without those that more than a quarter of all texts have. Words are
# near each other when they begin alike and share 40 % of their trigrams. pg_trgm takes å, ä and ö for letters only
# where the locale of the database does, so it gets digits for them, which no word has. `said` adds the length of each
# text, and `likeness` is the cosine of the two: only then do neighbours add theirs.
_RANKED = """
WITH document AS MATERIALIZED (
    SELECT 'asked' AS kind, false AS own, place AS id, 0 AS years, text
    FROM unnest(%(texts)s::text[], %(places)s::int[]) AS asked (text, place)
    UNION ALL
    SELECT 'same', false, place, 0, text
    FROM unnest(%(texts)s::text[], %(places)s::int[]) AS asked (text, place)
    WHERE %(committee)s::bigint IS NULL
    UNION ALL
    SELECT CASE passage.kind WHEN 'goal' THEN 'goal' ELSE 'prose' END,
        proposal.party_id IS NOT DISTINCT FROM %(party)s, passage.id, abs(plan_year.year - %(year)s::int), passage.text
    FROM proposals_passage AS passage
    JOIN proposals_proposal AS proposal ON proposal.id = passage.proposal_id
    JOIN proposals_planyear AS plan_year ON plan_year.id = proposal.plan_year_id
    WHERE plan_year.committee_id = %(committee)s AND passage.kind <> 'cover' AND passage.version = proposal.version
        AND NOT (proposal.party_id IS NOT DISTINCT FROM %(party)s AND plan_year.year = %(year)s::int)
    UNION ALL
    SELECT 'issue', false, issue.id, 0, issue.name
    FROM goals_issue AS issue
    WHERE issue.committee_id = %(committee)s
),
occurrence AS MATERIALIZED (
    SELECT kind, own, id, years, lexeme
    FROM document, unnest(tsvector_to_array(to_tsvector('swedish', left(text, %(longest)s)))) AS lexeme
    WHERE lexeme !~ '^[0-9.,:/%%-]+$' AND lexeme <> ALL (%(binding)s::text[])
),
word AS MATERIALIZED (
    SELECT row_number() OVER () AS word, lexeme, ln(1 + total::float / count(*)) AS weight,
        left(lexeme, 3) AS beginning, translate(lexeme, 'åäöéü', '12345') AS spelled
    FROM occurrence, (SELECT count(*) AS total FROM document) AS counted
    GROUP BY lexeme, total
    HAVING count(*) <= greatest(total / 4, 5)
),
said AS MATERIALIZED (
    SELECT kind, own, id, years, word, lexeme, weight,
        sqrt(sum(weight * weight) OVER (PARTITION BY kind, id)) AS length
    FROM occurrence JOIN word USING (lexeme)
),
near AS MATERIALIZED (
    SELECT one.word, other.word AS other, similarity(one.spelled, other.spelled) AS similarity
    FROM word AS one JOIN word AS other USING (beginning)
    WHERE one.word IN (SELECT word FROM said WHERE kind = 'asked')
        AND similarity(one.spelled, other.spelled) >= 0.4
),
likeness AS MATERIALIZED (
    SELECT one.id AS place, other.kind, other.own, other.id, other.years,
        sum(near.similarity * one.weight * other.weight) / (min(one.length) * min(other.length)) AS score
    FROM said AS one JOIN near USING (word) JOIN said AS other ON other.word = near.other
    WHERE one.kind = 'asked' AND other.kind <> 'asked' AND NOT (other.kind = 'same' AND other.id <= one.id)
    GROUP BY one.id, other.kind, other.own, other.id, other.years
),
strengthened AS (
    SELECT place, kind, own, id, years, round((score + %(neighbour)s * coalesce(max(score) OVER (
        PARTITION BY kind, id ORDER BY place RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW
    ), 0))::numeric, 4)::float AS score
    FROM likeness
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY place, kind, own ORDER BY score DESC, years, id) AS rank
    FROM strengthened
    WHERE score >= %(least)s
)
SELECT ranked.place, ranked.kind, ranked.own, ranked.id, ranked.score,
    array_agg(ARRAY[one.lexeme, other.lexeme] ORDER BY near.similarity * one.weight * other.weight DESC, one.lexeme)
FROM ranked
JOIN said AS one ON one.kind = 'asked' AND one.id = ranked.place
JOIN near USING (word)
JOIN said AS other ON other.word = near.other AND other.kind = ranked.kind AND other.id = ranked.id
WHERE ranked.rank <= %(considered)s
GROUP BY ranked.place, ranked.kind, ranked.own, ranked.id, ranked.score, ranked.rank
ORDER BY ranked.place, ranked.kind, ranked.own, ranked.rank
"""
_LEXEMES = """
SELECT word, lexeme FROM unnest(%s::text[]) AS word, unnest(tsvector_to_array(to_tsvector('swedish', word))) AS lexeme
"""


class Asked(NamedTuple):
    """A text to find company for, and the heading that it stands under."""

    text: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class SharedWord:
    """A word that two texts share, as it stands ``here``, in the text that was asked about, and ``there``."""

    here: str
    there: str
    is_same: bool

    def __str__(self) -> str:
        return self.here.lower() if self.is_same else f"{self.here.lower()} ~ {self.there.lower()}"


@dataclass(frozen=True, slots=True)
class Similar:
    """How alike a text is to another, and the words that it rests on, those that weigh most first."""

    score: float
    words: tuple[SharedWord, ...]

    @property
    def is_strong(self) -> bool:
        """Whether the likeness is strong."""
        return self.score >= STRONG

    @property
    def strength(self) -> str:
        """How strong the likeness is, in words."""
        return "Stark likhet" if self.is_strong else "Viss likhet"

    @property
    def named_words(self) -> str:
        """The words that the likeness rests on, in a row."""
        return ", ".join(dict.fromkeys(map(str, self.words)))


@dataclass(frozen=True, slots=True)
class SimilarGoal(Similar):
    """A goal of another party's plan, with its issue if it stands in one."""

    goal: Goal
    issue: Issue | None
    reference: str


@dataclass(frozen=True, slots=True)
class SimilarPassage(Similar):
    """Running text of another party's plan, with the issues that it has been attached to."""

    passage: Passage
    issues: tuple[Issue, ...]
    reference: str


@dataclass(frozen=True, slots=True)
class SuggestedIssue(Similar):
    """An issue, with the text that most speaks for it: "Liknar KD 11: fältassistenter"."""

    issue: Issue
    resembles: str

    @property
    def reason(self) -> str:
        """Why the issue is suggested."""
        return f"{self.resembles}: {self.named_words}"


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What is suggested for one text: the best first, and nothing where nothing is like it."""

    goals: tuple[SimilarGoal, ...] = ()
    passages: tuple[SimilarPassage, ...] = ()
    issues: tuple[SuggestedIssue, ...] = ()


@dataclass(frozen=True, slots=True)
class PossibleDuplicate(Similar):
    """Two texts of one plan that may say the same, by their places in the list, from 0."""

    first: int
    second: int


class Hit(NamedTuple):
    """A row of the ranking: the place of the text that was asked about, and a text that is like it."""

    place: int
    kind: Literal["goal", "prose", "issue", "same"]
    own: bool
    id: int
    score: float
    lexemes: list[tuple[str, str]]


def suggest(asked: Sequence[Asked], plan_year: PlanYear, party: Party | None = None) -> list[Suggestions]:
    """Suggest company for the texts of a plan that is being imported, given in the order of the plan.

    Goals and running text of the committee's other parties are suggested, from any year. The party's own plans of other
    years count for the issues: the goal that it had last year is the best guide of all. The texts must have no NUL,
    which PostgreSQL does not take. The number of queries is the same for any number of texts.
    """
    texts = dict(zip(places(asked), (text for text, _ in asked), strict=True))
    hits = rank(texts, plan_year=plan_year, party=party)
    company = _Company(hits, plan_year)
    shared = _SharedWords(texts, hits, company.texts)
    by_place: dict[int, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_place[hit.place].append(hit)
    return [_suggestions(by_place[place], company, shared) for place in texts]


def possible_duplicates(texts: Sequence[str]) -> list[PossibleDuplicate]:
    """Find the texts of one plan that may say the same, the likest first. They must have no NUL."""
    asked = dict(enumerate(texts))
    hits = rank(asked, least=DUPLICATE, neighbour=0)
    shared = _SharedWords(asked, hits, {("same", hit.id): asked[hit.id] for hit in hits})
    found = [PossibleDuplicate(hit.score, shared.of(hit), hit.place, hit.id) for hit in hits]
    return sorted(found, key=lambda pair: -pair.score)


def places(asked: Sequence[Asked]) -> list[int]:
    """Give the texts rising numbers: one apart where they stand next to each other under one heading, else two."""
    found = [0] if asked else []
    for before, after in pairwise(asked):
        found.append(found[-1] + (1 if before.heading == after.heading else 2))
    return found


def rank(
    asked: Mapping[int, str],
    *,
    plan_year: PlanYear | None = None,
    party: Party | None = None,
    least: float = LEAST,
    neighbour: float = NEIGHBOUR,
    considered: int = CONSIDERED,
) -> list[Hit]:
    """Find what is like each text, given by its place, among the committee's texts.

    Without a plan year, that is among the texts themselves. What takes longer than ``LONGEST_WAIT`` finds nothing.
    """
    if not asked:
        return []
    try:
        return _rank(asked, plan_year, party, least, neighbour, considered)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):  # a page without suggestions is better than none
            return []
        raise


def _rank(
    asked: Mapping[int, str],
    plan_year: PlanYear | None,
    party: Party | None,
    least: float,
    neighbour: float,
    considered: int,
) -> list[Hit]:
    with transaction.atomic(), connection.cursor() as cursor:
        # A planner that knows nothing of new tables takes every step for one row, and looping over all pairs for cheap.
        cursor.execute(
            "SELECT set_config('enable_nestloop', 'off', true), set_config('statement_timeout', %s, true)",
            [str(LONGEST_WAIT)],
        )
        cursor.execute(
            _RANKED,
            {
                "texts": list(asked.values()),
                "places": list(asked),
                "committee": plan_year.committee_id if plan_year else None,
                "year": plan_year.year if plan_year else None,
                "party": party.pk if party else None,
                "longest": LONGEST,
                "binding": _BINDING,
                "least": least,
                "neighbour": neighbour,
                "considered": considered,
            },
        )
        return [Hit(*row) for row in cursor.fetchall()]


class _SharedWords:
    """The words behind lexemes, as they stand in the texts that were compared."""

    def __init__(self, asked: Mapping[int, str], hits: Sequence[Hit], others: Mapping[tuple[str, int], str]):
        texts = {("asked", hit.place): asked[hit.place] for hit in hits} | dict(others)
        words = {key: list(dict.fromkeys(_WORD.findall(text[:LONGEST]))) for key, text in texts.items()}
        lexemes = _lexemes({word for said in words.values() for word in said})
        # The first word that has a lexeme stands for it, so it is written last.
        self._standing = {
            key: {lexeme: word for word in reversed(said) for lexeme in lexemes[word]} for key, said in words.items()
        }

    def of(self, hit: Hit) -> tuple[SharedWord, ...]:
        """Give the words that a hit rests on, those that weigh most first; each word of the text once."""
        here, there = self._standing["asked", hit.place], self._standing[hit.kind, hit.id]
        shared: dict[str, SharedWord] = {}
        for one, other in hit.lexemes:
            if one in here and other in there:
                shared.setdefault(here[one].lower(), SharedWord(here[one], there[other], one == other))
        return tuple(shared.values())[:NAMED]


def _lexemes(words: Iterable[str]) -> Mapping[str, set[str]]:
    """Give the lexemes that PostgreSQL sees in each word."""
    found: dict[str, set[str]] = defaultdict(set)
    if asked := sorted(words):
        with connection.cursor() as cursor:
            cursor.execute(_LEXEMES, [asked])
            for word, lexeme in cursor.fetchall():
                found[word].add(lexeme)
    return found


class _Company:
    """The goals, the running text and the issues that hits lead to, looked up at once."""

    def __init__(self, hits: Sequence[Hit], plan_year: PlanYear):
        self._year = plan_year.year
        passages = {hit.id for hit in hits if hit.kind == "prose"}
        self.goals = {
            goal.passage_id: goal
            for goal in Goal.objects.for_suggestions().filter(
                passage__in={hit.id for hit in hits if hit.kind == "goal"}
            )
        }
        self.passages = Passage.objects.for_suggestions().in_bulk(passages)
        self._mentioned: dict[int, list[int]] = defaultdict(list)
        for passage, issue in Mention.objects.filter(passage__in=passages).values_list("passage", "issue"):
            self._mentioned[passage].append(issue)
        issues = {hit.id for hit in hits if hit.kind == "issue"}
        issues |= {goal.issue_id for goal in self.goals.values() if goal.issue_id}
        issues |= {issue for mentioned in self._mentioned.values() for issue in mentioned}
        self.issues = Issue.objects.for_suggestions().in_bulk(issues)

    @property
    def texts(self) -> dict[tuple[str, int], str]:
        """Everything that was found to be like some text, as it stands."""
        return (
            {("goal", key): goal.passage.text for key, goal in self.goals.items()}
            | {("prose", key): passage.text for key, passage in self.passages.items()}
            | {("issue", key): issue.name for key, issue in self.issues.items()}
        )

    def issues_of(self, hit: Hit) -> tuple[Issue, ...]:
        """Give the issues that a hit speaks for."""
        if hit.kind == "goal":
            issue = self.goals[hit.id].issue_id
            return (self.issues[issue],) if issue else ()
        keys = self._mentioned[hit.id] if hit.kind == "prose" else [hit.id]
        return tuple(self.issues[key] for key in keys)

    def cited(self, hit: Hit) -> str:
        """Cite what a hit leads to: "KD 11", "KD, rad 12", with the year where it is another."""
        place: Goal | Passage = self.goals[hit.id] if hit.kind == "goal" else self.passages[hit.id]
        name = place.reference if isinstance(place, Goal) else f"{place.proposal.party.abbreviation}, {place.lines}"
        year = place.proposal.plan_year.year
        return name if year == self._year else f"{name} ({year})"

    def resemblance(self, hit: Hit) -> str:
        """Say what a hit is like: "Liknar KD 11"."""
        if hit.kind == "issue":
            return f"Frågan heter ”{self.issues[hit.id].name}”"
        return f"Liknar {self.cited(hit)}"


def _suggestions(hits: Sequence[Hit], company: _Company, shared: _SharedWords) -> Suggestions:
    """Put together what is suggested for one text from its hits, which come likest first of each kind."""
    goals = [
        SimilarGoal(
            hit.score,
            shared.of(hit),
            company.goals[hit.id],
            next(iter(company.issues_of(hit)), None),
            company.cited(hit),
        )
        for hit in hits
        if hit.kind == "goal" and not hit.own
    ]
    passages = [
        SimilarPassage(hit.score, shared.of(hit), company.passages[hit.id], company.issues_of(hit), company.cited(hit))
        for hit in hits
        if hit.kind == "prose" and not hit.own
    ]
    issues: dict[int, SuggestedIssue] = {}
    for hit in sorted(hits, key=lambda hit: -hit.score):
        for issue in company.issues_of(hit):
            issues.setdefault(issue.pk, SuggestedIssue(hit.score, shared.of(hit), issue, company.resemblance(hit)))
    return Suggestions(tuple(_once_a_year(goals))[:MOST], tuple(passages[:MOST]), tuple(issues.values())[:MOST])


def _once_a_year(goals: Iterable[SimilarGoal]) -> Iterable[SimilarGoal]:
    """Leave out a party's goals on an issue that another year's goal of the party has spoken for."""
    spoken_for: dict[tuple[int, int], int] = {}
    for similar in goals:
        proposal, issue = similar.goal.proposal, similar.goal.issue_id
        year = proposal.plan_year.year
        if issue is None or spoken_for.setdefault((proposal.party_id, issue), year) == year:
            yield similar

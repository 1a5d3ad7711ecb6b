"""Following by e-mail: only one's own, by forms that can be sent twice, and stopped without signing in."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.signing import TimestampSigner
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from goals.models import Follow, Goal, Notice, Topic
from goals.unfollow import LASTS, Stop
from goals.views.follows import follow_context
from tests.cast import MEMBER, SECRETARY, Cast
from tests.conftest import BASE, YEAR, Clock
from tests.factories import GoalFactory, TopicFactory

Pace = Follow.Pace
GOAL = f"{YEAR}/v/25/"
TOPIC = f"{BASE}/amne/barn-och-unga/"


@pytest.fixture
def goal(v) -> Goal:
    return v.goals.select_related("proposal__plan_year__committee", "issue").get(number=25)


@pytest.fixture
def topic(plans) -> Topic:
    return plans.committee.topics.get(slug="barn-och-unga")


def rows() -> list[tuple[object, ...]]:
    return list(Follow.objects.order_by("pk").values_list("user", "goal__number", "topic__slug", "pace"))


@pytest.mark.parametrize(("address", "number", "slug"), [(GOAL, 25, None), (TOPIC, None, "barn-och-unga")])
def test_follow_change_and_stop(cast: Cast, address, number, slug):
    """A goal or a topic is followed, at another pace, and no longer; each form may be sent twice."""
    client, user = cast.client(MEMBER), cast.users[MEMBER].pk
    for _ in range(2):
        response = client.post(f"{address}folj/", {"pace": "at_once"})
        assert (response.status_code, response["Location"]) == (302, f"{address}#folj")
        assert rows() == [(user, number, slug, "at_once")]
    client.post(f"{address}folj/", {"pace": "weekly"})
    assert rows() == [(user, number, slug, "weekly")]
    for _ in range(2):
        response = client.post(f"{address}folj/", {"stop": "1", "list": "1"})
        assert response["Location"] == "/folj/"
        assert rows() == []


def test_nobody_touches_what_others_follow(cast: Cast, goal):
    """To stop or change is to stop or change one's own."""
    Follow.objects.start(cast.secretary, goal, Pace.WEEKLY)
    client = cast.client(MEMBER)
    client.post(f"{GOAL}folj/", {"stop": "1"})
    client.post(f"{GOAL}folj/", {"pace": "at_once"})
    assert rows() == [(cast.secretary.pk, 25, None, "weekly"), (cast.users[MEMBER].pk, 25, None, "at_once")]
    assert "Du följer inget än" in cast.client("administrator").get("/folj/").content.decode()


@pytest.mark.parametrize("sent", [{}, {"pace": ""}, {"pace": "daily"}, {"pace": "\x00"}])
def test_a_pace_that_there_is_none_of(cast: Cast, sent):
    """A form without a valid choice is shown again with what is wrong, and nothing is followed."""
    response = cast.client(MEMBER).post(f"{GOAL}folj/", sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "<title>Fel: Följ V 25 – " in page
    assert page.index("Det går inte att spara än") < page.index("<h1")
    assert not rows()


@pytest.mark.parametrize(
    "address", [f"{YEAR}/v/999/folj/", f"{YEAR}/v/9999999999999/folj/", f"{BASE}/amne/strunt/folj/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_there_cannot_be_followed(cast: Cast, address, method):
    """A goal or topic that there is none of is answered with those that there are."""
    response = getattr(cast.client(MEMBER), method)(address, {"pace": "weekly"})
    assert response.status_code == 404
    assert "Det här finns" in response.content.decode()


def test_who_is_signed_out_signs_in_first(client: Client, plans, cast: Cast, settings):
    """Without signing in nothing is followed; what was chosen waits for whoever signs in."""
    settings.LOGIN_URL = "/logga-in/"
    response = client.post(f"{GOAL}folj/", {"pace": "at_once"})
    assert response["Location"] == f"/logga-in/?next={GOAL}folj/"
    assert not rows()
    client.force_login(cast.users[MEMBER])
    assert re.search(r'value="at_once"[^>]* checked', client.get(f"{GOAL}folj/").content.decode())


def test_the_form_by_a_goal(rf: RequestFactory, cast: Cast, goal, django_assert_num_queries):
    """Who is signed in sees in one query whether the goal is followed; who is not gets no token, and costs none."""
    goal = Goal.objects.at("eskilstuna", "socialnamnden", 2017, "v", 25).get()
    request = rf.get(GOAL)
    with django_assert_num_queries(0):
        words = render_to_string("goals/_follow.html", follow_context(AnonymousUser(), goal), request)
    assert "csrf" not in words
    assert "<form" not in words
    assert f'href="{GOAL}folj/"' in words
    assert f'href="{GOAL}atom.xml"' in words
    with django_assert_num_queries(1):
        words = render_to_string("goals/_follow.html", follow_context(cast.secretary, goal), request)
    assert "csrfmiddlewaretoken" in words
    assert re.search(r'value="weekly"[^>]* checked', words)
    assert "Sluta följa" not in words
    Follow.objects.start(cast.secretary, goal, Pace.AT_ONCE)
    words = render_to_string("goals/_follow.html", follow_context(cast.secretary, goal), request)
    assert re.search(r'value="at_once"[^>]* checked', words)
    assert "Sluta följa" in words


def test_the_list(cast: Cast, goal, topic):
    """The list has what one follows, in the party's words, with the ways to change it."""
    Follow.objects.start(cast.users[MEMBER], goal, Pace.WEEKLY)
    Follow.objects.start(cast.users[MEMBER], topic, Pace.AT_ONCE)
    page = cast.client(MEMBER).get("/folj/").content.decode()
    assert goal.passage.text in page
    assert f'href="{TOPIC}">Barn och unga' in page
    assert 'name="pace" value="at_once">Byt till direkt<span class="hidden"> för V 25' in page
    assert 'name="pace" value="weekly">Byt till en gång i veckan<span class="hidden"> för ämnet Barn och unga' in page


def test_as_many_queries_with_a_long_list(cast: Cast, plans):
    """The list costs as many queries with forty things as with none."""
    client = cast.client(MEMBER)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/folj/")
        return len(found)

    before = queries()
    for thing in [*Goal.objects.all()[:20], *(TopicFactory() for _ in range(20))]:
        Follow.objects.start(cast.users[MEMBER], thing, Pace.WEEKLY)
    assert queries() == before


# What is put in the outbox


def test_what_is_recorded_waits_for_its_followers(cast: Cast, goal, topic, plans, clock: Clock):
    """Who follows the goal or its topic is to be told, at once or on Monday at seven; who wrote it is not."""
    clock.set(2017, 9, 20, 10)  # a Wednesday
    period = plans.periods.get(slug="tertial-1")
    Follow.objects.start(cast.users[MEMBER], goal, Pace.AT_ONCE)
    Follow.objects.start(cast.users["administrator"], topic, Pace.WEEKLY)
    Follow.objects.start(cast.secretary, topic, Pace.AT_ONCE)
    said = goal.report("achieved", by=cast.secretary, period=period)
    waiting = {notice.follow.user: notice for notice in Notice.objects.select_related("follow__user")}
    assert set(waiting) == {cast.users[MEMBER], cast.users["administrator"]}
    assert waiting[cast.users[MEMBER]].due_at == said.recorded_at
    monday = waiting[cast.users["administrator"]].due_at
    assert monday == clock.time.replace(day=25, hour=7)
    goal.report("partly", by=cast.secretary, period=period, comment="Ny", replaces=said, reason="Fel rad")
    assert Notice.objects.latest("pk").text.endswith("Ny\nVarför: Fel rad")


def test_a_goal_without_an_issue_is_news_to_its_own_followers_only(cast: Cast, goal):
    """What is recorded of a goal that stands in no issue is told to nobody who follows another goal or a topic."""
    unplaced = GoalFactory(proposal=goal.proposal, number=900)
    Follow.objects.start(cast.users[MEMBER], goal, Pace.AT_ONCE)
    Follow.objects.start(cast.users[MEMBER], TopicFactory(), Pace.AT_ONCE)
    unplaced.decide("adopted", by=cast.secretary, date=date(2017, 1, 1))
    assert not Notice.objects.exists()


def test_what_is_refused_is_told_to_nobody(cast: Cast, goal, plans):
    """A record that is not written leaves nothing in the outbox."""
    Follow.objects.start(cast.users[MEMBER], goal, Pace.AT_ONCE)
    with pytest.raises(Exception, match="kommentar"):
        goal.report("partly", by=cast.secretary, period=plans.periods.first())
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ((2017, 9, 25, 6, 59), (2017, 9, 25, 7)),
        ((2017, 9, 25, 7), (2017, 10, 2, 7)),
        ((2017, 10, 25, 12), (2017, 10, 30, 7)),  # past the end of summer time
        ((2017, 12, 31, 23, 59), (2018, 1, 1, 7)),
    ],
)
def test_monday_at_seven(clock: Clock, now, told):
    """The weekly letters go at seven on Monday, Swedish time, summer and winter."""
    clock.set(*now)
    written = clock.time
    clock.set(*told)
    assert Follow(pace=Pace.WEEKLY).next_letter(written) == clock.time


# The links in letters


@pytest.fixture
def follow(cast: Cast, goal) -> Follow:
    return Follow.objects.start(cast.users[MEMBER], goal, Pace.WEEKLY)


@pytest.fixture
def strict() -> Client:
    """Give a browser that the site demands a token of."""
    return Client(enforce_csrf_checks=True)


def test_a_link_stops_one_thing(strict: Client, cast: Cast, follow, topic):
    """To open the link shows what it stops; to press the button stops that, once and again, and nothing else."""
    other = Follow.objects.start(cast.users[MEMBER], topic, Pace.WEEKLY)
    address = f"/folj/avsluta/{Stop.one(follow).token}/"
    for _ in range(2):
        response = strict.get(address)
        assert "Då får du inga fler brev om V 25." in response.content.decode()
        assert not response.cookies
    strict.head(address)
    assert Follow.objects.count() == 2
    response = strict.post(address)
    assert response.status_code == 200
    assert "Du följer inte längre V 25." in response.content.decode()
    assert not response.cookies
    assert strict.post(address).status_code == 200
    assert "Du får inga fler brev" in strict.get(address).content.decode()
    assert Follow.objects.get() == other


def test_one_click_stops_everything(strict: Client, cast: Cast, follow, topic):
    """A mail program's one click stops all that the person follows, and nothing that others do."""
    Follow.objects.start(cast.users[MEMBER], topic, Pace.WEEKLY)
    theirs = Follow.objects.start(cast.users[SECRETARY], topic, Pace.WEEKLY)
    address = f"/folj/avsluta/{Stop.everything(cast.users[MEMBER]).token}/"
    page = strict.get(address).content.decode()
    assert "<li>V 25</li><li>ämnet Barn och unga</li>" in page
    response = strict.post(address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert Follow.objects.get() == theirs


def test_other_forms_still_demand_a_token(strict: Client, cast: Cast, follow, settings):
    """Only the letters' link goes without a token."""
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
    strict.force_login(cast.users[MEMBER])
    assert strict.post(f"{GOAL}folj/", {"stop": "1"}).status_code == 403
    assert Follow.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_link_that_is_not_whole(client: Client, cast: Cast, follow, method):
    """A link that was cut, changed, or signed for something else says what to do, and stops nothing."""
    token = Stop.one(follow).token
    other = TimestampSigner(salt="other").sign(f"en-{follow.pk}")
    for bad in (token[:-1], token.replace("en-", "allt-"), f"en-{follow.pk}", "strunt", ":::", other, f"{token}x"):
        response = getattr(client, method)(f"/folj/avsluta/{bad}/")
        assert response.status_code == 404
        assert "Länken är inte hel" in response.content.decode()
    assert Follow.objects.exists()


def test_an_old_link(client: Client, follow, monkeypatch):
    """A link works for a year."""
    import time

    token, now = Stop.one(follow).token, time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + LASTS - 60)
    assert client.get(f"/folj/avsluta/{token}/").status_code == 200
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + LASTS + 60)
    response = client.post(f"/folj/avsluta/{token}/")
    assert response.status_code == 404
    assert "Länken är för gammal" in response.content.decode()
    assert Follow.objects.exists()

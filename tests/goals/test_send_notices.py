"""The outbox is emptied: one letter to each, once, tried again when it fails, whoever else runs at the same time."""

import email
import threading
from datetime import date, timedelta
from email import policy
from io import StringIO

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from goals.models import Follow, Goal, Notice, Topic
from goals.models.following import MOST_ATTEMPTS, WAITS
from parties.models import Committee, User
from tests.cast import MEMBER, Cast
from tests.conftest import YEAR, Clock
from tests.factories import GoalFactory, IssueFactory, MembershipFactory, UserFactory

Pace = Follow.Pace


@pytest.fixture
def goal(v) -> Goal:
    return v.goals.select_related("proposal__plan_year__committee", "issue").get(number=25)


@pytest.fixture
def topic(goal) -> Topic:
    return goal.issue.topic


@pytest.fixture
def period(plans):
    return plans.periods.get(slug="tertial-1")


@pytest.fixture
def member(cast: Cast) -> User:
    return cast.users[MEMBER]


@pytest.fixture(autouse=True)
def site(settings) -> None:
    settings.SITE_ADDRESS = "https://namndkollen.example"


def send(**options: object) -> str:
    output = StringIO()
    call_command("send_notices", stdout=output, stderr=output, **options)
    return output.getvalue()


class Broken(LocmemBackend):
    """A mail server that takes letters to nobody whose address begins with "broken"."""

    def send_messages(self, messages):
        if any(message.to[0].startswith("broken") for message in messages):
            raise OSError("servern\nsvarar inte")
        return super().send_messages(messages)


BROKEN = f"{__name__}.Broken"


def test_a_letter(client: Client, cast: Cast, goal, member, period):
    """A letter has the party's words, what was said, links that work, and the ways to stop."""
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    said = goal.report("partly", by=cast.secretary, period=period, comment="Två av tre.\nBcc: alla@example.org")
    goal.decide("adopted", by=cast.secretary, date=date(2017, 1, 1))
    assert send() == "Skickade brev: 1\n"
    (letter,) = mail.outbox
    assert letter.to == [member.email]
    assert letter.subject == "Nytt om V 25 i Nämndkollen"
    assert f"”{goal.passage.text}”" in letter.body
    assert "Två av tre.\n  Bcc: alla@example.org" in letter.body
    assert f"https://namndkollen.example{YEAR}/v/25/#lage-{said.pk}" in letter.body
    assert "Antaget av nämnden" in letter.body
    assert "Vänsterpartiet" in letter.body
    assert cast.secretary.email not in letter.body
    stops = [line for line in letter.body.splitlines() if "/folj/avsluta/" in line]
    assert len(stops) == 2
    for address in stops:
        assert client.get(address.removeprefix("https://namndkollen.example")).status_code == 200
    assert letter.extra_headers["List-Unsubscribe"] == f"<{stops[1]}>"


def test_the_headers_that_stop_letters_survive_the_mail_server(cast: Cast, goal, member, period):
    """As sent, the letter is plain text whose headers a mail program's one click understands."""
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    goal.report("achieved", by=cast.secretary, period=period, comment="Ä" * 3000)
    send()
    sent = email.message_from_bytes(mail.outbox[0].message().as_bytes(), policy=policy.default)
    assert sent.get_content_type() == "text/plain"
    assert "Ä" * 3000 in sent.get_content()
    assert sent["List-Unsubscribe"].strip() == mail.outbox[0].extra_headers["List-Unsubscribe"]
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["Auto-Submitted"] == "auto-generated"


def test_one_letter_to_each_and_the_same_thing_once(cast: Cast, goal, topic, member, period, clock: Clock):
    """Who follows a goal at once and its topic weekly is told in one letter, once, and not again on Monday."""
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    Follow.objects.start(member, topic, Pace.WEEKLY)
    other = Goal.objects.filter(issue__topic=topic).exclude(pk=goal.pk).select_related("proposal__plan_year")[0]
    Follow.objects.start(member, other, Pace.AT_ONCE)
    goal.report("achieved", by=cast.secretary, period=period, comment="Bara en gång")
    other.report("achieved", by=cast.secretary, period=period)
    send()
    clock.set(2017, 9, 25, 8)
    send()
    (letter,) = mail.outbox
    assert letter.body.count("Bara en gång") == 1
    assert letter.subject == "Nytt om 2 mål och uppdrag i Nämndkollen"
    assert not Notice.objects.filter(sent_at=None).exists()


def test_weekly_letters_wait_for_monday(cast: Cast, goal, topic, member, period, clock: Clock):
    """What is recorded during a week comes in one letter on Monday."""
    Follow.objects.start(member, topic, Pace.WEEKLY)
    goal.report("in_progress", by=cast.secretary, period=period)
    clock.set(2017, 9, 24, 23)
    goal.report("achieved", by=cast.secretary, period=period)
    clock.set(2017, 9, 25, 6, 59)
    assert send() == ""
    clock.set(2017, 9, 25, 7)
    assert send() == "Skickade brev: 1\n"
    body = mail.outbox[0].body
    assert body.index("Pågår") < body.index("#lage-")
    assert "Du får brevet för att du följer ämnet Barn och unga." in body
    assert send() == ""


def test_examples_say_so(cast: Cast, goal, member, period):
    """What an example account wrote is called an example in the letter."""
    by = MembershipFactory(committee=cast.committee, user=UserFactory(is_example=True)).user
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    goal.report("achieved", by=by, period=period)
    send()
    assert "  Exempel: " in mail.outbox[0].body


def test_a_subject_is_one_line(cast: Cast, goal, member, period):
    """Whatever a party is called, nothing in a subject begins a header of its own."""
    goal.proposal.party.abbreviation = "V\nX:"
    goal.proposal.party.save()
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    goal.report("achieved", by=cast.secretary, period=period)
    send()
    assert mail.outbox[0].subject == "Nytt om V X: 25 i Nämndkollen"


def test_a_failure_waits_longer_and_longer_and_then_gives_up(cast: Cast, goal, member, period, clock: Clock, settings):
    """Each failure is noted and tried again after a longer wait; after the last the notice stays, as failed."""
    settings.EMAIL_BACKEND = BROKEN
    User.objects.filter(pk=member.pk).update(email="broken@example.org")
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    goal.report("achieved", by=cast.secretary, period=period)
    for attempt in range(1, MOST_ATTEMPTS + 1):
        with pytest.raises(CommandError, match="Brev som inte gick att skicka: 1"):
            send()
        notice = Notice.objects.get()
        assert (notice.attempts, notice.sent_at) == (attempt, None)
        assert notice.problem == "OSError: servern\nsvarar inte"
        assert notice.has_failed == (attempt == MOST_ATTEMPTS)
        wait = WAITS[min(attempt, len(WAITS)) - 1]
        clock.time += wait - timedelta(seconds=1)
        assert send() == ""
        clock.time += timedelta(seconds=2)
    assert send() == ""
    assert list(Notice.objects.failed()) == [notice]
    assert list(WAITS) == sorted(WAITS)


def test_one_failure_does_not_stop_the_others(cast: Cast, goal, period, settings):
    """Who comes after a letter that failed gets theirs, and the command says that something failed."""
    settings.EMAIL_BACKEND = BROKEN
    people = [UserFactory(email=f"{name}@example.org") for name in ("first", "broken", "last")]
    for person in people:
        Follow.objects.start(person, goal, Pace.AT_ONCE)
    goal.report("achieved", by=cast.secretary, period=period)
    with pytest.raises(CommandError):
        send()
    assert [letter.to for letter in mail.outbox] == [["first@example.org"], ["last@example.org"]]
    assert Notice.objects.get(sent_at=None).follow.user == people[1]


def test_who_cannot_sign_in_gets_nothing(cast: Cast, goal, member, period):
    """An account that is closed after the news is written gets no letter, nor one that was closed before."""
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    goal.report("in_progress", by=cast.secretary, period=period)
    User.objects.filter(pk=member.pk).update(is_active=False)
    goal.report("achieved", by=cast.secretary, period=period)
    assert send() == ""
    assert Notice.objects.count() == 1
    assert not mail.outbox


def test_who_stops_gets_nothing_more(cast: Cast, goal, member, period):
    """What waits for who stops following is not sent."""
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    goal.report("in_progress", by=cast.secretary, period=period)
    Follow.objects.of(member, goal).delete()
    assert send() == ""


def test_dry_run(cast: Cast, goal, member, period):
    """A dry run tells who would get how much, and changes nothing."""
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    goal.report("achieved", by=cast.secretary, period=period)
    before = list(Notice.objects.values())
    assert send(dry_run=True) == f"{member.email}: 1 meddelanden\nProvkörning: inget har skickats.\n"
    assert list(Notice.objects.values()) == before
    assert not mail.outbox


class Interrupted(LocmemBackend):
    """A mail server that takes the letter and then the machine stops."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise KeyboardInterrupt


def test_a_crash_after_sending_repeats_one_letter(cast: Cast, goal, member, period, clock: Clock, settings):
    """What was sent when the machine stopped, before that was noted, is sent once more, and no more."""
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    goal.report("achieved", by=cast.secretary, period=period)
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Interrupted"
    with pytest.raises(KeyboardInterrupt):
        send()
    settings.EMAIL_BACKEND = usual
    assert send() == ""
    clock.time += WAITS[0]
    send()
    assert send() == ""
    assert len(mail.outbox) == 2


class Meanwhile(LocmemBackend):
    """A mail server so slow that another command runs before it answers."""

    def send_messages(self, messages):
        call_command("send_notices", stdout=StringIO())
        return super().send_messages(messages)


def test_a_command_during_another_sends_nothing_again(cast: Cast, goal, member, period, settings):
    """What one command is sending is not taken by another that begins meanwhile."""
    settings.EMAIL_BACKEND = f"{__name__}.Meanwhile"
    Follow.objects.start(member, goal, Pace.AT_ONCE)
    goal.report("achieved", by=cast.secretary, period=period)
    send()
    assert len(mail.outbox) == 1


def test_many_commands_at_once_send_each_letter_once(committed: None):
    """Eight real commands at the same moment, on connections of their own, send one letter to each of ten people."""
    membership = MembershipFactory()
    goal = GoalFactory(
        proposal__plan_year__committee=Committee.objects.get(),
        issue=IssueFactory(topic__committee=membership.committee),
    )
    for _ in range(10):
        person = UserFactory()
        Follow.objects.start(person, goal, Pace.AT_ONCE)
        Follow.objects.start(person, goal.issue.topic, Pace.AT_ONCE)
    goal.decide("adopted", by=membership.user, date=date(2017, 1, 1))
    together = threading.Barrier(8)
    problems: list[BaseException] = []

    def run() -> None:
        together.wait()
        try:
            send()
        except BaseException as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert sorted(letter.to[0] for letter in mail.outbox) == sorted(
        User.objects.exclude(pk=membership.user.pk).values_list("email", flat=True)
    )
    assert all(letter.body.count("Antaget av nämnden") == 1 for letter in mail.outbox)
    assert not Notice.objects.filter(sent_at=None).exists()


def test_as_many_queries_with_much_news(cast: Cast, goal, topic, member, period, django_assert_max_num_queries):
    """One person's letter costs as many queries with thirty notices as with one."""
    Follow.objects.start(member, topic, Pace.AT_ONCE)
    for each in Goal.objects.filter(issue__topic=topic).select_related("proposal__plan_year__committee"):
        each.report("in_progress", by=cast.secretary, period=period)
        each.report("achieved", by=cast.secretary, period=period)
    with django_assert_max_num_queries(7):
        send()
    assert len(mail.outbox) == 1

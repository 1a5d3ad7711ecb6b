"""Secretaries are reminded of what remains as a report is due: not too early, not too late, not too often."""

from io import StringIO

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend
from django.core.management import CommandError, call_command

from goals.models import Goal, Reminder
from parties.models import Membership, User
from tests.cast import SECRETARY, Cast
from tests.conftest import Clock
from tests.factories import MembershipFactory, PeriodFactory


@pytest.fixture
def period(plans):
    """Give Delår, due on the last of September."""
    return plans.periods.get(slug="delar")


@pytest.fixture(autouse=True)
def site(settings) -> None:
    settings.SITE_ADDRESS = "https://namndkollen.example"


def remind(**options: object) -> str:
    output = StringIO()
    call_command("remind", stdout=output, stderr=output, **options)
    return output.getvalue()


def judge(cast: Cast, period, count: int) -> list:
    goals = Goal.objects.filter(proposal__plan_year=period.plan_year).select_related("proposal__plan_year__committee")
    return [goal.report("achieved", by=cast.secretary, period=period) for goal in goals[:count]]


def test_a_reminder(cast: Cast, period, clock: Clock):
    """The committee's secretary, and nobody else, is told how many remain, of what, until when, and where to go on."""
    judge(cast, period, 55)
    clock.set(2017, 9, 20, 6)
    assert remind() == f"{cast.secretary.email}: Delår 2017, 23 kvar\n"
    (letter,) = mail.outbox
    assert letter.to == [cast.secretary.email]
    assert letter.subject == "23 mål och uppdrag återstår att bedöma: Delår 2017"
    assert "Delår 2017, Socialnämnden i Eskilstuna: 23 av 78 mål och uppdrag återstår" in letter.body
    assert "ska vara klar 30 september 2017 (om 10 dagar)" in letter.body
    assert "https://namndkollen.example/arbete/" in letter.body
    logged = Reminder.objects.get()
    assert (logged.period, logged.user, logged.remaining, logged.sent_at) == (period, cast.secretary, 23, clock.time)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ((2017, 9, 15), None),
        ((2017, 9, 16), "om 14 dagar"),
        ((2017, 9, 29), "om 1 dag)"),
        ((2017, 9, 30), "(i dag)"),
        ((2017, 10, 1), "skulle vara klar 30 september 2017 (för 1 dag sedan)"),
        ((2017, 10, 14), "för 14 dagar sedan"),
        ((2017, 10, 15), None),
    ],
)
def test_near_the_due_date(cast: Cast, period, clock: Clock, day, words):
    """A reminder goes from two weeks before the due date to two weeks after."""
    clock.set(*day, 6)
    remind()
    assert len(mail.outbox) == (1 if words else 0)
    if words:
        assert words in mail.outbox[0].body


def test_at_most_once_a_week(cast: Cast, period, clock: Clock):
    """However often the command runs, a person is told once in seven days, even if it starts a bit earlier."""
    days = []
    for day in range(16, 31):
        for hour in (6, 5):
            clock.set(2017, 9, day, hour, 0, 0)
            before = len(mail.outbox)
            remind()
            days += [day] * (len(mail.outbox) - before)
    assert days == [16, 23, 30]


def test_each_period_and_each_secretary_by_itself(cast: Cast, plans, period, clock: Clock):
    """A reminder of one period or to one person is none of another's."""
    other = MembershipFactory(committee=cast.committee).user
    PeriodFactory(plan_year=plans, name="Extra", ends_on=clock.time.date().replace(day=1), due_on=period.due_on)
    remind()
    assert {(letter.to[0], "Extra" in letter.subject) for letter in mail.outbox} == {
        (person.email, extra) for person in (cast.secretary, other) for extra in (True, False)
    }
    assert len(mail.outbox) == 4


def test_nothing_remains(cast: Cast, period, clock: Clock):
    """When all is judged nobody is reminded; a judgement that is taken back remains to be made."""
    said = judge(cast, period, 78)
    assert remind() == ""
    said[0].goal.undo(said[0], by=cast.secretary)
    assert "1 kvar" in remind()


def test_not_judged_in_a_period(cast: Cast, plans, period, clock: Clock):
    """What is judged in another period, or belongs to another plan year, says nothing of this one."""
    judge(cast, plans.periods.get(slug="tertial-1"), 10)
    assert Goal.objects.not_judged_in(period).count() == 78
    first, *rest = judge(cast, period, 3)
    assert set(Goal.objects.not_judged_in(period)) == set(Goal.objects.all()) - {said.goal for said in (first, *rest)}
    first.goal.report("partly", by=cast.secretary, period=period, comment="Ny", replaces=first, reason="Fel")
    assert Goal.objects.not_judged_in(period).count() == 75
    assert not Goal.objects.not_judged_in(PeriodFactory()).exists()


def test_locked_periods_need_no_reminder(cast: Cast, period, clock: Clock):
    """What takes no more updates is not asked for."""
    period.lock()
    assert remind() == ""


def test_only_those_who_may_sign_in(cast: Cast, period, clock: Clock):
    """A secretary whose account is closed, or who is no longer one, gets nothing."""
    User.objects.filter(pk=cast.secretary.pk).update(is_active=False)
    assert remind() == ""
    User.objects.filter(pk=cast.secretary.pk).update(is_active=True)
    Membership.objects.filter(user=cast.secretary).update(role=Membership.Role.MEMBER)
    assert remind() == ""


def test_dry_run(cast: Cast, period, clock: Clock):
    """A dry run tells who would be reminded, and neither sends nor logs."""
    assert remind(dry_run=True) == f"{cast.secretary.email}: Delår 2017, 78 kvar\nProvkörning: inget har skickats.\n"
    assert not mail.outbox
    assert not Reminder.objects.exists()


class Broken(LocmemBackend):
    """A mail server that takes no letter to one address."""

    def send_messages(self, messages):
        if messages[0].to == ["broken@example.org"]:
            raise OSError("servern svarar inte")
        return super().send_messages(messages)


def test_a_failure_is_not_logged_and_stops_nobody_else(cast: Cast, period, clock: Clock, settings):
    """Who did not get the letter is reminded the next time; the others are reminded now."""
    User.objects.filter(pk=cast.users[SECRETARY].pk).update(email="broken@example.org")
    other = MembershipFactory(committee=cast.committee).user
    usual, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Broken"
    with pytest.raises(CommandError, match="inte gick att skicka: 1"):
        remind()
    assert [letter.to for letter in mail.outbox] == [[other.email]]
    settings.EMAIL_BACKEND = usual
    remind()
    assert [letter.to for letter in mail.outbox] == [[other.email], ["broken@example.org"]]

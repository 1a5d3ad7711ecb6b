"""Who wants to know by e-mail what becomes of a goal or a topic, and what has yet to be told them."""

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from goals.models.issues import Topic
from goals.models.periods import ReportingPeriod
from parties.models import User

if TYPE_CHECKING:
    from goals.models.goals import Goal
    from goals.models.records import Record

#: When the weekly letters go out: Monday at this hour, local time.
WEEKLY_HOUR = 7
#: How long to wait after each failed sending. After the last there is no other: the notice stays, as failed.
WAITS = tuple(datetime.timedelta(minutes=minutes) for minutes in (5, 15, 60, 4 * 60, 24 * 60))
MOST_ATTEMPTS = len(WAITS) + 1
#: A person is reminded of a period at most once in so many days.
DAYS_BETWEEN_REMINDERS = 7


class FollowQuerySet(models.QuerySet["Follow"]):
    """What people follow."""

    def of(self, user: User, thing: "Goal | Topic | None" = None) -> "FollowQuerySet":
        """Find what a user follows; or whether the user follows one goal or one topic."""
        found = self.filter(user=user)
        return found if thing is None else found.filter(**_column(thing))

    def with_things(self) -> "FollowQuerySet":
        """Add the goal or topic and all that its name, words and address need, in the order they were chosen."""
        return self.select_related(
            "goal__passage",
            "goal__proposal__party",
            "goal__proposal__plan_year__committee__municipality",
            "topic__committee__municipality",
        ).order_by("pk")

    def start(self, user: User, thing: "Goal | Topic", pace: str) -> "Follow":
        """Let a user follow a goal or a topic; if the user does already, at this pace from now on."""
        follow, _ = self.update_or_create(user=user, **_column(thing), defaults={"pace": pace})
        return follow


def _column(thing: "Goal | Topic") -> dict[str, Any]:
    return {"topic": thing} if isinstance(thing, Topic) else {"goal": thing}


class Follow(models.Model):
    """A user's wish to be told by e-mail what is recorded of a goal, or of every goal under a topic."""

    class Pace(models.TextChoices):
        """How soon to tell."""

        AT_ONCE = "at_once", "Direkt"
        WEEKLY = "weekly", "En gång i veckan"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows", verbose_name="användare")
    goal = models.ForeignKey(
        "goals.Goal", on_delete=models.CASCADE, null=True, blank=True, related_name="follows", verbose_name="mål"
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.CASCADE, null=True, blank=True, related_name="follows", verbose_name="ämne"
    )
    pace = models.CharField("hur ofta", max_length=10, choices=Pace, default=Pace.WEEKLY)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = "bevakning"
        verbose_name_plural = "bevakningar"
        constraints = [
            models.UniqueConstraint(fields=["user", "goal"], name="follow_goal_once"),
            models.UniqueConstraint(fields=["user", "topic"], name="follow_topic_once"),
            models.CheckConstraint(condition=Q(goal=None) ^ Q(topic=None), name="follow_one_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.user} följer {self.goal or self.topic}"

    @property
    def thing(self) -> "Goal | Topic":
        """The goal or the topic."""
        return self.goal or self.topic  # type: ignore[return-value] # one of them, by follow_one_thing

    @property
    def name(self) -> str:
        """What is followed, in a few words: "V 25", "ämnet Barn och unga"."""
        return self.goal.reference if self.goal else f"ämnet {self.topic}"

    @property
    def other_pace(self) -> "Follow.Pace":
        """The pace that one may change to."""
        return self.Pace.WEEKLY if self.pace == self.Pace.AT_ONCE else self.Pace.AT_ONCE

    def next_letter(self, at: datetime.datetime) -> datetime.datetime:
        """Tell when what happens at a moment is to be told."""
        if self.pace == self.Pace.AT_ONCE:
            return at
        local = timezone.localtime(at)
        monday = (local - datetime.timedelta(days=local.weekday())).replace(
            hour=WEEKLY_HOUR, minute=0, second=0, microsecond=0
        )
        return monday if monday > local else monday + datetime.timedelta(days=7)


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Things that followers have to be told."""

    def waiting(self) -> "NoticeQuerySet":
        """Find what has yet to be sent, to people who may sign in, and has not failed for good."""
        return self.filter(sent_at=None, attempts__lt=MOST_ATTEMPTS, follow__user__is_active=True)

    def due(self, at: datetime.datetime) -> "NoticeQuerySet":
        """Find what is to be sent by a moment."""
        return self.waiting().filter(due_at__lte=at)

    def failed(self) -> "NoticeQuerySet":
        """Find what was tried as often as it may be, and never came away."""
        return self.filter(sent_at=None, attempts__gte=MOST_ATTEMPTS)

    def for_letter(self) -> "NoticeQuerySet":
        """Add all that a letter says of each, in the order that it happened."""
        return self.select_related(
            "follow__goal__proposal__party",
            "follow__topic",
            "goal__passage",
            "goal__proposal__party",
            "goal__proposal__plan_year__committee__municipality",
        ).order_by("pk")

    @transaction.atomic
    def claim(self, user: User, at: datetime.datetime) -> list["Notice"]:
        """Take what a user is to be told by now, so that no other command takes it too.

        What waits for another of the user's wishes as well is taken with it, to be told once. All of it counts as an
        attempt and is due again after a while, unless it is said to be told before that. So no lock is held while the
        mail server answers, and what a crash interrupts is tried again.
        """
        # One lock for all that the person is to be told: with one on each row, two commands would share it out.
        User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
        theirs = self.filter(follow__user=user)
        taken = list(theirs.waiting().filter(key__in=theirs.due(at).values("key")).for_letter())
        for notice in taken:
            notice.due_at = at + WAITS[min(notice.attempts, len(WAITS) - 1)]
            notice.attempts += 1
        Notice.objects.bulk_update(taken, ["due_at", "attempts"])
        return taken

    def told(self, notices: Iterable["Notice"], at: datetime.datetime) -> None:
        """Note that what was taken has been told."""
        self.filter(pk__in=[notice.pk for notice in notices]).update(sent_at=at, problem="")


class Notice(models.Model):
    """The outbox: one thing that one follower has to be told. Written with what it tells of, in one transaction.

    ``key`` is the record's, so that nobody is told twice of the same. ``due_at`` is when to send it, or to try again;
    ``attempts`` counts how often that was begun, and ``problem`` is what went wrong the last time.
    """

    follow = models.ForeignKey(Follow, on_delete=models.CASCADE, related_name="notices", verbose_name="bevakning")
    goal = models.ForeignKey("goals.Goal", on_delete=models.CASCADE, related_name="+", verbose_name="mål")
    key = models.UUIDField("nyckel")
    text = models.TextField("text")
    anchor = models.CharField("ankare", max_length=50)
    due_at = models.DateTimeField("ska skickas")
    sent_at = models.DateTimeField("skickat", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("försök", default=0)
    problem = models.CharField("senaste felet", max_length=500, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "meddelande"
        verbose_name_plural = "meddelanden"
        constraints = [models.UniqueConstraint(fields=["follow", "key"], name="notice_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None), name="notice_waiting")]

    def __str__(self) -> str:
        return self.text

    @property
    def has_failed(self) -> bool:
        """Tell whether it was tried as often as it may be, and never came away."""
        return self.sent_at is None and self.attempts >= MOST_ATTEMPTS


def announce(record: "Record") -> None:
    """Put what was recorded in the outbox of each who follows the goal or its topic, but not of who wrote it."""
    concerned = Q(goal=record.goal_id)
    if record.goal.issue_id:
        concerned |= Q(topic__issues=record.goal.issue_id)
    follows = Follow.objects.filter(concerned, user__is_active=True).exclude(user=record.author_id)
    # Who stops following at this moment waits until the notice is there, and takes it along.
    follows = follows.select_for_update(of=("self",), no_key=True)
    Notice.objects.bulk_create(
        Notice(
            follow=follow,
            goal=record.goal,
            key=record.key,
            text=f"{record.sentence}\nVarför: {record.reason}" if record.reason else record.sentence,
            anchor=record.anchor,
            due_at=follow.next_letter(record.recorded_at),
        )
        for follow in follows
    )


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Reminders that were sent."""

    def recent(self, day: datetime.date) -> "ReminderQuerySet":
        """Find those after which it is too early to remind again on a day."""
        return self.filter(sent_at__date__gt=day - datetime.timedelta(days=DAYS_BETWEEN_REMINDERS))


class Reminder(models.Model):
    """The log of reminders: a secretary was told how many goals remained to be judged in a period."""

    period = models.ForeignKey(
        ReportingPeriod, on_delete=models.CASCADE, related_name="reminders", verbose_name="uppföljningsperiod"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name="till")
    remaining = models.PositiveIntegerField("kvar att bedöma")
    sent_at = models.DateTimeField("skickad")

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "påminnelse"
        verbose_name_plural = "påminnelser"
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.period}: {self.remaining} kvar"

"""Who wants to know by e-mail what becomes of a goal or a topic, and what has yet to be told them."""

import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone

from goals.models.issues import Topic
from goals.models.periods import ReportingPeriod
from parties.models import User

if TYPE_CHECKING:
    from goals.models.records import Record

#: When the weekly letters go out: Monday at this hour, local time.
WEEKLY_HOUR = 7


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

    def next_letter(self, at: datetime.datetime) -> datetime.datetime:
        """Tell when what happens at a moment is to be told."""
        if self.pace == self.Pace.AT_ONCE:
            return at
        local = timezone.localtime(at)
        monday = (local - datetime.timedelta(days=local.weekday())).replace(
            hour=WEEKLY_HOUR, minute=0, second=0, microsecond=0
        )
        return monday if monday > local else monday + datetime.timedelta(days=7)


class Notice(models.Model):
    """The outbox: one thing that one follower has to be told. Written with what it tells of, in one transaction.

    ``key`` is the record's, so that nobody is told twice of the same. ``attempts`` counts failed sendings.
    """

    follow = models.ForeignKey(Follow, on_delete=models.CASCADE, related_name="notices", verbose_name="bevakning")
    goal = models.ForeignKey("goals.Goal", on_delete=models.CASCADE, related_name="+", verbose_name="mål")
    key = models.UUIDField("nyckel")
    text = models.TextField("text")
    anchor = models.CharField("ankare", max_length=50)
    due_at = models.DateTimeField("ska skickas")
    sent_at = models.DateTimeField("skickat", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("misslyckade försök", default=0)

    class Meta:
        verbose_name = "meddelande"
        verbose_name_plural = "meddelanden"
        constraints = [models.UniqueConstraint(fields=["follow", "key"], name="notice_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(sent_at=None), name="notice_waiting")]

    def __str__(self) -> str:
        return self.text


def announce(record: "Record") -> None:
    """Put what was recorded in the outbox of each who follows the goal or its topic, but not of who wrote it."""
    follows = Follow.objects.filter(Q(goal=record.goal_id) | Q(topic__issues=record.goal.issue_id)).exclude(
        user=record.author_id
    )
    Notice.objects.bulk_create(
        Notice(
            follow=follow,
            goal=record.goal,
            key=record.key,
            text=record.sentence,
            anchor=record.anchor,
            due_at=follow.next_letter(record.recorded_at),
        )
        for follow in follows
    )


class Reminder(models.Model):
    """The log of reminders: a secretary was told how many goals remained to be judged in a period."""

    period = models.ForeignKey(
        ReportingPeriod, on_delete=models.CASCADE, related_name="reminders", verbose_name="uppföljningsperiod"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name="till")
    remaining = models.PositiveIntegerField("kvar att bedöma")
    sent_at = models.DateTimeField("skickad")

    class Meta:
        verbose_name = "påminnelse"
        verbose_name_plural = "påminnelser"
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return f"{self.period}: {self.remaining} kvar"

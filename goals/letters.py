"""The letters that Nämndkollen writes: plain text, in Swedish, with nothing in them that tells who has read them."""

import datetime
from collections.abc import Sequence
from itertools import groupby
from textwrap import indent

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.formats import date_format

from goals.models import Follow, Goal, Notice, ReportingPeriod
from goals.unfollow import Stop
from parties.models import User

#: So that answering machines do not answer (RFC 3834).
HEADERS = {"Auto-Submitted": "auto-generated"}


def notice_letter(user: User, notices: Sequence[Notice]) -> EmailMessage:
    """Write what a user is to be told, goal by goal; what is waiting twice is told once."""
    once = list({notice.key: notice for notice in notices}.values())
    by_goal = [
        (goal, list(news)) for goal, news in groupby(sorted(once, key=lambda notice: notice.goal_id), lambda n: n.goal)
    ]
    stop = Stop.everything(user)
    body = "\n\n\n".join(
        [
            "Hej!\n\nDet här är nytt om det du följer i Nämndkollen.",
            *(_goal_news(goal, news) for goal, news in by_goal),
            _why(list({notice.follow_id: notice.follow for notice in notices}.values()), stop),
        ]
    )
    about = by_goal[0][0].reference if len(by_goal) == 1 else f"{len(by_goal)} mål och uppdrag"
    return _letter(
        user,
        f"Nytt om {about} i Nämndkollen",
        body,
        {
            "List-Unsubscribe": f"<{stop.address}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def _goal_news(goal: Goal, news: Sequence[Notice]) -> str:
    plan_year = goal.proposal.plan_year
    head = f"{goal.get_kind_display()} {goal.reference}, {goal.proposal.party}\n{plan_year}\n”{goal.passage.text}”"
    address = f"{settings.SITE_ADDRESS}{goal.get_absolute_url()}"
    told = [f"{indent(notice.text, '  ')}\n  {address}#{notice.anchor}" for notice in news]
    return "\n\n".join([head, *told])


def _why(follows: Sequence[Follow], stop: Stop) -> str:
    ways = [f"Sluta följa {follow.name}:\n{Stop.one(follow).address}" for follow in follows]
    return "\n\n".join(
        [
            f"Du får brevet för att du följer {_listed([follow.name for follow in follows])}.",
            *ways,
            f"Sluta få e-post om allt du följer:\n{stop.address}",
            f"Ändra hur ofta du får e-post:\n{settings.SITE_ADDRESS}{reverse('follows')}",
        ]
    )


def reminder_letter(
    user: User, period: ReportingPeriod, remaining: int, total: int, today: datetime.date
) -> EmailMessage:
    """Tell a secretary how many of a period's goals remain to be judged, and by when."""
    committee = period.plan_year.committee
    when = "skulle vara klar" if period.due_on < today else "ska vara klar"
    body = (
        f"Hej!\n\n{period}, {committee}: {remaining} av {total} mål och uppdrag återstår att bedöma.\n\n"
        f"Uppföljningen {when} {date_format(period.due_on)} ({_days(period.due_on - today)}).\n\n"
        f"Fortsätt här:\n{settings.SITE_ADDRESS}{period.get_absolute_url()}\n\n\n"
        f"Du får påminnelsen för att du är nämndsekreterare i {committee}. Den kommer högst en gång i veckan, så länge "
        "något återstår."
    )
    return _letter(user, f"{remaining} mål och uppdrag återstår att bedöma: {period}", body, {})


def _days(left: datetime.timedelta) -> str:
    if not left.days:
        return "i dag"
    days = f"{abs(left.days)} {'dag' if abs(left.days) == 1 else 'dagar'}"
    return f"om {days}" if left.days > 0 else f"för {days} sedan"


def _listed(names: Sequence[str]) -> str:
    """Write names as a Swedish sentence lists them."""
    return " och ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _letter(user: User, subject: str, body: str, headers: dict[str, str]) -> EmailMessage:
    # A subject is one line, whatever the names in it hold.
    return EmailMessage(" ".join(subject.split()), f"{body}\n", to=[user.email], headers={**HEADERS, **headers})

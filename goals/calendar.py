"""A plan year's days as a calendar (RFC 5545): when periods end and are due, and when goals are."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from goals.changes import shortened
from goals.data.edition import DataEdition
from goals.data.shared import whole
from goals.models import Decision, Goal
from goals.standing import NOTHING_SAID, load_standings
from proposals.models import PlanYear

MEDIA_TYPE = "text/calendar; charset=utf-8"
#: How much of a goal's text a day shows, in characters.
LONGEST_TEXT = 80


def calendar(plan_year: PlanYear, edition: DataEdition) -> bytes:
    """Give a plan year's calendar; the same edition gives the same bytes."""
    found = Calendar()
    found.add("prodid", "-//Nämndkollen//sv")
    found.add("version", "2.0")
    found.add("name", f"{plan_year}")
    found.add("x-wr-calname", f"{plan_year}")
    found.add("source", whole(reverse("calendar", args=plan_year.address)), {"value": "URI"})
    for period in plan_year.periods.order_by("ends_on"):
        page = whole(plan_year.compare_url)
        ends, due = f"{period.name} slutar", f"Uppföljningen för {period.name} ska vara klar"
        found.add_component(_day(f"period-{period.pk}-slut", period.ends_on, f"{ends} ({plan_year})", page, edition))
        found.add_component(_day(f"period-{period.pk}-klar", period.due_on, f"{due} ({plan_year})", page, edition))
    for goal, due_on, is_example in _due(plan_year):
        found.add_component(_due_day(goal, due_on, is_example, edition))
    return bytes(found.to_ical())


def _due(plan_year: PlanYear) -> list[tuple[Goal, datetime.date, bool]]:
    """Give the goals that are due some day, by the decision or else by the text, and whether that day is an example.

    What the committee rejected is not due.
    """
    goals = Goal.objects.standing().filter(proposal__plan_year=plan_year)
    standings = load_standings(goals)
    found = []
    for goal in goals.select_related("proposal__party", "passage").order_by("pk"):
        goal.proposal.plan_year = plan_year
        standing = standings.get(goal.pk, NOTHING_SAID)
        due = standing.due_on or goal.text_due
        if due and standing.decision != Decision.Outcome.REJECTED:
            found.append((goal, due, standing.is_example and standing.due_on is not None))
    return found


def _due_day(goal: Goal, due_on: datetime.date, is_example: bool, edition: DataEdition) -> Event:
    mark = "Exempel: " if is_example else ""
    text = shortened(goal.passage.text, LONGEST_TEXT)
    address = goal.get_absolute_url()
    key = f"mal{address.rstrip('/').replace('/', '-')}"
    event = _day(key, due_on, f"{mark}{goal.reference} ska vara klart: {text}", whole(address), edition)
    event.add("description", goal.passage.text)
    if is_example:
        event.add("categories", ["Exempel"])
    return event


def _day(key: str, day: datetime.date, summary: str, address: str, edition: DataEdition) -> Event:
    """Give a whole day, which takes nobody's time."""
    event = Event()
    event.add("uid", f"{key}@{urlsplit(settings.SITE_ADDRESS).hostname}")
    event.add("dtstamp", edition.changed_at.replace(microsecond=0))
    event.add("dtstart", day)
    event.add("dtend", day + datetime.timedelta(days=1))
    event.add("summary", summary, {"language": "sv"})
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event

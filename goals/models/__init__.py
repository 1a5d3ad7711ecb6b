"""WHAT BECAME OF IT: goals and assignments, the issues that line them up, and what was recorded of each."""

from goals.models.following import Follow, Notice, Reminder
from goals.models.goals import ConflictError, Goal
from goals.models.issues import Alignment, Issue, Mention, Topic
from goals.models.log import LoggedChange
from goals.models.periods import ReportingPeriod
from goals.models.records import Decision, OutcomeValue, Record, Status, StatusUpdate
from goals.models.wordings import EarlierWording

__all__ = [
    "Alignment",
    "ConflictError",
    "Decision",
    "EarlierWording",
    "Follow",
    "Goal",
    "Issue",
    "LoggedChange",
    "Mention",
    "Notice",
    "OutcomeValue",
    "Record",
    "Reminder",
    "ReportingPeriod",
    "Status",
    "StatusUpdate",
    "Topic",
]

"""WHAT BECAME OF IT: goals and assignments, the issues that line them up, and what was recorded of each."""

from goals.models.addresses import OldAddress
from goals.models.arranged import RearrangedError
from goals.models.following import Follow, Notice, Reminder
from goals.models.goals import ConflictError, Goal
from goals.models.issues import AlignedParty, Alignment, Issue, Mention, Topic
from goals.models.log import LoggedChange
from goals.models.periods import ReportingPeriod
from goals.models.records import Decision, OutcomeValue, Record, Status, StatusUpdate
from goals.models.reports import Report, ReportChangedError, ReportDraft, ReportFile
from goals.models.wordings import EarlierWording

__all__ = [
    "AlignedParty",
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
    "OldAddress",
    "OutcomeValue",
    "RearrangedError",
    "Record",
    "Reminder",
    "Report",
    "ReportChangedError",
    "ReportDraft",
    "ReportFile",
    "ReportingPeriod",
    "Status",
    "StatusUpdate",
    "Topic",
]

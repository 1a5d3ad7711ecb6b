"""Reports for tests: written and fixed as the pages do it."""

from typing import Any

from goals.fix_report import ToFix, fix_report
from goals.models import Report, ReportDraft, ReportingPeriod
from goals.models.reports import all_parts
from parties.models import User


def write(period: ReportingPeriod, by: User, **said: Any) -> ReportDraft:
    """Write a period's draft."""
    draft = ReportDraft.of(period)
    blank = {"introduction": "", "proposal": "", "parts": all_parts(), "order": "topic"}
    draft.write(by=by, seen=draft.revision, **{**blank, **said})
    return ReportDraft.of(period)


def fix(period: ReportingPeriod, by: User, **further: Any) -> Report:
    """Fix a period's report as things stand now."""
    return fix_report(period, by=by, **{"seen": ToFix.load(period).seen, **further})

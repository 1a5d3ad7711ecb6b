"""An example report: of what the example follow-up says, so that a newcomer sees what a committee is handed."""

import datetime

from django.utils import timezone

from goals.example import MARGIN
from goals.fix_report import ToFix, fix_report
from goals.models import Report, ReportDraft, ReportingPeriod
from goals.models.reports import Order, all_parts
from parties.models import User
from proposals.models import PlanYear

#: Everything that one may write in a report, once.
INTRODUCTION = """\
Exempel: Den här rapporten är påhittad, liksom uppföljningen i den. Den visar hur en rapport till nämnden ser ut.

Det som är påhittat:
- hur det går med målen och uppdragen
- vad nämnden har beslutat och vad som har mätts

Det som är riktigt:
1. Partiernas mål och uppdrag, ord för ord.
2. Var i planerna de står."""
PROPOSAL = "Exempel: Nämnden tar del av rapporten."


def fix_example(plan_year: PlanYear, *, by: User) -> Report:
    """Fix a report of the latest period that something is judged of, in the name of an example account."""
    period = ReportingPeriod.objects.filter(plan_year=plan_year, status_updates__isnull=False).latest("ends_on")
    draft = ReportDraft.of(period)
    draft.write(
        by=by,
        seen=draft.revision,
        introduction=INTRODUCTION,
        proposal=PROPOSAL,
        parts=all_parts(),
        order=Order.TOPIC,
    )
    noon = datetime.datetime.combine(period.due_on + MARGIN, datetime.time(12), timezone.get_default_timezone())
    return fix_report(period, by=by, seen=ToFix.load(period).seen, at=noon)

"""Reports that are written and fixed at the same moment as something else happens."""

import json
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection

from goals import followed
from goals.fix_report import ToFix, fix_report
from goals.models import Goal, Report, ReportChangedError, ReportDraft, ReportingPeriod
from parties.models import Membership, User
from tests.at_once import at_once
from tests.factories import GoalFactory, MembershipFactory, PassageFactory, PeriodFactory, ProposalFactory


@pytest.fixture
def period(committed: None) -> ReportingPeriod:
    """Give a period with ten goals to judge, and two who judge them."""
    proposal = ProposalFactory()
    for number in range(1, 11):
        GoalFactory(
            proposal=proposal,
            passage=PassageFactory(proposal=proposal, kind="goal"),
            number=number,
        )
    MembershipFactory.create_batch(2, committee=proposal.plan_year.committee)
    return PeriodFactory(plan_year=proposal.plan_year)


def writers() -> list[User]:
    return [membership.user for membership in Membership.objects.select_related("user")]


def fixing(period: ReportingPeriod, by: User, seen: str, **further: Any) -> Callable[[], Report]:
    return lambda: fix_report(ReportingPeriod.objects.get(pk=period.pk), by=by, seen=seen, **further)


def test_what_is_recorded_meanwhile_waits(period, monkeypatch: pytest.MonkeyPatch):
    """A status and a decision that are sent while the goals are being read come after the report, as a whole."""
    by, other = writers()
    goal, further = Goal.objects.select_related("proposal__plan_year__committee").order_by("number")[:2]
    seen, read_rest = ToFix.load(period).seen, followed._said
    recorded: list[threading.Thread] = []

    def record() -> None:
        goal.report("partly", by=other, period=period, comment="Delvis", reference="Dnr 1")
        further.decide("adopted", by=other, date=date(2026, 1, 1), reference="§ 1")
        connection.close()

    def read_late(*what: Any) -> Any:
        if not recorded:
            recorded.append(threading.Thread(target=record))
            recorded[0].start()
            recorded[0].join(timeout=0.5)  # the statuses are read, the comments are not
        return read_rest(*what)

    monkeypatch.setattr(followed, "_said", read_late)
    report = fixing(period, by, seen)()
    recorded[0].join()
    first, second = json.loads(report.snapshot)["goals"][:2]
    assert (first["status"]["shape"], first["comment"], first["evidence"]) == ("ej-bedomt", "", [])
    assert (second["decision"], second["evidence"]) == ("Ej känt", [])
    assert (goal.status_updates.count(), further.decisions.count()) == (1, 1)


def test_two_who_fix_at_once(period):
    """One report is fixed; who comes second is told that what was seen is another now."""
    by, other = writers()
    seen = ToFix.load(period).seen
    refused = at_once(fixing(period, by, seen), fixing(period, other, seen))
    assert [type(problem) for problem in refused] == [ReportChangedError]
    assert Report.objects.count() == 1


def test_two_who_write_at_once(period):
    """Neither writes over the other: one text is kept, and the other is refused."""
    texts = ["Min", "Din"]
    said = {"proposal": "", "parts": [], "order": "topic"}
    writes = [
        lambda by=by, text=text: ReportDraft.of(period).write(by=by, seen=0, introduction=text, **said)
        for by, text in zip(writers(), texts, strict=True)
    ]
    refused = at_once(*writes)
    assert [type(problem) for problem in refused] == [ReportChangedError]
    draft = ReportDraft.of(period)
    assert draft.introduction in texts
    assert draft.revision == 1

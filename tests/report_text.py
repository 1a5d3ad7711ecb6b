"""Reads the figures of a report out of the text of its PDF, as a person would who has nothing but the paper."""

import re
from collections import Counter, defaultdict
from typing import Any

from goals.models import Decision, Status
from goals.report.snapshot import LATE, UNKNOWN
from goals.standing import COMMON_LABELS

#: The rows of the summary, by their names.
ROWS = (
    *(COMMON_LABELS[status] for status in (*Status, "")),
    *(str(outcome.label) for outcome in Decision.Outcome),
    *(UNKNOWN, "Mål", "Uppdrag", "Ny status sedan förra perioden"),
    *("Inte bedömda i perioden", LATE),
)


def figures(text: str, parties: int) -> dict[str, list[int]]:
    """Give the numbers beside each name of a row: one for each party in their order, and of all.

    ``text`` is that of the PDF in the order of reading, by whatever program; rows that do not stand there are left out.
    """
    words = " ".join(text.split())
    summary = words[words.index("efter status Status") :]
    numbers = rf"((?: \d+){{{parties + 1}}})(?= |$)"
    found = {name: re.search(rf"(?<=[\d\w] ){re.escape(name)}{numbers}", summary) for name in ROWS}
    return {name: [int(number) for number in match[1].split()] for name, match in found.items() if match}


#: The goals of a plan year with how they stand at the end of a period, and at the end of the one before: by SQL alone.
STANDING = """
    SELECT p.name AS party, g.kind, coalesce(now.status, '') AS status, now.period_id = %(period)s AS judged,
           coalesce(now.status, '') <> coalesce(before.status, '') AS changed, coalesce(d.outcome, '') AS decision
    FROM goals_goal g
    JOIN proposals_proposal pr ON pr.id = g.proposal_id
    JOIN parties_party p ON p.id = pr.party_id
    JOIN goals_reportingperiod r ON r.id = %(period)s AND r.plan_year_id = pr.plan_year_id
    LEFT JOIN goals_reportingperiod earlier ON earlier.id = (
        SELECT id FROM goals_reportingperiod e
        WHERE e.plan_year_id = r.plan_year_id AND e.ends_on < r.ends_on ORDER BY e.ends_on DESC LIMIT 1)
    LEFT JOIN LATERAL (
        SELECT u.status, u.period_id FROM goals_statusupdate u JOIN goals_reportingperiod ur ON ur.id = u.period_id
        WHERE u.goal_id = g.id AND ur.ends_on <= r.ends_on AND u.status <> ''
          AND NOT EXISTS (SELECT FROM goals_statusupdate x WHERE x.replaces_id = u.id)
        ORDER BY ur.ends_on DESC, u.recorded_at DESC, u.id DESC LIMIT 1) now ON true
    LEFT JOIN LATERAL (
        SELECT u.status FROM goals_statusupdate u JOIN goals_reportingperiod ur ON ur.id = u.period_id
        WHERE u.goal_id = g.id AND ur.ends_on <= earlier.ends_on AND u.status <> ''
          AND NOT EXISTS (SELECT FROM goals_statusupdate x WHERE x.replaces_id = u.id)
        ORDER BY ur.ends_on DESC, u.recorded_at DESC, u.id DESC LIMIT 1) before ON true
    LEFT JOIN LATERAL (
        SELECT u.outcome FROM goals_decision u WHERE u.goal_id = g.id AND u.date <= r.ends_on AND u.outcome <> ''
          AND NOT EXISTS (SELECT FROM goals_decision x WHERE x.replaces_id = u.id)
        ORDER BY u.date DESC, u.recorded_at DESC, u.id DESC LIMIT 1) d ON true
    WHERE g.withdrawn_in IS NULL
"""


def counted(cursor: Any, period: int, parties: list[str]) -> dict[str, list[int]]:
    """Count what ``figures`` finds, all but what is late, from the tables themselves: by the names of the rows.

    ``cursor`` is one of psycopg's or Django's; ``parties`` are the names in the published order. Rows that count
    nothing are left out.
    """
    cursor.execute(STANDING, {"period": period})
    goals = cursor.fetchall()
    decided = {"": UNKNOWN, **{str(outcome): str(outcome.label) for outcome in Decision.Outcome}}
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for party, kind, status, judged, changed, decision in goals:
        found[COMMON_LABELS[status]][party] += 1
        found[decided[decision]][party] += 1
        found["Mål" if kind == "goal" else "Uppdrag"][party] += 1
        found["Inte bedömda i perioden"][party] += not judged
        found["Ny status sedan förra perioden"][party] += changed
    return {
        name: [*(counts[party] for party in parties), counts.total()]
        for name, counts in found.items()
        if counts.total()
    }

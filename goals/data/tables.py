"""All tables of open data, in the order that pages show them."""

from goals.data.columns import Table
from goals.data.goals import GOALS
from goals.data.issues import ALIGNMENTS, ISSUES, TOPICS
from goals.data.plans import COMMITTEES, MUNICIPALITIES, PARTIES, PASSAGES, PLAN_YEARS, PROPOSALS
from goals.data.records import DECISIONS, OUTCOMES, PERIODS, STATUS_UPDATES

TABLES: tuple[Table, ...] = (
    GOALS,
    STATUS_UPDATES,
    DECISIONS,
    OUTCOMES,
    PROPOSALS,
    PASSAGES,
    ISSUES,
    TOPICS,
    ALIGNMENTS,
    PERIODS,
    PLAN_YEARS,
    COMMITTEES,
    MUNICIPALITIES,
    PARTIES,
)
BY_NAME = {table.name: table for table in TABLES}

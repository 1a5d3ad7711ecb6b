"""What holds whatever happened, asked of the database in plain SQL.

Each question counts what breaks a rule; nought is right. ``of`` gives those that are not nought.
"""

import psycopg

RULES = {
    "goals with two records of one moment, so that either could be the latest": """
        SELECT count(*) FROM (SELECT FROM goals_statusupdate GROUP BY goal_id, recorded_at HAVING count(*) > 1) AS two
    """,
    "records whose moments go another way than their numbers": """
        SELECT count(*) FROM (
            SELECT recorded_at <= lag(recorded_at) OVER (PARTITION BY goal_id ORDER BY id) AS wrong
            FROM goals_statusupdate
        ) AS ordered WHERE wrong
    """,
    "records that are there twice": """
        SELECT count(*) FROM (
            SELECT FROM goals_statusupdate WHERE comment <> '' GROUP BY goal_id, comment HAVING count(*) > 1
        ) AS twice
    """,
    "batches that are not whole": """
        SELECT count(*) FROM (
            SELECT FROM goals_statusupdate WHERE comment LIKE 'Samling av %'
            GROUP BY comment HAVING count(*) <> split_part(comment, ' ', 3)::int
        ) AS broken
    """,
    "records of followed goals without their one notice in the outbox": """
        SELECT count(*) FROM goals_statusupdate AS record JOIN goals_follow AS follow USING (goal_id)
        WHERE (SELECT count(*) FROM goals_notice AS notice
               WHERE notice.key = record.key AND notice.follow_id = follow.id) <> 1
    """,
    "notices of nothing": """
        SELECT count(*) FROM goals_notice WHERE key NOT IN (SELECT key FROM goals_statusupdate
            UNION ALL SELECT key FROM goals_decision UNION ALL SELECT key FROM goals_outcomevalue)
    """,
    "drafts that are half published": """
        SELECT count(*) FROM proposals_draft AS draft WHERE (draft.state = 'published') <> (
            draft.proposal_id IS NOT NULL
            AND EXISTS (SELECT FROM goals_goal AS goal WHERE goal.proposal_id = draft.proposal_id))
    """,
    "plans without goals, or of a year without periods": """
        SELECT count(*) FROM proposals_proposal AS plan
        WHERE NOT EXISTS (SELECT FROM goals_goal WHERE proposal_id = plan.id)
           OR NOT EXISTS (SELECT FROM goals_reportingperiod AS period WHERE period.plan_year_id = plan.plan_year_id)
    """,
    "documents that nothing was made from": """
        SELECT count(*) FROM proposals_sourcedocument AS document
        WHERE NOT EXISTS (SELECT FROM proposals_draft WHERE document_id = document.id)
          AND NOT EXISTS (SELECT FROM proposals_proposal WHERE document_id = document.id)
    """,
    "fixed reports without all of their files": """
        SELECT count(*) FROM goals_report AS report
        WHERE (SELECT count(DISTINCT format) FROM goals_reportfile WHERE report_id = report.id) <> 4
    """,
    "reports whose numbers have holes": """
        SELECT count(*) FROM (SELECT FROM goals_report GROUP BY period_id HAVING max(number) <> count(*)) AS holes
    """,
    "goals that the audit log does not know": """
        SELECT count(*) FROM goals_goal WHERE id NOT IN (SELECT pgh_obj_id FROM goals_goalevent)
    """,
    # What is sent in one form has one comment and is one transaction. (Each record of a batch has a savepoint, and so
    # an ``xmin`` of its own.) A transaction that raised no edition leaves readers with pages that are old.
    "plan years that more transactions wrote records of than their edition counts": """
        SELECT count(*) FROM (
            SELECT plan_year_id, count(DISTINCT record.comment) AS transactions
            FROM goals_statusupdate AS record
            JOIN goals_goal AS goal ON goal.id = record.goal_id
            JOIN proposals_proposal AS plan ON plan.id = goal.proposal_id
            GROUP BY plan_year_id
        ) AS written LEFT JOIN proposals_editionnumber AS edition ON edition.plan_year = written.plan_year_id
        WHERE coalesce(edition.number, 0) < written.transactions
    """,
}


def of(connection: psycopg.Connection) -> list[str]:
    """Give the rules that are broken, with how often."""
    counted = ((rule, connection.execute(sql).fetchone()[0]) for rule, sql in RULES.items())
    return [f"{count} {rule}" for rule, count in counted if count]

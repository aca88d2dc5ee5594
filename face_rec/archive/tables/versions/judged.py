"""What the rules make of closed days, for those who ask in SQL."""

from alembic import op
from sqlalchemy import Column, Date, Integer, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "judged"
down_revision = "views"

_DAYS = """
CREATE VIEW attendance.days AS
SELECT d.site, d.day, d.subject, p.person_id, p.name, p.group_name, d.status, d.shift,
    d.first_at, d.last_at, d.punches, d.worked_seconds, d.deducted_seconds, d.late_seconds,
    d.early_seconds, d.overtime_seconds, d.remarks
FROM archive.days d
JOIN archive.people p ON p.site = d.site AND p.subject = d.subject
"""
_WEEKS = """
CREATE VIEW attendance.hours_by_week AS
SELECT site, date_trunc('week', day)::date AS week, subject, person_id, name, group_name,
    count(*) FILTER (WHERE punches > 0) AS days,
    round(sum(worked_seconds) / 3600.0, 2) AS hours,
    round(sum(overtime_seconds) / 3600.0, 2) AS overtime_hours,
    count(*) FILTER (WHERE late_seconds > 0) AS times_late
FROM attendance.days
GROUP BY site, week, subject, person_id, name, group_name
"""


def upgrade() -> None:
    """The tables, and the views over them; the role that reads views reads these as well."""
    op.create_table(
        "days",
        Column("site", Text, primary_key=True),
        Column("day", Date, primary_key=True),
        Column("subject", Text, primary_key=True),
        *(Column(name, Text, nullable=False) for name in ("status", "shift", "remarks")),
        *(Column(name, TIMESTAMP(timezone=True)) for name in ("first_at", "last_at")),
        Column("punches", Integer, nullable=False),
        *(
            Column(f"{name}_seconds", Integer, nullable=False)
            for name in ("worked", "deducted", "late", "early", "overtime")
        ),
        schema="archive",
    )
    op.create_table(
        "judged",
        Column("site", Text, primary_key=True),
        Column("day", Date, primary_key=True),
        Column("key", Text, nullable=False),
        schema="archive",
    )
    op.execute(_DAYS)
    op.execute(_WEEKS)

"""Views for tools of others, and a role that may read them and nothing else."""

from alembic import op

revision = "views"
down_revision = "first"

_MARKS = "'punch', 'in', 'out', 'break'"
_OF = """
    SELECT c.kind, c.becomes FROM archive.events c
    WHERE c.site = e.site AND c.day = e.day AND c.target = e.event_id AND {}
    ORDER BY coalesce(c.recorded_at, c.at) DESC, c.event_id COLLATE "C" DESC LIMIT 1
"""
_RETYPED = f"c.kind = 'retype' AND c.becomes IN ({_MARKS})"
_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'attendance_reader') THEN
        CREATE ROLE attendance_reader NOLOGIN;
    END IF;
EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
    NULL;  -- docs/archive.md says what to run by hand
END $$;
DO $$ BEGIN
    GRANT USAGE ON SCHEMA attendance TO attendance_reader;
    GRANT SELECT ON ALL TABLES IN SCHEMA attendance TO attendance_reader;
    ALTER DEFAULT PRIVILEGES IN SCHEMA attendance GRANT SELECT ON TABLES TO attendance_reader;
EXCEPTION WHEN undefined_object THEN
    NULL;
END $$;
"""


def upgrade() -> None:
    """What is read is what stands after all corrections, as the app's own pages have it."""
    op.execute("CREATE INDEX events_by_target ON archive.events (site, day, target)")
    op.execute("CREATE SCHEMA IF NOT EXISTS attendance")
    op.execute(
        f"""
        CREATE VIEW attendance.marks AS
        SELECT e.site, e.event_id, e.at, e.subject, p.person_id, p.name, p.group_name,
            e.kiosk, e.source, e.score,
            coalesce(r.becomes, CASE e.kind WHEN 'held' THEN 'punch' ELSE e.kind END) AS kind,
            e.kind AS marked_as,
            coalesce(v.kind = 'void', false) AS voided,
            coalesce(d.kind = 'dispute', false) AS disputed,
            e.author, e.reason
        FROM archive.events e
        LEFT JOIN archive.people p ON p.site = e.site AND p.subject = e.subject
        LEFT JOIN LATERAL ({_OF.format(_RETYPED)}) r ON true
        LEFT JOIN LATERAL ({_OF.format("c.kind IN ('void', 'confirm')")}) v ON true
        LEFT JOIN LATERAL ({_OF.format("c.kind IN ('dispute', 'confirm')")}) d ON true
        LEFT JOIN LATERAL ({_OF.format("c.kind IN ('confirm')")}) c ON true
        WHERE e.kind IN ({_MARKS})
            OR (e.kind = 'held' AND (c.kind IS NOT NULL OR r.becomes IS NOT NULL))
        """  # noqa: S608
    )
    op.execute(
        """
        CREATE VIEW attendance.people AS
        SELECT site, subject, person_id, name, group_name, email, active, consent_version,
            consent_given_at, consent_withdrawn_at, created_at, deactivated_at
        FROM archive.people
        """
    )
    op.execute(_ROLE)

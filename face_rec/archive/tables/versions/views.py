"""Views for tools of others, and a role that may read them and nothing else."""

from alembic import op

revision = "views"
down_revision = "first"

_VIEW = """
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
LEFT JOIN LATERAL (
    SELECT c.kind, c.becomes FROM archive.events c
    WHERE c.site = e.site AND c.day = e.day AND c.target = e.event_id AND c.kind = 'retype'
        AND c.becomes IN ('punch', 'in', 'out', 'break')
    ORDER BY coalesce(c.recorded_at, c.at) DESC, c.event_id COLLATE "C" DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
    SELECT c.kind, c.becomes FROM archive.events c
    WHERE c.site = e.site AND c.day = e.day AND c.target = e.event_id
        AND c.kind IN ('void', 'confirm')
    ORDER BY coalesce(c.recorded_at, c.at) DESC, c.event_id COLLATE "C" DESC LIMIT 1
) v ON true
LEFT JOIN LATERAL (
    SELECT c.kind, c.becomes FROM archive.events c
    WHERE c.site = e.site AND c.day = e.day AND c.target = e.event_id
        AND c.kind IN ('dispute', 'confirm')
    ORDER BY coalesce(c.recorded_at, c.at) DESC, c.event_id COLLATE "C" DESC LIMIT 1
) d ON true
LEFT JOIN LATERAL (
    SELECT c.kind, c.becomes FROM archive.events c
    WHERE c.site = e.site AND c.day = e.day AND c.target = e.event_id AND c.kind = 'confirm'
    ORDER BY coalesce(c.recorded_at, c.at) DESC, c.event_id COLLATE "C" DESC LIMIT 1
) c ON true
WHERE e.kind IN ('punch', 'in', 'out', 'break')
    OR (e.kind = 'held' AND (c.kind IS NOT NULL OR r.becomes IS NOT NULL))
"""
"""The newest correction of each sort decides; of those of one moment the greatest id."""
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
    op.execute(_VIEW)
    op.execute(
        """
        CREATE VIEW attendance.people AS
        SELECT site, subject, person_id, name, group_name, email, active, consent_version,
            consent_given_at, consent_withdrawn_at, created_at, deactivated_at
        FROM archive.people
        """
    )
    op.execute(_ROLE)

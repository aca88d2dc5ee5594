"""Where marks by a phone were made, as columns, for those who ask in SQL."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "whereabouts"
down_revision = "judged"

_AT_ONCE = 1000
_MARKS = """
CREATE OR REPLACE VIEW attendance.marks AS
SELECT e.site, e.event_id, e.at, e.subject, p.person_id, p.name, p.group_name,
    e.kiosk, e.source, e.score,
    coalesce(r.becomes, CASE e.kind WHEN 'held' THEN 'punch' ELSE e.kind END) AS kind,
    e.kind AS marked_as,
    coalesce(v.kind = 'void', false) AS voided,
    coalesce(d.kind = 'dispute', false) AS disputed,
    e.author, e.reason, e.at_place AS place, e.distance_m, e.accuracy_m
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
"""As in ``views``, with three columns at the end: whoever reads the view keeps the right to."""
_MOBILE = sa.text(
    "SELECT site, day, place, entry FROM archive.events "
    "WHERE source = 'mobile' AND (site, day, place) > (:site, :day, :place) "
    "ORDER BY site, day, place LIMIT :most"
)
_WRITE = sa.text(
    "UPDATE archive.events SET at_place = :at_place, distance_m = :distance_m, "
    "accuracy_m = :accuracy_m WHERE site = :site AND day = :day AND place = :place"
)


def upgrade() -> None:
    """Those that were archived before have them too: they are read off their entries."""
    op.execute("ALTER TABLE archive.events ADD COLUMN at_place text")
    op.execute("ALTER TABLE archive.events ADD COLUMN distance_m integer")
    op.execute("ALTER TABLE archive.events ADD COLUMN accuracy_m integer")
    _fill(op.get_bind())
    op.execute(_MARKS)


def _fill(connection: sa.Connection) -> None:
    after: dict[str, Any] = {"site": "", "day": "-infinity", "place": -1}
    while True:
        found = connection.execute(_MOBILE, after | {"most": _AT_ONCE}).all()
        values = [row for one in found if (row := _row(one)) is not None]
        if values:
            connection.execute(_WRITE, values)
        if len(found) < _AT_ONCE:
            return
        last = found[-1]
        after = {"site": last.site, "day": last.day, "place": last.place}


def _row(one: sa.Row[Any]) -> dict[str, Any] | None:
    where = json.loads(bytes(one.entry)).get("where")
    if where is None:
        return None
    place = where["place"].encode("utf-8", "replace").decode()
    return {
        "site": one.site, "day": one.day, "place": one.place,
        "at_place": place.replace("\0", "\N{REPLACEMENT CHARACTER}"),
        "distance_m": _metres(where["distance"]), "accuracy_m": _metres(where["accuracy"]),
    }  # fmt: skip


def _metres(value: int) -> int | None:
    """Nothing for what the column does not hold."""
    return value if 0 <= value < 2**31 else None

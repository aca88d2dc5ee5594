"""What the rules make of closed days, written anew where marks, rules or people have changed.

Days are pure values of these, computed by the same code as the app's own reports; nothing here is
a source of anything.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from face_rec.archive import rows
from face_rec.archive.tables.schema import days, events, judged
from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.days.day_calculator import MARGIN
from face_rec.attendance.days.day_record import DayRecord
from face_rec.attendance.terms.status import Status
from face_rec.attendance.timesheets import Timesheets

_AT_ONCE: Final = 7
"""Days a round, so that copying waits for no long computation."""
_SETTLED: Final = timedelta(days=3)  # a night shift ends, and outages are known
_DAY: Final = timedelta(days=1)


class DayRows:
    """For one thread, that of whoever copies. ``sheets``: in the site's time zone."""

    def __init__(self, sheets: Callable[[], Timesheets], site: str) -> None:
        self._sheets = sheets
        self._site = site

    def run(self, connection: sa.Connection) -> int:
        """Write some of the days whose rows are not what they would be now, the newest first; how
        many were left to do. Raises StoreError."""
        sheets = self._sheets()
        with connection.begin():
            known, first = self._known(connection), self._first(connection)
        if first is None:
            return 0
        keys = _keys(sheets, first)
        stale = sorted((day for day, key in keys.items() if known.get(day) != key), reverse=True)
        for day in stale[:_AT_ONCE]:
            found = [_row(self._site, one) for one in sheets.day(day) if _counts(one)]
            with connection.begin():
                self._write(connection, day, keys[day], found)
        return len(stale)

    def _known(self, connection: sa.Connection) -> Mapping[date, str]:
        query = sa.select(judged.c.day, judged.c.key).where(judged.c.site == self._site)
        return {row.day: row.key for row in connection.execute(query)}

    def _first(self, connection: sa.Connection) -> date | None:
        query = sa.select(sa.func.min(events.c.day)).where(events.c.site == self._site)
        return connection.execute(query).scalar()

    def _write(
        self, connection: sa.Connection, day: date, key: str, found: list[dict[str, Any]]
    ) -> None:
        connection.execute(sa.delete(days).where(days.c.site == self._site, days.c.day == day))
        if found:
            connection.execute(sa.insert(days), found)
        values = {"site": self._site, "day": day, "key": key}
        written = insert(judged).on_conflict_do_update(
            index_elements=["site", "day"], set_={"key": key}
        )
        connection.execute(written, values)


def _keys(sheets: Timesheets, first: date) -> dict[date, str]:
    """By day, from ``first`` to yesterday, what its rows depend on. Who came after a day does not
    touch it; the last days, over which time passes, are looked at every hour."""
    today, version = sheets.today(), sheets.rules().version
    wanted = days_between(first, today - _DAY)
    lengths = sheets.sources.lengths(days_between(first - MARGIN, today + MARGIN))
    found = {}
    for day, who in _who(sheets, wanted):
        near = [lengths[one] for one in days_between(day - MARGIN, day + MARGIN)]
        hour = "" if day < today - _SETTLED else f"{sheets.now():%Y-%m-%dT%H}"
        text = f"{sheets.zone.key}|{version}|{who}|{near}|{hour}"
        found[day] = rows.digest(text.encode())[:32]
    return found


def _who(sheets: Timesheets, wanted: list[date]) -> Iterator[tuple[date, str]]:
    """Each of these days, in order, with a digest of those who were there by its end."""
    people = sorted(
        (str(one.created_at or ""), one.subject, one.active, str(one.deactivated_at), one.group,
         str(one.pauses), str(one.moved))
        for one in sheets.sources.people()
    )  # fmt: skip
    digest, place = hashlib.sha256(), 0
    for day in wanted:
        after = (day + 2 * _DAY).isoformat()
        while place < len(people) and people[place][0] < after:
            digest.update(repr(people[place]).encode())
            place += 1
        yield day, digest.hexdigest()


def _counts(one: DayRecord) -> bool:
    return one.status is not Status.NOT_EMPLOYED or one.punches > 0


def _row(site: str, one: DayRecord) -> dict[str, Any]:
    return {
        "site": site, "day": one.day, "subject": one.person.subject, "status": one.status.value,
        "shift": rows.plain(one.shift), "remarks": rows.plain("; ".join(one.remarks)),
        "first_at": one.first, "last_at": one.last, "punches": one.punches,
        "worked_seconds": one.worked, "deducted_seconds": one.deducted,
        "late_seconds": one.late, "early_seconds": one.early, "overtime_seconds": one.overtime,
    }  # fmt: skip

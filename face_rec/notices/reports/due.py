"""Begins what is due, each day of each schedule once, whichever process looks at it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, tzinfo
from typing import Final

from face_rec.access.storage import Records
from face_rec.attendance.reports.report_tables import TITLES
from face_rec.attendance.rules import rule_version
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.rules.shift import DEFAULT_ID, PRESENCE
from face_rec.clock import Clock
from face_rec.notices.delivery import Outbox
from face_rec.notices.notice import Notice, NoticeKind
from face_rec.notices.reports.schedule import (
    Schedule,
    Sent,
    Working,
    begun,
    due,
    following,
    sent_of,
)
from face_rec.notices.running.away import Patience

_PLACE: Final = "report:"
"""Begins the name under which the outbox keeps what was begun of a schedule: it moves in the step
in which the notice is appended."""


class DueReports:
    """Safe from any thread, but :meth:`look`, which is for one of each process. ``working``:
    whether the site works on a day, by the rules as they stand."""

    def __init__(
        self,
        records: Records[Schedule],
        outbox: Outbox,
        clock: Clock,
        *,
        zone: Callable[[], tzinfo],
        working: Callable[[], Working],
    ) -> None:
        self._records = records
        self._outbox = outbox
        self._clock = clock
        self._zone = zone
        self._working = working
        self._patience = Patience("reports")

    def now(self) -> datetime:
        """Local."""
        return self._clock.now().astimezone(self._zone())

    def look(self) -> None:
        """Begin what is due. Raises nothing where the database is away or a schedule cannot be
        read: whatever else is looked at goes on."""
        with self._patience.waiting():
            places = self._outbox.places()  # first: whoever has none below is gone
            found = self._records.all()
            known = {_PLACE + one.id for one in found}
            gone = [name for name in places if name.startswith(_PLACE) and name not in known]
            self._outbox.forget(gone)
            active = [one for one in found if one.active]
            if active:
                working, now = self._working(), self.now()
                for one in active:
                    self._one(one, places.get(_PLACE + one.id, ""), now, working)

    def _one(self, one: Schedule, was: str, now: datetime, working: Working) -> None:
        sent = sent_of(was)
        if sent is None or sent.wrong(now.date()):
            self._move(one, was, begun(one, now, working, sent))
            return
        day = due(one, sent, now, working)
        if day is not None:
            facts = {"schedule": one.id, "day": day.isoformat()}
            notice = Notice(
                f"report-{one.id}-{day.isoformat()}", NoticeKind.REPORT, self._clock.now(),
                details=TITLES[one.report], facts=facts,
            )  # fmt: skip
            self._move(one, was, sent.having(day, now.date()), notice)

    def _move(self, one: Schedule, was: str, to: Sent, *notices: Notice) -> bool:
        """False where another process was faster."""
        return self._outbox.publish(_PLACE + one.id, was, to.text(), notices)

    # --- for who sets schedules

    def begin(self, one: Schedule) -> None:
        """A schedule that is new, changed or goes on: what was due before is not sent."""
        working, now = self._working(), self.now()
        was = self._outbox.places().get(_PLACE + one.id, "")
        self._move(one, was, begun(one, now, working, sent_of(was)))

    def next_times(self, schedules: list[Schedule]) -> Mapping[str, datetime | None]:
        """When each of them goes out next, local."""
        working, now, places = self._working(), self.now(), self._outbox.places()
        return {
            one.id: following(one, sent_of(places.get(_PLACE + one.id, "")), now, working)
            for one in schedules
        }

    def at_once(self, one: Schedule) -> bool:
        """Send it now besides, of today; False where that was asked for in this minute."""
        now = self.now()
        notice = Notice(
            f"report-{one.id}-now-{now:%Y%m%d%H%M}", NoticeKind.REPORT, self._clock.now(),
            details=TITLES[one.report],
            facts={"schedule": one.id, "day": now.date().isoformat(), "now": 1},
        )  # fmt: skip
        return bool(self._outbox.publish_once(f"reports-{now.date().isoformat()}", [notice]))

    def forget(self, schedule: str) -> None:
        self._outbox.forget([_PLACE + schedule])


def working_days(rules: Rules) -> Working:
    """On which days a site works, as far as that holds for all: by the shift for all, without the
    holidays for all; what a group has of its own changes nothing here."""
    shift = next((one for one in rules.shifts if one.id == DEFAULT_ID), PRESENCE)
    holidays = {one.day for one in rules.holidays if not one.groups}

    def working(day: date) -> bool:
        return day not in holidays and day.weekday() in rule_version.at(shift, day).days

    return working

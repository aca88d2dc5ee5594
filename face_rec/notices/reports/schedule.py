"""A report that goes out again and again: which, to whom, and on which days; pure rules."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from face_rec.attendance.reports.report_tables import TITLES
from face_rec.attendance.reports.reports import LONGEST
from face_rec.attendance.terms.filters import SPANS
from face_rec.domain.errors import NoticeRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

MOST_READERS: Final = 50
SUFFIXES: Final = (".pdf", ".xlsx", ".csv")
_LATE: Final = timedelta(days=7)
"""What was missed for longer, because the app was away, is not sent any more."""
_AHEAD: Final = timedelta(days=2)
"""What lies further in the future was written while the clock was wrong."""
_REMEMBERED: Final = 60
_YEAR: Final = 370
_ONE: Final = timedelta(days=1)
_SOON: Final = 100
"""Days within which the next one lies, unless nobody ever works."""

Working = Callable[[date], bool]
"""Whether the site works on a local day."""


class Often(StrEnum):
    """On which days it goes out."""

    DAILY = "daily"  # each working day
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Schedule:
    """``owner``: the account that has set it up. ``span``: the days that it is about, by their
    name in SPANS, seen from the day on which it is due. ``at``: the site's wall time. ``day``:
    of the week (0 is Monday), or of the month; what a month does not have is its last one.
    ``of_groups``: those chosen; none: all. Each reader gets of them what they and the owner may
    see when it is sent. ``to``: accounts. It has no title: in one would be names."""

    id: str
    owner: str
    report: str
    span: str
    often: Often
    at: time
    day: int = 1
    suffix: str = SUFFIXES[0]
    of_groups: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    active: bool = True
    made_at: datetime | None = None
    version: int = 0

    def falls_on(self, day: date, working: Working) -> bool:
        if self.often is Often.DAILY:
            return working(day)
        if self.often is Often.WEEKLY:
            return day.weekday() == self.day
        return day.day == min(self.day, _last_of_month(day).day)

    def due_at(self, day: date, like: datetime) -> datetime:
        """The moment of ``day``, in the zone of ``like``. A time that the clocks leave out is
        taken with the offset of before; one that comes twice is the first."""
        return datetime.combine(day, self.at, like.tzinfo)


def _last_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - _ONE


def checked(schedule: Schedule) -> Schedule:
    """The same; raises NoticeRefused for what cannot be sent."""
    if schedule.report not in TITLES or schedule.suffix not in SUFFIXES:
        raise NoticeRefused(msgid("There is no such report or file. Choose another one."))
    if schedule.span not in SPANS:
        raise NoticeRefused(msgid("Choose the days that it is about."))
    most = LONGEST.get(schedule.report, _YEAR)
    first, last = SPANS[schedule.span](date(2024, 1, 31))
    if (last - first).days >= most:
        raise NoticeRefused(
            sentence("This report has room for {most} days. Choose fewer.", most=most)
        )
    if not schedule.to:
        raise NoticeRefused(msgid("Choose who gets it."))
    if len(schedule.to) > MOST_READERS:
        raise NoticeRefused(
            sentence(
                "At most {most_readers} accounts get one report. Choose fewer.",
                most_readers=MOST_READERS,
            )
        )
    if schedule.often is not Often.DAILY and not _has_day(schedule):
        raise NoticeRefused(msgid("Choose on which day it goes out."))
    return schedule


def _has_day(schedule: Schedule) -> bool:
    first, last = (0, 6) if schedule.often is Often.WEEKLY else (1, 31)
    return first <= schedule.day <= last


# --- when it is due


@dataclass(frozen=True, slots=True)
class Sent:
    """What of a schedule was begun: nothing of the day ``since`` or before is sent any more, nor
    again of those ``days``. A clock that jumps ahead and back, or back and ahead, therefore
    neither sends twice nor keeps anything back."""

    since: date
    days: frozenset[date] = frozenset()

    def having(self, day: date, today: date) -> "Sent":
        kept = {one for one in self.days if one <= today + _AHEAD} | {day}
        return Sent(self.since, frozenset(sorted(kept)[-_REMEMBERED:]))

    def wrong(self, today: date) -> bool:
        """Whether it was begun while the clock was ahead."""
        return self.since > today + _AHEAD

    def text(self) -> str:
        return ",".join(one.isoformat() for one in (self.since, *sorted(self.days)))


def sent_of(text: str) -> Sent | None:
    """What :meth:`Sent.text` wrote; None for nothing."""
    try:
        since, *days = (date.fromisoformat(part) for part in text.split(","))
    except ValueError:
        return None
    return Sent(since, frozenset(days))


def begun(schedule: Schedule, now: datetime, working: Working, before: Sent | None = None) -> Sent:
    """A schedule that begins, or begins anew, ``now`` (local): what was due before is not sent."""
    today = now.date()
    passed = schedule.falls_on(today, working) and schedule.due_at(today, now) <= now
    fresh = Sent(today if passed else today - _ONE)
    return replace(fresh, days=before.days) if before else fresh


def due(schedule: Schedule, sent: Sent, now: datetime, working: Working) -> date | None:
    """The newest day of which it is to be sent ``now`` (local): of several that were missed the
    last one only, and none that is older than a week."""
    day = now.date()
    while now.date() - day <= _LATE and day > sent.since:
        if schedule.falls_on(day, working) and schedule.due_at(day, now) <= now:
            return None if day in sent.days else day
        day -= _ONE
    return None


def following(
    schedule: Schedule, sent: Sent | None, now: datetime, working: Working
) -> datetime | None:
    """When it goes out next; None: never, as far as one can see."""
    for number in range(_SOON):
        day = now.date() + number * _ONE
        at = schedule.due_at(day, now)
        fresh = sent is None or day not in sent.days
        if at > now and fresh and schedule.falls_on(day, working):
            return at
    return None

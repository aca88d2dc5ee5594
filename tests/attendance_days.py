"""Days written down as in a notebook, for the tests of the attendance rules.

``judged("08:58 17:02")`` is Ada's Monday in Berlin under an ordinary shift;
everything else about that day is a keyword.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from face_rec.attendance.days.day_calculator import DayCalculator
from face_rec.attendance.days.day_record import DayRecord, Row, record
from face_rec.attendance.days.outages import Uptime
from face_rec.attendance.days.planner import Planner
from face_rec.attendance.days.punches import Directions
from face_rec.attendance.marks.effective_marks import entries
from face_rec.attendance.marks.mark_columns import Codes, columns_of, merged
from face_rec.attendance.rules.rules import Item, Rules, with_items
from face_rec.attendance.rules.shift import DEFAULT_ID, Shift
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import Interval

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2024, 3, 4)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ADA = Person("s-ada", "7", "Ada", group="Office", created_at=LONG_AGO)
DAY_SHIFT = Shift(id=DEFAULT_ID, name="Day", start=time(9), end=time(17))

_KINDS = {"": EventKind.PUNCH, "in": EventKind.IN, "out": EventKind.OUT}
_PUNCH = re.compile(r"(in|out)?@?(?P<at>\d\d:\d\d(?::\d\d)?)(?P<away>[+-]\d)?(?:/(?P<kiosk>\w+))?")


def shift(**changes: Any) -> Shift:  # noqa: ANN401 - fields of Shift
    """An ordinary day shift, 9 to 17, with changes."""
    return replace(DAY_SHIFT, **changes)


def at(day: date, clock: str, zone: ZoneInfo = BERLIN) -> datetime:
    """A wall time of a day as a moment in UTC."""
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def punches(text: str, day: date = MONDAY, zone: ZoneInfo = BERLIN) -> list[Event]:
    """``"09:00 out@17:00 06:00+1 09:10/gate"``: kind, time, days away, kiosk."""
    found = []
    for number, word in enumerate(text.split()):
        match = _PUNCH.fullmatch(word)
        assert match is not None, word
        on = day + timedelta(days=int(match["away"] or 0))
        moment = at(on, match["at"], zone)
        kind = _KINDS[match[1] or ""]
        kiosk = match["kiosk"] or "main"
        found.append(Event(f"{on}-{number}", ADA.subject, moment, kind, Source.VIDEO, kiosk=kiosk))
    return found


@dataclass(frozen=True)
class World:
    """What stands around the punches."""

    rules: Rules
    zone: ZoneInfo = BERLIN
    person: Person = ADA
    now: datetime | None = None
    beats: dict[str, list[Interval]] | None = None


def world(*items: Item, **around: Any) -> World:  # noqa: ANN401 - fields of World
    """A world with these rules; an ordinary day shift unless one is given."""
    has_default = any(isinstance(item, Shift) and item.id == DEFAULT_ID for item in items)
    return World(with_items(Rules(), items if has_default else (DAY_SHIFT, *items)), **around)


def days(events: Iterable[Event], first: date, last: date, around: World) -> list[DayRecord]:
    """The person's days, both included, by the same path that the book takes."""
    return everybodys(events, [around.person], first, last, around)


def everybodys(
    events: Iterable[Event], people: Sequence[Person], first: date, last: date, around: World
) -> list[DayRecord]:
    """The same of ``people``, day by day."""
    codes = Codes()
    asked = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    now = around.now or at(last + timedelta(days=10), "12:00", around.zone)
    uptime = Uptime(around.rules.kiosks, around.beats or {}, around.rules.limits)
    reckoner = DayCalculator(
        planner=Planner(around.rules, around.zone),
        directions=Directions(around.rules.kiosks, codes, around.zone),
        uptime=uptime,
        codes=codes,
        now=int(now.timestamp()),
    )
    rows = reckoner.days(people, asked, merged(_columns(events, codes)))
    numbers = [Row._make(row) for row in np.ravel(rows).tolist()]
    of_whom = [(person, day) for day in asked for person in people]
    return [
        record(person, day, row, around.zone, codes)
        for (person, day), row in zip(of_whom, numbers, strict=True)
    ]


def judged(
    text: str | Sequence[Event],
    *items: Item,
    day: date = MONDAY,
    **around: Any,  # noqa: ANN401 - fields of World
) -> DayRecord:
    """One day of Ada's."""
    about = world(*items, **around)
    events = punches(text, day, about.zone) if isinstance(text, str) else text
    return days(events, day, day, about)[0]


def _columns(events: Iterable[Event], codes: Codes) -> list[Any]:
    """One columns_of a UTC day, as the store keeps them."""
    by_day: dict[date, list[Event]] = {}
    for event in events:
        by_day.setdefault(event.at.astimezone(UTC).date(), []).append(event)
    return [columns_of(entries(some), len(some), codes) for _, some in sorted(by_day.items())]

"""Where notices come from: the lists of marks, the days as they are judged, and what is wrong.

A mark is told of in the step in which it is written: its list is read from where the last reader
stood, and that place moves in the same step in which the notices are appended. So nothing is told
twice or left out, whoever is killed in between, and the path of a mark knows nothing of it.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.marks import Event, EventKind, is_mark
from face_rec.domain.notice import Notice, NoticeKind
from face_rec.notices.delivery import Outbox
from face_rec.protocols.marks import MarkReader

log = logging.getLogger(__name__)

_DAYS: Final = 4
"""UTC days whose lists are read: what a kiosk kept while the server was away comes in three."""
_AT_ONCE: Final = 500
_BACK: Final = 2000
"""So many entries are told again where a failover took the end of a list: far more than the second
that a database loses. A receiver knows them by their ids."""
_BEGUN: Final = "begun"
_DAY: Final = "day:"


class MarkFeed:
    """Reads the days' lists. ``late_by``: seconds that somebody came late with a mark."""

    def __init__(
        self, marks: MarkReader, outbox: Outbox, clock: Clock, late_by: Callable[[Event], int]
    ) -> None:
        self._marks = marks
        self._outbox = outbox
        self._clock = clock
        self._late_by = late_by
        self._unknown: set[str] = set()

    def read(self) -> int:
        """How many entries were read. Raises StoreUnavailable."""
        today = self._clock.now().astimezone(UTC).date()
        days = [today + timedelta(days=number) for number in range(2 - _DAYS, 2)]
        places = self._outbox.places()
        if _BEGUN not in places:
            self._begin(days)
            return 0
        self._outbox.forget([name for name in places if _over(name, days[0])])
        lengths = dict(zip(days, self._marks.lengths(days), strict=True))
        return sum(self._day(day, lengths[day], places.get(_name(day), "")) for day in days)

    def _begin(self, days: Sequence[date]) -> None:
        """What was marked before anybody could be told is told to nobody."""
        for day, length in zip(days, self._marks.lengths(days), strict=True):
            if length:
                self._outbox.publish(_name(day), "", self._place(day, length), ())
        self._outbox.publish(_BEGUN, "", self._clock.now().isoformat(), ())

    def _day(self, day: date, length: int, place: str) -> int:
        count, last = _parted(place)
        if not length and not count:
            return 0
        count = self._sure(day, length, count, last)
        read = 0
        while count < length:
            end = min(count + _AT_ONCE, length)
            found = self._marks.part(day, count, end)
            after = f"{end}:{_id_of(found)}"
            if not self._outbox.publish(_name(day), place, after, list(self._notices(found))):
                return read  # another process reads this day
            read, count, place = read + len(found), end, after
        return read

    def _sure(self, day: date, length: int, count: int, last: str) -> int:
        """Where to go on: behind ``count`` entries, unless the list is not what it was."""
        if not count or (count <= length and self._newest(day, count) == last):
            return count
        log.warning("notices_list_went_back day=%s stood=%d length=%d", day, count, length)
        return max(0, min(count, length) - _BACK)

    def _place(self, day: date, count: int) -> str:
        return f"{count}:{self._newest(day, count)}"

    def _newest(self, day: date, count: int) -> str:
        return _id_of(self._marks.part(day, count - 1, count))

    def _notices(self, found: Iterable[Event | None]) -> Iterable[Notice]:
        for event in found:
            if event is None:
                continue
            if (kind := _kind(event)) is not None:
                yield _notice(event, kind, event.id, _details(event))
            if is_mark(event.kind) and (late := self._late_by(event)):
                details = f"Late by {late // 60} min"
                yield _notice(event, NoticeKind.LATE, f"{event.id}.late", details)


def _kind(event: Event) -> NoticeKind | None:
    if is_mark(event.kind):
        return NoticeKind.MARK
    return NoticeKind.HELD if event.kind is EventKind.HELD else NoticeKind.CORRECTION


def _notice(event: Event, kind: NoticeKind, name: str, details: str) -> Notice:
    return Notice(name, kind, event.at, event.subject, event.kiosk, event.id, details)


def _details(event: Event) -> str:
    mark = event.kind.mark
    if mark is not None:
        return mark.words
    if event.kind is EventKind.HELD:
        return event.reason or ""
    return f"{event.kind.correction.verb} by {event.author}" if event.kind.correction else ""


def _name(day: date) -> str:
    return f"{_DAY}{day.isoformat()}"


def _over(name: str, first: date) -> bool:
    return name.startswith(_DAY) and name < _name(first)


def _parted(place: str) -> tuple[int, str]:
    count, _, last = place.partition(":")
    return int(count or 0), last


def _id_of(found: Sequence[Event | None]) -> str:
    return found[-1].id if found and found[-1] is not None else ""


# --- the days as they are judged


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody of whom something is missing on a local day."""

    kind: NoticeKind
    day: date
    subject: str


class DayFeed:
    """Tells once of everybody who is absent or has not checked out. ``missed``: those of a local
    day, as it is judged now."""

    def __init__(
        self, missed: Callable[[date], Iterable[Missed]], outbox: Outbox, clock: Clock
    ) -> None:
        self._missed = missed
        self._outbox = outbox
        self._clock = clock

    def read(self, today: date) -> int:
        """How many were told of. Yesterday too: a night shift ends in the morning. Raises
        StoreUnavailable."""
        now = self._clock.now()
        return sum(
            self._outbox.publish_once(
                day.isoformat(), [_of_day(one, now) for one in self._missed(day)]
            )
            for day in (today - timedelta(days=1), today)
        )


def _of_day(missed: Missed, now: datetime) -> Notice:
    name = f"{missed.day.isoformat()}.{missed.kind.value}.{missed.subject}"
    return Notice(name, missed.kind, now, missed.subject, details=f"on {missed.day.isoformat()}")


# --- what is wrong


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is right or wrong, by name. ``kiosk``: of which, if of one."""

    name: str
    wrong: bool
    details: str = ""
    kiosk: str = ""


class ConditionFeed:
    """Tells when something goes wrong and when it is right again. It must stay wrong from one
    look to the next: what comes and goes within half a minute is told to nobody."""

    def __init__(
        self, conditions: Callable[[], Iterable[Condition]], outbox: Outbox, clock: Clock
    ) -> None:
        self._conditions = conditions
        self._outbox = outbox
        self._clock = clock
        self._before: Mapping[str, bool] = {}

    def read(self) -> int:
        """How many changes were told of. Raises StoreUnavailable."""
        found = list(self._conditions())
        before, self._before = self._before, {one.name: one.wrong for one in found}
        places = self._outbox.places()
        steady = [one for one in found if before.get(one.name) == one.wrong]
        return sum(self._tell(one, places.get(_STATE + one.name, "")) for one in steady)

    def _tell(self, one: Condition, was: str) -> bool:
        if one.wrong == was.startswith(_WRONG):
            return False
        now = self._clock.now()
        state = f"{_WRONG if one.wrong else _RIGHT} {now.isoformat()}"
        return self._outbox.publish(_STATE + one.name, was, state, [_of_condition(one, now)])


_STATE: Final = "state:"
_WRONG: Final = "wrong"
_RIGHT: Final = "right"


def _of_condition(one: Condition, now: datetime) -> Notice:
    kinds = (
        (NoticeKind.KIOSK_BACK, NoticeKind.KIOSK_SILENT)
        if one.kiosk
        else (NoticeKind.SOLVED, NoticeKind.PROBLEM)
    )
    kind = kinds[one.wrong]
    name = f"{one.name}.{kind.value}.{int(now.timestamp())}"
    return Notice(name, kind, now, kiosk=one.kiosk, details=one.details)

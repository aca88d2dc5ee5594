"""Where notices come from: the lists of marks, and the days as they are judged.

A mark is told of in the step in which it is written: its list is read from where the last reader
stood, and that place moves in the same step in which the notices are appended. So nothing is told
twice or left out, whoever is killed in between, and the path of a mark knows nothing of it.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from face_rec.clock import Clock
from face_rec.domain.liveness import Liveness, reasons
from face_rec.domain.marks import Event, EventKind, Source, is_mark
from face_rec.notices.delivery import Outbox
from face_rec.notices.notice import Facts, Notice, NoticeKind
from face_rec.protocols.marks import MarkReader

log = logging.getLogger(__name__)

_NEAR: Final = 2
"""UTC days before this one whose lists are looked at closely, whatever their length."""
_DAYS_KEPT: Final = 64
"""Days of which it is remembered how far they were read: more than a journal brings back. By their
number, not by the clock: where that jumps ahead and back, nothing is told again."""
_AT_ONCE: Final = 500
_BACK: Final = 2000
"""So many entries are read again where a failover took the end of a list: far more than the second
that a database loses. What the outbox still holds is not told again."""
_LOOKED_BACK: Final = 10_000
_COMPARED: Final = 32
_BEGUN: Final = "begun"
_DAY: Final = "day:"
_DAYS_BEGUN: Final = "days-begun"


class MarkFeed:
    """Reads the days' lists. ``late_by``: seconds that somebody came late with a mark."""

    def __init__(
        self,
        marks: MarkReader,
        outbox: Outbox,
        clock: Clock,
        late_by: Callable[[Event], int],
        days: int = 4,
    ) -> None:
        """``days``: how many, UTC, a mark may come late."""
        self._marks = marks
        self._outbox = outbox
        self._clock = clock
        self._late_by = late_by
        self._days = days

    def read(self) -> int:
        """How many entries were read. Raises StoreUnavailable."""
        today = self._clock.now().astimezone(UTC).date()
        days = [today + timedelta(days=number) for number in range(-self._days, 2)]
        places = self._outbox.places()
        if _BEGUN not in places:
            self._begin(days)
            return 0
        self._outbox.forget(sorted(name for name in places if _of_a_day(name))[:-_DAYS_KEPT])
        lengths = dict(zip(days, self._marks.lengths(days), strict=True))
        near = today - timedelta(days=_NEAR)
        return sum(
            self._day(day, lengths[day], places.get(_name(day), ""), closely=day >= near)
            for day in days
            if _name(day) in places or day.isoformat() >= places[_BEGUN][:10]
        )

    def _begin(self, days: Sequence[date]) -> None:
        """What was marked before anybody could be told is told to nobody."""
        for day, length in zip(days, self._marks.lengths(days), strict=True):
            if length:
                self._outbox.publish(_name(day), "", self._place(day, length), ())
        self._outbox.publish(_BEGUN, "", self._clock.now().astimezone(UTC).isoformat(), ())

    def _day(self, day: date, length: int, place: str, *, closely: bool) -> int:
        stood, last = _parted(place)
        if not length or (stood == length and not closely):
            return 0
        count = self._sure(day, length, stood, last)
        told = self._outbox.latest(_LOOKED_BACK) if count < stood else frozenset()
        read = 0
        while count < length:
            end = min(count + _AT_ONCE, length)
            first = max(0, count - _COMPARED)
            listed = self._marks.part(day, first, end)
            found = listed[count - first :]
            fresh = [one for one in self._notices(found) if one.id not in told]
            after = f"{end}:{_digest(listed)}"
            if not self._outbox.publish(_name(day), place, after, fresh):
                return read  # another process reads this day
            read, count, place = read + len(found), end, after
        return read

    def _sure(self, day: date, length: int, count: int, last: str) -> int:
        """Where to go on: behind ``count`` entries, unless the list is not what it was."""
        if not count or (count <= length and self._last(day, count) == last):
            return count
        log.warning("notices_list_went_back day=%s stood=%d length=%d", day, count, length)
        return max(0, min(count, length) - _BACK)

    def _place(self, day: date, count: int) -> str:
        return f"{count}:{self._last(day, count)}"

    def _last(self, day: date, count: int) -> str:
        """What the entries before the place are: one alone may come back to where it was, with
        another before it that nobody was told of."""
        return _digest(self._marks.part(day, max(0, count - _COMPARED), count))

    def _notices(self, found: Iterable[Event | None]) -> Iterable[Notice]:
        for event in found:
            if event is None:
                continue
            late = self._late_by(event) if is_mark(event.kind) else 0
            yield from notices_of(event, late)


def _digest(found: Sequence[Event | None]) -> str:
    ids = "\n".join(event.id if event else "" for event in found[-_COMPARED:])
    return hashlib.sha256(ids.encode(errors="surrogatepass")).hexdigest()[:32]


def _name(day: date) -> str:
    return f"{_DAY}{day.isoformat()}"


def _of_a_day(name: str) -> bool:
    return name.startswith(_DAY)


def _parted(place: str) -> tuple[int, str]:
    count, _, last = place.partition(":")
    return int(count or 0), last


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
        self._known: dict[str, set[str]] = {}

    def read(self, today: date) -> int:
        """How many were told of. Yesterday too: a night shift ends in the morning. Raises
        StoreUnavailable."""
        days = (today - timedelta(days=1), today)
        silent = _DAYS_BEGUN not in self._outbox.places()
        self._known = {day: self._known.get(day, set()) for day in map(date.isoformat, days)}
        found = sum(self._day(day, silent=silent) for day in days)
        if silent:  # what was missed before anybody could be told is told to nobody
            self._outbox.publish(_DAYS_BEGUN, "", self._clock.now().isoformat(), ())
        return found

    def _day(self, day: date, *, silent: bool) -> int:
        name, now = day.isoformat(), self._clock.now()
        known = self._known[name]
        if self._outbox.told(name) < len(known):  # a failover, or a restore, has taken some
            known.clear()
        found = (_of_day(one, now) for one in self._missed(day))
        fresh = [one for one in found if one.id not in known]
        told = self._outbox.publish_once(name, fresh, silent=silent)
        known.update(one.id for one in fresh)
        return 0 if silent else told


def _of_day(missed: Missed, now: datetime) -> Notice:
    name = f"{missed.day.isoformat()}-{missed.kind.plain}-{missed.subject}"
    day = missed.day.isoformat()
    return Notice(name, missed.kind, now, missed.subject, details=f"on {day}", facts={"day": day})


# What is told of one entry of a day's list.


def notices_of(event: Event, late: int) -> Iterable[Notice]:
    """``late``: seconds that somebody came late with this mark."""
    if event.kind.mark is not None:
        facts: Facts = {"kind": event.kind.value}
        yield _notice(event, NoticeKind.MARK, "", event.kind.mark.words, facts)
        if late:
            minutes = late // 60
            details = f"Late by {minutes} min"
            yield _notice(event, NoticeKind.LATE, "-late", details, {"minutes": minutes})
        if event.live is Liveness.ATTACK:  # marked all the same, where a kiosk only observes
            yield _notice(event, NoticeKind.SPOOF, "-spoof", *_why(event))
    elif event.source is Source.SEEN:
        return  # proposed only: told of when somebody confirms it
    elif event.kind is EventKind.HELD:
        attack = event.live is Liveness.ATTACK
        kind = NoticeKind.SPOOF if attack else NoticeKind.HELD
        yield _notice(event, kind, "", *_why(event))
    else:
        yield _corrected(event)


def _why(event: Event) -> tuple[str, Facts]:
    why = event.reason or "; ".join(reasons(event.found))
    return why, {"why": why}


def _corrected(event: Event) -> Notice:
    what, by = event.kind.correction, event.author or ""
    verb = what.verb if what else ""
    if what and what.disputed:
        return _notice(event, NoticeKind.DISPUTED, "", f"{verb} by {by}", {"by": by})
    facts: Facts = {"what": event.kind.value, "by": by}
    return _notice(event, NoticeKind.CORRECTION, "", f"{verb} by {by}", facts)


def _notice(event: Event, kind: NoticeKind, ending: str, details: str, facts: Facts) -> Notice:
    where = event.kiosk or (event.source.value if event.source is Source.MOBILE else "")
    return Notice(
        event.id + ending, kind, event.at, event.subject, where, event.id, details, facts
    )

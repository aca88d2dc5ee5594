"""What people were told, and whether what is there in the end fits it."""

import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from face_rec.attendance.terms.status import Status
from face_rec.domain.marks import Event, is_mark
from face_rec.domain.people import Person
from tests.attendance_days import BERLIN, LONG_AGO, everybodys, world
from tests.chaos.kiosk import COOLDOWN, REFUSED, Pass

_CONFIRMED = {"marked", "saved_here", "repeated"}


@dataclass(slots=True)
class History:
    """Every pass that was begun, and what was said of it; written to by many threads."""

    passes: dict[str, Pass] = field(default_factory=dict)
    told: dict[str, str | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, one: Pass) -> None:
        with self._lock:
            self.passes[one.id] = one

    def end(self, one: Pass, told: str | None) -> None:
        """``told`` is None where nobody was told anything: it may be there or not."""
        with self._lock:
            self.told[one.id] = told

    def answers(self) -> int:
        """How often somebody was told anything."""
        with self._lock:
            return sum(told is not None for told in self.told.values())

    def confirmed(self) -> dict[str, Pass]:
        with self._lock:
            return {i: self.passes[i] for i, told in self.told.items() if told in _CONFIRMED}

    def refused(self) -> set[str]:
        """Of whom was said that they were not marked."""
        with self._lock:
            return {i for i, told in self.told.items() if told == REFUSED}

    def flaws(self, events: Sequence[Event], repeated: set[str]) -> list[str]:
        """What does not fit, in words. ``events``: all that is there, in order of arrival;
        ``repeated``: of which the audit log says that another mark stands instead."""
        return [
            *self._invented(events),
            *self._lost(events, repeated),
            *_too_close(events),
            *self._absent(events),
        ]

    def _absent(self, events: Sequence[Event]) -> Iterator[str]:
        """Whom the day calls absent although they were told that they are there; and whether the
        days are the same in whatever order the marks came."""
        told = [one for one in self.confirmed().values() if _in_the_shift(one)]
        if not told:
            return
        statuses, again = (_statuses(some, told) for some in (events, [*events][::-1]))
        if statuses != again:
            yield "the days are not the same where marks came in another order"
        for one in told:
            if statuses[one.subject, _day(one)] is Status.ABSENT:
                yield f"absent, and was confirmed: {one.id}"

    def _invented(self, events: Sequence[Event]) -> Iterator[str]:
        seen: set[str] = set()
        refused = self.refused()
        for event in events:
            if event.id in seen:
                yield f"twice: {event.id}"
            seen.add(event.id)
            asked = self.passes.get(event.id)
            if asked is None:
                yield f"nobody made it: {event.id}"
            elif event != asked.event():
                yield f"not as it was made: {event.id}"
            elif event.id in refused:
                yield f"there, and was refused: {event.id}"

    def _lost(self, events: Sequence[Event], repeated: set[str]) -> Iterator[str]:
        there = {event.id for event in events}
        near: dict[str, list[Event]] = defaultdict(list)
        for event in events:
            near[event.subject].append(event)
        for name, asked in self.confirmed().items():
            if name in there:
                continue
            at = asked.event().at
            stands = any(abs(e.at - at) < _COOLDOWN for e in near[asked.subject])
            if not stands:
                yield f"lost: {name}"
            elif name not in repeated:
                yield f"joined to another mark, and nobody says so: {name}"


_COOLDOWN = timedelta(seconds=COOLDOWN)


def _too_close(events: Sequence[Event]) -> Iterator[str]:
    of_people: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if is_mark(event.kind):
            of_people[event.subject].append(event)
    for marks in of_people.values():
        ordered = sorted(marks, key=lambda e: e.at)
        for one, other in pairwise(ordered):
            if other.at - one.at < _COOLDOWN:
                yield f"within the cooldown: {one.id} and {other.id}"


def _day(one: Pass) -> date:
    return one.event().at.astimezone(BERLIN).date()


def _in_the_shift(one: Pass) -> bool:
    """At a time that counts for the day: not at night, nor by a clock that was wrong."""
    at = one.event().at.astimezone(BERLIN)
    return not one.jumped and at.weekday() < 5 and 9 <= at.hour < 17


def _statuses(events: Sequence[Event], told: Sequence[Pass]) -> dict[tuple[str, date], Status]:
    people = [
        Person(name, name, "Ada", created_at=LONG_AGO)
        for name in sorted({one.subject for one in told})
    ]
    days = sorted(map(_day, told))
    found = everybodys(events, people, days[0], days[-1], world())
    return {(one.person.subject, one.day): one.status for one in found}

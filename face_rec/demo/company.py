"""A believable company of sixty for ninety days, the same in every run.

For a newcomer who wants to see every report, and for screenshots. Nobody in
it has a face: no templates, no photos.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.marks.correction import Author, added, corrected
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.rules.calendar import Calendar, Holiday, Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.rules import Item
from face_rec.attendance.rules.shift import Counting, Reading, Shift
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Person
from face_rec.kiosks.kiosk import Direction, KioskRecord

DAYS: Final = 90
_SEED: Final = 60
_ONE: Final = timedelta(days=1)
_NAMESPACE: Final = uuid.UUID("5f0c1e2a-60d9-4a5e-9d0b-0000000000aa")

SHIFTS: Final = (
    Shift("office", "Office", time(9), time(17, 30), unpaid_break=30, overtime_after=480,
          half_day_below=240, absent_below=60),
    Shift("workshop", "Workshop", time(6), time(14), late_grace=5, overtime_after=450,
          half_day_below=240, absent_below=60, reading=Reading.TYPED,
          counting=Counting.EVERY_PAIR),
    Shift("night", "Night watch", time(22), time(6), late_grace=5),
    Shift("morning", "Morning", time(8), time(12), days=frozenset({0, 2, 4}), late_grace=15),
)  # fmt: skip
_GROUPS: Final = (("Office", 24, "office"), ("Workshop", 22, "workshop"),
                  ("Night watch", 5, "night"), ("Part-time", 9, "morning"))  # fmt: skip
_FIRST: Final = (
    *("Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hanna", "Ivo", "Jelena"),
    *("Kofi", "Lena", "Mateo", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Søren", "Tereza"),
)
_LAST: Final = (
    *("Almeida", "Brandt", "Çelik", "Dąbrowska", "Eriksen", "Ferrari", "Γεωργίου", "Haddad"),
    *("Иванова", "Jansen", "Kovács", "Laurent", "Mensah", "Nowak", "O’Brien", "Popescu"),
    *("Rossi", "Schäfer", "Tanaka", "Virtanen"),
)
_KIOSKS: Final = (
    KioskRecord("gate", "Main building"),
    KioskRecord("workshop-in", "Workshop", Direction.IN, groups=frozenset({"Workshop"})),
    KioskRecord("workshop-out", "Workshop", Direction.OUT, groups=frozenset({"Workshop"})),
)
_ABSENT: Final = 0.025
_FORGETS_OUT: Final = 0.02
_HALF_DAY: Final = 0.015
_OVERSLEEPS: Final = 0.05
_DOUBTFUL: Final = 0.01


@dataclass(frozen=True, slots=True)
class Up:
    """A stretch of one UTC day in which a kiosk gave signs of life."""

    kiosk: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Company:
    """Everything to be written, in this order."""

    people: tuple[Person, ...]
    rules: tuple[Item, ...]
    uptime: tuple[Up, ...]
    events: tuple[Event, ...]


def company(today: date, zone: ZoneInfo, until: datetime | None = None) -> Company:
    """The company as it would have been up to the end of yesterday, or to ``until`` today."""
    chance = random.Random(_SEED)  # noqa: S311 - to be repeated, not to be secret
    days = [today - n * _ONE for n in range(DAYS, 0, -1)]
    people = tuple(_people(datetime.combine(days[0] - _ONE, time(8), zone).astimezone(UTC)))
    leaves = tuple(leave for person in people for leave in _leaves(person, days, chance))
    employments = (
        *(
            Employment(person.subject, days[20 + 7 * n])
            for n, person in enumerate(people[7:60:20])
        ),
        Employment(people[33].subject, None, days[61]),
    )
    holidays = _holidays(days)
    rules: tuple[Item, ...] = (
        *SHIFTS,
        *_assignments(),
        *employments,
        *holidays,
        *leaves,
        *_KIOSKS,
    )
    absences = _Absences(leaves, employments, holidays)
    events = list(_events(people, days, absences, zone, chance))
    events += corrections(events, chance)
    uptime = list(_uptime(days, zone))
    if until is not None:
        events += _events(people, [today], absences, zone, chance)
        events = [e for e in events if e.at <= until]  # a night shift ends the next morning
        midnight = datetime.combine(today, time(), UTC)
        uptime += [Up(kiosk.id, midnight, until) for kiosk in _KIOSKS if midnight < until]
    return Company(people, rules, tuple(uptime), tuple(events))


class _Absences:
    """Who has a reason not to come."""

    def __init__(
        self,
        leaves: Sequence[Leave],
        employments: Sequence[Employment],
        holidays: Sequence[Holiday],
    ) -> None:
        self._employments = {one.id: one for one in employments}
        self._calendar = Calendar(holidays, leaves)

    def away(self, person: Person, day: date) -> bool:
        """Whether the person stays at home on this day."""
        known = self._employments.get(person.subject, Employment(person.subject))
        return (
            self._calendar.holiday(person.group, day) is not None
            or not (known.first or date.min) <= day <= (known.last or date.max)
            or self._calendar.leave(person.subject, day) is not None
        )


def _people(registered: datetime) -> Iterator[Person]:
    number = 0
    for group, size, _ in _GROUPS:
        for _ in range(size):
            name = f"{_FIRST[number % 20]} {_LAST[(7 * number + number // 20) % 20]}"
            subject = uuid.uuid5(_NAMESPACE, str(number)).hex
            yield Person(subject, f"E{1001 + number}", name, group, created_at=registered)
            number += 1


def _assignments() -> Iterator[Assignment]:
    for group, _, shift in _GROUPS:
        yield Assignment(f"group-{shift}", shift, group=group)


def _holidays(days: Sequence[date]) -> tuple[Holiday, ...]:
    weekdays = [day for day in days if day.weekday() < 5]
    return (
        Holiday("founders-day", weekdays[14], "Founders’ Day"),
        Holiday("public-holiday", weekdays[39], "Public holiday"),
        Holiday("stocktaking", weekdays[52], "Workshop closed", frozenset({"Workshop"})),
    )


def _leaves(person: Person, days: Sequence[date], chance: random.Random) -> Iterator[Leave]:
    if chance.random() < 0.45:
        first = chance.choice(days[5:-12])
        last = first + timedelta(days=chance.choice((0, 1, 4, 9)))
        kind = chance.choice(("Annual leave", "Annual leave", "Sick leave", "Training"))
        yield Leave(f"{person.id}-1", person.subject, first, last, kind, author="demo")


def _events(
    people: Sequence[Person],
    days: Sequence[date],
    absences: _Absences,
    zone: ZoneInfo,
    chance: random.Random,
) -> Iterator[Event]:
    shifts = {shift.id: shift for shift in SHIFTS}
    of_group = {group: shifts[shift] for group, _, shift in _GROUPS}
    for person in people:
        worker = Worker(person.subject, of_group[person.group], zone, chance)
        for day in days:
            if not absences.away(person, day):
                yield from worked_day(worker, day, chance)


def _uptime(days: Sequence[date], zone: ZoneInfo) -> Iterator[Up]:
    """Kiosks run day and night, but the gate failed one morning."""
    broken = [day for day in days if day.weekday() == 1][-2]
    down = datetime.combine(broken, time(8, 30), zone).astimezone(UTC)
    for day in days:
        start = datetime.combine(day, time(), UTC)
        end = start + _ONE - timedelta(seconds=1)
        for kiosk in _KIOSKS:
            if kiosk.id == "gate" and start <= down < end:
                yield Up(kiosk.id, start, down)
                yield Up(kiosk.id, down + timedelta(minutes=50), end)
            else:
                yield Up(kiosk.id, start, end)


class Worker:
    """A person's habits, mostly on time and sometimes human: how early they come and how long they
    stay, minutes."""

    def __init__(self, subject: str, shift: Shift, zone: ZoneInfo, chance: random.Random) -> None:
        self.subject = subject
        self.shift = shift
        self.zone = zone
        self.early = chance.uniform(1, 16)
        self.extra = abs(chance.gauss(6, 14))


def worked_day(worker: Worker, day: date, chance: random.Random) -> Iterator[Event]:
    """The marks of one day, by time; none on a day off or of absence."""
    if day.weekday() not in worker.shift.days or chance.random() < _ABSENT:
        return
    start, end = _bounds(worker, day)
    came = start + timedelta(minutes=chance.gauss(-worker.early, 4))
    if chance.random() < _OVERSLEEPS:
        came = start + timedelta(minutes=chance.uniform(6, 70))
    left = end + timedelta(minutes=abs(chance.gauss(worker.extra, 5)))
    if chance.random() < _HALF_DAY:
        left = came + timedelta(minutes=chance.uniform(90, 210))
    yield _mark(worker, came, chance, arriving=True)
    if worker.shift.id == "workshop" and left - came > timedelta(hours=5):
        pause = came + timedelta(hours=4, minutes=chance.gauss(0, 6))
        yield _mark(worker, pause, chance, arriving=False)
        yield _mark(worker, pause + timedelta(minutes=chance.gauss(30, 2)), chance, arriving=True)
    if chance.random() >= _FORGETS_OUT:
        yield _mark(worker, left, chance, arriving=False)


def corrections(events: Sequence[Event], chance: random.Random) -> Iterator[Event]:
    """What a manager put right afterwards."""
    service = [event for event in events if event.kiosk == "gate"]
    for number, event in enumerate(chance.sample(service, 14)):
        by = Author("demo manager", "", event.at + timedelta(days=1))
        if number < 8:
            again = Author(by.name, "Forgot to check out; confirmed by the team lead", by.at)
            punch = added(event.subject, event.at + timedelta(hours=1), EventKind.PUNCH, again)
            yield _repeatable(punch, chance)
        elif number < 12:
            wrong = Author(by.name, "Held the door for a colleague", by.at)
            yield _repeatable(corrected(Entry(event, event.kind), EventKind.VOID, wrong), chance)
        else:
            doubt = Author(by.name, "Says they were not here", by.at)
            yield _repeatable(
                corrected(Entry(event, event.kind), EventKind.DISPUTE, doubt), chance
            )


def _bounds(worker: Worker, day: date) -> tuple[datetime, datetime]:
    shift, next_day = worker.shift, day + timedelta(days=int(worker.shift.overnight))
    return _utc(day, shift.start, worker.zone), _utc(next_day, shift.end, worker.zone)


def _utc(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _mark(worker: Worker, at: datetime, chance: random.Random, *, arriving: bool) -> Event:
    doubtful = chance.random() < _DOUBTFUL
    score = chance.uniform(0.29, 0.35) if doubtful else chance.uniform(0.45, 0.78)
    kiosk = "gate"
    if worker.shift.id == "workshop":
        kiosk = "workshop-in" if arriving else "workshop-out"
    return Event(
        _identity(chance), worker.subject, at.replace(microsecond=0), EventKind.PUNCH,
        Source.VIDEO, kiosk, score=round(score, 4),
        margin=round(min(score, chance.uniform(0.1, 0.2) if doubtful else score - 0.1), 4),
    )  # fmt: skip


def _repeatable(event: Event, chance: random.Random) -> Event:
    """The same correction under an id that is the same in every run."""
    return replace(event, id=_identity(chance))


def _identity(chance: random.Random) -> str:
    return uuid.UUID(int=chance.getrandbits(128), version=4).hex

"""One working day of a made-up person: mostly on time, sometimes human."""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.marks.correction import Author, added, corrected
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.rules.shift import Shift
from face_rec.domain.marks import Event, EventKind, Source

_ABSENT: Final = 0.025
_FORGETS_OUT: Final = 0.02
_HALF_DAY: Final = 0.015
_OVERSLEEPS: Final = 0.05
_DOUBTFUL: Final = 0.01


class Worker:
    """A person's habits: how early they come and how long they stay, minutes."""

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

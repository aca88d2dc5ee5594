"""A site of any size in Redis: people with groups, leave and shifts of their own, and some weeks
of four marks a person and day; of the months before few marks, but a whole year of one person.

Written straight into the lists, since it is not the writing that is measured: each line is one
that the codec made, with other ids and times in it.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from redis import Redis

from face_rec.attendance.cached_stores import days_between
from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.shift import DEFAULT_ID, Shift
from face_rec.domain.faces import View
from face_rec.domain.marks import Event, EventKind, Source
from face_rec.domain.people import Consent, Person, TemplateInfo
from face_rec.kiosks.kiosk import KioskRecord
from face_rec.stores.attendance import event_codec
from face_rec.stores.attendance.rules import RedisRules
from face_rec.stores.people import person_codec
from face_rec.stores.people.people_store import RedisPeople
from face_rec.stores.redis import keys
from tests.fakes.clock import FakeClock

SITE: Final = "bench"
ZONE: Final = ZoneInfo("Europe/Berlin")
NOW: Final = datetime(2024, 12, 31, 11, 30, tzinfo=UTC)
TODAY: Final = date(2024, 12, 31)
YEAR: Final = date(2024, 1, 1)
MONTH: Final = date(2024, 12, 1)
_TIMES: Final = (clock_time(8, 50), clock_time(12, 0), clock_time(12, 45), clock_time(17, 5))
_KIOSKS: Final = ("main", "gate", "hall", "yard")
_FEW: Final = 20
"""Of so many people one has marks before that."""
_AT_ONCE: Final = 2_000
_JOINED: Final = datetime(2023, 1, 1, tzinfo=UTC)
_ID, _SUBJECT, _AT, _KIOSK = "@" * 24, "#" * 24, "2001-01-01T00:00:00+00:00", "%kiosk%"
_FIRST_NAMES: Final = ("Zoë", "Jürgen", "Ada", "Bob", "Chloé", "Dana", "Emil", "Fátima", "Göran")
_LAST_NAMES: Final = ("Müller", "Smith", "Öztürk", "Nguyễn", "García", "Ivanov", "Okafor", "Sato")


def subject_of(number: int) -> str:
    return f"{number:024x}"


@dataclass(frozen=True, slots=True)
class Size:
    """``events``: so many were written."""

    people: int
    events: int


def fill(client: Redis, people: int, dense: date) -> Size:
    """Write a site of so many people, who all have marks from the day ``dense`` on."""
    client.config_set("appendonly", "no")
    client.config_set("save", "")
    _people(client, people)
    RedisRules(client, SITE).put(*_rules(people))
    store = RedisPeople(client, SITE, FakeClock(NOW))
    store.update(person_of(people - 1))  # so that there is a revision, which changes follow
    days = days_between(YEAR, TODAY)
    events = sum(_day(client, day, people, everybody=day >= dense) for day in days)
    return Size(people, events)


def _people(client: Redis, people: int) -> None:
    for start in range(0, people, _AT_ONCE):
        pipeline = client.pipeline(transaction=False)
        index: dict[Any, Any] = {}
        for number in range(start, min(people, start + _AT_ONCE)):
            person = person_of(number)
            stored: dict[Any, Any] = {keys.VERSION: b"1", **person_codec.person_fields(person)}
            pipeline.hset(keys.person(SITE, person.subject), mapping=stored)
            index[keys.indexed(person.id)] = person.subject
        pipeline.hset(keys.ids(SITE), mapping=index)
        pipeline.execute()


def person_of(number: int) -> Person:
    """The same at each run."""
    first, last = _FIRST_NAMES[number % 9], _LAST_NAMES[number // 9 % 8]
    infos = tuple(TemplateInfo(n, View.FRONT, 0.9, "c" * 16, _JOINED) for n in range(3))
    return Person(
        subject_of(number), f"{number:06}", f"{first} {last} {number}",
        f"Group {number // 100:03}", f"p{number}@example.org",
        consent=Consent("I agree.", "1", _JOINED), created_at=_JOINED, updated_at=_JOINED,
        templates=infos, version=1,
    )  # fmt: skip


def _rules(people: int) -> Iterator[Shift | Assignment | Employment | Leave | KioskRecord]:
    """Leave of one in fifty, a shift of their own of one in a hundred."""
    yield Shift(DEFAULT_ID, "Day", days=frozenset(range(7)), unpaid_break=30, overtime_after=480)
    yield Shift("early", "Early", clock_time(6), clock_time(14))
    yield from (KioskRecord(name) for name in _KIOSKS)
    for number in range(7, people // 100, 8):
        yield Assignment(f"g{number}", "early", group=f"Group {number:03}")
    for number in range(13, people, 100):
        yield Assignment(f"o{number}", "early", subject=subject_of(number))
    for number in range(17, people, 50):
        first = MONTH + timedelta(days=number % 20)
        yield Leave(f"l{number}", subject_of(number), first, first + timedelta(days=4), "Holiday")


def _day(client: Redis, day: date, people: int, *, everybody: bool) -> int:
    """The marks of one day, in the order of their times; returns how many."""
    chance = np.random.default_rng(day.toordinal())
    who = np.arange(people) if everybody else np.arange(1, people, _FEW)
    came = 0
    head, tail = _template()
    for time in _TIMES:
        local = datetime.combine(day, time, ZONE)
        if local > NOW:
            break
        begin = local.astimezone(UTC) - timedelta(minutes=15)
        late = np.sort(chance.integers(0, 1800, len(who)))
        order = chance.permutation(who)
        for start in range(0, len(who), _AT_ONCE):
            some = zip(
                order[start : start + _AT_ONCE].tolist(), late[start : start + _AT_ONCE].tolist(),
                strict=True,
            )  # fmt: skip
            lines = [
                _line((head, tail), number, begin + timedelta(seconds=s)) for number, s in some
            ]
            came = int(client.rpush(keys.attendance(SITE, day), *lines))
    return came


def _line(around: tuple[str, str], number: int, at: datetime) -> str:
    line = around[0].replace(_ID, f"{at:%Y%m%d%H%M}{number:012x}")
    line = line.replace(_SUBJECT, subject_of(number)).replace(_KIOSK, _KIOSKS[number % 4])
    return f"{line}{at:%Y-%m-%dT%H:%M:%S+00:00}{around[1]}"


def _template() -> tuple[str, str]:
    """A line as the codec writes it, parted where the time stands."""
    event = Event(
        _ID, _SUBJECT, datetime(2001, 1, 1, tzinfo=UTC), EventKind.PUNCH, Source.VIDEO, _KIOSK,
        score=0.6123, margin=0.3123, snapshot=f"{_ID}.jpg", contract="c" * 16,
    )  # fmt: skip
    head, found, tail = event_codec.encode(event).decode().partition(_AT)
    assert found, "the codec writes times in another way now"
    return head, tail


def mark(number: int, at: datetime, chance: random.Random) -> Event:
    """One more, of the person with this number."""
    identity = f"{chance.getrandbits(96):024x}"
    return Event(identity, subject_of(number), at, EventKind.PUNCH, Source.VIDEO, "main", 0.6, 0.3)

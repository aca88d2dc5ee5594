"""What stands in a calendar: shifts with their hours, leave and holidays of some weeks."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from face_rec.attendance.rules.calendar import Leave
from face_rec.attendance.rules.duty import Duties
from face_rec.attendance.rules.roster_week import ONE_DAY, monday
from face_rec.attendance.rules.rules import Rules
from face_rec.domain.people import Person


@dataclass(frozen=True, slots=True)
class Entry:
    """``first`` and ``last``: moments with their zone; or days, both included. ``busy``: whether
    somebody is at work then."""

    uid: str
    title: str
    first: datetime | date
    last: datetime | date
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Weeks before and after the one of today."""

    before: int
    after: int

    def days(self, today: date) -> tuple[date, ...]:
        first = monday(today) - self.before * timedelta(days=7)
        return tuple(first + n * ONE_DAY for n in range(7 * (self.before + 1 + self.after)))


OWN: Final = Span(4, 16)
GROUP: Final = Span(1, 8)


def of_person(
    rules: Rules, zone: ZoneInfo, person: Person, days: Sequence[date]
) -> Iterator[Entry]:
    """Their shifts, their leave with its kind, and the holidays of their group."""
    yield from _shifts(Duties(rules, zone), person, days, "")
    for leave in _leaves(rules, {person.subject}, days):
        yield _leave(leave, leave.kind)
    yield from _holidays(rules, person.group, days)


def of_group(
    rules: Rules, zone: ZoneInfo, people: Iterable[Person], days: Sequence[date], away: str
) -> Iterator[Entry]:
    """Who works when; of leave that somebody is ``away``, in this word, and never why."""
    known = {one.subject: one for one in people}
    duties = Duties(rules, zone)
    for person in known.values():
        yield from _shifts(duties, person, days, f"{person.name}: ")
    for leave in _leaves(rules, known.keys(), days):
        yield _leave(leave, f"{known[leave.subject].name}: {away}")
    yield from _holidays(rules, next((one.group for one in known.values()), ""), days)


def content_of(entries: Sequence[Entry]) -> str:
    """The same for calendars that say the same."""
    told = [[one.uid, one.title, str(one.first), str(one.last), one.busy] for one in entries]
    return hashlib.sha256(json.dumps(told).encode("utf-8", "surrogatepass")).hexdigest()


def _shifts(duties: Duties, person: Person, days: Iterable[date], before: str) -> Iterator[Entry]:
    """A shift without hours is told where a roster says it: else every day would be one."""
    for duty in (duties.of(person, day) for day in days):
        if not duty.work or not (duty.start or duty.rostered):
            continue
        note = f" ({duty.note})" if duty.note and not before else ""
        yield Entry(
            _uid("shift", person.subject, duty.day.isoformat()), f"{before}{duty.name}{note}",
            duty.start or duty.day, duty.end or duty.day, busy=True,
        )  # fmt: skip


def _leaves(rules: Rules, subjects: Iterable[str], days: Sequence[date]) -> list[Leave]:
    whose = set(subjects)
    return [
        one for one in rules.leaves
        if one.subject in whose and one.first <= days[-1] and days[0] <= one.last
    ]  # fmt: skip


def _leave(leave: Leave, title: str) -> Entry:
    return Entry(_uid("leave", leave.subject, leave.id), title, leave.first, leave.last)


def _holidays(rules: Rules, group: str, days: Sequence[date]) -> Iterator[Entry]:
    for one in rules.holidays:
        if days[0] <= one.day <= days[-1] and (not one.groups or group in one.groups):
            yield Entry(_uid("holiday", one.id, one.day.isoformat()), one.name, one.day, one.day)


def _uid(*parts: str) -> str:
    """The same for the same, and tells nothing of anybody."""
    return f"{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:40]}@attendance"

"""Rules become plans: what was expected of whom on which day, before any punch is looked at."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from face_rec.attendance.rules.calendar import Calendar
from face_rec.attendance.rules.occurrence import Occurrence, moment, occurrence, trimmed
from face_rec.attendance.rules.roster import Roster
from face_rec.attendance.rules.rules import Rules
from face_rec.attendance.rules.shift import Shift
from face_rec.attendance.terms.status import Status
from face_rec.domain.people import Person


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Moments are UTC seconds. Whom a plan is shared by share this very object, so that it is
    known again without a look at its fields.

    The trimmed window is ``opens`` ≤ at < ``closes``; punches of the same
    local day in ``reach`` but outside the window are strays, shown and not
    counted. ``instead``: the status that stands in place of presence
    (holiday, weekly off, leave, not employed), with ``note`` naming it.
    ``elsewhere``: they work all day where no kiosk is.
    ``group`` (the person's) and ``day`` say which kiosks they could use.
    """

    shift: Shift
    start: int
    end: int
    opens: int
    closes: int
    reach: tuple[int, int]
    instead: Status | None = None
    note: str = ""
    half_leave: bool = False
    elsewhere: bool = False
    group: str = ""
    day: date = date.min

    @property
    def unpunctual(self) -> bool:
        """Nobody is late or leaves early: they may be here for a part of the day only."""
        return self.half_leave or self.elsewhere

    @property
    def settles_out(self) -> int:
        """From this moment on a check-out that is missing is called so."""
        return self.end + 60 * self.shift.close_tolerance


_DAY = timedelta(days=1)
_MIDNIGHT = time()


class _Expected(NamedTuple):
    shift: Shift
    working: bool


class Planner:
    """Plans for one set of rules. Not to be shared between threads.

    People without a shift, leave or employment limit of their own share the
    plan of their group, which makes a month of a thousand people cheap.
    """

    def __init__(self, rules: Rules, zone: ZoneInfo) -> None:
        self.zone = zone
        self._roster = Roster(
            zone, rules.shifts, rules.assignments, rules.employments, rules.rosters
        )
        self._calendar = Calendar(rules.holidays, rules.leaves)
        self._shared: dict[tuple[str, date], Plan] = {}
        self._occurrences: dict[tuple[str, date, bool], Occurrence] = {}

    def expected(self, person: Person, days: Iterable[date]) -> Iterator[Plan]:
        """What was expected of the person on each of these days, employed or not."""
        (first, last), *again = self._roster.employed(person)  # nearly everybody has one stretch
        for day in days:
            employed = first <= day <= last or any(a <= day <= b for a, b in again)
            yield (self.plan if employed else self._unemployed)(person, day)

    def ordinary(self, person: Person, first: date, last: date) -> bool:
        """Whether all that is expected of the person on these days, both included, is what is
        expected of their group."""
        if person.moved or self._personal(person.subject, first, last):
            return False
        stretch, *again = self._roster.employed(person)
        whole = not again and stretch[0] <= first and last <= stretch[1]
        return whole and not self._calendar.away(person.subject, first, last)

    def plan(self, person: Person, day: date) -> Plan:
        """What is expected of ``person`` on a day on which they are employed."""
        person = self._roster.then(person, day) if person.moved else person
        leave = self._calendar.leave(person.subject, day)
        personal = self._personal(person.subject, day, day)
        if leave is None and not personal:
            return self._of_group(person, day)
        base = self._make(person, day) if personal else self._of_group(person, day)
        if leave is None or base.instead is not None:
            return base
        if leave.half:
            return self._halved(base, person.subject, day)
        if leave.elsewhere:
            return _replaced(base, None, leave.kind, elsewhere=True)
        return _replaced(base, Status.LEAVE, leave.kind)

    def _personal(self, subject: str, first: date, last: date) -> bool:
        """Whether a shift of their own may hold on these days, or beside them: windows of
        neighbouring days give way to each other."""
        roster = self._roster
        return roster.personal(subject) or roster.rostered(subject, first - _DAY, last + _DAY)

    def _halved(self, base: Plan, subject: str, day: date) -> Plan:
        """Two halves make a day off; one of them at work elsewhere, a day of that."""
        halves = self._calendar.halves(subject, day)
        note = ", ".join(sorted(one.kind for one in halves))
        if len(halves) == 1:
            return _replaced(base, None, note, half=True)
        if any(one.elsewhere for one in halves):
            away = not all(one.elsewhere for one in halves)
            return _replaced(base, None, note, half=away, elsewhere=True)
        return _replaced(base, Status.LEAVE, note)

    def _unemployed(self, person: Person, day: date) -> Plan:
        """The plan for a day before the person joined or after they left."""
        return _replaced(self.plan(person, day), Status.NOT_EMPLOYED, "")

    def _of_group(self, person: Person, day: date) -> Plan:
        key = (person.group, day)
        if key not in self._shared:
            self._shared[key] = self._make(person, day)
        return self._shared[key]

    def _make(self, person: Person, day: date) -> Plan:
        shift, working = self._expected(person, day)
        before, today, after = (self._occurrence(person, day + n * _DAY) for n in (-1, 0, 1))
        opens, closes = trimmed(before, today, after)
        zone = shift.zone_at(self.zone)
        midnight, next_midnight = moment(day, _MIDNIGHT, zone), moment(day + _DAY, _MIDNIGHT, zone)
        reach = (
            max(midnight, min(before.closes, opens)),
            min(next_midnight, max(after.opens, closes)),
        )
        instead, note = self._day_off(person, day, working)
        return Plan(
            shift, today.start, today.end, opens, closes, reach, instead, note,
            group=person.group, day=day,
        )  # fmt: skip

    def _day_off(self, person: Person, day: date, working: bool) -> tuple[Status | None, str]:
        holiday = self._calendar.holiday(person.group, day)
        if holiday is not None:
            return Status.HOLIDAY, holiday.name
        return (None, "") if working else (Status.WEEKLY_OFF, "")

    def _expected(self, person: Person, day: date) -> _Expected:
        shift = self._roster.shift(person, day)
        off = self._calendar.holiday(person.group, day) is not None
        return _Expected(shift, not off and self._roster.works(person.subject, day, shift))

    def _occurrence(self, person: Person, day: date) -> Occurrence:
        shift, working = self._expected(person, day)
        key = (shift.id, day, working)
        if key not in self._occurrences:
            self._occurrences[key] = occurrence(shift, day, shift.zone_at(self.zone), working)
        return self._occurrences[key]


def _replaced(
    plan: Plan, instead: Status | None, note: str, *, half: bool = False, elsewhere: bool = False
) -> Plan:
    return Plan(
        plan.shift, plan.start, plan.end, plan.opens, plan.closes, plan.reach, instead, note, half,
        elsewhere, plan.group, plan.day,
    )  # fmt: skip

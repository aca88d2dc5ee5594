"""Hand-worked days, each a sentence. Ada, Monday 4 March 2024, Berlin, 9 to 17,
grace 10 minutes at both ends, unless the case says otherwise. A case is a line, however wide, to be read across.
"""
# ruff: noqa: E501

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from face_rec.attendance.rules.calendar import Holiday, Leave
from face_rec.attendance.rules.roster import Assignment, Employment
from face_rec.attendance.rules.roster_week import OFF as ROSTERED_OFF
from face_rec.attendance.rules.roster_week import RosterWeek, weeks_of
from face_rec.attendance.rules.rules import Item
from face_rec.attendance.rules.shift import PRESENCE, Counting, Reading
from face_rec.attendance.terms.status import Flag, Status
from face_rec.kiosks.kiosk import Direction, KioskRecord
from tests.attendance_days import ADA, BERLIN, MONDAY, at, shift

PAIRS = {"counting": Counting.EVERY_PAIR}
TYPED = {"reading": Reading.TYPED}
TYPED_PAIRS = {**TYPED, **PAIRS}
NIGHT = {"start": time(22), "end": time(6), "days": frozenset(range(7))}
EVERY_DAY = frozenset(range(7))
SPRING = date(2024, 3, 31)  # 02:00 becomes 03:00: 23 hours
AUTUMN = date(2024, 10, 27)  # 03:00 becomes 02:00: 25 hours
WATCHED = datetime(2024, 1, 1, tzinfo=UTC)
SATURDAY = date(2024, 3, 9)


@dataclass(frozen=True)
class Case:
    """``shift``: changes to the ordinary one. ``flags`` must be set, ``never``
    must not. Durations are written 7:30 or 0:10:01."""

    says: str
    punches: str
    status: Status
    shift: dict[str, Any] = field(default_factory=dict)
    worked: str | None = None
    late: str | None = None
    early: str | None = None
    overtime: str | None = None
    flags: Flag = Flag(0)
    never: Flag = Flag(0)
    items: tuple[Item, ...] = ()
    around: dict[str, Any] = field(default_factory=dict)
    day: date = MONDAY


def now(clock: str, day: date = MONDAY) -> dict[str, Any]:
    return {"now": at(day, clock)}


def up(*hours: tuple[str, str]) -> dict[str, Any]:
    """The main kiosk's heartbeats on Monday."""
    intervals = [
        (int(at(MONDAY, a).timestamp()), int(at(MONDAY, b).timestamp())) for a, b in hours
    ]
    return {"beats": {"main": intervals}}


def kiosk(direction: Direction = Direction.BOTH, stay: int = 5, **more: Any) -> KioskRecord:  # noqa: ANN401 - fields of the record
    return KioskRecord("main", direction=direction, minimum_stay=stay, **more)


LINGERED_IN = " ".join(f"{8 + (60 + m) // 60:02d}:{m % 60:02d}" for m in range(25))
LINGERED_OUT = " ".join(f"17:{m:02d}" for m in range(25))
ALL_DAY = " ".join(f"{9 + m // 60:02d}:{m % 60:02d}" for m in range(0, 481, 4))

P, L, E, HD, A = Status.PRESENT, Status.LATE, Status.EARLY, Status.HALF_DAY, Status.ABSENT
MO, MI, H, WO, LV = (
    Status.MISSING_OUT,
    Status.MISSING_IN,
    Status.HOLIDAY,
    Status.WEEKLY_OFF,
    Status.LEAVE,
)

GRACE = [
    Case("in on time and out on time is present", "08:58 17:03", P, worked="8:05", late="0:00"),
    Case("in at the very last second of the grace is on time", "09:10:00 17:00", P, late="0:00"),
    Case("one second after the grace is late from the start", "09:10:01 17:00", L, late="0:10:01"),
    Case(
        "without grace one second is late", "09:00:01 17:00", L, {"late_grace": 0}, late="0:00:01"
    ),
    Case("without grace in on the dot is on time", "09:00 17:00", P, {"late_grace": 0}),
    Case("out at the first second of the grace is no early leave", "09:00 16:50:00", P),
    Case("out a second before the grace is early", "09:00 16:49:59", E, early="0:10:01"),
    Case(
        "late and early is late, and says how early", "09:30 16:00", L, late="0:30", early="1:00"
    ),
    Case("coming long before the start is no lateness", "07:05 17:00", P, worked="9:55"),
    Case("leaving long after the end is no early leave", "09:00 20:59", P, early="0:00"),
]

WINDOWS = [
    Case("a punch when the window opens counts", "07:00 17:00", P, worked="10:00"),
    Case(
        "a punch a second before the window is shown and not counted",
        "06:59:59 17:00",
        MO,
        flags=Flag.OUTSIDE_WINDOW,
    ),
    Case("a punch when the window has closed is not counted", "09:00 21:00", MO, worked="8:00"),
    Case(
        "only a punch outside the window is absent and says so",
        "05:00",
        A,
        flags=Flag.OUTSIDE_WINDOW,
    ),
    Case("no punch is absent", "", A, worked="0:00"),
    Case(
        "leaving the night at 06:40 is not arriving for the next day's morning",
        "22:00-1 06:20",
        A,
        {"start": time(7), "end": time(15), "days": frozenset({0})},
        items=(
            shift(id="night", **NIGHT),
            Assignment("n", "night", subject=ADA.subject, last=date(2024, 3, 3)),
        ),
    ),
    Case(
        "arriving at 06:40 for the morning after a night belongs to the morning",
        "22:00-1 06:05 06:40 15:00",
        P,
        {"start": time(7), "end": time(15)},
        worked="8:20",
        items=(
            shift(id="night", **NIGHT),
            Assignment("n", "night", subject=ADA.subject, last=date(2024, 3, 3)),
        ),
    ),
]

NIGHTS = [
    Case("a night shift is one day, that of its start", "21:55 06:05+1", P, NIGHT, worked="8:10"),
    Case("late for the night", "22:15 06:00+1", L, NIGHT, late="0:15", worked="7:45"),
    Case("leaving the night early, after midnight", "22:00 05:00+1", E, NIGHT, early="1:00"),
    Case(
        "in after midnight is two and a half hours late", "00:30+1 06:00+1", L, NIGHT, late="2:30"
    ),
    Case("the morning after a night does not belong to the next night", "06:00", A, NIGHT),
    Case(
        "the night when clocks go forward has seven hours",
        "22:00 06:00+1",
        P,
        NIGHT,
        worked="7:00",
        day=date(2024, 3, 30),
    ),
    Case(
        "the night when clocks go back has nine hours",
        "22:00 06:00+1",
        P,
        NIGHT,
        worked="9:00",
        day=date(2024, 10, 26),
    ),
    Case(
        "on the day of 23 hours nine o'clock is still nine o'clock",
        "09:10 17:00",
        P,
        {"days": EVERY_DAY},
        worked="7:50",
        day=SPRING,
    ),
    Case(
        "on the day of 25 hours a minute after the grace is late",
        "09:11 17:00",
        L,
        {"days": EVERY_DAY},
        late="0:11",
        day=AUTUMN,
    ),
    Case(
        "a shift over the hour that is skipped is an hour shorter",
        "01:00 05:00",
        P,
        {"start": time(1), "end": time(5), "days": EVERY_DAY},
        worked="3:00",
        day=SPRING,
    ),
    Case(
        "a shift over the hour that comes twice is an hour longer",
        "01:00 05:00",
        P,
        {"start": time(1), "end": time(5), "days": EVERY_DAY},
        worked="5:00",
        day=AUTUMN,
    ),
    Case(
        "a shift in another zone keeps its own clock",
        "14:00 22:00",
        P,
        {"zone": "America/New_York", "start": time(8), "end": time(16)},
        worked="8:00",
        late="0:00",
    ),
]

PAIRING = [
    Case("first in and last out ignores the way to lunch", "09:00 12:00 13:00 17:00", P, worked="8:00"),
    Case("every pair leaves lunch out", "09:00 12:00 13:00 17:00", P, PAIRS, worked="7:00"),
    Case("three punches, first and last count, and are flagged", "09:00 12:00 17:00", P, worked="8:00", flags=Flag.ODD_PUNCHES),
    Case("three punches in pairs lack a check-out", "09:00 12:00 13:00", MO, PAIRS, worked="7:00"),
    Case("typed, a double IN keeps the earliest", "in@09:00 in@09:30 out@17:00", P, TYPED, worked="8:00", flags=Flag.REPEATED_IN),
    Case("typed, a double OUT keeps the latest", "in@09:00 out@16:30 out@17:00", P, TYPED, worked="8:00", flags=Flag.REPEATED_OUT),
    Case("typed pairs, a double IN keeps the earliest of its pair", "in@09:00 out@12:00 in@13:00 in@13:30 out@17:00", P, TYPED_PAIRS, worked="7:00"),
    Case("typed pairs, a double OUT keeps the latest of its pair", "in@09:00 out@12:00 out@12:10 in@13:00 out@17:00", P, TYPED_PAIRS, worked="7:10"),
    Case("typed, an OUT before any IN is kept and flagged", "out@08:00 in@09:00 out@17:00", P, TYPED, worked="8:00", flags=Flag.OUT_FIRST),
    Case("typed pairs, an OUT first makes no negative hours", "out@08:00 in@09:00 out@17:00", P, TYPED_PAIRS, worked="8:00", flags=Flag.OUT_FIRST),
    Case("typed, only an OUT is present without check-in", "out@17:00", MI, TYPED, worked="0:00", flags=Flag.OUT_FIRST),
    Case("typed, IN after the last OUT lacks a check-out", "in@09:00 out@12:00 in@13:00", MO, TYPED, worked="8:00"),
    Case("typed pairs count up to the assumed check-out", "in@09:00 out@12:00 in@13:00", MO, TYPED_PAIRS, worked="7:00"),
    Case("alternating does not mind what the kiosk says", "in@09:00 in@17:00", P, worked="8:00", never=Flag.REPEATED_IN),
    Case("typed reads untyped punches by turns", "09:00 17:00", P, TYPED, worked="8:00"),
    Case("typed reads an untyped punch after a typed IN as OUT", "in@09:00 17:00", P, TYPED, worked="8:00"),
]  # fmt: skip

MISSING = [
    Case("a single punch is present without check-out, not absent", "09:00", MO, worked="8:00", flags=Flag.MISSING_OUT | Flag.CLOSED_BY_RULE),
    Case("a single late punch lacks a check-out and was late too", "09:30", MO, late="0:30", flags=Flag.LATE_TOO),
    Case("a single punch after the end makes no negative hours", "18:00", MO, worked="0:00"),
    Case("without closing an open day has no hours", "09:00", MO, {"close_missing": False}, worked="0:00", never=Flag.CLOSED_BY_RULE),
    Case("within the tolerance nobody is missing yet", "09:00", P, worked="8:59", flags=Flag.STILL_IN, never=Flag.MISSING_OUT, around=now("17:59")),
    Case("when the tolerance is over the check-out is missing", "09:00", MO, worked="8:00", around=now("18:00")),
    Case("an early single punch does not make a half day", "09:00", MO, {"half_day_below": 240, "close_missing": False}),
]  # fmt: skip

LIMITS = {"half_day_below": 300, "absent_below": 120}
THRESHOLDS = [
    Case("exactly the half-day limit is a whole day, though early", "09:00 14:00", E, LIMITS),
    Case("a second under the half-day limit is half a day", "09:00 13:59:59", HD, LIMITS),
    Case("exactly the absent limit is half a day", "09:00 11:00", HD, LIMITS, worked="2:00"),
    Case("a second under the absent limit is absent", "09:00 10:59:59", A, LIMITS),
    Case("half a day beats late, which is still told", "12:30 17:00", HD, LIMITS, late="3:30", flags=Flag.LATE_TOO),
    Case("a break is deducted", "09:00 17:00", P, {"unpaid_break": 30}, worked="7:30"),
    Case("a break is not deducted from a short day", "09:00 12:00", E, {"unpaid_break": 30, "break_after": 360}, worked="3:00"),
    Case("in pairs a longer lunch is not deducted again", "09:00 12:00 13:00 17:00", P, {**PAIRS, "unpaid_break": 30}, worked="7:00"),
    Case("in pairs a shorter lunch is made up to the break", "09:00 12:00 12:20 17:00", P, {**PAIRS, "unpaid_break": 30}, worked="7:30"),
    Case("a break longer than the work leaves nothing", "09:00 09:20", E, {"unpaid_break": 30}, worked="0:00"),
    Case("the break counts before the half-day limit", "09:00 14:00", HD, {**LIMITS, "unpaid_break": 30}, worked="4:30"),
    Case("overtime is what is beyond the limit", "08:00 18:00", P, {"overtime_after": 480}, overtime="2:00"),
    Case("overtime begins after the break", "08:00 18:00", P, {"overtime_after": 480, "unpaid_break": 60}, overtime="1:00"),
    Case("no overtime below the limit", "09:00 17:00", P, {"overtime_after": 480}, overtime="0:00"),
]  # fmt: skip

KIOSKS = [
    Case("lingering at a kiosk for both does not check anyone out", "09:00 09:03", MO, items=(kiosk(),), flags=Flag.LINGERED),
    Case("a second before the minimum stay is lingering", "09:00 09:04:59 17:00", P, PAIRS, items=(kiosk(),), worked="8:00", flags=Flag.LINGERED),
    Case("the minimum stay itself is enough to leave", "09:00 09:05 10:00 17:00", P, PAIRS, items=(kiosk(),), worked="7:05"),
    Case("lingering at the way out is the same way out", "09:00 17:00 17:02", P, PAIRS, items=(kiosk(),), worked="8:02", flags=Flag.LINGERED),
    Case("who lingers for an hour does not leave by it", LINGERED_IN + " 17:00", P, PAIRS, items=(kiosk(),), worked="8:00", flags=Flag.LINGERED, never=Flag.ODD_PUNCHES),
    Case("who lingers in the morning and never checks out has no check-out", LINGERED_IN, MO, items=(kiosk(),), flags=Flag.LINGERED | Flag.MISSING_OUT),
    Case("lingering in the evening is one way out", "09:00 " + LINGERED_OUT, P, PAIRS, items=(kiosk(),), worked="8:24", flags=Flag.LINGERED),
    Case("who sits before the kiosk all day was there till the last look", ALL_DAY, P, PAIRS, items=(kiosk(),), worked="8:00", flags=Flag.LINGERED, never=Flag.MISSING_OUT),
    Case("who sits before the kiosk all day is still in while the day lasts", ALL_DAY, P, PAIRS, items=(kiosk(),), flags=Flag.STILL_IN, around=now("17:01")),
    Case("lingering after coming back is not leaving", "09:00 12:00 12:30 12:31 12:32 12:36 17:00", P, PAIRS, items=(kiosk(),), worked="7:30", never=Flag.ODD_PUNCHES),
    Case("a minimum stay of none lets anyone leave at once", "09:00 09:01", E, items=(kiosk(stay=0),), worked="0:01"),
    Case("an IN kiosk only lets in", "09:00 17:00", MO, TYPED, items=(kiosk(Direction.IN),), flags=Flag.REPEATED_IN),
    Case("IN and OUT kiosks make a typed day", "09:00/front 17:00/back", P, TYPED_PAIRS, worked="8:00", items=(KioskRecord("front", direction=Direction.IN), KioskRecord("back", direction=Direction.OUT))),
    Case("at an OUT kiosk nobody lingers", "09:00/front 09:02/back", E, TYPED, worked="0:02", items=(KioskRecord("front", direction=Direction.IN), KioskRecord("back", direction=Direction.OUT))),
    Case("with the kiosk down nobody is called absent", "", Status.KIOSK_DOWN, items=(kiosk(watched_from=WATCHED),), around=up(("07:00", "10:00"))),
    Case("with the kiosk up all day absent is absent", "", A, items=(kiosk(watched_from=WATCHED),), around=up(("07:00", "21:00"))),
    Case("a gap shorter than the limit is no outage", "", A, items=(kiosk(watched_from=WATCHED),), around=up(("07:00", "12:00"), ("12:14", "18:00"))),
    Case("a kiosk down outside the shift excuses nobody", "", A, items=(kiosk(watched_from=WATCHED),), around=up(("08:55", "17:00"))),
    Case("a kiosk not yet set up excuses nobody", "", A, items=(kiosk(watched_from=datetime(2024, 4, 1, tzinfo=UTC)),)),
    Case("a kiosk that is not watched excuses nobody", "", A, items=(kiosk(watched_from=WATCHED, watched=False),)),
    Case("an outage is told beside a late arrival", "11:00 17:00", L, items=(kiosk(watched_from=WATCHED),), around=up(("10:50", "18:00")), flags=Flag.KIOSK_DOWN),
]  # fmt: skip

EASTER = Holiday("h", MONDAY, "Founders' Day")
OFF = [
    Case("a holiday is no absence", "", H, items=(EASTER,)),
    Case("work on a holiday stays a holiday and is counted", "10:00 14:00", H, worked="4:00", late="0:00", items=(EASTER,), flags=Flag.WORKED_DAY_OFF),
    Case("all work on a holiday is overtime where overtime is paid", "10:00 14:00", H, {"overtime_after": 480}, overtime="4:00", items=(EASTER,)),
    Case("a holiday of another group is a working day", "", A, items=(Holiday("h", MONDAY, "Shop day", frozenset({"Shop"})),)),
    Case("a holiday of the own group is off", "", H, items=(Holiday("h", MONDAY, "Office day", frozenset({"Office"})),)),
    Case("Saturday is the weekly off", "", WO, day=SATURDAY),
    Case("work on the weekly off is counted", "09:00 12:00", WO, worked="3:00", day=SATURDAY, flags=Flag.WORKED_DAY_OFF),
    Case("a single punch on the weekly off makes no hours", "09:00", WO, worked="0:00", day=SATURDAY, flags=Flag.MISSING_OUT),
    Case("a night worked on a day off is one day", "22:00 06:00+1", WO, {**NIGHT, "days": frozenset(range(5))}, worked="8:00", day=SATURDAY),
    Case("on the morning after a worked night off nobody was here", "22:00-1 06:00", WO, {**NIGHT, "days": frozenset(range(5))}, worked="0:00", day=date(2024, 3, 10), never=Flag.WORKED_DAY_OFF),
    Case("leave is no absence", "", LV, items=(Leave("l", ADA.subject, MONDAY, MONDAY),)),
    Case("leave stands over presence, which is told", "09:00 17:00", LV, items=(Leave("l", ADA.subject, MONDAY, MONDAY),), flags=Flag.WORKED_DAY_OFF),
    Case("a holiday within a leave is a holiday", "", H, items=(EASTER, Leave("l", ADA.subject, MONDAY, date(2024, 3, 8)))),
    Case("somebody else's leave changes nothing", "", A, items=(Leave("l", "s-bob", MONDAY, MONDAY),)),
    Case("half a day of leave with presence is half a day", "13:00 17:00", HD, late="0:00", items=(Leave("l", ADA.subject, MONDAY, MONDAY, half=True),), flags=Flag.HALF_LEAVE),
    Case("half a day of leave without presence is absent", "", A, items=(Leave("l", ADA.subject, MONDAY, MONDAY, half=True),)),
    Case("before the first day of work nobody is absent", "", Status.NOT_EMPLOYED, items=(Employment(ADA.subject, date(2024, 3, 5)),)),
    Case("on the first day of work absent is absent", "", A, items=(Employment(ADA.subject, MONDAY),)),
    Case("after the last day of work nobody is absent", "", Status.NOT_EMPLOYED, items=(Employment(ADA.subject, None, date(2024, 3, 3)),)),
]  # fmt: skip

PRESENCE_ONLY = [
    Case("presence only: one mark makes the day", "13:37", P, items=(PRESENCE,), worked="0:00", never=Flag.MISSING_OUT),
    Case("presence only: a mark just before midnight makes the day", "23:59:59", P, items=(PRESENCE,)),
    Case("presence only: a mark after midnight is the next day's", "00:00+1", A, items=(PRESENCE,)),
    Case("presence only: no mark is absent once the day is over", "", A, items=(PRESENCE,)),
    Case("presence only: until midnight nobody is absent", "", Status.NOT_YET, items=(PRESENCE,), around=now("23:59")),
    Case("presence only: nobody is late", "16:00", P, items=(PRESENCE,), late="0:00"),
]  # fmt: skip

TODAY = [
    Case("before the grace is over nobody is absent", "", Status.NOT_YET, around=now("09:10")),
    Case("after the grace who has not come is absent so far", "", A, around=now("09:11"), flags=Flag.PROVISIONAL),
    Case("at lunch nobody has left early", "09:00 12:00", P, around=now("12:30"), flags=Flag.PROVISIONAL),
    Case("who is in has hours up to now", "09:00", P, worked="3:00", around=now("12:00"), flags=Flag.STILL_IN),
    Case("who came late is late at once", "09:20", L, late="0:20", around=now("09:30")),
    Case("a day to come is not yet", "", Status.NOT_YET, around=now("12:00", date(2024, 3, 1))),
]  # fmt: skip


def rostered(told: str, day: date = MONDAY) -> RosterWeek:
    """Ada's, of one day."""
    return weeks_of({(ADA.subject, day): told})[0]


ROSTERS = [
    Case("a person's own shift goes before the group's", "10:00 18:00", P, worked="8:00", late="0:00", items=(shift(id="ten", start=time(10), end=time(18)), shift(id="six", start=time(6), end=time(14)), Assignment("p", "ten", subject=ADA.subject), Assignment("g", "six", group="Office"))),
    Case("the group's shift goes before the default", "10:00 18:00", P, late="0:00", items=(shift(id="ten", start=time(10), end=time(18)), Assignment("g", "ten", group="Office"))),
    Case("an assignment that has ended is over", "10:00 17:00", L, late="1:00", items=(shift(id="ten", start=time(10), end=time(18)), Assignment("g", "ten", group="Office", last=date(2024, 3, 3)))),
    Case("an assignment that begins tomorrow does not hold today", "10:00 17:00", L, late="1:00", items=(shift(id="ten", start=time(10), end=time(18)), Assignment("g", "ten", group="Office", first=date(2024, 3, 5)))),
    Case("on its first day an assignment holds", "10:00 18:00", P, items=(shift(id="ten", start=time(10), end=time(18)), Assignment("g", "ten", group="Office", first=MONDAY, last=MONDAY))),
    Case("an assignment to a shift that is gone falls to the default", "10:00 17:00", L, late="1:00", items=(Assignment("g", "gone", group="Office"),)),
    Case("a rostered shift goes before the person's own", "10:00 18:00", P, worked="8:00", late="0:00", items=(shift(id="ten", start=time(10), end=time(18)), shift(id="six", start=time(6), end=time(14)), Assignment("p", "six", subject=ADA.subject), rostered("ten"))),
    Case("a rostered shift makes a working day of a day that is none", "10:00 18:30", P, late="0:00", items=(shift(id="ten", start=time(10), end=time(18), days=frozenset({5})), rostered("ten"))),
    Case("who is rostered off is off", "", WO, items=(rostered(ROSTERED_OFF),)),
    Case("a roster of another day says nothing of this one", "10:00 17:00", L, late="1:00", items=(rostered(ROSTERED_OFF, date(2024, 3, 5)),)),
    Case("a roster of another week says nothing of this one", "10:00 17:00", L, late="1:00", items=(rostered(ROSTERED_OFF, date(2024, 3, 11)),)),
    Case("a roster of a shift that is gone says nothing", "10:00 17:00", L, late="1:00", items=(rostered("gone"),)),
    Case("leave goes before the roster", "", LV, items=(rostered("default"), Leave("l", ADA.subject, MONDAY, MONDAY))),
    Case("a holiday goes before the roster", "", H, items=(rostered("default"), Holiday("h", MONDAY, "Feast"))),
]  # fmt: skip

CASES = [
    *GRACE, *WINDOWS, *NIGHTS, *PAIRING, *MISSING, *THRESHOLDS,
    *KIOSKS, *OFF, *PRESENCE_ONLY, *TODAY, *ROSTERS,
]  # fmt: skip

__all__ = ["BERLIN", "CASES", "Case"]

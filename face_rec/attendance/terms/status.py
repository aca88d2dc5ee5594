"""What a person's day came to, and what was odd about it."""

from dataclasses import dataclass
from datetime import date
from enum import IntFlag, StrEnum

from face_rec.domain.people import Person
from face_rec.languages.language import msgid


class Status(StrEnum):
    """One a person and day; what else was true of it stands in the flags.

    Where several apply the first of these decides: not employed, holiday,
    weekly off, leave, then what the punches say. A holiday within a leave is
    no day of leave.
    """

    PRESENT = msgid("present")
    LATE = msgid("late")
    EARLY = msgid("early leave")
    HALF_DAY = msgid("half day")
    ABSENT = msgid("absent")
    MISSING_OUT = msgid("missing check-out")
    MISSING_IN = msgid("missing check-in")
    HOLIDAY = msgid("holiday")
    WEEKLY_OFF = msgid("weekly off")
    LEAVE = msgid("leave")
    NOT_EMPLOYED = msgid("not employed")
    KIOSK_DOWN = msgid("kiosk down")
    NOT_YET = msgid("not yet")


CODES: dict[Status, str] = {
    Status.PRESENT: "P",
    Status.LATE: "L",
    Status.EARLY: "E",
    Status.HALF_DAY: "HD",
    Status.ABSENT: "A",
    Status.MISSING_OUT: "MO",
    Status.MISSING_IN: "MI",
    Status.HOLIDAY: "H",
    Status.WEEKLY_OFF: "WO",
    Status.LEAVE: "LV",
    Status.NOT_EMPLOYED: "–",
    Status.KIOSK_DOWN: "K",
    Status.NOT_YET: "",
}
"""What stands in a cell of the muster."""

DAYS_OFF = frozenset({Status.HOLIDAY, Status.WEEKLY_OFF, Status.LEAVE})
"""Nobody is expected."""
ATTENDED = frozenset(
    {
        Status.PRESENT,
        Status.LATE,
        Status.EARLY,
        Status.HALF_DAY,
        Status.MISSING_OUT,
        Status.MISSING_IN,
    }
)
"""Statuses of somebody who was there on a working day."""


class Flag(IntFlag):
    """What a reader of the day should know beside its status."""

    OUT_FIRST = 1
    REPEATED_IN = 2
    REPEATED_OUT = 4
    LINGERED = 8
    ODD_PUNCHES = 16
    MISSING_OUT = 32
    CLOSED_BY_RULE = 64
    OUTSIDE_WINDOW = 128
    WORKED_DAY_OFF = 256
    KIOSK_DOWN = 512
    PROVISIONAL = 1024
    STILL_IN = 2048
    CORRECTED = 4096
    DISPUTED = 8192
    HALF_LEAVE = 16384
    LATE_TOO = 32768
    ELSEWHERE = 65536


FLAG_TEXTS: dict[Flag, str] = {
    Flag.OUT_FIRST: msgid("an OUT before any IN"),
    Flag.REPEATED_IN: msgid("repeated IN: the earliest counts"),
    Flag.REPEATED_OUT: msgid("repeated OUT: the latest counts"),
    Flag.LINGERED: msgid("seen again within the minimum stay: not counted as leaving"),
    Flag.ODD_PUNCHES: msgid("an odd number of punches"),
    Flag.MISSING_OUT: msgid("no check-out"),
    Flag.CLOSED_BY_RULE: msgid("closed by the rules at the end of the shift"),
    Flag.OUTSIDE_WINDOW: msgid("punched outside the check-in window"),
    Flag.WORKED_DAY_OFF: msgid("was here on a day off"),
    Flag.KIOSK_DOWN: msgid("a kiosk was down during the shift"),
    Flag.PROVISIONAL: msgid("the day is not over"),
    Flag.STILL_IN: msgid("still in"),
    Flag.CORRECTED: msgid("corrected by a manager"),
    Flag.DISPUTED: msgid("disputed"),
    Flag.HALF_LEAVE: msgid("half a day of leave"),
    Flag.LATE_TOO: msgid("came late as well"),
    Flag.ELSEWHERE: msgid("works elsewhere"),
}


def describe(flags: Flag) -> tuple[str, ...]:
    """The flags in words, in a fixed order."""
    return tuple(text for flag, text in FLAG_TEXTS.items() if flag in flags)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """What somebody's day would become: one line of a preview of the rules."""

    person: Person
    day: date
    before: Status
    after: Status

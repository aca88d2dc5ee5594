"""What can be asked: a measure, what it is broken down by, and which go together."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


class Count(StrEnum):
    """How cells become one number."""

    SUM = "sum"
    PEOPLE = "people"  # each person once, however many days
    SHARE = "share"  # so many in a hundred


@dataclass(frozen=True, slots=True)
class Counted:
    """``words`` for people, the ``unit`` of an axis, how it is counted, and its ``meaning`` in a
    sentence. ``at_kiosk``: whether there is a kiosk to it: of days that at which somebody came,
    so that of an absence there is none."""

    words: str
    unit: str
    meaning: str
    count: Count = Count.SUM
    at_kiosk: bool = True


class Measure(StrEnum):
    """What is counted: its value as it is stored, and what it is."""

    what: Counted

    PEOPLE = "people", Counted(
        "People present", "people",
        "Different people who were there on a working day: each counts once, however many days "
        "they came.", Count.PEOPLE,
    )  # fmt: skip
    DAYS = "days", Counted(
        "Days present", "days", "Working days on which somebody was there, half days too."
    )  # fmt: skip
    HOURS = "hours", Counted(
        "Hours worked", "hours", "As the days show them: whole minutes, without breaks."
    )  # fmt: skip
    OVERTIME = "overtime", Counted(
        "Overtime", "hours", "What lies beyond the ordinary time of the shift."
    )  # fmt: skip
    LATE = "late", Counted(
        "Late arrivals", "arrivals",
        "Every late arrival, whatever else the status of the day says.",
    )  # fmt: skip
    LATE_MINUTES = "late-minutes", Counted(
        "Time late", "minutes", "How late people came; a begun minute counts."
    )  # fmt: skip
    ABSENCES = "absences", Counted(
        "Absences", "days",
        "Working days without leave on which somebody did not come. A day on which their kiosk "
        "was down is none.", at_kiosk=False,
    )  # fmt: skip
    MISSING = "missing", Counted(
        "Missing punches", "days", "Days that lack a check-in or a check-out."
    )  # fmt: skip
    ATTENDANCE = "attendance", Counted(
        "Attendance", "per cent", "Days present in a hundred on which somebody was to come.",
        Count.SHARE, at_kiosk=False,
    )  # fmt: skip
    ON_TIME = "on-time", Counted(
        "Punctuality", "per cent", "Days on time in a hundred days present.", Count.SHARE
    )  # fmt: skip
    MARKS = "marks", Counted(
        "Marks", "marks", "Marks that count, of every kind, on the day on which they were made."
    )  # fmt: skip

    def __new__(cls, value: str, what: Counted) -> Self:
        measure = str.__new__(cls, value)
        measure._value_ = value
        measure.what = what
        return measure


class By(StrEnum):
    """What it is broken down by; ``words`` for people. ``timed``: whether its values have an
    order of their own."""

    words: str
    timed: bool

    DAY = "day", "Day", True
    WEEK = "week", "Week", True
    MONTH = "month", "Month", True
    WEEKDAY = "weekday", "Day of the week", True
    GROUP = "group", "Group"
    PERSON = "person", "Person"
    KIOSK = "kiosk", "Kiosk"
    SHIFT = "shift", "Shift"

    def __new__(cls, value: str, words: str, timed: bool = False) -> Self:
        by = str.__new__(cls, value)
        by._value_ = value
        by.words, by.timed = words, timed
        return by


SPLITS: Final = (By.GROUP, By.SHIFT, By.KIOSK, By.WEEKDAY)
"""What a bar may be split by besides: few enough for as many colours."""


@dataclass(frozen=True, slots=True)
class Question:
    """``split``: by what each bar is split besides; None: not at all."""

    measure: Measure
    by: By
    split: By | None = None

    @property
    def title(self) -> str:
        """In words: ``Hours worked by week, split by group``."""
        besides = f", split by {self.split.words.lower()}" if self.split else ""
        return f"{self.measure.what.words} by {self.by.words.lower()}{besides}"


def bys_of(measure: Measure) -> tuple[By, ...]:
    """What it can be broken down by."""
    return tuple(by for by in By if measure.what.at_kiosk or by is not By.KIOSK)


def splits_of(measure: Measure, by: By) -> tuple[By, ...]:
    """What its bars can be split by."""
    return tuple(one for one in SPLITS if one is not by and one in bys_of(measure))

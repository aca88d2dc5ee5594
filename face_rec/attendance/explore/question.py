"""What can be asked: a measure, what it is broken down by, and which go together."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from face_rec.languages.language import msgid
from face_rec.languages.sentence import Sentence, pgettext, sentence


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

    PEOPLE = (
        "people",
        Counted(
            msgid("People present"),
            msgid("people"),
            msgid(
                "Different people who were there on a working day: each counts once, however many "
                "days they came."
            ),
            Count.PEOPLE,
        ),
    )
    DAYS = (
        "days",
        Counted(
            msgid("Days present"),
            msgid("days"),
            msgid("Working days on which somebody was there, half days too."),
        ),
    )
    HOURS = (
        "hours",
        Counted(
            msgid("Hours worked"),
            msgid("hours"),
            msgid("As the days show them: whole minutes, without breaks."),
        ),
    )
    OVERTIME = (
        "overtime",
        Counted(
            msgid("Overtime"),
            msgid("hours"),
            msgid("What lies beyond the ordinary time of the shift."),
        ),
    )
    LATE = (
        "late",
        Counted(
            msgid("Late arrivals"),
            msgid("arrivals"),
            msgid("Every late arrival, whatever else the status of the day says."),
        ),
    )
    LATE_MINUTES = (
        "late-minutes",
        Counted(
            msgid("Time late"),
            msgid("minutes"),
            msgid("How late people came; a begun minute counts."),
        ),
    )
    ABSENCES = (
        "absences",
        Counted(
            msgid("Absences"),
            msgid("days"),
            msgid(
                "Working days without leave on which somebody did not come. A day on which their "
                "kiosk was down is none."
            ),
            at_kiosk=False,
        ),
    )
    MISSING = (
        "missing",
        Counted(
            msgid("Missing punches"),
            msgid("days"),
            msgid("Days that lack a check-in or a check-out."),
        ),
    )
    ATTENDANCE = (
        "attendance",
        Counted(
            pgettext("percentage", "Attendance"),
            msgid("per cent"),
            msgid("Days present in a hundred on which somebody was to come."),
            Count.SHARE,
            at_kiosk=False,
        ),
    )
    ON_TIME = (
        "on-time",
        Counted(
            msgid("Punctuality"),
            msgid("per cent"),
            msgid("Days on time in a hundred days present."),
            Count.SHARE,
        ),
    )
    MARKS = (
        "marks",
        Counted(
            msgid("Marks"),
            msgid("marks"),
            msgid("Marks that count, of every kind, on the day on which they were made."),
        ),
    )

    def __new__(cls, value: str, what: Counted) -> Self:
        measure = str.__new__(cls, value)
        measure._value_ = value
        measure.what = what
        return measure


@dataclass(frozen=True, slots=True)
class Named:
    """``words`` for people, ``across`` and ``split`` in a title, ``average`` at a figure."""

    words: str
    across: str
    average: str
    split: str = ""


class By(StrEnum):
    """What it is broken down by; ``named`` for people. ``timed``: whether its values have an
    order of their own."""

    named: Named
    timed: bool

    DAY = "day", Named(msgid("Day"), msgid("by day"), msgid("Average a day")), True
    WEEK = "week", Named(msgid("Week"), msgid("by week"), msgid("Average a week")), True
    MONTH = "month", Named(msgid("Month"), msgid("by month"), msgid("Average a month")), True
    WEEKDAY = (
        "weekday",
        Named(
            msgid("Day of the week"),
            msgid("by day of the week"),
            msgid("Average a day of the week"),
            msgid("split by day of the week"),
        ),
        True,
    )
    GROUP = (
        "group",
        Named(
            msgid("Group"), msgid("by group"), msgid("Average a group"), msgid("split by group")
        ),
    )
    PERSON = "person", Named(msgid("Person"), msgid("by person"), msgid("Average a person"))
    KIOSK = (
        "kiosk",
        Named(
            msgid("Kiosk"), msgid("by kiosk"), msgid("Average a kiosk"), msgid("split by kiosk")
        ),
    )
    SHIFT = (
        "shift",
        Named(
            msgid("Shift"), msgid("by shift"), msgid("Average a shift"), msgid("split by shift")
        ),
    )

    def __new__(cls, value: str, named: Named, timed: bool = False) -> Self:
        by = str.__new__(cls, value)
        by._value_ = value
        by.named, by.timed = named, timed
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
    def title(self) -> Sentence:
        """In words: ``Hours worked by week, split by group``."""
        measure, by = self.measure.what.words, self.by.named.across
        if self.split is None:
            return sentence("{measure} {by}", measure=measure, by=by)
        return sentence(
            "{measure} {by}, {split}", measure=measure, by=by, split=self.split.named.split
        )


def bys_of(measure: Measure) -> tuple[By, ...]:
    """What it can be broken down by."""
    return tuple(by for by in By if measure.what.at_kiosk or by is not By.KIOSK)


def splits_of(measure: Measure, by: By) -> tuple[By, ...]:
    """What its bars can be split by."""
    return tuple(one for one in SPLITS if one is not by and one in bys_of(measure))

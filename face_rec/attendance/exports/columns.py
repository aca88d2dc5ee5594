"""The columns of data files: their names, what they hold, and what that is in a file."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pyarrow as pa


class Type(StrEnum):
    """What a column holds; the value is its type in Athena and Hive."""

    TEXT = "string"
    DAY = "date"
    MOMENT = "timestamp"  # UTC in a file, shown in the site's zone by who knows zones
    COUNT = "int"
    MEASURE = "double"
    YES = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """``meaning``: in words, for the file's own description and the documentation."""

    name: str
    type: Type
    meaning: str


MARKS: Final = (
    Column("event", Type.TEXT, "Number of the mark, never used again."),
    Column("marked_at", Type.MOMENT, "When it was made."),
    Column("day", Type.DAY, "The same as a day of the site's zone."),
    Column("name", Type.TEXT, "Who was marked; (deleted) where they are registered no more."),
    Column("id", Type.TEXT, "Their ID; empty where they are registered no more."),
    Column("group_name", Type.TEXT, "Their group by now; empty without one."),
    Column("kiosk", Type.TEXT, "Where; empty for a mark that was added by hand."),
    Column("kind", Type.TEXT, "What it counts as: punch, in, out, break."),
    Column(
        "source",
        Type.TEXT,
        ("What took it: video, still, pin, badge, manual, import, offline, seen, mobile."),
    ),
    Column("score", Type.MEASURE, "How much the face was like the person's; nothing without one."),
    Column("margin", Type.MEASURE, "By how much more than like the next person's."),
    Column("liveness", Type.TEXT, "What the face was taken for: live, unsure, attack; or empty."),
    Column("by_hand", Type.YES, "Whether a manager added it."),
    Column("retyped", Type.YES, "Whether a manager said that it counts as another kind."),
    Column("confirmed", Type.YES, "Whether a manager confirmed it."),
    Column("disputed", Type.YES, "Whether somebody disputes it."),
    Column("remark", Type.TEXT, "What was corrected or is in doubt, in words."),
    Column("place", Type.TEXT, "Of a mark by a phone: the place that it counted at; else empty."),
    Column("distance_m", Type.COUNT, "Metres from the place, as the phone had it; else nothing."),
    Column("accuracy_m", Type.COUNT, "Metres that the phone may be wrong by; else nothing."),
)
"""One row a mark that counts; voided ones are left out, as in the CSV of Records."""

DAYS: Final = (
    Column("day", Type.DAY, "A day of the site's zone."),
    Column("name", Type.TEXT, "Whose day it is."),
    Column("id", Type.TEXT, "Their ID."),
    Column("group_name", Type.TEXT, "Their group by now; empty without one."),
    Column("shift", Type.TEXT, "The shift that held for them."),
    Column("status", Type.TEXT, "What the day came to: present, late, absent, leave …"),
    Column("first_in", Type.MOMENT, "When they came; nothing if they did not."),
    Column("last_out", Type.MOMENT, "When they left; nothing if that is not known."),
    Column("worked_minutes", Type.COUNT, "Time worked, in whole minutes."),
    Column("overtime_minutes", Type.COUNT, "Of it overtime."),
    Column("break_minutes", Type.COUNT, "What was deducted for a break."),
    Column("late_minutes", Type.COUNT, "How late they came; a begun minute counts."),
    Column("early_minutes", Type.COUNT, "How early they left; a begun minute counts."),
    Column("marks", Type.COUNT, "Marks that the day was judged by."),
    Column("expected", Type.YES, "Whether they were to come: a working day without leave."),
    Column("present", Type.YES, "Whether they came on a working day."),
    Column("late", Type.YES, "Whether they came late, whatever else the status says."),
    Column("provisional", Type.YES, "Whether the day was not over when the file was made."),
    Column("corrected", Type.YES, "Whether a manager corrected a mark of it."),
    Column("remarks", Type.TEXT, "The holiday or leave, and what was odd, in words."),
)
"""One row a person and day on which they were employed."""

PEOPLE: Final = (
    Column("id", Type.TEXT, "Their ID."),
    Column("name", Type.TEXT, "Who they are."),
    Column("group_name", Type.TEXT, "Their group by now; empty without one."),
    Column("active", Type.YES, "Whether they are taken attendance of."),
    Column("registered_at", Type.MOMENT, "When they were registered."),
    Column("left_at", Type.MOMENT, "When they were deactivated; nothing while they are not."),
)
"""One row a person who is registered; in the archive of files only."""


def schema_of(columns: tuple[Column, ...], zone: ZoneInfo) -> "pa.Schema":
    """The columns as Arrow and Parquet have them, each with its meaning; ``zone``: in which
    moments are shown."""
    import pyarrow as pa

    types = {
        Type.TEXT: pa.string(),
        Type.DAY: pa.date32(),
        Type.MOMENT: pa.timestamp("us", tz=zone.key),
        Type.COUNT: pa.int32(),
        Type.MEASURE: pa.float64(),
        Type.YES: pa.bool_(),
    }
    fields = [
        pa.field(one.name, types[one.type], metadata={"description": one.meaning})
        for one in columns
    ]
    return pa.schema(fields)

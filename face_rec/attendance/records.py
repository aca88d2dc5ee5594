"""The table of marks that the Records page shows and exports.

One row a standing mark, newest first; built by columns, so that 100,000 marks
take well under a second.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from face_rec.attendance.presence import marks
from face_rec.entities import Event, Person
from face_rec.protocols import AttendanceStore

DELETED = "(deleted)"
"""Stands for the name of a person who is no longer registered."""

COLUMNS = (
    "time",  # datetime64 in the site's zone
    "date",  # datetime.date in the site's zone
    "name",
    "id",
    "group",
    "kiosk",
    "kind",
    "source",
    "score",  # float64, NaN where nothing was compared
    "margin",
    "snapshot",  # key, or "" without one
    "event",
    "subject",
)


def read_marks(
    store: AttendanceStore, first_day: date, last_day: date, zone: ZoneInfo
) -> list[Event]:
    """The events of the local days ``first_day`` to ``last_day``, both included.

    A local day reaches into two UTC days; the store is asked for the exact
    span. Raises StoreUnavailable.
    """
    start = datetime.combine(first_day, time(), zone).astimezone(UTC)
    end = datetime.combine(last_day + timedelta(days=1), time(), zone).astimezone(UTC)
    return store.between(start, end)


def marks_table(
    events: Iterable[Event], people: Mapping[str, Person], zone: ZoneInfo
) -> pd.DataFrame:
    """The standing marks of ``events`` with names from ``people`` (by subject).

    Columns as in :data:`COLUMNS`; text columns are ``str``.
    """
    kept = marks(events)[::-1]
    local = _local_times(kept, zone)
    whose = pd.Categorical([event.subject for event in kept])
    columns = {
        "time": local,
        "date": pd.Series(_dates(local), dtype=object),
        **_identities(whose, people),
        "kiosk": [event.kiosk for event in kept],
        "kind": [event.kind.value for event in kept],
        "source": [event.source.value for event in kept],
        "score": np.array([event.score for event in kept], float),
        "margin": np.array([event.margin for event in kept], float),
        "snapshot": [event.snapshot or "" for event in kept],
        "event": [event.id for event in kept],
        "subject": [event.subject for event in kept],
    }
    return pd.DataFrame({name: columns[name] for name in COLUMNS}).astype(
        dict.fromkeys(_TEXTS, "str")
    )


_TEXTS = ("name", "id", "group", "kiosk", "kind", "source", "snapshot", "event", "subject")


def _local_times(events: Sequence[Event], zone: ZoneInfo) -> pd.DatetimeIndex:
    times = pd.to_datetime([event.at for event in events], utc=True)
    return pd.DatetimeIndex(times).as_unit("us").tz_convert(zone)


def _dates(local: pd.DatetimeIndex) -> list[date]:
    """The local date of each time; made once a day, not once a row."""
    days, rows = np.unique(local.tz_localize(None).normalize().to_numpy(), return_inverse=True)
    dates = [pd.Timestamp(day).date() for day in days]
    return [dates[row] for row in rows]


def _identities(
    whose: "pd.Categorical[str]", people: Mapping[str, Person]
) -> dict[str, np.ndarray[tuple[int], np.dtype[np.object_]]]:
    """Name, ID and group of each row, looked up once a person."""
    subjects = [str(subject) for subject in whose.categories]
    found = [people.get(subject) for subject in subjects]
    by_person = {
        "name": [person.name if person else DELETED for person in found],
        "id": [person.id if person else "" for person in found],
        "group": [person.group if person else "" for person in found],
    }
    return {name: np.array(texts, object)[whose.codes] for name, texts in by_person.items()}


def filtered(
    table: pd.DataFrame,
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    person: str = "",
    group: str | None = None,
) -> pd.DataFrame:
    """The rows of local days, of people whose name or ID holds ``person``, of a group.

    Case is ignored in ``person``; ``group`` None means every group, "" those without one.
    """
    keep = pd.Series(data=True, index=table.index)
    if first_day is not None:
        keep &= table["date"] >= first_day
    if last_day is not None:
        keep &= table["date"] <= last_day
    if person.strip():
        keep &= _holds(table["name"], person) | _holds(table["id"], person)
    if group is not None:
        keep &= table["group"] == group
    return table[keep].reset_index(drop=True)


def _holds(texts: "pd.Series[str]", part: str) -> "pd.Series[bool]":
    wanted = part.strip().casefold()
    fitting = [text for text in texts.unique() if wanted in text.casefold()]
    return texts.isin(fitting)

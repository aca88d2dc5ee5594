"""The table of marks that the Records page shows and exports.

One row a standing mark, newest first; built by columns, so that 100,000 marks
take well under a second.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from face_rec.attendance.marks.clock_doubts import NO_CHANGES, ClockChanges
from face_rec.attendance.marks.effective_marks import Entry
from face_rec.attendance.marks.visit import Stays, Visit, visits
from face_rec.domain.marks import Event, Whereabouts
from face_rec.domain.people import Person
from face_rec.languages.language import msgid
from face_rec.languages.sentence import listed, sentence

if TYPE_CHECKING:
    import pandas as pd

DELETED = "(deleted)"
"""Stands for the name of a person who is no longer registered."""

COLUMNS = (
    "time",  # datetime64 in the site's zone
    "date",  # datetime.date in the site's zone
    "name",
    "id",
    "group",
    "kiosk",
    "kind",  # what it counts as now
    "source",
    "score",  # float64, NaN where nothing was compared
    "margin",
    "remark",  # what was corrected, in words
    "snapshot",  # key, or "" without one
    "event",
    "subject",
    "visit",  # the same number for the marks of one visit
    "live",  # what the face was taken for: live, unsure, attack; "" where that was not checked
)


def marks_table(
    marks: Iterable[Entry],
    people: Mapping[str, Person],
    zone: ZoneInfo,
    stays: Stays = Stays(),  # noqa: B008 - frozen
    changes: ClockChanges = NO_CHANGES,
) -> "pd.DataFrame":
    """The marks that count, with names from ``people`` (by subject). ``changes``: when clocks
    were set, which the remark of a mark before that tells.

    Columns as in :data:`COLUMNS`; text columns are ``str``.
    """
    import pandas as pd

    counted = sorted((e for e in marks if not e.voided), key=lambda entry: entry.event.at)
    numbers = _numbers(visits(counted, stays))
    entries = counted[::-1]
    kept = [entry.event for entry in entries]
    local = _local_times(kept, zone)
    whose = pd.Categorical([event.subject for event in kept])
    columns = {
        "time": local,
        "date": pd.Series(_dates(local), dtype=object),
        **_identities(whose, people),
        "kiosk": [event.kiosk for event in kept],
        "kind": [entry.kind.value for entry in entries],
        "source": [event.source.value for event in kept],
        "score": np.array([event.score for event in kept], float),
        "margin": np.array([event.margin for event in kept], float),
        "remark": [remark(entry, changes.doubt(entry.event, zone)) for entry in entries],
        "snapshot": [event.snapshot or "" for event in kept],
        "event": [event.id for event in kept],
        "subject": [event.subject for event in kept],
        "visit": np.array([numbers[event.id] for event in kept], np.int64),
        "live": [event.live.value if event.live else "" for event in kept],
    }
    return pd.DataFrame({name: columns[name] for name in COLUMNS}).astype(
        dict.fromkeys(_TEXTS, "str")
    )


_TEXTS = (
    *("name", "id", "group", "kiosk", "kind", "source", "remark", "snapshot", "event", "subject"),
    "live",
)


def _numbers(found: Iterable[Visit]) -> dict[str, int]:
    """By event, which visit it belongs to."""
    return {entry.event.id: n for n, visit in enumerate(found) for entry in visit.marks}


def by_visit(table: "pd.DataFrame") -> "pd.DataFrame":
    """One row a visit: that of its first mark, with ``until`` and the number of ``marks``,
    newest first."""
    grouped = table.groupby("visit", sort=False)
    rows = table.loc[grouped["time"].idxmin()].set_index("visit")
    rows["until"], rows["marks"] = grouped["time"].max(), grouped.size()
    return rows.reset_index().sort_values("time", ascending=False, kind="stable")


def remark(entry: Entry, by_clock: str) -> str:
    """What was corrected or is in doubt, in words; ``by_clock``: what the clock says of it."""
    parts: list[str] = [msgid("added by hand")] if entry.added else []
    if entry.kind is not entry.event.kind:
        parts.append(sentence("was {kind}", kind=entry.event.kind.value))
    parts += [msgid("confirmed")] if entry.confirmed else []
    parts += [msgid("disputed")] if entry.disputed else []
    event = entry.event
    parts += [place_of(event.where)] if event.where else []
    parts += event.doubts if event.found or event.clock or event.where else []
    parts += [by_clock] if by_clock else []
    return listed(parts)


def place_of(where: Whereabouts) -> str:
    """The place of a mark by a phone, and how far it was by what the phone said."""
    return f"{where.place}: {where.distance} m ± {where.accuracy} m"


def _local_times(events: Sequence[Event], zone: ZoneInfo) -> "pd.DatetimeIndex":
    import pandas as pd

    times = pd.to_datetime([event.at for event in events], utc=True)
    return pd.DatetimeIndex(times).as_unit("us").tz_convert(zone)


def _dates(local: "pd.DatetimeIndex") -> list[date]:
    """The local date of each time; made once a day, not once a row."""
    import pandas as pd

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
    table: "pd.DataFrame",
    *,
    first_day: date | None = None,
    last_day: date | None = None,
    person: str = "",
    group: str | None = None,
) -> "pd.DataFrame":
    """The rows of local days, of people whose name or ID holds ``person``, of a group.

    Case is ignored in ``person``; ``group`` None means every group, "" those without one.
    """
    import pandas as pd

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

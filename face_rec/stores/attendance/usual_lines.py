"""Entries of a day's list, read into columns: nearly all are marks of which days need little, and
no object of them outlives its line. A month of ten thousand people has more than a million.

What is read here is what the strict reader (:mod:`event_codec`) would read; where that is not
certain, it reads the line itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Annotated, Any, Final, Literal, cast, get_type_hints

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Meta
from msgspec.structs import astuple

from face_rec.domain.liveness import Cue, Liveness
from face_rec.domain.marks import MARK_KINDS, Event, EventKind, Source
from face_rec.protocols.marks import MarkPart
from face_rec.stores.attendance import event_codec

# Events that are looked at and let go, read in a fifth of the time.


def _fields() -> list[tuple[str, Any] | tuple[str, Any, Any]]:
    kinds = get_type_hints(Event)
    return [
        (one.name, kinds[one.name])
        if one.default is MISSING
        else (one.name, kinds[one.name], one.default)
        for one in fields(Event)
    ]


_LINE: Final = msgspec.defstruct(
    "EventLine", _fields(), frozen=True, gc=False, namespace={"doubts": Event.doubts}
)
_EVENTS: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(_LINE)


_EVENTS_AT_ONCE: Final = 1_000


def read_all(entries: Sequence[bytes]) -> Iterator[Event | None]:
    """Each of ``entries`` as :func:`read` finds it."""
    for start in range(0, len(entries), _EVENTS_AT_ONCE):
        part = entries[start : start + _EVENTS_AT_ONCE]
        try:
            lines = list(map(_EVENTS.decode, part))
        except ValueError:
            yield from map(read, part)
            continue
        for entry, line in zip(part, lines, strict=True):
            yield line if _as_it_is(line) else event_codec.read(entry)


def read(entry: bytes) -> Event | None:
    """What :func:`event_codec.read` finds. It has all fields of an event and its ``doubts``, and
    is compared with its like alone; it is no dataclass."""
    try:
        line = _EVENTS.decode(entry)
    except ValueError:
        return event_codec.read(entry)  # older versions wrote what is not quite JSON
    return cast("Event", line) if _as_it_is(line) else event_codec.read(entry)


def _as_it_is(line: Any) -> bool:  # noqa: ANN401 - made by msgspec, of no class with a name
    """Whether the strict reader would change nothing of it: its times are in UTC, and what a later
    version has added is no field."""
    noted = line.recorded_at
    return line.at.tzinfo is UTC and (noted is None or noted.tzinfo is UTC) and not line.beyond


_PART: Final = 1_000
_AT_ONCE: Final = 200
"""Lines of which objects are there at a time: what has just been read is still near."""


class _Clock(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A stamp that says nothing against the clock."""

    boot: str
    up: float
    kept: bool | None = None
    apart: bool = False


class _Finding(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """One that says nothing against the face."""

    cue: Cue
    value: float
    says: Literal["live", "unsure"]


class _Mark(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A usual mark, with what the chain adds to it, and nothing else: any other field, and any
    other value, is refused."""

    id: str
    subject: str
    at: Annotated[datetime, Meta(tz=True)]
    kind: EventKind
    source: Source
    kiosk: str
    score: float | None = None
    margin: float | None = None
    liveness: float | None = None
    snapshot: str | None = None
    contract: str | None = None
    live: Liveness | None = None
    found: tuple[_Finding, ...] = ()
    clock: _Clock | None = None
    n: int = 0
    key: str = ""
    link: str = ""


_DECODER: Final = msgspec.json.Decoder(_Mark)
_COLUMNS: Final = _Mark.__struct_fields__[:9]
_YEAR_9999: Final = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def parts(entries: Sequence[bytes]) -> Iterator[MarkPart]:
    """All of ``entries``, some at a time."""
    for start in range(0, len(entries), _PART):
        yield _part(entries[start : start + _PART])


def _part(lines: Sequence[bytes]) -> MarkPart:
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    places: list[int] = []
    for start in range(0, len(lines), _AT_ONCE):
        found, where = _read(lines[start : start + _AT_ONCE])
        places.extend(map(start.__add__, where))
        by_field = zip(*map(astuple, found), strict=True)  # those wanted are the first
        for column, values in zip(columns.values(), by_field, strict=False):
            column.extend(values)
    at = np.floor(np.fromiter(map(datetime.timestamp, columns["at"]), np.float64))
    usual = _usual(at, columns["kind"])
    if not usual.all():
        few = np.flatnonzero(usual).tolist()
        columns = {name: [column[n] for n in few] for name, column in columns.items()}
        places, at = [places[n] for n in few], at[usual]
    odd = sorted(set(range(len(lines))).difference(places)) if len(places) < len(lines) else ()
    return MarkPart(
        ids=columns["id"],
        subjects=columns["subject"],
        kiosks=columns["kiosk"],
        kinds=columns["kind"],
        sources=columns["source"],
        at=at.astype(np.int64),
        micro=np.fromiter(map(attrgetter("microsecond"), columns["at"]), np.int64),
        score=columns["score"],
        margin=columns["margin"],
        liveness=columns["liveness"],
        others=list(read_all([lines[n] for n in odd])),
        whole=lambda number: event_codec.decode(lines[places[number]]),
    )


def _usual(at: npt.NDArray[np.float64], kinds: Sequence[EventKind]) -> npt.NDArray[np.bool_]:
    """Which are marks, and of a time that every zone has in its calendar."""
    usual = (at >= 0) & (at < _YEAR_9999)
    if not MARK_KINDS.keys() >= set(kinds):
        usual &= [kind in MARK_KINDS for kind in kinds]
    return usual


def _read(lines: Sequence[bytes]) -> tuple[list[_Mark], Sequence[int]]:
    """Those that look like usual marks, and their places."""
    try:
        return list(map(_DECODER.decode, lines)), range(len(lines))
    except ValueError:
        found = [(place, one) for place, line in enumerate(lines) if (one := _one(line))]
        return [one for _, one in found], [place for place, _ in found]


def _one(line: bytes) -> _Mark | None:
    try:
        return _DECODER.decode(line)
    except ValueError:
        return None

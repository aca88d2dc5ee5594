"""Entries of a day's list, read into columns: nearly all are marks of which days need little, and
no object of them outlives its line. A month of ten thousand people has more than a million.

The strict reader (:mod:`event_codec`) takes what is read here for the same; what it might not,
it is asked.
"""

from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any, Final, Literal

import msgspec
import numpy as np

from face_rec.domain.liveness import Cue, Liveness
from face_rec.domain.marks import MARK_KINDS, EventKind, Source
from face_rec.protocols.marks import MarkPart
from face_rec.stores.attendance import event_codec, event_line
from face_rec.stores.attendance.moments import moments

_PART: Final = 4_000
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


class _Usual(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    """A usual mark, with what the chain adds to it, and nothing else: any other field, and any
    other value, is refused."""

    id: str
    subject: str
    at: str
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


_DECODER: Final = msgspec.json.Decoder(_Usual)
_AT: Final = b'"at":'
"""Stands once in what we write. Of a field that comes twice the last is taken; a time that is none
must not hide before it, as it is only a text here."""
_COLUMNS: Final = (
    "at", "id", "subject", "kiosk", "kind", "source", "score", "margin", "liveness"
)  # fmt: skip


def parts(entries: Sequence[bytes]) -> Iterator[MarkPart]:
    """All of ``entries``, some at a time."""
    for start in range(0, len(entries), _PART):
        yield _part(entries[start : start + _PART])


def _part(lines: Sequence[bytes]) -> MarkPart:
    columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
    places: list[int] = []
    for start in range(0, len(lines), _AT_ONCE):
        found, where = _read(lines[start : start + _AT_ONCE])
        places += [start + place for place in where]
        for name, column in columns.items():
            column.extend(map(attrgetter(name), found))
    at, micro, told = moments(columns["at"])
    if not told.all():  # another form of a time, which may be one all the same
        few = np.flatnonzero(told).tolist()
        columns = {name: [column[n] for n in few] for name, column in columns.items()}
        places, at, micro = [places[n] for n in few], at[told], micro[told]
    odd = sorted(set(range(len(lines))).difference(places)) if len(places) < len(lines) else ()
    return MarkPart(
        ids=columns["id"],
        subjects=columns["subject"],
        kiosks=columns["kiosk"],
        kinds=columns["kind"],
        sources=columns["source"],
        at=at,
        micro=micro,
        score=columns["score"],
        margin=columns["margin"],
        liveness=columns["liveness"],
        others=list(event_line.read_all([lines[n] for n in odd])),
        whole=lambda number: event_codec.decode(lines[places[number]]),
    )


def _read(lines: Sequence[bytes]) -> tuple[list[_Usual], Sequence[int]]:
    """Those that are usual marks, and their places."""
    try:
        found = list(map(_DECODER.decode, lines))
    except ValueError:
        return _read_each(lines)
    if all(map(_usual, found, lines)):
        return found, range(len(lines))
    return _read_each(lines)


def _read_each(lines: Sequence[bytes]) -> tuple[list[_Usual], Sequence[int]]:
    usual, places = list[_Usual](), list[int]()
    for place, line in enumerate(lines):
        try:
            one = _DECODER.decode(line)
        except ValueError:
            continue
        if _usual(one, line):
            usual.append(one)
            places.append(place)
    return usual, places


def _usual(one: _Usual, line: bytes) -> bool:
    return one.kind in MARK_KINDS and line.count(_AT) == 1

"""Entries of a day's list, read into columns: nearly all are marks of which days need little, and
no object of them outlives its line. A month of ten thousand people has more than a million.

The strict reader (:mod:`event_codec`) takes what is read here for the same; what it might not,
it is asked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields
from datetime import UTC, date
from operator import attrgetter
from typing import Any, Final, Literal, cast, get_type_hints

import msgspec
import numpy as np
import numpy.typing as npt

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
            usual = line.at.tzinfo is UTC and line.recorded_at is None and not line.beyond
            yield line if usual else read(entry)


_EVENTS_AT_ONCE: Final = 1_000


def read(entry: bytes) -> Event | None:
    """What :func:`event_codec.read` finds. It has all fields of an event and its ``doubts``, and
    is compared with its like alone; it is no dataclass."""
    try:
        line = _EVENTS.decode(entry)
    except ValueError:
        return event_codec.read(entry)  # older versions wrote what is not quite JSON
    noted = line.recorded_at
    if line.at.tzinfo is UTC and (noted is None or noted.tzinfo is UTC) and not line.beyond:
        return cast("Event", line)
    return event_codec.read(entry)


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
        others=list(read_all([lines[n] for n in odd])),
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


# Times as they are stored, many at once.

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_ZERO: Final = ord("0")
_FORM: Final = np.frombuffer(b"0000-00-00T00:00:00.000000+00:00", np.uint8)
_WHOLE: Final = np.delete(_FORM, range(19, 26))
"""Where there are no microseconds they are left out."""
_ZONE: Final = len("+00:00")
_DIGITS: Final = np.flatnonzero(np.isin(_FORM[:-_ZONE], [_ZERO]))
_NONE: Final = "?" * len(_FORM)
_EPOCH: Final = date(1970, 1, 1).toordinal()


def moments(texts: Sequence[str]) -> tuple[Numbers, Numbers, Mask]:
    """UTC seconds since 1970, microseconds, and whether it is a time in the form in which all are
    written: of what is not, the numbers say nothing."""
    lengths = set(map(len, texts))
    form = _WHOLE if lengths == {len(_WHOLE)} else _FORM
    if lengths != {len(form)}:
        texts = [_filled(text) for text in texts]
    text = "".join(texts).encode("ascii", "replace")
    grid = np.frombuffer(text, np.uint8).reshape(-1, len(form))
    which = _DIGITS[: 20 if form is _FORM else 14]
    digits = grid.take(which, axis=1) - _ZERO  # what is less wraps round
    told = digits.max(axis=1, initial=0) < 10
    for place, sign in enumerate(form.tobytes()):
        if sign != _ZERO or place >= len(form) - _ZONE:
            told &= grid[:, place] == sign
    hour, minute, second = (_number(digits, at, 2) for at in (8, 10, 12))
    told &= (hour < 24) & (minute < 60) & (second < 60)
    days = _days(_number(digits, 0, 8))
    told &= days >= 0
    micro = _number(digits, 14, 6) if form is _FORM else np.zeros(len(texts), np.int64)
    return days * 86_400 + hour * 3600 + minute * 60 + second, micro, told


def _filled(text: str) -> str:
    """With microseconds, which are not written where they are none."""
    whole = f"{text[:19]}.000000{text[19:]}"
    return text if len(text) == len(_FORM) else whole if len(text) == len(_WHOLE) else _NONE


def _number(digits: npt.NDArray[np.uint8], at: int, count: int) -> Numbers:
    found = np.zeros(len(digits), np.int64)
    for place in range(at, at + count):
        found = found * 10 + digits[:, place]
    return found


def _days(written: Numbers) -> Numbers:
    """Since 1970, of days such as 20250310; -1 for none, and for any before."""
    found = np.empty(len(written), np.int64)
    same = bool((written == written[:1]).all())  # nearly always: they are of one list
    for one in (written[:1] if same else np.unique(written)).tolist():
        found[written == one] = _day(one)
    return found


def _day(written: int) -> int:
    try:
        day = date(written // 10_000, written // 100 % 100, written % 100)
    except ValueError:
        return -1
    return max(-1, day.toordinal() - _EPOCH)

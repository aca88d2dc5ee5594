"""The marks of one UTC day as columns.

A day of four thousand events takes about 40 ms to read from JSON and far
less than one to search in this form, at about 30 bytes a mark. Corrections
are worked in and voided marks left out; kiosk directions are not, because
they are rules and may change.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Final, TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

from face_rec.attendance.marks.effective_marks import Entries, Entry
from face_rec.attendance.terms.status import Flag
from face_rec.domain.marks import MARK_KINDS, Event, EventKind, Source
from face_rec.protocols.marks import MarkPart

CONFIRMED = 1 << 20
DOUBTED = 1 << 21  # by its source, or because it may be a picture
"""Beside the bits of Flag in the ``state`` column."""

MARK = np.dtype(
    [
        ("subject", np.int32),
        ("kiosk", np.int32),
        ("at", np.int64),
        ("micro", np.int32),
        ("way", np.int8),
        ("deliberate", np.bool_),
        ("state", np.int32),
        ("score", np.float32),
        ("margin", np.float32),
        ("liveness", np.float32),
    ]
)
"""``at``: UTC seconds since 1970, rounded down; ``micro``: the rest of it.
Scores are NaN where nothing was measured."""

Marks = npt.NDArray[np.void]
"""(N,) of dtype MARK, sorted by subject, then time."""


class Codes:
    """Numbers for texts that come again and again. Safe from any thread."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._texts: list[str] = []
        self._sums: dict[int, tuple[bytes, int]] = {}
        self._lock = threading.Lock()

    def code(self, text: str) -> int:
        """The number of ``text``, a new one if need be."""
        known = self._codes.get(text)
        if known is not None:
            return known
        with self._lock:
            if text not in self._codes:
                self._texts.append(text)
                self._codes[text] = len(self._texts) - 1
            return self._codes[text]

    def many(self, texts: Sequence[str]) -> list[int]:
        """The numbers of these texts."""
        try:
            return list(map(self._codes.__getitem__, texts))
        except KeyError:
            return [self.code(text) for text in texts]

    def text(self, code: int) -> str:
        return self._texts[code]

    def sums(self, codes: Sequence[int]) -> tuple[list[bytes], list[int]]:
        """The bytes of these texts, and the CRC-32 of each: worked out once."""
        for code in codes if not self._sums.keys() >= set(codes) else ():
            text = self._texts[code].encode()
            self._sums[code] = text, crc32(text)
        found = list(map(self._sums.__getitem__, codes))
        return [text for text, _ in found], [number for _, number in found]

    def __len__(self) -> int:
        return len(self._texts)


@dataclass(frozen=True, slots=True, eq=False)
class MarkColumns:
    """One UTC day. ``length`` is that of the list it was made from;
    ``orphans`` counts corrections whose punch is not in it, ``held`` those who were held and
    of whom nobody has decided. Of a day that may grow there are the ``latest`` entries of that
    list, and a number for each id in it, in ``ids``."""

    length: int
    marks: Marks
    orphans: int = 0
    held: int = 0
    latest: Sequence[bytes] = ()
    ids: npt.NDArray[np.int64] | None = None

    @property
    def bytes(self) -> int:
        return self.marks.nbytes + (0 if self.ids is None else self.ids.nbytes)


def place_of(marks: Marks, new: Marks) -> list[int] | None:
    """Where each of ``new`` (in order) goes; None where one of them comes with another."""
    places = []
    moments = moments_of(new).tolist()
    ends = np.searchsorted(marks["subject"], [new["subject"], new["subject"] + 1])
    for number, (left, right) in enumerate(ends.T.tolist()):
        own = moments_of(marks[left:right])
        before, after = np.searchsorted(own, (moments[number], moments[number] + 1)).tolist()
        twice = number and moments[number - 1] == moments[number]
        if before != after or (twice and new["subject"][number - 1] == new["subject"][number]):
            return None
        places.append(left + before)
    return places


def columns_of(found: Entries, length: int, codes: Codes) -> MarkColumns:
    """The columns of what stands on one day."""
    marks = stood([entry for entry in found.marks if not entry.voided], codes)
    # Stable, so that marks of one moment stay in the order of their ids.
    held = sum(not entry.voided for entry in found.held)
    return MarkColumns(length, marks.take(order_of(marks)), len(found.orphans), held)


def stood(stand: Sequence[Entry], codes: Codes) -> Marks:
    """A row each, in the order given."""
    events, kinds = [entry.event for entry in stand], [entry.kind for entry in stand]
    return _rows(events, kinds, [_state(entry) for entry in stand], codes)


def plain_rows(events: Sequence[Event], codes: Codes) -> Marks:
    """A row each, in the order given, of marks that nobody has said anything of."""
    kinds, states = [one.kind for one in events], np.zeros(len(events), np.int32)
    for number, one in enumerate(events):
        stamp = one.clock
        wrong = stamp is not None and stamp.ahead is not None
        if wrong or one.found or one.source is not _USUAL:
            states[number] = _said(one)
    return _rows(events, kinds, states, codes)


def usual_rows(part: MarkPart, codes: Codes) -> Marks:
    """The same of usual marks."""
    marks = np.empty(len(part.ids), MARK)
    marks["subject"], marks["kiosk"] = codes.many(part.subjects), codes.many(part.kiosks)
    marks["at"], marks["micro"] = part.at, part.micro
    marks["way"] = _by_one(part.kinds, _WAYS.__getitem__)
    marks["deliberate"] = _by_one(part.sources, attrgetter("deliberate"))
    marks["state"] = _by_one(part.sources, _said_by)
    for name in ("score", "margin", "liveness"):
        marks[name] = _measured(getattr(part, name))
    return marks


_USUAL = Source.VIDEO  # nearly all marks: nothing has to be said of them


def _rows(
    events: Sequence[Event], kinds: Sequence[EventKind], states: npt.ArrayLike, codes: Codes
) -> Marks:
    """Column by column: of a day of a hundred thousand people a row each takes twice as long."""
    marks = np.empty(len(events), MARK)
    marks["subject"] = codes.many([event.subject for event in events])
    marks["kiosk"] = codes.many([event.kiosk for event in events])
    moments = [event.at for event in events]
    seconds = np.array(list(map(datetime.timestamp, moments)), np.float64)
    marks["at"] = np.floor(seconds)
    marks["micro"] = [moment.microsecond for moment in moments]
    marks["way"] = _by_one(kinds, lambda kind: _WAYS[kind])
    marks["deliberate"] = _by_one([one.source for one in events], lambda one: one.deliberate)
    marks["state"] = states
    for name in ("score", "margin", "liveness"):
        marks[name] = _measured(list(map(attrgetter(name), events)))
    return marks


T = TypeVar("T")


def _by_one(values: Sequence[T], of: Callable[[T], int]) -> int | list[int]:
    """The number of each; one for all where they are the same, as most days have them."""
    if values and values.count(values[0]) == len(values):
        return of(values[0])
    return [of(value) for value in values]


def _measured(values: Sequence[float | None]) -> float | npt.NDArray[np.float64]:
    """None becomes NaN."""
    if values and values[0] is None and values.count(None) == len(values):
        return np.nan
    return np.array(values, np.float64)


_WAYS = {kind: int(mark.way) for kind, mark in MARK_KINDS.items()}


def _state(entry: Entry) -> int:
    plain = entry.kind is entry.event.kind and not entry.corrections and not entry.added
    state = 0 if plain else entry.state | (CONFIRMED if entry.confirmed else 0)
    return state | _doubted(entry.event)


def _said(event: Event) -> int:
    """The state of a mark that nobody has said anything of since."""
    return _added(event.source) | _doubted(event)


def _said_by(source: Source) -> int:
    """The same where nothing but its source may be doubted."""
    return _added(source) | (DOUBTED if source.doubt else 0)


def _added(source: Source) -> int:
    return int(Flag.CORRECTED) if source is Source.MANUAL else 0


def _doubted(event: Event) -> int:
    wrong = event.clock is not None and event.clock.ahead is not None
    may = event.found or wrong or event.source.doubt or event.where
    return DOUBTED if may and event.doubts else 0


def moments_of(marks: Marks) -> npt.NDArray[np.int64]:
    """Microseconds since 1970."""
    return np.asarray(marks["at"] * 1_000_000 + marks["micro"], dtype=np.int64)


def order_of(marks: Marks) -> npt.NDArray[np.intp]:
    """By subject, then time; stable. One number for all three sorts in a quarter of the time."""
    if not len(marks):
        return np.empty(0, np.intp)
    first, last = int(marks["at"].min()), int(marks["at"].max())
    span = (last - first + 1) * 1_000_000
    if span > _LARGEST // (1 + int(marks["subject"].max())):
        return np.lexsort((marks["micro"], marks["at"], marks["subject"]))
    since = moments_of(marks) - first * 1_000_000
    return np.argsort(marks["subject"].astype(np.int64) * span + since, kind="stable")


_LARGEST: Final = np.iinfo(np.int64).max


def merged(days: Sequence[MarkColumns]) -> Marks:
    """All marks of consecutive days (in order), sorted by subject, then time."""
    if not days:
        return np.empty(0, dtype=MARK)
    marks = np.concatenate([one.marks for one in days])
    return marks.take(np.argsort(marks["subject"], kind="stable"))


def chosen(days: Sequence[MarkColumns], subjects: npt.NDArray[np.int64]) -> Marks:
    """The marks of these people (sorted codes) over consecutive days (in order), sorted by
    subject, then time."""
    parts = [_of(one.marks, subjects) for one in days]
    marks = np.concatenate([np.empty(0, MARK), *parts])
    return marks.take(np.argsort(marks["subject"], kind="stable"))


def _of(marks: Marks, subjects: npt.NDArray[np.int64]) -> Marks:
    if not len(marks):
        return marks
    left = np.searchsorted(marks["subject"], subjects)
    counts = np.searchsorted(marks["subject"], subjects + 1) - left
    before = np.cumsum(counts) - counts
    return marks.take(np.repeat(left - before, counts) + np.arange(counts.sum()))


def only(days: Sequence[MarkColumns], subject: int) -> Marks:
    """The marks of one person over consecutive days (in order), by time."""
    return chosen(days, np.array([subject], np.int64))

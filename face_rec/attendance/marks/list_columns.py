"""A day's list becomes columns, columns grow with it, and it is told whose are others then."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from face_rec.attendance.marks.effective_marks import Entries, entries
from face_rec.attendance.marks.kept_marks import READ_AGAIN
from face_rec.attendance.marks.mark_columns import (
    MARK,
    Codes,
    MarkColumns,
    Marks,
    moments_of,
    order_of,
    place_of,
    plain_rows,
    stood,
    usual_rows,
)
from face_rec.domain.marks import Event, is_mark
from face_rec.protocols.marks import MarkPart

Numbers = npt.NDArray[np.int64]
_ALL: Final = attrgetter(*(field.name for field in fields(Event)))


class _Read(NamedTuple):
    """``rows`` of all marks in order of arrival, as if nobody had said anything of them, and a
    number for the ``ids`` of each; all other events have been ``said``. ``whole``: by part, how
    many rows it has and what tells more of each."""

    rows: Marks
    ids: Numbers
    said: list[Event]
    whole: list[tuple[int, Callable[[int], Event]]]

    def events_of(self, places: Iterable[int]) -> Iterator[Event]:
        """Those of some rows."""
        ends = np.cumsum([count for count, _ in self.whole])
        for place in places:
            part = int(np.searchsorted(ends, place, side="right"))
            count, whole = self.whole[part]
            yield whole(place - int(ends[part]) + count)


def columns_of_list(
    parts: Iterable[MarkPart], listed: Sequence[bytes], length: int, codes: Codes, *, grows: bool
) -> MarkColumns:
    """The columns of what stands after a whole list, which is ``listed`` as it is stored. Only
    what corrections speak of, what came twice or at one moment and who was held is looked at entry
    by entry. ``grows``: whether more may come."""
    read = _read(parts, codes)
    ids, apart = read.ids, _apart(read)
    others = entries(_events([*read.said, *read.events_of(np.flatnonzero(apart).tolist())]))
    stand = [entry for entry in others.marks if not entry.voided]
    marks = read.rows
    if len(others.marks) or apart.any():  # those of one moment stay in the order of their ids
        marks, ids = np.concatenate([marks[~apart], stood(stand, codes)]), ids[~apart]
    held = sum(not entry.voided for entry in others.held)
    ordered = marks.take(order_of(marks))  # a tenth of the time that an index takes
    made = MarkColumns(length, ordered, len(others.orphans), held)
    if not grows:
        return made
    ids = np.concatenate([ids, _numbers(_ids_of(others))])
    return replace(made, latest=tuple(listed[-READ_AGAIN:]), ids=ids)


def grown(
    known: MarkColumns, parts: Iterable[MarkPart], came: Sequence[bytes], codes: Codes
) -> tuple[MarkColumns, Sequence[int]] | None:
    """``known`` with entries that have come since, and codes of those who have them. None where
    the list must be read anew: one of them is more than a mark, was there before, or a correction
    of it was; or was made in the same microsecond as another mark of its person: their order is
    that of their ids, which columns do not hold."""
    read = _read(parts, codes)
    ids, before = read.ids, known.ids
    if before is None or known.orphans or len(ids) < len(came):
        return None
    if len(np.unique(ids)) < len(ids) or np.isin(before, ids).any():
        return None
    new = read.rows.take(order_of(read.rows))
    places = place_of(known.marks, new)
    if places is None:
        return None
    made = replace(
        known,
        length=known.length + len(came),
        marks=np.insert(known.marks, places, new),
        latest=(*known.latest, *came)[-READ_AGAIN:],
        ids=np.concatenate([before, ids]),
    )
    return made, new["subject"].tolist()


def _read(parts: Iterable[MarkPart], codes: Codes) -> _Read:
    rows, ids = [np.empty(0, MARK)], [np.empty(0, np.int64)]
    others, whole = list[Event](), list[tuple[int, Callable[[int], Event]]]()
    for part in parts:  # nothing of it stays but numbers
        rows.append(usual_rows(part, codes))
        ids.append(_numbers(part.ids))
        others.extend(event for event in part.others if event is not None)
        whole.append((len(part.ids), part.whole))
    marks = [event for event in others if is_mark(event.kind)]
    rows.append(plain_rows(marks, codes))
    ids.append(_numbers(event.id for event in marks))
    whole.append((len(marks), marks.__getitem__))
    said = [event for event in others if not is_mark(event.kind)]
    return _Read(np.concatenate(rows), np.concatenate(ids), said, whole)


def _apart(read: _Read) -> npt.NDArray[np.bool_]:
    """Which rows cannot be read by themselves: they are corrected, there twice, or of one moment
    of somebody. A number that two ids share by chance makes their rows two of these."""
    said = _numbers(event.id for event in read.said)
    targets = _numbers(event.target for event in read.said if event.target is not None)
    numbers, counts = np.unique(np.concatenate([read.ids, said]), return_counts=True)
    odd = np.concatenate([targets, numbers[counts > 1]])
    apart = np.isin(read.ids, odd) if len(odd) else np.zeros(len(read.ids), np.bool_)
    order = order_of(read.rows)
    marks = read.rows.take(order)
    twice = np.flatnonzero(_twice(marks))
    apart[order[twice]] = apart[order[twice + 1]] = True
    return apart


def _twice(marks: Marks) -> npt.NDArray[np.bool_]:
    """Of which of ``marks``, in order, the next one is somebody's of the same moment."""
    moments, subjects = moments_of(marks), marks["subject"]
    same: npt.NDArray[np.bool_] = (moments[1:] == moments[:-1]) & (subjects[1:] == subjects[:-1])
    return same


def _events(read: Iterable[Event]) -> Iterator[Event]:
    """Those of a part are no dataclasses, and are compared with their like alone."""
    return (Event(*_ALL(one)) for one in read)


def _numbers(ids: Iterable[str]) -> Numbers:
    return np.fromiter(map(hash, ids), np.int64)


def _ids_of(found: Entries) -> Iterator[str]:
    for entry in chain(found.marks, found.held):
        yield entry.event.id
        yield from (event.id for event in entry.corrections)
    yield from (event.id for event in found.orphans)


_MIX = np.random.default_rng(7).integers(1, 2**63, 6, dtype=np.uint64) | np.uint64(1)
"""Odd numbers: a sum of columns that were multiplied by them is the same only of the same marks,
but for one case in 2⁶⁴."""


def differing(before: Marks, after: Marks) -> npt.NDArray[np.int64]:
    """Codes of those whose days may be others by ``after`` than by ``before``."""
    was, now = _digests(before), _digests(after)
    subjects = np.union1d(was[0], now[0])
    found: npt.NDArray[np.int64] = subjects[_looked_up(was, subjects) != _looked_up(now, subjects)]
    return found


_Digests = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]


def _digests(marks: Marks) -> _Digests:
    """By subject, a number of all that days are judged by."""
    if not len(marks):
        return np.empty(0, np.int64), np.empty(0, np.uint64)
    names = ("at", "micro", "way", "kiosk", "state", "deliberate")
    mixed = np.zeros(len(marks), np.uint64)
    for name, odd in zip(names, _MIX, strict=True):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * odd + marks[name].astype(np.uint64)
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _MIX[0]
    subjects, starts = np.unique(marks["subject"], return_index=True)
    return subjects.astype(np.int64), np.add.reduceat(mixed, starts)


def _looked_up(digests: _Digests, subjects: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    found = np.zeros(len(subjects), np.uint64)
    found[np.searchsorted(subjects, digests[0])] = digests[1]
    return found

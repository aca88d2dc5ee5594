"""A day's list becomes columns, columns grow with it, and it is told whose are others then."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import fields, replace
from itertools import chain
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from face_rec.attendance.marks.effective_marks import Entries, entries
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
from face_rec.domain.marks import MARK_KINDS, Event, is_mark
from face_rec.protocols.marks import MarkPart

LATEST: Final = 32
"""Entries that are read again with those that come: a database that has lost its last ones, in a
failover, has a list that goes on otherwise."""
_ALL: Final = attrgetter(*(field.name for field in fields(Event)))


class _Read(NamedTuple):
    """``rows`` of usual marks, by part, with their ``ids``; all other ``events``. ``whole``: by
    part, how many rows it has and what tells more of each."""

    rows: list[Marks]
    ids: list[str]
    events: list[Event]
    whole: list[tuple[int, Callable[[int], Event]]]

    def events_of(self, places: Iterable[int]) -> Iterator[Event]:
        """Those of some rows."""
        ends = np.cumsum([count for count, _ in self.whole])
        for place in places:
            part = int(np.searchsorted(ends, place, side="right"))
            count, whole = self.whole[part]
            yield whole(place - int(ends[part]) + count)


class _Parted(NamedTuple):
    """``rows`` of marks of which nothing was said, with their ``ids``; and all ``others``, taken
    together."""

    rows: Marks
    ids: list[str]
    others: Entries


def columns_of_list(
    parts: Iterable[MarkPart], listed: Sequence[bytes], length: int, codes: Codes, *, grows: bool
) -> MarkColumns:
    """The columns of what stands after a whole list, which is ``listed`` as it is stored. Only
    what corrections speak of, what came twice and who was held is looked at entry by entry.
    ``grows``: whether more may come."""
    plain, ids, others = _parted(_read(parts, codes), codes)
    stand = [entry for entry in others.marks if not entry.voided]
    marks = np.concatenate([plain, stood(stand, codes)]) if stand else plain
    ordered = marks.take(order_of(marks))  # a tenth of the time that an index takes
    if _twice(ordered):
        every = np.array([*ids, *(entry.event.id for entry in stand)])
        order = np.lexsort((every, marks["micro"], marks["at"], marks["subject"]))
        ordered = marks.take(order)
    held = sum(not entry.voided for entry in others.held)
    made = MarkColumns(length, ordered, len(others.strangers), held)
    if not grows:
        return made
    latest = tuple(listed[-LATEST:])
    return replace(made, latest=latest, ids=_numbers([*ids, *_ids_of(others)]))


def grown(
    known: MarkColumns, parts: Iterable[MarkPart], came: Sequence[bytes], codes: Codes
) -> tuple[MarkColumns, Sequence[int]] | None:
    """``known`` with entries that have come since, and codes of those who have them. None where
    the list must be read anew: one of them is more than a mark, was there before, or a correction
    of it was; or was made in the same microsecond as another mark of its person: their order is
    that of their ids, which columns do not hold."""
    read = _read(parts, codes)
    marks = [event for event in read.events if is_mark(event.kind)]
    ids, before = _numbers([*read.ids, *(event.id for event in marks)]), known.ids
    if before is None or known.strangers or len(ids) < len(came):
        return None
    if len(np.unique(ids)) < len(ids) or np.isin(before, ids).any():
        return None
    new = np.concatenate([*read.rows, plain_rows(marks, codes)])
    new = new.take(order_of(new))
    places = place_of(known.marks, new)
    if places is None:
        return None
    made = replace(
        known,
        length=known.length + len(came),
        marks=np.insert(known.marks, places, new),
        latest=(*known.latest, *came)[-LATEST:],
        ids=np.concatenate([before, ids]),
    )
    return made, new["subject"].tolist()


def _read(parts: Iterable[MarkPart], codes: Codes) -> _Read:
    read = _Read([np.empty(0, MARK)], [], [], [])
    for part in parts:  # only of what is kept here anything stays
        read.rows.append(usual_rows(part, codes))
        read.ids.extend(part.ids)
        read.events.extend(event for event in part.others if event is not None)
        read.whole.append((len(part.ids), part.whole))
    return read


def _parted(read: _Read, codes: Codes) -> _Parted:
    rows, ids, events = np.concatenate(read.rows), read.ids, read.events
    apart = _apart(events, [*ids, *(event.id for event in events)])
    if not events and not apart:
        return _Parted(rows, ids, entries(()))
    alone = [one for one in events if one.kind in MARK_KINDS and one.id not in apart]
    rest = [one for one in events if one.kind not in MARK_KINDS or one.id in apart]
    if apart:
        rest += read.events_of(n for n, one in enumerate(ids) if one in apart)
        rows = rows.compress([one not in apart for one in ids])
        ids = [one for one in ids if one not in apart]
    rows = np.concatenate([rows, plain_rows(alone, codes)])
    ids = [*ids, *(one.id for one in alone)]
    return _Parted(rows, ids, entries(Event(*_ALL(one)) for one in rest))


def _apart(events: Sequence[Event], ids: Sequence[str]) -> Set[str]:
    """Ids of those that cannot be read by themselves: they are corrected, or there twice."""
    targets = set(map(attrgetter("target"), events)) - {None}
    if len(set(ids)) == len(ids):
        return targets
    return targets | {one for one, count in Counter(ids).items() if count > 1}


def _twice(marks: Marks) -> bool:
    """Whether somebody has two marks of one moment; ``marks`` in order."""
    moments, subjects = moments_of(marks), marks["subject"]
    return bool(((moments[1:] == moments[:-1]) & (subjects[1:] == subjects[:-1])).any())


def _numbers(ids: Sequence[str]) -> npt.NDArray[np.int64]:
    return np.array([hash(one) for one in ids], np.int64)


def _ids_of(found: Entries) -> Iterator[str]:
    for entry in chain(found.marks, found.held):
        yield entry.event.id
        yield from (event.id for event in entry.corrections)
    yield from (event.id for event in found.strangers)


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

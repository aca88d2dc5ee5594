"""A day's list becomes columns, and columns grow with it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import fields, replace
from itertools import chain, islice
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
)
from face_rec.domain.marks import MARK_KINDS, Event, is_mark

LATEST: Final = 32
"""Entries that are read again with those that come: a database that has lost its last ones, in a
failover, has a list that goes on otherwise."""
_AT_ONCE: Final = 2_000
"""Events that are read at a time: what has just been read is still near."""
_ALL: Final = attrgetter(*(field.name for field in fields(Event)))


class _Parted(NamedTuple):
    """``rows`` of marks of which nothing was said, with their ``ids``; all ``others``, taken
    together; and the ``latest`` entries."""

    rows: Marks
    ids: list[str]
    others: Entries
    latest: Sequence[Event | None]


def columns_of_list(
    listed: Iterable[Event | None], length: int, codes: Codes, *, grows: bool
) -> MarkColumns:
    """The columns of what stands after a whole list, in which None is no event. Only what
    corrections speak of, what came twice and who was held is looked at entry by entry. ``grows``:
    whether more may come."""
    plain, ids, others, latest = _parted(iter(listed), codes)
    stand = [entry for entry in others.marks if not entry.voided]
    marks = np.concatenate([plain, stood(stand, codes)])
    order = order_of(marks)
    if _twice(marks[order]):
        every = np.array([*ids, *(entry.event.id for entry in stand)])
        order = np.lexsort((every, marks["micro"], marks["at"], marks["subject"]))
    held = sum(not entry.voided for entry in others.held)
    made = MarkColumns(length, marks[order], len(others.strangers), held)
    if not grows:
        return made
    return replace(made, latest=latest, ids=_numbers([*ids, *_ids_of(others)]))


def grown(known: MarkColumns, came: Sequence[Event | None], codes: Codes) -> MarkColumns | None:
    """``known`` with entries that have come since. None where the list must be read anew: one of
    them is more than a mark, was there before, or a correction of it was; or was made in the same
    microsecond as another mark of its person: their order is that of their ids, which columns do
    not hold."""
    marks = [event for event in came if event is not None and is_mark(event.kind)]
    ids, before = _numbers([event.id for event in marks]), known.ids
    if before is None or known.strangers or len(marks) < len(came):
        return None
    if len(np.unique(ids)) < len(ids) or np.isin(before, ids).any():
        return None
    new = plain_rows(marks, codes)
    new = new[order_of(new)]
    places = place_of(known.marks, new)
    if places is None:
        return None
    return replace(
        known,
        length=known.length + len(came),
        marks=np.insert(known.marks, places, new),
        latest=(*known.latest, *came)[-LATEST:],
        ids=np.concatenate([before, ids]),
    )


def _parted(listed: Iterator[Event | None], codes: Codes) -> _Parted:
    parts: list[Marks] = [np.empty(0, MARK)]
    events: list[Event] = []
    latest: list[Event | None] = []
    while part := list(islice(listed, _AT_ONCE)):
        latest = [*latest, *part][-LATEST:]
        some = [event for event in part if event is not None]
        parts.append(plain_rows([one for one in some if one.kind in MARK_KINDS], codes))
        events += some
    rows, ids = np.concatenate(parts), [one.id for one in events]
    apart, others = _apart(events, ids), list[Event]()
    if apart or len(rows) < len(events):
        others = [one for one in events if one.kind not in MARK_KINDS or one.id in apart]
        ids = [one.id for one in events if one.kind in MARK_KINDS]
        rows = rows[[one not in apart for one in ids]]
        ids = [one for one in ids if one not in apart]
    return _Parted(rows, ids, entries(Event(*_ALL(one)) for one in others), latest)


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

"""A mark and everything that managers said about it since.

Raw events are never changed. A correction is another event of the same UTC
day's list, and what stands is worked out here; neither the order of arrival
nor a replay changes it, because corrections are taken in the order in which
they were made (``recorded_at``, then id).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from face_rec.attendance.days.day_punch import Way
from face_rec.attendance.days.status import Flag
from face_rec.domain.marks import Event, EventKind, Source

MARKS = frozenset({EventKind.PUNCH, EventKind.IN, EventKind.OUT})
WAYS = {EventKind.PUNCH: Way.ANY, EventKind.IN: Way.IN, EventKind.OUT: Way.OUT}
DELIBERATE = frozenset({Source.PIN, Source.MANUAL, Source.IMPORT})
"""Sources to which no minimum stay applies: nobody lingers into them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One mark as it stands: ``kind`` is what it counts as now."""

    event: Event
    kind: EventKind
    voided: bool = False
    confirmed: bool = False
    disputed: bool = False
    corrections: tuple[Event, ...] = ()

    @property
    def added(self) -> bool:
        """Whether a manager added it by hand."""
        return self.event.source is Source.MANUAL

    @property
    def state(self) -> int:
        """Its bits of :class:`Flag`."""
        corrected = self.added or self.kind is not self.event.kind
        return (Flag.CORRECTED if corrected else 0) | (Flag.DISPUTED if self.disputed else 0)


@dataclass(frozen=True, slots=True)
class Entries:
    """All marks of some days, by time. ``strangers`` are corrections whose
    punch is not among them."""

    marks: tuple[Entry, ...]
    strangers: tuple[Event, ...] = ()


def entries(events: Iterable[Event]) -> Entries:
    """What stands after all corrections."""
    corrections: dict[str, list[Event]] = defaultdict(list)
    marks = []
    for event in _distinct(events):
        if event.kind in MARKS:
            marks.append(event)
        else:
            corrections[event.target or ""].append(event)
    marks.sort(key=lambda event: (event.at, event.id))
    stood = tuple(_entry(mark, corrections.pop(mark.id, ())) for mark in marks)
    lost = sorted((e for some in corrections.values() for e in some), key=_made)
    return Entries(stood, tuple(lost))


def _distinct(events: Iterable[Event]) -> Iterable[Event]:
    """Every id once; of two different events under one id the earlier stands,
    whichever arrived first."""
    known: dict[str, Event] = {}
    for event in events:
        other = known.setdefault(event.id, event)
        if other is not event and _canonical(event) < _canonical(other):
            known[event.id] = event
    return known.values()


def _canonical(event: Event) -> tuple[datetime, str]:
    return event.at, repr(event)


def _made(event: Event) -> tuple[datetime, str]:
    return event.recorded_at or event.at, event.id


def _entry(mark: Event, corrections: Sequence[Event]) -> Entry:
    if not corrections:
        return Entry(mark, mark.kind)
    kind, voided, confirmed, disputed = mark.kind, False, False, False
    ordered = tuple(sorted(corrections, key=_made))
    for one in ordered:
        if one.kind is EventKind.VOID:
            voided = True
        elif one.kind is EventKind.RETYPE and one.becomes in MARKS:
            kind = one.becomes
        elif one.kind is EventKind.CONFIRM:
            voided, confirmed, disputed = False, True, False
        elif one.kind is EventKind.DISPUTE:
            confirmed, disputed = False, True
    return Entry(mark, kind, voided, confirmed, disputed, ordered)

"""Marks that stand: each with what managers said of it since; one reading.

Raw events are never changed. A correction is another event of the same UTC day's list, and what
stands is worked out here; neither the order of arrival nor a replay changes it, because
corrections are taken in the order in which they were made (``recorded_at``, then id). Days,
Records, files, Overview, kiosk list, review and the privacy export all take their marks from
here, so that none of them can call a mark void that another one counts.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter

from face_rec.attendance.terms.status import Flag
from face_rec.domain.marks import CORRECTION_KINDS, Event, EventKind, Source, is_mark


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
    """All marks of some days, by time. ``orphans`` are corrections whose
    punch is not among them. ``held``: who was not taken for live, so that it is no mark, by time;
    one that somebody has confirmed is among the marks."""

    marks: tuple[Entry, ...]
    orphans: tuple[Event, ...] = ()
    held: tuple[Entry, ...] = ()


_BY_TIME = attrgetter("at", "id")


def entries(events: Iterable[Event]) -> Entries:
    """What stands after all corrections."""
    corrections: dict[str, list[Event]] = defaultdict(list)
    marks = []
    for event in _distinct(events):
        if is_mark(event.kind) or event.kind is EventKind.HELD:
            marks.append(event)
        else:
            corrections[event.target or ""].append(event)
    marks.sort(key=_BY_TIME)
    stood = tuple(_entry(mark, corrections.pop(mark.id, ())) for mark in marks)
    lost = sorted((e for some in corrections.values() for e in some), key=_made)
    held = tuple(entry for entry in stood if not is_mark(entry.kind))
    counted = tuple(entry for entry in stood if is_mark(entry.kind)) if held else stood
    return Entries(counted, tuple(lost), held)


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


def place(entry: Entry) -> tuple[datetime, str]:
    """By which marks stand in order."""
    return entry.event.at, entry.event.id


def with_corrections(found: Entries, corrections: Sequence[Event]) -> Entries | None:
    """``found`` after these as well, which are not among it yet; None where a punch that one of
    them is about is not there, or another person's. Only what they are about is made anew."""
    more: dict[str, list[Event]] = defaultdict(list)
    for one in corrections:
        more[one.target or ""].append(one)
    marks, held = list(found.marks), list(found.held)
    targets = [entry for entry in (*marks, *held) if entry.event.id in more]
    if {(one.target, one.subject) for one in corrections} != {
        (entry.event.id, entry.event.subject) for entry in targets
    }:
        return None
    for before in targets:
        after = _entry(before.event, (*before.corrections, *more[before.event.id]))
        old, new = (marks if is_mark(entry.kind) else held for entry in (before, after))
        del old[bisect_left(old, place(before), key=place)]
        insort(new, after, key=place)
    return replace(found, marks=tuple(marks), held=tuple(held))


def _entry(mark: Event, corrections: Sequence[Event]) -> Entry:
    entry = Entry(mark, mark.kind)
    if not corrections:
        return entry
    ordered = tuple(sorted(corrections, key=_made))
    for one in ordered:
        entry = changed(entry, one.kind, one.becomes)
    return replace(entry, corrections=ordered)


def changed(entry: Entry, kind: EventKind, becomes: EventKind | None = None) -> Entry:
    """``entry`` as a correction of this ``kind`` leaves it, which is not noted in it. Whoever was
    held has a mark once that is confirmed."""
    makes = CORRECTION_KINDS[kind]
    stands = EventKind.PUNCH if entry.kind is EventKind.HELD and makes.confirmed else entry.kind
    return replace(
        entry,
        kind=becomes if makes.retypes and is_mark(becomes) else stands,
        voided=entry.voided if makes.voided is None else makes.voided,
        confirmed=entry.confirmed if makes.confirmed is None else makes.confirmed,
        disputed=entry.disputed if makes.disputed is None else makes.disputed,
    )

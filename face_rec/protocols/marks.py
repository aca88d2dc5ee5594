"""What keeps marks."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from face_rec.domain.marks import Event, EventKind, Receipt, Source


@dataclass(frozen=True, slots=True, eq=False)
class MarkPart:
    """Some entries of a day's list, for who looks at many of them. ``others``: those that are no
    usual marks (None: no event), in order of arrival.

    Of usual marks there are columns. Nothing was corrected in them, nothing found speaks against
    them, and nothing is told of their clock, their place or their coming late. ``at``: UTC seconds
    since 1970, rounded down; ``micro``: the rest of it. ``whole``: the event with all it has, by
    its place in the columns.
    """

    ids: Sequence[str]
    subjects: Sequence[str]
    kiosks: Sequence[str]
    kinds: Sequence[EventKind]
    sources: Sequence[Source]
    at: npt.NDArray[np.int64]
    micro: npt.NDArray[np.int64]
    score: Sequence[float | None]
    margin: Sequence[float | None]
    liveness: Sequence[float | None]
    others: Sequence[Event | None]
    whole: Callable[[int], Event]


class MarkReader(Protocol):
    """Events in Redis lists, one list a UTC day; may raise StoreUnavailable."""

    def day(self, utc_day: date) -> list[Event]:
        """The events of one UTC day in order of arrival; malformed entries
        are left out and counted (see :meth:`malformed`)."""
        ...

    def part(self, utc_day: date, start: int, end: int) -> list[Event | None]:
        """Entries ``start`` to ``end`` (not included, counted from 0) of the day's list, in order
        of arrival; None for one that is no event."""
        ...

    def raw(self, utc_day: date, start: int, end: int) -> Sequence[bytes]:
        """The same entries as they are stored."""
        ...

    def glance(self, listed: Sequence[bytes]) -> Iterator[MarkPart]:
        """Entries as they are stored, read for who looks at many of them, in a fifth of the time.
        Others than usual marks have what events have, but are equal to none and are no
        dataclasses."""
        ...

    def length(self, utc_day: date) -> int: ...

    def lengths(self, utc_days: Sequence[date]) -> list[int]: ...

    def missing(self, events: Sequence[Event]) -> list[Event]:
        """Those of ``events`` that are not there (any more)."""
        ...

    def malformed(self, utc_day: date) -> list[str]:
        """Entries that are not events, for showing to an admin."""
        ...


class MarkWriter(Protocol):
    """What events are appended by; may raise StoreUnavailable."""

    def apply(self, event: Event, cooldown: float, replay: bool = False) -> Receipt:
        """Append ``event`` in one atomic, idempotent step.

        Tests the event's id first (REPEATED), then the cooldown in seconds
        between its time and those of the subject's marks (ALREADY), then
        appends (MARKED). A ``replay`` may come late: marks made after its own
        time count too, also those of the next day."""
        ...


class JoiningWriter(MarkWriter, Protocol):
    """One that is told, too, for which events another mark stands."""

    def joined(self, event: Event, stands_at: datetime) -> None:
        """``event``, of which somebody was told that it is kept, was found ALREADY when it was
        replayed; it is not missing while the mark of ``stands_at`` is there. If that one is not,
        nothing is noted. May raise StoreUnavailable."""
        ...


class AttendanceStore(MarkReader, MarkWriter, Protocol):
    """Both, as one store is."""


class Journal(Protocol):
    """Events on local disk, fsynced; raises JournalError when it cannot keep them."""

    def append(self, event: Event) -> None: ...

    def check(self) -> None:
        """Raises JournalError when it could not keep an event now."""
        ...

    def settle(self, event_id: str, *, void: bool = False) -> None:
        """Redis (and the replicas asked for) has the event, or has another mark in its place
        (``void``): it waits no longer."""
        ...

    def kept(self, within: float = math.inf) -> Iterator[Event]:
        """Settled events that are still on the disk because Redis may lose them, without those
        that were void; some that were settled longer than ``within`` seconds ago may be left
        out."""
        ...

    @property
    def offering(self) -> "Offering":
        """Who offers what is kept, of those who share this disk."""
        ...

    def set_aside(self, event_id: str, reason: str) -> None:
        """Redis will never take the event: keep it where it holds nobody up, and forget it."""
        ...

    def pending(self) -> list[Event]: ...

    def adopt(self) -> list[Event]:
        """Take over what processes left that died meanwhile; the events that wait in it."""
        ...


class Offering(Protocol):
    """What the processes of one disk know of each other's bringing back what Redis has lost."""

    def turn(self) -> AbstractContextManager[bool]:
        """Held while what is kept is offered; whether nobody else does that."""
        ...

    def begin(self, days: Iterable[date] = ()) -> None:
        """Something is about to come back, marks among it of ``days``: noted on the disk until
        :meth:`said`, whoever says it."""
        ...

    def unsaid(self) -> frozenset[date] | None:
        """The days of what has begun to come back since then; None where nothing has."""
        ...

    def said(self) -> None: ...


class Marker(Protocol):
    """Makes a mark last before anybody says so."""

    def mark(self, event: Event) -> Receipt: ...


class OtherWrites(Protocol):
    """What is kept of all writes that are no marks."""

    def look(self) -> bool:
        """Asked at each look: whether it has to be offered, without a sign that Redis has lost
        something. Raises StoreError."""
        ...

    def offer(self, begin: Callable[[], None]) -> int:
        """Offer it again; how much of it was gone. ``begin`` is called before the first of what is
        gone is brought back. Raises StoreError."""

"""Today's marks for all lines: read in a thread, once for whoever asks at the same time; and as
everybody who passes a kiosk reads them."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Generic, TypeVar

import anyio
from anyio import to_thread
from cachetools import LRUCache

from face_rec.attendance.marks.visit import Visits
from face_rec.clock import Clock
from face_rec.domain.marks import Event, EventKind
from face_rec.languages.translator import Translator
from face_rec.web.live.mark_lines import MarkLine, lines_of
from face_rec.web.live.sources import Sources

THREADS: Final = 3
"""That may wait for a database which does not answer, whatever the number of lines."""
_TIMES: Final = 10
_MARKS_KNOWN: Final = 256
T = TypeVar("T")


class Shared(Generic[T]):
    """One value for all lines, on the event loop. What reading it raises is raised by whoever
    asks; the value before stays."""

    def __init__(
        self, read: Callable[[], T], start: T, clock: Clock, threads: anyio.CapacityLimiter
    ) -> None:
        """``read`` runs in a thread, of which there are as many as ``threads`` allows."""
        self.newest = start
        self._read = read
        self._clock = clock
        self._at, self._took = float("-inf"), 0.0
        self._turn, self._threads = anyio.Lock(), threads

    async def after(self, moment: float) -> T:
        """The value as it was at ``moment`` (monotonic seconds) or later. Where reading takes
        long it is done less often, so that it never keeps more than a tenth of a core busy."""
        async with self._turn:
            if self._at < moment:
                rest = self._at + _TIMES * self._took - self._clock.monotonic()
                await anyio.sleep(max(0.0, rest))
                began = self._clock.monotonic()
                self.newest = await to_thread.run_sync(
                    self._read, abandon_on_cancel=True, limiter=self._threads
                )
                self._at, self._took = began, self._clock.monotonic() - began
            return self.newest


@dataclass(frozen=True, slots=True)
class Day:
    """The visits of one local day; ``stamp``: what they depend on."""

    of: date | None = None
    visits: Visits = field(default_factory=Visits)
    stamp: Hashable = None

    def holds(self, event: Event) -> bool:
        """Whether the mark had arrived when the day was read."""
        return self.kind_of(event) is not None

    def kind_of(self, event: Event) -> EventKind | None:
        """What the mark counts as; None if it had not arrived."""
        for visit in self.visits.of(event.subject):
            for entry in visit.marks:
                if entry.event.id == event.id:
                    return entry.kind
        return None


class Today:
    """The day's marks, shared by all lines."""

    def __init__(self, sources: Sources) -> None:
        self._sources, clock = sources, sources.clock
        self.threads = anyio.CapacityLimiter(THREADS)
        self.day = Shared(self._day, Day(), clock, self.threads)
        self._lists: dict[tuple[str, bool], Shared[tuple[MarkLine, ...]]] = {}
        self.late: LRUCache[str, int] = LRUCache(_MARKS_KNOWN)
        """By how much the newest marks were late, as far as that was asked; by event."""

    def list_in(self, words: Translator, *, short: bool) -> Shared[tuple[MarkLine, ...]]:
        """The day's list, for all lines in the language of ``words`` that call people alike."""
        key, nothing = (words.language.code, short), tuple[MarkLine, ...]()
        if key not in self._lists:
            self._lists[key] = Shared(
                lambda: self._lines(words, short), nothing, self._sources.clock, self.threads
            )
        return self._lists[key]

    def _day(self) -> Day:
        today, known = self._sources.today(), self.day.newest
        stamp = self._sources.stamp(today)
        if (known.of, known.stamp) == (today, stamp):
            return known
        return Day(today, self._sources.visits(today), stamp)

    def _lines(self, words: Translator, short: bool) -> tuple[MarkLine, ...]:
        ours, visits = self._sources, self.day.newest.visits.all
        return lines_of(visits, ours.directory, ours.portrait, ours.zone(), words, short=short)

    async def judge(self, events: Iterable[Event]) -> None:
        """Learn by how much these marks were late, of those that have arrived."""
        for event in events:
            if event.id not in self.late and self.day.newest.holds(event):
                self.late[event.id] = await to_thread.run_sync(
                    self._sources.late, event, abandon_on_cancel=True, limiter=self.threads
                )

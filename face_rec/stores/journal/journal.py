"""Events on local disk until Redis has them: what is confirmed outlives a crash.

Each process writes segments of its own and holds a lock on each; one without a lock belonged
to a process that died, and whoever finds it takes it over. A segment whose events are all
settled is retired whole (:mod:`face_rec.stores.journal.journal_folder`), so that an append never
costs more than its own line, however many events wait.
"""

import logging
import math
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.clock import uptime
from face_rec.domain.errors import JournalError
from face_rec.domain.marks import Event
from face_rec.stores.journal import journal_segment
from face_rec.stores.journal.journal_folder import JournalFolder, KeptSegments, Leftovers
from face_rec.stores.journal.journal_segment import Segment, readable
from face_rec.stores.journal.line_seal import LineSeal

log = logging.getLogger(__name__)

_SEGMENT_BYTES: Final = 4 << 20  # about 9,000 events; a day of 400,000 is 45 open files
_LONGEST: Final = 3600.0  # seconds that one segment is written to before it is retired
_REWRITTEN: Final = 8  # mostly settled segments put together at a time: bounds one append


class FileJournal:
    """A ``Journal``. Safe to call from several threads; several processes may share ``folder``.

    Threads that append at once share one fsync. Every method but :meth:`settle` raises
    JournalError when the disk does not take or give what it should. ``seal`` signs each line
    and checks those that are found. ``keep``: seconds for which settled events stay on disk, for
    a Redis that loses them; they go by ``operating_time``, for how long this machine has run.
    """

    def __init__(
        self,
        folder: Path,
        seal: LineSeal | None = None,
        *,
        keep: float = 0.0,
        operating_time: Callable[[], float] = uptime,
    ) -> None:
        self._time = operating_time
        self._folder = JournalFolder(folder, seal)
        self._seal = self._folder.seal
        self._disk = self._folder.disk
        self.offering = self._folder.offering
        self._leftovers = Leftovers(folder, self._seal)
        self.quarantine = self._leftovers.quarantine
        self._retired = KeptSegments(folder, self._seal, keep, self.quarantine, self._time)
        self._begun = self._time()  # of the newest segment
        self._segments: list[Segment] = []  # oldest first, the last one is written to
        self._home: dict[str, Segment] = {}  # of each event that waits
        self._lock = threading.Lock()  # the segments, and what waits
        # One fsync at a time; whoever wants both locks takes _lock first.
        self._syncing = threading.Lock()
        self._written = self._synced = 0  # records since the start
        self._broken = False  # a write or fsync failed: what the newest segment holds is unknown
        with self._disk():
            files.make_folder(folder)
            with self._folder.alone(), self.offering.turn():  # locks to have on a full disk
                self._segments.append(journal_segment.create(folder, self._seal))
                self._try_again()
        self.adopt()

    def append(self, event: Event) -> None:
        """Returns when ``event`` is on the disk."""
        with self._lock, self._disk():
            ticket = self._write(lambda segment: segment.add(event))
            self._home[event.id] = self._newest
        try:
            self._sync(ticket)
        except JournalError:
            self.settle(event.id, void=True)  # nobody is told of it, so it must not come back
            raise

    def check(self) -> None:
        """Returns when a line that says nothing is on the disk."""
        with self._lock, self._disk():
            ticket = self._write(Segment.say_nothing)
        self._sync(ticket)
        with self._lock, self._disk():
            if self._segments and not (self._newest.waiting or self._newest.settled):
                self._newest.clear()

    def settle(self, event_id: str, *, void: bool = False) -> None:
        """Redis has the event, or has another one in its place (``void``). Not fsynced: settling
        twice is harmless."""
        with self._lock:
            segment = self._home.pop(event_id, None)
            try:
                if segment is not None:
                    segment.waiting.pop(event_id, None)
                    self._settled(segment, event_id, void)
            except OSError as error:
                log.warning("journal_not_settled event=%s reason=%s", event_id, error)

    def set_aside(self, event_id: str, reason: str) -> None:
        """Put an event that Redis will never take into the quarantine, and forget it here."""
        with self._lock:
            segment = self._home.get(event_id)
            event = segment.waiting.get(event_id) if segment else None
        if event is None:
            return
        with self._disk():
            line = journal_segment.event_line(event, self._seal)
            journal_segment.set_aside(self.quarantine, line, reason)
        self.settle(event_id, void=True)

    def kept(self, within: float = math.inf) -> Iterator[Event]:
        """Settled events that Redis may have lost; only of files written to in the last ``within``
        seconds."""
        with self._lock:
            own = [segment for segment in self._segments if segment.settled]
            for segment in own:
                with suppress(OSError):  # a full disk: what it was not told is asked for here
                    segment.say()
            ends = {segment.path: segment.unsaid for segment in own}
        return self._retired.events(ends, within)

    def pending(self) -> list[Event]:
        """Events not settled, oldest first, those of dead processes too."""
        self.adopt()
        with self._lock:
            return [event for s in self._segments for event in s.waiting.values()]

    def unreadable(self) -> dict[str, str]:
        """Files of dead processes that cannot be read, and why; tried again at every look."""
        return dict(self._leftovers.unreadable)

    def aside(self) -> int:
        """How many lines, and files, nothing could be done with: for health checks."""
        return len(self.quarantine) + len(self._leftovers.unreadable)

    def close(self) -> None:
        """Let go of the files; what waits in them is found by the next to open ``folder``."""
        with self._lock, self._syncing:
            for segment in self._segments:
                if segment.waiting:
                    segment.close()
                else:
                    self._retire(segment)
            self._segments.clear()
            self._home.clear()

    # --- writing; the caller has _lock

    @property
    def _newest(self) -> Segment:
        return self._segments[-1]

    def _write(self, what: Callable[[Segment], None]) -> int:
        """Have something written to the newest segment; the ticket by which it is synced."""
        if not self._segments:
            raise OSError("it is closed already")
        if self._broken:
            self._rewrite([self._newest])
        elif self._newest.size > _SEGMENT_BYTES or self._old:
            self._roll()
        try:
            what(self._newest)
        except OSError:
            self._broken = True
            raise
        self._written += 1
        return self._written

    def _settled(self, segment: Segment, event_id: str, void: bool) -> None:
        if segment.waiting or self._retired:
            segment.settle(event_id, void=void)
        elif segment is self._newest:
            segment.clear()
        if not segment.waiting and segment is not self._newest:
            self._segments.remove(segment)
            self._retire(segment)

    def _sync(self, ticket: int) -> None:
        """Return when record ``ticket`` is on the disk; a sync covers all written before it."""
        with self._syncing, self._disk():
            if self._synced >= ticket:
                return
            if self._broken:  # after a failed fsync the next one may succeed and mean nothing
                raise OSError("the file could not be written")
            self._sync_newest()

    def _sync_newest(self) -> None:
        """The caller has _syncing."""
        reach = self._written
        try:
            files.sync_file(self._newest.file)
        except OSError:
            self._broken = True
            raise
        self._synced = reach

    # --- segments; the caller has _lock

    @property
    def _old(self) -> bool:
        """Whether the newest segment is to be retired although there is room in it."""
        return self._newest.settled > 0 and self._time() - self._begun > _LONGEST

    def _retire(self, segment: Segment) -> None:
        """What is left of it, if the disk refuses, says only what is said elsewhere too."""
        try:
            self._retired.retire(segment)
        except OSError as error:
            log.warning("journal_file_not_retired file=%s reason=%s", segment.path.name, error)

    def _roll(self) -> None:
        """Go on in a new segment, and put mostly settled ones together in it: what stays of
        many segments then never adds up, and one append pays for a few of them at most."""
        sparse = [segment for segment in self._segments if segment.sparse][-_REWRITTEN:]
        if self._newest in sparse:
            self._rewrite(sparse)
            return
        with self._syncing:
            self._sync_newest()
            self._segments.append(self._folder.create())
            self._begun = self._time()
        if len(sparse) == _REWRITTEN:
            self._rewrite(sparse)

    def _rewrite(self, segments: Sequence[Segment]) -> None:
        """Put what waits in ``segments`` into one new one in the place of the last of them. Killed
        on the way both are there, and an event that is found twice counts once."""
        kept = [event for segment in segments for event in segment.waiting.values()]
        with self._syncing:
            fresh = self._folder.create(kept)
            if segments[-1] is self._newest:
                self._synced, self._broken = self._written, False
                self._begun = self._time()
            self._segments[self._segments.index(segments[-1])] = fresh
        self._segments = [one for one in self._segments if one not in segments]
        self._home.update((event.id, fresh) for event in kept)
        for segment in segments:
            self._retire(segment)

    # --- taking over what dead processes left

    def _try_again(self) -> None:
        """Events that were set aside come back at the next start; unreadable lines stay."""
        for name in self.quarantine.try_again(
            self._folder.path, partial(readable, seal=self._seal)
        ):
            log.info("journal_entry_tried_again file=%s", name)

    def adopt(self) -> list[Event]:
        """Take over what processes left that died; the events that wait in it. Also retires what
        was written to, and removes what was kept, for long enough."""
        self._retired.expire()
        with self._lock, self._disk():
            if self._segments and self._old:
                with suppress(OSError):  # due at the next look, too; what waits is told now
                    self._roll()
            found = self._leftovers.take(
                {segment.path for segment in self._segments}, self._folder.alone
            )
            if not found:
                return []
            events = [event for segment in found for event in segment.waiting.values()]
            self._join(found)
            log.info("journal_adopted files=%d events=%d", len(found), len(events))
            return events

    def _join(self, found: Sequence[Segment]) -> None:
        """Make these segments ours: as they are, or their few events in one of ours, where the
        disk has room. From now on they are not found again, so nothing here may fail."""
        for segment in found:
            self._home_of(segment)
            if not segment.waiting:
                self._retire(segment)
        waiting = sorted((s for s in found if s.waiting), key=lambda s: s.oldest)
        self._segments = [*waiting, *self._segments]
        few = [segment for segment in waiting if segment.small]
        try:
            if few:
                self._rewrite([*few, self._newest] if self._newest.small else few)
        except OSError as error:
            log.warning("journal_files_not_joined files=%d reason=%s", len(few), error)

    def _home_of(self, segment: Segment) -> None:
        """Note where its events wait; one that waits in another segment counts there."""
        for event_id in [found for found in segment.waiting if found in self._home]:
            with suppress(OSError):  # it is said before the next line of the segment
                segment.settle(event_id, void=True)
        self._home.update(dict.fromkeys(segment.waiting, segment))

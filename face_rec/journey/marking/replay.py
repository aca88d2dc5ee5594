"""Replay: hand on to Redis what only the journal holds so far, and again what Redis has lost."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from threading import Condition
from typing import Final

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import (
    ArchiveAway,
    JournalError,
    NotReplicated,
    StoreError,
    StoreUnavailable,
)
from face_rec.domain.marks import Event, cooldown_of
from face_rec.protocols.marks import Journal, MarkWriter
from face_rec.retry import Backoff

log = logging.getLogger(__name__)

AWAY: Final = Backoff(0.25, 0.5)
"""Between two tries while Redis or its replicas are away; a failover costs that beyond its own.
With a quarter more and the try itself, a mark is in Redis within a second of its return."""
REFUSED: Final = Backoff(0.5, 15.0)
"""The same where Redis answers and refuses some of what waits; each try is an error in the log."""
ADOPT_EVERY: Final = 30.0
"""Seconds between two looks for what processes left that died beside this one."""
_TRIES: Final = 5  # of something unexpected, before an event is set aside: about 15 s


class Replayer:
    """A thread that sleeps while nothing is pending, but for a look now and then for what another
    process left that died.

    Events keep their order, and none holds up the others: one that Redis refuses stays in the
    journal and in the log; one that fails in a way nobody has thought of is tried a few times,
    then the journal sets it aside. What Redis has and its replicas do not is in the day already,
    and stays in the journal until they do. What belongs to a day in an archive that does not
    answer stays as well, and is tried once a pass.

    An event becomes a mark, unless by the times of both another mark of the person stands within
    the cooldown: two processes, or one before and after a restart, may both have confirmed
    somebody while Redis was away. Then that one stands and this one has been repeated.
    """

    def __init__(
        self,
        attendance: MarkWriter,
        journal: Journal,
        clock: Clock,
        cooldown: Callable[[], float],
        waiting: Iterable[Event] = (),
    ) -> None:
        self._attendance = attendance
        self._journal = journal
        self._clock = clock
        self._cooldown = cooldown
        self._waiting = {event.id: event for event in waiting}
        self._strange: Counter[str] = Counter()  # unexpected failures by event
        # Events that too few replicas have; of days that an archive does not give back.
        self._apart: dict[type, set[str]] = {NotReplicated: set(), ArchiveAway: set()}
        self._changed = Condition()
        self._away = False
        self._missed = False  # somebody came since the last pass began, and Redis seemed away
        self._give_up_at = float("inf")  # monotonic seconds
        self._thread = Background("mark-replayer", self._run, wake=self._wake, clock=clock)
        self._thread.start()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def behind(self) -> bool:
        """Whether Redis was away at the last try; new events had better queue up."""
        return self._away

    def add(self, event: Event, *, away: bool) -> None:
        """``event`` is in the journal and Redis did not take it; ``away``: nor would it take
        another one."""
        with self._changed:
            self._waiting[event.id] = event
            self._away = self._away or away
            self._missed = self._missed or away
        self._wake()

    def close(self, timeout: float = 10.0) -> None:
        """Stop after a last try, which takes ``timeout`` s at most."""
        self._give_up_at = self._clock.monotonic() + timeout
        self._thread.stop(timeout)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        backoff, failures = None, 0
        while self._wait(backoff, failures):
            self._adopt()
            before, backoff = backoff, self._pass()
            failures = failures + 1 if backoff is before else 1
        self._pass()

    def _wait(self, backoff: Backoff | None, failures: int) -> bool:
        """Until the pause is over, and then until something is pending or it is time for another
        look; False when closed. Whoever is saved here because Redis seemed to be away does not
        wait for the end of a pause that is meant for what it refuses."""
        stopping = self._thread.stopping.is_set
        with self._changed:
            if backoff:
                self._changed.wait_for(
                    lambda: stopping() or (backoff is REFUSED and self._missed),
                    backoff.jittered(failures),
                )
            self._changed.wait_for(lambda: stopping() or self._waiting, ADOPT_EVERY)
            return not stopping()

    def adopt(self) -> Sequence[Event]:
        """Take over what a process left that has ended; what waits now. Raises JournalError."""
        found = self._journal.adopt()
        with self._changed:
            self._waiting.update((event.id, event) for event in found)
            self._changed.notify_all()
            return list(self._waiting.values())

    def _adopt(self) -> None:
        try:
            self.adopt()
        except JournalError as error:  # at the next look, or the next start
            log.error("journal_not_adopted reason=%s", error)

    def _pass(self) -> Backoff | None:
        """Offer everything once; when to try again where something is left."""
        before = self._clock.monotonic()
        with self._changed:
            events, self._missed = list(self._waiting.values()), False
        handed, met = 0, set[type]()
        for event in sorted(events, key=lambda one: one.id in self._apart[ArchiveAway]):
            if self._clock.monotonic() > self._give_up_at:
                return AWAY
            if any(event.id in self._apart[kind] for kind in met):
                continue
            try:
                handed += self._hand_on(event)
            except (NotReplicated, ArchiveAway) as error:
                met.add(type(error))
                self._apart[type(error)].add(event.id)
            except StoreUnavailable:
                self._away = True
                return AWAY
        with self._changed:
            self._away = False
        if handed:
            seconds = self._clock.monotonic() - before
            log.info("journal_replayed events=%d seconds=%.1f", handed, seconds)
        return self._next_pause(events, waits_for_replicas=NotReplicated in met)

    def _next_pause(self, offered: Sequence[Event], *, waits_for_replicas: bool) -> Backoff | None:
        """After Redis answered: None where all of what was ``offered`` has been handed on, for
        whoever came meanwhile waits for nothing."""
        with self._changed:
            if all(event.id not in self._waiting for event in offered):
                return None
            return AWAY if self._missed or waits_for_replicas else REFUSED

    def _hand_on(self, event: Event) -> bool:
        """Whether Redis has ``event`` now; raises StoreUnavailable."""
        try:
            cooldown = cooldown_of(event, self._cooldown())
            receipt = self._attendance.apply(event, cooldown, replay=True)
            # Also where another mark stands for it: Redis may lose that one, and another bar it.
            self._journal.settle(event.id)
        except StoreUnavailable:
            raise
        except (StoreError, JournalError) as error:
            log.error("journal_entry_refused event=%s reason=%s", event.id, error)
            return False
        except Exception as error:  # a bug, or something in Redis that is none of ours
            self._unexpected(event, error)
            return False
        if receipt.already:
            log.warning("mark_repeated event=%s stands=%s", event.id, receipt.stands_at)
        self._forget(event)
        return True

    def _unexpected(self, event: Event, error: Exception) -> None:
        self._strange[event.id] += 1
        log.error("journal_entry_failed event=%s", event.id, exc_info=error)
        if self._strange[event.id] < _TRIES:
            return
        try:
            self._journal.set_aside(event.id, f"{type(error).__name__}: {error}")
        except JournalError as full:  # it stays where it is, and is tried again
            log.error("journal_entry_not_set_aside event=%s reason=%s", event.id, full)
            return
        log.error("journal_entry_set_aside event=%s", event.id)
        self._forget(event)

    def _forget(self, event: Event) -> None:
        with self._changed:
            self._waiting.pop(event.id, None)
            self._strange.pop(event.id, None)
        for some in self._apart.values():
            some.discard(event.id)

"""Mark: make an attendance event last before anybody says so.

The order is the promise: the local journal is fsynced first, then Redis is asked,
and only then may a screen confirm. Where Redis is away the journal alone carries
the mark, and a replayer hands it on, by its id, when Redis is back.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from cachetools import FIFOCache

from face_rec.clock import Clock
from face_rec.domain.clock_state import NOTICED, Stamp
from face_rec.domain.errors import (
    ArchiveAway,
    JournalError,
    NotReplicated,
    StoreError,
    StoreUnavailable,
)
from face_rec.domain.marks import Event, Outcome, Receipt, cooldown_of, is_mark
from face_rec.journey.marking.replay import Replayer
from face_rec.protocols.marks import Journal, MarkWriter

log = logging.getLogger(__name__)

_LOCKS = 64
_REMEMBERED = 50_000
"""Subjects whose last mark is remembered in memory; the oldest are forgotten first."""
_FAILED = "failed"
_COUNTED = (Outcome.MARKED, Outcome.SAVED_HERE, Outcome.ALREADY, Outcome.REPEATED, _FAILED)
"""What is counted from the start on: of a figure that is not there yet Prometheus cannot say that
it is zero, nor that it grew by its first one."""


class DurableMarker:
    """Implements Marker with a journal in front of the store. Safe from any thread.

    Marks of one subject wait for each other, so that two kiosks seeing the same person at
    once write one event; marks of different subjects do not.
    """

    def __init__(
        self,
        attendance: MarkWriter,
        journal: Journal,
        clock: Clock,
        cooldown: Callable[[], float],
        away: Callable[[], bool] = lambda: False,
        *,
        stamp: Callable[[], Stamp | None] = lambda: None,
    ) -> None:
        """``cooldown``: seconds, asked at every mark, for an admin may change it meanwhile.
        ``away`` says without waiting that Redis does not answer. ``stamp``: what is known of the
        clock at this moment; it goes into the event."""
        self._stamp = stamp
        self._away = away
        self._attendance = attendance
        self._journal = journal
        self._clock = clock
        self._cooldown = cooldown
        self._recent = RecentMarks(cooldown)
        self._locks = tuple(Lock() for _ in range(_LOCKS))
        self._problem = ""
        self._counts = Counter({str(outcome): 0 for outcome in _COUNTED})
        self._counting = Lock()
        waiting = journal.pending()
        self._recall(waiting)
        self._replayer = Replayer(attendance, journal, clock, cooldown, waiting)

    def mark(self, event: Event) -> Receipt:
        """Journal, apply, settle. Raises JournalError: then nothing may be confirmed."""
        outcome, began = _FAILED, self._clock.monotonic()
        try:
            receipt = self._mark(replace(event, clock=self._stamp()))
            outcome = receipt.outcome.value
        finally:
            with self._counting:
                self._counts[outcome] += 1
        took = self._clock.monotonic() - began
        log.info(
            "mark outcome=%s event=%s kiosk=%s seconds=%.3f", outcome, event.id, event.kiosk, took
        )
        return receipt

    def counts(self) -> dict[str, int]:
        """Marks by outcome since the start, 0 of what never came; what raised is ``failed``."""
        with self._counting:
            return dict(self._counts)

    def pending_count(self) -> int:
        """Events that Redis has not acknowledged yet."""
        return len(self._replayer)

    def problem(self) -> str:
        """Why the last mark could not be journalled, "" when it could: for health checks."""
        return self._problem

    def check(self) -> str:
        """The same after asking the journal anew: what it refused may pass by now, and a full
        disk is known before somebody stands there. It costs an fsync."""
        try:
            self._journal.check()
        except JournalError as error:
            self._problem = error.said
        else:
            self._problem = ""
        return self._problem

    def adopt(self) -> None:
        """Another process on this journal has just ended: take over what it leaves at once, and
        know whom it has marked. Raises JournalError."""
        self._recall(self._replayer.adopt())

    def close(self, timeout: float = 10.0) -> None:
        """Try once more what is pending, for ``timeout`` s at most; the rest stays in the
        journal."""
        self._replayer.close(timeout)

    def _recall(self, waiting: Iterable[Event]) -> None:
        """A restart forgets nobody, Redis or not."""
        for event in (*self._journal.kept(self._cooldown()), *waiting):
            self._recent.remember_of_before(event)

    def _mark(self, event: Event) -> Receipt:
        with self._locks[hash(event.subject) % _LOCKS]:
            previous = self._recent.standing(event)
            if previous is not None:
                return Receipt(event, Outcome.ALREADY, previous)
            if event.clock is not None and self._recent.apart(event):
                event = replace(event, clock=replace(event.clock, apart=True))
            self._keep(event)
            # It is made from here on, whatever happens: nobody is marked anew for an exception.
            self._recent.remember(event)
            receipt = self._apply(event)
            self._recent.remember(event, receipt.previous_at if receipt.already else None)
            return receipt

    def _keep(self, event: Event) -> None:
        try:
            self._journal.append(event)
        except JournalError as error:
            self._problem = error.said
            log.error("mark_not_journalled event=%s reason=%s", event.id, error)
            raise
        self._problem = ""

    def _apply(self, event: Event) -> Receipt:
        if self._replayer.behind or self._away():  # nobody waits for a Redis known to be away
            return self._later(event, away=True)
        try:
            receipt = self._attendance.apply(event, cooldown_of(event, self._cooldown()))
        except StoreError as error:
            log.warning("mark_saved_here event=%s reason=%s", event.id, error)
            here = isinstance(error, ArchiveAway | NotReplicated)  # Redis would take another one
            away = isinstance(error, StoreUnavailable) and not here
            return self._later(event, away=away)
        except Exception:  # a bug: the journal has the mark, so it is made, once
            log.exception("mark_saved_here event=%s", event.id)
            return self._later(event, away=False)
        self._settle(receipt)
        return receipt

    def _later(self, event: Event, *, away: bool) -> Receipt:
        self._replayer.add(event, away=away)
        return Receipt(event, Outcome.SAVED_HERE)

    def _settle(self, receipt: Receipt) -> None:
        event_id = receipt.event.id
        try:
            self._journal.settle(event_id, void=receipt.already)
        except Exception as error:  # Redis has it: at worst it is replayed, to no effect
            log.warning("journal_not_settled event=%s reason=%s", event_id, error)


class DryRunMarker:
    """Implements Marker without writing anything, for trying out a camera.

    It keeps the cooldown, so that what is reported is what would have been marked.
    """

    def __init__(self, cooldown: float) -> None:
        self._recent = RecentMarks(lambda: cooldown)

    def mark(self, event: Event) -> Receipt:
        """ALREADY within the cooldown, else DRY_RUN."""
        previous = self._recent.standing(event)
        if previous is not None:
            return Receipt(event, Outcome.ALREADY, previous)
        self._recent.remember(event)
        return Receipt(event, Outcome.DRY_RUN)


@dataclass(frozen=True, slots=True)
class _Last:
    """A mark; ``stamp`` is None where only the wall clock tells when it was. ``highest``: the
    latest time that any known mark of the person has: another one, where the clock was set
    back since."""

    at: datetime
    stamp: Stamp | None
    highest: datetime

    def since(self, event: Event) -> timedelta:
        """The distance in either direction: a clock set back must not bar anybody for hours. By
        the time since the machine was started, where both have it."""
        stamp = _stamp_of(event)
        seconds = None if stamp is None else stamp.since(self.stamp)
        return abs(event.at - self.at) if seconds is None else timedelta(seconds=seconds)

    def before(self, event: Event) -> bool:
        """Whether ``event`` is the newer one."""
        stamp = _stamp_of(event)
        if stamp is None or stamp.since(self.stamp) is None or self.stamp is None:
            return self.at < event.at
        return self.stamp.up < stamp.up


class RecentMarks:
    """The last mark of each subject, as far as this process knows: the cooldown that holds
    while Redis is away, and that spares the journal those who just stand there."""

    def __init__(self, cooldown: Callable[[], float]) -> None:
        self._cooldown = cooldown
        self._lock = Lock()
        self._last: FIFOCache[str, _Last] = FIFOCache(_REMEMBERED)

    def standing(self, event: Event) -> datetime | None:
        """The mark that makes ``event`` one too many, or None."""
        last = self._of(event)
        return last.at if last is not None and last.since(event) < self._least() else None

    def apart(self, event: Event) -> bool:
        """Whether the cooldown is over and only seems to hold still, because the wall clock was
        set back; not where a picture was on its way for longer than the one before."""
        last = self._of(event)
        if last is None or (since := last.since(event)) < self._least():
            return False
        by_the_wall = event.at - last.highest
        return by_the_wall < self._least() and since - by_the_wall >= timedelta(seconds=NOTICED)

    def remember(self, event: Event, stands_at: datetime | None = None) -> None:
        """``event`` was marked, or the mark of ``stands_at`` stands in its place. One that comes
        late does not hide a newer one, and who was held has none."""
        if not is_mark(event.kind):
            return
        self._keep(event, stands_at, always=not event.source.late)

    def remember_of_before(self, event: Event) -> None:
        """The same of one that was marked before the start, in any order."""
        if is_mark(event.kind):
            self._keep(event, None, always=False)

    def _keep(self, event: Event, stands_at: datetime | None, *, always: bool) -> None:
        at, stamp = (stands_at, None) if stands_at else (event.at, _stamp_of(event))
        with self._lock:
            known = self._last.get(event.subject)
            if known is None:
                self._last[event.subject] = _Last(at, stamp, at)
            elif always or known.before(event):
                self._last[event.subject] = _Last(at, stamp, max(at, known.highest))
            else:
                self._last[event.subject] = replace(known, highest=max(at, known.highest))

    def _of(self, event: Event) -> _Last | None:
        if not is_mark(event.kind):
            return None
        with self._lock:
            return self._last.get(event.subject)

    def _least(self) -> timedelta:
        return timedelta(seconds=self._cooldown())


def _stamp_of(event: Event) -> Stamp | None:
    """None of one that comes late: its stamp says when it came."""
    return None if event.source.late else event.clock

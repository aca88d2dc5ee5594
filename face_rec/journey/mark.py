"""Mark: make an attendance event last before anybody says so.

The order is the promise: the local journal is fsynced first, then Redis is asked,
and only then may a screen confirm. Where Redis is away the journal alone carries
the mark, and a replayer hands it on, by its id, when Redis is back.
"""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from cachetools import FIFOCache

from face_rec.clock import Clock
from face_rec.domain.errors import JournalError, NotReplicated, StoreError, StoreUnavailable
from face_rec.domain.marks import Event, Outcome, Receipt, is_mark
from face_rec.journey.replay import Replayer
from face_rec.protocols.marks import Journal, MarkWriter

log = logging.getLogger(__name__)

_LOCKS = 64
_REMEMBERED = 50_000
"""Subjects whose last mark is remembered in memory; the oldest are forgotten first."""


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
    ) -> None:
        """``cooldown``: seconds, asked at every mark, for an admin may change it meanwhile.
        ``away`` says without waiting that Redis does not answer."""
        self._away = away
        self._attendance = attendance
        self._journal = journal
        self._clock = clock
        self._cooldown = cooldown
        self._recent = RecentMarks(cooldown)
        self._locks = tuple(Lock() for _ in range(_LOCKS))
        self._problem = ""
        self._counts: Counter[str] = Counter()
        self._counting = Lock()
        waiting = journal.pending()
        since = (clock.now() - timedelta(seconds=cooldown())).timestamp()
        for event in (*journal.kept(since), *waiting):  # a restart forgets nobody, Redis or not
            if is_mark(event.kind):
                self._recent.remember_late(event.subject, event.at)
        self._replayer = Replayer(attendance, journal, clock, cooldown, waiting)

    def mark(self, event: Event) -> Receipt:
        """Journal, apply, settle. Raises JournalError: then nothing may be confirmed."""
        outcome, began = "failed", self._clock.monotonic()
        try:
            receipt = self._mark(event)
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
        """Marks by outcome since the start; those that raised are ``failed``."""
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
            self._problem = str(error)
        else:
            self._problem = ""
        return self._problem

    def close(self, timeout: float = 10.0) -> None:
        """Try once more what is pending, for ``timeout`` s at most; the rest stays in the
        journal."""
        self._replayer.close(timeout)

    def _mark(self, event: Event) -> Receipt:
        with self._locks[hash(event.subject) % _LOCKS]:
            previous = self._recent.standing(event)
            if previous is not None:
                return Receipt(event, Outcome.ALREADY, previous)
            self._keep(event)
            # It is made from here on, whatever happens: nobody is marked anew for an exception.
            self._remember(event, event.at)
            receipt = self._apply(event)
            self._remember(event, receipt.stands_at)
            return receipt

    def _remember(self, event: Event, at: datetime) -> None:
        """A mark that comes late must not hide a newer one, and who was held has none."""
        if not is_mark(event.kind):
            return
        if event.source.late:
            self._recent.remember_late(event.subject, at)
        else:
            self._recent.remember(event.subject, at)

    def _keep(self, event: Event) -> None:
        try:
            self._journal.append(event)
        except JournalError as error:
            self._problem = str(error)
            log.error("mark_not_journalled event=%s reason=%s", event.id, error)
            raise
        self._problem = ""

    def _apply(self, event: Event) -> Receipt:
        if self._replayer.behind or self._away():  # nobody waits for a Redis known to be away
            return self._later(event, away=True)
        try:
            receipt = self._attendance.apply(event, self._cooldown())
        except StoreError as error:
            log.warning("mark_saved_here event=%s reason=%s", event.id, error)
            away = isinstance(error, StoreUnavailable) and not isinstance(error, NotReplicated)
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
        if is_mark(event.kind):
            self._recent.remember(event.subject, event.at)
        return Receipt(event, Outcome.DRY_RUN)


class RecentMarks:
    """The last mark of each subject, as far as this process knows: the cooldown that holds
    while Redis is away, and that spares the journal those who just stand there."""

    def __init__(self, cooldown: Callable[[], float]) -> None:
        self._cooldown = cooldown
        self._lock = Lock()
        self._last: FIFOCache[str, datetime] = FIFOCache(_REMEMBERED)

    def standing(self, event: Event) -> datetime | None:
        """The mark that makes ``event`` one too many, or None."""
        if not is_mark(event.kind):
            return None
        with self._lock:
            last = self._last.get(event.subject)
        # The distance in either direction: a clock set back must not bar anybody for hours.
        least = timedelta(seconds=self._cooldown())
        return last if last is not None and abs(event.at - last) < least else None

    def remember(self, subject: str, at: datetime) -> None:
        """``subject`` was marked at ``at``."""
        with self._lock:
            self._last[subject] = at

    def remember_late(self, subject: str, at: datetime) -> None:
        """The same of a mark that comes after its time."""
        with self._lock:
            self._last[subject] = max(at, self._last.get(subject, at))

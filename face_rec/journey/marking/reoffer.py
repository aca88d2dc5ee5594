"""Reoffer: hand on again what Redis has lost of the marks that the journal keeps."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import (
    ArchiveAway,
    JournalError,
    NotReplicated,
    StoreUnavailable,
)
from face_rec.domain.marks import Event, cooldown_of
from face_rec.languages.language import msgid
from face_rec.protocols.marks import Journal, MarkWriter, OtherWrites

log = logging.getLogger(__name__)


LOOK_EVERY: Final = 1.0
"""Seconds between two questions whether Redis has lost something."""
LOOKS: Final = (0.0, 2.0, 10.0, 60.0, 300.0)
"""Seconds after a sign of that at which what is kept is offered."""
_TURN: Final = 30.0
"""Seconds for which a process leaves it to another one of its machine to offer what both keep; one
that is stopped holds up nobody for longer."""
_AT_ONCE: Final = 500  # events asked about in one round trip


class NoOthers:
    """Where marks alone are kept."""

    def look(self) -> bool:
        return False

    def offer(self, begin: Callable[[], None]) -> int:  # noqa: ARG002
        return 0


@dataclass(frozen=True, slots=True)
class CameBack:
    """What one look has brought back: how many ``marks`` of each UTC day, and how many other
    ``writes``. ``before``: of which days marks came back in a look that ended before it could say
    so, for which see Offering; None where there was no such look."""

    marks: Counter[date]
    writes: int
    before: frozenset[date] | None


class Reoffer:
    """A thread that offers again, by their ids, the settled events that the journal keeps,
    whenever Redis may have lost some: at the start, and when ``lost`` says why it thinks so; and
    before them what ``others`` keep.

    Each process does so for what its own disk holds. An event that is there costs nothing; one
    that is gone is appended as any replay is. Who stood near it in time may meanwhile have been
    marked anew: then that mark stands, and the audit log says so.

    It is done several times after each sign: for some seconds a client may still hold connections
    to a server that has been replaced, and is told that its marks are kept. Of the processes that
    share a disk one does it at a time: the next one finds it done.
    """

    def __init__(
        self,
        attendance: MarkWriter,
        missing: Callable[[Sequence[Event]], list[Event]],
        journal: Journal,
        clock: Clock,
        *,
        cooldown: Callable[[], float],
        lost: Callable[[], str],
        told: Callable[[str, CameBack], None] = lambda _, __: None,
        others: OtherWrites | None = None,
    ) -> None:
        """``missing``: which of some events Redis does not have; ``lost``: why it may have lost
        some since the last question, "" where nothing says so; both may raise StoreUnavailable.
        ``told``: hears why after each look ("": not for a loss), and what came back."""
        self._attendance = attendance
        self._missing = missing
        self._journal = journal
        self._clock = clock
        self._cooldown = cooldown
        self._lost = lost
        self._told = told
        self._others = others or NoOthers()
        self._due: list[float] = []  # monotonic times, in order
        self._left_to_another = float("inf")  # since when, monotonic
        self._why = ""
        self._thread = Background("mark-reoffer", self._run, clock=clock)

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        self._thread.stop(timeout)

    def look(self) -> None:
        """Ask once, and offer what has to be offered now. Raises StoreUnavailable: then what was
        due stays due."""
        why = self._lost()
        now = self._clock.monotonic()
        if why:
            self._why = why
            self._due = [now + later for later in LOOKS]
        if self.due:
            self._take_turn(now)
        if self._others.look():
            self._why = self._why if self._due else ""
            self._due = [now + later for later in LOOKS]

    @property
    def due(self) -> bool:
        """Whether something has to be offered now, or just is."""
        return bool(self._due) and self._clock.monotonic() >= self._due[0]

    def _take_turn(self, now: float) -> None:
        offering = self._journal.offering
        with offering.turn() as alone:
            self._left_to_another = float("inf") if alone else min(self._left_to_another, now)
            if not alone and now - self._left_to_another < _TURN:
                return
            before = offering.unsaid()
            others = self._others.offer(offering.begin)  # who may do what comes first
            gone = self._offer()
            self._due = [one for one in self._due if one > now]
            self._told(self._why, CameBack(gone, others, before))
            offering.said()

    def _run(self) -> None:
        while not self._thread.stopping.is_set():
            try:
                self.look()
            except StoreUnavailable:
                log.info("reoffer_waits")
            except JournalError as error:
                log.error("reoffer_waits reason=%s", error)
            self._thread.stopping.wait(LOOK_EVERY)

    def _offer(self) -> Counter[date]:
        gone, kept = Counter[date](), self._journal.kept()
        while events := list(islice(kept, _AT_ONCE)):
            missing = self._missing(events)
            if missing:
                self._journal.offering.begin(event.utc_day for event in missing)
            for event in missing:
                if self._thread.stopping.is_set():
                    raise StoreUnavailable(
                        msgid("The app ends. What is kept is offered at its start.")
                    )
                if self._offered(event):
                    gone[event.utc_day] += 1
        if gone:
            log.error("marks_offered_again events=%d reason=%s", gone.total(), self._why)
        return gone

    def _offered(self, event: Event) -> bool:
        try:
            cooldown = cooldown_of(event, self._cooldown())
            receipt = self._attendance.apply(event, cooldown, replay=True)
        except NotReplicated:
            return True
        except ArchiveAway as error:  # it holds up no other; offered again at the next look
            log.warning("mark_not_offered event=%s reason=%s", event.id, error)
            return False
        except StoreUnavailable:
            raise
        except Exception as error:  # one that is refused holds up no other
            log.error("mark_not_offered event=%s", event.id, exc_info=error)
            return False
        return not receipt.already

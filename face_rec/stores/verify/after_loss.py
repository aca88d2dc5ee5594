"""The while after a loss in which lists are being chained anew, by all machines that keep some."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Final

from face_rec.clock import MachineClock
from face_rec.domain.errors import StoreError
from face_rec.stores.witness.last_seen import LastSeen, Mending
from face_rec.stores.witness.witness import Witness

log = logging.getLogger(__name__)

_MENDING: Final = 900.0
"""Seconds after the last sign of a loss in which a list that was chained anew is taken."""


class AfterLoss:
    """For one thread at a time, as ``witness`` is: what it notes outlives this process."""

    def __init__(self, witness: Witness, clock: MachineClock) -> None:
        self._witness = witness
        self._clock = clock
        self._mending: Mending | None = None

    def begin(self, offered: Iterable[date], servers: Iterable[str]) -> None:
        """The while begins, or lasts longer; also for the days of which marks were ``offered``.
        That is on the disk when this returns, with the ``servers`` that answer now."""
        self.recall()
        boot, now = self._clock.boot, self._clock.uptime()
        days = {str(day) for day in offered} | {*(self._mending.days if self._mending else ())}
        self._mending = Mending(boot, now + _MENDING, now, tuple(sorted(days)))
        self.remember(servers)

    def recall(self) -> None:
        """Take what is left of it, be it noted by another process of this machine, or by one that
        was killed."""
        boot, now = self._clock.boot, self._clock.uptime()
        known = [one for one in (self._mending, self._noted().mending) if one is not None]
        left = [more for one in known if (more := one.at(boot, now)) is not None]
        days = tuple(sorted({day for one in left for day in one.days}))
        longest = max(left, key=lambda one: one.until, default=None)
        self._mending = replace(longest, days=days) if longest is not None else None
        if known:
            self.remember()

    def remember(self, servers: Iterable[str] = ()) -> None:
        """Note what is known, and the ``servers`` that answer, if any are named. A full disk keeps
        nobody from going on in memory."""
        before = self._noted()
        seen = LastSeen(tuple(sorted(servers)) or before.servers, self._mending)
        try:
            if seen != before:
                self._witness.note(seen)
        except (StoreError, OSError) as error:
            log.warning("witness_note_waits reason=%s", error)

    def servers(self) -> frozenset[str]:
        """Which answered last; none where nobody knows."""
        return frozenset(self._noted().servers)

    @property
    def lasts(self) -> bool:
        """Whether it does, as :meth:`recall` found it: others chain their lists anew as well, and
        one may be as long as it was only then."""
        return self._mending is not None

    @property
    def days(self) -> set[date]:
        """Of long ago, of which marks were offered again."""
        return set(map(date.fromisoformat, self._mending.days)) if self._mending else set()

    def _noted(self) -> LastSeen:
        try:
            return self._witness.last_seen()
        except StoreError as error:
            log.warning("witness_waits reason=%s", error)
            return LastSeen()

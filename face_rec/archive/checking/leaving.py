"""Days that are old enough leave Redis: those that are archived, verified and witnessed."""

import logging
from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from face_rec.archive.checking.verify import ArchiveVerify
from face_rec.clock import Clock
from face_rec.stores.archive.source import ArchiveSource
from face_rec.stores.chain.links import head_of, name_of
from face_rec.stores.left.left_days import LeftDays
from face_rec.stores.verify.watch import ChainWatch
from face_rec.stores.witness.witness_entry import Seen

log = logging.getLogger(__name__)

_AT_ONCE: Final = 62
"""Days a round that are compared: their entries are all read."""


class Leaving:
    """For one thread, that of whoever copies. ``days``: how many stay (REDIS_DAYS)."""

    def __init__(
        self, source: ArchiveSource, left: LeftDays, verify: ArchiveVerify, clock: Clock,
        *, watch: ChainWatch, days: int, lacking: Callable[[], str] = str,
    ) -> None:  # fmt: skip
        """``watch`` witnesses. ``lacking``: what is said where the archive is not the one that
        days have left for, or ""."""
        self._source = source
        self._left = left
        self._verify = verify
        self._clock = clock
        self._watch = watch
        self._days = days
        self._lacking = lacking
        self._after = date.min

    def run(self) -> int:
        """How many days left. Those that may not yet are asked again the next time. Raises
        StoreError."""
        if not self._days or self._lacking():
            return 0
        known = self._watch.witness.known() or {}
        gone = compared = 0
        unseen: list[date] = []
        for day in self._old():
            head = self._source.head(day)
            if not _witnessed(head, known.get(name_of(day))):
                unseen.append(day)
                continue
            if compared == _AT_ONCE:
                break
            compared, self._after = compared + 1, day
            gone += self._leaves(day, head)
        if unseen:
            self._watch.also(unseen)
            log.info(
                "days_stay count=%d first=%s reason=not_witnessed_yet", len(unseen), unseen[0]
            )
        return gone

    def _old(self) -> list[date]:
        """Days that are old enough, the next one first: some that may not go bar no others."""
        before = self._clock.now().date() - timedelta(days=self._days)
        old = [day for day in self._source.days() if day < before]
        return sorted(old, key=lambda day: (day <= self._after, day))

    def _leaves(self, day: date, head: bytes) -> bool:
        entries, said = self._source.entries(day), head_of(head)
        if said is None or not entries or said[0] != len(entries):
            return False  # it has left, or the chain's check has something to say of it
        wrong = self._verify.day(day, entries, head)
        if wrong:
            log.error("day_stays day=%s reason=%s", day, wrong[0])
            return False
        gone = self._left.leave(day, entries, head)
        log.info("day_left day=%s entries=%d gone=%s", day, len(entries), gone)
        return gone


def _witnessed(head: bytes, seen: Seen | None) -> bool:
    """Whether the witness knows the day as it is now."""
    said = head_of(head)
    return seen is not None and said is not None and (seen.count, seen.link) == said[:2]

"""The chain's guard: copies heads to the witnesses, and checks everything when asked."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.errors import StoreError
from face_rec.protocols import Progress
from face_rec.stores.chain import Chain, head_of, parsed
from face_rec.stores.chain_days import ChainDays
from face_rec.stores.chain_report import Finding, Flaw, Report
from face_rec.stores.chain_walk import Walk
from face_rec.stores.witness import Seen, Witness

log = logging.getLogger(__name__)

EVERY: Final = 60.0
"""Seconds between two copies: how many marks a cut of the tail could hide at most."""
_LOOK_BACK: Final = 7  # days read at the start, for what a crash kept from being copied
_NAMED: Final = 20  # events newer than the witness that are named


@dataclass(frozen=True, slots=True)
class WitnessStatus:
    """When heads were last copied, and what hinders it (or is wrong), if anything."""

    at: datetime | None = None
    problem: str = ""
    broken: str = ""
    places: tuple[str, ...] = ()


@dataclass(slots=True)
class _Tally:
    """What a check has counted so far."""

    days: int = 0
    entries: int = 0
    older: int = 0
    newer: int = 0
    events: list[str] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)


class ChainWatch:
    """A thread that witnesses what ``written`` names, every minute and once at the end.

    A head is copied only if it goes on from the one witnessed before: a list that was
    rewritten never replaces the evidence. Methods are safe from any thread.
    """

    def __init__(
        self,
        chain: Chain,
        days: ChainDays,
        witnesses: Sequence[Witness],
        *,
        written: Callable[[], set[date]],
        clock: Clock,
        every: float = EVERY,
    ) -> None:
        self._chain = chain
        self._days = days
        self._witnesses = tuple(witnesses)
        self._written = written
        self._clock = clock
        self._site = days.site
        self._every = every
        self._waiting: set[date] = set()
        self._broken: dict[date, str] = {}
        self._status = WitnessStatus(places=tuple(w.name for w in witnesses))
        self._copying = threading.Lock()
        self._thread = Background("chain-witness", self._run)

    def start(self) -> None:
        today = self._clock.now().date()
        self._waiting |= {today - timedelta(days=number) for number in range(_LOOK_BACK)}
        self._thread.start()

    def close(self) -> None:
        """Copy what is new, then stop."""
        self._thread.stop(20)

    def status(self) -> WitnessStatus:
        return self._status

    # --- copying

    def copy(self) -> None:
        """Bring the heads of the days written since the last time to all witnesses."""
        with self._copying:
            self._waiting |= self._written()
            problem = ""
            for day in sorted(self._waiting):
                try:
                    self._witness(day)
                    self._waiting.discard(day)
                except StoreError as error:  # Redis, disk or S3; kept for the next time
                    problem = str(error)
            self._note(problem)

    def _witness(self, day: date) -> None:
        for witness in self._witnesses:
            witness.began(self._clock.now())
            witness.update(day, lambda known: self._newer(day, known))

    def _newer(self, day: date, known: Seen | None) -> Seen | None:
        """What to keep of ``day`` instead of ``known``; None to leave that as it is."""
        head = head_of(self._days.head(day))
        if known is not None and not self._goes_on(day, known):
            self._broken[day] = f"The marks of {day} do not go on from what was witnessed."
            return None
        self._broken.pop(day, None)
        if head is None or (known is not None and head[0] <= known.count):
            return None
        seen = Seen(day, head[0], head[1], self._clock.now())
        return Seen(day, seen.count, seen.link, seen.at, self._chain.sign(seen.text(self._site)))

    def _goes_on(self, day: date, known: Seen) -> bool:
        entry = self._days.entry(day, known.count - 1)
        linked = parsed(entry) if entry is not None else None
        return linked is not None and linked.link == known.link

    def _note(self, problem: str) -> None:
        before = self._status
        broken = " ".join(self._broken[day] for day in sorted(self._broken))
        at = before.at if problem else self._clock.now()
        self._status = WitnessStatus(at, problem, broken, before.places)
        if broken and broken != before.broken:
            log.error("chain_broken detail=%s", broken)
        if problem and problem != before.problem:
            log.warning("witness_waits reason=%s", problem)

    def _run(self) -> None:
        self.copy()
        while not self._thread.stopping.wait(self._every):
            self.copy()
        self.copy()

    # --- checking

    def verify(self, progress: Progress | None = None) -> Report:
        """Walk every day there is or was; reads all events. Raises StoreUnavailable."""
        began, seens = self._evidence()
        tally = _Tally()
        days = sorted(self._days.days() | {seen.day for seen in seens})
        for number, day in enumerate(days, 1):
            about = [seen for seen in seens if seen.day == day]
            self._check_day(tally, day, about, began)
            if progress is not None:
                progress(number, len(days))
        return Report(
            days=tally.days,
            entries=tally.entries,
            linked=sum(tally.keys.values()),
            older=tally.older,
            newer=tally.newer,
            newer_events=tuple(tally.events[-_NAMED:]),
            witnessed_at=max((seen.at for seen in seens), default=None),
            findings=tuple(tally.findings),
            keys=dict(tally.keys),
        )

    def _evidence(self) -> tuple[datetime | None, list[Seen]]:
        """Since when there is a chain, and all heads that were seen; the witness is read
        before the lists, so that these can only be longer."""
        began = [at for witness in self._witnesses if (at := witness.began()) is not None]
        return min(began, default=None), [s for w in self._witnesses for s in w.all()]

    def _check_day(
        self, tally: _Tally, day: date, seens: Sequence[Seen], began: datetime | None
    ) -> None:
        stored = self._days.read(day)
        older = began is None or day <= began.date()
        walk = Walk(self._chain, stored, may_be_older=older)
        found = list(walk.findings)
        for seen in seens:
            found += self._signature(seen)
            found += [f for f in walk.against(seen) if (f.flaw, f.place) not in _said(found)]
        tally.days += 1
        tally.entries += len(stored.entries)
        tally.older += walk.older
        tally.keys += walk.keys
        tally.findings += found
        witnessed = max([walk.older, *(seen.count for seen in seens)])
        tally.newer += max(0, len(stored.entries) - witnessed)
        tally.events += walk.ids(witnessed)

    def _signature(self, seen: Seen) -> list[Finding]:
        signed = self._chain.signed(seen.text(self._site), seen.signature)
        if signed:
            return []
        why = "is signed with a key that is not known here" if signed is None else "was changed"
        return [Finding(seen.day, Flaw.WITNESS, f"What a witness kept of this day {why}.")]


def _said(findings: Sequence[Finding]) -> set[tuple[Flaw, int | None]]:
    return {(finding.flaw, finding.place) for finding in findings}

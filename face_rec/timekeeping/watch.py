"""Notices that the machine's wall clock was set, or is wrong, and says so with every mark.

The wall clock is held against the time since the machine was started, which nobody can set: where
their distance changes by more than a slewing NTP ever changes it, the clock was set. That needs
no other machine, works while it sleeps, and across restarts of the app: what was seen last lies on
the disk. Across a restart of the *machine* only a clock that went back is noticed.

Whether it was wrong before or is wrong since, others must tell: NTP by what it has told the
kernel, an outside Redis by its own clock. Where nobody does, it is taken to be right since: one
sets a clock that is wrong.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from face_rec.background import Background
from face_rec.clock import MachineClock
from face_rec.domain.clock_state import NOTICED, ClockChange, Stamp, apart
from face_rec.domain.errors import StoreError
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.timekeeping.ntp import Kept
from face_rec.timekeeping.seen import Seen, SeenFile

log = logging.getLogger(__name__)

EVERY: Final = 1.0
"""Seconds between two looks of the thread; every mark looks as well."""
_ASKED: Final = 30.0  # seconds between two questions to the other machines
_FEW: Final = 5.0  # seconds that two machines may be apart, the way to the other one included
_LATELY: Final = 90.0  # seconds for which what others said holds
_LONGEST: Final = 86400.0
"""Seconds before a change in which marks are in doubt where nobody knows how long the clock was
wrong."""
_SAVED: Final = 60.0
_MOST_UNTOLD: Final = 100

Opinion = Callable[[], float | None]
"""By how many seconds this machine's clock is ahead of another one's; None: it does not say."""


@dataclass(frozen=True, slots=True)
class _Noticed:
    """The clock was set by ``by`` seconds between two looks."""

    before: Seen
    after: Seen
    by: float


@dataclass(frozen=True, slots=True)
class Jump:
    """The clock was set by ``by`` seconds, from ``before`` to ``after``. ``change``: which marks
    that leaves in doubt; None: none of before. ``words``: what is known of it."""

    by: float
    before: datetime
    after: datetime
    words: str
    change: ClockChange | None = None


@dataclass(frozen=True, slots=True)
class State:
    """``ahead``: by how many seconds the clock shows too much, as far as anybody can tell; None:
    nothing speaks against it. ``others``: the same by each other machine that was asked.
    ``jumps``: how often it was set since the start of the app."""

    kept: Kept
    ahead: float | None
    others: Mapping[str, float]
    jumps: int
    last: Jump | None
    last_ago: float


class ClockWatch:
    """``told`` hears of each time the clock was set, on the thread of the watch; what it raises
    as StoreError has it told again. ``others``: other machines by name. Safe from any thread."""

    def __init__(
        self,
        clock: MachineClock,
        kept: Callable[[], Kept],
        others: Mapping[str, Opinion],
        told: Callable[[Jump], None],
        *,
        file: SeenFile | None = None,
        machine: str = "",
    ) -> None:
        self._clock = clock
        self._kept = kept
        self._others = dict(others)
        self._told = told
        self._file = file
        self._machine = machine
        self._lock = threading.RLock()
        self._unjudged: list[_Noticed] = []
        self._state = Kept(None)
        self._said: dict[str, float] = {}
        self._asked = self._saved = float("-inf")
        self._untold: list[Jump] = []
        self._jumps = 0
        self._last: tuple[Jump, float] | None = None
        self._seen = self._begin()
        self._thread = Background("clock-watch", self._run, clock=clock)

    def start(self) -> None:
        self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        self._thread.stop(timeout)
        self._save()

    def stamp(self) -> Stamp:
        """Of this moment. Costs some microseconds and asks nobody else."""
        with self._lock:
            self._look()
            return Stamp(
                self._seen.boot,
                round(self._seen.up, 3),
                self._state.synchronised,
                None if self._seen.ahead is None else round(self._seen.ahead, 1),
            )

    def state(self) -> State:
        with self._lock:
            last, at = self._last or (None, float("-inf"))
            ago = self._clock.monotonic() - at
            return State(self._state, self._seen.ahead, dict(self._said), self._jumps, last, ago)

    def look(self) -> None:
        """What the thread does each time: look, ask the others when it is time, judge what was
        noticed, tell it."""
        now = self._clock.monotonic()
        with self._lock:
            self._look()
            due = now - self._asked >= _ASKED or bool(self._unjudged)
        kept, said = self._kept(), self._ask() if due else None
        with self._lock:
            if self._look():  # meanwhile: what was said is of the clock before
                return
            self._state = kept
            if said is not None:
                self._asked, self._said = now, said
            right = self._assess()
            for noticed in self._unjudged:
                self._judge(noticed, right)
            self._unjudged.clear()
        self._tell()
        if now - self._saved >= _SAVED:
            self._save()

    # --- the caller has _lock

    def _look(self) -> bool:
        """Whether the clock was set since the last look; the thread judges it."""
        seen, known = self._reading(), self._seen
        by = seen.offset - known.offset
        if abs(by) < NOTICED:
            self._seen = seen
            return False
        log.error("clock_was_set seconds=%.1f", by)
        until = seen.up if _right_lately(known) else known.right
        self._seen = replace(seen, right=until, ahead=_ahead_after(known, seen, by))
        self._noticed(_Noticed(known, self._seen, by))
        return True

    def _noticed(self, noticed: _Noticed) -> None:
        self._said = {}  # by the clock of before
        self._unjudged.append(noticed)
        self._jumps += 1
        self._last = (_jump(noticed, "", None), self._clock.monotonic())

    def _reading(self) -> Seen:
        """Both clocks at one moment: a process that was stopped between them has seen no jump."""
        for _ in range(5):
            before = self._clock.uptime()
            wall = self._clock.now().timestamp()
            up = self._clock.uptime()
            if up - before < NOTICED / 4:
                return replace(self._seen, up=up, wall=wall)
        return self._seen

    def _assess(self) -> bool:
        """Whether somebody says that the clock is right now; by how much it is not, is noted."""
        seen, said = self._seen, self._nearest()
        if self._state.synchronised or (said is not None and abs(said) <= _FEW):
            self._seen = replace(seen, right=seen.up, right_offset=seen.offset, ahead=None)
            return True
        if said is not None:
            self._seen = replace(seen, ahead=said)
        return False

    def _nearest(self) -> float | None:
        """What the others say; where they differ, the one that this clock is nearer to, for two
        that agree are seldom both wrong."""
        return min(self._said.values(), key=abs, default=None)

    def _judge(self, noticed: _Noticed, is_right: bool) -> None:
        """Which side of it is wrong, by all that is known now."""
        before, by, now = noticed.before, noticed.by, self._seen
        if is_right and _right_lately(before) and by > 0:
            self._note(noticed, msgid("The machine stood still for so long: no mark is wrong."))
        elif now.ahead is not None and before.ahead is None:
            off = apart(now.ahead)
            self._note(noticed, sentence("It is {off} since: marks made now say so.", off=off))
        else:
            change = self._change(noticed, sure=is_right)
            words = sentence("Marks of before are in doubt: {change}.", change=change.words)
            self._note(noticed, words, change)

    def _change(self, noticed: _Noticed, *, sure: bool) -> ClockChange:
        before, after = noticed.before, noticed.after
        until = after.up if before.boot == after.boot else before.up + 2 * _SAVED
        since = max(before.right or 0.0, until - _LONGEST)
        until = round(until, 3)  # as stamps are
        ahead = -noticed.by if before.ahead is None else before.ahead
        at = datetime.fromtimestamp(after.wall, UTC)
        return ClockChange(before.boot, since, until, round(ahead, 1), at, self._machine, sure)

    def _note(self, noticed: _Noticed, words: str, change: ClockChange | None = None) -> None:
        jump = _jump(noticed, words, change)
        self._last = (jump, self._clock.monotonic())
        self._untold = [*self._untold, jump][-_MOST_UNTOLD:]

    # --- without it

    def _run(self) -> None:
        while not self._thread.stopping.is_set():
            self.look()
            self._thread.stopping.wait(EVERY)

    def _ask(self) -> dict[str, float]:
        said = {name: ask() for name, ask in self._others.items()}
        return {name: ahead for name, ahead in said.items() if ahead is not None}

    def _tell(self) -> None:
        while self._untold:
            try:
                self._told(self._untold[0])
            except StoreError as error:
                log.info("clock_change_waits reason=%s", error)
                return
            with self._lock:
                self._untold = self._untold[1:]

    # --- what was seen last, on the disk

    def _begin(self) -> Seen:
        now = Seen(self._clock.boot, self._clock.uptime(), self._clock.now().timestamp())
        kept = self._file.read() if self._file else None
        if kept is None:
            return now
        if kept.boot == now.boot:
            return kept  # the first look compares them
        by = now.wall - kept.wall
        if by > -NOTICED:
            return now
        log.error("clock_went_back_with_the_machine seconds=%.1f", by)
        now = replace(now, ahead=by)  # it has lost the time, until somebody says otherwise
        self._noticed(_Noticed(kept, now, by))
        return now

    def _save(self) -> None:
        """Not before everything is told: what is not would be forgotten by a restart."""
        with self._lock:
            seen = None if self._untold or self._unjudged else self._seen
        if self._file is None or seen is None:
            return
        self._saved = self._clock.monotonic()
        self._file.write(seen)


def _right_lately(seen: Seen) -> bool:
    """Whether it was right at that look, as far as anybody knew."""
    return seen.ahead is None and seen.right is not None and seen.up - seen.right <= _LATELY


def _ahead_after(known: Seen, seen: Seen, by: float) -> float | None:
    """What is to be thought of a clock that was set by ``by``, before anybody is asked."""
    if known.right_offset is not None and abs(seen.offset - known.right_offset) < NOTICED:
        return None  # it is as it was when it was right
    if known.ahead is not None:
        left = known.ahead + by
        return left if abs(left) >= NOTICED else None
    return by if _right_lately(known) else None


def _jump(noticed: _Noticed, words: str, change: ClockChange | None) -> Jump:
    after = datetime.fromtimestamp(noticed.after.wall, UTC)
    return Jump(noticed.by, after - timedelta(seconds=noticed.by), after, words, change)

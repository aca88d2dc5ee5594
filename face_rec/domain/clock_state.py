"""What is known of the clock that an event took its time from, and of a clock that was set.

A wall clock can be wrong, and be set while people are marked. What nobody can set is the time
since the machine was started; both together, noted with every mark, tell afterwards which of the
marks were made by the clock as it was before, and by how much that was wrong.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from face_rec.languages.sentence import Sentence, sentence, sentence_many

NOTICED: Final = 2.0
"""Seconds by which a clock has to be set, or to differ, to be noticed; NTP slews less."""
TOLD: Final = 30.0
"""Seconds by which a mark's time has to be wrong for somebody to look at it: a day is reckoned in
minutes."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """``up``: seconds since the start ``boot`` of the machine. ``kept``: whether NTP kept the
    clock; None: not known. ``ahead``: by how many seconds it showed too much, as far as anybody
    could tell; less than 0: too little; None: nothing spoke against it. ``apart``: by ``up`` the
    person's cooldown was over, although the wall clock, set meanwhile, says otherwise."""

    boot: str
    up: float
    kept: bool | None = None
    ahead: float | None = None
    apart: bool = False

    def since(self, other: "Stamp | None") -> float | None:
        """Seconds between both, whatever the wall clock says; None of two starts."""
        if other is None or other.boot != self.boot:
            return None
        return abs(self.up - other.up)

    @property
    def doubt(self) -> str:
        """Why somebody should look at the time of a mark that has this; "" where nothing was
        against it."""
        if self.ahead is None or abs(self.ahead) < TOLD:
            return ""
        return sentence("marked while the clock was wrong, by about {off}", off=apart(self.ahead))


@dataclass(frozen=True, slots=True)
class ClockChange:
    """The clock of ``machine`` was wrong in the start ``boot``, from ``since`` to ``until``
    (seconds of that start), and was set then. ``ahead``: by how many seconds it showed too much
    when it was set; less than 0: too little. ``noticed``: when, by the clock as it is since.
    ``sure``: NTP or another machine's clock says that it is right since; else only that somebody
    has set it, which one does with a clock that is wrong."""

    boot: str
    since: float
    until: float
    ahead: float
    noticed: datetime
    machine: str = ""
    sure: bool = True

    def same(self, other: "ClockChange") -> bool:
        """Whether another process on the machine has noticed the same."""
        near = abs(self.until - other.until) < _ONE_LOOK
        return near and self.boot == other.boot and abs(self.ahead - other.ahead) < TOLD

    def covers(self, stamp: Stamp) -> bool:
        """Whether the clock was wrong then. What knew it by itself is told by the stamp."""
        known = stamp.ahead is not None
        return not known and stamp.boot == self.boot and self.since < stamp.up < self.until

    @property
    def words(self) -> str:
        """As in "the clock of gate-pc was set: it was 3 min behind"."""
        off = apart(self.ahead)
        if not self.sure:
            off = sentence("{off}, it seems", off=off)
        if not self.machine:
            return sentence("the clock was set: it was {off}", off=off)
        return sentence(
            "the clock of {machine} was set: it was {off}", machine=self.machine, off=off
        )


@dataclass(frozen=True, slots=True)
class ClockNote:
    """What a kiosk's machine says of its clock with every sign of life: ``kept`` and ``ahead`` as
    in :class:`Stamp`, ``offset``: seconds that NTP has still to correct."""

    kept: bool | None = None
    offset: float | None = None
    ahead: float | None = None


_ONE_LOOK: Final = 10.0  # seconds, in which every process has looked


def apart(ahead: float) -> Sentence:
    """ "3 min ahead", "1 h 5 min behind", "12 days behind"."""
    seconds = round(abs(ahead))
    minutes = round(seconds / 60)
    if seconds < 60:
        amount = sentence("{seconds} s", seconds=seconds)
    elif minutes < 60:
        amount = sentence("{minutes} min", minutes=minutes)
    elif minutes < 48 * 60 and minutes % 60:
        amount = sentence("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
    elif minutes < 48 * 60:
        amount = sentence("{hours} h", hours=minutes // 60)
    else:
        amount = sentence_many("{count} day", "{count} days", round(minutes / 1440))
    if ahead > 0:
        return sentence("{amount} ahead", amount=amount)
    return sentence("{amount} behind", amount=amount)

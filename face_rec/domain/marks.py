"""Attendance events, and what became of one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeGuard


class EventKind(StrEnum):
    PUNCH = "punch"  # direction decided by the rules
    IN = "in"
    OUT = "out"
    VOID = "void"
    RETYPE = "retype"
    CONFIRM = "confirm"
    DISPUTE = "dispute"


_MARKS: Final = frozenset({EventKind.PUNCH, EventKind.IN, EventKind.OUT})


def is_mark(kind: EventKind | None) -> TypeGuard[EventKind]:
    """Whether an event of this kind says that somebody was there; the others correct one that
    does. The cooldown, retention and the days speak of marks only."""
    return kind in _MARKS


class Source(StrEnum):
    VIDEO = "video"
    STILL = "still"
    PIN = "pin"
    MANUAL = "manual"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of a day's attendance list; appended, never changed.

    ``at`` decides the UTC day that holds it. A correction names the event it
    corrects in ``target``, and says who (``author``), why (``reason``) and
    when (``recorded_at``); ``retype`` carries the new kind in ``becomes``.
    """

    id: str
    subject: str
    at: datetime
    kind: EventKind
    source: Source
    kiosk: str
    score: float | None = None
    margin: float | None = None
    liveness: float | None = None
    snapshot: str | None = None
    contract: str | None = None
    target: str | None = None
    becomes: EventKind | None = None
    author: str | None = None
    reason: str | None = None
    recorded_at: datetime | None = None


class Outcome(StrEnum):
    MARKED = "marked"  # Redis has it
    SAVED_HERE = "saved_here"  # fsynced to the journal; Redis will get it
    ALREADY = "already"  # within the cooldown; nothing was written
    REPEATED = "repeated"  # this very event was there before (a replay)
    DRY_RUN = "dry_run"  # recognised, but writing was turned off on purpose


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an event. ``previous_at`` is the mark that stands when
    the outcome is ALREADY."""

    event: Event
    outcome: Outcome
    previous_at: datetime | None = None

    @property
    def already(self) -> bool:
        """Whether another mark stands instead of this one."""
        return self.outcome is Outcome.ALREADY

    @property
    def stands_at(self) -> datetime:
        """When the mark that stands was made."""
        return (self.previous_at if self.already else None) or self.event.at

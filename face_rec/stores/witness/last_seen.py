"""What this machine knew of the database when it last looked: for whoever begins after it.

A process that is killed while the lists come back, or while nobody here runs, would else take what
others bring back for a forgery.
"""

import logging
from dataclasses import dataclass, replace
from typing import Final

from face_rec.stores.stored_json import Reader, written

log = logging.getLogger(__name__)

_UNNOTED: Final = 60.0  # seconds that a start may have gone on after its last note


@dataclass(frozen=True, slots=True)
class Mending:
    """Lists are being chained anew ``until`` so many seconds of the machine's start ``boot``; that
    was ``noted`` after so many. ``days``: of long ago, as ISO dates, of which marks were offered.
    """

    boot: str
    until: float
    noted: float
    days: tuple[str, ...] = ()

    def at(self, boot: str, up: float) -> "Mending | None":
        """What is left of it ``up`` seconds after the start ``boot``; None where it is over.
        Neither a restart makes it longer nor a clock that is set: of a start that ended it is
        known how much was left, and not how long the machine was off."""
        left = self.until - self.noted
        left = min(left, self.until - up) if boot == self.boot else left - _UNNOTED
        return replace(self, boot=boot, noted=up, until=up + left) if left > 0 else None


@dataclass(frozen=True, slots=True)
class LastSeen:
    """``servers``: the primaries that answered (see servers_of)."""

    servers: tuple[str, ...] = ()
    mending: Mending | None = None

    def written(self) -> str:
        return written(self).decode()


_read: Final = Reader(LastSeen)


def last_seen(text: str) -> LastSeen:
    """What was written; nothing where it is none of ours."""
    try:
        return _read(text) if text else LastSeen()
    except ValueError as error:
        log.warning("witness_note_unreadable reason=%s", error)
        return LastSeen()

"""Who writes the files: one process at a time, and whoever has just erased somebody."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, Protocol

from face_rec.archive.files.month_files import MonthFiles
from face_rec.domain.errors import StoreError, StoreUnavailable
from face_rec.languages.language import msgid

log = logging.getLogger(__name__)

TURN: Final = 600
"""Seconds that a turn holds after a month was begun."""
_LOOKS: Final = 0.5  # seconds between two tries to get a turn
PATIENCE = 30.0
"""Seconds that somebody who erases waits for all of it, a month that was begun aside."""


class Turn(Protocol):
    """Both may raise StoreUnavailable."""

    def claim(self) -> bool:
        """Whether it is ours now, for some time again."""
        ...

    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Forgotten:
    """``written``: files that were made anew; ``left``: months of which files may still name
    somebody who is erased; ``busy``: another process was at it, and nothing was done; ``blank``:
    there are no files."""

    written: int = 0
    left: tuple[str, ...] = ()
    busy: bool = False
    blank: bool = False


class Passes:
    """Safe from any thread. ``turn`` makes a new claim each time it is asked."""

    def __init__(self, files: MonthFiles, turn: Callable[[], Turn]) -> None:
        self.files = files
        self._turn = turn

    def run(self, stop: Callable[[], bool]) -> list[str] | None:
        """Write what is due; None while another is at it. Raises StoreError."""
        with self._taken() as turn:
            if turn is None:
                return None
            return self.files.bring_up_to_date(lambda: stop() or not _still(turn))

    def forget(self) -> Forgotten:
        """Write anew what names somebody who is not registered so. Raises StoreError; whatever is
        not done is found by the next pass, for the manifest says which people it knows."""
        until = time.monotonic() + PATIENCE
        with self._taken(PATIENCE) as turn:
            if turn is None:
                return Forgotten(busy=True)
            done = self.files.forget(lambda: time.monotonic() > until or not _still(turn))
            return Forgotten(blank=True) if done is None else Forgotten(len(done[0]), done[1])

    @contextmanager
    def _taken(self, patience: float = 0) -> Iterator[Turn | None]:
        turn, until = self._turn(), time.monotonic() + patience
        while not turn.claim():
            if time.monotonic() >= until:
                yield None
                return
            time.sleep(_LOOKS)
        try:
            yield turn
        finally:
            _released(turn)


def _still(turn: Turn) -> bool:
    if not turn.claim():
        raise StoreUnavailable(msgid("Another process has gone on writing the archive's files."))
    return True


def _released(turn: Turn) -> None:
    try:
        turn.release()
    except StoreError as error:  # it ends by itself
        log.info("archive_files_turn_not_released reason=%s", error)

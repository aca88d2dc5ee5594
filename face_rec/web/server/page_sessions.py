"""Pages that have lost their browser, each kept until it comes back or its time is over.

Streamlit keeps the session of a closed page for a while, because a page that was only cut off
comes back to it. Its own keeper (seen in 1.67) lets go of one only when the next is put away, and
never ends it: three open files, uploaded photos and downloads stay with a hundred pages that
nobody has open, overnight as well. This one ends each at its time. It is handed to Streamlit by
``app.py`` and knows nothing else of it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

log = logging.getLogger(__name__)

MOST: Final = 128
"""Kept at once."""
_LINGERS: Final = 60.0
"""Seconds that an ended session is still held: the thread of a script that is running tells it of
the script's end by a weak reference, and only then its files are closed."""


class Session(Protocol):
    """Streamlit's ``AppSession``."""

    id: str

    def shutdown(self) -> None:
        """End it and let go of all that it has; later calls do nothing."""


class Put(Protocol):
    """Streamlit's ``SessionInfo``."""

    @property
    def session(self) -> Session: ...


class Timer(Protocol):
    """What was planned, and can be called off."""

    def cancel(self) -> None: ...


Later = Callable[[float, Callable[[], object]], Timer]
"""Has something called after so many seconds, in the thread that asks."""


def _later(seconds: float, work: Callable[[], object]) -> Timer:
    return asyncio.get_running_loop().call_later(seconds, work)


def _nobodys(_session: str) -> Hashable:
    return None


@dataclass(frozen=True, slots=True)
class _Kept:
    info: Put
    owner: Hashable
    timer: Timer


class PageSessions:
    """A ``SessionStorage`` of Streamlit. On the event loop only, so it needs no lock."""

    def __init__(
        self,
        maxsize: int = MOST,
        ttl_seconds: float = 120,
        *,
        owner: Callable[[str], Hashable] = _nobodys,
        later: Later = _later,
    ) -> None:
        """``owner``: whose a session is. Where there are too many, the oldest goes of whoever has
        most, so that nobody's many closed pages cost another the one that was just cut off."""
        self._most, self._seconds = maxsize, ttl_seconds
        self._owner, self._later = owner, later
        self._kept: dict[str, _Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, session_id: str) -> Put | None:
        kept = self._kept.get(session_id)
        return kept.info if kept else None

    def save(self, session_info: Put) -> None:
        """Keep it from now on."""
        name = session_info.session.id
        self.delete(name)
        timer = self._later(self._seconds, partial(self._end, name))
        self._kept[name] = _Kept(session_info, self._owner(name), timer)
        if len(self._kept) > self._most:
            self._end(self._superfluous())

    def delete(self, session_id: str) -> None:
        """It is somebody else's affair again: its page is back, or it was ended."""
        kept = self._kept.pop(session_id, None)
        if kept:
            kept.timer.cancel()

    def list(self) -> list[Put]:
        """All of them, the oldest first."""
        return [kept.info for kept in self._kept.values()]

    def _superfluous(self) -> str:
        shares = Counter(kept.owner for kept in self._kept.values())
        owner = max(shares, key=shares.__getitem__)  # of equals, who was there first
        return next(name for name, kept in self._kept.items() if kept.owner == owner)

    def _end(self, name: str) -> None:
        session = self._kept[name].info.session
        self.delete(name)
        self._later(0, session.shutdown)  # not within save(), which Streamlit calls with a lock
        self._later(_LINGERS, session.shutdown)
        log.debug("page_session_ended kept=%d", len(self._kept))

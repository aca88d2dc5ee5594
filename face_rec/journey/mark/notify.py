"""Notify: what a kiosk tells the people in front of it."""

from collections import deque
from threading import Lock

from face_rec.domain.screens import Greeting

_KEPT = 50
"""Greetings remembered a stream; a page asks for new ones several times a second."""


class NoticeBoard:
    """The newest greetings of one stream. Written by its worker, read by any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._greetings: deque[Greeting] = deque(maxlen=_KEPT)
        self._time_to_mark: float | None = None

    def post(self, greeting: Greeting, time_to_mark: float | None = None) -> None:
        """Show ``greeting``. ``time_to_mark``: seconds from the first frame in which the
        face was large enough until the mark."""
        with self._lock:
            self._greetings.append(greeting)
            if time_to_mark is not None:
                self._time_to_mark = time_to_mark

    def greetings(self, since: float = 0.0) -> tuple[Greeting, ...]:
        """Those shown from ``since`` (monotonic seconds) on, oldest first."""
        with self._lock:
            return tuple(g for g in self._greetings if g.shown_from >= since)

    @property
    def time_to_mark(self) -> float | None:
        """Of the newest mark."""
        return self._time_to_mark

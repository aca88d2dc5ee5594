"""What one camera's thread has read so far: written by it, read by any."""

from collections import deque
from threading import Lock
from typing import Final

from face_rec.cameras.opening import Opened
from face_rec.clock import Clock
from face_rec.languages.language import msgid

ENDED: Final = msgid("It has ended.")
_SPAN: Final = 5.0
_KEPT: Final = 1000


class Reading:
    """Figures of one camera. Safe from any thread; times are monotonic seconds."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._packets: deque[tuple[float, int]] = deque(maxlen=_KEPT)
        self._due_at = float("-inf")
        self._openings = 0
        self.file = False
        self.connected = False
        self.problem = ""
        self.decoder = ""
        self.width = self.height = 0
        self.damaged = 0
        self.picture_at: float | None = None

    def opened(self, opened: Opened, *, file: bool) -> None:
        with self._lock:
            self._openings += 1
            self.file, self.connected, self.problem = file, True, ""
            self.decoder = opened.decoder
            self._due_at = float("-inf")

    def lost(self, problem: str) -> None:
        with self._lock:
            self.connected, self.problem = False, problem

    @property
    def plays_again(self) -> bool:
        """Whether it is a file that was played to its end: it begins anew, as a camera would."""
        return self.file and self.picture_at is not None and self.problem == ENDED

    def packet(self, size: int) -> None:
        with self._lock:
            self._packets.append((self._clock.monotonic(), size))

    def broken(self) -> None:
        self.damaged += 1

    def due(self, now: float, rate: float) -> bool:
        """Whether a picture is looked at now, of which ``rate`` a second are."""
        if now < self._due_at:
            return False
        self._due_at = max(self._due_at, now - 1 / rate) + 1 / rate
        return True

    def picture(self, width: int, height: int) -> None:
        with self._lock:
            self.width, self.height = width, height
            self.picture_at = self._clock.monotonic()

    @property
    def reconnects(self) -> int:
        """How often it was opened again; the rounds of a file are none."""
        return 0 if self.file else max(0, self._openings - 1)

    def rate(self) -> float:
        """Pictures a second that come, decoded or not."""
        recent = self._recent()
        return len(recent) / _SPAN

    def kilobits(self) -> float:
        """A second."""
        return sum(size for _, size in self._recent()) * 8 / 1000 / _SPAN

    def _recent(self) -> list[tuple[float, int]]:
        since = self._clock.monotonic() - _SPAN
        with self._lock:
            return [one for one in self._packets if one[0] >= since]

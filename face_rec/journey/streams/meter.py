"""Meter: how often something happens."""

from collections import deque

SPAN = 3.0
"""Seconds over which a rate is taken."""
_KEPT = 200


class Meter:
    """Events a second over the last SPAN seconds. ``deque`` makes it safe to read from
    another thread."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=_KEPT)

    def tick(self, now: float) -> None:
        self._times.append(now)

    def rate(self, now: float) -> float:
        """Events a second; 0 when the last one is longer ago than SPAN."""
        recent = [at for at in tuple(self._times) if now - at <= SPAN]
        if len(recent) < 2:
            return len(recent) / SPAN
        # Over the time observed, so that the first seconds of a stream do not read low.
        return (len(recent) - 1) / max(now - recent[0], 1e-6)


class Load:
    """What share of the time some threads were busy, over the last SPAN seconds. Each piece of
    work is told when it ends; safe to read from another thread."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._works: deque[tuple[float, float]] = deque(maxlen=_KEPT * threads)

    def worked(self, began: float, ended: float) -> None:
        self._works.append((began, ended))

    def share(self, now: float) -> float:
        """0 (idle) to 1 (all threads, all the time)."""
        busy = sum(max(0.0, ended - max(began, now - SPAN)) for began, ended in tuple(self._works))
        return min(1.0, busy / (SPAN * self._threads))

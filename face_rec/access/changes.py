"""Word of a change: an account, kiosk, token or session is not what it was a moment ago."""

import threading
from collections.abc import Callable
from typing import Final

Listener = Callable[[], None]


def unheard() -> None:
    """For what nobody listens to."""


class Changes:
    """Tells whoever listens, in this process and at once. Safe to call from any thread.

    Other processes find out by themselves: they look at the database every two seconds for
    each open page (:mod:`face_rec.web.gate.tab_socket`).
    """

    def __init__(self) -> None:
        self._listeners: Final[dict[object, Listener]] = {}
        self._lock = threading.Lock()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` at each change, in the thread that made it and in the order of
        listening; it must be quick and must not raise. Returns what ends that."""
        key = object()
        with self._lock:
            self._listeners[key] = listener

        def stop() -> None:
            with self._lock:
                self._listeners.pop(key, None)

        return stop

    def tell(self) -> None:
        """Something was changed, and is in the database."""
        with self._lock:
            listeners = list(self._listeners.values())
        for listener in listeners:
            listener()

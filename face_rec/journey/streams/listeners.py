"""Who wants to hear that a stream has something new to show."""

from collections.abc import Callable
from threading import Lock

Listener = Callable[[], None]


def unheard() -> None:
    """For what nobody listens to."""


class Listeners:
    """By the stream's name, so that a stream which expires and comes back keeps them. Safe from
    any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._of: dict[str, tuple[Listener, ...]] = {}

    def listen(self, name: str, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` at each new scene and greeting, in the thread that made it; it must
        be quick and must not raise. Returns what ends that."""
        with self._lock:
            self._of[name] = (*self._of.get(name, ()), listener)

        def stop() -> None:
            with self._lock:
                left = tuple(one for one in self._of.get(name, ()) if one is not listener)
                self._of[name] = left
                if not left:
                    del self._of[name]

        return stop

    def tell(self, name: str) -> None:
        """There is something new."""
        for listener in self._of.get(name, ()):
            listener()

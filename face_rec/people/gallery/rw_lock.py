"""Many readers or one writer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Sharing:
    """A lock that readers share and a writer has alone.

    A waiting writer goes first, so that readers who never pause cannot keep a change out; a
    reader waits at most for one change, which takes microseconds.
    """

    def __init__(self) -> None:
        self._turn = threading.Condition()
        self._readers = 0
        self._waiting = 0
        self._writing = False

    @contextmanager
    def reading(self) -> Iterator[None]:
        with self._turn:
            self._turn.wait_for(lambda: not self._writing and not self._waiting)
            self._readers += 1
        try:
            yield
        finally:
            with self._turn:
                self._readers -= 1
                self._turn.notify_all()

    @contextmanager
    def writing(self) -> Iterator[None]:
        with self._turn:
            self._waiting += 1
            self._turn.wait_for(lambda: not self._writing and not self._readers)
            self._waiting -= 1
            self._writing = True
        try:
            yield
        finally:
            with self._turn:
                self._writing = False
                self._turn.notify_all()

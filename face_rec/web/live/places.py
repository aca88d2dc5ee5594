"""How many lines may be open, and which screens have one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import anyio

A_KIOSK: Final = 4
"""Screens of one kiosk: the tablet, the one that takes over, an admin who looks, one to spare."""
IN_ALL: Final = 256


class NoPlace(Exception):
    """As many lines as may be are open."""


class Places:
    """On the event loop only, so it needs no lock."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], anyio.Event] = {}

    @contextmanager
    def take(self, kiosk: str, screen: str) -> Iterator[anyio.Event]:
        """A place, as long as the context lasts; the event comes when it must be given up: a
        screen that connects anew, after a network gap that only it has noticed, has one line.

        Raises NoPlace."""
        place, mine = (kiosk, screen), anyio.Event()
        before = self._open.get(place)
        if before is not None:
            before.set()
        elif self._of(kiosk) >= A_KIOSK or len(self._open) >= IN_ALL:
            raise NoPlace("Too many screens are open. Close one of them.")
        self._open[place] = mine
        try:
            yield mine
        finally:
            if self._open.get(place) is mine:
                del self._open[place]

    def _of(self, kiosk: str) -> int:
        return sum(name == kiosk for name, _ in self._open)

    @property
    def open(self) -> int:
        return len(self._open)

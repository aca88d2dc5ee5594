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
        self._kiosks: dict[str, dict[str, anyio.Event]] = {}

    @contextmanager
    def take(self, kiosk: str, screen: str) -> Iterator[anyio.Event]:
        """A place, as long as the context lasts; the event comes when it must be given up: a
        screen that connects anew, after a network gap that only it has noticed, has one line.

        Raises NoPlace."""
        before = self._kiosks.get(kiosk, {}).get(screen)
        taken = self.open - (before is not None)
        if (before is None and len(self._kiosks.get(kiosk, {})) >= A_KIOSK) or taken >= IN_ALL:
            raise NoPlace("Too many screens are open. Close one of them.")
        if before is not None:
            before.set()
        mine = self._kiosks.setdefault(kiosk, {})[screen] = anyio.Event()
        try:
            yield mine
        finally:
            self._leave(kiosk, screen, mine)

    def _leave(self, kiosk: str, screen: str, mine: anyio.Event) -> None:
        screens = self._kiosks[kiosk]
        if screens[screen] is mine:
            del screens[screen]
        if not screens:
            del self._kiosks[kiosk]

    @property
    def open(self) -> int:
        return sum(len(screens) for screens in self._kiosks.values())

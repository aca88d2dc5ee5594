"""When a kiosk looks for a badge: from the press of the button until one was read, for seconds.

It lives in memory, like what a screen shows: the pictures of a kiosk and its line come to one
process. Nobody's pictures are searched for codes at any other time.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import Lock
from typing import Final

from face_rec.clock import Clock

LOOKS_FOR: Final = 20.0
LOOKED_UP_WITHIN: Final = 10.0
TYPES_FOR: Final = 30.0
SAID_FOR: Final = 6.0
"""Seconds of each phase."""


class Phase(StrEnum):
    """LOOKING for a code; READ: one was, and is being looked up; PIN: whose it was types theirs;
    SAID: what came of it stands on the screen."""

    LOOKING = "looking"
    READ = "read"
    PIN = "pin"
    SAID = "said"


class Answer(StrEnum):
    """What may come of it, besides a greeting, which is said as any other mark's."""

    NOTHING = "nothing"
    """No code was read in time."""
    VOID = "void"
    LOCKED = "locked"
    AWAY = "away"
    WRONG_PIN = "wrong_pin"
    PINS_LOCKED = "pins_locked"
    BUSY = "busy"
    NOT_SAVED = "not_saved"
    CAME = "came"
    """A visitor is checked in, …"""
    CAME_TOLD = "came_told"
    """… and their host is told."""
    LEFT = "left"
    ASK_RECEPTION = "ask_reception"
    """A visitor who has not agreed yet, or whose visit is over or of another day."""


MET: Final = frozenset({Answer.CAME, Answer.CAME_TOLD, Answer.LEFT})
"""What is said to visitors to whom nothing is refused."""


@dataclass(frozen=True, slots=True)
class Window:
    """``until``: monotonic seconds; ``nonce``: another one for each phase of each window.
    ``answer`` with ``count``, the minutes in it; ``subject`` and ``name``: whose badge it was, the
    latter of a visitor, too."""

    phase: Phase
    until: float
    screen: str
    nonce: str = ""
    answer: Answer | None = None
    count: int = 0
    subject: str = ""
    name: str = ""


def _unheard(_kiosk: str) -> None: ...


class BadgeWindows:
    """By kiosk. Safe from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._changed: Callable[[str], object] = _unheard
        self._lock = Lock()
        self._open: dict[str, Window] = {}

    def when_changed(self, changed: Callable[[str], object]) -> None:
        """Call it with the kiosk after each change, in the thread that made it."""
        self._changed = changed

    def ask(self, kiosk: str, screen: str) -> None:
        """Somebody before this screen wants to show a badge; what was there before is over."""
        self._put(kiosk, Window(Phase.LOOKING, LOOKS_FOR, screen))

    def end(self, kiosk: str, screen: str = "") -> None:
        """``screen``: only what was begun there; "": whatever it is."""
        with self._lock:
            window = self._open.get(kiosk)
            if window is None or screen not in ("", window.screen):
                return
            del self._open[kiosk]
        self._changed(kiosk)

    def of(self, kiosk: str) -> Window | None:
        """What goes on there now; nothing once its time is over, and what has come of it was
        said."""
        window, now = self._open.get(kiosk), self._clock.monotonic()
        if window is None or now < window.until:
            return window
        if window.phase is Phase.LOOKING and now < window.until + SAID_FOR:
            return replace(window, phase=Phase.SAID, answer=Answer.NOTHING)
        return None

    def looks(self, kiosk: str) -> bool:
        """Whether a code is looked for; asked at every picture."""
        window = self.of(kiosk) if self._open else None
        return window is not None and window.phase is Phase.LOOKING

    def take(self, kiosk: str) -> Window | None:
        """A code was read: the window in which it was, for whoever is first; None for others."""
        return self._take(kiosk, Phase.LOOKING)

    def take_pin(self, kiosk: str, screen: str) -> Window | None:
        """A PIN was typed on this screen, likewise."""
        return self._take(kiosk, Phase.PIN, screen)

    def ask_pin(self, kiosk: str, screen: str, subject: str, name: str) -> None:
        """Of the person whose badge it was."""
        self._put(kiosk, Window(Phase.PIN, TYPES_FOR, screen, subject=subject, name=name))

    def say(self, kiosk: str, screen: str, answer: Answer, count: int = 0, name: str = "") -> None:
        said = Window(Phase.SAID, SAID_FOR, screen, answer=answer, count=count, name=name)
        self._put(kiosk, said)

    def _take(self, kiosk: str, phase: Phase, screen: str = "") -> Window | None:
        now = self._clock.monotonic()
        with self._lock:
            window = self._open.get(kiosk)
            if window is None or window.phase is not phase or now >= window.until:
                return None
            if screen not in ("", window.screen):
                return None
            self._open[kiosk] = replace(window, phase=Phase.READ, until=now + LOOKED_UP_WITHIN)
        self._changed(kiosk)
        return window

    def _put(self, kiosk: str, window: Window) -> None:
        """``window.until`` is how long it lasts, until here."""
        until = self._clock.monotonic() + window.until
        with self._lock:
            self._open[kiosk] = replace(window, until=until, nonce=secrets.token_hex(4))
        self._changed(kiosk)

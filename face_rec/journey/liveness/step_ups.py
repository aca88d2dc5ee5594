"""What the step-ups of all kiosks of a process share."""

from collections import deque
from threading import Lock
from typing import Final

from face_rec.domain.liveness import Colour
from face_rec.journey.liveness import challenge as rules
from face_rec.journey.liveness import colours
from face_rec.journey.liveness.challenge import Ask, Draw, draw
from face_rec.journey.liveness.colours import ColourAsk

TRIES: Final = 3
"""Failed tries within :data:`LATELY` seconds that pause a face at a kiosk …"""
LATELY: Final = 180.0
PAUSE: Final = 180.0
"""… for so many seconds."""
AGAIN: Final = 60.0
"""Seconds in which the office is told once of one person at one kiosk."""
_ASKS: Final = 4096
"""Turns that are remembered, the newest: nobody answers one of hours ago."""


class StepUps:
    """Which turns and colours were asked for and shown, each once, and who
    has failed. Known to this process only, and until it ends. Safe from any thread."""

    def __init__(self, draw: Draw = draw, draw_colour: colours.Draw = colours.draw) -> None:
        self._draw = draw
        self._draw_colour = draw_colour
        self._lock = Lock()
        self._waiting: dict[str, tuple[str, float]] = {}
        self._shown: dict[str, float] = {}
        self._failed: dict[tuple[str, str], deque[float]] = {}
        self._paused: dict[tuple[str, str], float] = {}
        self._told: dict[tuple[str, str], float] = {}
        self._owing: dict[tuple[str, str], float] = {}

    def ask(self, kiosk: str, now: float) -> Ask:
        """Another turn, for the screens of ``kiosk``."""
        ask = self._draw()
        self._await(kiosk, ask.nonce, now)
        return ask

    def ask_colour(self, kiosk: str, before: Colour | None, now: float) -> ColourAsk:
        """Another colour than ``before``, for the screens of ``kiosk``."""
        ask = self._draw_colour(before)
        self._await(kiosk, ask.nonce, now)
        return ask

    def _await(self, kiosk: str, nonce: str, now: float) -> None:
        with self._lock:
            self._waiting[nonce] = (kiosk, now)
            while len(self._waiting) > _ASKS:
                del self._waiting[next(iter(self._waiting))]

    def show(self, kiosk: str, nonce: str, now: float) -> bool:
        """A screen of ``kiosk`` says that it shows what was asked: True once, and in time."""
        with self._lock:
            asked_of, at = self._waiting.get(nonce, ("", now))
            if asked_of != kiosk:
                return False
            del self._waiting[nonce]
            if now - at > rules.SHOWN_WITHIN:
                return False
            self._shown[nonce] = now
            while len(self._shown) > _ASKS:
                del self._shown[next(iter(self._shown))]
            return True

    def shown_at(self, nonce: str) -> float | None:
        """When a screen said so."""
        with self._lock:
            return self._shown.get(nonce)

    def fail(self, kiosk: str, subject: str, now: float) -> None:
        """``subject``, or a picture of them, has failed at ``kiosk``."""
        with self._lock:
            self._forget(now)
            tries = self._failed.setdefault((kiosk, subject), deque())
            tries.append(now)
            if len(tries) >= TRIES:
                self._paused[kiosk, subject] = now + PAUSE
                del self._failed[kiosk, subject]

    def owe(self, kiosk: str, subject: str, now: float) -> None:
        """They were asked to turn the head, and have not."""
        with self._lock:
            self._owing[kiosk, subject] = now

    def owes(self, kiosk: str, subject: str, now: float) -> bool:
        """Whether they have not lately: then they are asked again, whatever the models say."""
        with self._lock:
            return now - self._owing.get((kiosk, subject), float("-inf")) < LATELY

    def failed(self, kiosk: str, subject: str, now: float) -> int:
        """How often they have failed there lately."""
        with self._lock:
            self._forget(now)
            return len(self._failed.get((kiosk, subject), ()))

    def paused(self, kiosk: str, subject: str, now: float) -> bool:
        """Whether they have failed so often that they must wait, or mark another way."""
        with self._lock:
            return now < self._paused.get((kiosk, subject), now)

    def first(self, kiosk: str, subject: str, now: float) -> bool:
        """Whether the office has not been told of them a moment ago; it is told now."""
        with self._lock:
            self._told = {one: at for one, at in self._told.items() if now - at < AGAIN}
            known = (kiosk, subject) in self._told
            self._told.setdefault((kiosk, subject), now)
            return not known

    def _forget(self, now: float) -> None:
        """What is over; as few people fail, all are looked through."""
        for place, tries in list(self._failed.items()):
            while tries and now - tries[0] > LATELY:
                tries.popleft()
            if not tries:
                del self._failed[place]
        self._paused = {place: until for place, until in self._paused.items() if now < until}
        self._owing = {place: at for place, at in self._owing.items() if now - at < LATELY}

"""Tries of people to mark themselves on their phone: on this process, for a minute and a half."""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from face_rec.access.secrets import new_secret
from face_rec.attendance.rules.mobile import MobilePunch
from face_rec.background import Background
from face_rec.clock import Clock
from face_rec.domain.errors import TryLater
from face_rec.domain.marks import EventKind
from face_rec.languages.language import msgid
from face_rec.mobile.nearness import Nearness
from face_rec.mobile.own_face import OwnFace
from face_rec.protocols.streams import FrameProcessor, Stream

LASTS: Final = 90.0
"""Seconds from the position to the mark: longer, and the phone may be elsewhere by now."""
_MOST: Final = 24
"""At once: each looks at some pictures a second."""
_FULL: Final = msgid("Too many people punch by phone at this moment. Try again in a minute.")
_EVERY: Final = 5.0
_LONGEST: Final = 2.0


class Engine(Protocol):
    """What an attempt asks of it."""

    def open(self, name: str, processor: FrameProcessor) -> Stream: ...


class Became(StrEnum):
    MARKED = "marked"
    SAVED = "saved"  # by this server; the database gets it
    ALREADY = "already"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Result:
    """``at``: of the mark that stands. ``why``: it was refused, in words."""

    became: Became
    at: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose attempt it is: a person, in one sign-in of theirs."""

    subject: str
    sign_in: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants. ``rule``: what held when it began; ``near``: where the phone was then;
    ``kind``: what they say that they do."""

    rule: MobilePunch
    near: Nearness
    kind: EventKind
    language: str


@dataclass(slots=True, eq=False)
class Attempt:
    """``secret``: names it, and is of use once. ``result``: it is over."""

    secret: str = field(repr=False)
    whose: Whose
    asked: Asked
    until: float
    face: OwnFace
    stream: Stream
    result: Result | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Attempts:
    """Safe from any thread."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, Attempt] = {}
        self._thread = Background("punches", self._run)

    def start(self) -> None:
        """Forget what is over, although nobody asks for it: faces are in it."""
        self._thread.start()

    def close(self) -> None:
        self._thread.stop(_LONGEST)

    def open(self, whose: Whose, asked: Asked, face: OwnFace) -> Attempt:
        """A new one; it ends the one before of the same person. Raises TryLater."""
        secret = new_secret()
        with self._lock:
            self._sweep()
            for one in [o for o in self._open.values() if o.whose.subject == whose.subject]:
                self._end(one)
            if len(self._open) >= _MOST:
                raise TryLater(_FULL, 60.0)
            stream = self._engine.open(f"mobile:{secret[:16]}", face)  # no name of a kiosk
            until = self._clock.monotonic() + LASTS
            made = Attempt(secret, whose, asked, until, face, stream)
            self._open[secret] = made
        return made

    def find(self, secret: str, whose: Whose) -> Attempt | None:
        """The one of this name, if it is theirs and has not ended."""
        with self._lock:
            self._sweep()
            found = self._open.get(secret)
        return found if found is not None and found.whose == whose else None

    def end(self, one: Attempt) -> None:
        """Nothing of it stays."""
        with self._lock:
            self._end(one)

    def count(self) -> int:
        with self._lock:
            self._sweep()
            return len(self._open)

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        for one in [o for o in self._open.values() if now >= o.until]:
            self._end(one)

    def _end(self, one: Attempt) -> None:
        self._open.pop(one.secret, None)
        one.stream.close()

    def _run(self) -> None:
        while not self._thread.stopping.wait(_EVERY):
            self.count()

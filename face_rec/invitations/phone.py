"""Guided captures of people who register on their own phone: on this process, for minutes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from face_rec.access.secrets import new_secret
from face_rec.clock import Clock
from face_rec.domain.errors import TryLater
from face_rec.domain.people import Consent
from face_rec.invitations.invitation_records import Typed
from face_rec.languages.language import msgid
from face_rec.people.photos.capture import GuidedCapture
from face_rec.protocols.streams import FrameProcessor, Stream

_MOST: Final = 24
"""At once: each looks at some pictures a second."""
_MOST_BY_POSTERS: Final = 16
"""Of these: whoever has photographed a poster keeps nobody out who was invited by name."""
_IDLE: Final = 300.0
"""Seconds without a picture after which one is over."""
_FULL: Final = msgid("Too many people are registering at this moment. Try again in a minute.")


class Engine(Protocol):
    """What a capture asks of it."""

    def open(self, name: str, processor: FrameProcessor) -> Stream: ...


@dataclass(slots=True)
class PhoneCapture:
    """One phone, known by ``secret``. ``consent``: as it was shown and agreed to there, in
    ``language``. ``typed``: by a poster, who they say that they are."""

    secret: str = field(repr=False)
    invitation: str
    consent: Consent
    language: str
    typed: Typed | None
    guide: GuidedCapture
    stream: Stream
    seen: float
    sending: bool = False


class PhoneCaptures:
    """Safe from any thread."""

    def __init__(self, engine: Engine, guided: Callable[[], GuidedCapture], clock: Clock) -> None:
        self._engine = engine
        self._guided = guided
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, PhoneCapture] = {}

    def open(
        self, invitation: str, consent: Consent, language: str, typed: Typed | None
    ) -> PhoneCapture:
        """A new one; of who was invited by name it ends the one before. Raises TryLater."""
        secret = new_secret()
        with self._lock:
            self._sweep()
            if typed is None:
                for one in [o for o in self._open.values() if o.invitation == invitation]:
                    self._end(one)
            by_posters = sum(one.typed is not None for one in self._open.values())
            full = typed is not None and by_posters >= _MOST_BY_POSTERS
            if full or len(self._open) >= _MOST:
                raise TryLater(_FULL, 60.0)
            made = PhoneCapture(
                secret, invitation, consent, language, typed, *self._begun(secret),
                self._clock.monotonic(),
            )  # fmt: skip
            self._open[secret] = made
        return made

    def _begun(self, secret: str) -> tuple[GuidedCapture, Stream]:
        guide = self._guided()
        return guide, self._engine.open(f"register:{secret[:16]}", guide)  # no name of a kiosk

    def find(self, secret: str, invitation: str) -> PhoneCapture | None:
        """The one that is open under this secret, by that invitation; it is not idle now."""
        with self._lock:
            self._sweep()
            found = self._open.get(secret)
            if found is None or found.invitation != invitation:
                return None
            found.seen = self._clock.monotonic()
            return found

    def going_on(self) -> list[PhoneCapture]:
        """All that are open; who is idle is none of them any more."""
        with self._lock:
            self._sweep()
            return list(self._open.values())

    def again(self, one: PhoneCapture) -> None:
        """Take all views once more."""
        with self._lock:
            one.stream.close()
            one.guide, one.stream = self._begun(one.secret)

    def claim(self, one: PhoneCapture) -> bool:
        """Whether it may be sent now: nobody else is at it."""
        with self._lock:
            free, one.sending = not one.sending, True
            return free

    def free(self, one: PhoneCapture) -> None:
        """It was not sent after all."""
        one.sending = False

    def close(self, one: PhoneCapture) -> None:
        """Nothing of it stays."""
        with self._lock:
            self._end(one)

    def _sweep(self) -> None:
        now = self._clock.monotonic()
        for one in [o for o in self._open.values() if now - o.seen > _IDLE]:
            self._end(one)

    def _end(self, one: PhoneCapture) -> None:
        self._open.pop(one.secret, None)
        one.stream.close()

"""Links in messages that do one thing for whoever has them, without a sign-in. Each says what it
is for, for whom, and until when, and is signed: nobody can make one, or use one for else."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from face_rec.clock import Clock

ACKNOWLEDGE: Final = "acknowledge"
"""What it is for, and its place in the address."""
GUARDIAN: Final = "guardian"
DECIDE: Final = "decide"
_LONGEST: Final = 2000


class Signer(Protocol):
    """See :class:`face_rec.stores.sealing.keyring.KeyedSeal`."""

    def sign(self, line: bytes) -> str: ...

    def check(self, line: bytes, seal: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Said:
    """What a link says: ``what`` it is about, and ``who`` was given it."""

    what: str
    who: str = ""


class Links:
    """Safe from any thread. ``base``: how the app's address begins, without a / at its end."""

    def __init__(self, base: str, signer: Signer, clock: Clock) -> None:
        self._base = base
        self._signer = signer
        self._clock = clock

    def to(self, purpose: str, said: Said, until: datetime | None) -> str:
        """The whole address; the same for the same. ``until`` None: it lasts for ever."""
        return self.at(f"/{purpose}/{self.token(purpose, said, until)}")

    def at(self, path: str) -> str:
        """The whole address of a path."""
        return f"{self._base}{path}"

    def token(self, purpose: str, said: Said, until: datetime | None) -> str:
        """What stands at the end of :meth:`to`."""
        ends = int(until.timestamp()) if until else 0
        line = json.dumps([purpose, said.what, said.who, ends], separators=(",", ":")).encode()
        token = base64.urlsafe_b64encode(line).decode().rstrip("=")
        return f"{token}.{self._signer.sign(line).replace(':', '.')}"

    def secret(self, purpose: str, what: str) -> str:
        """One that is the same whenever it is asked for, and that nobody else can make."""
        line = json.dumps([purpose, what], separators=(",", ":")).encode()
        return self._signer.sign(line).replace(":", "-")

    def read(self, purpose: str, token: str) -> Said | None:
        """None for one that is none of ours, of another purpose, or over."""
        text, _, seal = token.partition(".")
        if len(token) > _LONGEST:
            return None
        try:
            line = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        except ValueError:
            return None
        if not self._signer.check(line, seal.replace(".", ":", 1)):
            return None
        said, what, who, ends = json.loads(line)
        over = ends and ends < self._clock.now().timestamp()
        return None if said != purpose or over else Said(what, who)

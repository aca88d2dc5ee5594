"""What a kiosk keeps while the server is away, how much of it, and how that is sealed.

The device seals each still with a key of its kiosk that the server gave it over the live line
(AES-256-GCM). Its browser holds the key so that it can seal and never open: only the server, which
derives the key again, sees what was kept. Kiosk, entry and time are authenticated with the still.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from face_rec.domain.errors import RequestRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

KEPT_FOR: Final = timedelta(hours=72)
STILLS: Final = 1000
"""Stills that a device keeps at most; some are held for whoever presses the button."""
BYTES: Final = 100 * 1024 * 1024
"""The same, in bytes."""
AHEAD: Final = timedelta(seconds=5)
"""How far a device's clock may be before the server's own."""
STEADY: Final = timedelta(minutes=1)
"""A device's clock that was moved by less has kept time: a day is reckoned in minutes."""
NONCE: Final = 12
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Capture:
    """One still that was kept. ``entry``: the name that the device made for it, 32 hexadecimal
    digits; ``at``: when it was taken, in UTC, whole milliseconds. ``moved``: what the device, once
    it heard the server again, found that should be added, as its clock was set meanwhile;
    ``mended``: it was added."""

    entry: str
    kiosk: str
    at: datetime
    moved: timedelta = timedelta(0)
    mended: bool = False

    def event_of(self, subject: str) -> str:
        """The id of the mark that this still makes of ``subject``: the same however often it is
        handed over, so that no repetition marks twice."""
        text = f"{self.kiosk}\n{self.entry}\n{subject}".encode()
        return hashlib.sha256(text).hexdigest()[:32]

    def mend(self, now: datetime) -> "Capture":
        """With the time that it must have been where nobody can be marked at the one it was kept
        with."""
        if abs(self.moved) < STEADY or not why_no_time(self.at, now):
            return self
        return replace(self, at=self.at + self.moved, mended=True)

    @property
    def doubt(self) -> str:
        """Why somebody should look at the time of a mark that it makes; empty: nothing is known
        against it."""
        if abs(self.moved) < STEADY:
            return ""
        hours, minutes = divmod(round(abs(self.moved) / timedelta(minutes=1)), 60)
        by = f"{hours} h {minutes} min" if hours else f"{minutes} min"
        behind = self.moved > timedelta(0)
        if self.mended:
            return sentence(_WAS_BEHIND if behind else _WAS_AHEAD, by=by)
        if abs(self.moved) > KEPT_FOR:
            return msgid("the device had lost the time: the mark may be of later")
        return sentence(_MAYBE_BEHIND if behind else _MAYBE_AHEAD, by=by)

    @property
    def about(self) -> bytes:
        """What is authenticated with the still."""
        return f"{self.kiosk}|{self.entry}|{round(self.at.timestamp() * 1000)}".encode()


_WAS_BEHIND: Final = msgid("the device's clock was {by} behind: the time was corrected by that")
_WAS_AHEAD: Final = msgid("the device's clock was {by} ahead: the time was corrected by that")
_MAYBE_BEHIND: Final = msgid(
    "the device's clock may have been {by} behind: it was set, or the device slept"
)
_MAYBE_AHEAD: Final = msgid(
    "the device's clock may have been {by} ahead: it was set, or the device slept"
)


def why_no_time(at: datetime, now: datetime) -> str:
    """Why nobody can be marked at this time; empty where they can."""
    if at > now + AHEAD:
        return "its time lies in the future"
    return "it is too old" if now - at > KEPT_FOR else ""


class OfflineSeal:
    """``secrets``: the site's, 32 bytes each, the current one first: the same on all machines
    and after a restored backup. Safe from any thread."""

    def __init__(self, site: str, secrets: Sequence[bytes]) -> None:
        self._site = site
        self._secrets = secrets

    def key(self, kiosk: str) -> bytes:
        """32 bytes, which the device of this kiosk is given."""
        return self._key(kiosk, self._secrets[0])

    def open(self, capture: Capture, sealed: bytes) -> bytes:
        """The JPEG in ``sealed``: nonce (12 bytes), ciphertext, tag. Raises RequestRefused."""
        for secret in self._secrets:
            cipher = AESGCM(self._key(capture.kiosk, secret))
            with suppress(InvalidTag, ValueError):
                return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], capture.about)
        raise RequestRefused(
            422, "This still was not sealed by this kiosk, or was changed. It is not taken."
        )

    def _key(self, kiosk: str, secret: bytes) -> bytes:
        """Of one kiosk of one site alone (HKDF-SHA256, RFC 5869)."""
        about = f"face_rec offline stills v1\n{self._site}\n{kiosk}".encode()
        return HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=about).derive(secret)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the stills that a kiosk has handed over lately. ``nobody``: in which nobody
    was recognised; ``refused``: of the future, too old, or outside the kiosk's hours. ``last``:
    when the newest came."""

    stills: int = 0
    marks: int = 0
    nobody: int = 0
    refused: int = 0
    last: datetime | None = None


class HandedOver(Protocol):
    """Remembers which stills were handed over, for longer than a device keeps them; all may
    raise StoreUnavailable."""

    def known(self, capture: Capture) -> bool: ...

    def note(self, capture: Capture, became: Tally) -> None:
        """``became`` holds this still alone; one that is known already counts nothing."""
        ...

    def of(self, kiosk: str) -> Tally: ...

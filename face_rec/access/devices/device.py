"""A kiosk device: a tablet at a door that takes attendance and opens nothing else."""

import base64
import binascii
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from face_rec.access.secrets import digest, new_secret
from face_rec.clock import Clock


@dataclass(frozen=True, slots=True)
class Device:
    """What proves that a tablet is the kiosk ``id``, and nothing else: what the kiosk may do
    stands in its record (:mod:`face_rec.kiosks.kiosk`).

    ``digest`` is that of its token; None: not linked yet, or revoked.

    ``key`` is the public key that the device made for itself (P-256, an uncompressed point in
    base64url); its private half never leaves the device's browser. ``previous`` is the digest
    of the token before the last rotation, good until the new one was seen. ``rotated_at``: when
    the token was made.
    """

    id: str
    digest: str | None = field(default=None, repr=False)
    created_at: datetime | None = None
    linked_at: datetime | None = None
    version: int = 0
    key: str | None = field(default=None, repr=False)
    previous: str | None = field(default=None, repr=False)
    rotated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Beat:
    """A sign of life: when, from which address, with which version of this software."""

    at: datetime
    address: str
    version: str


# Proof that a kiosk's cookie is shown by the device it was given to.
#
# The device keeps a private key that its browser does not let out. It signs a fresh challenge
# and gets a short session for it, which its open page prolongs every minute in the same way. A
# copied cookie alone opens nothing; a copied session ends within minutes, and at once with the
# page.
#
# All of it lives in this process: after a restart each device simply proves itself again.

SESSION_SECONDS: Final = 300.0
_CHALLENGE_SECONDS: Final = 60.0
_CHALLENGES, _SESSIONS, _TOKENS = 8, 16, 3
"""A device's, at most; the oldest goes."""
_HALF: Final = 32
"""Bytes of each half of a P-256 signature, as WebCrypto writes it (IEEE P1363)."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A device and the public key that it proved."""

    device: str
    key: str


@dataclass(frozen=True, slots=True)
class _Open:
    """Something of a device that ends at ``until`` (monotonic s)."""

    device: str
    until: float
    key: str = ""


class DeviceProofs:
    """Safe to call from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._challenges: OrderedDict[str, _Open] = OrderedDict()
        self._sessions: OrderedDict[str, _Open] = OrderedDict()
        self._tokens: OrderedDict[str, _Open] = OrderedDict()

    def challenge(self, device: str) -> str:
        """Something to sign once, within a minute."""
        made = secrets.token_urlsafe(24)
        entry = _Open(device, self._clock.monotonic() + _CHALLENGE_SECONDS)
        self._put(self._challenges, made, entry, _CHALLENGES)
        return made

    def proves(self, device: str, key: str, challenge: str, signature: str) -> bool:
        """Whether ``signature`` (base64url) is that of ``challenge`` by ``key``. A challenge
        is used up by the first answer, whatever it is."""
        with self._lock:
            given = self._challenges.pop(challenge, None)
        if given is None or given.device != device or self._clock.monotonic() >= given.until:
            return False
        return _signed(key, signed_text(device, challenge), signature)

    def open(self, bound: Bound, secret: str, token: str) -> str:
        """The session of a device that has just proved its key: the one it shows, prolonged, or
        a new one; returns its secret. ``token``: the device's own, by which it is known again
        while the database is away."""
        held = secret if secret and self.holder(secret) == bound else new_secret()
        kept = _Open(bound.device, self._clock.monotonic() + SESSION_SECONDS, bound.key)
        self._put(self._sessions, digest(held), kept, _SESSIONS)
        self._put(self._tokens, digest(token), kept, _TOKENS)
        return held

    def holder(self, secret: str) -> Bound | None:
        """Whose session this is; None once it has ended."""
        found = self._sessions.get(digest(secret)) if secret else None
        if found is None or self._clock.monotonic() >= found.until:
            return None
        return Bound(found.device, found.key)

    def known(self, token: str) -> Bound | None:
        """Who last proved a key beside this token in this process, however long ago."""
        found = self._tokens.get(digest(token))
        return Bound(found.device, found.key) if found else None

    def _put(self, kept: OrderedDict[str, _Open], name: str, entry: _Open, most: int) -> None:
        with self._lock:
            kept[name] = entry
            kept.move_to_end(name)
            own = [one for one, other in kept.items() if other.device == entry.device]
            for old in own[:-most]:
                del kept[old]


def signed_text(device: str, challenge: str) -> bytes:
    """What a device signs: good for this purpose, device and moment only."""
    return f"face attendance kiosk\n{device}\n{challenge}".encode()


def usable(key: str) -> bool:
    """Whether ``key`` is a public key that a device may be bound to."""
    return _public(key) is not None


def _signed(key: str, text: bytes, signature: str) -> bool:
    public, raw = _public(key), _bytes(signature)
    if public is None or len(raw) != 2 * _HALF:
        return False
    r, s = int.from_bytes(raw[:_HALF], "big"), int.from_bytes(raw[_HALF:], "big")
    try:
        public.verify(encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _public(key: str) -> ec.EllipticCurvePublicKey | None:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(key))
    except ValueError:
        return None


def _bytes(text: str) -> bytes:
    """base64url without padding; empty for what is none."""
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


class Beats(Protocol):
    """When each device was last heard of; may be lost."""

    def beat(self, device: str, beat: Beat) -> None: ...
    def beats(self) -> dict[str, Beat]: ...

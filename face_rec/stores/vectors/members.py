"""What a person is called in an engine outside: by a key that it does not have."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from face_rec.domain.faces import Vector

SECRET_BYTES: Final = 96
_PLACE: Final = [b"vector index"]


class Members:
    """Names by a ``secret`` of the site. The same subject has the same name each time, and whoever
    has the engine alone cannot tell whose it is, nor whether two are of one site."""

    def __init__(self, secret: bytes) -> None:
        self._names = AESSIV(secret[:64])
        self._digests = secret[64:SECRET_BYTES]

    def index(self, contract: str) -> str:
        """What the index of an embedding contract is called."""
        return self._keyed(b"index", contract.encode()).hexdigest()[:24]

    def name(self, subject: str) -> bytes:
        return self._names.encrypt(subject.encode(), _PLACE)

    def subject(self, name: bytes) -> str | None:
        """None for a name that is none of ours."""
        try:
            return self._names.decrypt(name, _PLACE).decode()
        except (InvalidTag, ValueError):
            return None

    def known(self, names: Sequence[bytes]) -> list[str]:
        return [subject for name in names if (subject := self.subject(name)) is not None]

    def digest(self, vector: Vector) -> bytes:
        """Whether a vector is still the same."""
        return self._keyed(b"vector", vector.tobytes()).digest()[:12]

    def _keyed(self, what: bytes, content: bytes) -> hmac.HMAC:
        return hmac.new(self._digests, what + b"\0" + content, hashlib.sha256)

"""AES-256-GCM over a stream of any length, in pieces.

``MAGIC, key id (8 bytes), random (7)``, then pieces of ``length (4 bytes), ciphertext and
tag``. Each piece's nonce is the random part, its number (4 bytes) and whether it is the last,
so that pieces dropped, repeated, swapped or cut off do not open.
"""

import io
import secrets
import struct
from collections.abc import Iterator
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from face_rec.domain.errors import BackupRefused
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence
from face_rec.stores.sealing.keyring import Key, Keyring

MAGIC: Final = b"FRSEAL1\n"
_ID_BYTES: Final = 8
_RANDOM_BYTES: Final = 7
_PIECE: Final = 1 << 20
_TAG_BYTES: Final = 16
_LENGTH: Final = struct.Struct(">I")
_BROKEN = msgid(
    "The backup is damaged, cut off or was altered: it does not open. Take another one."
)


class SealingWriter(io.RawIOBase):
    """Seals what is written to it into ``out``; :meth:`close` writes the last piece."""

    def __init__(self, out: IO[bytes], key: Key) -> None:
        self._out = out
        self._cipher = AESGCM(key.secret)
        self._random = secrets.token_bytes(_RANDOM_BYTES)
        self._header = MAGIC + key.id.encode("ascii") + self._random
        self._waiting = bytearray()
        self._number = 0
        out.write(self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._waiting += data
        while len(self._waiting) > _PIECE:
            self._seal(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(data)

    def close(self) -> None:
        """Write the last piece; ``out`` stays open."""
        if not self.closed:
            self._seal(bytes(self._waiting), last=True)
        super().close()

    def _seal(self, plain: bytes, last: bool) -> None:
        sealed = self._cipher.encrypt(
            _nonce(self._random, self._number, last), plain, self._header
        )
        self._out.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


class OpeningReader(io.RawIOBase):
    """Reads what :class:`SealingWriter` wrote to ``source``.

    Raises BackupRefused for anything altered, and where the key is not in ``keyring``.
    """

    def __init__(self, source: IO[bytes], keyring: Keyring) -> None:
        header = _exactly(source, len(MAGIC) + _ID_BYTES + _RANDOM_BYTES)
        key_id = header[len(MAGIC) : len(MAGIC) + _ID_BYTES].decode("ascii", "replace")
        key = keyring.get(key_id)
        if key is None:
            raise BackupRefused(
                sentence(
                    "The backup is sealed with the key {key_id}, which DATA_KEY "
                    "does not hold. Put the key it was made with into DATA_KEY, "
                    "behind a comma.",
                    key_id=key_id,
                )
            )
        self._pieces = _opened(source, AESGCM(key.secret), header)
        self._waiting = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        if not self._waiting:
            self._waiting = next(self._pieces, b"")
        count = min(len(buffer), len(self._waiting))
        buffer[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count


def _opened(source: IO[bytes], cipher: AESGCM, header: bytes) -> Iterator[bytes]:
    number, size = 0, _LENGTH.unpack(_exactly(source, _LENGTH.size))[0]
    while True:
        if size > _PIECE + _TAG_BYTES:
            raise BackupRefused(_BROKEN)
        sealed = _exactly(source, size)
        follows = source.read(_LENGTH.size)
        try:
            yield cipher.decrypt(
                _nonce(header[-_RANDOM_BYTES:], number, not follows), sealed, header
            )
        except InvalidTag:
            raise BackupRefused(_BROKEN) from None
        if not follows:
            return
        if len(follows) < _LENGTH.size:
            raise BackupRefused(_BROKEN)
        number, size = number + 1, _LENGTH.unpack(follows)[0]


def _nonce(random: bytes, number: int, last: bool) -> bytes:
    return random + number.to_bytes(4, "big") + bytes([last])


def _exactly(source: IO[bytes], size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        piece = source.read(size - len(found))
        if not piece:
            raise BackupRefused(_BROKEN)
        found += piece
    return bytes(found)

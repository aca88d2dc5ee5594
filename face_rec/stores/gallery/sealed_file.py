"""How the gallery's file looks: a header that anybody may read, then blocks of people, all sealed.

All is bound together: a block opens only at its place, below this very header, and the last one
says how many people there were, so that a file that was cut, changed or put together of two is
none. What is sealed in it is raw float32, after the names and the counts of its people.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

import msgspec
import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from face_rec.domain.errors import GalleryFileRefused
from face_rec.domain.people import GalleryBlock
from face_rec.languages.language import msgid
from face_rec.stores.stored_json import Reader, written

_MAGIC: Final = b"face_rec gallery 1\n"
_LENGTH: Final = struct.Struct("<I")
_NONCE: Final = 12
_BLOCK, _END = b"people", b"theend"
_LONGEST_HEADER: Final = 4096
_LONGEST: Final = 256 << 20
"""Bytes of a block: of 500 people with twenty templates of 4,096 numbers, 164 MB."""
_ALIGNED: Final = 64
_REFUSED: Final = msgid(
    "The gallery's file in DATA_DIR is not what was written there. Everybody is read from Redis "
    "instead, and it is written anew by itself. Check that disk if this comes again."
)


@dataclass(frozen=True, slots=True)
class Header:
    """``name``: random, of this file alone, and of its key in Redis. ``sealed_by``: the id of this
    machine's part of the key. ``revision``: all changes up to it are in; of later ones some.
    ``expected``: about how many people."""

    name: str
    site: str
    contract: str
    dimension: int
    sealed_by: str
    revision: int
    expected: int


@dataclass(frozen=True, slots=True)
class _End:
    people: int
    templates: int


_read_header: Final = Reader(Header)
_read_end: Final = Reader(_End)
_read_people: Final = msgspec.msgpack.Decoder(tuple[list[str], list[int]]).decode


class FileWriter:
    """Writes one file from its header to its end. ``key``: 32 bytes, used for nothing else."""

    def __init__(self, file: IO[bytes], header: Header, key: bytes) -> None:
        self.name = header.name
        self._file = file
        self._cipher = _Cipher(header, key)
        self._people = self._templates = 0
        text = written(header)
        file.write(_MAGIC + _LENGTH.pack(len(text)) + text)

    def add(self, block: GalleryBlock) -> None:
        names = msgspec.msgpack.encode((list(block.subjects), block.counts.tolist()))
        head = _LENGTH.pack(len(names)) + names
        rows = np.ascontiguousarray(block.vectors, "<f4").tobytes()
        self._write(_BLOCK, head.ljust(_aligned(len(head)), b"\0") + rows)
        self._people += len(block.subjects)
        self._templates += len(block.vectors)

    def end(self) -> None:
        self._write(_END, written(_End(self._people, self._templates)))

    def _write(self, kind: bytes, plain: bytes) -> None:
        sealed = self._cipher.seal(kind, plain)
        self._file.write(kind + _LENGTH.pack(len(sealed)))
        self._file.write(sealed)


def header_of(file: IO[bytes]) -> Header:
    """What ``file`` says it is; nothing is proved by that. Raises GalleryFileRefused."""
    if file.read(len(_MAGIC)) != _MAGIC:
        raise GalleryFileRefused(_REFUSED)
    try:
        return _read_header(_part(file, _LONGEST_HEADER))
    except (ValueError, RecursionError) as error:
        raise GalleryFileRefused(_REFUSED) from error


def blocks_of(file: IO[bytes], header: Header, key: bytes) -> Iterator[GalleryBlock]:
    """What stands behind the header. Raises GalleryFileRefused, also after the last block: what
    was read of such a file is to be thrown away."""
    cipher, people, templates = _Cipher(header, key), 0, 0
    try:
        while (kind := file.read(len(_BLOCK))) == _BLOCK:
            block = _block(cipher.open(kind, _part(file, _LONGEST)), header.dimension)
            people, templates = people + len(block.subjects), templates + len(block.vectors)
            yield block
        end = _read_end(cipher.open(kind, _part(file, _LONGEST_HEADER)))
    except (InvalidTag, ValueError) as error:
        raise GalleryFileRefused(_REFUSED) from error
    if kind != _END or end != _End(people, templates) or file.read(1):
        raise GalleryFileRefused(_REFUSED)


def _part(file: IO[bytes], longest: int) -> bytes:
    head = file.read(_LENGTH.size)
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
    if not 0 < length <= longest:
        raise GalleryFileRefused(_REFUSED)
    part = file.read(length)
    if len(part) != length:
        raise GalleryFileRefused(_REFUSED)
    return part


def _block(plain: bytes, dimension: int) -> GalleryBlock:
    (length,) = _LENGTH.unpack_from(plain)
    end = _LENGTH.size + length
    subjects, counts = _read_people(plain[_LENGTH.size : end])
    rows = np.frombuffer(plain, "<f4", offset=_aligned(end)).reshape(-1, dimension)
    return GalleryBlock(subjects, np.array(counts), rows)


def _aligned(length: int) -> int:
    return length + -length % _ALIGNED


class _Cipher:
    """AES-256-GCM, for the parts of one file in their order."""

    def __init__(self, header: Header, key: bytes) -> None:
        self._key = AESGCM(key)
        self._about = hashlib.sha256(_MAGIC + written(header)).digest()
        self._next = 0

    def seal(self, kind: bytes, plain: bytes) -> bytes:
        return self._key.encrypt(self._nonce(), plain, self._about + kind)

    def open(self, kind: bytes, sealed: bytes) -> bytes:
        """Raises InvalidTag for anything but what was sealed at this place."""
        return self._key.decrypt(self._nonce(), sealed, self._about + kind)

    def _nonce(self) -> bytes:
        """A number: the key seals this one file."""
        self._next += 1
        return self._next.to_bytes(_NONCE, "big")

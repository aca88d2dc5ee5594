"""Templates as float32 on this machine's disk, for those few people who are looked at again.

The file has no name, so that it is gone with the process, however that ends; and what is in it is
sealed with a key that lies in this process's memory alone, so that whatever is left of it on the
disk opens for nobody. Nothing of it is there for the next start, or to be erased elsewhere.
"""

import os
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from face_rec.domain.errors import StoreError
from face_rec.domain.faces import Matrix
from face_rec.files import write_all_at
from face_rec.languages.language import msgid
from face_rec.languages.sentence import sentence

_NONCE: Final = 12
_TAG: Final = 16


class SealedTemplates:
    """By the place of a person, their templates (T, D) float32. Safe for many readers or one
    writer at a time. Raises StoreError where the disk takes or gives nothing; a change that
    fails has changed nothing."""

    def __init__(self, folder: Path, dimension: int) -> None:
        """``folder``: on the disk that has the room."""
        self._dimension = dimension
        self._key = AESGCM(AESGCM.generate_key(256))
        try:
            self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115
        except OSError as error:
            raise _failed(error) from error
        weakref.finalize(self, self._file.close)
        self._where: npt.NDArray[np.int64] = np.zeros((0, 2), np.int64)  # offset, templates
        self._end = 0
        self._free: dict[int, list[int]] = {}  # by the number of templates: offsets
        self.templates = 0

    @property
    def nbytes(self) -> int:
        """In memory."""
        return int(self._where.nbytes)

    def append(self, first: int, people: Sequence[Matrix]) -> None:
        """Those of people at the places from ``first`` on."""
        if len(people) == 1:  # one by one, what is free again is used first
            self._lengthen(first + 1)
            self._take(first, self._written(people[0]), len(people[0]))
            return
        begun, parts, where = self._end, list[bytes](), []
        nonces = os.urandom(_NONCE * len(people))  # one by one they take as long as the sealing
        for number, vectors in enumerate(people):
            where.append((begun, len(vectors)))
            nonce = nonces[_NONCE * number : _NONCE * (number + 1)]
            parts += (nonce, self._key.encrypt(nonce, _plain(vectors), _context(begun)))
            begun += self._size(len(vectors))
        self._write(b"".join(parts), self._end)
        self._lengthen(first + len(people))
        self._where[first : first + len(people)] = where
        self._end = begun
        self.templates += sum(map(len, people))

    def put(self, place: int, vectors: Matrix) -> None:
        """Others in place of those there, which are overwritten once the new ones are written."""
        offset, old = self._written(vectors), self._where[place].tolist()
        self._overwrite(*old)
        self._take(place, offset, len(vectors))
        self._release(*old)

    def remove(self, place: int, last: int) -> None:
        """Overwrite those at ``place``, and move those of ``last`` there."""
        old = self._where[place].tolist()
        self._overwrite(*old)
        self._release(*old)
        self._where[place] = self._where[last]
        self._where[last] = 0

    def read(self, place: int) -> Matrix:
        offset, templates = self._where[place].tolist()
        try:
            record = os.pread(self._file.fileno(), self._size(templates), offset)
            plain = self._key.decrypt(record[:_NONCE], record[_NONCE:], _context(offset))
        except OSError as error:
            raise _failed(error) from error
        except InvalidTag:
            raise StoreError(
                msgid(
                    "The disk gives back other templates than were written. "
                    "Restart the app, and check the disk of DATA_DIR."
                )
            ) from None
        return np.frombuffer(plain, np.float32).reshape(templates, self._dimension)

    # --- records

    def _size(self, templates: int) -> int:
        return _NONCE + templates * self._dimension * 4 + _TAG

    def _sealed(self, vectors: Matrix, offset: int) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._key.encrypt(nonce, _plain(vectors), _context(offset))

    def _written(self, vectors: Matrix) -> int:
        """The offset at which they lie now; nobody's as yet."""
        free = self._free.get(len(vectors))
        offset = free[-1] if free else self._end
        self._write(self._sealed(vectors, offset), offset)
        return offset

    def _take(self, place: int, offset: int, templates: int) -> None:
        if offset == self._end:
            self._end += self._size(templates)
        else:
            self._free[templates].pop()
        self._where[place] = (offset, templates)
        self.templates += templates

    def _overwrite(self, offset: int, templates: int) -> None:
        self._write(bytes(self._size(templates)), offset)

    def _release(self, offset: int, templates: int) -> None:
        self._free.setdefault(templates, []).append(offset)
        self.templates -= templates

    def _write(self, content: bytes, offset: int) -> None:
        try:
            write_all_at(self._file.fileno(), content, offset)
        except OSError as error:
            raise _failed(error) from error

    def _lengthen(self, people: int) -> None:
        if people > len(self._where):
            more = max(people - len(self._where), len(self._where) // 8, 64)
            self._where = np.pad(self._where, ((0, more), (0, 0)))


def _plain(vectors: Matrix) -> bytes:
    return np.ascontiguousarray(vectors, np.float32).tobytes()


def _context(offset: int) -> bytes:
    """A record opens nowhere but where it was written."""
    return offset.to_bytes(8, "little")


def _failed(error: OSError) -> StoreError:
    return StoreError(
        sentence(
            "The gallery's file in DATA_DIR cannot be used: {error}. Make room on that disk (2 KB "
            "for each photo of a person), or set GALLERY=exact.",
            error=error.strerror,
        )
    )

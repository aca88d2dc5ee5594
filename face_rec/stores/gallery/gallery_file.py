"""The gallery's file of one folder: written from Redis in the background, read at a start.

What makes it safe to be there is its key (:mod:`face_rec.stores.gallery.file_keys`), of which a
part lies in Redis alone, and goes with the first template that goes. What makes it right to be
read is that order, too: its key is there before anything is read, and counts only after all was
read. A Redis that has the key of a whole file, therefore, has all that is in the file, whatever it
has lost since, unless it was lost while the file was written, which is looked at.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from face_rec import files
from face_rec.domain.errors import GalleryFileRefused, StoreError
from face_rec.domain.people import Change, ChangeKind, Contract, GalleryBlock
from face_rec.languages.sentence import sentence
from face_rec.people.gallery.gallery import batches
from face_rec.protocols.people_store import KeptGallery, PeopleReader
from face_rec.stores.gallery.file_keys import FileKeys
from face_rec.stores.gallery.sealed_file import FileWriter, Header, blocks_of, header_of
from face_rec.stores.redis.client import Client
from face_rec.stores.redis.server_history import servers_of
from face_rec.stores.sealing.keyring import Key

log = logging.getLogger(__name__)

_AT_ONCE: Final = 500  # people, as they are read
_BREATH: Final = 0.01  # seconds between two of these


class _Vain(Exception):
    """What is being written would open for nobody, or for the wrong people."""


class GalleryFile:
    """Implements GalleryFiles. Safe for several processes on one folder."""

    def __init__(
        self, data_dir: Path, site: str, client: Client, people: PeopleReader, machine: Key
    ) -> None:
        """``machine``: the part of the key that is not in Redis."""
        self._folder = data_dir / "gallery" / site
        self._path = self._folder / "people.sealed"
        self._lock = self._folder / "lock"
        self._site = site
        self._client = client
        self._people = people
        self._keys = FileKeys(client, site)
        self._machine = machine
        self._looked: tuple[str, int] = ("", 0)  # a file, and up to which revision

    # --- reading

    def read(self, contract: Contract) -> KeptGallery | None:
        try:
            file = self._path.open("rb")
        except OSError:
            return None
        try:
            header = header_of(file)
            key = self._keys.of(header.name) if self._is_of(header, contract) else None
            if key is None or header.revision > self._people.revision():
                file.close()
                return None
        except BaseException:
            file.close()
            raise
        return KeptGallery(header.revision, header.expected, self._blocks(file, header, key))

    def _blocks(self, file: IO[bytes], header: Header, key: bytes) -> Iterator[GalleryBlock]:
        with file:
            try:
                yield from blocks_of(file, header, self._whole_key(header, key))
            except OSError as error:
                raise GalleryFileRefused(
                    sentence(
                        "The gallery's file in DATA_DIR cannot be read: {error}. Check that disk. "
                        "Everybody is read from Redis.",
                        error=error.strerror,
                    )
                ) from error

    def _is_of(self, header: Header, contract: Contract) -> bool:
        return header.sealed_by == self._machine.id and (
            (header.site, header.contract, header.dimension)
            == (self._site, contract.digest, contract.dimension)
        )

    def _whole_key(self, header: Header, key: bytes) -> bytes:
        info = f"gallery file {self._site} {header.name}".encode()
        return HKDF(hashes.SHA256(), 32, salt=self._machine.secret, info=info).derive(key)

    # --- looking after it

    def behind(self, contract: Contract) -> int | None:
        header = self._header()
        if header is None:
            return None
        if not self._is_of(header, contract) or self._keys.of(header.name) is None:
            self._remove(header)
            return None
        changes = self._changes(header)
        if changes is None:
            self._remove(header)
            return None
        if any(change.kind is ChangeKind.REMOVE for change in changes):
            log.warning("gallery_file_outlived_somebody")  # a version erased that knows no keys
            self._keys.destroy()
            self._remove(header)
            return None
        self._keys.renew()
        return max(0, self._people.revision() - header.revision)

    def _header(self) -> Header | None:
        """Of the file that is there; one that is none is removed."""
        with _on_the_disk(), suppress(FileNotFoundError), self._path.open("rb") as file:
            try:
                return header_of(file)
            except GalleryFileRefused:
                self._path.unlink(missing_ok=True)
        return None

    def _changes(self, header: Header) -> Sequence[Change] | None:
        """Those since the last look, or since the file was begun; None where they are not known
        any more."""
        name, since = self._looked
        since = since if name == header.name else header.revision
        changes = self._people.changes(since)
        self._looked = (header.name, changes[-1].revision if changes else since)
        return changes

    def _remove(self, header: Header) -> None:
        """The file ``header`` was read of, unless another one lies there by now."""
        with _on_the_disk(), files.turn(self._lock) as mine:
            if mine and self._header() == header:
                self._path.unlink(missing_ok=True)
                self._keys.drop(header.name)
                log.info("gallery_file_removed")

    def forget(self) -> None:
        """Take the file away; nothing happens where there is none."""
        header = self._header()
        if header is not None:
            self._remove(header)

    # --- writing

    def write(self, contract: Contract, stop: Callable[[], bool]) -> bool:
        files.make_private(self._folder)
        with _on_the_disk(), files.turn(self._lock) as mine:
            return mine and self._write(contract, stop)

    def _write(self, contract: Contract, stop: Callable[[], bool]) -> bool:
        for part in self._folder.glob(".*"):  # of who was killed at it
            part.unlink(missing_ok=True)
        before, name = self._header(), secrets.token_hex(16)
        servers, key = servers_of(self._client), self._keys.begin(name)
        header = Header(
            name, self._site, contract.digest, contract.dimension, self._machine.id,
            self._people.revision(), self._people.count(),
        )  # fmt: skip
        useless = name  # whose key nothing opens with afterwards
        try:
            with files.replacing(self._path) as file:
                self._fill(FileWriter(file, header, self._whole_key(header, key)), contract, stop)
                self._finish(name, key, servers)
            useless = before.name if before is not None else ""
        except _Vain:
            return False
        finally:
            with suppress(StoreError):
                self._keys.drop(useless)
        return True

    def _fill(self, writer: FileWriter, contract: Contract, stop: Callable[[], bool]) -> None:
        for block in self._read(contract):
            if stop() or not self._keys.stands(writer.name):
                raise _Vain
            writer.add(block)
        writer.end()

    def _finish(self, name: str, key: bytes, servers: frozenset[str]) -> None:
        if servers_of(self._client) != servers or not self._keys.finish(name, key):
            raise _Vain

    def _read(self, contract: Contract) -> Iterator[GalleryBlock]:
        """Everybody who may be recognised, from Redis, with a rest for whoever waits for it."""
        for found in batches(self._people.entries(contract.digest), _AT_ONCE):
            people = [one for one in found if one.vectors.shape[1:] == (contract.dimension,)]
            if people:
                yield GalleryBlock.of(people)
            time.sleep(_BREATH)


@contextmanager
def _on_the_disk() -> Iterator[None]:
    """What the disk refuses is said in our words."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            sentence(
                "The gallery's file in DATA_DIR cannot be used: {error}. Make room on that disk, "
                "let the app write there, or set GALLERY_FILE=off.",
                error=error.strerror,
            )
        ) from error

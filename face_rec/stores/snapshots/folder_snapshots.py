"""Snapshots in a local folder; safe for several threads and processes at once."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from face_rec.domain.errors import SnapshotMissing, StoreUnavailable
from face_rec.retry import until_first
from face_rec.stores import locks
from face_rec.stores.durable_file import sync_folder, write_synced
from face_rec.stores.snapshots.snapshot_keys import check_key

_PRIVATE_FOLDER = 0o700
_LOCK = ".lock"


class FolderSnapshots:
    """One file a snapshot below ``folder``, readable by the app's own user only.

    All methods raise BadSnapshotKey for a text that is no key, and
    StoreUnavailable when the disk refuses.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / ".incoming"
        with _disk_errors(folder):
            self._incoming.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            folder.chmod(_PRIVATE_FOLDER)
            _sweep(self._incoming)

    def put(self, key: str, jpeg: bytes) -> None:
        """Store ``jpeg`` in one atomic step, on the disk when this returns; an older one of
        this key is replaced."""
        path = self._folder / check_key(key)
        arrived = self._incoming / secrets.token_hex(8)
        with _disk_errors(self._folder):
            write_synced(arrived, jpeg)
            with self._alone():
                _move(arrived, path, self._folder)
            sync_folder(path.parent)

    def exchange(self, key: str, was: bytes, becomes: bytes) -> bool:
        """Store ``becomes`` if ``was`` is what lies there; False, with nothing written, if it
        was deleted or replaced meanwhile: what is erased must not come back."""
        path = self._folder / check_key(key)
        arrived = self._incoming / secrets.token_hex(8)
        with _disk_errors(self._folder):
            write_synced(arrived, becomes)
            with self._alone():
                same = path.is_file() and path.read_bytes() == was
                if same:
                    arrived.replace(path)
            arrived.unlink(missing_ok=True)
            return same

    def get(self, key: str) -> bytes:
        """The JPEG; raises SnapshotMissing."""
        path = self._folder / check_key(key)
        with _disk_errors(self._folder):
            try:
                return path.read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                raise SnapshotMissing(f"There is no snapshot {key}.") from None

    def delete(self, key: str) -> None:
        """Remove the JPEG, and the folders that are empty without it."""
        path = self._folder / check_key(key)
        with _disk_errors(self._folder), self._alone():
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                return
        _prune(path.parent, self._folder)

    def _alone(self) -> AbstractContextManager[None]:
        """Against :meth:`exchange`, which looks before it writes."""
        return locks.exclusive(self._folder / _LOCK)

    def url(self, key: str, seconds: int = 300) -> str | None:  # noqa: ARG002
        """None: the app itself serves what lies on its own disk."""
        check_key(key)
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with ``prefix``, in order."""
        for folder, folders, files in os.walk(self._folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(name for name in files if not name.startswith(".")):
                key = (Path(folder) / name).relative_to(self._folder).as_posix()
                if key.startswith(prefix):
                    yield key


def _move(arrived: Path, path: Path, root: Path) -> None:
    """Rename into place; again if a delete has just pruned the folder."""

    def move() -> None:
        _make_folders(path.parent, root)
        arrived.replace(path)

    until_first(move, tries=3, lost=FileNotFoundError)


def _make_folders(folder: Path, root: Path) -> None:
    """Like mkdir(parents=True), which would leave the parents open to others."""
    for missing in reversed([folder, *folder.parents]):
        if missing.is_relative_to(root):
            missing.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)


def _prune(folder: Path, root: Path) -> None:
    while folder != root:
        try:
            folder.rmdir()
        except OSError:  # not empty, or somebody else was quicker: both are fine
            return
        folder = folder.parent


def _sweep(incoming: Path, older_than: float = 3600.0) -> None:
    """Remove what a crashed process left half-written: it may show a face."""
    for path in incoming.iterdir():
        if time.time() - path.stat().st_mtime > older_than:
            path.unlink(missing_ok=True)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"The snapshot folder {folder} cannot be used ({error.strerror or error}). "
            "Check that the disk is not full and that the app may write there."
        ) from error

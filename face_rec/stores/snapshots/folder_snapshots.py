"""Snapshots in a local folder; safe for several threads and processes at once."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from face_rec import files
from face_rec.domain.errors import SnapshotMissing, StoreUnavailable
from face_rec.retry import until_first
from face_rec.stores.snapshots.snapshot_keys import check_key

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
            files.make_folder(self._incoming)
            files.close_to_others(folder)
            _sweep(self._incoming)

    def put(self, key: str, jpeg: bytes) -> None:
        """Store ``jpeg`` in one atomic step, on the disk when this returns; an older one of
        this key is replaced."""
        path = self._folder / check_key(key)
        arrived = self._incoming / secrets.token_hex(8)
        with _disk_errors(self._folder):
            files.write_synced(arrived, jpeg)
            with self._alone():
                _move(arrived, path)
            files.sync_folder(path.parent)

    def exchange(self, key: str, was: bytes, becomes: bytes) -> bool:
        """Store ``becomes`` if ``was`` is what lies there; False, with nothing written, if it
        was deleted or replaced meanwhile: what is erased must not come back."""
        path = self._folder / check_key(key)
        arrived = self._incoming / secrets.token_hex(8)
        with _disk_errors(self._folder):
            files.write_synced(arrived, becomes)
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
        return files.exclusive(self._folder / _LOCK)

    def url(self, key: str, seconds: int = 300) -> str | None:  # noqa: ARG002
        """None: the app itself serves what lies on its own disk."""
        check_key(key)
        return None

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with ``prefix``, in order."""
        for folder, folders, names in os.walk(self._folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(name for name in names if not name.startswith(".")):
                key = (Path(folder) / name).relative_to(self._folder).as_posix()
                if key.startswith(prefix):
                    yield key


def _move(arrived: Path, path: Path) -> None:
    """Rename into place; again if a delete has just pruned the folder."""

    def move() -> None:
        files.make_folder(path.parent)
        arrived.replace(path)

    until_first(move, tries=3, lost=FileNotFoundError)


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

"""Files that are whole and on the disk when a call returns, whatever happens next."""

import os
import secrets
from pathlib import Path
from typing import Final

_PRIVATE: Final = 0o600


def write_durable(path: Path, content: bytes) -> None:
    """Write ``path`` whole or not at all, for its owner only; on the disk when this returns.

    Raises OSError; then nothing has changed.
    """
    part = path.with_name(f".{secrets.token_hex(8)}")
    try:
        write_synced(part, content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_synced(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read, and its bytes to the disk; its name
    lasts after :func:`sync_folder`. Raises OSError, FileExistsError included."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    """Raises OSError when not all of it could be written."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


def sync_folder(folder: Path) -> None:
    """Make names in ``folder`` last as well; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

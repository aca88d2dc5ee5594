"""The chain's key where no setting gives one: a file that only its owner may read.

One secret a line, the newest first. Old ones stay: what they signed must be checked for
years.
"""

import secrets
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.domain.errors import StoreError
from face_rec.languages.sentence import sentence

_LOCK: Final = ".lock"


def key_path(data_dir: Path) -> Path:
    """Where the generated key lies."""
    return data_dir / "keys" / "chain"


def new_secret() -> str:
    """64 hexadecimal digits from the system's random source."""
    return secrets.token_hex(32)


def load_or_make(path: Path) -> tuple[str, ...]:
    """The secrets in ``path``, made at the first call; raises StoreError."""
    files.make_private(path.parent)
    with files.exclusive(path.parent / _LOCK):
        return _found_or_made(path)


def rotate(path: Path) -> tuple[str, ...]:
    """Put a new secret before the others; returns all of them. Raises StoreError."""
    files.make_private(path.parent)
    with files.exclusive(path.parent / _LOCK):
        after = (new_secret(), *_found_or_made(path))
        _write(path, after)
    return after


def _found_or_made(path: Path) -> tuple[str, ...]:
    """The caller has the lock: whoever rotates must not lose a key that another just made."""
    if not path.exists():
        _write(path, (new_secret(),))
    return _read(path)


def _read(path: Path) -> tuple[str, ...]:
    try:
        files.close_to_others(path)
        found = tuple(path.read_text(encoding="ascii").split())
    except (OSError, ValueError) as error:
        raise StoreError(
            sentence(
                "The key file {path} cannot be read: {error}. Restore it.", path=path, error=error
            )
        ) from error
    if not found:
        raise StoreError(
            sentence(
                "The key file {path} is empty. Restore it from a backup; without "
                "it the marks it signed cannot be checked. To begin anew on "
                "purpose, remove the file.",
                path=path,
            )
        )
    return found


def _write(path: Path, content: tuple[str, ...]) -> None:
    """Whole or not at all, and on the disk before anything is signed with it."""
    try:
        files.write_durable(path, "".join(f"{secret}\n" for secret in content).encode("ascii"))
    except OSError as error:
        raise StoreError(
            sentence(
                "The key file {path} cannot be written ({strerror}). Make room on "
                "the disk, and let the app write there.",
                path=path,
                strerror=error.strerror,
            )
        ) from error

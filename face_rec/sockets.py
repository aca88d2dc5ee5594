"""Where processes of one folder of data meet."""

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from face_rec.domain.errors import StoreError
from face_rec.languages.sentence import sentence

_LONGEST: Final = 100  # longer ones are cut silently, at 104 or 108 bytes


def socket_path(folder: Path, name: str) -> Path:
    """Where processes on ``folder`` meet, whatever their TMPDIR; not in the folder itself, whose
    path may be too long for a socket or on a file system without them. The folder around it is
    to be made private (:func:`face_rec.files.make_private`). Raises StoreError."""
    around = f"face-rec-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]}"
    # A folder made private in it, whose owner is checked.
    temporary = "/tmp"  # noqa: S108  # nosec B108
    if not os.access(temporary, os.W_OK | os.X_OK):
        temporary = tempfile.gettempdir()
    path = Path(temporary) / around / name
    if len(os.fsencode(path)) > _LONGEST:
        raise StoreError(
            sentence(
                "The path {path} is too long for a socket. Set TMPDIR to a folder "
                "with a short name.",
                path=path,
            )
        )
    return path

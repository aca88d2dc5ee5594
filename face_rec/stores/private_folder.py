"""Folders that nobody else on the machine may look into."""

import os
import stat
from pathlib import Path

from face_rec.domain.errors import StoreError


def make_private(folder: Path) -> None:
    """Create ``folder`` with mode 0700, or make sure it is so.

    Raises StoreError when it belongs to somebody else: in a shared temporary folder
    that may be a trap, and in DATA_DIR it would mix two users' files.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
        if ours and stat.S_IMODE(found.st_mode) != 0o700:
            folder.chmod(0o700)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} cannot be made: {error.strerror}. Let the app write there, or "
            "set DATA_DIR (TMPDIR for temporary files) to a folder where it may."
        ) from error
    if not ours:
        raise StoreError(
            f"The folder {folder} belongs to another user. Run the app and its commands as the "
            "same user, or remove the folder if nothing of it is needed."
        )

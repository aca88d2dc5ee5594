"""Where a backup is tried out, and what a trial leaves that is killed: a database with everybody
of the backup in its memory, which serves on although nobody asks."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from face_rec import files
from face_rec.stores.redis.embedded import EmbeddedRedis

log = logging.getLogger(__name__)

_LOCK: Final = ".drill.lock"


@contextmanager
def drill_folder(data_dir: Path) -> Iterator[Path | None]:
    """The folder, empty and this process's alone; None while another one uses it. Raises
    StoreError."""
    files.make_folder(data_dir)
    alone = files.open_lock(data_dir / _LOCK)
    try:
        yield _emptied(data_dir.resolve() / "drill") if files.lock(alone) else None
    finally:
        os.close(alone)


def forget_left_drill(data_dir: Path) -> None:
    """End what a trial has left that was killed; one that is under way ends by itself. Raises
    StoreError."""
    if not (data_dir / "drill").exists():
        return
    try:
        with drill_folder(data_dir):
            pass
    except OSError as error:
        log.error("drill_not_removed reason=%s", error)


def _emptied(folder: Path) -> Path:
    if folder.exists():
        server = EmbeddedRedis(folder, kept=False)
        server.start()  # joins the server that was left, if there is one
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return folder

"""Copies into an archive, each time in a process that is killed at the next point: after the first
statement that reaches the database, after the second …; run as a module, by a test."""

import os
import signal
import sys
from pathlib import Path

import sqlalchemy as sa

import config
from config import Settings
from face_rec.archive.copying import lists
from face_rec.assembly.archive.postgres import build_archive


def _copy(settings: Settings, point: int) -> None:
    """Copy once; at statement number ``point`` this process is gone."""
    left = [point]

    def count(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    with build_archive(settings) as archive:
        for event in ("after_cursor_execute", "commit"):
            sa.event.listen(archive.database.engine, event, count)
        with archive.database.connect() as connection:
            archive.worker.step(connection)


def main(folder: str, redis_url: str, archive_url: str, step: str) -> None:
    environ = {"DATA_DIR": folder, "REDIS_URL": redis_url, "ARCHIVE_URL": archive_url}
    settings = config.load(environ, dotenv=None)
    lists.AT_ONCE = 6  # type: ignore[misc]
    point = 1
    while True:
        child = os.fork()
        if child == 0:
            _copy(settings, point)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):  # it came to its end before that point
            Path(folder, "kills").write_text(str(point))
            sys.exit(os.WEXITSTATUS(status))
        point += int(step)


if __name__ == "__main__":
    main(*sys.argv[1:])

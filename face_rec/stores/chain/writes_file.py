"""The file of SQLite in which writes are kept: its tables, and that a commit is on the disk."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_PATIENCE: Final = 5.0  # seconds, for another process that writes
_PREPARED: Final = (
    "PRAGMA auto_vacuum=FULL",  # before the first table
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a commit is on the disk
    "PRAGMA secure_delete=ON",  # what is deleted is overwritten
    "PRAGMA foreign_keys=ON",
    "CREATE TABLE IF NOT EXISTS writes (number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id TEXT NOT NULL UNIQUE, at REAL NOT NULL, stream TEXT NOT NULL, content BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS about (subject TEXT NOT NULL,"
    " number INTEGER NOT NULL REFERENCES writes ON DELETE CASCADE)",
    "CREATE INDEX IF NOT EXISTS about_subject ON about (subject)",
    "CREATE INDEX IF NOT EXISTS about_number ON about (number)",
)
_AGE: Final = "ran"
"""Column of what this machine had run for when a write was kept (seconds; see OperatingTime). The
version before leaves it empty."""


def prepared(path: Path) -> sqlite3.Connection:
    """Opened, and made if there is none. Raises sqlite3.Error, DatabaseError for what is none."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    file = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    try:
        for statement in _PREPARED:
            file.execute(statement).fetchall()
        _add_age(file)
        (said,) = file.execute("PRAGMA quick_check(1)").fetchone()
        if said != "ok":
            raise sqlite3.DatabaseError(said)
    except sqlite3.Error:
        file.close()
        raise
    return file


def _add_age(file: sqlite3.Connection) -> None:
    """To a file of the version before, which may be writing to it."""
    if _has_age(file):
        return
    with transaction(file):
        if not _has_age(file):  # another process was faster
            file.execute(f"ALTER TABLE writes ADD COLUMN {_AGE} REAL")


def _has_age(file: sqlite3.Connection) -> bool:
    return any(row[1] == _AGE for row in file.execute("PRAGMA table_info(writes)"))


@contextmanager
def transaction(file: sqlite3.Connection) -> Iterator[None]:
    """All that is done inside, or nothing. Raises sqlite3.Error."""
    file.execute("BEGIN IMMEDIATE")
    try:
        yield
        file.execute("COMMIT")
    except BaseException:
        if file.in_transaction:
            file.execute("ROLLBACK")
        raise

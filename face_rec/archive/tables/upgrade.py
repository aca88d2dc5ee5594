"""Brings a database to the tables of this version."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from face_rec.archive.tables.schema import SCHEMA
from face_rec.domain.errors import SchemaNewer
from face_rec.languages.sentence import sentence

_FOLDER: Final = Path(__file__).parent
_LOCK: Final = 0x66616365  # any number, the same in every process
_NOW: Final = sa.select(sa.column("version_num", sa.String)).select_from(
    sa.table("alembic_version", schema=SCHEMA)
)


def upgrade(
    connection: sa.Connection, unhurried: Callable[[sa.Connection], AbstractContextManager[None]]
) -> None:
    """All migrations that are missing, in the transaction of ``connection``, ``unhurried`` by
    however long they take; while another process is at it, wait for it. Raises SchemaNewer for a
    database that a later version has changed."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    options = {"version_table_schema": SCHEMA}
    now = MigrationContext.configure(connection, opts=options).get_current_revision()
    if now == _known()[0]:
        return
    _refuse_unless_known(now)
    with unhurried(connection):
        command.upgrade(_config(connection), "head")


def refuse_later(connection: sa.Connection) -> None:
    """Raises SchemaNewer for a database that a later version has changed; the database's own error
    where it has no tables."""
    _refuse_unless_known(connection.execute(_NOW).scalar())


def _refuse_unless_known(revision: str | None) -> None:
    if revision is not None and revision not in _known():
        raise SchemaNewer(
            sentence(
                "The archive's tables are of a later version ({revision}). Update "
                "this app, or give it an archive of its own.",
                revision=revision,
            )
        )


@cache
def _known() -> tuple[str, ...]:
    """The revisions of this version, the newest first."""
    folder = ScriptDirectory.from_config(_config())
    return tuple(one.revision for one in folder.walk_revisions())


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

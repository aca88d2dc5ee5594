"""Brings a database to the tables of this version."""

from pathlib import Path
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from face_rec.archive.tables.schema import SCHEMA
from face_rec.domain.errors import SchemaNewer

_FOLDER: Final = Path(__file__).parent
_LOCK: Final = 0x66616365  # any number, the same in every process


def upgrade(connection: sa.Connection) -> None:
    """All migrations that are missing, in the transaction of ``connection``; while another process
    is at it, wait for it. Raises SchemaNewer for a database that a later version has changed."""
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    connection.execute(sa.text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    config = _config(connection)
    known = {one.revision for one in ScriptDirectory.from_config(config).walk_revisions()}
    now = _revision(connection)
    if now is not None and now not in known:
        raise SchemaNewer(
            f"The archive's tables are of a later version ({now}). Update this app, or give it "
            "an archive of its own."
        )
    command.upgrade(config, "head")


def _revision(connection: sa.Connection) -> str | None:
    options = {"version_table_schema": SCHEMA}
    return MigrationContext.configure(connection, opts=options).get_current_revision()


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

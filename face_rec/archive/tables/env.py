"""Run by Alembic: migrates over the connection that :mod:`.upgrade` hands in."""

from alembic import context

from face_rec.archive.tables.schema import SCHEMA, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()

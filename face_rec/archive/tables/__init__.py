"""The archive's tables, and how a database gets them (Alembic)."""

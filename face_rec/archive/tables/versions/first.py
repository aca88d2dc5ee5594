"""The first tables."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Text
from sqlalchemy.dialects.postgresql import BYTEA, TIMESTAMP

revision = "first"
down_revision = None
_MOMENT = TIMESTAMP(timezone=True)


def upgrade() -> None:
    """All of them."""
    _of_lists()
    _of_records()


def _of_lists() -> None:
    op.create_table(
        "events",
        Column("site", Text, primary_key=True),
        Column("day", Date, primary_key=True),
        Column("place", BigInteger, primary_key=True, autoincrement=False),
        Column("entry", BYTEA, nullable=False),
        *(Column(name, Text) for name in ("event_id", "subject")),
        Column("at", _MOMENT),
        *(Column(name, Text) for name in ("kind", "source", "kiosk")),
        *(Column(name, Float) for name in ("score", "margin")),
        *(Column(name, Text) for name in ("target", "becomes", "author", "reason")),
        Column("recorded_at", _MOMENT),
        schema="archive",
        postgresql_partition_by="RANGE (day)",
    )
    op.create_index("events_by_id", "events", ["site", "event_id"], schema="archive")
    op.create_index("events_by_subject", "events", ["site", "subject", "day"], schema="archive")
    for name, more in (
        ("statements", [Column("entry", BYTEA, nullable=False)]),
        ("replaced", [Column("replaced_at", _MOMENT, primary_key=True),
                      Column("entry", BYTEA, nullable=False)]),
    ):  # fmt: skip
        op.create_table(
            name,
            Column("site", Text, primary_key=True),
            Column("list", Text, primary_key=True),
            Column("place", BigInteger, primary_key=True, autoincrement=False),
            *more,
            schema="archive",
        )
    op.create_table(
        "lists",
        Column("site", Text, primary_key=True),
        Column("list", Text, primary_key=True),
        Column("length", BigInteger, nullable=False),
        Column("last", Text, nullable=False),
        Column("problem", Text, nullable=False),
        schema="archive",
    )


def _of_records() -> None:
    op.create_table(
        "people",
        Column("site", Text, primary_key=True),
        Column("subject", Text, primary_key=True),
        *(Column(n, Text, nullable=False) for n in ("person_id", "name", "group_name", "email")),
        Column("active", Boolean, nullable=False),
        Column("consent_version", Text),
        *(Column(name, _MOMENT) for name in ("consent_given_at", "consent_withdrawn_at")),
        *(Column(name, _MOMENT) for name in ("created_at", "deactivated_at")),
        Column("about", Text, nullable=False),
        schema="archive",
    )
    op.create_table(
        "rules",
        *(Column(name, Text, primary_key=True) for name in ("site", "kind", "rule_id")),
        Column("subject", Text),
        Column("entry", BYTEA, nullable=False),
        schema="archive",
    )
    op.create_index("rules_by_subject", "rules", ["site", "subject"], schema="archive")
    op.create_table(
        "audit",
        Column("site", Text, primary_key=True),
        *(
            Column(n, BigInteger, primary_key=True, autoincrement=False)
            for n in ("at_ms", "number")
        ),
        Column("name", Text, nullable=False),
        Column("at", _MOMENT),
        *(Column(name, Text) for name in ("who", "action")),
        Column("entry", BYTEA, nullable=False),
        schema="archive",
    )
    op.create_index("audit_by_name", "audit", ["site", "name"], schema="archive")
    op.create_table(
        "sites",
        Column("site", Text, primary_key=True),
        Column("complete_at", _MOMENT),
        *(Column(name, Text, nullable=False) for name in ("problem", "epoch")),
        schema="archive",
    )

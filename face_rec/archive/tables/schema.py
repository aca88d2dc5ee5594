"""The tables of the archive in PostgreSQL, for SQLAlchemy Core.

They lie in the schema ``archive``; what others may read are the views of ``attendance``. Every
row names its site, so that several may share a database. ``entry`` is what Redis holds, byte by
byte: it is what rows are compared by and what links were made over. The columns beside it are
read off it, for whoever asks.
"""

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, TIMESTAMP

SCHEMA: Final = "archive"
metadata: Final = sa.MetaData(schema=SCHEMA)


def _text(name: str, *, key: bool = False, null: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=null and not key)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, TIMESTAMP(timezone=True), nullable=True)


def _number(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=False, autoincrement=False)


def _entry() -> sa.Column[bytes]:
    return sa.Column("entry", BYTEA, nullable=False)


events: Final = sa.Table(
    "events", metadata,
    _text("site", key=True),
    sa.Column("day", sa.Date, primary_key=True),
    _number("place", key=True),
    _entry(),
    _text("event_id"), _text("subject"), _moment("at"), _text("kind"), _text("source"),
    _text("kiosk"), sa.Column("score", sa.Float), sa.Column("margin", sa.Float),
    _text("target"), _text("becomes"), _text("author"), _text("reason"), _moment("recorded_at"),
    _text("at_place"), sa.Column("distance_m", sa.Integer), sa.Column("accuracy_m", sa.Integer),
    sa.Index("events_by_id", "site", "event_id"),
    sa.Index("events_by_subject", "site", "subject", "day"),
    sa.Index("events_by_target", "site", "day", "target"),
    postgresql_partition_by="RANGE (day)",
)  # fmt: skip
"""Marks and corrections: entry ``place`` (from 0) of the list of the UTC ``day``; a partition a
month. PostgreSQL wants the day in every unique key of such a table, so an event is known by its
place in its day's list and not by its id alone. An entry that is no event has no other column.
``at_place``, ``distance_m``, ``accuracy_m``: of a mark by a phone, where it counted."""

statements: Final = sa.Table(
    "statements", metadata,
    _text("site", key=True), _text("list", key=True), _number("place", key=True), _entry(),
)  # fmt: skip
"""The other lists of the chain: what was said of people, rules, the audit log, administration."""

lists: Final = sa.Table(
    "lists", metadata,
    _text("site", key=True), _text("list", key=True), _number("length"),
    _text("last", null=False), _text("problem", null=False),
)  # fmt: skip
"""How far each list is copied (a day's is called by its date): the cursor. ``last``: SHA-256 of
its last entry, by which a list that another program wrote anew is noticed."""

replaced: Final = sa.Table(
    "replaced", metadata,
    _text("site", key=True), _text("list", key=True), _number("place", key=True),
    sa.Column("replaced_at", TIMESTAMP(timezone=True), primary_key=True), _entry(),
)  # fmt: skip
"""What the archive held of a list whose end Redis had lost and got back in another order."""

people: Final = sa.Table(
    "people", metadata,
    _text("site", key=True), _text("subject", key=True),
    _text("person_id", null=False), _text("name", null=False), _text("group_name", null=False),
    _text("email", null=False), sa.Column("active", sa.Boolean, nullable=False),
    _text("consent_version"), _moment("consent_given_at"), _moment("consent_withdrawn_at"),
    _moment("created_at"), _moment("deactivated_at"), _text("about", null=False),
)  # fmt: skip
"""Who is registered now; no templates. ``about``: all of the record as JSON."""

rules: Final = sa.Table(
    "rules", metadata,
    _text("site", key=True), _text("kind", key=True), _text("rule_id", key=True),
    _text("subject"), _entry(),
    sa.Index("rules_by_subject", "site", "subject"),
)  # fmt: skip
"""Shifts, holidays, leave …, as they stand now; ``subject``: whose it is, if it is one's."""

audit: Final = sa.Table(
    "audit", metadata,
    _text("site", key=True), _number("at_ms", key=True), _number("number", key=True),
    _text("name", null=False), _moment("at"), _text("who"), _text("action"), _entry(),
    sa.Index("audit_by_name", "site", "name"),
)  # fmt: skip
"""The audit log; what tells of a person in it stays sealed. ``name``: as the chain calls it."""

sites: Final = sa.Table(
    "sites", metadata,
    _text("site", key=True), _moment("complete_at"), _text("problem", null=False),
    _text("epoch", null=False),
)  # fmt: skip
"""``complete_at``: all that Redis held then is here."""

days: Final = sa.Table(
    "days", metadata,
    _text("site", key=True), sa.Column("day", sa.Date, primary_key=True),
    _text("subject", key=True),
    _text("status", null=False), _text("shift", null=False), _text("remarks", null=False),
    _moment("first_at"), _moment("last_at"),
    *(
        sa.Column(name, sa.Integer, nullable=False)
        for name in (
            "punches", "worked_seconds", "deducted_seconds", "late_seconds", "early_seconds",
            "overtime_seconds",
        )
    ),
)  # fmt: skip
"""What the rules make of each person's closed days."""

judged: Final = sa.Table(
    "judged", metadata,
    _text("site", key=True), sa.Column("day", sa.Date, primary_key=True),
    _text("key", null=False),
)  # fmt: skip
"""Of what a day's rows were made: they are written anew where that has changed."""
